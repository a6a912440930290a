"""Jobs on media: reading large files, thumbnails, docking, uploads a killed server left, expiry.

Each may run twice and does its work once: it is keyed by what it brings about. Not for rules;
registration as tasks is `liuhen.jobs`' own.
"""

from __future__ import annotations

import logging
from pathlib import Path
from uuid import UUID

from django.db import connection

from liuhen.actions.docking import dock_folder
from liuhen.actions.recordings import record_media
from liuhen.actions.taking_in import finish_upload, was_read
from liuhen.kernel import trace
from liuhen.kernel.refusals import Fault, Refused
from liuhen.media.pictures import thumbnail
from liuhen.media.probe import probe
from liuhen.people.models import Person
from liuhen.people.queries import system_person
from liuhen.recordings.clearing import clear_intake
from liuhen.recordings.derivatives import THUMBNAIL, derivative_path, put_derivative
from liuhen.recordings.queries import derivative_of, unread_recording, unread_recordings
from liuhen.recordings.uploads import expire_uploads, unfinished_uploads
from liuhen.vault.keeping import local_store
from liuhen.vault.queries import is_destroyed

log = logging.getLogger(__name__)


def read_recording(recording_id: str) -> bool:
    """Read the file of a recording that was too large to be read at its intake.

    Returns whether there was something to do.
    """
    waiting = unread_recording(UUID(recording_id))
    if waiting is None:
        return False
    sha256, name = waiting
    connection.close()  # reading may take minutes
    seen = probe(local_store().place(sha256), name=name)
    if not was_read(seen):
        log.warning("no reader for %s: %s", sha256[:12], seen.findings[0].detail)
        return False
    with trace.through("job"):
        try:
            record_media(actor=system_person(), recording_id=UUID(recording_id), probe=seen)
        except Refused as refused:
            if refused.code != "recording.already_read":
                raise
            return False
    return True


def make_thumbnail(sha256: str) -> bool:
    """Make the small picture of an original, unless it is there. Returns whether one was made.

    A file that gives no picture is no failure of the job: its recording says why.
    """
    if is_destroyed(sha256) or derivative_of(sha256, THUMBNAIL) is not None:
        return False
    connection.close()
    out = derivative_path(sha256, THUMBNAIL)
    try:
        thumbnail(local_store().place(sha256), out)
        put_derivative(sha256, THUMBNAIL, out)
    except Refused as refused:
        log.info("no thumbnail of %s: %s", sha256[:12], refused)
        return False
    return True


def read_waiting_recordings() -> int:
    """Read whatever is still unread: a net under the single jobs. Returns how many."""
    return sum(read_recording(str(recording_id)) for recording_id in unread_recordings())


def finish_uploads() -> int:
    """Make recordings of whole uploads that a killed server left. Returns how many."""
    finished = 0
    with trace.through("job"):
        for upload_id in unfinished_uploads():
            try:
                finish_upload(upload_id)
                finished += 1
            except Refused as refused:
                log.warning("upload %s waits: %s", upload_id, refused)
            except Fault:
                log.exception("upload %s can't be finished, the others go on", upload_id)
    return finished


def expire_abandoned_uploads() -> int:
    """Put uploads aside that nobody came back for, and clear what kills left. Returns how many."""
    return expire_uploads() + clear_intake()


def dock(folder: str, device: str, person: str, is_erased_after: bool) -> bool:
    """Take in a mounted camera for a person. Returns whether everything of it is in the vault.

    A camera that can't be taken in at all is no failure of the job: its row says why.
    """
    actor = Person.objects.get(id=person)
    with trace.through("job"):
        try:
            report = dock_folder(Path(folder), device, actor=actor, is_erased_after=is_erased_after)
        except Refused as refused:
            log.warning("camera %s: %s", device, refused)
            return False
    return report.is_complete
