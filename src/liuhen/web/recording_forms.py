"""Forms of one recording's page. They check shape only; what holds is the acts' business."""

from __future__ import annotations

from typing import Any

from django import forms

from liuhen.cases.models import Activity, Case, Party
from liuhen.cases.queries import visible_cases
from liuhen.law.catalogue import catalogue
from liuhen.people.models import Office, Person
from liuhen.people.queries import holders
from liuhen.recordings.models import Recording
from liuhen.web.templatetags.wording import instant

_CASES_OFFERED = 60
_SECONDS = "%Y-%m-%dT%H:%M:%S"


def _moment(label: str, **options: Any) -> forms.DateTimeField:
    """A date and time to the second."""
    widget = forms.DateTimeInput(attrs={"type": "datetime-local", "step": 1}, format=_SECONDS)
    return forms.DateTimeField(label=label, widget=widget, **options)


def _offered_cases(person: Person, found: Recording) -> list[Case]:
    """The case a recording is tied to, else the person's newest cases."""
    if found.activity is not None and found.case is not None:
        return [found.case]
    newest = visible_cases(person).filter(bound_at=None).order_by("-started_at", "id")
    offered = list(newest[:_CASES_OFFERED])
    if found.case is not None and found.case not in offered:
        offered.insert(0, found.case)
    return offered


class OpeningForm(forms.Form):
    """Why the recording is viewed."""

    reason = forms.CharField(
        label="调阅事由", max_length=200, help_text="事由、调阅人和时间随即登记，不能更改"
    )


class LabelForm(forms.Form):
    """The label of Art. 39: case or lead number, party, handler; place and kind of event."""

    case = forms.ChoiceField(label="案件", required=False)
    lead_number = forms.CharField(
        label="线索编号", max_length=60, required=False, help_text="还没有案号时填写"
    )
    party = forms.ChoiceField(
        label="当事人", required=False, help_text="案件只有一名当事人的，不选也会填上"
    )
    handler = forms.ModelChoiceField(
        label="承办人", queryset=Person.objects.none(), empty_label="请选择"
    )
    place = forms.CharField(label="地点", max_length=200, required=False)
    event_kind = forms.CharField(
        label="事件类型", max_length=40, required=False, help_text="例如：占道经营、现场检查"
    )

    def __init__(self, *args: Any, person: Person, found: Recording, **options: Any) -> None:
        options["initial"] = {
            "case": str(found.case_id or ""),
            "lead_number": found.lead_number,
            "party": str(found.party_id or ""),
            "handler": found.handler_id or (found.case.handler_id if found.case else person.id),
            "place": found.place or (found.activity.place if found.activity else ""),
            "event_kind": event_words(found.event_kind),
        }
        super().__init__(*args, **options)
        cases = _offered_cases(person, found)
        self._set_choices("case", [("", "请选择"), *((str(c.id), _case_label(c)) for c in cases)])
        self._set_choices("party", [("", "请选择"), *_parties(cases)])
        chosen = holders(Office.Kind.OFFICER, person.unit) | holders(
            Office.Kind.HANDLER, person.unit
        )
        known = Person.objects.filter(id=found.handler_id) if found.handler_id else chosen
        field = self.fields["handler"]
        field.queryset = (chosen | known).distinct().order_by("name")  # type: ignore[attr-defined]
        field.label_from_instance = lambda p: p.name  # type: ignore[attr-defined]

    def clean_event_kind(self) -> str:
        """What was typed; the name of an activity of the catalogue becomes its key again."""
        typed: str = self.cleaned_data["event_kind"]
        kinds = catalogue().activities.items()
        return next((key for key, row in kinds if row.name == typed), typed)

    def _set_choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]


def event_words(kind: str) -> str:
    """The kind of event of a label: a key of the recording catalogue by its name, or free words."""
    row = catalogue().activities.get(kind)
    return row.name if row else kind


def _case_label(case: Case) -> str:
    return f"{case.number} {case.cause}".strip()


def _parties(cases: list[Case]) -> list[tuple[str, str]]:
    rows = Party.objects.filter(case__in=cases).select_related("case")
    rows = rows.order_by("-case__started_at", "name", "id")
    is_one = len(cases) == 1
    return [(str(p.id), p.name if is_one else f"{p.name}（{p.case.number}）") for p in rows]


class TieForm(forms.Form):
    """Which activity a recording shows."""

    activity = forms.ChoiceField(label="执法活动")

    def __init__(self, *args: Any, person: Person, found: Recording, **options: Any) -> None:
        super().__init__(*args, **options)
        cases = [found.case] if found.case else _offered_cases(person, found)
        rows = list(
            Activity.objects.filter(case__in=cases)
            .exclude(id__in=[found.activity_id] if found.activity_id else [])
            .select_related("case")
            .order_by("-started_at", "id")[:_CASES_OFFERED]
        )
        field = self.fields["activity"]
        field.choices = [("", "请选择"), *((str(a.id), _activity_label(a)) for a in rows)]  # type: ignore[attr-defined]
        field.initial = next((str(a.id) for a in rows if _meets(a, found)), "")
        self.is_empty = not rows


def _activity_label(one: Activity) -> str:
    kind = catalogue().activities.get(one.kind)
    name = kind.name if kind else one.kind
    return f"{one.case.number} {name} {instant(one.started_at)} {one.place}".strip()


def _meets(one: Activity, found: Recording) -> bool:
    """Whether the recording's time falls into the activity: the likely one to be chosen."""
    if found.started_at is None or found.ended_at is None:
        return False
    return found.ended_at > one.started_at and (
        one.ended_at is None or found.started_at < one.ended_at
    )


class UntieForm(forms.Form):
    """Why a tie was wrong."""

    reason = forms.CharField(label="解除关联的理由", max_length=500)


class ReturnedForm(forms.Form):
    """When the recording came back to the office."""

    returned_at = _moment("返回单位时间", help_text="设备带回单位的时刻，入库期限自此起算")


class TimeForm(forms.Form):
    """The span of a recording, stated by hand."""

    started_at = _moment("实际开始时间")
    ended_at = _moment("实际结束时间")
    reason = forms.CharField(
        label="更正理由", max_length=500, help_text="例如设备时钟慢多少、怎样核对"
    )
