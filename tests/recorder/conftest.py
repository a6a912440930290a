"""A real RTSP server beside the tests, cut by killing it; rooms and cameras by real acts."""

from __future__ import annotations

import ipaddress
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from liuhen.actions.rooms import put_camera_in_service, register_camera, register_room
from liuhen.bench.cameras import RTSP
from liuhen.cameras.models import Camera
from liuhen.demo.people import World, known_world
from liuhen.host.postgres import Cluster
from liuhen.host.postgres_roles import SERVER
from liuhen.kernel import clock
from liuhen.recorder.loop import Recorder
from tests.database import clone, point_at
from tests.kill.tree import free_port


class RtspServer:
    """GStreamer's RTSP server in a process of its own."""

    def __init__(self, *options: str) -> None:
        self.port, self._options = free_port(), options
        self._process: subprocess.Popen[str] | None = None
        self.start()

    def start(self, *options: str) -> None:
        """Start it, anew or as another that has other options."""
        command = [*RTSP, str(self.port), "--obey", *(options or self._options)]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "ready\n"

    def say(self, order: str) -> None:
        """Tell it what to do with its pictures."""
        assert self._process is not None and self._process.stdin is not None
        self._process.stdin.write(f"{order}\n")
        self._process.stdin.flush()

    def kill(self, how: signal.Signals = signal.SIGKILL) -> float:
        """End it (or stop or continue it, by signal); returns the instant."""
        assert self._process is not None
        self._process.send_signal(how)
        if how in (signal.SIGKILL, signal.SIGTERM):
            self._process.wait()
        return clock.now().timestamp()

    def close(self) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()


@pytest.fixture
def rtsp() -> Iterator[Callable[..., RtspServer]]:
    """Starts servers that are ended with the test."""
    started: list[RtspServer] = []

    def start(*options: str) -> RtspServer:
        started.append(RtspServer(*options))
        return started[-1]

    yield start
    for server in started:
        server.close()


@pytest.fixture
def running_world(cluster: Cluster, world_template: str) -> Iterator[World]:
    """A fresh database with the authority, its clock running: streams can't wait for a clock."""
    name = "liuhen_one_recorder"
    clone(cluster, world_template, name)
    point_at(cluster.dsn(name, SERVER))
    before, settings.CAMERA_NETWORKS = (
        settings.CAMERA_NETWORKS,
        [ipaddress.ip_network("127.0.0.0/8")],
    )
    yield known_world()
    settings.CAMERA_NETWORKS = before
    connection.close()
    shutil.rmtree(settings.HOME.intake_dir / "cameras", ignore_errors=True)


def camera_of(world: World, server: RtspServer, number: int = 0, **more: Any) -> Camera:
    """A camera in service in a room of its own."""
    actor = world["records"]
    room = register_room(
        actor=actor, unit=world.units["ZD1"], name=f"询问室{number}", kind="handling_room"
    )
    camera = register_camera(
        actor=actor,
        room_id=room.id,
        serial=f"CAM-{number:02d}",
        view="门口",
        address=f"rtsp://127.0.0.1:{server.port}/camera{number}",
        **more,
    )
    put_camera_in_service(actor=actor, camera_id=camera.id)
    return camera


class Running:
    """A recorder in a thread of the test."""

    def __init__(self, segment_ms: int = 2000) -> None:
        self.recorder = Recorder(settings.HOME.intake_dir, segment_ms)
        self._thread = threading.Thread(target=self.recorder.run)
        self._thread.start()

    def stop(self) -> None:
        self.recorder.stop()
        self._thread.join(30)
        assert not self._thread.is_alive()


@pytest.fixture
def recorder() -> Iterator[Callable[..., Running]]:
    """Starts recorders that are stopped with the test."""
    started: list[Running] = []

    def start(**options: Any) -> Running:
        started.append(Running(**options))
        return started[-1]

    yield start
    for running in started:
        running.stop()


def until(condition: Callable[[], object], what: str, seconds: float = 60) -> None:
    """Wait until something has come about."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"it did not come about: {what}"
        time.sleep(0.1)
