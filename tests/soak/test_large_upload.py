"""One recording of 60 GB by tus: everything is killed in the middle, it goes on, nothing is lost.

In `SOAK_FOLDER`, or `/tmp`, which needs as much room; a file system that compresses needs little,
for what is sent repeats itself. By `make soak`.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from email.message import Message
from pathlib import Path

import pytest

from liuhen.bench.served import memory_mb, processes
from liuhen.host.server import APPLICATION
from liuhen.vault.store import LocalStore
from tests.kill.cycle import Workplace, workplace
from tests.kill.officer import PIECE_TYPE, GoneError, Line, Officer
from tests.kill.tree import made_home
from tests.soak.measured import commit, record

SIZE = int(os.environ.get("SOAK_LARGE_BYTES", 60 * 10**9))
MIB = 1 << 20
MOST_MB = 200


@pytest.fixture
def place() -> Iterator[Workplace]:
    folder = Path(tempfile.mkdtemp(prefix="liuhen-large-", dir=os.environ.get("SOAK_FOLDER")))
    if shutil.disk_usage(folder).free < SIZE * 1.1:
        shutil.rmtree(folder)
        pytest.skip(f"{SIZE} bytes have no room: name a folder in SOAK_FOLDER")
    with workplace(made_home(folder / "home")) as found:
        yield found
    shutil.rmtree(folder, ignore_errors=True)


def sent(video: bytes, offset: int) -> Iterator[bytes]:
    """The file from an offset on: a real film, then pieces each of which bears its number."""
    place = offset // MIB
    while place * MIB < SIZE:
        piece = video.ljust(MIB, b"\0") if place == 0 else b"%015d\n" % place * (MIB // 16)
        start, end = max(offset - place * MIB, 0), min(SIZE - place * MIB, MIB)
        yield piece[start:end]
        place += 1


def send_rest(officer: Officer, path: str) -> Message | None:
    """Ask how much is held and send the rest in one request; None when the line broke."""
    line = Line(officer.line.port, dict(officer.line.cookies))
    held = line.ask("HEAD", path)
    offset = int(held.headers["Upload-Offset"])
    told = {"Upload-Offset": str(offset), "Content-Type": PIECE_TYPE}
    told["Content-Length"] = str(SIZE - offset)
    line.connection.timeout = 3_600
    try:
        answer = line.ask("PATCH", path, sent(officer.video, offset), **told)  # type: ignore[arg-type]
    except GoneError:
        return None
    assert answer.status == 204, answer
    return answer.headers


def begun(officer: Officer) -> str:
    told = {"Upload-Length": str(SIZE), "Upload-Metadata": "filename bGFyZ2UubXA0"}
    answer = officer.line.ask("POST", "/api/v1/uploads/", None, **told)
    assert answer.status == 201, answer
    return str(answer.headers["Location"])


def staged(place: Workplace) -> int:
    """Bytes that lie where uploads are received."""
    return sum(one.stat().st_size for one in place.home.intake_dir.rglob("*") if one.is_file())


def test_sixty_gigabytes_survive_a_kill_in_the_middle(place: Workplace) -> None:
    officer = place.officer("officer")
    officer.resume()
    path = begun(officer)

    started = time.monotonic()
    with ThreadPoolExecutor(1) as pool:
        sending = pool.submit(send_rest, officer, path)
        while staged(place) < SIZE // 2:
            assert not sending.done(), sending.result()
            time.sleep(0.2)
        first_peak = memory_mb(processes(place.tree.process.pid, APPLICATION))
        place.tree.kill()
        assert sending.result() is None, "the line broke"
    until_killed = time.monotonic() - started
    place.tree = place.tree.again().await_ready()
    officer.line.connection.close()
    kept = int(officer.line.ask("HEAD", path).headers["Upload-Offset"])
    assert SIZE // 4 < kept < SIZE
    resumed = time.monotonic()
    told = send_rest(officer, path)
    seconds = time.monotonic() - resumed
    assert told is not None
    digest = hashlib.sha256()
    for piece in sent(officer.video, 0):
        digest.update(piece)
    assert told["Liuhen-Sha256"] == digest.hexdigest()
    assert LocalStore(place.home.vault_dir).place(digest.hexdigest()).stat().st_size == SIZE
    peak = max(first_peak, memory_mb(processes(place.tree.process.pid, APPLICATION)))
    figures = {
        "size": f"{SIZE / 1e9:.0f} GB, one upload, two requests",
        "killed after": f"{until_killed:.0f} s; {kept / 1e9:.1f} GB were held afterwards",
        "the rest": f"{(SIZE - kept) / 1e9:.1f} GB in {seconds:.0f} s,"
        f" {(SIZE - kept) / 1e6 / seconds:.0f} MB/s",
        "peak memory of the largest web process": f"{peak:.0f} MB",
    }
    record("One recording of 60 GB, killed in the middle (`make soak`)", figures, commit())
    assert peak < MOST_MB
