"""Makes one backup set of a home: database, WAL, small files, originals; enters it in the ledger.

The home may run or not. Killed at any moment it leaves what is there usable, and the next run goes
on. Not for the files' form (`liuhen.backup`).
"""

from __future__ import annotations

import datetime as dt
import io
import os
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from django.db.models import F

from liuhen.actions.backups import (
    MadeSet,
    note_backup_try,
    record_backup,
    record_backup_copies,
    store_of,
)
from liuhen.actions.replicas import MOST_COPIES
from liuhen.backup.database import Source, source_of
from liuhen.backup.repository import Repository
from liuhen.backup.sealing import Content, Key
from liuhen.backup.sets import BackupSet, base_name, home_name, keep, original_name, sets_of
from liuhen.host.home import Home
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused, explain
from liuhen.ledger.queries import latest_size
from liuhen.people.queries import system_person
from liuhen.vault.keeping import local_store
from liuhen.vault.models import BackupPlace, Copy
from liuhen.vault.models import BackupSet as SetRow
from liuhen.vault.store import STORE

FULL_AFTER = dt.timedelta(days=7)
Told = Callable[[str], None]
_SMALL = ("home.toml", "trust.policy", "patterns.toml")


@dataclass
class Made:
    """What one run did; `altered` are originals whose bytes in the vault are not what they were."""

    set: BackupSet
    segments: int
    new_originals: int
    new_bytes: int
    altered: list[str] = field(default_factory=list)


def repository_at(target: Path, key: Key, origin: str, *, is_new: bool) -> Repository:
    """The repository there, made when it is the home's first, or asked for as one more.

    An empty folder is else where a disk is not mounted, and its lamp is told so.

    Raises:
        Refused: `backup.gone`; as `Repository.open` and `Repository.make` do.
    """
    if (target / "backup.toml").exists():
        return Repository.open(target, key)
    known = _repository_of(target)
    if known is not None and not is_new:
        refused = Refused("backup.gone", path=str(target), name=known)
        note_backup_try(known, explain(refused).message)
        raise refused
    return Repository.make(target, key, origin)


def _repository_of(target: Path) -> str | None:
    """The repository that was in this folder; else the one last backed up to, or tried to be."""
    tried = BackupPlace.objects.order_by(F("tried_at").desc(nulls_last=True))
    stores = tried.values_list("store", flat=True)
    store = (
        stores.filter(path=os.path.realpath(target)).first()
        or stores.first()
        or SetRow.objects.order_by("-recorded_at").values_list("store", flat=True).first()
    )
    return store.partition(":")[2] if store else None


def back_up(home: Home, repository: Repository, told: Told, *, is_full: bool) -> Made:
    """Make one set. Django is set up on the home, its database runs.

    Raises:
        Refused: `backup.busy`, `backup.other_home`, `backup.damaged` (a set's file), and as
            `Repository.put`, `Source.base`, `Source.wal` do.
    """
    facts = repository.facts
    if facts.origin != home.facts.origin:
        raise Refused("backup.other_home", origin=facts.origin)
    with repository.alone(), source_of(home, facts.name) as source:
        sets = sets_of(repository)
        _forget_unfinished(repository, sets)
        began = _begin(source, repository, sets, told, is_full=is_full)
        made = _take(home, source, repository, began, told)
        source.release(made.set.last)
        _enter(repository, [*sets, made.set])
    return made


@dataclass(frozen=True)
class _Begun:
    """Where a set begins: its name, the full set it builds on, its first WAL segment."""

    id: str
    base: str
    first: int
    content: Content | None = None


def _begin(
    source: Source, repository: Repository, sets: list[BackupSet], told: Told, *, is_full: bool
) -> _Begun:
    now, held = source.now(), source.held_from()
    name, newest = f"{now:%Y%m%dT%H%M%S}.{now.microsecond:06}Z", sets[-1] if sets else None
    if newest is None or newest.system != source.system or held is None or held > newest.last + 1:
        first, is_full = source.hold(), True
    else:
        first = newest.last + 1
        base = next(one for one in reversed(sets) if one.is_full)
        is_full = is_full or now - base.moment > FULL_AFTER
    if not is_full:
        assert newest is not None  # without one it is full
        return _Begun(name, newest.base, first)
    told("复制数据库")
    return _Begun(name, name, first, source.base(repository, base_name(name)))


def _take(home: Home, source: Source, repository: Repository, began: _Begun, told: Told) -> Made:
    told("取走数据库日志")
    # before the moment: what is told of the log is in what is restored
    entries, end = latest_size(), source.finish()
    segments = source.wal(repository, source.system, began.first, end)
    repository.put_bytes(home_name(began.id), _small_files(home))
    told("复制原件")
    held, fresh, size, altered = 0, list[str](), 0, list[str]()
    for sha256 in _originals():
        if repository.has(original_name(sha256)):
            held += 1
            continue
        content = _put_original(repository, sha256)
        if content is None:
            altered.append(sha256)
            continue
        fresh.append(sha256)
        size += content.size
    made = BackupSet(
        id=began.id,
        base=began.base,
        at=clock.iso(end.at),
        system=source.system,
        timeline=end.timeline,
        first=began.first,
        last=end.last,
        entries=entries,
        originals=held + len(fresh),
        base_sha256=began.content.sha256 if began.content else "",
        base_size=began.content.size if began.content else 0,
    )
    keep(repository, made)
    return Made(made, segments, len(fresh), size, altered)


def _originals() -> Iterator[str]:
    """Every original of the vault, in the order it came; none that was destroyed."""
    rows = Copy.objects.filter(store=STORE, original__destruction=None).order_by("id")
    yield from rows.values_list("original_id", flat=True).iterator(2000)


def _put_original(repository: Repository, sha256: str) -> Content | None:
    """Put one original into the repository; None when the vault doesn't give its bytes."""
    name = original_name(sha256)
    try:
        with local_store().place(sha256).open("rb") as stream:
            content = repository.put(name, stream)
    except FileNotFoundError:
        return None
    if content.sha256 != sha256:
        repository.place(name).unlink()
        return None
    return content


def _small_files(home: Home) -> bytes:
    """Facts, secrets and policy of the home as a tar archive."""
    names = [name for name in _SMALL if (home.path / name).exists()]
    names += [f"secrets/{path.name}" for path in sorted(home.secrets.folder.iterdir())]
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w") as archive:
        for name in names:
            archive.add(home.path / name, arcname=name, recursive=False)
    return written.getvalue()


def _forget_unfinished(repository: Repository, sets: list[BackupSet]) -> None:
    """Remove base copies of runs that were killed before their set was written."""
    known = {one.id for one in sets}
    for below in ("bases", "homes"):
        for name in repository.names(below):
            if Path(name).name not in known:
                repository.place(name).unlink()


def _enter(repository: Repository, sets: list[BackupSet]) -> None:
    """Enter copies and sets the ledger doesn't know yet, also those of a killed run."""
    name, system = repository.facts.name, system_person()
    known = set(Copy.objects.filter(store=store_of(name)).values_list("original_id", flat=True))
    fresh = (one for one in _originals() if one not in known and repository.has(original_name(one)))
    while some := list(islice(fresh, MOST_COPIES)):
        record_backup_copies(actor=system, repository=name, sha256s=some)
    entered = set(SetRow.objects.filter(store=store_of(name)).values_list("name", flat=True))
    for one in sets:
        if one.id not in entered:
            record_backup(actor=system, repository=name, made=made_set(one))


def made_set(one: BackupSet) -> MadeSet:
    """A repository's set as the acts take it."""
    return MadeSet(one.id, one.base, one.moment, one.entries, one.originals)
