"""Acts on what touches a secret (Art. 45): classes of records, clearances, who needs to know.

State secrets are refused, with what to do: they don't enter this network. Not for who may see what
(`cases.secrecy`).
"""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from liuhen.actions.act import Draft, act
from liuhen.actions.recording_rows import locked_recording
from liuhen.cases.models import Case, NeedToKnow
from liuhen.cases.queries import visible_cases
from liuhen.cases.secrecy import kinds_of, live_clearances, may_know
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Clearance, Person, Secrecy
from liuhen.people.queries import is_allowed
from liuhen.recordings.models import Recording

STATE = "state"


@act(permission="secrecy.classify", event="case.classified")
def classify_case(draft: Draft, *, actor: Person, case_id: UUID, secrecy: str, reason: str) -> Case:
    """State what a case touches; it then exists only for who may know it.

    To take a class away asks for who may name those that need to know.

    Raises:
        Refused: `record.not_found`, `secrecy.state_secret`, `secrecy.unknown`, `reason.missing`,
            `secrecy.same`, `secrecy.lowered`.
    """
    case = draft.lock_case(case_id)
    _check(actor, case.secrecy, secrecy, reason)
    before, case.secrecy = case.secrecy, secrecy
    case.save(update_fields=["secrecy"])
    draft.about(case)
    draft.note(before=before, secrecy=secrecy, reason=reason.strip())
    return case


@act(permission="secrecy.classify", event="recording.classified")
def classify_recording(
    draft: Draft, *, actor: Person, recording_id: UUID, secrecy: str, reason: str
) -> Recording:
    """State what one recording touches, beside what its case does.

    Raises:
        Refused: `record.not_found`, `secrecy.state_secret`, `secrecy.unknown`, `reason.missing`,
            `secrecy.same`, `secrecy.lowered`.
    """
    recording = locked_recording(draft, recording_id)
    _check(actor, recording.secrecy, secrecy, reason)
    before, recording.secrecy = recording.secrecy, secrecy
    recording.save(update_fields=["secrecy"])
    draft.note(before=before, secrecy=secrecy, reason=reason.strip())
    return recording


def _check(actor: Person, before: str, after: str, reason: str) -> None:
    if after == STATE:
        raise Refused("secrecy.state_secret")
    if after not in Secrecy.values:
        raise Refused("secrecy.unknown")
    if not reason.strip():
        raise Refused("reason.missing")
    if before == after:
        raise Refused("secrecy.same")
    if kinds_of(before) - kinds_of(after) and not is_allowed(actor, "secrecy.name"):
        raise Refused("secrecy.lowered")


@act(permission="secrecy.clear", event="clearance.given")
def give_clearance(
    draft: Draft, *, actor: Person, person_id: UUID, kind: str, reason: str, until: dt.datetime
) -> Clearance:
    """Clear a person for one kind of secret until an instant; nobody clears themselves.

    Raises:
        Refused: `record.not_found`, `clearance.own`, `secrecy.unknown`, `reason.missing`,
            `clearance.span`, `clearance.held`.
    """
    person = Person.objects.select_for_update().filter(id=person_id, is_active=True).first()
    if person is None or person.nature != Person.Nature.HUMAN:
        raise Refused("record.not_found")
    if person.id == actor.id:
        raise Refused("clearance.own")
    if kind not in Clearance.Kind.values:
        raise Refused("secrecy.unknown")
    if not reason.strip():
        raise Refused("reason.missing")
    if until <= draft.at:
        raise Refused("clearance.span")
    if live_clearances(draft.at).filter(person=person, kind=kind, until__gte=until).exists():
        raise Refused("clearance.held")
    given = Clearance.objects.create(
        person=person,
        kind=kind,
        reason=reason.strip()[:200],
        given_by=actor,
        since=draft.at,
        until=until,
    )
    draft.about(given)
    draft.note(person=str(person.id), kind=kind, reason=given.reason, until=until)
    return given


@act(permission="secrecy.clear", event="clearance.ended")
def end_clearance(draft: Draft, *, actor: Person, clearance_id: UUID, reason: str) -> Clearance:
    """Take a clearance back at once; what it opened is closed with it.

    Raises:
        Refused: `record.not_found`, `reason.missing`, `clearance.ended`.
    """
    found = Clearance.objects.select_for_update().filter(id=clearance_id).first()
    if found is None:
        raise Refused("record.not_found")
    if not reason.strip():
        raise Refused("reason.missing")
    if found.ended_at is not None or found.until <= draft.at:
        raise Refused("clearance.ended")
    found.ended_at = draft.at
    found.save(update_fields=["ended_at"])
    draft.about(found)
    draft.note(reason=reason.strip())
    return found


@act(permission="secrecy.name", event="need_to_know.given")
def name_knower(
    draft: Draft, *, actor: Person, case_id: UUID, person_id: UUID, reason: str
) -> NeedToKnow:
    """Open a classified case to a person who is cleared for it and needs it for a purpose.

    Raises:
        Refused: `record.not_found`, `secrecy.not_classified`, `reason.missing`, `clearance.own`,
            `secrecy.not_cleared`, `secrecy.named`.
    """
    case = draft.lock_case(case_id)
    if not kinds_of(case.secrecy, *case.recordings.values_list("secrecy", flat=True)):
        raise Refused("secrecy.not_classified")
    if not reason.strip():
        raise Refused("reason.missing")
    if person_id == actor.id:
        raise Refused("clearance.own")
    person = Person.objects.filter(id=person_id, is_active=True).first()
    if person is None:
        raise Refused("record.not_found")
    if not may_know(case, Person.objects.filter(id=person_id)).exists():
        raise Refused("secrecy.not_cleared", name=person.name)
    if NeedToKnow.objects.filter(case=case, person=person, ended_at=None).exists():
        raise Refused("secrecy.named", name=person.name)
    named = NeedToKnow.objects.create(
        case=case, person=person, reason=reason.strip()[:200], named_by=actor, named_at=draft.at
    )
    draft.about(named)
    draft.note(person=str(person.id), reason=named.reason)
    return named


@act(permission="secrecy.name", event="need_to_know.ended")
def end_need_to_know(draft: Draft, *, actor: Person, need_id: UUID, reason: str) -> NeedToKnow:
    """Take back that a person needs to know a case.

    Raises:
        Refused: `record.not_found`, `reason.missing`.
    """
    seen = NeedToKnow.objects.filter(
        id=need_id, ended_at=None, case__in=visible_cases(actor).values("id")
    )
    case_id = seen.values_list("case_id", flat=True).first()
    if case_id is None:
        raise Refused("record.not_found")
    if not reason.strip():
        raise Refused("reason.missing")
    draft.lock_case(case_id)
    found = NeedToKnow.objects.select_for_update().get(id=need_id)
    found.ended_at = draft.at
    found.save(update_fields=["ended_at"])
    draft.about(found)
    draft.note(person=str(found.person_id), reason=reason.strip())
    return found
