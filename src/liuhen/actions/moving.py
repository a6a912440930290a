"""The act that enters that a home's database was moved. Not for moving it (`recovery.moving`)."""

from __future__ import annotations

from liuhen.actions.act import Draft, act
from liuhen.people.models import Person


@act(permission="home.move", event="home.moved")
def record_move(draft: Draft, *, actor: Person, to: str, tables: int, rows: int) -> None:
    """Record that everything was moved to a database outside the home, and how much it was."""
    draft.note(to=to, tables=tables, rows=rows)
