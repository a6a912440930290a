"""What is being made of a record while it is disposed of is gone afterwards."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from threading import Event, Thread

import pytest
from django.conf import settings
from django.db import connection, transaction

from liuhen.actions.destroying import destroy_ordered
from liuhen.archive.models import Disposal
from liuhen.demo.people import World
from liuhen.jobs.media import make_thumbnail
from liuhen.kernel import clock as clocks
from liuhen.kernel.clock import FrozenClock
from liuhen.ledger.sequencing import sequence_all
from liuhen.recordings.derivatives import PROXY, THUMBNAIL, derivative_path, put_derivative
from liuhen.recordings.models import Derivative, DraftText, Recording
from liuhen.recordings.texts import put_draft
from liuhen.search.indexing import follow, follow_all, index_texts, rebuild
from liuhen.search.models import Follower, Indexed
from tests.actions import keeping
from tests.actions.keeping import code_of
from tests.waiting import until
from tests.world import MORNING


@pytest.fixture
def clock(world: World) -> Iterator[FrozenClock]:
    with clocks.frozen(MORNING) as stopped:
        yield stopped


def _draft(one: Recording) -> None:
    put_draft(one.original_id, "picture", text="样例石碑", model="m", version="1")


def _proxy(one: Recording) -> None:
    made = derivative_path(one.original_id, PROXY)
    made.write_bytes(b"a film")
    put_derivative(one.original_id, PROXY, made)


def _texts(one: Recording) -> None:
    index_texts(one.original_id)


@contextmanager
def _written(write: Callable[[Recording], None], one: Recording) -> Iterator[None]:
    """What was written and not committed before the end of the block."""
    with transaction.atomic():
        write(one)
        yield


@contextmanager
def _followed(one: Recording) -> Iterator[None]:
    """The follower has indexed a record, and can't write down before the end how far it came."""
    Indexed.objects.filter(record_id=one.id).delete()
    Follower.objects.update(next_index=0)
    follower = Thread(target=_ending(follow))
    with transaction.atomic():
        Follower.objects.select_for_update().get(id=1)
        follower.start()
        until(lambda: _somebody_waits("transactionid"))
        yield
    follower.join()


def _ending(run: Callable[[], object]) -> Callable[[], None]:
    """Run in a thread of its own, without leaving its line to the database open."""

    def run_and_close() -> None:
        run()
        connection.close()

    return run_and_close


_WRITERS: dict[str, Callable[[Recording], AbstractContextManager[None]]] = {
    "draft": partial(_written, _draft),
    "proxy": partial(_written, _proxy),
    "texts": partial(_written, _texts),
    "follower": _followed,
}


@pytest.mark.parametrize("writer", list(_WRITERS))
def test_who_was_writing_of_a_record_when_it_was_ordered_destroyed_leaves_nothing(
    world: World, clock: FrozenClock, writer: str
) -> None:
    (one,) = keeping.old_recordings(world, clock, 1)
    _draft(one)
    sequence_all()
    follow_all()
    keeping.switch_on(world, clock)
    listed = keeping.propose(world, [one])
    keeping.approve(world, listed.id)
    clock.move(days=31)
    written, may_end = Event(), Event()

    def write() -> None:
        with _WRITERS[writer](one):
            written.set()
            may_end.wait(60)

    def destroy() -> None:
        keeping.begin(world, listed.id)
        destroy_ordered()

    writing, destroying = Thread(target=_ending(write)), Thread(target=_ending(destroy))
    try:
        writing.start()
        assert written.wait(60)
        destroying.start()
        until(lambda: not destroying.is_alive() or _somebody_waits("advisory"))
    finally:
        may_end.set()
        writing.join()
        destroying.join()
    assert Disposal.objects.get(id=listed.id).state == "destroyed"
    _nothing_is_left(one)
    sequence_all()
    follow_all()
    rebuild()
    _nothing_is_left(one)


def _somebody_waits(kind: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = %s AND NOT granted", [kind])
        return bool(cursor.fetchone()[0])


def _nothing_is_left(one: Recording) -> None:
    assert not Indexed.objects.filter(record_id=one.id).exists()
    assert not DraftText.objects.filter(original=one.original_id).exists()
    assert not Derivative.objects.filter(original=one.original_id).exists()
    assert not list(settings.HOME.derived_dir.rglob(f"*{one.original_id}*"))


def test_what_comes_after_the_order_is_refused_and_its_file_goes(
    world: World, clock: FrozenClock
) -> None:
    _, (one,) = keeping.ordered(world, clock, 1)
    assert code_of(lambda: _draft(one)) == "original.destroyed"
    assert code_of(lambda: _proxy(one)) == "original.destroyed"
    destroy_ordered()
    late = derivative_path(one.original_id, PROXY)
    late.write_bytes(b"a film")

    def put_what_was_taken_away() -> None:
        late.unlink()
        put_derivative(one.original_id, PROXY, late)

    assert code_of(put_what_was_taken_away) == "original.destroyed"
    assert make_thumbnail(one.original_id) is False
    _nothing_is_left(one)


def test_what_a_killed_maker_left_after_the_disposal_goes_with_the_next_round(
    world: World, clock: FrozenClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "SECOND_STORE", tmp_path)
    ordered, (one,) = keeping.ordered(world, clock, 1)
    destroy_ordered()
    assert Disposal.objects.get(id=ordered.id).state == "destroyed"
    connection.close()
    child = os.fork()
    if child == 0:
        derivative_path(one.original_id, THUMBNAIL).write_bytes(b"a picture")
        derivative_path(one.original_id, PROXY, "0123.part").write_bytes(b"half a film")
        os.kill(os.getpid(), signal.SIGKILL)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    clock.move(hours=6)
    destroy_ordered()
    _nothing_is_left(one)
