"""What should be in the vault held against what is: activities, cameras carried, their index.

Each difference is a task with an owner and a clock of its own (`product.footage_expected`). They
are found by a job and kept as derived rows; one that no longer is goes. What can't be made good is
answered in words (`actions.reconciling`). Not for what an activity owes (`expected_footage`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

from django.db.models import QuerySet

from liuhen.cases.queries import visible_cases
from liuhen.kernel import clock
from liuhen.kernel.digests import sha256_hex
from liuhen.media.names import display_name
from liuhen.oversight.expected_footage import differences_of_activities
from liuhen.oversight.models import Difference, DifferenceAnswer, Reconciliation
from liuhen.people.models import Person
from liuhen.people.queries import offices_held, unit_heads
from liuhen.recordings.docking_log import is_cut_off
from liuhen.recordings.models import Docking
from liuhen.recordings.queries import held_files
from liuhen.rulebook.queries import figure_at

NAMED = 5


def reconcile(at: dt.datetime | None = None) -> int:
    """Find the differences anew; returns how many stand."""
    instant = at or clock.now()
    hours = _hours(instant)
    stand = [*differences_of_activities(instant), *_left()]
    answers = DifferenceAnswer.objects.filter(key__in=[each.key for each in stand])
    answered = set(answers.values_list("kind", "key"))
    found = [each for each in stand if (each.kind, each.key) not in answered]
    for each in found:
        each.due_at = each.since + dt.timedelta(hours=hours)
    keys = {(each.kind, each.key) for each in found}
    gone = [row.pk for row in Difference.objects.all() if (row.kind, row.key) not in keys]
    Difference.objects.filter(pk__in=gone).delete()
    Difference.objects.bulk_create(
        found,
        update_conflicts=True,
        unique_fields=["kind", "key"],
        update_fields=["owner", "unit", "case", "what", "since", "due_at"],
    )
    Reconciliation.objects.bulk_create(
        [Reconciliation(at=instant)],
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["at"],
    )
    return len(found)


def reconciled_at() -> dt.datetime | None:
    """When it was done last; None before the first time, when nothing is known."""
    return Reconciliation.objects.values_list("at", flat=True).first()


def _hours(at: dt.datetime) -> int:
    found = figure_at("product.footage_expected", at)
    return found if isinstance(found, int) else 0


# -- cameras' own index --------------------------------------------------------------------------


def _left() -> Iterator[Difference]:
    """Files a camera's own index named and that never got into the vault."""
    runs: dict[UUID, list[Docking]] = {}
    for row in Docking.objects.select_related("device__holder", "started_by").order_by(
        "started_at"
    ):
        if row.ended_at is not None or is_cut_off(row):
            runs.setdefault(row.device_id, []).append(row)
    heads = unit_heads(rows[-1].device.unit_id for rows in runs.values())
    for rows in runs.values():
        last, since = rows[-1], _first_missed(rows)
        named = sorted(_not_taken(last))
        count = last.expected_files - last.taken - last.held - last.ignored
        owner = _who_docks(last, heads)
        if count > 0:
            first = min((since[path] for path in named), default=last.started_at)
            yield _of_index(last, owner, named, f"的目录中有{count}个文件没有存入", first)
        if gone := _gone(last, rows):
            first = min(since[path] for path in gone)
            words = f"的目录中曾有{len(gone)}个文件，没有存入就不见了"
            yield _of_index(last, owner, gone, words, first)


def _not_taken(row: Docking) -> dict[str, int]:
    """Sizes of the files a docking could not take, by where they lie."""
    return {one["path"]: one["size"] for one in row.outcomes if one["state"] == "not_taken"}


def _first_missed(rows: Sequence[Docking]) -> dict[str, dt.datetime]:
    found: dict[str, dt.datetime] = {}
    for row in rows:
        for path in _not_taken(row):
            found.setdefault(path, row.started_at)
    return found


def _gone(last: Docking, rows: Sequence[Docking]) -> list[str]:
    """Files an earlier docking could not take, that lie on the camera no more nor in the vault.

    Nothing is said when the last docking did not name all that is left.
    """
    now = _not_taken(last)
    if last.ended_at is None or last.not_taken > len(now):
        return []
    missed = {path: size for row in rows for path, size in _not_taken(row).items() if size}
    missed = {path: size for path, size in missed.items() if path not in now}
    if not missed:
        return []
    held = held_files(last.device)
    return sorted(
        path
        for path, size in missed.items()
        if (display_name(path.rpartition("/")[2]), size) not in held
    )


def _who_docks(row: Docking, heads: Mapping[UUID, Person]) -> Person:
    """Who carries the camera, else who docked it, else the leader of its unit: a real person."""
    for person in (row.device.holder, row.started_by):
        if person is not None and person.is_active and person.nature == Person.Nature.HUMAN:
            return person
    return heads.get(row.device.unit_id, row.started_by)


def _of_index(
    row: Docking, owner: Person, paths: Sequence[str], words: str, since: dt.datetime
) -> Difference:
    """Its key names what is missing, so that an answer holds until something else is."""
    about = sha256_hex("\n".join(paths or (str(row.id),)).encode())[:32]
    named = f"：{'、'.join(paths[:NAMED])}" if paths else ""
    return Difference(
        kind=Difference.Kind.DEVICE,
        key=f"{row.device_id}:{about}",
        owner=owner,
        unit_id=row.device.unit_id,
        what=f"{row.device.serial}{words}{named}",
        since=since,
    )


# -- reads ---------------------------------------------------------------------------------------


def visible_differences(person: Person) -> QuerySet[Difference]:
    """Those the person owns, of visible cases, and of cameras of the person's own units."""
    units = [office.unit_id for office in offices_held(person) if office.unit_id]
    cases = visible_cases(person).values("id")
    rows = Difference.objects.filter(owner=person)
    rows |= Difference.objects.filter(case__in=cases)
    rows |= Difference.objects.filter(case=None, unit__in=units)
    return rows.select_related("owner", "unit", "case").order_by("due_at", "id")


def own_differences(person: Person, *, limit: int) -> list[Difference]:
    """The tasks of one person, the nearest clock first."""
    rows = Difference.objects.filter(owner=person).select_related("case")
    return list(rows.order_by("due_at", "id")[:limit])
