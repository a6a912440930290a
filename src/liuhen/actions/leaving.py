"""Acts on accounts of people who leave or come back. Not for handing over what they hold: each
case, recording and device has acts of its own."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q

from liuhen.actions.act import Draft, act
from liuhen.actions.people import locked_person
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Office, Person
from liuhen.recordings.holdings import Holdings, holdings_of

# So many of each kind are named in a refusal; the rest is counted.
NAMED = 10


@act(permission="person.deactivate", event="person.deactivated")
def deactivate_person(draft: Draft, *, actor: Person, person_id: UUID, reason: str) -> Person:
    """Switch an account off: sessions and offices end at once, everything recorded stays.

    Raises:
        Refused: `record.not_found`, `person.system`, `person.own`, `reason.missing`,
            `person.inactive`, `person.holds` (Art. 40).
    """
    person = locked_person(person_id)
    if actor.id == person.id:
        raise Refused("person.own")
    if not reason.strip():
        raise Refused("reason.missing")
    if not person.is_active:
        raise Refused("person.inactive", name=person.name)
    held = holdings_of(person)
    if held:
        raise Refused("person.holds", name=person.name, held="；".join(words_of(held)))
    _end_offices(draft, person)
    person.is_active = False
    person.save(update_fields=["is_active"])
    draft.about(person)
    draft.note(reason=reason.strip())
    return person


@act(permission="person.reactivate", event="person.reactivated")
def reactivate_person(draft: Draft, *, actor: Person, person_id: UUID, reason: str) -> Person:
    """Switch an account on again. The person holds no office until appointed anew.

    Raises:
        Refused: `record.not_found`, `person.system`, `reason.missing`, `person.active`.
    """
    person = locked_person(person_id)
    if not reason.strip():
        raise Refused("reason.missing")
    if person.is_active:
        raise Refused("person.active", name=person.name)
    person.is_active = True
    person.save(update_fields=["is_active"])
    draft.about(person)
    draft.note(reason=reason.strip())
    return person


def words_of(held: Holdings) -> list[str]:
    """What is held, in one line for each kind: 未移交的案件 2 件：…"""
    stored = [f"{clock.local(at):%Y-%m-%d %H:%M}存入" for at in held.recordings]
    kinds = (
        ("未办结或者未移交档案室的案件", "件", held.cases),
        ("未标注的音像记录", "份", stored),
        ("未交回的设备", "台", held.devices),
        ("未答复的审批", "件", held.approvals),
    )
    told = [
        f"{label} {len(found)} {unit}：{'、'.join(found[:NAMED])}"
        + (" 等" if len(found) > NAMED else "")
        for label, unit, found in kinds
        if found
    ]
    return [*told, "交接还没有经过监交"] if held.is_unsigned else told


def _end_offices(draft: Draft, person: Person) -> None:
    """End every office the person holds or will hold, and those others hold in their place."""
    running = Q(until=None) | Q(until__gt=draft.at)
    theirs = Q(person=person) | Q(deputy_for__person=person)
    for office in Office.objects.filter(running & theirs).order_by("id"):
        office.until = max(draft.at, office.since)
        office.save(update_fields=["until"])
