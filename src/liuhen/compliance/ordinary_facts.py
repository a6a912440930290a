"""What the steps of an ordinary penalty established, as facts of the law, out of rows.

A step is an issued paper, a service, a letter handed in or a recorded discussion: the paper is the
record of the step, so no other row says it again. Not for the simple procedure (`simple_facts`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from liuhen.compliance.rows import CaseRows, Row
from liuhen.compliance.scene_facts import member, or_not_yet
from liuhen.compliance.service_facts import served_at
from liuhen.kernel import clock
from liuhen.law.facts import (
    DefenceReview,
    Discussion,
    HearingRequest,
    LegalityReview,
    Notice,
    Prolongation,
    Statement,
)
from liuhen.law.measures.a15 import CONTENTS
from liuhen.law.moments import Moment
from liuhen.law.vocabulary import (
    NOT_YET,
    Conclusion,
    NoticeForm,
    StatementForm,
)

# What a prior notice says under each heading of Art. 15. The layout states rights and remedies
# itself, with the periods and the contact the fields give.
_CONTACT = ("contact_name", "contact_phone", "contact_address")
_OF_PENALTY: Mapping[str, tuple[str, ...]] = {
    "facts": ("facts", "evidence_summary"),
    "reasons": ("discretion", "breached"),
    "basis": ("basis",),
    "rights": ("statement_days",),
    "duties": ("proposed",),
    "remedies": _CONTACT,
}
_NOTICE_FIELDS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "prior_notice": _OF_PENALTY,
    "hearing_right_notice": _OF_PENALTY,
    "other_prior_notice": {
        "facts": ("facts",),
        "reasons": ("facts",),
        "basis": ("basis",),
        "rights": ("statement_days",),
        "duties": ("content",),
        "remedies": _CONTACT,
    },
}
_ADOPTED: Mapping[object, bool] = {"adopted": True, "partly": True, "rejected": False}


def prolongations(rows: CaseRows) -> tuple[Prolongation, ...]:
    """Clocks the head made longer: that for checking a lead."""
    return tuple(
        Prolongation(row.id, "order55.check_lead", _more_days(rows, at), at)
        for row in rows.all("leads")
        if (at := row.instant("prolonged_at")) is not None
    )


def _more_days(rows: CaseRows, at: dt.datetime) -> int:
    used = rows.rulebook.parameters.on("order55.check_lead_prolonged", clock.local_date(at))
    return used.value if isinstance(used.value, int) else 0


def is_turned_away(rows: CaseRows) -> bool:
    """Whether every lead ended without a procedure: refused or transferred."""
    ends = {row.text("outcome") for row in rows.all("leads")}
    return bool(ends) and ends <= {"refused", "transferred"}


def notices(rows: CaseRows) -> tuple[Notice, ...]:
    """Prior notices issued; told when served, with the period they give."""
    return tuple(_notice(rows, row) for key in _NOTICE_FIELDS for row in _issued(rows, key))


def _notice(rows: CaseRows, paper: Row) -> Notice:
    data = paper.stated("data")
    told = served_at(rows, paper)
    return Notice(
        key=paper.id,
        form=NoticeForm.WRITTEN,
        paper=paper.id,
        party=_party(rows),
        told_at=told,
        contents={
            name: all(bool(data.get(field)) for field in fields)
            for name, fields in _NOTICE_FIELDS[paper.text("type")].items()
            if name in CONTENTS
        },
        offers_hearing=bool(data.get("hearing_days")),
        statement_until=_until(rows, told, data.get("statement_days")),
    )


def _until(rows: CaseRows, told: Moment, days: object) -> Moment:
    """End of the party's period of working days; it rolls off holidays (assumption 4)."""
    if not isinstance(told, dt.datetime):
        return NOT_YET
    if not isinstance(days, int):
        return None
    told_on = clock.local_date(told)
    return rows.rulebook.calendar.after_workdays(told_on, days).due_at


def statements(rows: CaseRows) -> tuple[Statement, ...]:
    """What the party said or gave up: records, waivers of the statement, letters. Not silence."""
    return (*_spoken(rows), *_waived(rows), *_written(rows))


# Records of what a party said: before a decision, and against a levy that is decided.
_SPOKEN = ("statement_record", "levy_objection_record")


def _spoken(rows: CaseRows) -> Iterator[Statement]:
    for row in (row for key in _SPOKEN for row in _issued(rows, key)):
        yield Statement(
            key=row.id,
            form=StatementForm.ORAL,
            party=_party(rows),
            made_at=row.instant("issued_at"),
            paper=row.id,
            is_recorded=True,
        )


def _waived(rows: CaseRows) -> Iterator[Statement]:
    for row in _issued(rows, "waiver"):
        data = row.stated("data")
        if "statement" in (data.get("waived") or ()):
            yield Statement(
                key=row.id,
                form=member(StatementForm, data.get("form")),
                party=_party(rows),
                made_at=row.instant("issued_at"),
                paper=row.id,
                is_recorded=True,
                is_kept=True,
            )


def _written(rows: CaseRows) -> Iterator[Statement]:
    for row in rows.all("materials"):
        if row.text("kind") == "statement":
            yield Statement(
                key=row.id,
                form=StatementForm.WRITTEN,
                party=row.reference("party_id"),
                made_at=row.instant("received_at"),
                paper=row.id,
                is_recorded=True,
                is_kept=True,
            )


def hearing_requests(rows: CaseRows) -> tuple[HearingRequest, ...]:
    """Requests for a hearing handed in, what withdraws one, and express waivers of one."""
    asked = [
        HearingRequest(row.id, row.reference("party_id"), row.instant("received_at"))
        for row in rows.all("materials")
        if row.text("kind") == "hearing_request"
    ]
    withdrawn = [
        HearingRequest(
            row.id, row.reference("party_id"), row.instant("received_at"), is_waived=True
        )
        for row in rows.all("materials")
        if row.text("kind") == "hearing_withdrawal"
    ]
    waived = [
        HearingRequest(row.id, _party(rows), row.instant("issued_at"), is_waived=True)
        for row in _issued(rows, "waiver")
        if "hearing" in (row.stated("data").get("waived") or ())
    ]
    return (*asked, *withdrawn, *waived)


def defence_reviews(rows: CaseRows) -> tuple[DefenceReview, ...]:
    """Reviews of the defence that were issued; each answers a record or a letter."""
    return tuple(
        DefenceReview(
            key=row.id,
            statement=row.reference("subject_id") or "",
            reviewed_at=row.instant("issued_at"),
            is_adopted=_ADOPTED.get(row.stated("data").get("is_adopted")),
            has_reason=bool(row.stated("data").get("reason")),
            reviewer=row.reference("drawn_up_by_id"),
        )
        for row in _issued(rows, "defence_review")
    )


def legality_reviews(rows: CaseRows) -> tuple[LegalityReview, ...]:
    """Opinions of legality review that were issued."""
    return tuple(_legality_review(rows, row) for row in _issued(rows, "legality_review_opinion"))


def _legality_review(rows: CaseRows, paper: Row) -> LegalityReview:
    data, reviewer = paper.stated("data"), paper.reference("drawn_up_by_id")
    issued = paper.instant("issued_at")
    return LegalityReview(
        key=paper.id,
        stage=str(data.get("stage") or ""),
        reviewer=reviewer,
        is_qualified=bool(data.get("qualification")),
        was_in_office=_was_reviewer(rows, reviewer, issued),
        has_opinion=bool(data.get("aspects")),
        has_suggestions=bool(data.get("suggestions")),
        conclusion=member(Conclusion, data.get("conclusion")),
        reviewed_at=issued,
    )


def _was_reviewer(rows: CaseRows, person: str | None, at: dt.datetime | None) -> bool | None:
    if person is None or at is None:
        return None
    return any(
        since <= at and (until is None or at < until)
        for row in rows.all("offices")
        if row.reference("person_id") == person and row.text("kind") == "legal_reviewer"
        for since, until in [(row.moment("since"), row.instant("until"))]
    )


def discussions(rows: CaseRows) -> tuple[Discussion, ...]:
    """Discussions that were recorded, with who of those present was a head."""
    return tuple(
        _discussion(rows, row, told)
        for row in rows.all("activities")
        if row.text("kind") == "collective_discussion"
        and isinstance(told := row.stated("facts").get("discussion"), dict)
    )


def _discussion(rows: CaseRows, activity: Row, told: Mapping[str, Any]) -> Discussion:
    minutes = [
        row.id
        for row in _issued(rows, "collective_minutes")
        if row.reference("activity_id") == activity.id
    ]
    return Discussion(
        key=activity.id,
        activity=activity.id,
        concluded_at=or_not_yet(activity.instant("ended_at")),
        is_committee=bool(told.get("is_committee")),
        heads_present=sum(bool(one.get("is_head")) for one in told.get("present") or ()),
        minutes=minutes[0] if minutes else "",
    )


def violation_ended_on(rows: CaseRows) -> dt.date | None:
    """Local day of the violation, as the findings have it."""
    found = (rows.case.stated("facts").get("violation") or {}).get("at")
    return clock.local_date(clock.parse_iso(found)) if isinstance(found, str) else None


def discovered_on(rows: CaseRows) -> dt.date | None:
    """Day the act came to light, where the findings say one before the first lead."""
    found = (rows.case.stated("facts").get("violation") or {}).get("discovered_on")
    return dt.date.fromisoformat(found) if isinstance(found, str) else None


def _papers(rows: CaseRows, type_key: str) -> Iterator[Row]:
    return (row for row in rows.all("papers") if row.text("type") == type_key)


def _issued(rows: CaseRows, type_key: str) -> list[Row]:
    """Issued papers of a type, save for those in whose place a correction stands."""
    issued = [row for row in _papers(rows, type_key) if row.text("state") == "issued"]
    replaced = rows.corrected()
    return [row for row in issued if row.id not in replaced]


def _party(rows: CaseRows) -> str | None:
    parties = [row for row in rows.all("parties") if row.text("role") in ("", "party")]
    return parties[0].id if parties else None
