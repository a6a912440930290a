"""The rows of a case that a judgement reads, in one form for the present and for any past instant.

A row is the JSON object the database makes of it: the present query and the ledger's row images
give the same thing, so the facts are built by the same code from both. Not for what the rows
mean (`facts`), nor for showing rows to people.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import models

from liuhen.approvals.models import Approval
from liuhen.cases.models import (
    Activity,
    ActivityOfficer,
    Case,
    CaseOfficer,
    Lead,
    Party,
    Performance,
)
from liuhen.compliance.models import Explanation, Judgement
from liuhen.documents.models import Material, Paper, Service, Signature
from liuhen.kernel import clock
from liuhen.kernel.refusals import Fault
from liuhen.people.models import Certificate, Office, Person
from liuhen.recordings.models import Bookmark, Gap, Recording
from liuhen.rulebook.queries import Rulebook, packaged_rulebook


@dataclass(frozen=True)
class Source:
    """A table the judgement reads: which columns, and how a row leads to its case or person.

    `link` is the column that holds the case's id (or the person's, for sources of persons); with
    `through` it holds the id of a row of that table, whose own `case_id` is meant.
    """

    name: str
    model: type[models.Model]
    columns: tuple[str, ...]
    link: str = "case_id"
    through: type[models.Model] | None = None

    @property
    def table(self) -> str:
        """The table's name in the database."""
        return self.model._meta.db_table


CASE_SOURCES = (
    Source(
        "case",
        Case,
        (
            *(
                "number",
                "kind",
                "procedure",
                "stage",
                "cause",
                "place",
                "unit_id",
                "handler_id",
                "circumstances",
            ),
            *("facts", "started_at", "initiated_at", "ended_at", "closed_at"),
            *("bound_at", "handed_over_at", "unit_copy_kept_at", "published_at"),
        ),
        link="id",
    ),
    Source(
        "leads",
        Lead,
        (
            *("number", "source", "received_at", "is_named", "outcome", "outcome_at"),
            *("informed_at", "is_suspected_crime", "is_outside_jurisdiction"),
            *("transfer_decided_at", "transferred_at", "transferred_to", "prolonged_at"),
        ),
    ),
    Source("parties", Party, ("kind", "role", "name", "died_on")),
    Source("case_officers", CaseOfficer, ("person_id", "since", "until")),
    Source(
        "activities",
        Activity,
        (
            *("kind", "place", "is_on_site", "started_at", "ended_at", "certificate_shown_at"),
            *("is_dangerous", "facts"),
        ),
    ),
    Source(
        "activity_officers",
        ActivityOfficer,
        ("activity_id", "person_id", "certificate_id"),
        link="activity_id",
        through=Activity,
    ),
    Source(
        "recordings",
        Recording,
        (
            *("kind", "activity_id", "device_id", "started_at", "ended_at", "time_source"),
            *("has_video", "has_audio", "returned_at", "stored_at", "party_id", "handler_id"),
            *("media", "place", "event_kind", "disposed_at"),
        ),
    ),
    Source(
        "bookmarks",
        Bookmark,
        ("recording_id", "kind", "at_ms", "withdrawn_at"),
        link="recording_id",
        through=Recording,
    ),
    Source(
        "gaps",
        Gap,
        (
            *("activity_id", "started_at", "ended_at", "cause", "explanation", "explained_at"),
            *("filled_at", "is_told_on_resumption", "reported_at"),
        ),
        link="activity_id",
        through=Activity,
    ),
    Source(
        "papers",
        Paper,
        (
            *("type", "state", "data", "number", "activity_id", "drawn_up_by_id", "drawn_up_at"),
            *("issued_at", "original_id", "subject_id", "corrects_id", "type_version_id"),
        ),
    ),
    Source(
        "signatures",
        Signature,
        (
            *("paper_id", "role", "person_id", "name", "is_refused", "reason", "noted_by_id"),
            *("signed_at", "page"),
        ),
        link="paper_id",
        through=Paper,
    ),
    Source("materials", Material, ("kind", "party_id", "received_at", "subject_id")),
    Source(
        "services",
        Service,
        (
            *("paper_id", "party_id", "activity_id", "mode", "place", "recipient", "received_at"),
            *("is_date_noted", "receipt_id", "facts", "served_at"),
        ),
        link="paper_id",
        through=Paper,
    ),
    Source(
        "approvals",
        Approval,
        (
            *("kind", "subject_kind", "subject_id", "office", "asked_by_id", "outcome", "opinion"),
            *("decided_by_id", "decided_at", "asked_at"),
        ),
    ),
    Source(
        "performances",
        Performance,
        (
            *("way", "ground", "amount_fen", "receipt_number", "performed_at", "handed_in_at"),
            *("banked_at", "note", "purpose", "is_on_water", "landed_at"),
        ),
    ),
    Source(
        "judgements",
        Judgement,
        (
            *("rule", "subject_id", "is_applicable", "is_fulfilled", "reason", "office"),
            "decided_at",
        ),
    ),
    Source(
        "explanations",
        Explanation,
        ("rule", "subject_id", "explained_at", "acknowledged_by_id", "acknowledged_at"),
    ),
)
PERSON_SOURCES = (
    Source("persons", Person, ("name", "unit_id"), link="id"),
    Source(
        "certificates",
        Certificate,
        ("person_id", "number", "valid_from", "valid_until", "revoked_at"),
        link="person_id",
    ),
    Source("offices", Office, ("person_id", "kind", "since", "until"), link="person_id"),
)
# Columns that lead from a row of a case to a person whose papers and offices the law asks about.
PERSON_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "case": ("handler_id",),
    "case_officers": ("person_id",),
    "activity_officers": ("person_id",),
    "recordings": ("handler_id",),
    "papers": ("drawn_up_by_id",),
    "approvals": ("decided_by_id",),
    "explanations": ("acknowledged_by_id",),
}


class Row:
    """One row, read by column name; a column the table doesn't have is a `Fault`.

    A column the image of an older row lacks reads as None: not known then.
    """

    __slots__ = ("_columns", "_values", "id")

    def __init__(self, source: Source, values: Mapping[str, Any]) -> None:
        self.id: str = str(values["id"])
        self._columns = source.columns
        self._values = values

    def value(self, column: str) -> Any:
        """The JSON value of a column."""
        if column not in self._columns:
            raise Fault(f"a judgement reads the column {column}, which is not among its sources")
        return self._values.get(column)

    def text(self, column: str) -> str:
        """A text column; "" when it holds nothing."""
        found = self.value(column)
        return "" if found is None else str(found)

    def reference(self, column: str) -> str | None:
        """The id a foreign key holds."""
        found = self.value(column)
        return None if found is None else str(found)

    def instant(self, column: str) -> dt.datetime | None:
        """An instant, UTC."""
        found = self.value(column)
        return None if found is None else clock.parse_iso(found)

    def moment(self, column: str) -> dt.datetime:
        """An instant of a column that always holds one."""
        found = self.instant(column)
        if found is None:
            raise Fault(f"{column} of row {self.id} holds no instant")
        return found

    def day(self, column: str) -> dt.date | None:
        """A local day."""
        found = self.value(column)
        return None if found is None else dt.date.fromisoformat(found)

    def truth(self, column: str) -> bool | None:
        """True, False, or None for not known."""
        found: bool | None = self.value(column)
        return found

    def stated(self, column: str) -> Mapping[str, Any]:
        """A column of keyed statements."""
        found = self.value(column)
        return found if isinstance(found, dict) else {}


@dataclass
class CaseRows:
    """Every row of one case by source, in the order of ids; `persons` rows by person.

    `erased` counts rows whose image was lawfully emptied: what they said can't be known again.
    `rulebook` holds the figures and the calendar the facts are built with.
    """

    by_source: dict[str, list[Row]] = field(default_factory=dict)
    erased: int = 0
    rulebook: Rulebook = field(default_factory=packaged_rulebook)

    @property
    def case(self) -> Row:
        """The row of the case itself."""
        return self.by_source["case"][0]

    def all(self, name: str) -> list[Row]:
        """The rows of a source, none when the case has none."""
        return self.by_source.get(name, [])

    def add(self, source: Source, values: Mapping[str, Any]) -> None:
        """Take in one row."""
        self.by_source.setdefault(source.name, []).append(Row(source, values))

    def corrected(self) -> frozenset[str]:
        """Ids of papers in whose place an issued correction stands."""
        issued = (row for row in self.all("papers") if row.text("state") == "issued")
        return frozenset(filter(None, (row.reference("corrects_id") for row in issued)))

    def person_ids(self) -> set[str]:
        """Ids of the persons whose certificates and offices the law asks about."""
        return {
            found
            for name, columns in PERSON_COLUMNS.items()
            for row in self.all(name)
            for column in columns
            if (found := row.reference(column))
        }
