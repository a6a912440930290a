"""Cases, papers and results as the city's platform for supervision takes them: JSON and CSV.

The rows are described in docs/formats/supervision.md; a change of meaning is a new version. Nothing
classified is in them, and no identity number of a natural person. Not for handing them over, which
is an act (`actions.platform`).
"""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from liuhen.cases.models import Case, Party
from liuhen.cases.queries import visible_cases
from liuhen.documents.models import Paper
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.kernel.tables import csv_text
from liuhen.people.models import CLASSIFIED, Person

FORMAT, VERSION = "liuhen supervision", 1
MOST_CASES = 5_000
LONGEST = dt.timedelta(days=366)
# Papers that say what became of a matter.
RESULTS = frozenset(
    {
        *("simple_decision", "penalty_decision", "no_penalty_decision"),
        *("licence_grant", "licence_refusal", "levy_decision"),
        *("seizure_decision", "enforcement_decision", "inspection_result_notice"),
    }
)
_COLUMNS = {
    "cases": (
        *("number", "kind", "procedure", "stage", "cause", "unit", "handler", "started_on"),
        *("initiated_on", "ended_on", "closed_on", "published_on", "filed_on", "filing_number"),
        *("parties", "credit_codes"),
    ),
    "papers": (
        *("case_number", "type", "title", "number", "state", "issued_on", "sha256", "corrects"),
    ),
    "results": (
        *("case_number", "type", "decision_number", "decided_on", "penalty_kinds"),
        *("amount_fen", "paid_fen"),
    ),
}
Row = dict[str, Any]


def export_of(person: Person, since: dt.date, until: dt.date, made_at: dt.datetime) -> Row:
    """The document for the days `since` to `until`, both included: cases that began or closed then.

    Raises:
        Refused: `platform.span`, the days are in the wrong order or more than a year;
            `platform.too_many`, `platform.nothing`.
    """
    if until < since or until - since > LONGEST:
        raise Refused("platform.span")
    found = list(_cases(person, since, until)[: MOST_CASES + 1])
    if len(found) > MOST_CASES:
        raise Refused("platform.too_many", most=MOST_CASES)
    if not found:
        raise Refused("platform.nothing")
    return {
        "format": FORMAT,
        "version": VERSION,
        "made_at": clock.iso(made_at),
        "since": since.isoformat(),
        "until": until.isoformat(),
        "cases": [_case(one) for one in found],
        "papers": [_paper(one, paper) for one in found for paper in one.papers.all()],
        "results": [
            _result(one, paper)
            for one in found
            for paper in one.papers.all()
            if paper.type in RESULTS and paper.state == Paper.State.ISSUED
        ],
    }


def as_json(document: Row) -> bytes:
    """The document as UTF-8, one indentation, the same bytes for the same document."""
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def as_tables(document: Row) -> bytes:
    """The same rows as `cases.csv`, `papers.csv` and `results.csv` in a ZIP archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, columns in _COLUMNS.items():
            rows = [columns, *([_cell(row[key]) for key in columns] for row in document[name])]
            member = zipfile.ZipInfo(f"{name}.csv")  # of 1980, so that the same is the same
            archive.writestr(member, csv_text(rows).encode())
    return out.getvalue()


def _cases(person: Person, since: dt.date, until: dt.date) -> QuerySet[Case]:
    begin = dt.datetime.combine(since, dt.time(), clock.CHINA)
    end = dt.datetime.combine(until + dt.timedelta(days=1), dt.time(), clock.CHINA)
    began = Q(started_at__gte=begin, started_at__lt=end)
    closed = Q(closed_at__gte=begin, closed_at__lt=end)
    frozen = Paper.objects.exclude(original=None).select_related("corrects")
    return (
        visible_cases(person)
        .filter(began | closed)
        .exclude(secrecy__in=CLASSIFIED)
        .select_related("unit", "handler")
        .prefetch_related(
            Prefetch("papers", frozen.order_by("issued_at", "id")), "parties", "performances"
        )
        .order_by("number")
    )


def _case(case: Case) -> Row:
    parties = [one for one in case.parties.all() if one.role == Party.Role.PARTY]
    filing = next((one for one in case.papers.all() if one.type == "simple_case_filing"), None)
    return {
        "number": case.number,
        "kind": case.kind,
        "procedure": case.procedure,
        "stage": case.stage,
        "cause": case.cause,
        "unit": case.unit.name,
        "handler": case.handler.name,
        "started_on": _day(case.started_at),
        "initiated_on": _day(case.initiated_at),
        "ended_on": _day(case.ended_at),
        "closed_on": _day(case.closed_at),
        "published_on": _day(case.published_at),
        "filed_on": _day(filing.issued_at) if filing else None,
        "filing_number": filing.number if filing else None,
        "parties": [one.name for one in parties],
        "credit_codes": [
            one.identity_number
            for one in parties
            if one.identity_kind == Party.IdentityKind.CREDIT_CODE and one.identity_number
        ],
    }


def _paper(case: Case, paper: Paper) -> Row:
    return {
        "case_number": case.number,
        "type": paper.type,
        "title": paper.document_type.title,
        "number": paper.number,
        "state": paper.state,
        "issued_on": _day(paper.issued_at),
        "sha256": paper.original_id,
        "corrects": paper.corrects.number if paper.corrects else None,
    }


def _result(case: Case, paper: Paper) -> Row:
    amount, paid = paper.data.get("amount"), [one.amount_fen for one in case.performances.all()]
    known = [one for one in paid if one is not None]
    return {
        "case_number": case.number,
        "type": paper.type,
        "decision_number": paper.number,
        "decided_on": _day(paper.issued_at),
        "penalty_kinds": list(paper.data.get("penalty_kinds") or []),
        "amount_fen": amount if isinstance(amount, int) else None,
        "paid_fen": sum(known) if known else None,
    }


def _day(instant: dt.datetime | None) -> str | None:
    return clock.local_date(instant).isoformat() if instant else None


def _cell(value: Any) -> object:
    return "；".join(map(str, value)) if isinstance(value, list) else value
