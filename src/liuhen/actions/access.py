"""Acts of viewing: standing approvals (Art. 42) and the register of every opening (Art. 43).

Requests of single persons have acts of their own (`viewing_requests`).

Not for copies and requests of parties, nor for sending the bytes (`web.media`).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from liuhen.access.looks import REFUSED_LOOK
from liuhen.access.models import StandingApproval, Viewing
from liuhen.access.opening import Opening, make_token
from liuhen.access.queries import ground_columns, is_live, opened, viewing_ground
from liuhen.actions.act import Draft, act, record_refusal
from liuhen.actions.retention import refuse_destroyed
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Office, Person
from liuhen.people.queries import holders
from liuhen.recordings.queries import visible_recording


@dataclass(frozen=True)
class Opened:
    """A registered viewing and the token that shows the recording for a while."""

    viewing: Viewing
    token: str


@act(permission="viewing.approve", event="standing_approval.granted")
def grant_standing_approval(
    draft: Draft,
    *,
    actor: Person,
    group: str,
    purpose: str,
    scope: str,
    until: dt.datetime,
    since: dt.datetime | None = None,
) -> StandingApproval:
    """Let the holders of an office view recordings of a scope for a purpose, until a date.

    Raises:
        Refused: `standing_approval.group`, `standing_approval.scope`,
            `standing_approval.purpose`, `standing_approval.span`, `standing_approval.own`.
    """
    if group not in Office.Kind.values or group == Office.Kind.SYSTEM:
        raise Refused("standing_approval.group")
    if scope not in StandingApproval.Scope.values:
        raise Refused("standing_approval.scope")
    if not purpose.strip():
        raise Refused("standing_approval.purpose")
    begin = since or draft.at
    if begin < draft.at or until <= begin:
        raise Refused("standing_approval.span")
    if not holders(group).exclude(id=actor.id).exists() and holders(group).exists():
        raise Refused("standing_approval.own")
    approval = StandingApproval.objects.create(
        group=group,
        purpose=purpose.strip(),
        scope=scope,
        approved_by=actor,
        since=begin,
        until=until,
    )
    draft.about(approval)
    return approval


@act(permission="viewing.approve", event="standing_approval.revoked")
def revoke_standing_approval(
    draft: Draft, *, actor: Person, approval_id: UUID, reason: str
) -> StandingApproval:
    """End a standing approval at once, for running openings too.

    Raises:
        Refused: `record.not_found`, `standing_approval.ended`, `reason.missing`.
    """
    if not reason.strip():
        raise Refused("reason.missing")
    approval = StandingApproval.objects.select_for_update().filter(id=approval_id).first()
    if approval is None:
        raise Refused("record.not_found")
    if not is_live(approval) and approval.since <= draft.at:
        raise Refused("standing_approval.ended")
    approval.revoked_at = draft.at
    approval.save(update_fields=["revoked_at"])
    draft.about(approval)
    draft.note(reason=reason.strip())
    return approval


@act(permission="recording.open", event="recording.viewed", refusal=REFUSED_LOOK)
def open_recording(draft: Draft, *, actor: Person, recording_id: UUID, reason: str) -> Opened:
    """Register one viewing; only then may a byte of the recording leave the house.

    Raises:
        Refused: `record.not_found`, `viewing.no_approval`, `viewing.reason`,
            `recording.destroyed`.
    """
    recording = visible_recording(actor, recording_id)
    if not reason.strip():
        raise Refused("viewing.reason")
    refuse_destroyed(recording)
    ground = viewing_ground(actor, recording)
    if ground is None:
        raise Refused("viewing.no_approval", recording=recording.id)
    viewing = Viewing.objects.create(
        recording=recording,
        viewer=actor,
        **ground_columns(ground),
        reason=reason.strip()[:200],
        viewed_at=draft.at,
    )
    draft.about(recording)
    draft.entry.case_id = recording.case_id
    draft.note(viewing=viewing.id, approval=ground.id, reason=viewing.reason)
    return Opened(viewing, make_token(viewing.id, actor.id, draft.at))


def look_on(token: str, *, actor: Person) -> Opening:
    """What a viewing that was registered still shows; a try after its end is a denied look.

    Raises:
        Refused: `viewing.expired`, `recording.destroyed`; the register tells of it.
    """
    try:
        return opened(actor, token)
    except Refused as refused:
        told = dict(refused.data)
        if "viewing" in told:
            told["recording"] = Viewing.objects.get(id=told["viewing"]).recording_id
        record_refusal(actor, REFUSED_LOOK, open_recording.__name__, Refused(refused.code, **told))
        raise
