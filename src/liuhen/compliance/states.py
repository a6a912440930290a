"""A case as it stood at an instant, thing by thing in words, and what differs between two instants.

Past instants are told from the ledger's row images, by the same rows the law was judged on. Not
for proving the images (`liuhen verify`) nor for the contents of a paper (`documents.versions`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q

from liuhen.cases.models import Case
from liuhen.compliance.past_findings import AsOf, findings_at
from liuhen.compliance.shown import ShownFinding
from liuhen.compliance.state_words import StateWords
from liuhen.ledger.queries import NOTHING, entries_of_case


@dataclass(frozen=True)
class Moment:
    """An instant at which something was done in a case, counted from 1."""

    number: int
    at: dt.datetime
    events: tuple[str, ...]


@dataclass(frozen=True)
class Thing:
    """One row of the case in words; `key` is its table and id, `kind` what people call it."""

    key: str
    kind: str
    title: str
    fields: Mapping[str, str]


@dataclass(frozen=True)
class State:
    """The case at an instant; `as_of` holds its findings and which rows they rest on."""

    as_of: AsOf
    things: tuple[Thing, ...]


@dataclass(frozen=True)
class ChangedField:
    """One statement about a thing, before and after; "" where there was or is none."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Change:
    """A thing that came, went or was changed: `how` is added, removed or changed."""

    how: str
    thing: Thing
    fields: tuple[ChangedField, ...]


@dataclass(frozen=True)
class FindingChange:
    """A duty that stands otherwise; a lamp and its words are "" where there was no finding."""

    finding: ShownFinding
    before: tuple[str, str]
    after: tuple[str, str]


@dataclass(frozen=True)
class Difference:
    """What differs between two states of one case."""

    changes: tuple[Change, ...]
    findings: tuple[FindingChange, ...]


def moments(case: Case, hidden: Q = NOTHING) -> list[Moment]:
    """The instants at which something was done in the case, oldest first.

    `hidden` are entries the reader is not told of.
    """
    told: dict[dt.datetime, list[str]] = {}
    for at, event in entries_of_case(case.id, hidden).values_list("recorded_at", "event"):
        told.setdefault(at, []).append(event)
    return [
        Moment(number, at, tuple(events)) for number, (at, events) in enumerate(told.items(), 1)
    ]


def state_at(case: Case, at: dt.datetime | None = None) -> State:
    """The case as it stood at an instant (now).

    Raises:
        Refused: `case.not_begun`, the case was not recorded by then.
    """
    as_of = findings_at(case, at)
    words = StateWords(as_of.rows)
    things = (Thing(*told) for told in words.things())
    return State(as_of, tuple(things))


def difference(before: State, after: State) -> Difference:
    """What came, went or changed from one state to the other, in the order of the later one."""
    old, new = ({one.key: one for one in state.things} for state in (before, after))
    changes = [_change(old.get(key), one) for key, one in new.items()]
    changes += [_change(one, None) for key, one in old.items() if key not in new]
    return Difference(
        tuple(one for one in changes if one is not None),
        tuple(_findings(before.as_of.shown, after.as_of.shown)),
    )


def _change(before: Thing | None, after: Thing | None) -> Change | None:
    thing = after or before
    assert thing is not None
    was, now = before.fields if before else {}, after.fields if after else {}
    fields = tuple(
        ChangedField(label, was.get(label, ""), now.get(label, ""))
        for label in dict.fromkeys((*now, *was))
        if was.get(label, "") != now.get(label, "")
    )
    if before is None or after is None:
        return Change("added" if before is None else "removed", thing, fields)
    return Change("changed", thing, fields) if fields else None


def _findings(before: Sequence[ShownFinding], after: Sequence[ShownFinding]) -> list[FindingChange]:
    old, new = (
        {(one.rule, one.subject_kind, one.subject_id): one for one in found}
        for found in (before, after)
    )
    found = []
    for key in dict.fromkeys((*new, *old)):
        was, now = (
            (one.lamp, one.lamp_words) if one is not None else ("", "")
            for one in (old.get(key), new.get(key))
        )
        if was != now:
            found.append(FindingChange(new.get(key) or old[key], was, now))
    return found
