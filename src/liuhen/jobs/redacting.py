"""The job that makes a copy with covered parts: find, cover, sign, enter. Not for the order."""

from __future__ import annotations

import logging
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import connection

from liuhen.access.models import Redaction
from liuhen.actions.redacting import enter_redacted
from liuhen.assembly.fonts import find_fonts
from liuhen.host.content_signing import content_signer
from liuhen.kernel import clock, trace
from liuhen.kernel.refusals import Refused
from liuhen.ledger.signing import origin
from liuhen.media import provenance, redacting
from liuhen.media.redacting import Covered, Faces, Key, Mark
from liuhen.people.queries import system_person
from liuhen.recordings.derivatives import REDACTED, derivative_path, put_derivative
from liuhen.recordings.models import Recording
from liuhen.vault.keeping import local_store

log = logging.getLogger(__name__)
_NONE = Faces(0, (), ())
_TYPES = {Recording.Kind.PHOTO: "image/jpeg", Recording.Kind.SCAN: "application/pdf"}


def make_redacted(redaction_id: str) -> bool:
    """Make the copy that was ordered. Returns whether there was something to do."""
    waiting = Redaction.objects.filter(id=UUID(redaction_id), state=Redaction.State.MAKING)
    found = waiting.select_related("recording", "asked_by", "original").first()
    if found is None:
        return False
    connection.close()  # it may take hours
    with trace.through("job"):
        try:
            out, faces, covered = _made(found)
        except Refused as refused:
            log.warning("no covered copy of %s: %s", found.original_id[:12], refused)
            failure = str(refused.data.get("cause", refused.code))
            enter_redacted(actor=system_person(), redaction_id=found.id, failure=failure)
            return True
        how = {
            "redaction": str(found.id),
            "type": content_type(found),
            "faces": len(faces.tracks),
            "late": len(covered.late),
        }
        made = put_derivative(found.original_id, REDACTED, out, key=found.key, how=how)
        enter_redacted(
            actor=system_person(),
            redaction_id=found.id,
            sha256=made.sha256,
            frames=covered.frames,
            doubted=sorted({*faces.doubted, *covered.late}),
        )
    return True


def content_type(found: Redaction) -> str:
    """The type of the copy."""
    return copy_type(found.recording)


def copy_type(recording: Recording | None) -> str:
    """The type of a copy of a recording, or of a paper."""
    if recording is None:
        return "application/pdf"
    return _TYPES.get(Recording.Kind(recording.kind), "video/mp4")


def _made(found: Redaction) -> tuple[Path, Faces, Covered]:
    path = local_store().place(found.original_id)
    out = derivative_path(found.original_id, REDACTED, found.key)
    plain = out.with_name(f"{out.name}.plain")
    text = f"留痕 遮盖副本 {found.key[-8:]} {clock.local(clock.now()):%Y-%m-%d}"
    mark = Mark(text, find_fonts().file_for(text))
    try:
        faces, covered = _covered(found, path, plain, mark)
        _sign(found, plain, out)
    finally:
        plain.unlink(missing_ok=True)
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
    """Put a signed manifest on a copy, which takes the place of `out` whole."""
    signer = content_signer(settings.HOME.secrets, origin())
    signed = out.with_name(f"{out.name}.signed")
    provenance.sign(plain, signed, kind, told, chain=signer.chain, key=signer.key)
    signed.replace(out)
