"""Records past their period in a home of more than a year: listed, approved, cooled off, or kept.

Called inside a home whose database runs and that nobody serves (`in_home`); everything is there by
real acts on a clock that is moved. Not a test.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from pathlib import Path
from uuid import UUID

from liuhen.actions.bucket_copies import Lock, enter_locks
from liuhen.actions.disposal import withdraw_disposal
from liuhen.actions.figures import set_figure
from liuhen.actions.second_copies import BATCH, enter_copies, make_second_copies
from liuhen.archive.retention import FIGURES, Level
from liuhen.demo.people import World, known_world
from liuhen.kernel import clock
from liuhen.recordings.models import Recording
from liuhen.vault.keeping import local_store, s3_store
from liuhen.vault.store import S3
from tests.actions import keeping
from tests.api.conftest import signed_in
from tests.kill.disposer import COOLED_LISTS, WHO
from tests.kill.officer import Notes
from tests.web.conftest import hand_in

OF_A_LIST = 2
# Older than a year, the period this authority keeps what belongs to no case; and approved longer
# ago than a list has to cool off.
HANDED_IN, APPROVED = dt.timedelta(days=450), dt.timedelta(days=45)
# So long a lock keeps what was put: the first orders meet some, later ones none.
_LOCK = dt.timedelta(seconds=30)


def set_up(beside: str, lists: int) -> None:
    """So many lists to order, and one each that is withdrawn, never ordered and never made."""
    now, world = clock.now(), known_world()
    with clock.frozen(now - HANDED_IN) as stopped:
        set_figure(
            actor=world["head"],
            name=FIGURES[Level.UNCLASSIFIED],
            value=1,
            valid_from=stopped.instant.date(),
            reason="未立案的音像保存一年。",
        )
        keeping.switch_on(world, stopped)
        records = [hand_in(world, seed) for seed in range(OF_A_LIST * (lists + 3))]
        stopped.instant = now - APPROVED
        listed = list(_listed(world, records[: OF_A_LIST * (lists + 2)]))
        withdraw_disposal(actor=world["archivist"], disposal_id=listed[-1][0], reason="另有用途")
    to_order = listed[:lists]
    notes = Notes(Path(beside) / f"{WHO}.notes")
    cookies = signed_in(world[WHO])["Cookie"].split("; ")
    notes.put("session", cookies=dict(one.split("=", 1) for one in cookies))
    notes.put("kept", sha256=[one.original_id for one in records[OF_A_LIST * lists :]])
    _copy(world, [sha256 for _, digests in to_order for sha256 in digests])
    lines = (" ".join((str(disposal), *digests)) for disposal, digests in to_order)
    (Path(beside) / COOLED_LISTS).write_text("\n".join(lines), "utf-8")


def _listed(world: World, records: Sequence[Recording]) -> Iterator[tuple[UUID, list[str]]]:
    """Each list with the digests of its records; both approvals are given."""
    for first in range(0, len(records), OF_A_LIST):
        of_one = list(records[first : first + OF_A_LIST])
        disposal = keeping.propose(world, of_one)
        keeping.approve(world, disposal.id)
        yield disposal.id, [one.original_id for one in of_one]


def _copy(world: World, digests: Sequence[str]) -> None:
    """Copies on other disks and in the bucket, under locks that end while the home is at work."""
    bucket = s3_store()
    assert bucket is not None and make_second_copies(digests) == []
    for first in range(0, len(digests), BATCH):
        some, at, locks = digests[first : first + BATCH], clock.now(), []
        for sha256 in some:
            until = (clock.of_machine() + _LOCK).replace(microsecond=0)
            bucket.put(local_store().place(sha256), sha256, until)
            locks.append(Lock(sha256, clock.iso(until), is_held=False))
        enter_copies(actor=world.system, store=S3, digests=some)
        enter_locks(actor=world.system, locks=locks, seen_at=at)
