"""What a backup and a restore bring about in the ledger: sets, copies held, a home brought back.

Done in the name of the system. Not for making backups (`recovery.backing_up`), nor for their files
(`liuhen.backup`).
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from liuhen.actions.act import Draft, act
from liuhen.actions.replicas import record_drill
from liuhen.kernel import clock
from liuhen.people.models import Person
from liuhen.vault.models import BackupPlace, BackupSet, Copy
from liuhen.vault.store import BACKUP, relative_path


@dataclass(frozen=True)
class MadeSet:
    """A set as its repository has it: see `BackupSet`."""

    name: str
    base: str
    at: dt.datetime
    entries: int
    originals: int


def store_of(repository: str) -> str:
    """The name of a backup repository as a store of copies."""
    return f"{BACKUP}{repository}"[:40]


@act(permission="backup.record", event="backup.made")
def record_backup(draft: Draft, *, actor: Person, repository: str, made: MadeSet) -> BackupSet:
    """Record a backup set: written whole, read back, and the moment it restores to."""
    row = BackupSet.objects.create(
        store=store_of(repository),
        name=made.name,
        base=made.base,
        at=made.at,
        entries=made.entries,
        originals=made.originals,
        recorded_at=draft.at,
    )
    draft.note(
        repository=repository,
        set=made.name,
        moment=made.at,
        entries=made.entries,
        originals=made.originals,
    )
    return row


@act(permission="copy.record", event="backup.copied")
def record_backup_copies(
    draft: Draft, *, actor: Person, repository: str, sha256s: Sequence[str]
) -> None:
    """Record that a repository holds further originals, each read back against its digest."""
    store = store_of(repository)
    for sha256 in sha256s:
        Copy.objects.get_or_create(
            original_id=sha256,
            store=store,
            defaults={"path": relative_path(sha256), "stored_at": draft.at},
        )
    draft.note(repository=repository, count=len(sha256s))


@act(permission="backup.record", event="home.restored")
def record_restore(
    draft: Draft, *, actor: Person, repository: str, made: MadeSet, moment: str
) -> None:
    """Record that this home goes on from a backup: from which set, to which moment.

    What the log held beyond is not in it any more: later readers are to know.
    """
    draft.note(repository=repository, set=made.name, entries_of_set=made.entries, moment=moment)


def take_backup_drill(actor: Person, repository: str, result: Mapping[str, Any]) -> None:
    """Enter the result of a restore drill and keep it for the lamps.

    Raises:
        Refused: `drill.incomplete`.
    """
    store = store_of(repository)
    record_drill(actor=actor, replica=store, result=result)
    BackupPlace.objects.update_or_create(
        store=store, defaults={"drilled_at": clock.now(), "drill": dict(result)}
    )


def note_backup_try(repository: str, trouble: str, found_in: Path | None = None) -> None:
    """Keep how the last try went, for the lamps, and in which folder the repository was found.

    `trouble` is empty when it went well.
    """
    told = {"tried_at": clock.now(), "trouble": trouble[:500]}
    if found_in is not None:
        told["path"] = os.path.realpath(found_in)
    BackupPlace.objects.update_or_create(store=store_of(repository), defaults=told)
