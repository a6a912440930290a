"""A case disc verified by its own page in Chromium, beside `sha256sum` over the same files.

The limit is one pass of SHA-256; the page takes up to four workers, `sha256sum` one process. The
disc is a folder in the page cache. `BENCH_GB` says how much footage is on it: 2 by default.
Chromium is driven by a program beside the benchmark, as the product has no browser.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from liuhen.bench.figures import Figure
from liuhen.bench.scratch import scratch_home
from liuhen.bench.served import SCRIPT
from liuhen.kernel.digests import CHUNK, sha256_file
from liuhen.kernel.refusals import Fault

if TYPE_CHECKING:
    from liuhen.people.models import Person

GIGABYTES = float(os.environ.get("BENCH_GB", "2"))
EACH = 200_000_000
DRIVER = """
import json, sys, time
from pathlib import Path
from playwright.sync_api import sync_playwright
disc, key = Path(sys.argv[1]), sys.argv[2]
with sync_playwright() as playwright:
    chromium = playwright.chromium.launch(
        executable_path="/usr/bin/chromium", args=["--no-sandbox"])
    page = chromium.new_page()
    page.goto((disc / "核验.html").as_uri())
    page.fill("#key", key)
    page.set_input_files("#folder", disc)
    began = time.perf_counter()
    page.wait_for_selector("#result:not([hidden])", timeout=3_600_000)
    seconds = time.perf_counter() - began
    print(json.dumps({"seconds": seconds, "state": page.get_attribute("#result", "data-state")}))
    chromium.close()
"""


def run() -> list[Figure]:
    """Megabytes a second of both."""
    with scratch_home() as home:
        disc, vkey = _disc(home)
        files = sorted(path for path in disc.rglob("*") if path.is_file())
        size = sum(path.stat().st_size for path in files)
        ours = _verified(disc, vkey)
        theirs = _sha256sum(files)
    name = f"{size / 1e9:.1f} GB, {len(files)} files"
    return [
        Figure(f"disc verified in Chromium, {name}", size / ours / 1e6, "MB/s", "SHA-256, wasm"),
        Figure(f"sha256sum, {name}", size / theirs / 1e6, "MB/s", "peer"),
        Figure("Chromium beside sha256sum", ours / theirs, "times", "processors shared"),
    ]


def _disc(home: Path) -> tuple[Path, str]:
    """One real case with so much footage, copied into a folder; the log's key."""
    from liuhen.actions.case_copies import answer_case_copy, ask_case_copy  # noqa: PLC0415
    from liuhen.demo.people import known_world  # noqa: PLC0415 - models need a set-up Django
    from liuhen.demo.simple_case import SimpleCase  # noqa: PLC0415
    from liuhen.ledger.signing import signer  # noqa: PLC0415

    world = known_world()
    simple = SimpleCase(world)
    simple.start()
    simple.violation()
    for number in range(max(1, round(GIGABYTES * 1e9 / EACH))):
        _take_in(world["officer"], simple.activity.id, number)
    told: dict[str, Any] = {
        "recipient": "虚构市人民法院",
        "purpose": "测量核验速度",
        "audience": "court",
    }
    asked = ask_case_copy(actor=world["officer"], case_id=simple.case.id, **told)
    answer_case_copy(actor=world["deputy"], request_id=asked.id, outcome="approved", opinion="同意")
    command: list[str | Path] = [
        SCRIPT,
        "disc",
        simple.case.number,
        "--home",
        home,
        "--out",
        home / "disc",
        "--folder",
    ]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return home / "disc", signer().verifier.vkey


def _take_in(officer: Person, activity_id: UUID, number: int) -> None:
    """A recording of noise, handed in by the act that takes a camera's file."""
    from liuhen.actions.recordings import take_in_recording  # noqa: PLC0415 - models
    from liuhen.recordings.intake import ReceivedFile  # noqa: PLC0415
    from liuhen.recordings.uploads import Intent  # noqa: PLC0415
    from liuhen.vault.keeping import intake_path  # noqa: PLC0415

    path, size = intake_path(), min(EACH, round(GIGABYTES * 1e9))
    with path.open("wb") as stream:
        for at in range(0, size, CHUNK):
            stream.write(os.urandom(min(CHUNK, size - at)))
        stream.flush()
        os.fsync(stream.fileno())
    name = f"{number}.mp4"
    take_in_recording(
        actor=officer,
        received=ReceivedFile(path, sha256_file(path), size, name),
        intent=Intent(name=name, activity_id=activity_id),
        probe=None,
        head=b"",
    )


def _verified(disc: Path, vkey: str) -> float:
    command = [sys.executable, "-c", DRIVER, str(disc), vkey]
    told = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    if told["state"] != "green":
        raise Fault(f"a fresh disc is {told['state']}")
    return float(told["seconds"])


def _sha256sum(files: list[Path]) -> float:
    began = time.perf_counter()
    subprocess.run(["sha256sum", "--", *files], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began
