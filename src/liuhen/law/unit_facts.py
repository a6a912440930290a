"""What a judgement needs to know about one unit: the duties that no single case bears.

For: `engine.judge`, which judges a unit by the same rules as a case, and the oversight layer, which
builds these facts. Conventions are those of `facts`. Not for anything a case answers for.
"""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from liuhen.law.moments import Moment


@dataclass(frozen=True, slots=True)
class Unit:
    """The unit. `started_at` is from when its duties are judged."""

    key: str
    name: str | None = None
    started_at: Moment = None
    enforces: bool | None = None  # has enforcement among its powers or officers
    officers_count: int | None = None
    recorders_count: int | None = None  # devices for recording in service
    off_site_copy_at: Moment = None  # newest verified copy at another place (39)


@dataclass(frozen=True, slots=True)
class ManagerTerm:
    """A span over which a named person kept the unit's records (40)."""

    key: str
    person: str | None = None
    since: Moment = None
    until: Moment = None


@dataclass(frozen=True, slots=True)
class Room:
    """A case-handling room (20)."""

    key: str
    name: str | None = None
    is_covered: bool | None = None  # cameras show the whole of it


@dataclass(frozen=True, slots=True)
class RoomDay:
    """What the cameras of one room recorded on one local day."""

    key: str
    room: str | None = None
    day: date | None = None
    ended_at: Moment = None  # end of the day, NOT_YET while it runs
    missing_seconds: int | None = None
    gathered_at: Moment = None


@dataclass(frozen=True, slots=True)
class HandOver:
    """Records handed over when somebody moves (40)."""

    key: str
    person: str | None = None
    moved_at: Moment = None
    open_items: int | None = None
    received_at: Moment = None


@dataclass(frozen=True, slots=True)
class Verification:
    """One run of verification: bytes, rows and ledger held against each other (40)."""

    key: str
    ran_at: Moment = None
    differences: int | None = None


@dataclass(frozen=True, slots=True)
class Viewing:
    """One look at a recording, or one copy of it (42, 43, 45)."""

    key: str
    viewer: str | None = None  # "" = not registered, as for the three below
    approver: str | None = None
    reason: str | None = None
    manager: str | None = None  # who handled it
    viewed_at: Moment = None
    is_approved: bool | None = None
    is_copy: bool | None = None
    is_classified: bool | None = None
    is_cleared: bool | None = None


@dataclass(frozen=True, slots=True)
class UnitFacts:
    """All facts of one unit. Order within a collection never matters."""

    scope: ClassVar[str] = "unit"

    unit: Unit
    manager_terms: tuple[ManagerTerm, ...] | None = None
    rooms: tuple[Room, ...] | None = None
    room_days: tuple[RoomDay, ...] | None = None
    hand_overs: tuple[HandOver, ...] | None = None
    verifications: tuple[Verification, ...] | None = None
    viewings: tuple[Viewing, ...] | None = None
    personal_decisions: None = None

    @property
    def root(self) -> Unit:
        """What these facts are about."""
        return self.unit


__all__ = [
    "HandOver",
    "ManagerTerm",
    "Room",
    "RoomDay",
    "Unit",
    "UnitFacts",
    "Verification",
    "Viewing",
]
