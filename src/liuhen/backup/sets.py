"""Backup sets: what one run of `liuhen backup` holds, and which sets lead to a moment.

A *full* set has a base copy of the database; every set has the WAL since the one before. A set is
written last: without it a run has not been. Not for making or replaying them (`database`).
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from liuhen.backup.repository import Repository
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused

SEGMENT = 16 * 1024 * 1024
_PER_LOG = 0x1_0000_0000 // SEGMENT


@dataclass(frozen=True)
class BackupSet:
    """One run. `at` is the moment up to which it restores; `first` and `last` number its WAL
    segments; `base` names the full set it builds on (itself, if full). `entries` is the size of
    the log in it, `originals` how many there are.
    """

    id: str
    base: str
    at: str
    system: str
    timeline: int
    first: int
    last: int
    entries: int
    originals: int
    base_sha256: str = ""
    base_size: int = 0

    @property
    def moment(self) -> dt.datetime:
        """`at` as an instant."""
        return clock.parse_iso(self.at)

    @property
    def is_full(self) -> bool:
        """Whether it has a base copy of its own."""
        return self.base == self.id

    def segments(self) -> Iterator[str]:
        """The names of its WAL segments."""
        return (segment_name(self.timeline, number) for number in range(self.first, self.last + 1))


def segment_name(timeline: int, number: int) -> str:
    """PostgreSQL's name of a WAL segment of 16 MiB."""
    return f"{timeline:08X}{number // _PER_LOG:08X}{number % _PER_LOG:08X}"


def segment_of(lsn: str) -> int:
    """The number of the segment an LSN such as `0/3000060` lies in."""
    high, low = (int(part, 16) for part in lsn.split("/"))
    return ((high << 32) + low) // SEGMENT


def wal_name(system: str, segment: str) -> str:
    """Where a segment lies in a repository."""
    return f"wal/{system}/{segment}"


def base_name(set_id: str) -> str:
    """Where the base copy of a full set lies."""
    return f"bases/{set_id}"


def home_name(set_id: str) -> str:
    """Where a set's small files of the home lie: facts, secrets, trust policy."""
    return f"homes/{set_id}"


def original_name(sha256: str) -> str:
    """Where an original lies in a repository."""
    return f"originals/{sha256[:2]}/{sha256}"


def keep(repository: Repository, one: BackupSet) -> None:
    """Write a set: the last thing of a run."""
    repository.put_bytes(f"sets/{one.id}", json.dumps(asdict(one)).encode())


def sets_of(repository: Repository) -> list[BackupSet]:
    """Every set, oldest first.

    Raises:
        Refused: `backup.damaged`.
    """
    return [
        BackupSet(**json.loads(b"".join(repository.read(name))))
        for name in repository.names("sets")
    ]


@dataclass(frozen=True)
class Way:
    """How a moment is reached: a base copy, then WAL up to the last set's end."""

    base: BackupSet
    through: tuple[BackupSet, ...]

    @property
    def last(self) -> BackupSet:
        """The newest set on the way."""
        return self.through[-1]


def way_to(sets: list[BackupSet], at: dt.datetime | None) -> Way:
    """The shortest way to a moment; without one, to the newest there is.

    Raises:
        Refused: `restore.no_backup`; `restore.before_first`, `restore.after_last` with both ends;
            `restore.moment_gap`: WAL between two sets was lost.
    """
    if not sets:
        raise Refused("restore.no_backup")
    ends = {
        "first": f"{clock.local(sets[0].moment):%Y-%m-%d %H:%M:%S}",
        "last": f"{clock.local(sets[-1].moment):%Y-%m-%d %H:%M:%S}",
    }
    wanted = sets[-1].moment if at is None else at
    if wanted > sets[-1].moment:
        raise Refused("restore.after_last", **ends)
    bases = [one for one in sets if one.is_full and one.moment <= wanted]
    if not bases:
        raise Refused("restore.before_first", **ends)
    base = bases[-1]
    through = [base]
    for one in sets[sets.index(base) + 1 :]:
        if through[-1].moment >= wanted:
            break
        before = through[-1]
        if (one.system, one.timeline) != (
            base.system,
            base.timeline,
        ) or one.first > before.last + 1:
            raise Refused("restore.moment_gap", **ends)
        through.append(one)
    return Way(base, tuple(through))
