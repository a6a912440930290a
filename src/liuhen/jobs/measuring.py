"""The job that looks in a camera's recording for our clock and measures the camera's by it.

Once for each original: what was found is kept beside it. Not for the arithmetic
(`recordings.filmed_clock`).
"""

from __future__ import annotations

import logging
from dataclasses import asdict, replace
from uuid import UUID

from django.db import connection

from liuhen.actions.devices import measure_device_clock
from liuhen.actions.recording_rows import told_by
from liuhen.kernel import clock, trace
from liuhen.kernel.refusals import Refused
from liuhen.media.clock_codes import ClockCode, clock_codes
from liuhen.media.facts import CreationTag
from liuhen.people.queries import system_person
from liuhen.recordings import filmed_clock
from liuhen.recordings.derivatives import FILMED_CLOCK, put_account
from liuhen.recordings.filmed_clock import FilmedClock, Shown, Unused, may_show_clock
from liuhen.recordings.models import Recording
from liuhen.recordings.queries import derivative_of
from liuhen.recordings.uploads import Intent
from liuhen.vault.keeping import local_store
from liuhen.vault.queries import is_destroyed

log = logging.getLogger(__name__)


def measure_filmed_clock(recording_id: str) -> bool:
    """Measure a camera's clock by a recording that shows ours. Returns whether it was measured.

    A recording without a code, or that can't be decoded, is no failure of the job.
    """
    recording = Recording.objects.select_related("device").filter(id=UUID(recording_id)).first()
    if recording is None or not may_show_clock(recording):
        return False
    sha256 = recording.original_id
    if is_destroyed(sha256) or derivative_of(sha256, FILMED_CLOCK) is not None:
        return False
    connection.close()
    try:
        codes = clock_codes(local_store().place(sha256))
    except Refused as refused:
        log.info("no code looked for in %s: %s", sha256[:12], refused)
        return False
    shown = _shown(recording, codes)
    if shown is None:
        return False
    is_measured = shown.offset_ms is not None and _enter(recording, shown, shown.offset_ms)
    if shown.offset_ms is not None and not is_measured:
        shown = replace(shown, offset_ms=None, unused=Unused.UNTIMED)
    put_account(sha256, FILMED_CLOCK, {"codes": [asdict(one) for one in codes]}, _how(shown))
    return is_measured


def _shown(recording: Recording, codes: tuple[ClockCode, ...]) -> Shown | None:
    told = told_by(Intent(recording.name, path=recording.path), None, None, None)
    created = recording.media.get("created")
    told = replace(told, tag=CreationTag(**created) if created else None)
    return filmed_clock.shown_by(codes, told, recording.stored_at)


def _enter(recording: Recording, shown: Shown, offset_ms: int) -> bool:
    assert recording.device is not None
    filmed = FilmedClock(shown.at, filmed_clock.WITHIN_MS, recording.id)
    with trace.through("job"):
        try:
            measure_device_clock(
                actor=system_person(),
                device_serial=recording.device.serial,
                offset_ms=offset_ms,
                filmed=filmed,
            )
        except Refused as refused:
            if refused.code not in {"device.clock", "device.clock_filmed"}:
                raise
            return refused.code == "device.clock_filmed"
    return True


def _how(shown: Shown) -> dict[str, str | int | None]:
    return {
        "code": clock.iso(shown.at),
        "offset_ms": shown.offset_ms,
        "within_ms": filmed_clock.WITHIN_MS,
        "unused": shown.unused.value if shown.unused else "",
    }
