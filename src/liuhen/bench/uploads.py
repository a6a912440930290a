"""Uploads beside the tus project's own server with one client; pages while eight slow ones run.

The peer neither hashes nor syncs; what it left in the cache is written before the next one is
measured. The limit is one pass of SHA-256 and the disk's durable write (`cp` + `sync`, and `dd`
past the cache, of as many files at once): an upload that is acknowledged can't be faster than the
slower of the two. Where the peer is faster than that, it answers before the bytes are safe, and no
durable server could be as fast; what both cost the processor is told beside.
"""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

from liuhen.bench.figures import Figure, spread
from liuhen.bench.served import Client, memory_mb, processes, processor_s, served_demo
from liuhen.host.server import APPLICATION
from liuhen.kernel import clock
from liuhen.kernel.digests import sha256_file
from liuhen.kernel.refusals import Fault
from liuhen.media.scene import Scene
from liuhen.media.synthetic import make_video

GIB = 1 << 30
PIECE = 1 << 20
AT_ONCE, EACH = 8, 128 * PIECE
ROUNDS = 5
SLOW_UPLOADS = 8
PAGES = 60
BESIDE = "the slower of SHA-256 and cp + sync"
PAGES_BESIDE = "processor time of one web process"
PEER = Path(__file__).with_name("tus_peer.mjs")


def run() -> Iterator[Figure]:
    """All figures of uploading, in one run on one machine."""
    with tempfile.TemporaryDirectory(prefix="liuhen-bench-") as folder:
        large, small = Path(folder) / "large.mp4", Path(folder) / "small.mp4"
        _fill(large, GIB)
        _fill(small, EACH)
        with served_demo() as (port, tree, _home), _peer() as peer:
            client = Client(port)
            client.sign_in("officer")
            ours = Ours(client, processes(tree, APPLICATION))
            yield from _beside("upload 1 GiB", ours, peer, large, 1)
            name = f"{AT_ONCE} uploads of 128 MiB at once"
            yield from _beside(name, ours, peer, small, AT_ONCE)
            name = "peak memory of the largest web process"
            yield Figure(name, memory_mb(ours.pids), "MB", "under 200 MB")
            yield from _limits(large)
            yield from _durable(large, 1)
            yield from _durable(small, AT_ONCE)
            yield from _pages(port)


def _fill(file: Path, size: int) -> None:
    """A real short video followed by noise: the bytes can't be compressed away."""
    make_video(file, Scene(started_at=clock.now()), duration_ms=4000)
    noise = os.urandom(PIECE)
    with file.open("ab") as stream:
        while stream.tell() < size:
            stream.write(noise[: size - stream.tell()])


@contextmanager
def _peer() -> Iterator[Peer | None]:
    """The peer, running; None where node or its packages (`npm ci`) are missing."""
    node = shutil.which("node")
    if node is None:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="liuhen-bench-") as folder:
        peer = subprocess.Popen(
            [node, str(PEER), folder], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert peer.stdout
        told = peer.stdout.readline().strip()
        try:
            yield Peer(int(told), [peer.pid]) if told else None
        finally:
            peer.kill()
            peer.wait()


class Peer:
    """How the client speaks to the peer."""

    root = "/files"

    def __init__(self, port: int, pids: Sequence[int] = ()) -> None:
        self.port, self.pids = port, pids

    def headers(self, **more: str) -> dict[str, str]:
        return {"Tus-Resumable": "1.0.0", **more}


class Ours(Peer):
    """How the client speaks to us: the same, signed in."""

    root = "/api/v1/uploads/"

    def __init__(self, client: Client, pids: Sequence[int] = ()) -> None:
        super().__init__(client.port, pids)
        self.client = client

    def headers(self, **more: str) -> dict[str, str]:
        return self.client.headers(**super().headers(**more))


def _beside(name: str, ours: Ours, peer: Peer | None, file: Path, count: int) -> list[Figure]:
    """The best and the middle of some rounds, turn and turn about, and what a gibibyte cost."""
    servers = [("SHA-256 and fsync", ours), *([("@tus/server", peer)] if peer else [])]
    rates: dict[str, list[float]] = {told: [] for told, _ in servers}
    spent = {told: 0.0 for told, _ in servers}
    for round_ in range(ROUNDS):
        for told, server in servers:
            before = processor_s(server.pids)
            rates[told].append(_rate(server, file, count, round_) / 1e6)
            spent[told] += processor_s(server.pids) - before
    sent = file.stat().st_size * count * ROUNDS / GIB
    figures = []
    for told, server in servers:
        beside = BESIDE if server is ours else "peer"
        figures += [
            Figure(f"{name}, {told}", max(rates[told]), "MB/s", beside),
            Figure(f"{name}, {told}: median", median(rates[told]), "MB/s", beside),
            Figure(f"{name}, {told}: processor", spent[told] / sent, "s a GiB", beside),
        ]
    return figures


def _rate(server: Peer, file: Path, count: int, round_: int) -> float:
    """Bytes a second of `count` uploads of distinct files at once."""
    size = file.stat().st_size
    marks = [f"{server.root}{round_}{number}{count}".encode() for number in range(count)]
    os.sync()  # nobody pays for what another wrote
    started = time.perf_counter()
    with ThreadPoolExecutor(count) as pool:
        list(pool.map(lambda mark: send(server, file, size, mark), marks))
    return size * count / (time.perf_counter() - started)


def send(server: Peer, file: Path, size: int, mark: bytes) -> None:
    """One upload by one PATCH; `mark` at its end makes its bytes differ from all others."""
    line = HTTPConnection("127.0.0.1", server.port, timeout=600, blocksize=PIECE)
    name = base64.b64encode(file.name.encode()).decode()
    told = {"Upload-Length": str(size + len(mark)), "Upload-Metadata": f"filename {name}"}
    line.request("POST", server.root, headers=server.headers(**told))
    answer = line.getresponse()
    answer.read()
    if answer.status != 201:
        raise Fault(f"upload was not created: {answer.status}")
    told = {"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
    told["Content-Length"] = str(size + len(mark))
    place = urlsplit(answer.headers["Location"]).path
    with file.open("rb") as stream:
        line.request(
            "PATCH", place, body=_pieces(stream.read, mark), headers=server.headers(**told)
        )
        answer = line.getresponse()
        answer.read()
    line.close()
    if answer.status >= 300:
        raise Fault(f"the upload answered {answer.status}")


def _pieces(read: Callable[[int], bytes], mark: bytes) -> Iterator[bytes]:
    while piece := read(PIECE):
        yield piece
    yield mark


def _limits(file: Path) -> list[Figure]:
    copy = file.with_suffix(".copy")
    started = time.perf_counter()
    sha256_file(file)
    hashing = time.perf_counter() - started
    copying = _seconds(["sh", "-c", f"cp '{file}' '{copy}' && sync '{copy}'"])
    copy.unlink()
    return [
        Figure("SHA-256 by OpenSSL", GIB / hashing / 1e6, "MB/s", "limit: one pass"),
        Figure("cp + sync", GIB / copying / 1e6, "MB/s", "limit: one durable write"),
    ]


def _durable(file: Path, count: int) -> list[Figure]:
    """So many copies at once past the cache, hashed by nobody: what the disk can take durably."""
    copies = [file.with_suffix(f".{number}") for number in range(count)]
    rates = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        running = [
            subprocess.Popen(
                ["dd", f"if={file}", f"of={copy}", "bs=1M", "oflag=direct", "conv=fsync"],
                stderr=subprocess.DEVNULL,
            )
            for copy in copies
        ]
        answers = [one.wait() for one in running]
        if any(answers):
            raise Fault("dd could not write past the cache")
        rates.append(file.stat().st_size * count / (time.perf_counter() - started) / 1e6)
        for copy in copies:
            copy.unlink()
    size = file.stat().st_size // PIECE
    name = f"dd past the cache and fsync, {count} of {size:,} MiB at once"
    return [
        Figure(name, max(rates), "MB/s", "limit: durable, nobody hashes"),
        Figure(f"{name}: median", median(rates), "MB/s", "limit: durable, nobody hashes"),
    ]


def _seconds(command: list[str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def _pages(port: int) -> list[Figure]:
    alone = _page_times(port)
    stop = threading.Event()
    signed = Client(port)
    signed.sign_in("officer2")
    senders = [
        threading.Thread(target=_send_slowly, args=(port, signed.cookies, stop))
        for _ in range(SLOW_UPLOADS)
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
        *spread("pages, no uploads", alone, 0.95, PAGES_BESIDE),
        *spread(f"pages, {SLOW_UPLOADS} slow uploads", busy, 0.95, PAGES_BESIDE),
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


def _send_slowly(port: int, cookies: dict[str, str], stop: threading.Event) -> None:
    client = Client(port)
    client.cookies = dict(cookies)
    size = 512 * PIECE
    told = {"Tus-Resumable": "1.0.0", "Upload-Length": str(size)}
    answer, _ = client.ask("POST", Ours.root, None, **told)
    raw = client.connection
    raw.putrequest("PATCH", urlsplit(answer.headers["Location"]).path)
    told = {"Tus-Resumable": "1.0.0", "Upload-Offset": "0", "Content-Length": str(size)}
    told["Content-Type"] = "application/offset+octet-stream"
    for name, value in client.headers(**told).items():
        raw.putheader(name, value)
    raw.endheaders()
    piece = os.urandom(64 * 1024)
    while not stop.is_set():
        raw.send(piece)
        time.sleep(0.05)
    raw.close()
