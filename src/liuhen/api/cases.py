"""A case as it stood at any instant, and what differs between two, for programs. Reads only.

Words are those of the pages; keys name table and row. Not for the present of a case beyond that.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated, Any, cast
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema
from ninja.params.functions import Query
from pydantic import AfterValidator, AwareDatetime, BaseModel

from liuhen.access.looks import hidden_looks
from liuhen.api.callers import READING, either
from liuhen.api.paging import MOST, USUAL, page_of
from liuhen.cases.queries import visible_case, visible_cases
from liuhen.compliance.states import Difference, State, difference, moments, state_at
from liuhen.people.queries import require

if TYPE_CHECKING:
    from liuhen.cases.models import Case
    from liuhen.people.models import Person

router = Router(tags=["cases"], auth=either(READING))


def _in_utc(instant: dt.datetime) -> dt.datetime:
    """The same instant with the offset that databases know: they take none beyond sixteen hours."""
    found = instant.astimezone(dt.UTC) if dt.MINYEAR < instant.year < dt.MAXYEAR else None
    if found is None or not dt.MINYEAR < found.year < dt.MAXYEAR:
        raise ValueError("no instant of a calendar on both sides of the earth")
    return found


Instant = Annotated[AwareDatetime, AfterValidator(_in_utc)]


class CaseFacts(BaseModel):
    """A case in a line. Instants are UTC; one that has not come is null.

    With its page no `Schema`: that looks up every value of every line by itself.
    """

    id: UUID
    number: str
    kind: str
    procedure: str
    stage: str
    cause: str
    unit: str
    handler: str
    started_at: dt.datetime
    closed_at: dt.datetime | None


# Where each of these stands: a page needs no more of a case, its unit and its officer.
_FACTS = (
    "id", "number", "kind", "procedure", "stage", "cause", "unit__name", "handler__name",
    "started_at", "closed_at",
)  # fmt: skip


class CasePage(BaseModel):
    """A page of cases, newest first; `next` is the cursor of the following one."""

    items: list[CaseFacts]
    next: str | None


class MomentFacts(Schema):
    """An instant at which something was done: its number from 1, the events entered then."""

    number: int
    at: dt.datetime
    events: list[str]


class ThingFacts(Schema):
    """One row of the case in words; `key` is table and id."""

    key: str
    kind: str
    title: str
    fields: dict[str, str]


class FindingFacts(Schema):
    """A duty as it stood."""

    rule: str
    citation: str
    subject: str
    outcome: str
    lamp: str
    text: str


class StateFacts(Schema):
    """The case at an instant. `basis` says which rows it rests on, `erased_rows` what is gone."""

    case: UUID
    at: dt.datetime
    basis: str
    erased_rows: int
    things: list[ThingFacts]
    findings: list[FindingFacts]


class FieldFacts(Schema):
    """One statement before and after; "" where there was or is none."""

    label: str
    before: str
    after: str


class ChangeFacts(Schema):
    """A thing added, removed or changed."""

    how: str
    key: str
    kind: str
    title: str
    fields: list[FieldFacts]


class FindingChangeFacts(Schema):
    """A duty that stands otherwise; a lamp is "" where there was or is no finding."""

    rule: str
    citation: str
    subject: str
    before: str
    after: str


class DifferenceFacts(Schema):
    """What differs between two instants of a case."""

    case: UUID
    since: dt.datetime
    until: dt.datetime
    changes: list[ChangeFacts]
    findings: list[FindingChangeFacts]


@router.get("/", response=CasePage, summary="案件")
def case_list(
    request: HttpRequest,
    cursor: str | None = None,
    limit: int = Query(USUAL, ge=1, le=MOST),
    number: str | None = Query(None, max_length=60),
    is_open: bool | None = None,
) -> dict[str, Any]:
    """The cases the caller may see; by number, or open or closed ones alone."""
    person = cast("Person", request.user)
    require(person, "case.list")
    rows = visible_cases(person)
    if number is not None:
        rows = rows.filter(number=number)
    if is_open is not None:
        rows = rows.filter(closed_at__isnull=is_open)
    told = rows.values_list(*_FACTS, named=True)
    found, following = page_of(told, "started_at", cursor, limit)
    items = [dict(zip(CaseFacts.model_fields, one, strict=True)) for one in found]
    return {"items": items, "next": following}


@router.get("/{case_id}", response=CaseFacts, summary="一件案件")
def one_case(request: HttpRequest, case_id: UUID) -> dict[str, Any]:
    """One case."""
    return _facts(_case(request, case_id))


@router.get("/{case_id}/moments", response=list[MomentFacts], summary="案件有办理的各时刻")
def case_moments(request: HttpRequest, case_id: UUID) -> list[dict[str, Any]]:
    """The instants at which something was done in the case, oldest first."""
    return [
        {"number": one.number, "at": one.at, "events": list(one.events)}
        for one in moments(_case(request, case_id), hidden_looks(cast("Person", request.user)))
    ]


@router.get("/{case_id}/state", response=StateFacts, summary="案件在一个时刻的样子")
def case_state(request: HttpRequest, case_id: UUID, at: Instant | None = None) -> dict[str, Any]:
    """The case as it stood at an instant with its offset (now), from the ledger's row images."""
    return _state(state_at(_case(request, case_id), at))


@router.get("/{case_id}/difference", response=DifferenceFacts, summary="两个时刻之间的变化")
def case_difference(
    request: HttpRequest,
    case_id: UUID,
    since: Instant | None = None,
    until: Instant | None = None,
) -> dict[str, Any]:
    """What came, went or changed from one instant (the case's first act) to another (now)."""
    case = _case(request, case_id)
    before, after = state_at(case, since or moments(case)[0].at), state_at(case, until)
    return {
        "case": case.id,
        "since": before.as_of.at,
        "until": after.as_of.at,
        **_difference(difference(before, after)),
    }


def _case(request: HttpRequest, case_id: UUID) -> Case:
    return visible_case(cast("Person", request.user), case_id)


def _facts(case: Case) -> dict[str, Any]:
    return {
        "id": case.id,
        "number": case.number,
        "kind": case.kind,
        "procedure": case.procedure,
        "stage": case.stage,
        "cause": case.cause,
        "unit": case.unit.name,
        "handler": case.handler.name,
        "started_at": case.started_at,
        "closed_at": case.closed_at,
    }


def _state(found: State) -> dict[str, Any]:
    as_of = found.as_of
    return {
        "case": as_of.case.id,
        "at": as_of.at,
        "basis": as_of.basis.value,
        "erased_rows": as_of.erased,
        "things": [
            {"key": one.key, "kind": one.kind, "title": one.title, "fields": dict(one.fields)}
            for one in found.things
        ],
        "findings": [
            {
                "rule": one.rule,
                "citation": one.citation,
                "subject": one.subject_id,
                "outcome": one.outcome,
                "lamp": one.lamp,
                "text": one.reason,
            }
            for one in as_of.shown
        ],
    }


def _difference(found: Difference) -> dict[str, Any]:
    return {
        "changes": [
            {
                "how": one.how,
                "key": one.thing.key,
                "kind": one.thing.kind,
                "title": one.thing.title,
                "fields": [
                    {"label": each.label, "before": each.before, "after": each.after}
                    for each in one.fields
                ],
            }
            for one in found.changes
        ],
        "findings": [
            {
                "rule": one.finding.rule,
                "citation": one.finding.citation,
                "subject": one.finding.subject_id,
                "before": one.before[0],
                "after": one.after[0],
            }
            for one in found.findings
        ],
    }
