"""The product as its user has it: a demonstration home, served, and a real browser.

Made once for all stories; they run in one worker (`tests.scheduling`). The home is a real one with
a durable database, made by `liuhen demo` and served by `liuhen serve` as processes.
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from liuhen.host.home import Home
from liuhen.kernel import clock
from tests.chromium import HEADLESS
from tests.story.tour import Tour

LIUHEN = Path(sys.executable).with_name("liuhen")
READY_SECONDS = 120
PACKAGE_SECONDS = 60
PATIENCE_MS = 90_000  # for what a page shows or offers; a suite at work on two cores is slow


def environment() -> dict[str, str]:
    """Ours without what the suite's own set-up put there; nothing spends time reading pictures."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("LIUHEN_")}
    return {**kept, "LIUHEN_READ_WORDS": "0"}


def liuhen(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a command of the product to its end."""
    return subprocess.run(
        [str(LIUHEN), *map(str, arguments)],
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )


def package(number: str, folder: Path, home: Path) -> str:
    """Write the package of a case, once the log has its last entry; what was printed."""
    for _ in range(PACKAGE_SECONDS):
        written = liuhen("package", number, "--out", folder, "--home", home)
        if "正在排入账本" not in written.stderr:
            break
        time.sleep(1)
    assert written.returncode == 0, written.stderr
    return written.stdout


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass(frozen=True)
class Served:
    """A home that answers at `url`."""

    home: Path
    url: str

    def now(self) -> dt.datetime:
        """The present instant of its clock, which is simulated."""
        offset = Home(self.home).facts.clock_offset
        return clock.local(clock.now() + (offset or dt.timedelta()))


@dataclass(frozen=True)
class DemoHome:
    """A demonstration home and how long it took to make, seconds; beside it one nobody serves."""

    path: Path
    seconds: float
    at_rest: Path

    def copied(self, home: Path) -> Path:
        """Another copy of it as it was made, with its owners."""
        subprocess.run(["cp", "-a", self.at_rest, home], check=True)
        return home


@pytest.fixture(scope="package")
def demo_home() -> Iterator[DemoHome]:
    """Made once by `liuhen demo`."""
    folder = Path(tempfile.mkdtemp(prefix="liuhen-story-", dir="/tmp"))
    started = time.monotonic()
    done = liuhen("demo", "--home", folder / "home")
    assert done.returncode == 0, done.stderr[-2000:]
    made = DemoHome(folder / "home", time.monotonic() - started, folder / "at_rest")
    subprocess.run(["cp", "-a", made.path, made.at_rest], check=True)
    yield made
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def serving(home: Path) -> Iterator[Served]:
    """`liuhen serve` for the block, ended as Ctrl-C does."""
    port = free_port()
    log = home.parent / "serve.log"
    with log.open("wb") as stream:
        tree = subprocess.Popen(
            [str(LIUHEN), "serve", "--home", str(home), "--port", str(port)],
            env=environment(),
            stdout=stream,
            stderr=subprocess.STDOUT,
        )
    try:
        _await(f"http://127.0.0.1:{port}/healthz", tree, log)
        yield Served(home, f"http://127.0.0.1:{port}")
    finally:
        tree.send_signal(signal.SIGINT)
        assert tree.wait(60) == 0


def _await(url: str, tree: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(READY_SECONDS * 4):
        assert tree.poll() is None, log.read_text("utf-8")[-3000:]
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.25)
    raise AssertionError(log.read_text("utf-8")[-3000:])


@pytest.fixture(scope="package")
def served(demo_home: DemoHome) -> Iterator[Served]:
    with serving(demo_home.path) as running:
        yield running


# Not for the session: while a browser is driven, Django refuses database work in this process.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=HEADLESS,
            args=["--no-sandbox", "--lang=zh-CN"],
            env={**os.environ, "LANGUAGE": "zh_CN"},
        )
        yield chromium
        chromium.close()


@pytest.fixture(scope="package")
def tour() -> Iterator[Tour]:
    """One tour of all stories, written when the last has ended."""
    told = Tour(is_kept=bool(os.environ.get("LIUHEN_TOUR")))
    yield told
    told.write()
