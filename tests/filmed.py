"""A room under a fixed camera, filmed without a camera: true files, taken in by the acts."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from liuhen.actions import rooms
from liuhen.actions.camera_footage import FinishedSegment, take_in_segments
from liuhen.cameras.models import CameraGap, Segment
from liuhen.demo.people import World
from liuhen.kernel.clock import FrozenClock
from liuhen.kernel.digests import sha256_hex
from liuhen.media.scene import Scene
from liuhen.media.synthetic import make_video
from liuhen.recordings.intake import ReceivedFile
from liuhen.vault.keeping import intake_path
from tests.world import MORNING

S = dt.timedelta(seconds=1)


@pytest.fixture(scope="session")
def footage(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A true file; what makes each segment's bytes its own is added behind it."""
    path = tmp_path_factory.mktemp("camera") / "segment.mp4"
    make_video(path, Scene(MORNING), duration_ms=1000, pictures_per_second=2)
    return path.read_bytes()


class FilmedRoom:
    """A room with one camera in service since the clock's instant, and what it sent."""

    def __init__(self, world: World, stopped: FrozenClock, footage: bytes) -> None:
        self.world, self.clock, self._footage = world, stopped, footage
        self.begun = stopped.instant
        room = rooms.register_room(
            actor=world["records"], unit=world.units["ZD1"], name="询问室", kind="handling_room"
        )
        self.camera = rooms.register_camera(
            actor=world["records"],
            room_id=room.id,
            serial="CAM-01",
            view="门口",
            address="rtsp://10.0.0.5/live",
        )
        rooms.put_camera_in_service(actor=world["records"], camera_id=self.camera.id)

    def segment(self, start: float, end: float, **more: Any) -> FinishedSegment:
        """One that begins and ends so many seconds after the camera was put in service."""
        content = self._footage + f"{start}-{end}".encode()
        path: Path = intake_path()
        path.write_bytes(content)
        return FinishedSegment(
            camera_id=self.camera.id,
            received=ReceivedFile(path, sha256_hex(content), len(content), f"{start}.mp4"),
            started_at=self.begun + start * S,
            ended_at=self.begun + end * S,
            container="mp4",
            video="h264",
            audio="aac",
            **more,
        )

    def take_in(self, *segments: FinishedSegment) -> list[Segment]:
        """At an instant after all of them."""
        self.clock.set(max(one.ended_at for one in segments) + S)
        return take_in_segments(actor=self.world.system, segments=segments)

    def gaps(self) -> list[tuple[float, float | None, str]]:
        """Gaps in seconds after the camera was put in service."""
        return [
            (
                (gap.started_at - self.begun) / S,
                (gap.ended_at - self.begun) / S if gap.ended_at else None,
                gap.cause,
            )
            for gap in CameraGap.objects.order_by("started_at")
        ]
