"""Pages of service: which papers are served and how, and setting out to serve (Art. 28 to 30).

Not for what happens at the door (`service_door`) or at the post (`service_post`), nor for the
simple procedure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from liuhen.actions.investigation import start_activity
from liuhen.actions.service import ACTIVITIES
from liuhen.actions.service_by_post import ACTIVITY as AT_THE_POST
from liuhen.actions.service_by_post import letters
from liuhen.assembly.document_types import document_type
from liuhen.cases.models import Activity, Case, Party
from liuhen.cases.queries import visible_case
from liuhen.compliance.queries import findings_of_case
from liuhen.documents.models import Paper, Service
from liuhen.people.queries import is_allowed
from liuhen.web.acting import person_of, signed_in
from liuhen.web.case_acts import case_frame
from liuhen.web.officer_forms import OfficersForm
from liuhen.web.one_form import OneForm, posted
from liuhen.web.papers import paper_line
from liuhen.web.reviewing import staged_case
from liuhen.web.service_lines import addressed_types, service_line, services_of

_NOT_SERVED = frozenset({"service_receipt", "post_register"})
# Who of those that stand opposite the authority gets a copy of a paper; other papers stay inside.
_OPPOSITE = frozenset(
    {"当事人", "申请人", "被检查人", "被询问人", "缴纳义务人", "异议人", "证据持有人"}
)


@dataclass(frozen=True)
class Way:
    """One way to set out: its modes with the activity of each, and what its page says."""

    modes: Mapping[str, str]
    title: str
    submit: str
    success: str
    article: str
    place: str
    notes: tuple[str, ...]


_DOOR = Way(
    ACTIVITIES,
    "上门送达",
    "到达，开始送达",
    "送达已经开始，请制作送达回证。",
    "28.1",
    "送达地点",
    (
        "送达全过程应当有音像记录，由两名执法人员进行。",
        "直接送达：由受送达人或者依法可以代收的人在回证上签名、注明日期。",
        "留置送达：拒绝接收的，邀请见证人到场，说明情况，记明事由和日期，签名后留在住所。",
    ),
)
_POST = Way(
    {Service.Mode.BY_POST: AT_THE_POST},
    "邮寄送达",
    "到达网点，开始交寄",
    "交寄已经开始，请填写邮寄送达登记表。",
    "29.1",
    "交寄的邮政网点",
    (
        "直接送达有困难的，可以邮寄送达；使用邮政特快专递，留存登记、付邮凭证和回执。",
        "交寄时对地址、内件拍照或者录像。",
        "送达日期以回执上注明的收件日期为准，不是交寄的日期。",
    ),
)
_WAYS: Mapping[str, Way] = {"post": _POST}


@signed_in
@require_safe
def case_service(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """What has been served, with both results, what has not, and services under way."""
    person = person_of(request)
    case = visible_case(person, case_id)
    services = list(services_of(case))
    served = {one.paper_id for one in services}
    findings = findings_of_case(case)
    chosen = request.GET.get("paper", "")
    addressed = addressed_types(case)
    waiting = [one for one in _issued(case) if one.id not in served and one.type in addressed]
    kinds = [*ACTIVITIES.values(), AT_THE_POST]
    running = case.activities.filter(kind__in=kinds, ended_at=None)
    begin = reverse("service_begin", args=[case.id])
    context = case_frame(
        case,
        "送达",
        waiting=[
            {"paper": paper_line(one), "href": f"{begin}?{urlencode({'paper': one.id})}"}
            for one in waiting
        ],
        chosen=chosen,
        running=[
            {"activity": one, "href": reverse(_page_of(one), args=[one.id])} for one in running
        ],
        letters=letters(case),
        services=[service_line(one, findings, services) for one in services],
        begin_href=begin,
        may_serve=not case.is_on_the_spot and is_allowed(person, "paper.serve"),
    )
    return render(request, "case_service.html", context)


def _page_of(activity: Activity) -> str:
    return "service_post" if activity.kind == AT_THE_POST else "service_door"


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
        modes = [(mode, Service.Mode(mode).label) for mode in way.modes]
        self.fields["mode"].choices = modes  # type: ignore[attr-defined]
        if way is not _DOOR:  # nobody is met at a counter
            del self.fields["is_certificate_shown"]
        addressed = addressed_types(case)
        first = sorted(_to_serve(case), key=lambda one: one.type not in addressed)
        choices = [(str(one.id), _paper_label(one)) for one in first]
        self.fields["papers"].choices = choices  # type: ignore[attr-defined]


def _paper_label(paper: Paper) -> str:
    title = document_type(paper.type).title
    return f"{title}（{paper.number}）" if paper.number else title


@signed_in
def service_begin(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Arrive at the door or at the counter: the activity begins, receipt or register follows."""
    person = person_of(request)
    case = staged_case(person, case_id)
    way = _WAYS.get(request.GET.get("way", ""), _DOOR)

    def perform(data: dict[str, Any]) -> str:
        papers, mode = data.pop("papers"), data.pop("mode")
        begun = start_activity(
            actor=person, case_id=case.id, kind=way.modes[mode], is_on_site=way is _DOOR, **data
        )
        query = urlencode([("paper", one) for one in papers])
        return f"{reverse(_page_of(begun), args=[begun.id])}?{query}"

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


def _to_serve(case: Case) -> list[Paper]:
    """The issued papers a copy of which goes out of the house, the newest first."""
    return [one for one in _issued(case) if _OPPOSITE & set(document_type(one.type).copies)]


def _waiting(case: Case) -> list[str]:
    """The ids of what the law addresses to the party and nobody has been served yet."""
    rows = _issued(case).filter(type__in=addressed_types(case), services=None)
    return [str(one.id) for one in rows]


def _initial(request: HttpRequest, case: Case, way: Way) -> dict[str, Any]:
    party = case.parties.filter(role=Party.Role.PARTY).first() if way is _DOOR else None
    carried = case.officers.filter(until=None).values_list("person_id", flat=True)
    return {
        "papers": request.GET.getlist("paper") or _waiting(case),
        "mode": request.GET.get("mode", next(iter(way.modes))),
        "place": request.GET.get("place") or (party.address if party else ""),
        "officers": [str(one) for one in carried],
    }
