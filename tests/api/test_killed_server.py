"""The real server, killed with -9 in the middle of an upload: no acknowledged byte is lost."""

from __future__ import annotations

import hashlib
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from liuhen.demo.people import World
from liuhen.host.postgres import Cluster
from liuhen.host.postgres_roles import OWNER, SERVER
from liuhen.recordings.models import Recording, Upload
from liuhen.vault.keeping import local_store
from tests.api.conftest import Caller, Server, signed_in
from tests.api.test_uploads import BODY, create, offset_of, patch
from tests.kill.line import DatabaseLine, line_to
from tests.kill.tree import free_port
from tests.recordings import samples

MIB = 1 << 20
_OTHERS = """SELECT count(*) FROM pg_stat_activity
             WHERE datname = current_database() AND pid <> pg_backend_pid()"""
SOURCE = Path(__file__).resolve().parents[2] / "src"


class KillableServer:
    """granian as `liuhen serve` starts it, in a process group of its own."""

    def __init__(self, database: str, port: int) -> None:
        self.port = port
        self._environment = {
            **os.environ,
            "LIUHEN_DATABASE_URL": database,
            "PYTHONPATH": str(SOURCE),
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        flags = f"--interface wsgi --port {self.port} --blocking-threads 8 --http 1"
        flags += " --log-level error --no-ws --workers 1"
        self._process = subprocess.Popen(
            [sys.executable, "-m", "granian", *flags.split(), "liuhen.web.wsgi:application"],
            env=self._environment,
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until = time.monotonic() + 60
        while time.monotonic() < until:
            asked = Caller(Server(self.port), {})
            with suppress(OSError, HTTPException):
                if asked("OPTIONS", "/api/v1/uploads/")[0] == 204:
                    return
            time.sleep(0.1)
        raise AssertionError("the server did not come up")

    def kill(self) -> None:
        """As a power switch would, as far as processes go."""
        assert self._process is not None
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


@pytest.fixture
def line(cluster: Cluster, world: World) -> Iterator[DatabaseLine]:
    """Between the server and its database."""
    with line_to(cluster.dsn(connection.settings_dict["NAME"], SERVER)) as found:
        yield found


@pytest.fixture
def killable(cluster: Cluster, line: DatabaseLine) -> Iterator[KillableServer]:
    name = connection.settings_dict["NAME"]
    server = KillableServer(line.url(cluster.dsn(name, SERVER)), free_port())
    server.start()
    yield server
    server.kill()
    connection.close()
    with psycopg.connect(cluster.dsn(name, OWNER), autocommit=True) as owner:
        # What served the killed server notices by itself that nobody is there any more.
        while owner.execute(_OTHERS).fetchone() != (0,):
            time.sleep(0.05)


def send_and_kill(
    killable: KillableServer, officer: Caller, url: str, rest: bytes, offset: int, after: int
) -> None:
    """Send the rest of a file, and kill the server when `after` bytes have gone."""
    told = {**officer.headers, "Upload-Offset": str(offset), "Content-Type": BODY}
    head = [f"PATCH {url} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(rest)}"]
    head += [f"{name}: {value}" for name, value in told.items()]
    with socket.create_connection(("127.0.0.1", killable.port)) as line:
        line.sendall("\r\n".join([*head, "", ""]).encode() + rest[:after])
        killable.kill()
        with suppress(OSError):
            assert b" 204 " not in line.recv(100), "nothing was acknowledged"


def test_an_upload_survives_five_kills_and_comes_out_whole(
    killable: KillableServer, world: World, tmp_path: Path
) -> None:
    chance = random.Random(20260310)
    data = samples.big(tmp_path / "a.mp4", 24 * MIB).read_bytes()
    officer = Caller(
        Server(killable.port), {**signed_in(world["officer"]), "Tus-Resumable": "1.0.0"}
    )
    url = create(officer, len(data), None, filename="a.mp4")
    acknowledged = 0
    for _ in range(5):
        piece = data[acknowledged : acknowledged + MIB]
        assert patch(officer, url, acknowledged, piece)[0] == 204
        acknowledged += len(piece)
        after = chance.randrange(1, 3 * MIB)
        send_and_kill(killable, officer, url, data[acknowledged:], acknowledged, after)
        killable.start()
        held = offset_of(officer, url)
        assert held >= acknowledged, "an acknowledged byte is lost"
        acknowledged = held
    assert patch(officer, url, acknowledged, data[acknowledged:])[0] == 204
    recording = Recording.objects.get()
    assert recording.original_id == hashlib.sha256(data).hexdigest()
    assert local_store().digest(recording.original_id) == recording.original_id


def test_a_server_killed_while_it_takes_the_file_in_leaves_neither_loss_nor_double(
    killable: KillableServer, world: World, tmp_path: Path
) -> None:
    chance = random.Random(20260311)
    officer = Caller(
        Server(killable.port), {**signed_in(world["officer"]), "Tus-Resumable": "1.0.0"}
    )
    for round_ in range(5):
        data = samples.video(seed=20 + round_).read_bytes()
        url = create(officer, len(data), None, filename=f"{round_}.mp4")
        told = {**officer.headers, "Upload-Offset": "0", "Content-Type": BODY}
        head = [f"PATCH {url} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(data)}"]
        head += [f"{name}: {value}" for name, value in told.items()]
        with socket.create_connection(("127.0.0.1", killable.port)) as line:
            line.sendall("\r\n".join([*head, "", ""]).encode() + data)
            time.sleep(chance.random() * 0.6)
            killable.kill()
        killable.start()
        held = offset_of(officer, url)
        if held < len(data):
            assert patch(officer, url, held, data[held:])[0] == 204
        digest = hashlib.sha256(data).hexdigest()
        assert Recording.objects.filter(original_id=digest).count() == 1
        assert local_store().digest(digest) == digest
    assert not Upload.objects.filter(result__isnull=True).exists()
    left = [p for p in settings.HOME.intake_dir.iterdir() if p.suffix != ".turn"]
    assert not left, "no orphan lies in the intake folder"


def test_a_body_sent_in_chunks_and_a_refusal_of_a_body_not_read_are_answered(
    killable: KillableServer, world: World
) -> None:
    officer = Caller(
        Server(killable.port), {**signed_in(world["officer"]), "Tus-Resumable": "1.0.0"}
    )
    data = samples.photo().read_bytes()
    url = create(officer, len(data), None, filename="a.jpg")
    pieces = (data[at : at + 1000] for at in range(0, len(data), 1000))
    line = HTTPConnection("127.0.0.1", killable.port, timeout=30)
    told = {**officer.headers, "Upload-Offset": "0", "Content-Type": BODY}
    line.request("PATCH", url, pieces, told, encode_chunked=True)
    assert line.getresponse().status == 204
    line.close()
    assert Recording.objects.get().original_id == hashlib.sha256(data).hexdigest()
    assert patch(officer, f"/api/v1/uploads/{uuid4()}", 0, bytes(32 * MIB))[0] == 404


def test_a_sender_in_mid_body_hears_that_the_database_has_gone_and_goes_on_when_it_is_back(
    killable: KillableServer, line: DatabaseLine, world: World, tmp_path: Path
) -> None:
    data = samples.big(tmp_path / "a.mp4", 48 * MIB).read_bytes()
    officer = Caller(
        Server(killable.port), {**signed_in(world["officer"]), "Tus-Resumable": "1.0.0"}
    )
    url = create(officer, len(data), None, filename="a.mp4")
    assert patch(officer, url, 0, data[:MIB])[0] == 204

    # the row of the upload is asked for before its bytes are read: everything is still to come
    line.cut()
    status, headers, body = patch(officer, url, MIB, data[MIB:])
    assert (status, headers["retry-after"]) == (503, "5") and b"database.away" in body
    pieces = (data[at : at + MIB] for at in range(MIB, len(data), MIB))
    assert _in_chunks(killable, officer, url, pieces) == 503
    line.mend()

    # and it goes away while they come
    def sent() -> Iterator[bytes]:
        yield data[MIB : 2 * MIB]
        line.cut()
        yield data[2 * MIB :]

    assert _in_chunks(killable, officer, url, sent()) == 503
    line.mend()
    held = offset_of(officer, url)
    assert MIB <= held <= len(data)
    assert patch(officer, url, held, data[held:])[0] == 204
    assert Recording.objects.get().original_id == hashlib.sha256(data).hexdigest()


def _in_chunks(killable: KillableServer, officer: Caller, url: str, pieces: Iterator[bytes]) -> int:
    line = HTTPConnection("127.0.0.1", killable.port, timeout=60)
    told = {**officer.headers, "Upload-Offset": str(MIB), "Content-Type": BODY}
    line.request("PATCH", url, pieces, told, encode_chunked=True)
    status = line.getresponse().status
    line.close()
    return status
