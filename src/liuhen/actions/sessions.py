"""Acts of signing in and out. Not for passwords (`actions.people`) or their check (allauth)."""

from __future__ import annotations

from liuhen.actions.act import Draft, act
from liuhen.people.models import Person


@act(permission="session.start", event="session.started")
def start_session(draft: Draft, *, actor: Person, address: str) -> None:
    """Record that a person signed in, and from which address."""
    draft.about(actor)
    draft.note(address=address)


@act(permission="session.end", event="session.ended")
def end_session(draft: Draft, *, actor: Person) -> None:
    """Record that a person signed out."""
    draft.about(actor)


@act(permission="session.note_failure", event="session.refused")
def note_failed_sign_in(draft: Draft, *, actor: Person, username: str, address: str) -> None:
    """Record a failed sign-in, as tried; the actor is the system."""
    draft.note(username=username[:60], address=address)
