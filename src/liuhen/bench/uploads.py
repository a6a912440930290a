"""Upload of 1 GiB beside `sha256sum` and `cp` + `sync`; pages while eight slow uploads run.

The limit is one pass of SHA-256 and the disk's durable write: the upload can't be faster than
the slower of the two.
"""

from __future__ import annotations

import base64
import os
import subprocess
import tempfile
import threading
import time
from pathlib import Path

from liuhen.bench.figures import Figure, percentile
from liuhen.bench.served import Client, memory_mb, served_demo
from liuhen.kernel import clock
from liuhen.kernel.refusals import Fault
from liuhen.media.scene import Scene
from liuhen.media.synthetic import make_video

GIB = 1 << 30
PIECE = 1 << 20
SLOW_UPLOADS = 8
PAGES = 60


def run() -> list[Figure]:
    """All figures of uploading, in one run on one machine."""
    with served_demo() as (port, tree, _home), tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "one-gib.mp4"
        _fill(file)
        return [*_one_gib(port, tree, file), *_limits(file), *_pages(port)]


def _fill(file: Path) -> None:
    """A real short video followed by noise up to 1 GiB: the bytes can't be compressed away."""
    make_video(file, Scene(started_at=clock.now()), duration_ms=4000)
    noise = os.urandom(PIECE)
    with file.open("ab") as stream:
        while stream.tell() < GIB:
            stream.write(noise[: GIB - stream.tell()])


def _begin(client: Client, name: str, size: int) -> str:
    metadata = f"filename {base64.b64encode(name.encode()).decode()}"
    answer, content = client.ask(
        "POST",
        "/api/v1/uploads/",
        None,
        **{"Tus-Resumable": "1.0.0", "Upload-Length": str(size), "Upload-Metadata": metadata},
    )
    if answer.status != 201:
        raise Fault(f"upload was not created: {answer.status} {content[:200]!r}")
    return answer.headers["Location"].partition(str(client.port))[2] or answer.headers["Location"]


def _one_gib(port: int, tree: int, file: Path) -> list[Figure]:
    client = Client(port)
    client.sign_in("officer")
    place = _begin(client, file.name, GIB)
    started = time.perf_counter()
    with file.open("rb") as stream:
        client.connection.request(
            "PATCH",
            place,
            body=stream,
            headers=client.headers(
                **{
                    "Tus-Resumable": "1.0.0",
                    "Upload-Offset": "0",
                    "Content-Type": "application/offset+octet-stream",
                    "Content-Length": str(GIB),
                }
            ),
        )
        answer = client.connection.getresponse()
        answer.read()
    taken = time.perf_counter() - started
    if answer.status >= 300:
        raise Fault(f"the upload answered {answer.status}")
    return [
        Figure("upload 1 GiB, SHA-256 and fsync", GIB / taken / 1e6, "MB/s"),
        Figure("largest server process", memory_mb(tree), "MB"),
    ]


def _limits(file: Path) -> list[Figure]:
    copy = file.with_suffix(".copy")
    hashing = _seconds(["sha256sum", str(file)])
    copying = _seconds(["sh", "-c", f"cp '{file}' '{copy}' && sync '{copy}'"])
    copy.unlink()
    return [
        Figure("sha256sum", GIB / hashing / 1e6, "MB/s", "limit"),
        Figure("cp + sync", GIB / copying / 1e6, "MB/s", "limit"),
    ]


def _seconds(command: list[str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def _pages(port: int) -> list[Figure]:
    alone = _page_times(port)
    stop = threading.Event()
    senders = [
        threading.Thread(target=_send_slowly, args=(port, number, stop))
        for number in range(SLOW_UPLOADS)
    ]
    for sender in senders:
        sender.start()
    time.sleep(2)
    try:
        busy = _page_times(port)
    finally:
        stop.set()
        for sender in senders:
            sender.join(30)
    return [
        Figure("page p95, idle", percentile(alone, 0.95) * 1000, "ms"),
        Figure(f"page p95, {SLOW_UPLOADS} slow uploads", percentile(busy, 0.95) * 1000, "ms"),
    ]


def _page_times(port: int) -> list[float]:
    client = Client(port)
    client.sign_in("officer")
    times = []
    for number in range(PAGES):
        path = ("/", "/cases/", "/recordings/")[number % 3]
        started = time.perf_counter()
        answer, _ = client.ask("GET", path)
        times.append(time.perf_counter() - started)
        if answer.status != 200:
            raise Fault(f"{path} answered {answer.status}")
    return times


def _send_slowly(port: int, number: int, stop: threading.Event) -> None:
    client = Client(port)
    client.sign_in("officer2")
    size = 512 * PIECE
    place = _begin(client, f"slow-{number}.mp4", size)
    raw = client.connection
    raw.putrequest("PATCH", place)
    for name, value in client.headers(
        **{
            "Tus-Resumable": "1.0.0",
            "Upload-Offset": "0",
            "Content-Type": "application/offset+octet-stream",
            "Content-Length": str(size),
        }
    ).items():
        raw.putheader(name, value)
    raw.endheaders()
    piece = os.urandom(64 * 1024)
    while not stop.is_set():
        raw.send(piece)
        time.sleep(0.05)
    raw.close()
