"""The job that makes a copy with covered parts: find, cover, sign, enter. Not for the order."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection

from liuhen.access.models import Redaction
from liuhen.actions.redacting import enter_redacted
from liuhen.assembly.fonts import find_fonts
from liuhen.host.content_signing import content_signer
from liuhen.kernel import clock, trace
from liuhen.kernel.refusals import Fault, Refused
from liuhen.ledger.signing import origin
from liuhen.media import provenance, redacting
from liuhen.media.redacting import Covered, Faces, Key, Mark
from liuhen.people.queries import system_person
from liuhen.recordings.batch import working_folder
from liuhen.recordings.derivatives import REDACTED, Made, bring_in, drop_made
from liuhen.recordings.models import Recording
from liuhen.recordings.queries import derivative_of
from liuhen.vault.keeping import local_store

log = logging.getLogger(__name__)
_NONE = Faces(0, (), ())
# Said to who ordered a copy that this machine could not write; the job itself stands as failed.
STOPPED = "没有写成文件，可能是磁盘已满。请联系系统运维处理后重新制作。"
_TYPES = {Recording.Kind.PHOTO: "image/jpeg", Recording.Kind.SCAN: "application/pdf"}


def make_redacted(redaction_id: str) -> bool:
    """Make the copy that was ordered. Returns whether there was something to do.

    A run whose worker was thought dead may end after another has made it: then it did nothing.
    """
    waiting = Redaction.objects.filter(id=UUID(redaction_id), state=Redaction.State.MAKING)
    found = waiting.select_related("recording", "asked_by", "original").first()
    if found is None:
        return False
    connection.close()  # it may take hours
    made, told = None, dict[str, Any]()
    with trace.through("job"), working_folder(settings.HOME.intake_dir) as folder:
        try:
            out, faces, covered = _made(found, folder)
            how = {
                "redaction": str(found.id),
                "type": content_type(found),
                "faces": len(faces.tracks),
                "late": len(covered.late),
            }
            made = bring_in(found.original_id, REDACTED, out, key=found.key, how=how)
            told["frames"] = covered.frames
            told["doubted"] = sorted({*faces.doubted, *covered.late})
        except Refused as refused:
            log.warning("no covered copy of %s: %s", found.original_id[:12], refused)
            told["failure"] = str(refused.data.get("cause", refused.code))
        except (OSError, Fault):
            _entered(found, None, {"failure": STOPPED})
            raise
        return _entered(found, made, told)


def _entered(found: Redaction, made: Made | None, told: dict[str, Any]) -> bool:
    """Enter what a run came to, if it is still asked for."""
    given = {"regions": found.regions, "sounds": found.sounds}
    waiting = Redaction.objects.filter(id=found.id, state=Redaction.State.MAKING, **given)
    before = derivative_of(found.original_id, REDACTED, found.key)

    def enter() -> None:
        enter_redacted(actor=system_person(), redaction_id=found.id, made=made, **given, **told)

    is_entered = in_time(enter, [made] if made else [], waiting.exists(), "redaction.closed")
    if is_entered and made and before:
        drop_made(before.path)
    return is_entered


def in_time(
    enter: Callable[[], object], made: Sequence[Made], is_asked_for: bool, overtaken: str
) -> bool:
    """Enter what a run made; false, and the files are gone, where another run did so before.

    `overtaken` is how the act refuses that.
    """
    try:
        if is_asked_for:
            enter()
            return True
    except Refused as refused:
        if refused.code != overtaken:
            _drop(made)
            raise
    _drop(made)
    log.info("another run has made what this one made: %d files dropped", len(made))
    return False


def _drop(made: Sequence[Made]) -> None:
    for one in made:
        drop_made(one.path)


def content_type(found: Redaction) -> str:
    """The type of the copy."""
    return copy_type(found.recording)


def copy_type(recording: Recording | None) -> str:
    """The type of a copy of a recording, or of a paper."""
    if recording is None:
        return "application/pdf"
    return _TYPES.get(Recording.Kind(recording.kind), "video/mp4")


def _made(found: Redaction, folder: Path) -> tuple[Path, Faces, Covered]:
    path = local_store().place(found.original_id)
    out, plain = folder / "signed", folder / "plain"
    text = f"留痕 遮盖副本 {found.key[-8:]} {clock.local(clock.now()):%Y-%m-%d}"
    mark = Mark(text, find_fonts().file_for(text))
    faces, covered = _covered(found, path, plain, mark)
    _sign(found, plain, out)
    return out, faces, covered


def _covered(found: Redaction, path: Path, out: Path, mark: Mark) -> tuple[Faces, Covered]:
    if found.recording is None or found.is_paged:
        pages = [key for one in found.regions for key in one["keys"]]
        return _NONE, redacting.cover_pages(path, out, regions=pages, mark=mark)
    recording = found.recording
    is_photo = recording.kind == Recording.Kind.PHOTO
    kind = str(recording.media.get("found", "")) if is_photo else ""
    faces = redacting.find_faces(path, found=kind) if found.finds_faces else _NONE
    drawn = [[Key(*key) for key in one["keys"]] for one in found.regions]
    regions = [*drawn, *(track.keys for track in faces.tracks)]
    if is_photo:
        covered = redacting.cover_photo(
            path, out, found=kind, regions=regions, faces=found.finds_faces, mark=mark
        )
        return faces, covered
    return faces, redacting.cover_film(
        path, out, regions=regions, sounds=found.sounds, faces=found.finds_faces, mark=mark
    )


def _sign(found: Redaction, plain: Path, out: Path) -> None:
    told = provenance.Told(
        sha256=found.original_id,
        actions=["c2pa.edited"],
        by=found.asked_by.name,
        reason=found.reason,
        at=clock.iso(clock.now()),
    )
    sign_copy(plain, out, content_type(found), told)


def sign_copy(plain: Path, out: Path, kind: str, told: provenance.Told) -> None:
    """Write a copy to `out` with a signed manifest on it; only that stays."""
    signer = content_signer(settings.HOME.secrets, origin())
    provenance.sign(plain, out, kind, told, chain=signer.chain, key=signer.key)
    plain.unlink()
