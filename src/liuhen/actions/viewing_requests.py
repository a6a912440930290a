"""Acts on single requests of viewing (Art. 42): asked, answered, noted from the telephone, ended.

Not for standing approvals nor for the viewings that follow (`access`).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from liuhen.access.models import ViewingRequest
from liuhen.access.queries import visible_requests
from liuhen.actions.act import Draft, act
from liuhen.cases.queries import visible_case
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Office, Person
from liuhen.people.queries import holders, is_allowed, is_own_matter
from liuhen.recordings.queries import visible_recording
from liuhen.rulebook.queries import figure_at

# A call is noted while both still know what was said; its consent holds for one day.
CALL_NOTED_WITHIN = dt.timedelta(hours=1)
CALL_HOLDS = dt.timedelta(days=1)


@dataclass(frozen=True)
class About:
    """What is to be viewed: all recordings of a case, or one recording.

    A recording asks for the whole of its case unless it `is_alone`.
    """

    case_id: UUID | None = None
    recording_id: UUID | None = None
    is_alone: bool = False


def longest(at: dt.datetime) -> dt.timedelta:
    """How long a single approval may hold."""
    return dt.timedelta(days=int(figure_at("product.viewing_request", at) or 0))


@act(permission="viewing.ask", event="viewing_request.asked")
def ask_viewing(
    draft: Draft, *, actor: Person, about: About, purpose: str, until: dt.datetime
) -> ViewingRequest:
    """Ask the leader in charge to let one view recordings for a purpose until an instant.

    Raises:
        Refused: `record.not_found`, `viewing_request.purpose`, `viewing_request.span`,
            `viewing_request.pending`.
    """
    asked = _new(draft, about, actor, purpose)
    if not draft.at < until <= draft.at + longest(draft.at):
        raise Refused("viewing_request.span", days=longest(draft.at).days)
    open_ones = ViewingRequest.objects.filter(
        case=asked.case, recording=asked.recording, asked_by=actor, outcome=""
    )
    if open_ones.exists():
        raise Refused("viewing_request.pending")
    asked.until = until
    return _kept(draft, asked)


@act(permission="viewing.approve", event="viewing_request.answered")
def answer_viewing_request(
    draft: Draft, *, actor: Person, request_id: UUID, outcome: str, opinion: str
) -> ViewingRequest:
    """Approve or refuse a request, with an opinion; nobody answers their own.

    Raises:
        Refused: `record.not_found`, `viewing_request.own`, `viewing_request.answered`,
            `viewing_request.ended`, `approval.outcome`, `approval.opinion`.
    """
    asked = _locked(actor, request_id)
    if is_own_matter(actor, "viewing.approve", asked.asked_by_id):
        raise Refused("viewing_request.own")
    if asked.outcome:
        raise Refused("viewing_request.answered")
    if outcome not in ViewingRequest.Outcome.values:
        raise Refused("approval.outcome")
    if not opinion.strip():
        raise Refused("approval.opinion")
    if asked.until <= draft.at:
        raise Refused("viewing_request.ended")
    asked.outcome, asked.opinion = outcome, opinion.strip()
    asked.approved_by, asked.since = actor, draft.at
    asked.save()
    draft.about(asked)
    draft.entry.case_id = _case_of(asked)
    draft.note(outcome=outcome)
    return asked


@act(permission="viewing.note_call", event="viewing_request.called")
def note_telephone_approval(
    draft: Draft,
    *,
    actor: Person,
    about: About,
    viewer_id: UUID,
    leader_id: UUID,
    called_at: dt.datetime,
    purpose: str,
) -> ViewingRequest:
    """Note that the leader in charge consented by telephone, before anything is viewed.

    In urgent cases only; it holds for a day, and the leader sees it and may take it back.

    Raises:
        Refused: `viewing_request.viewer` (who may not know of it), `viewing_request.purpose`,
            `viewing_request.call_time`, `viewing_request.leader`, `viewing_request.own`.
    """
    viewer = Person.objects.filter(id=viewer_id, is_active=True).first()
    if viewer is None or not is_allowed(viewer, "viewing.ask"):
        raise Refused("viewing_request.viewer", name=viewer.name if viewer else "")
    try:
        asked = _new(draft, about, viewer, purpose)
    except Refused as refused:
        if refused.code != "record.not_found":
            raise
        raise Refused("viewing_request.viewer", name=viewer.name) from refused
    leader = holders(Office.Kind.DEPUTY_IN_CHARGE).filter(id=leader_id).first()
    if leader is None:
        raise Refused("viewing_request.leader")
    if viewer.id in (leader.id, actor.id):
        raise Refused("viewing_request.own")
    if not draft.at - CALL_NOTED_WITHIN <= called_at <= draft.at:
        raise Refused("viewing_request.call_time")
    asked.outcome, asked.opinion = ViewingRequest.Outcome.APPROVED, "电话同意"
    asked.approved_by, asked.noted_by = leader, actor
    asked.since, asked.until = draft.at, called_at + CALL_HOLDS
    draft.note(leader=str(leader.id), viewer=str(viewer.id), called_at=called_at)
    return _kept(draft, asked)


@act(permission="viewing.approve", event="viewing_request.revoked")
def revoke_viewing_request(
    draft: Draft, *, actor: Person, request_id: UUID, reason: str
) -> ViewingRequest:
    """End a single approval at once, for running openings too.

    Raises:
        Refused: `record.not_found`, `viewing_request.ended`, `reason.missing`.
    """
    asked = _locked(actor, request_id)
    if not reason.strip():
        raise Refused("reason.missing")
    is_given = asked.outcome == ViewingRequest.Outcome.APPROVED and asked.revoked_at is None
    if not is_given or asked.until <= draft.at:
        raise Refused("viewing_request.ended")
    asked.revoked_at = draft.at
    asked.save(update_fields=["revoked_at"])
    draft.about(asked)
    draft.entry.case_id = _case_of(asked)
    draft.note(reason=reason.strip())
    return asked


def _new(draft: Draft, about: About, viewer: Person, purpose: str) -> ViewingRequest:
    """A request about what the viewer may know of."""
    if not purpose.strip():
        raise Refused("viewing_request.purpose")
    case, recording = None, None
    if about.recording_id is not None:
        recording = visible_recording(viewer, about.recording_id)
        case = None if about.is_alone else recording.case
    elif about.case_id is not None:
        case = visible_case(viewer, about.case_id)
    else:
        raise Refused("record.not_found")
    return ViewingRequest(
        case=case,
        recording=None if case else recording,
        asked_by=viewer,
        asked_at=draft.at,
        purpose=purpose.strip()[:200],
    )


def _kept(draft: Draft, asked: ViewingRequest) -> ViewingRequest:
    asked.save(force_insert=True)
    draft.about(asked)
    draft.entry.case_id = _case_of(asked)
    return asked


def _case_of(asked: ViewingRequest) -> UUID | None:
    return asked.recording.case_id if asked.recording is not None else asked.case_id


def _locked(leader: Person, request_id: UUID) -> ViewingRequest:
    seen = visible_requests(leader).filter(id=request_id).values("id")
    asked = ViewingRequest.objects.select_for_update(of=("self",)).filter(id__in=seen).first()
    if asked is None:
        raise Refused("record.not_found")
    return asked
