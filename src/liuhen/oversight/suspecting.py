"""Looks for what a person has to decide under Art. 47: in duties, ledger, scrub and register.

Each ground has a key, so that what was raised once is not raised again. What is read is bounded
by what happened in the last days and by what stands now, never by the archive. Reads only; the
act that raises them is `actions.suspecting`.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from liuhen.access.looks import REFUSED_LOOK
from liuhen.compliance.models import Finding
from liuhen.compliance.shown import shown
from liuhen.compliance.stored import finding_from
from liuhen.kernel import clock
from liuhen.kernel.digests import sha256_hex
from liuhen.law.findings import Column, Outcome
from liuhen.law.findings import Finding as LawFinding
from liuhen.ledger.models import Entry
from liuhen.oversight.models import Suspicion, UnitStanding
from liuhen.oversight.queries import suspected_item
from liuhen.people.models import Person
from liuhen.recordings.models import Recording
from liuhen.rulebook.queries import figure_at
from liuhen.vault.models import Alarm, Replica

# Entries this far back are read again; a worker that was away longer has `liuhen doctor` red.
WINDOW = dt.timedelta(days=7)
DENIED = "product.denied_viewings"
_Source = Suspicion.Source
_ORIGINALS = "originals"
_LOST, _ALTERED = 4, 3
# What a look at a record is called among the acts, and how it is denied.
_LOOKS = frozenset(
    {
        *("open_recording", "watch_camera", "enter_excerpt", "print_papers"),
        *("copy_case", "export_case", "order_case_package", "take_case_package"),
    }
)
# "act.refused" told of looks too before they had an event of their own.
_REFUSED = (REFUSED_LOOK, "act.refused")
_DENIALS = frozenset(
    {"viewing.no_approval", "printing.no_approval", "record.not_found", "permission.missing"}
)
# Every unit that enforces is told of the same differences; the replica's own row tells them once.
_TOLD_ELSEWHERE = "records_intact"
_DIGEST = re.compile(r"\b[0-9a-f]{64}\b")


@dataclass(frozen=True)
class Ground:
    """What a suspicion rests on, and whom it concerns as far as is known."""

    source: str
    key: str
    item: int
    clause: str
    ground: str
    rule: str = ""
    subject_id: str = ""
    case_id: UUID | None = None
    unit_id: UUID | None = None
    person_id: UUID | None = None


def new_grounds(at: dt.datetime) -> list[Ground]:
    """What was not raised yet, as of an instant."""
    found = {one.key: one for one in _all(at)}
    known = set(Suspicion.objects.filter(key__in=found).values_list("key", flat=True))
    return [one for key, one in found.items() if key not in known]


def _all(at: dt.datetime) -> Iterator[Ground]:
    yield from _of_cases(at)
    yield from _of_units(at)
    yield from _of_alarms()
    yield from _of_replicas()
    yield from _of_denied_looks(at)


def _of_cases(at: dt.datetime) -> Iterator[Ground]:
    """Duties of cases whose clock ran out lately and that stand breached.

    A breach that was explained and acknowledged is raised by that act.
    """
    lately = Entry.objects.filter(event="duty.breached", recorded_at__gt=at - WINDOW)
    cases = set(lately.exclude(case_id=None).values_list("case_id", flat=True))
    rows = Finding.objects.filter(
        case__in=cases, outcome=Outcome.BREACHED.value, column=Column.TEXT.value, due_at__lt=at
    ).select_related("case")
    raised = set(Suspicion.objects.filter(case__in=cases).values_list("case", "rule", "subject_id"))
    for row in rows:
        if (row.case_id, row.rule, row.subject_id) not in raised:
            yield Ground(
                source=_Source.DUTY,
                key=f"duty/{row.case_id}/{row.rule}/{row.subject_id}"[:200],
                item=suspected_item(row.clause, row.rule),
                clause=row.clause,
                ground=_told(finding_from(row.body, row.judged_at), at),
                rule=row.rule,
                subject_id=row.subject_id,
                case_id=row.case_id,
                unit_id=row.case.unit_id,
            )


def _of_units(at: dt.datetime) -> Iterator[Ground]:
    """Duties that units bear as such: looks nobody approved, hand-overs, copies elsewhere."""
    for row in UnitStanding.objects.filter(counts__has_key=Outcome.BREACHED.value):
        if row.rule == _TOLD_ELSEWHERE:
            continue
        for body in row.asking:
            found = finding_from(body, row.judged_at)
            if found.outcome is Outcome.BREACHED and found.column is Column.TEXT:
                is_look = found.subject.kind == "viewing"
                subject = str(found.subject.key)[:80]
                yield Ground(
                    source=_Source.ACCESS if is_look else _Source.DUTY,
                    key=f"unit/{row.unit_id}/{row.rule}/{subject}"[:200],
                    item=suspected_item(row.clause, row.rule),
                    clause=row.clause,
                    ground=_told(found, at),
                    rule=row.rule,
                    subject_id=subject,
                    unit_id=row.unit_id,
                )


def _told(found: LawFinding, at: dt.datetime) -> str:
    one = shown(found, at, None)
    # A reason often names the duty itself.
    parts = (one.reason,) if one.text in one.reason else (one.text, one.reason)
    told = "。".join(filter(None, (part.rstrip("。") for part in parts)))
    return f"{one.citation}：{told}。"


def _of_alarms() -> Iterator[Ground]:
    """What the continuous scrub finds altered or gone: in rows and ledger, in originals."""
    for alarm in Alarm.objects.filter(gone_at=None).order_by("found_at"):
        is_original = alarm.check_name == _ORIGINALS
        is_lost = is_original and alarm.code == "original.missing"
        concerned = _recording_of(alarm.record)
        when = f"{clock.local(alarm.found_at):%Y-%m-%d %H:%M}"
        yield Ground(
            source=_Source.SCRUB if is_original else _Source.LEDGER,
            key=f"alarm/{alarm.id}/{clock.iso(alarm.found_at)}",
            item=_LOST if is_lost else _ALTERED,
            clause="39.2" if is_lost else "40.2",
            ground=f"{when}巡检发现：{alarm.record}，{alarm.what}",
            rule=alarm.code,
            subject_id=alarm.record[:80],
            case_id=concerned.case_id if concerned else None,
            unit_id=concerned.case.unit_id if concerned and concerned.case else None,
        )


def _recording_of(record: str) -> Recording | None:
    digest = _DIGEST.search(record)
    if digest is None:
        return None
    rows = Recording.objects.filter(original=digest[0]).select_related("case")
    return rows.order_by("stored_at", "id").first()


def _of_replicas() -> Iterator[Ground]:
    """What a replica that verified finds different here."""
    for row in Replica.objects.exclude(differences=[]).order_by("name"):
        for one in row.differences:
            told = json.dumps(one, ensure_ascii=False, sort_keys=True)
            yield Ground(
                source=_Source.LEDGER,
                key=f"replica/{row.name}/{sha256_hex(told.encode())}",
                item=_ALTERED,
                clause="40.2",
                ground=f"异地副本“{row.name}”核验发现差异：{told}",
                rule=_TOLD_ELSEWHERE,
                subject_id=row.name,
            )


def _of_denied_looks(at: dt.datetime) -> Iterator[Ground]:
    """Who was denied a look again and again within one day."""
    most = figure_at(DENIED, at)
    if not isinstance(most, int):
        return
    entries = Entry.objects.filter(event__in=_REFUSED, recorded_at__gt=at - WINDOW)
    tried = Counter(_denied(entries.order_by("recorded_at").iterator()))
    people = Person.objects.in_bulk({person for person, _ in tried})
    for (person_id, day), number in tried.items():
        person = people.get(person_id)
        if number >= most and person is not None:
            yield Ground(
                source=_Source.ACCESS,
                key=f"denied/{person_id}/{day}",
                item=suspected_item("42.1"),
                clause="42.1",
                ground=f"{person.name}于{day}未经批准调阅、复制记录，被拒绝{number}次。",
                rule="denied_looks",
                unit_id=person.unit_id,
                person_id=person_id,
            )


def _denied(entries: Iterable[Entry]) -> Iterator[tuple[UUID, dt.date]]:
    for entry in entries:
        told = json.loads(bytes(entry.body)).get("data", {})
        if told.get("act") in _LOOKS and told.get("code") in _DENIALS:
            yield entry.actor_id, clock.local_date(entry.recorded_at)
