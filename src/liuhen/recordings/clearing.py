"""Clears the intake folder of what can never be acknowledged, which a kill left there.

A file there belongs to an upload, to an act under way, or to nobody. What has no upload and was
not touched for as long as an upload lasts is nobody's: an act takes minutes, and an upload that
nobody came back for has expired by then. Not for uploads themselves (`recordings.uploads`) or for
what lies in the vault.
"""

from __future__ import annotations

import logging
import os
from collections import defaultdict
from pathlib import Path
from uuid import UUID

from django.conf import settings

from liuhen.kernel import clock
from liuhen.recordings.batch import clear_dead_folders
from liuhen.recordings.intake import IntakeFile
from liuhen.recordings.models import Upload
from liuhen.recordings.staging import clear_staged
from liuhen.recordings.uploads import LASTS
from liuhen.vault.keeping import first_store, s3_store
from liuhen.vault.store import S3

log = logging.getLogger(__name__)


def clear_intake() -> int:
    """Remove what nobody was ever told of; returns how many files, and the log names each.

    Bytes that came by an upload whose row is gone are put into quarantine instead. Cameras'
    folders, quarantine and everything with a row stay as they are.
    """
    folder: Path = settings.HOME.intake_dir
    cleared = clear_dead_folders(folder)
    late = _untouched(folder)
    late -= set(Upload.objects.filter(id__in=late).values_list("id", flat=True))
    for one in sorted(late):
        cleared += _clear(IntakeFile(folder, one))
    bucket = s3_store() if first_store() == S3 else None
    return cleared + (clear_staged(bucket) if bucket is not None else 0)


def _untouched(folder: Path) -> set[UUID]:
    """Ids whose files were last written to longer ago than an upload lasts."""
    written: dict[UUID, float] = defaultdict(float)
    with os.scandir(folder) as scan:
        for entry in scan:
            owner = _owner(entry.name)
            if owner is not None and entry.is_file(follow_symlinks=False):
                at = entry.stat(follow_symlinks=False).st_mtime
                written[owner] = max(written[owner], at)
    since = (clock.now() - LASTS).timestamp()
    return {owner for owner, at in written.items() if at < since}


def _owner(name: str) -> UUID | None:
    try:
        return UUID(name.removesuffix(".turn"))
    except ValueError:
        return None


def _clear(left: IntakeFile) -> int:
    is_upload, size = left.turn_path.exists(), left.path.stat().st_size if left.exists() else 0
    if is_upload:
        left.set_aside()
    else:
        left.remove()
    what = "put aside" if is_upload and size else "removed"
    log.info("intake: %s %s, %d bytes, without an upload", what, left.path.name, size)
    return 1
