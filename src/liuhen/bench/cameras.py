"""Room cameras recorded beside `ffmpeg -c copy`: the same streams of the same server, one run.

Neither codes anew, so the limit is reading packets and writing them. Ours cuts segments, hashes
and fsyncs each, takes it into the vault by an act and watches for gaps; ffmpeg, one process a
camera, only writes files. `BENCH_CAMERAS` says how many (32), `BENCH_KBIT` of how many kbit/s
(4000), `BENCH_SECONDS` how long (60).
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from liuhen.bench.figures import Figure
from liuhen.bench.scratch import scratch_home
from liuhen.bench.served import SCRIPT, below
from liuhen.kernel.refusals import Fault

CAMERAS = int(os.environ.get("BENCH_CAMERAS", "32"))
SECONDS = int(os.environ.get("BENCH_SECONDS", "60"))
SEGMENT_S = 20
# What cameras are sold for; snow can't be coded small, so that it is reached.
KBIT = int(os.environ.get("BENCH_KBIT", "4000"))
PICTURES = ("--snow", "--size", "320x240", "--bitrate", str(KBIT))
# The Python Debian's GObject bindings belong to, and the cameras it plays.
RTSP = ("/usr/bin/python3", str(Path(__file__).with_name("rtsp_server.py")))
LOOPBACK = "127.0.0.0/8"
BESIDE = "of one processor; reading and writing each packet once"


def run() -> list[Figure]:
    """Processor time of both, how they compare, and the gaps of ours."""
    with tempfile.TemporaryDirectory(prefix="liuhen-bench-") as folder, _cameras() as addresses:
        theirs = _copied(Path(folder), addresses)
        with scratch_home() as home:
            _put_in_service(addresses)
            ours = _recorded(home)
            segments, gaps, size = _held()
    name = f"{CAMERAS} cameras of {KBIT} kbit/s for {SECONDS} s"
    return [
        Figure(f"recorded, {name}", 100 * ours, "%", BESIDE),
        Figure(f"ffmpeg -c copy, {name}", 100 * theirs, "%", "peer"),
        Figure("recorder beside ffmpeg", ours / theirs, "times", "processor time"),
        Figure("segments in the vault", segments, "segments", f"{SEGMENT_S} s each"),
        Figure("their bytes", size / 1e6, "MB", "in the vault"),
        Figure("gaps after the first picture", gaps, "gaps", "0"),
    ]


@contextmanager
def _cameras() -> Iterator[list[str]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [*RTSP, str(port), "--mounts", str(CAMERAS), "--sound", "alaw", *PICTURES]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        if server.stdout is None or server.stdout.readline() != "ready\n":
            raise Fault("the cameras did not start")
        yield [f"rtsp://127.0.0.1:{port}/camera{number}" for number in range(CAMERAS)]
    finally:
        server.kill()
        server.wait()


def _copied(folder: Path, addresses: list[str]) -> float:
    """The share of a processor that ffmpeg takes."""
    started = [_ffmpeg(folder / f"{number}.mkv", one) for number, one in enumerate(addresses)]
    try:
        return _share([process.pid for process in started])
    finally:
        for process in started:
            process.terminate()
            process.wait()


def _ffmpeg(target: Path, address: str) -> subprocess.Popen[bytes]:
    command = ["ffmpeg", "-nostdin", "-loglevel", "error", "-rtsp_transport", "tcp", "-i", address]
    return subprocess.Popen([*command, "-c", "copy", str(target)], stdout=subprocess.DEVNULL)


def _put_in_service(addresses: list[str]) -> None:
    from django.conf import settings  # noqa: PLC0415 - needs a set-up Django

    from liuhen.actions import rooms  # noqa: PLC0415 - models
    from liuhen.demo.people import known_world  # noqa: PLC0415

    settings.CAMERA_NETWORKS = [ipaddress.ip_network(LOOPBACK)]
    world = known_world()
    actor, unit = world["records"], world.units["ZD1"]
    room = rooms.register_room(actor=actor, unit=unit, name="询问室", kind="handling_room")
    for number, address in enumerate(addresses):
        camera = rooms.register_camera(
            actor=actor, room_id=room.id, serial=f"CAM-{number:02d}", view="门口", address=address
        )
        rooms.put_camera_in_service(actor=actor, camera_id=camera.id)


def _recorded(home: Path) -> float:
    """The share of a processor that the recorder and its children take."""
    environment = os.environ | {
        "LIUHEN_CAMERA_NETWORKS": LOOPBACK,
        "LIUHEN_CAMERA_SEGMENT_S": str(SEGMENT_S),
    }
    command = [sys.executable, str(SCRIPT), "recorder", "--home", str(home)]
    recorder = subprocess.Popen(command, env=environment)
    try:
        return _share([recorder.pid])
    finally:
        recorder.terminate()
        recorder.wait()


def _share(pids: list[int]) -> float:
    """Seconds of processor a second of the trees below `pids`, once all of them are at work."""
    time.sleep(10 + CAMERAS / 4)
    before, began = _used(pids), time.perf_counter()
    time.sleep(SECONDS)
    return (_used(pids) - before) / (time.perf_counter() - began)


def _used(pids: list[int]) -> float:
    """Seconds of processor of the living processes below `pids` and of those they buried."""
    ticks = 0
    for pid in {one for root in pids for one in below(root)}:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += sum(int(field) for field in fields[11:15])
    return ticks / os.sysconf("SC_CLK_TCK")


def _held() -> tuple[int, int, int]:
    """Segments in the vault, gaps that began behind a camera's first picture, bytes held."""
    from django.db.models import Sum  # noqa: PLC0415 - models

    from liuhen.cameras.models import CameraGap, Segment  # noqa: PLC0415
    from liuhen.vault.models import Original  # noqa: PLC0415

    firsts: dict[object, dt.datetime] = {}
    segments = Segment.objects.order_by("started_at").values_list("camera_id", "started_at")
    for camera, started_at in segments:
        firsts.setdefault(camera, started_at)
    if len(firsts) != CAMERAS:
        raise Fault(f"{len(firsts)} of {CAMERAS} cameras were recorded")
    told = CameraGap.objects.exclude(ended_at=None).values_list("camera_id", "started_at")
    size = Original.objects.filter(sha256__in=Segment.objects.values("original")).aggregate(
        size=Sum("size")
    )["size"]
    return len(segments), sum(at >= firsts[camera] for camera, at in told), int(size or 0)
