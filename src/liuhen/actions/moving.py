"""The acts that enter what of a home was moved. Not for moving it (`recovery.moving` and kin)."""

from __future__ import annotations

from liuhen.actions.act import Draft, act
from liuhen.people.models import Person


@act(permission="home.move", event="home.moved")
def record_move(draft: Draft, *, actor: Person, to: str, tables: int, rows: int) -> None:
    """Record that everything was moved to a database outside the home, and how much it was."""
    draft.note(to=to, tables=tables, rows=rows)


@act(permission="home.move", event="originals.moved")
def record_originals_moved(
    draft: Draft, *, actor: Person, originals: int, made: int, uploads: int
) -> None:
    """Record that originals come into the bucket first from now on, and what was brought there."""
    draft.note(originals=originals, made=made, uploads=uploads)
