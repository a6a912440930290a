"""Collective discussion of a case: who was present in which office, what each said (Art. 25).

The minutes are a paper of the activity (`actions.paper_drafts`). Not for votes: none are asked for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from liuhen.actions.act import Draft, act
from liuhen.actions.simple_procedure import running_activity
from liuhen.cases.models import Activity
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Office, Person
from liuhen.people.queries import offices_held

KIND = "collective_discussion"
# Offices whose holders are heads of the authority (Penalty Law 57).
HEADS = frozenset({Office.Kind.AUTHORITY_HEAD, Office.Kind.COMMISSION_LEADER})


@act(permission="discussion.record", event="discussion.recorded")
def record_discussion(
    draft: Draft,
    *,
    actor: Person,
    activity_id: UUID,
    chair: Person,
    present: Sequence[Person],
    recorder: str,
    report: str,
    opinions: Mapping[UUID, str],
    conclusion: str,
    attending: str = "",
    reservations: str = "",
    is_committee: bool = True,
) -> Activity:
    """Record a running discussion: members with offices and opinions, report, conclusion.

    Who of them is a head is told by their offices. `is_committee` states that they sat as the
    legal-review committee. Recording again replaces.

    Raises:
        Refused: `record.not_found`, `activity.ended`, `activity.kind`, `discussion.chair`,
            `discussion.members`, `discussion.opinions`, `discussion.incomplete`.
    """
    activity = running_activity(draft, activity_id)
    if activity.kind != KIND:
        raise Refused("activity.kind", kind=activity.kind)
    members = list({person.id: person for person in present}.values())
    if chair.id not in {person.id for person in members}:
        raise Refused("discussion.chair")
    rows = _members(members, is_committee=is_committee)
    if not all(text.strip() for text in (recorder, report, conclusion)):
        raise Refused("discussion.incomplete")
    stated = {
        "chair": chair.name,
        "present": rows,
        "is_committee": is_committee,
        "attending": attending.strip(),
        "recorder": recorder.strip(),
        "report": report.strip(),
        "opinions": _said(members, opinions),
        "conclusion": conclusion.strip(),
        "reservations": reservations.strip(),
    }
    activity.facts = {**activity.facts, "discussion": stated}
    activity.save(update_fields=["facts"])
    draft.note(present=len(rows), heads=sum(row["is_head"] for row in rows))
    return activity


def _members(members: Sequence[Person], *, is_committee: bool) -> list[dict[str, Any]]:
    rows = [_member(person) for person in members]
    if not all(rows) or (is_committee and not any(row["is_member"] for row in rows)):
        raise Refused("discussion.members")
    return rows


def _said(members: Sequence[Person], opinions: Mapping[UUID, str]) -> list[dict[str, str]]:
    silent = [person.name for person in members if not opinions.get(person.id, "").strip()]
    if silent:
        raise Refused("discussion.opinions", names="、".join(silent))
    return [{"name": person.name, "opinion": opinions[person.id].strip()} for person in members]


def _member(person: Person) -> dict[str, Any]:
    """A member with the offices held now; empty for somebody who holds none that sits here."""
    kinds = [office.kind for office in offices_held(person).order_by("since", "id")]
    sits = [k for k in kinds if k in HEADS or k == Office.Kind.COMMITTEE_MEMBER]
    if not sits:
        return {}
    return {
        "person": str(person.id),
        "name": person.name,
        "office": "、".join(dict.fromkeys(Office.Kind(kind).label for kind in sits)),
        "is_head": any(kind in HEADS for kind in sits),
        "is_member": Office.Kind.COMMITTEE_MEMBER in sits,
    }
