"""The job that makes a party's copies: who receives them and when is burnt into each."""

from __future__ import annotations

import logging
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import connection

from liuhen.access.models import CopyApplication, Redaction
from liuhen.actions.party_copies import enter_party_copies, released_copy
from liuhen.assembly.fonts import find_fonts
from liuhen.documents.models import Paper
from liuhen.jobs.redacting import STOPPED, copy_type, in_time, sign_copy
from liuhen.kernel import clock, trace
from liuhen.kernel.refusals import Fault, Refused
from liuhen.media import provenance, redacting
from liuhen.media.redacting import Mark
from liuhen.people.queries import system_person
from liuhen.recordings.batch import working_folder
from liuhen.recordings.derivatives import (
    PARTY_COPY,
    REDACTED,
    Made,
    bring_in,
    drop_made,
    made_file,
)
from liuhen.recordings.models import Recording
from liuhen.recordings.queries import derivative_of
from liuhen.vault.keeping import local_store

log = logging.getLogger(__name__)


def copy_for_party(application_id: str) -> bool:
    """Make the copies that were ordered. Returns whether there was something to do.

    A run whose worker was thought dead may end after another has made them: then it did nothing.
    """
    rows = CopyApplication.objects.select_related("ordered_by", "party")
    found = rows.filter(id=UUID(application_id)).first()
    if found is None or found.step != "making":
        return False
    given = [item for item in found.items if item["way"] != CopyApplication.Way.WITHHELD]
    files, failure = list[tuple[str, Made]](), ""
    with trace.through("job"), working_folder(settings.HOME.intake_dir) as folder:
        try:
            for item in given:
                files.append((item["name"], _copied(found, item, folder)))
        except Refused as refused:
            log.warning("no copies for %s: %s", found.id, refused)
            failure = str(refused.data.get("cause", refused.code))
        except (OSError, Fault):
            _entered(found, files, STOPPED)
            raise
        return _entered(found, files, failure)


def _entered(found: CopyApplication, files: list[tuple[str, Made]], failure: str) -> bool:
    """Enter what a run came to, if it is still asked for; without all files it has none."""
    if failure:
        for _, one in files:
            drop_made(one.path)
        files = []
    ordered_at = found.ordered_at
    assert ordered_at is not None  # it is being made

    def enter() -> None:
        enter_party_copies(
            actor=system_person(),
            application_id=found.id,
            ordered_at=ordered_at,
            files=files,
            failure=failure,
        )

    waiting = CopyApplication.objects.filter(id=found.id, ordered_at=ordered_at, made_at=None)
    made = [one for _, one in files]
    return in_time(enter, made, waiting.exists(), "copy_application.step")


def _copied(found: CopyApplication, item: dict[str, str], folder: Path) -> Made:
    """One copy: of the covered one where it must be covered, else of the original."""
    paper = Paper.objects.filter(id=item["id"]).first() if item["kind"] == "paper" else None
    recording = None if paper else Recording.objects.get(id=item["id"])
    sha256 = str((paper or recording).original_id)  # type: ignore[union-attr]
    source = local_store().place(sha256)
    kind = copy_type(recording)
    if item["way"] == CopyApplication.Way.COVERED:
        source = _covered(released_copy(item), sha256)
    key = f"{found.id.hex[-12:]}-{item['id'][-12:]}"
    out, plain = folder / "signed", folder / "plain"
    text = f"提供给 {found.applicant} {clock.local(clock.now()):%Y-%m-%d %H:%M}"
    # A covered copy has its own line at the foot.
    mark = Mark(text, find_fonts().file_for(text), is_at_top=True)
    connection.close()
    _mark(source, plain, kind, recording, item, mark)
    told = provenance.Told(
        sha256=sha256,
        actions=["c2pa.edited"],
        by=found.ordered_by.name if found.ordered_by else "",
        reason=found.purpose,
        at=clock.iso(clock.now()),
    )
    sign_copy(plain, out, kind, told)
    return bring_in(sha256, PARTY_COPY, out, key=key, how={"type": kind, "of": str(found.id)})


def _mark(
    source: Path,
    out: Path,
    kind: str,
    recording: Recording | None,
    item: dict[str, str],
    mark: Mark,
) -> None:
    if kind == "application/pdf":
        redacting.cover_pages(source, out, regions=[], mark=mark)
    elif kind == "image/jpeg":
        is_covered = item["way"] == CopyApplication.Way.COVERED
        media = recording.media if recording is not None else {}
        found = "jpeg" if is_covered else str(media.get("found", ""))
        redacting.cover_photo(source, out, found=found, regions=[], faces=False, mark=mark)
    else:
        redacting.cover_film(source, out, regions=[], faces=False, mark=mark)


def _covered(copy: Redaction | None, sha256: str) -> Path:
    made = derivative_of(sha256, REDACTED, copy.key) if copy is not None else None
    where = made_file(made)
    if where is None:
        raise Refused("redaction.unreadable", cause="the covered copy is gone; make it again")
    return where
