"""Pages of service: which papers are served and how, and setting out to serve (Art. 28 to 33).

Not for what happens then: at the door (`service_door`), at the post (`service_post`), by wire
(`service_remote`), through others (`service_through`), in public (`service_public`); nor for the
simple procedure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from liuhen.actions.announcing import NOTICE
from liuhen.actions.investigation import start_activity
from liuhen.actions.paper_subjects import addressee_of
from liuhen.actions.service_attempts import attempts
from liuhen.actions.service_by_post import letters
from liuhen.actions.service_entrusted import LETTER
from liuhen.actions.service_sent import CONSENT, RECEIPT
from liuhen.cases.models import Case, Party
from liuhen.cases.queries import visible_case
from liuhen.compliance.queries import findings_of_case
from liuhen.documents.models import Paper
from liuhen.kernel.refusals import Refused
from liuhen.law.catalogue import catalogue
from liuhen.people.queries import is_allowed
from liuhen.web.acting import person_of, signed_in
from liuhen.web.case_acts import case_frame
from liuhen.web.officer_forms import OfficersForm
from liuhen.web.one_form import OneForm, posted
from liuhen.web.papers import paper_line
from liuhen.web.reviewing import staged_case
from liuhen.web.service_awaited import awaited, consent_lines, notice_lines
from liuhen.web.service_lines import addressed_types, service_line, services_of
from liuhen.web.service_ways import DOOR, PAGES, WAYS, Way

_NOT_SERVED = frozenset({"service_receipt", "post_register", CONSENT, RECEIPT, LETTER, NOTICE})
# Who of those that stand opposite the authority gets a copy of a paper; other papers stay inside.
_OPPOSITE = frozenset(
    {
        *("当事人", "申请人", "被许可人", "被检查人", "被询问人"),
        *("缴纳义务人", "异议人", "证据持有人"),
    }
)


@signed_in
@require_safe
def case_service(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """What has been served, with both results, what has not, and services under way."""
    person = person_of(request)
    case = visible_case(person, case_id)
    services = list(services_of(case))
    served = {one.paper_id for one in services}
    findings = findings_of_case(case)
    addressed = addressed_types(case)
    waiting = [one for one in _issued(case) if one.id not in served and one.type in addressed]
    running = case.activities.filter(kind__in=PAGES, ended_at=None)
    begin = reverse("service_begin", args=[case.id])
    context = case_frame(
        case,
        "送达",
        waiting=[
            {"paper": paper_line(one), "href": f"{begin}?{urlencode({'paper': one.id})}"}
            for one in waiting
        ],
        running=[
            {"activity": one, "href": reverse(PAGES[one.kind], args=[one.id])} for one in running
        ],
        letters=letters(case),
        awaited=awaited(case),
        attempts=attempts(case),
        consents=consent_lines(case),
        interested=list(case.parties.filter(role=Party.Role.INTERESTED).order_by("id")),
        notices=notice_lines(case, begin),
        services=[service_line(one, findings, services) for one in services],
        begin_href=begin,
        may_serve=not case.is_on_the_spot and is_allowed(person, "paper.serve"),
    )
    return render(request, "case_service.html", context)


def _issued(case: Case) -> QuerySet[Paper]:
    issued = case.papers.filter(state=Paper.State.ISSUED).exclude(type__in=_NOT_SERVED)
    return issued.select_related("original").prefetch_related("signatures").order_by("-issued_at")


class BeginForm(OfficersForm):
    """What is served, how, where, by whom."""

    handler = None  # type: ignore[assignment] # how Django leaves a field out
    field_order = ("papers", "mode", "place", "officers", "is_certificate_shown")
    halves: ClassVar[frozenset[str]] = frozenset()
    papers = forms.MultipleChoiceField(
        label="送达的文书",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请选择要送达的文书。"},
    )
    mode = forms.ChoiceField(
        label="送达方式",
        widget=forms.RadioSelect,
    )
    place = forms.CharField(max_length=200)
    is_certificate_shown = forms.BooleanField(label="已出示执法证件", required=False)

    def __init__(self, *args: Any, case: Case, way: Way, **options: Any) -> None:
        super().__init__(*args, unit=case.unit, **options)
        self.fields["place"].label = way.place
        modes = [(mode, catalogue().activities[kind].name) for mode, kind in way.modes.items()]
        self.fields["mode"].choices = modes  # type: ignore[attr-defined]
        if way is not DOOR:  # nobody is met at a counter
            del self.fields["is_certificate_shown"]
        addressed = addressed_types(case)
        first = sorted(_to_serve(case, way), key=lambda one: one.type not in addressed)
        self._others = _others(case, first)
        choices = [(str(one.id), _paper_label(one, self._others)) for one in first]
        self.fields["papers"].choices = choices  # type: ignore[attr-defined]

    def clean_papers(self) -> list[str]:
        """Papers that go to one person."""
        chosen: list[str] = self.cleaned_data["papers"]
        if len({self._others.get(one, "") for one in chosen}) > 1:
            raise forms.ValidationError("所选的文书写给不同的人，请分别送达。")
        return chosen


def _others(case: Case, papers: Iterable[Paper]) -> dict[str, str]:
    """By paper the interested person it is addressed to; papers to the party are left out."""
    names = {one.id: one.name for one in case.parties.filter(role=Party.Role.INTERESTED)}
    return {str(one.id): names[one.subject_id] for one in papers if one.subject_id in names}


def _paper_label(paper: Paper, others: Mapping[str, str]) -> str:
    other = others.get(str(paper.id))
    title = paper.document_type.title
    numbered = f"{title}（{paper.number}）" if paper.number else title
    return f"{numbered}，写给利害关系人{other}" if other else numbered


@signed_in
def service_begin(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Arrive at the door or at the counter: the activity begins, receipt or register follows."""
    person = person_of(request)
    case = staged_case(person, case_id)
    way = WAYS.get(request.GET.get("way", ""), DOOR)

    def perform(data: dict[str, Any]) -> str:
        papers, mode = data.pop("papers"), data.pop("mode")
        begun = start_activity(
            actor=person, case_id=case.id, kind=way.modes[mode], is_on_site=way is DOOR, **data
        )
        query = urlencode([("paper", one) for one in papers])
        return f"{reverse(PAGES[begun.kind], args=[begun.id])}?{query}"

    page = OneForm(
        permission="paper.serve",
        title=way.title,
        submit=way.submit,
        success=way.success,
        crumbs=[
            (case.number, reverse("case", args=[case.id])),
            ("送达", reverse("case_service", args=[case.id])),
        ],
        notes=way.notes,
        article=way.article,
        about=f"{case.number} {case.cause}",
    )
    form = BeginForm(posted(request), case=case, way=way, initial=_initial(request, case, way))
    return page.answer(request, form, perform)


def _to_serve(case: Case, way: Way) -> list[Paper]:
    """The issued papers a copy of which goes out of the house, the newest first."""
    if way is WAYS["public"]:
        return list(case.papers.filter(type=NOTICE, state=Paper.State.ISSUED))
    return [one for one in _issued(case) if _OPPOSITE & set(one.document_type.copies)]


def _waiting(case: Case) -> list[str]:
    """The ids of what the law addresses to the party and it has not been served yet."""
    rows = list(_issued(case).filter(type__in=addressed_types(case), services=None))
    others = _others(case, rows)
    return [key for one in rows if (key := str(one.id)) not in others]


def _initial(request: HttpRequest, case: Case, way: Way) -> dict[str, Any]:
    carried = case.officers.filter(until=None).values_list("person_id", flat=True)
    chosen = request.GET.getlist("paper") or _waiting(case)
    return {
        "papers": chosen,
        "mode": request.GET.get("mode", next(iter(way.modes))),
        "place": request.GET.get("place") or _usual_place(case, way, chosen),
        "officers": [str(one) for one in carried],
    }


def _usual_place(case: Case, way: Way, chosen: Sequence[str]) -> str:
    """Where one goes by this way: the addressee's door, or the office whence it is sent."""
    if way is DOOR:
        try:
            return addressee_of(case, list(case.papers.filter(id__in=chosen))).address
        except (Refused, ValidationError):  # nonsense in the address names no papers
            return ""
    is_sent = way in (WAYS["remote"], WAYS["through"])
    return str(case.unit.profile.get("address") or "") if is_sent else ""
