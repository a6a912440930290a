"""Fixed cameras over long: a day with ten cuts shows ten gaps; whatever fails, no segment is lost.

The whole of `liuhen serve` records a real RTSP server. Nothing is simulated but the length of an
hour: SOAK_HOUR_S seconds (20), so that a day passes in eight minutes.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import random
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from liuhen.host.home import Home
from liuhen.media.probe import probe
from tests.kill.disk import Disk
from tests.kill.tree import Tree, below, copied_home, in_home, made_home, run_liuhen, start, until
from tests.recorder.conftest import RtspServer
from tests.soak.measured import commit, record

HOUR_S = float(os.environ.get("SOAK_HOUR_S") or 20)
HOURS, CUTS = 24, 10
SEEDS = range(1, 6)
NETWORK = {"LIUHEN_CAMERA_NETWORKS": "127.0.0.0/8", "LIUHEN_CAMERA_SEGMENT_S": "2"}
# From the last picture that came to the moment the server was killed, and back.
NEAR_S = 1.5

IN_SERVICE = """
from liuhen.actions.rooms import put_camera_in_service, register_camera, register_room
from liuhen.demo.people import known_world
world = known_world()
actor = world["records"]
room = register_room(actor=actor, unit=world.units["ZD1"], name="询问室", kind="handling_room")
camera = register_camera(actor=actor, room_id=room.id, serial="CAM-01", view="门口", address=%r)
put_camera_in_service(actor=actor, camera_id=camera.id)
"""
TOLD = """
import json
from liuhen.cameras.models import CameraGap, Segment
told = lambda rows: [[str(one) if one else None for one in row] for row in rows]
segments = Segment.objects.order_by("started_at").values_list("started_at", "ended_at")
gaps = CameraGap.objects.order_by("started_at").values_list("started_at", "ended_at", "cause")
print(json.dumps({"segments": told(segments), "gaps": told(gaps)}))
"""


@dataclass(frozen=True)
class Gap:
    """A stored gap that has ended."""

    begin: dt.datetime
    end: dt.datetime
    cause: str


@dataclass(frozen=True)
class Account:
    """What the home tells of its one camera."""

    segments: list[tuple[dt.datetime, dt.datetime]]
    gaps: list[Gap]

    @classmethod
    def of(cls, home: Home) -> Account:
        told: dict[str, Any] = json.loads(in_home(home, TOLD, **NETWORK))
        at = dt.datetime.fromisoformat
        segments = [(at(begin), at(end)) for begin, end in told["segments"]]
        first = segments[0][0] if segments else None
        gaps = [Gap(at(begin), at(end), cause) for begin, end, cause in told["gaps"] if end]
        # before the first picture nothing was cut
        return cls(segments, [gap for gap in gaps if first and gap.begin >= first])

    def holes(self) -> Iterator[str]:
        """Time that is neither held nor a stored gap, or held twice."""
        breaks = {(a[1], b[0]) for a, b in pairwise(self.segments) if a[1] != b[0]}
        stored = {(gap.begin, gap.end) for gap in self.gaps}
        for begin, end in sorted(breaks ^ stored):
            what = "no gap" if (begin, end) in breaks else "no break"
            yield f"{begin.time()} to {end.time()}: {what}"


class Served:
    """A served home with one camera that sends."""

    def __init__(self, home: Home) -> None:
        self.home, self.camera = home, RtspServer()
        self.tree: Tree = start(home, variables=NETWORK).await_ready()
        address = f"rtsp://127.0.0.1:{self.camera.port}/camera0"
        in_home(home, IN_SERVICE % address, **NETWORK)
        self.await_segments(2)

    def await_segments(self, more: int) -> None:
        """Until so many more segments are in the vault."""
        before = len(Account.of(self.home).segments)
        until(lambda: len(Account.of(self.home).segments) >= before + more, "segments come")

    def pictures_set_aside(self) -> list[Path]:
        """Files of segments in quarantine that hold a picture: a kill may cut off a first one."""
        aside = self.home.intake_dir.glob("quarantine/*.part")
        return [path for path in aside if probe(path, name="a.mov").spans("video")]


@contextmanager
def served(home: Home) -> Iterator[Served]:
    place = Served(home)
    try:
        yield place
    except BaseException:
        sys.stderr.write(place.tree.said())
        raise
    finally:
        place.tree.interrupt()
        place.camera.close()


@pytest.fixture(scope="module")
def pattern(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return made_home(tmp_path_factory.mktemp("cameras", numbered=True) / "home")


def held(place: Served) -> Account:
    """The account once everything is in the vault, without holes."""
    place.await_segments(2)
    account = Account.of(place.home)
    assert list(account.holes()) == []
    assert place.pictures_set_aside() == []
    verified = run_liuhen("verify", "--home", place.home.path)
    assert verified.returncode == 0, verified.stdout
    return account


def test_a_day_with_ten_cuts_shows_exactly_ten_gaps(pattern: Home, tmp_path: Path) -> None:
    chance = random.Random(1)
    cuts = []
    with served(copied_home(pattern, tmp_path / "day" / "home")) as place:
        began = time.monotonic()
        for hour in sorted(chance.sample(range(1, HOURS - 1), CUTS)):
            at = (hour + chance.uniform(0.1, 0.5)) * HOUR_S
            time.sleep(max(0.0, began + at - time.monotonic()))
            down = place.camera.kill()
            time.sleep(chance.uniform(0.5, 0.3 * HOUR_S))
            place.camera.start()
            cuts.append((down, time.time()))
        time.sleep(max(0.0, began + HOURS * HOUR_S - time.monotonic()))
        account = held(place)
    assert len(account.gaps) == CUTS, account.gaps
    for (down, up), gap in zip(cuts, account.gaps, strict=True):
        assert gap.cause in {"lost", "unreachable"}
        assert abs(gap.begin.timestamp() - down) < NEAR_S
        assert gap.end.timestamp() > up - NEAR_S
    seconds = (account.segments[-1][1] - account.segments[0][0]).total_seconds()
    figures = {
        f"a day of a room camera, an hour in {HOUR_S:.0f} s, with {CUTS} cuts: gaps": str(
            len(account.gaps)
        ),
        "of these without cause, or more than 1.5 s off": "0",
        "segments held, and time neither held nor a gap": (
            f"{len(account.segments)} in {seconds:.0f} s, 0 ms"
        ),
    }
    record("Fixed cameras (`make soak`)", figures, commit())


def recorder_killed(place: Served, disk: Disk, chance: random.Random) -> set[str]:
    """kill -9 of the recorder and its children, at any moment of a segment."""
    until(lambda: place.tree.child("recorder"), "the recorder runs")
    recorder = place.tree.child("recorder")
    assert recorder is not None
    place.tree.kill_all_of(below(recorder))
    return {"recorder_stopped"}


def disk_full(place: Served, disk: Disk, chance: random.Random) -> set[str]:
    """No byte can be written for a while."""
    disk.fill()
    time.sleep(chance.uniform(3, 8))
    disk.empty()
    return {"storage_full"}


def database_gone(place: Served, disk: Disk, chance: random.Random) -> set[str]:
    """The database dies as often as it comes back; segments wait meanwhile."""
    for _ in range(chance.randint(2, 4)):
        place.tree.kill_all_of(place.tree.database())
        time.sleep(chance.uniform(0.5, 2))
    return set()


@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_fails_no_segment_is_lost_and_each_gap_has_its_cause(
    pattern: Home,
    disk: Disk,
    seed: int,
) -> None:
    chance = random.Random(seed)
    failures = [recorder_killed, disk_full, database_gone]
    chance.shuffle(failures)
    with served(copied_home(pattern, disk.path / "home")) as place:
        for fail in failures:
            before = len(Account.of(place.home).gaps)
            time.sleep(chance.uniform(0, 2))
            causes = fail(place, disk, chance)
            place.tree.await_ready()
            place.await_segments(3)
            found = {gap.cause for gap in Account.of(place.home).gaps[before:]}
            assert found == causes, f"{fail.__name__}: {found}"
        account = held(place)
    assert len(account.gaps) == 2, account.gaps
    figures = {
        f"recorder killed, disk full, database gone: seed {seed}": (
            f"{len(account.segments)} segments, none lost; {len(account.gaps)} gaps with causes"
        )
    }
    record("Fixed cameras (`make soak`)", figures, commit())
