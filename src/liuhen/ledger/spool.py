"""Notes of what could not be entered while the database was away: an fsynced file.

Each note becomes an entry later, with both times. Not a second ledger: it proves nothing.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from liuhen.kernel import clock, trace
from liuhen.kernel.ids import new_id
from liuhen.ledger import recording
from liuhen.ledger.recording import EntryDraft, Who

EVENT = "request.unanswered"
_NAME = "unanswered.jsonl"
_LIMIT_BYTES = 64 * 1024 * 1024


def _file() -> Path:
    folder: Path = settings.HOME.spool_dir
    return folder / _NAME


def append(note: Mapping[str, str]) -> None:
    """Write a note durably before the caller is answered; beyond 64 MiB no more are kept.

    Raises:
        OSError: it could not be written, as on a full disk; nothing half-written stays.
    """
    line = {"at": clock.iso(clock.now()), **note, **trace.via()}
    with _file().open("ab", buffering=0) as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        end = stream.seek(0, os.SEEK_END)
        if end >= _LIMIT_BYTES:
            return
        try:
            # begins with a line's end: a note cut off by a kill spoils no other
            view = memoryview(b"\n" + json.dumps(line, ensure_ascii=False).encode() + b"\n")
            while view:
                view = view[stream.write(view) :]
            os.fsync(stream.fileno())
        except OSError:
            stream.truncate(end)
            raise


def _whole(lines: Iterable[bytes]) -> Iterator[Any]:
    """The notes that were written to their end; a cut one was never answered for."""
    for line in lines:
        with suppress(ValueError):
            yield json.loads(line)


def has_notes() -> bool:
    """Whether anything waits to be entered."""
    return _file().exists() and _file().stat().st_size > 0


def enter_all(who: Who) -> int:
    """Turn the notes into entries and empty the file; returns how many.

    A kill between the two leaves the notes: the same request may then be entered twice.
    """
    if not has_notes():
        return 0
    with _file().open("r+b") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        notes = list(_whole(stream.read().splitlines()))
        with transaction.atomic(durable=True):
            for note in notes:
                recording.write_entry(
                    EntryDraft(new_id(), EVENT, who, clock.now(), data={"note": note})
                )
        stream.truncate(0)
    return len(notes)
