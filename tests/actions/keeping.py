"""Recordings old enough to be disposed of, and the acts that dispose of them. Not a test."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection

from liuhen.actions.disposal import approve_disposal, begin_disposal, propose_disposal
from liuhen.actions.figures import set_figure
from liuhen.archive.models import Disposal
from liuhen.archive.retention import ALLOWED
from liuhen.demo.people import World
from liuhen.kernel.clock import FrozenClock
from liuhen.kernel.refusals import Refused
from liuhen.recordings import derivatives
from liuhen.recordings.derivatives import derivative_path, put_derivative
from liuhen.recordings.models import Recording
from tests.web.conftest import hand_in

# The names of all that is made from an original, as the module of derivatives has them.
MADE_KINDS = tuple(
    value
    for name, value in vars(derivatives).items()
    if name.isupper() and isinstance(value, str) and name not in ("MADE", "S3")
)
REASON = "保管期限已满，没有继续保存的价值。"


def code_of(call: Callable[..., object], **options: Any) -> str:
    """The code of the refusal that a call meets."""
    try:
        call(**options)
    except Refused as refused:
        return refused.code
    return "done"


def switch_on(world: World, clock: FrozenClock) -> None:
    """The authority allows disposal from today on."""
    set_figure(
        actor=world["head"],
        name=ALLOWED,
        value=1,
        valid_from=clock.instant.date(),
        reason="主任办公会议决定启用期满处置。",
    )


def old_recordings(world: World, clock: FrozenClock, count: int, first: int = 1) -> list[Recording]:
    """Photographs of no case, handed in more than two years ago."""
    found = [hand_in(world, 4_000_000 + first + place) for place in range(count)]
    clock.move(days=800)
    return found


def propose(world: World, recordings: list[Recording]) -> Disposal:
    """List them."""
    ids = [one.id for one in recordings]
    return propose_disposal(actor=world["records"], recording_ids=ids, reason=REASON)


def approve(world: World, disposal_id: UUID) -> Disposal:
    """Both approvals."""
    for who, office in (("archivist", "archivist"), ("supervisor", "supervisor")):
        found = approve_disposal(
            actor=world[who], disposal_id=disposal_id, office=office, opinion="同意。"
        )
    return found


def begin(world: World, disposal_id: UUID, **options: Any) -> Disposal:
    """Order the destruction; nothing lies outside."""
    told: dict[str, Any] = {"outside": (), "is_outside_complete": True, **options}
    return begin_disposal(actor=world["records"], disposal_id=disposal_id, **told)


def ordered(world: World, clock: FrozenClock, count: int = 2) -> tuple[Disposal, list[Recording]]:
    """A disposal whose destruction has just been ordered."""
    recordings = old_recordings(world, clock, count)
    switch_on(world, clock)
    listed = propose(world, recordings)
    approve(world, listed.id)
    clock.move(days=31)
    return begin(world, listed.id), recordings


def everything_made_from(one: Recording, content: bytes) -> None:
    """A derivative of every kind there is, each holding the original's bytes to be found again."""
    for kind in MADE_KINDS:
        made = derivative_path(one.original_id, kind, "1")
        made.write_bytes(content)
        put_derivative(one.original_id, kind, made, key="1")


def files_with(content: bytes, *folders: Path) -> list[Path]:
    """Every file below the home and these folders that holds the bytes."""
    roots = (settings.HOME.path, *folders)
    every = (path for root in roots for path in root.rglob("*") if path.is_file())
    return [path for path in every if content in path.read_bytes()]


def tables_with(*needles: str) -> set[str]:
    """Every table of the database of which any row, all its columns read, holds one of these.

    Words are looked for as they are, as JSON escapes them, and as the bytes of a binary column.
    """
    spelt = {way for one in needles for way in (one, json.dumps(one)[1:-1], one.encode().hex())}
    patterns = ["%" + one.replace("\\", "\\\\") + "%" for one in spelt]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT format('%I.%I', schemaname, tablename), tablename FROM pg_tables "
            "WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        )
        found = set()
        for place, table in cursor.fetchall():
            cursor.execute(
                f"SELECT EXISTS (SELECT 1 FROM {place} AS one "
                "WHERE one::text LIKE ANY (%s) OR to_jsonb(one)::text LIKE ANY (%s))",
                [patterns] * 2,
            )
            if cursor.fetchone()[0]:
                found.add(table)
        return found


DAY = dt.timedelta(days=1)
