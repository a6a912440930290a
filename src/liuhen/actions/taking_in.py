"""From a whole file to a recording: what is refused at the door, what is read at once, the act.

Not acts by themselves: each file becomes a recording by `actions.recordings.take_in_recording`.
Every step may be run again after a kill, and takes a file in once.
"""

from __future__ import annotations

import os
import threading
from pathlib import Path
from uuid import UUID

from django.db import connection

from liuhen.actions.recordings import take_in_recording
from liuhen.kernel.refusals import Fault, Refused
from liuhen.media.names import display_name
from liuhen.media.probe import Probe, probe
from liuhen.media.signatures import HEAD_BYTES
from liuhen.people.models import Person
from liuhen.recordings.concatenation import put_together
from liuhen.recordings.intake import ReceivedFile, copy_in
from liuhen.recordings.media_facts import is_media
from liuhen.recordings.models import Recording, Upload
from liuhen.recordings.uploads import Intent, intake_of, intent_of, is_whole
from liuhen.vault import keeping
from liuhen.vault.store import STORE

# Up to this size a file is read while its sender waits; larger ones are read by a job.
READ_AT_ONCE = 64 << 20
# As many readers at once as there are processors: two hundred uploads that end together would else
# start as many children as there are streams, and pages would wait for all of them.
_turns = threading.BoundedSemaphore(max(1, os.cpu_count() or 1))
# Refusals no second try can change. Any other leaves the upload whole and waiting.
FINAL = frozenset(
    {
        *("recording.empty", "recording.not_media", "recording.duplicate"),
        *("upload.digest_differs", "original.destroyed"),
    }
)


def finish_upload(upload_id: UUID) -> Upload:
    """Make a recording of an upload whose last byte is durable; nothing happens otherwise.

    One made of parts takes them over first.

    Returns the upload with its `result`, or as it was when it isn't whole.

    Raises:
        Refused: as `take_in_recording`, and `recording.not_media`, `recording.empty`,
            `upload.digest_differs`, `upload.taken_over`, `record.not_found` (terminated);
            a refusal that is final is raised again on every try.
    """
    upload = Upload.objects.select_related("owner").filter(id=upload_id).first()
    if upload is None:
        raise Refused("record.not_found")
    put_together(upload)
    intake = intake_of(upload)
    with intake.locked():
        upload.refresh_from_db()
        if upload.refusal is not None:
            raise Refused(upload.refusal["code"], **upload.refusal["data"])
        if not is_whole(upload):
            return upload
        try:
            _take_in(upload)
        except Refused as refused:
            _note_refusal(upload, refused)
            raise
        finally:
            intake.let_go()
        upload.refresh_from_db()
    intake.settle()
    return upload


def _take_in(upload: Upload) -> None:
    intent, intake = intent_of(upload.metadata), intake_of(upload)
    path = intake.path
    sha256 = intake.gather(upload.sha256, upload.length)
    if upload.sha256 != sha256:
        # Durably before the bytes are moved: after a kill nothing else says which they are.
        upload.sha256 = sha256
        upload.save(update_fields=["sha256"])
    if intent.sha256 is not None and intent.sha256 != upload.sha256:
        raise Refused("upload.digest_differs", sha256=upload.sha256)
    # After a kill between rename and commit the bytes lie in the vault already.
    where = path if path.exists() else keeping.local_store().place(upload.sha256)
    if not where.exists():
        raise Fault(f"upload {upload.id}: acknowledged bytes are gone")
    head, seen = read_at_door(where, intent.name, upload.length)
    # large bytes cross the network before the act, which then finds them proved
    keeping.refuse_destroyed(upload.sha256)
    _secure(where, upload.sha256)
    take_in_recording(
        actor=upload.owner,
        received=ReceivedFile(path, upload.sha256, upload.length, intent.name),
        intent=intent,
        probe=seen,
        head=head,
        upload_id=upload.id,
    )


def _secure(where: Path, sha256: str) -> None:
    """Have the bytes in the bucket where that comes first; not what was ordered destroyed."""
    if keeping.first_store() == STORE:
        return  # there the act itself does it
    with keeping.copying() as may_begin:
        if not may_begin(sha256):
            keeping.refuse_destroyed(sha256)
        keeping.local_store().secure(where, sha256)


def _note_refusal(upload: Upload, refused: Refused) -> None:
    if refused.code not in FINAL:
        return
    upload.refusal = {"code": refused.code, "data": refused.data}
    upload.save(update_fields=["refusal"])
    if refused.code in ("recording.duplicate", "original.destroyed"):
        # These bytes are in the vault, or were destroyed for good: a copy of them serves nobody.
        intake_of(upload).forget()


def read_at_door(path: Path, name: str, size: int) -> tuple[bytes, Probe | None]:
    """The beginning of a file and, unless it is large, what it holds.

    No database connection is kept while the file is read.

    Raises:
        Refused: `recording.empty`, `recording.not_media`.
    """
    if size == 0:
        raise Refused("recording.empty", name=name)
    with path.open("rb", buffering=0) as stream:
        head = stream.read(HEAD_BYTES)
    if not is_media(name, head):
        raise Refused("recording.not_media", name=name)
    if size > READ_AT_ONCE:
        return head, None
    if not connection.in_atomic_block:
        connection.close()
    with _turns:
        seen = probe(path, name=name)
    return head, seen if was_read(seen) else None


def was_read(seen: Probe) -> bool:
    """Whether somebody looked at the file at all; a reader that could not start says nothing."""
    return not any(
        finding.code == "unreadable" and finding.detail.startswith("not_started")
        for finding in seen.findings
    )


def take_in_file(
    path: Path, *, actor: Person, intent: Intent | None = None, made_by: Person | None = None
) -> Recording:
    """Copy a file of this machine into the vault as a recording; the file itself stays.

    Raises:
        Refused: as `take_in_recording`, and `recording.not_media`, `recording.empty`.
    """
    told = intent or Intent(name=display_name(path.name))
    received = copy_in(path, told.name)
    try:
        head, seen = read_at_door(received.path, told.name, received.size)
        return take_in_recording(
            actor=actor,
            received=received,
            intent=told,
            probe=seen,
            head=head,
            made_by=made_by,
        )
    finally:
        received.path.unlink(missing_ok=True)
