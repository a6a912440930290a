"""What only some kinds of case have: applications, things taken, clocks changed, discs.

A step is an issued paper: the paper is the record of it, so no other row says it again. Types of
paper are named as the law names them (`paper_facts.law_type`).

Discs are what somebody registered (Art. 44). A case without any is honestly not known: they may
lie in the file of paper.

Not for the steps of a penalty (`ordinary_facts`, `simple_facts`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from liuhen.compliance.handling_facts import disposed_at
from liuhen.compliance.paper_facts import law_type
from liuhen.compliance.rows import CaseRows, Row
from liuhen.compliance.scene_facts import member, truth_in
from liuhen.compliance.service_facts import served_at
from liuhen.kernel import clock
from liuhen.law.facts import (
    Activity,
    Application,
    ApplicationAnswer,
    Disc,
    Item,
    Measure,
    Prolongation,
)
from liuhen.law.moments import Moment
from liuhen.law.vocabulary import NOT_YET, AnswerKind, MeasureKind, Office

_TAKINGS = frozenset({"preservation", "sealing_or_seizure"})
_PARTICULARS = ("number", "name", "kind", "specification", "quantity")
# Papers that prolong a clock, and the clock.
_PROLONGING: Mapping[str, str] = {
    "18": "coercion_law.seizure",
    "55": "licensing_law.decision",
    "penalty_prolongation": "penalty_law.decision",
}
# What each paper answers to an application.
_ANSWERS: Mapping[str, AnswerKind] = {
    "acceptance_notice": AnswerKind.ACCEPTED,
    "supplement_notice": AnswerKind.SUPPLEMENT,
    "spot_correction_record": AnswerKind.CORRECTED,
    "non_acceptance_notice": AnswerKind.REFUSED,
    "no_licence_needed_notice": AnswerKind.NOT_REQUIRED,
}
APPLICATION, ANSWER = "52", "53"
LIST, DECISION, SETTLING = ("12", "16"), ("12", "15"), "13"


def issued(rows: CaseRows, *types: str) -> list[Row]:
    """Issued papers of types of the law, oldest first."""
    found = [
        row
        for row in rows.all("papers")
        if row.text("state") == "issued" and law_type(row.text("type")) in types
    ]
    return sorted(found, key=lambda row: (row.moment("issued_at"), row.id))


# -- licensing --------------------------------------------------------------------------------


def applications(rows: CaseRows) -> tuple[Application, ...]:
    """Applications by their registration; a draft is received and not yet registered."""
    known = rows.case.stated("facts").get("licence") or {}
    expires = known.get("expires_on")
    return tuple(
        Application(
            key=row.id,
            received_at=_noted(row, "received_at") or row.instant("drawn_up_at"),
            is_registered=row.text("state") == "issued",
            # Before applications named their purpose every one was for a new licence.
            is_prolongation=known.get("purpose", "new") == "prolong",
            expires_on=dt.date.fromisoformat(expires) if expires else None,
        )
        for row in rows.all("papers")
        if law_type(row.text("type")) == APPLICATION and row.text("state") != "void"
    )


def answers(rows: CaseRows) -> tuple[ApplicationAnswer, ...]:
    """Answers to the applicant; an issued one is dated and bears the seal."""
    return tuple(
        ApplicationAnswer(
            key=row.id,
            kind=_ANSWERS.get(row.text("type")),
            given_at=row.instant("issued_at"),
            has_voucher=True,
            is_complete=bool(row.stated("data").get("missing")),
        )
        for row in issued(rows, ANSWER)
    )


def is_turned_away(rows: CaseRows) -> bool:
    """Whether the application was refused as such, or needs no licence: nothing is decided."""
    kinds = {each.kind for each in answers(rows)}
    return bool(kinds & {AnswerKind.REFUSED, AnswerKind.NOT_REQUIRED})


# -- things taken -----------------------------------------------------------------------------


def measures(rows: CaseRows) -> tuple[Measure, ...]:
    """Registration-and-preservation, sealing and seizure, by the activity in which each was."""
    return tuple(
        _measure(rows, row) for row in rows.all("activities") if row.text("kind") in _TAKINGS
    )


def _measure(rows: CaseRows, activity: Row) -> Measure:
    mine = [
        row for row in issued(rows, *LIST, *DECISION) if row.reference("activity_id") == activity.id
    ]
    lists = [row for row in mine if law_type(row.text("type")) in LIST]
    decisions = [row for row in mine if law_type(row.text("type")) in DECISION]
    copies = [row.stated("data").get("copies_made") for row in lists]
    is_taken = activity.text("kind") == "sealing_or_seizure"
    settled = [row.moment("issued_at") for row in issued(rows, SETTLING)]
    return Measure(
        key=activity.id,
        kind=_kind(activity, decisions),
        activity=activity.id,
        started_at=activity.instant("started_at"),
        is_urgent=bool(activity.stated("facts").get("is_urgent")),
        approved_at=_approved_at(rows, activity),
        refused_at=_refused_at(rows, activity) if is_taken else NOT_YET,
        papers_handed_over_at=_handed_over(rows, decisions, lists),
        list_copies=next((each for each in copies if isinstance(each, int)), None),
        disposed_at=disposed_at(rows, lists) if is_taken else min(settled, default=NOT_YET),
        items=tuple(_item(row.id, index, each) for row in lists for index, each in _things(row)),
    )


def _handed_over(rows: CaseRows, decisions: list[Row], lists: list[Row]) -> Moment:
    """When the last of decision and list reached the party; one paper may be both."""
    papers = {row.id: row for row in (*decisions, *lists)}.values()
    found = [at for row in papers if isinstance(at := served_at(rows, row), dt.datetime)]
    is_whole = bool(decisions and lists) and len(found) == len(papers)
    return max(found) if is_whole else NOT_YET


def _kind(activity: Row, decisions: list[Row]) -> MeasureKind | None:
    if activity.text("kind") == "preservation":
        return MeasureKind.PRESERVATION
    stated = [row.stated("data").get("measure") for row in decisions]
    stated.append(activity.stated("facts").get("measure_kind"))
    return next((kind for each in stated if (kind := member(MeasureKind, each))), None)


def _approved_at(rows: CaseRows, activity: Row) -> Moment:
    """The head's answer: of a coercion case its decision, of evidence taken its own question."""
    is_coercion = activity.text("kind") == "sealing_or_seizure"
    return _given_at(rows, "decision" if is_coercion else "preservation")


def _refused_at(rows: CaseRows, activity: Row) -> Moment:
    """The head's last answer, where it is a no to what was taken already."""
    begun = activity.moment("started_at")
    later = [at for at in _answers_of_head(rows, "decision", "returned") if at >= begun]
    return max(later, default=NOT_YET)


def _given_at(rows: CaseRows, matter: str) -> Moment:
    return min(_answers_of_head(rows, matter, "approved"), default=NOT_YET)


def _answers_of_head(rows: CaseRows, matter: str, outcome: str) -> Iterator[dt.datetime]:
    for row in rows.all("approvals"):
        is_theirs = row.text("kind") == matter and row.text("office") == Office.AUTHORITY_HEAD
        at = row.instant("decided_at")
        if is_theirs and row.text("outcome") == outcome and at is not None:
            yield at


def _things(row: Row) -> Iterator[tuple[int, Mapping[str, Any]]]:
    found = row.stated("data").get("items")
    for index, each in enumerate(found if isinstance(found, list) else ()):
        if isinstance(each, dict):
            yield index, each


def _item(paper: str, index: int, given: Mapping[str, Any]) -> Item:
    fields: dict[str, bool | None] = {name: bool(given.get(name)) for name in _PARTICULARS}
    return Item(key=f"{paper}:{index}", fields=fields)


# -- steps a gate is asked about before they leave a row --------------------------------------

PROPOSED = "proposed"


def proposed_measure(rows: CaseRows, at: dt.datetime) -> Measure:
    """The sealing or seizure asked about, as if it began at an instant."""
    stated = rows.case.stated("circumstances")
    return Measure(
        key=PROPOSED,
        # The law asks the same before a sealing and before a seizure.
        kind=member(MeasureKind, stated.get("measure_kind")) or MeasureKind.SEIZURE,
        started_at=at,
        is_urgent=truth_in(stated, "is_emergency_start", False),
        approved_at=_given_at(rows, "decision"),
    )


def proposed_enforcement(rows: CaseRows, at: dt.datetime) -> Activity:
    """The enforcement asked about, as if it began at an instant."""
    stated = rows.case.stated("circumstances")
    return Activity(
        key=PROPOSED,
        kind="enforcement",
        started_at=at,
        ended_at=NOT_YET,
        is_urgent=truth_in(stated, "is_urgent", False),
        is_substitute=truth_in(stated, "is_substitute", False),
    )


# -- clocks -----------------------------------------------------------------------------------


def discs(rows: CaseRows) -> tuple[Disc, ...]:
    """Discs of evidence that were registered: one counts when a person records it."""
    told = rows.case.stated("facts").get("discs") or ()
    return tuple(
        Disc(
            key=f"{rows.case.id}:{place}",
            statement=one["statement"],
            number=one["number"],
            burnt_at=clock.parse_iso(one["burnt_at"]),
            filed_at=clock.parse_iso(one["filed_at"]),
        )
        for place, one in enumerate(told)
    )


def prolongations(rows: CaseRows) -> tuple[Prolongation, ...]:
    """Clocks made longer: by an issued notice, approved by the head, told when served."""
    return (*_deferrals(rows), *_prolonged(rows))


def _deferrals(rows: CaseRows) -> Iterator[Prolongation]:
    """A fine that may be paid later: as many days more as the last part lies behind its day."""
    served = [
        at
        for row in rows.all("papers")
        if law_type(row.text("type")) == "36"
        and isinstance(at := served_at(rows, row), dt.datetime)
    ]
    notices = [row for row in issued(rows, "42") if row.text("type") == "instalment_notice"]
    for row in notices[-1:]:  # the plan granted last
        plan = row.stated("data").get("plan") or []
        if not (served and plan):
            continue
        days = rows.rulebook.parameters.on("penalty_law.pay_fine", clock.local_date(min(served)))
        last = max(dt.date.fromisoformat(part["due_on"]) for part in plan)
        more = (last - clock.local_date(min(served))).days - int(days.value or 0)
        yield Prolongation(
            key=row.id,
            clock="penalty_law.pay_fine",
            days=max(more, 0),
            approved_at=row.instant("issued_at"),
            office=Office.AUTHORITY_HEAD,  # it is issued by the last answer of its route
            told_at=served_at(rows, row),
        )


def _prolonged(rows: CaseRows) -> tuple[Prolongation, ...]:
    return tuple(
        Prolongation(
            key=row.id,
            clock=_PROLONGING[law_type(row.text("type"))],
            days=int(row.stated("data").get("days") or 0),
            approved_at=row.instant("issued_at"),
            office=_deciding_office(rows, row),
            told_at=served_at(rows, row),
        )
        for row in issued(rows, *_PROLONGING)
    )


def _deciding_office(rows: CaseRows, paper: Row) -> Office | None:
    given = [
        member(Office, row.text("office"))
        for row in rows.all("approvals")
        if row.reference("subject_id") == paper.id and row.text("outcome") == "approved"
    ]
    if Office.AUTHORITY_HEAD in given:  # the last of its route
        return Office.AUTHORITY_HEAD
    return given[-1] if given else None


def _noted(row: Row, field: str) -> dt.datetime | None:
    found = row.stated("data").get(field)
    return clock.parse_iso(found) if isinstance(found, str) and found else None
