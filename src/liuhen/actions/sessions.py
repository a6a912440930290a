"""Acts of signing in and out. Not for passwords (`actions.people`) or their check (allauth)."""

from __future__ import annotations

from uuid import UUID

from allauth.usersessions.models import UserSession

from liuhen.actions.act import Draft, act
from liuhen.actions.people import locked_person
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Person


@act(permission="session.start", event="session.started")
def start_session(draft: Draft, *, actor: Person, address: str) -> None:
    """Record that a person signed in, and from which address."""
    draft.about(actor)
    draft.note(address=address)


@act(permission="session.end", event="session.ended")
def end_session(draft: Draft, *, actor: Person, why: str = "") -> None:
    """Record that a person signed out, or that a limit ended the session: `idle`, `absolute`."""
    draft.about(actor)
    if why:
        draft.note(why=why)


@act(permission="session.note_failure", event="session.refused")
def note_failed_sign_in(draft: Draft, *, actor: Person, username: str, address: str) -> None:
    """Record a failed sign-in, as tried; the actor is the system."""
    draft.note(username=username[:60], address=address)


def follow_session(before: str, after: str) -> None:
    """A session got another key (its password was changed): the list of sessions follows."""
    UserSession.objects.filter(session_key=before).update(session_key=after)


@act(permission="session.end", event="session.revoked")
def revoke_session(draft: Draft, *, actor: Person, session_id: int) -> None:
    """End another of one's own sessions at once: a computer one forgot to sign out of.

    Raises:
        Refused: `record.not_found`.
    """
    session = UserSession.objects.filter(id=session_id, user_id=actor.id).first()
    if session is None:
        raise Refused("record.not_found")
    session.end()
    draft.about(actor)
    draft.note(address=session.ip)


@act(permission="session.end", event="session.others_revoked")
def revoke_other_sessions(draft: Draft, *, actor: Person, but: str) -> int:
    """End all of one's own sessions but the one with the key `but`; returns how many.

    Raises:
        Refused: `session.no_other`.
    """
    others = list(UserSession.objects.filter(user_id=actor.id).exclude(session_key=but))
    if not others:
        raise Refused("session.no_other")
    for session in others:
        session.end()
    draft.about(actor)
    draft.note(count=len(others))
    return len(others)


@act(permission="session.end_all", event="session.all_revoked")
def end_all_sessions(draft: Draft, *, actor: Person, person_id: UUID, reason: str) -> int:
    """End every session of a person: a phone was lost, an account is misused.

    Raises:
        Refused: `record.not_found`, `person.system`, `reason.missing`, `session.none`.
    """
    person = locked_person(person_id)
    if not reason.strip():
        raise Refused("reason.missing")
    sessions = list(UserSession.objects.filter(user_id=person.id))
    if not sessions:
        raise Refused("session.none", name=person.name)
    for session in sessions:
        session.end()
    draft.about(person)
    draft.note(reason=reason.strip(), count=len(sessions))
    return len(sessions)
