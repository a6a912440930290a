"""Acts on copies with parts covered: begun, drawn, made, looked at, released (Art. 45, 46).

The original is not touched. Not for finding and covering (`media.redacting`), nor for handing the
copy out (`party_copies`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from liuhen.access.models import Redaction
from liuhen.access.queries import viewing_ground, visible_redactions
from liuhen.actions.act import Draft, act
from liuhen.actions.deferring import MAKE_REDACTED, defer
from liuhen.actions.recording_rows import locked_recording
from liuhen.actions.retention import refuse_destroyed
from liuhen.cases.queries import visible_cases
from liuhen.documents.models import Paper
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Person
from liuhen.recordings.derivatives import Made, enter_made
from liuhen.recordings.models import Recording
from liuhen.vault.models import Original

_S = Redaction.State
_OPEN = (_S.DRAFT, _S.MADE, _S.RETURNED, _S.FAILED)
MOST_REGIONS, MOST_KEYS = 500, 200
_LONGEST_MS = 24 * 3600 * 1000
_PICTURED = (Recording.Kind.VIDEO, Recording.Kind.PHOTO)


@act(permission="redaction.draw", event="redaction.begun")
def begin_redaction(
    draft: Draft,
    *,
    actor: Person,
    reason: str,
    finds_faces: bool,
    recording_id: UUID | None = None,
    paper_id: UUID | None = None,
) -> Redaction:
    """Begin a copy of a recording the person may view, or of a frozen paper of a visible case.

    Raises:
        Refused: `record.not_found`, `reason.missing`, `viewing.no_approval`, `recording.destroyed`,
            `redaction.kind`, `redaction.not_frozen`.
    """
    if not reason.strip():
        raise Refused("reason.missing")
    about: dict[str, Any]
    if recording_id is not None:
        recording = locked_recording(draft, recording_id)
        _refuse_unviewable(actor, recording)
        if recording.kind == Recording.Kind.OTHER:
            raise Refused("redaction.kind")
        about = {"recording": recording, "case": recording.case, "original": recording.original}
        finds_faces = finds_faces and recording.kind in _PICTURED
    else:
        paper = _paper(draft, paper_id)
        about = {"paper": paper, "case": paper.case, "original": _frozen(paper)}
        finds_faces = False
    made = Redaction.objects.create(
        **about,
        reason=reason.strip()[:200],
        finds_faces=finds_faces,
        asked_by=actor,
        asked_at=draft.at,
    )
    draft.about(made)
    draft.entry.case_id = made.case_id
    draft.note(original=made.original_id, reason=made.reason, finds_faces=finds_faces)
    return made


@act(permission="redaction.draw", event="redaction.changed")
def change_redaction(
    draft: Draft,
    *,
    actor: Person,
    redaction_id: UUID,
    regions: Sequence[dict[str, Any]],
    sounds: Sequence[Sequence[Any]],
) -> Redaction:
    """State anew which regions and sounds go; what was made before no longer stands.

    Raises:
        Refused: `record.not_found`, `redaction.closed`, `redaction.region`, `redaction.sound`.
    """
    found = _locked(draft, redaction_id)
    if found.state not in _OPEN:
        raise Refused("redaction.closed", state=found.get_state_display())
    if len(regions) > MOST_REGIONS or not all(_is_region(one) for one in regions):
        raise Refused("redaction.region")
    if len(sounds) > MOST_REGIONS or not all(_is_sound(one) for one in sounds):
        raise Refused("redaction.sound")
    found.regions, found.sounds = list(regions), [list(one) for one in sounds]
    _unmade(found)
    found.save()
    draft.note(regions=len(regions), sounds=len(sounds))
    return found


@act(permission="redaction.draw", event="redaction.ordered")
def order_redaction(draft: Draft, *, actor: Person, redaction_id: UUID) -> Redaction:
    """Have the copy made; a job does it.

    Raises:
        Refused: `record.not_found`, `redaction.closed`, `redaction.empty`, `recording.destroyed`.
    """
    found = _locked(draft, redaction_id)
    if found.state not in _OPEN:
        raise Refused("redaction.closed", state=found.get_state_display())
    if not (found.finds_faces or found.regions or found.sounds):
        raise Refused("redaction.empty")
    _unmade(found)
    found.state = _S.MAKING
    found.save()
    defer(MAKE_REDACTED, redaction_id=str(found.id))
    return found


@act(permission="redaction.enter", event="redaction.made")
def enter_redacted(
    draft: Draft,
    *,
    actor: Person,
    redaction_id: UUID,
    regions: Sequence[dict[str, Any]],
    sounds: Sequence[Sequence[Any]],
    made: Made | None = None,
    frames: int | None = None,
    doubted: Sequence[int] = (),
    failure: str = "",
) -> Redaction:
    """Enter what a job made of these regions and sounds, or why it could not.

    Raises:
        Refused: `record.not_found`, `redaction.closed`: it is not, or not so, being made any more.
    """
    found = _locked(draft, redaction_id)
    if found.state != _S.MAKING or [found.regions, found.sounds] != [regions, sounds]:
        raise Refused("redaction.closed", state=found.get_state_display())
    sha256 = enter_made(made).sha256 if made is not None else ""
    found.state = _S.FAILED if failure else _S.MADE
    found.failure, found.made_sha256, found.frames = failure[:300], sha256, frames
    found.made_at, found.doubted, found.looked = draft.at, list(doubted), []
    found.bare, found.returned_for = None, ""
    found.save()
    draft.note(
        original=found.original_id, sha256=sha256, doubted=len(doubted), failure=found.failure
    )
    return found


@act(permission="redaction.review", event="redaction.looked_at")
def confirm_covered(
    draft: Draft, *, actor: Person, redaction_id: UUID, moments: Sequence[int]
) -> Redaction:
    """State that everything is covered in pictures the detector was not sure of.

    Raises:
        Refused: `record.not_found`, `viewing.no_approval`, `redaction.closed`, `redaction.own`,
            `redaction.moment`.
    """
    found = _reviewed(draft, redaction_id)
    if not moments or not set(moments) <= set(found.doubted):
        raise Refused("redaction.moment")
    found.looked = sorted({*found.looked, *moments})
    found.save(update_fields=["looked"])
    draft.note(looked=len(set(moments)), left=len(set(found.doubted) - set(found.looked)))
    return found


@act(permission="redaction.review", event="redaction.returned")
def return_redaction(
    draft: Draft, *, actor: Person, redaction_id: UUID, moments: Sequence[int], reason: str
) -> Redaction:
    """Give a copy back in which something still shows, naming what, and the pictures if they are
    among those in doubt.

    Raises:
        Refused: `record.not_found`, `viewing.no_approval`, `redaction.closed`, `redaction.own`,
            `redaction.moment`, `reason.missing`.
    """
    found = _reviewed(draft, redaction_id)
    if not set(moments) <= set(found.doubted):
        raise Refused("redaction.moment")
    if not reason.strip():
        raise Refused("reason.missing")
    found.state, found.bare = _S.RETURNED, sorted(set(moments))
    found.returned_for = reason.strip()[:200]
    found.save(update_fields=["state", "bare", "returned_for"])
    draft.note(bare=len(found.bare), reason=found.returned_for)
    return found


@act(permission="redaction.review", event="redaction.released")
def release_redaction(draft: Draft, *, actor: Person, redaction_id: UUID) -> Redaction:
    """Let the copy go out, when every picture in doubt was looked at; nobody releases their own.

    Raises:
        Refused: `record.not_found`, `viewing.no_approval`, `redaction.closed`, `redaction.own`,
            `redaction.unlooked`.
    """
    found = _reviewed(draft, redaction_id)
    left = set(found.doubted) - set(found.looked)
    if left:
        raise Refused("redaction.unlooked", count=len(left))
    found.state, found.released_by, found.released_at = _S.RELEASED, actor, draft.at
    found.save()
    draft.note(sha256=found.made_sha256)
    return found


@act(permission="redaction.review", event="redaction.withdrawn")
def withdraw_redaction(
    draft: Draft, *, actor: Person, redaction_id: UUID, reason: str
) -> Redaction:
    """Void a copy; it goes out no more.

    Raises:
        Refused: `record.not_found`, `redaction.closed`, `reason.missing`.
    """
    found = _locked(draft, redaction_id)
    if found.state in (_S.WITHDRAWN, _S.MAKING):
        raise Refused("redaction.closed", state=found.get_state_display())
    if not reason.strip():
        raise Refused("reason.missing")
    found.state = _S.WITHDRAWN
    found.save(update_fields=["state"])
    draft.note(reason=reason.strip())
    return found


def _locked(draft: Draft, redaction_id: UUID) -> Redaction:
    seen = visible_redactions(draft.actor).filter(id=redaction_id)
    case_id = seen.values_list("case_id", flat=True).first()
    if case_id is not None:
        draft.lock_case(case_id)
    rows = Redaction.objects.select_for_update(of=("self",)).filter(id__in=seen.values("id"))
    found = rows.select_related("recording", "paper").first()
    if found is None:
        raise Refused("record.not_found")
    draft.about(found)
    return found


def _reviewed(draft: Draft, redaction_id: UUID) -> Redaction:
    found = _locked(draft, redaction_id)
    if found.state != _S.MADE:
        raise Refused("redaction.closed", state=found.get_state_display())
    if found.asked_by_id == draft.actor.id:
        raise Refused("redaction.own")
    if found.recording is not None:
        _refuse_unviewable(draft.actor, found.recording)
    return found


def _unmade(found: Redaction) -> None:
    found.state, found.made_sha256, found.made_at = _S.DRAFT, "", None
    found.frames, found.doubted, found.looked, found.failure = None, [], [], ""


def _refuse_unviewable(person: Person, recording: Recording) -> None:
    refuse_destroyed(recording)
    if viewing_ground(person, recording) is None:
        raise Refused("viewing.no_approval")


def _paper(draft: Draft, paper_id: UUID | None) -> Paper:
    if paper_id is None:
        raise Refused("record.not_found")
    seen = Paper.objects.filter(id=paper_id, case__in=visible_cases(draft.actor).values("id"))
    paper = seen.select_related("case", "original").first()
    if paper is None:
        raise Refused("record.not_found")
    draft.lock_case(paper.case_id)
    return paper


def _frozen(paper: Paper) -> Original:
    if paper.original is None:
        raise Refused("redaction.not_frozen")
    return paper.original


def _is_region(one: dict[str, Any]) -> bool:
    """Named, its key frames in order, each a box within the picture."""
    keys = one.get("keys")
    if not isinstance(keys, list) or not 0 < len(keys) <= MOST_KEYS or not one.get("what"):
        return False
    if not all(len(key) == 5 and all(isinstance(n, int) for n in key) for key in keys):
        return False
    moments = [key[0] for key in keys]
    if moments != sorted(moments) or not 0 <= moments[0] <= moments[-1] <= _LONGEST_MS:
        return False
    return all(
        0 <= left < right <= 1000 and 0 <= top < bottom <= 1000
        for _, left, top, right, bottom in keys
    )


def _is_sound(one: Sequence[Any]) -> bool:
    begin, end, how = one
    return 0 <= begin < end <= _LONGEST_MS and how in ("mute", "alter")
