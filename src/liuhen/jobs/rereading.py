"""The job that reads again what earlier versions kept too little of: tracks, waveforms, darkness.

Until it has, the law holds what such a recording shows for unknown. Behind all other work, a few
minutes in one go; what it did it finds done. Not for what nobody has read (`jobs.media`).
"""

from __future__ import annotations

import logging
from uuid import UUID

from django.db import connection

from liuhen.actions.rereading import record_media_again
from liuhen.actions.taking_in import was_read
from liuhen.jobs.examining import examine, made_by_earlier_versions
from liuhen.kernel import clock, trace
from liuhen.kernel.portions import Portion
from liuhen.kernel.refusals import Refused
from liuhen.media.probe import probe
from liuhen.people.queries import system_person
from liuhen.recordings.queries import read_with_less
from liuhen.upkeep.rereading_sign import COUNTED_TO
from liuhen.vault.keeping import local_store
from liuhen.vault.models import StoreState
from liuhen.vault.store import REREADING

log = logging.getLogger(__name__)

BATCH = 32
PORTION_S = 240


def read_again() -> int:
    """Read and make again what is due, for a portion of time. Returns how many that were."""
    portion = Portion(PORTION_S)
    done = _recordings(portion) + _made(portion)
    _note(done)
    return done


def _note(done: int) -> None:
    """Keep for the operator what waits, and whether it becomes less."""
    left = len(read_with_less(COUNTED_TO)) + len(made_by_earlier_versions(COUNTED_TO))
    told: dict[str, object] = {"tried_at": clock.now(), "waiting": min(left, COUNTED_TO)}
    is_well = bool(done) or not left
    StoreState.objects.update_or_create(
        store=REREADING,
        defaults=told | ({"well_at": clock.now()} if is_well else {}),
        create_defaults=told | {"store": REREADING, "well_at": clock.now()},
    )


def _recordings(portion: Portion) -> int:
    done, after = 0, None
    while batch := read_with_less(BATCH, after):
        for recording_id, sha256, name in batch:
            if portion.is_over:
                return done
            done += _read(recording_id, sha256, name)
        after = batch[-1][0]
    return done


def _read(recording_id: UUID, sha256: str, name: str) -> bool:
    connection.close()  # reading may take minutes
    path = local_store().place(sha256)
    if not path.is_file():
        log.error("%s is not there to be read again", sha256[:12])
        return False
    seen = probe(path, name=name)
    if not was_read(seen):
        log.warning("no reader for %s: %s", sha256[:12], seen.findings[0].detail)
        return False
    with trace.through("job"):
        try:
            record_media_again(actor=system_person(), recording_id=recording_id, probe=seen)
        except Refused as refused:
            if refused.code != "recording.already_read":
                raise
            return False
    return True


def _made(portion: Portion) -> int:
    done, after = 0, ""
    while batch := made_by_earlier_versions(BATCH, after):
        for sha256 in batch:
            if portion.is_over:
                return done
            done += bool(examine(sha256))
        after = batch[-1]
    return done
