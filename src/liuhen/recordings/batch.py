"""Many files into the vault at once: one flush of the file system instead of one per file.

Not for rows: when `adopt_all` returns, the bytes are durable and rows may speak of them.
"""

from __future__ import annotations

import fcntl
import logging
import os
import shutil
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager
from contextvars import copy_context
from pathlib import Path
from typing import Any, Generic, Self, TypeVar

from django.db import connection

from liuhen.host.flushing import flush_file_system
from liuhen.kernel.ids import new_id
from liuhen.recordings.intake import ReceivedFile, disk_errors
from liuhen.vault.keeping import first_store, local_store
from liuhen.vault.store import STORE

log = logging.getLogger(__name__)

R = TypeVar("R")
_PREFIX = "dock-"
_WAITING_S = 1.0


def adopt_all(files: Sequence[ReceivedFile]) -> None:
    """Move written files to their places in the vault; durable on return.

    Content comes before names: after a power cut no name may stand over bytes that never
    reached the disk.

    Raises:
        Refused: `storage.full`. `OSError` when writing back failed.
    """
    store = local_store()
    if first_store() != STORE:
        for received in files:
            store.adopt(received.path, received.sha256)
        return
    with disk_errors():
        flush_file_system(store.folder)
    for received in files:
        target = store.path(received.sha256)
        with disk_errors():
            target.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
            if target.exists():
                received.path.unlink()
                continue
            received.path.chmod(0o440)
            received.path.rename(target)
    with disk_errors():
        flush_file_system(store.folder)


class Beside(Generic[R]):
    """Something done by one other thread, with its own database connection, while we go on."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="beside")
        self._under_way: Future[R] | None = None

    def begin(self, task: Callable[..., R], *args: Any) -> None:
        """Begin the next; the one before must be over."""
        self._under_way = self._thread.submit(copy_context().run, task, *args)

    def result(self) -> R | None:
        """What came of the one under way, once it is over; None where there is none."""
        under_way, self._under_way = self._under_way, None
        return None if under_way is None else under_way.result()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.submit(connection.close)
        self._thread.shutdown()


def in_order(
    tasks: Iterable[Callable[[], R]], at_once: int, waiting: Callable[[], None]
) -> Iterator[Future[R]]:
    """Do tasks in threads beside us, so many at once; what came of each, in their order.

    `waiting` is called every now and then while one takes its time. Tasks are asked for as late
    as may be, and use no database. Close the iterator to wait for those under way.
    """
    under_way = deque[Future[R]]()
    with ThreadPoolExecutor(at_once, thread_name_prefix="in-order") as threads:
        for task in tasks:
            under_way.append(threads.submit(copy_context().run, task))
            if len(under_way) > at_once:
                yield _over(under_way.popleft(), waiting)
        while under_way:
            yield _over(under_way.popleft(), waiting)


def _over(task: Future[R], waiting: Callable[[], None]) -> Future[R]:
    while not wait([task], timeout=_WAITING_S).done:
        waiting()
    return task


@contextmanager
def working_folder(intake: Path) -> Iterator[Path]:
    """A folder of one docking, or of one copy being made, in the intake; what killed ones left
    there is cleared first.

    Nothing is lost by that: none was acknowledged; a camera still has its files, a copy is made
    anew.
    """
    clear_dead_folders(intake)
    folder = intake / f"{_PREFIX}{new_id()}"
    with ExitStack() as held:
        with _locked(intake):  # a folder that isn't locked yet looks dead
            folder.mkdir(mode=0o750)
            held.enter_context(_locked(folder))
        held.callback(shutil.rmtree, folder, ignore_errors=True)
        yield folder


def clear_dead_folders(intake: Path) -> int:
    """Remove what killed ones left; returns how many folders, and the log names each."""
    return sum(_clear_if_dead(left) for left in intake.glob(f"{_PREFIX}*"))


def _clear_if_dead(folder: Path) -> bool:
    try:
        with ExitStack() as held:
            with _locked(folder.parent):
                held.enter_context(_locked(folder, fcntl.LOCK_EX | fcntl.LOCK_NB))
            shutil.rmtree(folder, ignore_errors=True)
    except (BlockingIOError, FileNotFoundError):
        return False
    log.info("intake: removed %s, left by a process that was killed", folder.name)
    return True


@contextmanager
def _locked(folder: Path, how: int = fcntl.LOCK_EX) -> Iterator[None]:
    """The folder itself carries the lock, so there is no moment in which it has none to take."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, how)
        yield
    finally:
        os.close(descriptor)
