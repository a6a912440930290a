"""Acts of disposal (Art. 40, 41): listed, approved by two, cooled off, then ordered destroyed.

The one way anything recorded ever goes, and off until the authority switches it on. What follows
the order, copy by copy, is `destroying`. Not for holds (`retention`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Q

from liuhen.actions.act import Draft, act
from liuhen.actions.deferring import DESTROY, defer_once
from liuhen.actions.recording_rows import lock_digests
from liuhen.archive.disposals import visible_disposals
from liuhen.archive.models import Disposal, DisposalItem, OutsideCopy
from liuhen.archive.retention import (
    ALLOWED,
    Level,
    kept,
    obstacles,
    period_end,
    segment_until,
)
from liuhen.assembly.rendering import render
from liuhen.cameras.models import Segment
from liuhen.cameras.queries import segment_name, visible_cameras
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Office, Person
from liuhen.people.queries import offices_held, permissions, stood_in_for
from liuhen.recordings.models import Recording
from liuhen.recordings.queries import visible_recordings
from liuhen.rulebook.queries import figure_at, rulebook
from liuhen.vault import keeping
from liuhen.vault.models import Destruction

COOLING = "measures.retention_cooling_off"
# Three rows of each are listed in one entry, whose length is limited.
MOST = 80
_LOCK = "0" * 64


@act(permission="disposal.propose", event="disposal.proposed")
def propose_disposal(
    draft: Draft,
    *,
    actor: Person,
    recording_ids: Sequence[UUID] = (),
    segment_ids: Sequence[int] = (),
    reason: str,
) -> Disposal:
    """List recordings whose period has ended for two persons to approve.

    `segment_ids` are of footage of rooms that is tied to nothing.

    Raises:
        Refused: `disposal.off`, `reason.missing`, `disposal.empty`, `disposal.too_many`,
            `record.not_found`, `disposal.listed`, `disposal.kept` with what stands against it.
    """
    _refuse_off(draft)
    if not reason.strip():
        raise Refused("reason.missing")
    count = len(set(recording_ids)) + len(set(segment_ids))
    if not count:
        raise Refused("disposal.empty")
    if count > MOST:
        raise Refused("disposal.too_many", most=MOST)
    one_each = _wanted(draft.actor, set(recording_ids), set(segment_ids))
    lock_digests([_LOCK, *one_each])  # one list at a time: its number, and each original once
    taken = DisposalItem.objects.filter(original__in=list(one_each), left_at=None)
    if taken.exists():
        raise Refused("disposal.listed", number=taken.first().disposal.number)  # type: ignore[union-attr]
    _refuse_kept(one_each, draft.at)
    disposal = Disposal.objects.create(
        number=_number(draft.at),
        reason=reason.strip(),
        state=Disposal.State.LISTED,
        proposed_by=draft.actor,
        proposed_at=draft.at,
    )
    for owner in one_each.values():
        item = _item(owner) if isinstance(owner, Recording) else _segment_item(owner)
        DisposalItem.objects.create(disposal=disposal, original_id=owner.original_id, **item)
    draft.about(disposal)
    draft.note(number=disposal.number, reason=disposal.reason, items=len(one_each))
    return disposal


def _wanted(
    person: Person, recording_ids: set[UUID], segment_ids: set[int]
) -> dict[str, Recording | Segment]:
    """By original what is to be listed; a recording before a segment of the same bytes."""
    found = visible_recordings(person).filter(id__in=recording_ids)
    recordings = list(found.select_related("original", "case").order_by("stored_at", "id"))
    seen = Segment.objects.filter(id__in=segment_ids, camera__in=visible_cameras(person))
    segments = list(seen.select_related("camera__room", "camera__device").order_by("id"))
    if len(recordings) + len(segments) < len(recording_ids) + len(segment_ids):
        raise Refused("record.not_found")
    owners: list[Recording | Segment] = [*segments, *recordings]
    return {one.original_id: one for one in owners}


def _segment_item(segment: Segment) -> dict[str, Any]:
    until = segment_until(segment, rulebook())
    assert until is not None  # what has no end was refused
    return {
        "title": f"{segment.camera.room.name} {segment_name(segment)}",
        "level": Level.ROOM,
        "since_on": clock.local_date(segment.stored_at),
        "until_on": clock.local_date(until),
    }


def _item(recording: Recording) -> dict[str, Any]:
    told = kept(recording)
    assert told.until is not None  # what has no end was refused
    return {
        "title": recording.name,
        "level": told.level,
        "since_on": clock.local_date(told.basis_at),
        "until_on": clock.local_date(told.until),
    }


def _number(at: dt.datetime) -> str:
    year = clock.local_date(at).year
    so_far = Disposal.objects.filter(number__startswith=f"处置〔{year}〕").count()
    return f"处置〔{year}〕第{so_far + 1}号"


def _refuse_off(draft: Draft) -> None:
    if figure_at(ALLOWED, draft.at) != 1:
        raise Refused("disposal.off")


def _refuse_kept(digests: Mapping[str, Any] | Sequence[str], at: dt.datetime) -> None:
    found = [words for sha256 in digests for words in obstacles(sha256, at)]
    if found:
        more = f"等{len(found)}处" if len(found) > _NAMED else ""
        raise Refused("disposal.kept", found="；".join(found[:_NAMED]) + more)


_NAMED = 5


def locked_disposal(draft: Draft, disposal_id: UUID) -> Disposal:
    """Lock a disposal the actor may see. Raises `Refused("record.not_found")`."""
    seen = visible_disposals(draft.actor).filter(id=disposal_id).order_by().values("id")
    found = Disposal.objects.select_for_update(of=("self",)).filter(id__in=seen).first()
    if found is None:
        raise Refused("record.not_found")
    draft.about(found)
    draft.note(number=found.number)
    return found


@act(permission="disposal.approve", event="disposal.approved")
def approve_disposal(
    draft: Draft, *, actor: Person, disposal_id: UUID, office: str, opinion: str
) -> Disposal:
    """Approve a list in one of one's offices; the second approval starts the cooling-off period.

    Raises:
        Refused: `record.not_found`, `disposal.off`, `disposal.state`, `disposal.own`,
            `disposal.office`, `disposal.same_office`, `approval.opinion`, `disposal.kept`.
    """
    _refuse_off(draft)
    disposal = locked_disposal(draft, disposal_id)
    if disposal.state != Disposal.State.LISTED:
        raise Refused("disposal.state", state=disposal.get_state_display())
    before = {disposal.proposed_by_id, disposal.first_by_id}
    if not {actor.id, *stood_in_for(actor, {office})}.isdisjoint(before):
        raise Refused("disposal.own")
    held = offices_held(draft.actor).filter(kind=office)
    if office not in permissions()["disposal.approve"].offices or not held.exists():
        raise Refused("disposal.office")
    if office == disposal.first_office:
        raise Refused("disposal.same_office", office=Office.Kind(office).label)
    if not opinion.strip():
        raise Refused("approval.opinion")
    _refuse_kept(_digests(disposal), draft.at)
    if disposal.first_by_id is None:
        disposal.first_by, disposal.first_office = draft.actor, office
        disposal.first_opinion, disposal.first_at = opinion.strip(), draft.at
    else:
        disposal.second_by, disposal.second_office = draft.actor, office
        disposal.second_opinion, disposal.second_at = opinion.strip(), draft.at
        disposal.cooling_until = period_end(COOLING, draft.at, rulebook())
        disposal.state = Disposal.State.COOLING
        disposal.paper = _paper(draft, disposal)
    disposal.save()
    draft.note(office=office)
    return disposal


def _digests(disposal: Disposal) -> list[str]:
    items = disposal.items.filter(left_at=None).order_by("id")
    return list(items.values_list("original_id", flat=True))


def _paper(draft: Draft, disposal: Disposal) -> Any:
    """The list with both opinions, as a paper in the vault."""
    items = disposal.items.filter(left_at=None).order_by("id")
    rows = [
        {
            "name": one.title,
            "class": Level(one.level).label,
            "since": one.since_on,
            "until": one.until_on,
            "sha256": one.original_id,
        }
        for one in items
    ]
    data = {
        "authority_name": authority_name(disposal.proposed_by),
        "list_number": disposal.number,
        "rows": rows,
        "reason": disposal.reason,
        "proposed_by": disposal.proposed_by.name,
        "approvals": _approvals(disposal),
    }
    pdf = render("disposal_list", data, timestamp=draft.at)
    name = f"记录处置清单{disposal.number}.pdf"
    return keeping.keep_bytes(pdf, name=name, by=draft.actor.id, at=draft.at)


def _approvals(disposal: Disposal) -> list[dict[str, Any]]:
    """Who approved, in which office, with what opinion, on what day."""
    return [
        {
            "office": Office.Kind(getattr(disposal, f"{place}_office")).label,
            "name": getattr(disposal, f"{place}_by").name,
            "opinion": getattr(disposal, f"{place}_opinion"),
            "approved_on": clock.local_date(getattr(disposal, f"{place}_at")),
        }
        for place in ("first", "second")
    ]


def authority_name(person: Person) -> str:
    """The authority as its papers name it."""
    unit = person.unit
    return str(unit.profile.get("authority", unit.name)) if unit is not None else "本机关"


@act(permission="disposal.stop", event="disposal.withdrawn")
def withdraw_disposal(draft: Draft, *, actor: Person, disposal_id: UUID, reason: str) -> Disposal:
    """Take a whole list back, at any time before destruction is ordered.

    Raises:
        Refused: `record.not_found`, `disposal.state`, `reason.missing`.
    """
    disposal = locked_disposal(draft, disposal_id)
    _refuse_begun(disposal)
    if not reason.strip():
        raise Refused("reason.missing")
    for item in disposal.items.filter(left_at=None):
        item.left_at = draft.at
        item.save(update_fields=["left_at"])
    disposal.state = Disposal.State.WITHDRAWN
    disposal.withdrawn_by, disposal.withdrawn_at = draft.actor, draft.at
    disposal.withdrawn_for = reason.strip()
    disposal.save()
    draft.note(reason=disposal.withdrawn_for)
    return disposal


@act(permission="disposal.stop", event="disposal.item_removed")
def remove_from_disposal(
    draft: Draft, *, actor: Person, item_id: UUID, reason: str
) -> DisposalItem:
    """Take one record off a list, at any time before destruction is ordered.

    Raises:
        Refused: `record.not_found`, `disposal.state`, `reason.missing`.
    """
    disposal_id = DisposalItem.objects.filter(id=item_id).values_list("disposal", flat=True).first()
    if disposal_id is None:
        raise Refused("record.not_found")
    _refuse_begun(locked_disposal(draft, disposal_id))
    item = DisposalItem.objects.select_for_update().get(id=item_id)
    if not reason.strip():
        raise Refused("reason.missing")
    if item.left_at is None:
        item.left_at = draft.at
        item.save(update_fields=["left_at"])
    draft.note(sha256=item.original_id, reason=reason.strip())
    return item


def _refuse_begun(disposal: Disposal) -> None:
    if disposal.state not in (Disposal.State.LISTED, Disposal.State.COOLING):
        raise Refused("disposal.state", state=disposal.get_state_display())


@act(permission="disposal.begin", event="disposal.begun")
def begin_disposal(
    draft: Draft,
    *,
    actor: Person,
    disposal_id: UUID,
    outside: Sequence[Mapping[str, Any]],
    is_outside_complete: bool,
) -> Disposal:
    """Order the records of a list destroyed, once its cooling-off period is over.

    `outside` names copies this system can't reach, each with `kind`, `place`, `expires_on`; the
    disposal is not over before each is proven gone. That these are all must be said.

    Raises:
        Refused: `record.not_found`, `disposal.off`, `disposal.state`, `disposal.cooling`,
            `disposal.outside`, `disposal.empty`, `disposal.kept`.
    """
    _refuse_off(draft)
    disposal = locked_disposal(draft, disposal_id)
    if disposal.state != Disposal.State.COOLING or disposal.cooling_until is None:
        raise Refused("disposal.state", state=disposal.get_state_display())
    if draft.at <= disposal.cooling_until:
        raise Refused("disposal.cooling", until=f"{clock.local_date(disposal.cooling_until)}")
    if not is_outside_complete:
        raise Refused("disposal.outside")
    digests = _digests(disposal)
    if not digests:
        raise Refused("disposal.empty")
    lock_digests(digests)
    _lock_cases(draft, digests)
    _refuse_kept(digests, draft.at)
    _put_outside(draft, disposal, outside)
    disposal.state = Disposal.State.DESTROYING
    disposal.begun_by, disposal.begun_at = draft.actor, draft.at
    disposal.save()
    for sha256 in digests:
        Destruction.objects.create(
            original_id=sha256, disposal=disposal.id, number=disposal.number, ordered_at=draft.at
        )
    for recording in Recording.objects.select_for_update().filter(original__in=digests):
        recording.disposed_at = draft.at
        recording.save(update_fields=["disposed_at"])
    draft.note(items=len(digests))
    defer_once(DESTROY)
    return disposal


def _lock_cases(draft: Draft, digests: Sequence[str]) -> None:
    cases = Recording.objects.filter(Q(original__in=digests), case__isnull=False)
    for case_id in sorted(set(cases.values_list("case", flat=True))):
        draft.lock_case(case_id)
    draft.entry.case_id = None  # the order is about a list, not about one of its cases


def _put_outside(draft: Draft, disposal: Disposal, outside: Sequence[Mapping[str, Any]]) -> None:
    for one in outside:
        if one.get("kind") not in OutsideCopy.Kind.values or not str(one.get("place", "")).strip():
            raise Refused("disposal.outside")
        OutsideCopy.objects.create(
            disposal=disposal,
            kind=one["kind"],
            place=str(one["place"]).strip()[:200],
            expires_on=one.get("expires_on"),
            stated_by=draft.actor,
            stated_at=draft.at,
        )
