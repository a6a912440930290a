"""How cameras and recorder are doing, as the recorder reports it: derived rows, so no acts.

Not for what was recorded (segments) or was not (gaps).
"""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from django.db import transaction

from liuhen.cameras.models import CameraState, RecorderState
from liuhen.kernel import clock


@dataclass(frozen=True)
class CameraReport:
    """One camera: state and cause as in `CameraState`, since when, bytes a second of late."""

    camera_id: UUID
    state: str
    cause: str
    since: dt.datetime
    rate: int


def put_states(reports: Sequence[CameraReport], waiting: int, intake: Path) -> None:
    """Replace what is known of the present by what the recorder says now."""
    now = clock.now()
    rows = [
        CameraState(
            camera_id=one.camera_id,
            state=one.state,
            cause=one.cause if one.state != CameraState.State.RECORDING else "",
            since=one.since,
            seen_at=now,
        )
        for one in reports
    ]
    with transaction.atomic():
        CameraState.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["camera"],
            update_fields=["state", "cause", "since", "seen_at"],
        )
        CameraState.objects.exclude(camera__in=[one.camera_id for one in reports]).delete()
        RecorderState.objects.update_or_create(
            id=1,
            defaults={
                "seen_at": now,
                "free": shutil.disk_usage(intake).free,
                "rate": sum(one.rate for one in reports),
                "waiting": waiting,
            },
        )
