"""The course of a case of coercion or levy on one page: its stages in order, each with its papers.

Each stage shows what the law wants first, the papers it is made of and where what is done on the
spot begins. Not for penalties, whose steps have pages of their own, nor for the forms
(`coercion_forms`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from liuhen.actions.enforcement_halts import halted_by, terminated_at
from liuhen.actions.investigation import startable_kinds
from liuhen.actions.licensing_order import APPROVAL, is_approved_as_concluded
from liuhen.actions.paper_drafts import RECORDS
from liuhen.actions.paper_needs import is_issued
from liuhen.actions.paper_order import orders_of
from liuhen.approvals.models import Approval
from liuhen.cases.models import Activity, Case
from liuhen.cases.queries import visible_case
from liuhen.compliance.gating import way_through
from liuhen.compliance.queries import findings_of_case
from liuhen.compliance.shown import ShownFinding
from liuhen.documents.handled_things import LIFTING, is_settled
from liuhen.documents.models import Paper, Service
from liuhen.documents.service_days import by_effect
from liuhen.kernel.refusals import Refused
from liuhen.law.gates import gates
from liuhen.law.procedures import Stage, courses
from liuhen.law.vocabulary import CaseKind, Procedure
from liuhen.people.models import Person
from liuhen.people.queries import is_allowed
from liuhen.web.acting import person_of, signed_in
from liuhen.web.activity_forms import demand_words
from liuhen.web.case_acts import case_frame
from liuhen.web.course_words import STATEMENTS, TITLES, hint_of, is_on_course, told_of
from liuhen.web.drawing import drawing_page
from liuhen.web.licences import carrying
from liuhen.web.offered import kind_page
from liuhen.web.paper_step import paper_step
from liuhen.web.publications import publication_card
from liuhen.web.steps import activity_href, obstacles, told_duty
from liuhen.web.things_card import ON_CARD, things_card

# Where the common tail of every course is done.
_TAIL = frozenset({"performance", "closing", "binding", "hand_over"})
# Served and told on pages of their own.
_ELSEWHERE = frozenset({"statement_record", "levy_objection_record", "defence_review"})
# Made by the acts that end a licence, and shown once they are there.
_BY_ACTS = frozenset(
    {
        *("licence_withdrawal_decision", "licence_revocation_decision"),
        *("licence_cancellation_decision", "licence_standing_decision"),
    }
)
# Stages that last as long as something taken is kept.
_WHILE_KEPT = frozenset({"keeping", "prolongation", "disposal"})
# Drawn up on the page of the things; a lifting too, once there is a list of them.
_HANDLED = ON_CARD - {LIFTING}


@signed_in
def case_course(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The stages of the case, what each still lacks, and drawing up its papers."""
    person = person_of(request)
    case = visible_case(person, case_id)
    if case.kind == Case.Kind.PENALTY:
        return HttpResponseRedirect(reverse("enforcement_open", args=[case.id]))
    page, *_ = kind_page(case) or ("case_course",)
    if page != "case_course":
        return HttpResponseRedirect(reverse(page, args=[case.id]))

    findings = findings_of_case(case)
    things = things_card(person, case)
    context = case_frame(
        case,
        TITLES[case.kind, case.procedure],
        stages=_stages(person, case, things),
        things=things,
        told=told_of(case),
        statement=_statement(person, case),
        clocks=[told_duty(one, case.id) for one in findings if _is_clock(one)],
        origin=_origin(person, case),
        must_lift=_must_lift(case),
        halt=_halt(person, case),
        publication=publication_card(person, case),
        carried=carrying(person, case) if case.kind == Case.Kind.LICENSING else None,
    )
    return drawing_page(request, case, "case_course.html", context)


def course_case(person: Person, case_id: UUID) -> Case:
    """A visible case of coercion or levy. Raises `Refused("record.not_found")`."""
    case = visible_case(person, case_id)
    if not is_on_course(case):
        raise Refused("record.not_found")
    return case


def _is_clock(finding: ShownFinding) -> bool:
    is_running = finding.due_at is not None and finding.lamp in ("red", "yellow", "open")
    return is_running and finding.column == "text"


# What was stated stands once one of these is issued.
_SETTLED = ("coercion_approval", "seizure_decision", "levy_decision", *sorted(_BY_ACTS))


def _statement(person: Person, case: Case) -> dict[str, Any] | None:
    """The page on which what the papers are filled from is stated."""
    found = STATEMENTS.get((case.kind, case.procedure))
    is_settled = case.closed_at is not None or is_issued(case, *_SETTLED)
    if found is None or is_settled or not is_allowed(person, found.permission):
        return None
    return {"label": found.label, "href": reverse(found.page, args=[case.id])}


def _must_lift(case: Case) -> bool:
    """Whether what was taken in an emergency was not approved: it is lifted at once (19)."""
    asked = Approval.objects.filter(case_id=case.id, kind="decision").exclude(outcome="")
    last = asked.order_by("decided_at", "step").last()
    is_refused = last is not None and last.outcome == Approval.Outcome.RETURNED
    is_taken = case.activities.filter(kind="sealing_or_seizure").exists()
    return is_refused and is_taken and not is_issued(case, "seizure_lifting")


def _halt(person: Person, case: Case) -> dict[str, Any] | None:
    """What holds the enforcement up, and where it is taken up again."""
    found = halted_by(case) if case.procedure == Case.Procedure.ENFORCEMENT else None
    if found is None or case.closed_at is not None or terminated_at(case) is not None:
        return None
    href = reverse("enforcement_resume", args=[case.id])
    return {
        "title": found.document_type.title,
        "at": found.issued_at,
        "href": href if is_allowed(person, "coercion.state") else None,
    }


def _origin(person: Person, case: Case) -> dict[str, str] | None:
    """The case this one arises from, or whose decision it enforces, for who may see it."""
    noted = case.facts.get("arises_from") or case.facts.get("enforced")
    if not noted:
        return None
    try:
        origin = visible_case(person, UUID(noted["case_id"]))
    except Refused:
        return None
    return {"number": origin.number, "href": reverse("case", args=[origin.id])}


# -- the stages --------------------------------------------------------------------------------


def _stages(person: Person, case: Case, things: dict[str, Any] | None) -> list[dict[str, Any]]:
    course = courses()[CaseKind(case.kind), Procedure(case.procedure)]
    keys = [stage.key for stage in course.stages]
    reached = keys.index(case.stage) if case.stage in keys else 0
    reach = _reach(course.stages, reached)
    elsewhere = ON_CARD if things else _HANDLED
    listed = [
        _stage(person, case, stage, place, reached, reach, elsewhere)
        for place, stage in enumerate(course.stages)
        if stage.key not in _TAIL and _is_done_here(case, stage)
    ]
    for one in listed:
        if _is_over(case, one["key"], things):
            one["state"] = "done" if one["has_happened"] else "skipped"
        elif one["state"] == "current" and _is_dealt_with(one):
            one["state"] = "done"
    return [one for one in listed if one["state"] != "skipped"]


def _is_done_here(case: Case, stage: Stage) -> bool:
    """Service and payment have pages of their own, and no papers that are drawn up."""
    own = any(order.stage == stage.key for order in orders_of(case).values())
    return own or bool(_own(stage))


def _reach(stages: Sequence[Stage], reached: int) -> int:
    """The last stage open to a case: the next one that no case of its course may pass by."""
    for place in range(reached + 1, len(stages)):
        if stages[place].required and not stages[place].is_optional:
            return place
    return len(stages) - 1


def _stage(
    person: Person,
    case: Case,
    stage: Stage,
    place: int,
    reached: int,
    reach: int,
    elsewhere: frozenset[str],
) -> dict[str, Any]:
    types = [key for key, order in orders_of(case).items() if order.stage == stage.key]
    hidden = _ELSEWHERE | elsewhere
    shown = [paper_step(person, case, key) for key in types if key not in hidden]
    shown = [one for one in shown if one["paper"] or one["type"] not in _BY_ACTS]
    may_draw = {"may_draw": is_allowed(person, "paper.draw_up")}
    shown = [one | _AGAIN | may_draw if _is_stale(case, one) else one for one in shown]
    papers = [{**one, **_served(case, one)} for one in shown]
    activities = _activities(case, stage)
    has_happened = bool(activities) or (bool(types) and is_issued(case, *types))
    is_open = case.closed_at is None
    return {
        "key": stage.key,
        "name": stage.name,
        "clause": stage.clauses[0] if stage.clauses else "",
        "hint": hint_of(case, stage.key),
        "state": _state(place, reached, reach, has_happened=has_happened, is_open=is_open),
        "has_happened": has_happened,
        "is_optional": stage.is_optional,
        "papers": papers,
        "drawable": [one for one in papers if is_open and one["may_draw"] and not one["needs"]],
        "obstacles": _obstacles(case, stage, papers) if reached <= place <= reach else [],
        "activities": activities,
        "starts": _starts(person, case, stage),
        "defence_href": reverse("case_defence", args=[case.id])
        if _ELSEWHERE & set(types)
        else None,
    }


# A step as it is before its paper is drawn up.
_AGAIN: dict[str, Any] = {"paper": None, "row": None, "is_issued": False}


def _is_stale(case: Case, step: Mapping[str, Any]) -> bool:
    """Whether the head approved another conclusion on a licence than the one that stands now."""
    is_ending = case.procedure == Case.Procedure.ENDING and step["type"] == APPROVAL
    return is_ending and bool(step["is_issued"]) and not is_approved_as_concluded(case)


def _is_dealt_with(stage: Mapping[str, Any]) -> bool:
    """Whether nothing is left to draw up, to serve, to begin or to end in a stage."""
    is_left = stage["drawable"] or stage["starts"] or stage["obstacles"]
    runs = any(one["is_running"] for one in stage["activities"])
    return (
        bool(stage["papers"]) and all(map(_has_arrived, stage["papers"])) and not (is_left or runs)
    )


def _has_arrived(step: Mapping[str, Any]) -> bool:
    """Whether a paper is made and, where it is addressed to somebody, served."""
    if not step["is_issued"] or not step["is_addressed"]:
        return bool(step["is_issued"])
    return step["service"] is not None and not step["service"].is_awaited


def _is_over(case: Case, stage: str, things: Mapping[str, Any] | None) -> bool:
    """Whether nothing is left of what is kept: no keeping to prolong, nothing to decide."""
    if case.procedure != Case.Procedure.MEASURE or stage not in _WHILE_KEPT:
        return False
    if stage != "disposal" or things is None:
        return is_settled(case)
    decisions = [one for one in things["papers"] if one["way"]]
    return is_settled(case) and all(one["service"] and one["done"] for one in decisions)


def _state(place: int, reached: int, reach: int, *, has_happened: bool, is_open: bool) -> str:
    """Done, open to the case, passed by, or not yet its turn."""
    if has_happened and place <= reached:
        return "done" if place < reached or not is_open else "current"
    if not is_open:
        return "skipped"
    return "current" if place <= reach else "todo"


def _served(case: Case, step: Mapping[str, Any]) -> dict[str, Any]:
    """How a paper addressed to the party reached it, or where it is served."""
    order = orders_of(case)[step["type"]]
    if not (step["is_issued"] and order.is_addressed):
        return {"is_addressed": False}
    services = by_effect(Service.objects.filter(paper=step["row"]))
    paper: Paper = step["row"]
    is_on_spot = RECORDS.get(paper.type) is not None and paper.signatures.filter(role="party")
    return {
        "is_addressed": True,
        "service": services.first(),
        "serve_href": f"{reverse('service_begin', args=[case.id])}?paper={paper.id}",
        "hand_href": reverse("hand_over_paper", args=[paper.id]) if is_on_spot else None,
    }


def _obstacles(
    case: Case, stage: Stage, papers: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """What the law wants before this stage, named before anything is tried."""
    orders = [orders_of(case)[one["type"]] for one in papers]
    is_asked = bool(_own(stage)) or stage.gate in {g for o in orders for g in (o.gate, o.asks)}
    is_over = case.closed_at is not None or any(one["is_issued"] for one in papers)
    if is_over or not is_asked or stage.gate not in gates():
        return []
    return obstacles(way_through(stage.gate, case.id), case.id)


def _activities(case: Case, stage: Stage) -> list[dict[str, Any]]:
    rows = case.activities.filter(kind__in=_own(stage)).order_by("started_at", "id")
    return [{"row": one, "href": activity_href(one), "is_running": _runs(one)} for one in rows]


def _own(stage: Stage) -> list[str]:
    return [kind for kind in stage.activities if not kind.startswith("service_")]


def _runs(activity: Activity) -> bool:
    return activity.ended_at is None


def _starts(person: Person, case: Case, stage: Stage) -> list[dict[str, str]]:
    """What may be begun on the spot in this stage."""
    if case.closed_at is not None or not is_allowed(person, "activity.start"):
        return []
    kinds = startable_kinds(case)
    running = set(case.activities.filter(ended_at=None).values_list("kind", flat=True))
    address = reverse("activity_start", args=[case.id])
    return [
        {
            "name": kinds[key].name,
            "demand": demand_words(kinds[key]),
            "href": f"{address}?kind={key}",
        }
        for key in _own(stage)
        if key in kinds and key not in running and key != "statement_and_defence"
    ]
