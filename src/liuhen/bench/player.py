"""How soon a film of four hours shows its first picture in Chromium, and after a jump.

The limit is one round trip to the server on loopback, the index at the file's end, and decoding
from the key picture before. Chromium is driven by a program beside the benchmark.
"""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from liuhen.bench.figures import Figure, spread
from liuhen.bench.scratch import empty_home, founded
from liuhen.bench.served import Client, served
from liuhen.kernel import clock
from liuhen.media.scene import Scene
from liuhen.media.synthetic import make_video

HOURS, PIECE_S = 4, 60
OPENINGS, JUMPS = 9, 30
DRIVER = """
import json, random, sys
from playwright.sync_api import sync_playwright
url, cookies, openings, jumps = sys.argv[1], json.loads(sys.argv[2]), *map(int, sys.argv[3:])
READY = "video => video.readyState ? performance.now() : new Promise(done =>" \\
        " video.addEventListener('loadedmetadata', () => done(performance.now())))"
PLAY = "video => new Promise(done => { const began = performance.now(); video.muted = true;" \\
       " video.requestVideoFrameCallback(() => { video.pause();" \\
       " done(performance.now() - began) });" \\
       " video.play() })"
JUMP = "(video, at) => new Promise(done => { const began = performance.now();" \\
       " video.addEventListener('seeked', () => done(performance.now() - began), " \\
       " { once: true });" \\
       " video.currentTime = at })"
with sync_playwright() as playwright:
    chromium = playwright.chromium.launch(
        executable_path="/usr/bin/chromium", args=["--no-sandbox"])
    pages, pictures = [], []
    for _ in range(openings):
        context = chromium.new_context()
        context.add_cookies([{"name": name, "value": value, "domain": "127.0.0.1", "path": "/"}
                             for name, value in cookies.items()])
        page = context.new_page()
        page.goto(url)
        video = page.locator("video").first
        pages.append(video.evaluate(READY) / 1000)
        pictures.append(video.evaluate(PLAY) / 1000)
        if len(pages) < openings:
            context.close()
    length, chance = video.evaluate("video => video.duration"), random.Random(1)
    jumped = [video.evaluate(JUMP, chance.uniform(0, length)) / 1000 for _ in range(jumps)]
    print(json.dumps({"pages": pages, "pictures": pictures, "jumps": jumped, "length": length}))
    chromium.close()
"""


def run() -> list[Figure]:
    """First picture, whole page and jumps; p50 and p95."""
    with empty_home() as home, tempfile.TemporaryDirectory(prefix="liuhen-bench-") as folder:
        film = _film(Path(folder))
        with founded(home):
            address = _opened(film)
        with served(home.path) as (port, _):
            client = Client(port)
            client.sign_in("officer")
            told = _driven(f"http://127.0.0.1:{port}{address}", client.cookies)
        size = film.stat().st_size / 1e9
    name = f"a film of {told['length'] / 3600:.1f} h, {size:.2f} GB"
    limit = "loopback, index and decoding"
    return [
        *spread("from opening its page until it can be played", told["pages"], 0.95, limit),
        *spread(f"first picture of {name}", told["pictures"], 0.95, f"aim under 300 ms; {limit}"),
        *spread("a jump to anywhere", told["jumps"], 0.95, limit),
    ]


def _film(folder: Path) -> Path:
    """A minute of street, again and again without coding anew, its index at the end."""
    minute, film = folder / "minute.mp4", folder / "film.mp4"
    make_video(minute, Scene(started_at=clock.now()), duration_ms=PIECE_S * 1000)
    again = ["-stream_loop", str(HOURS * 3600 // PIECE_S - 1), "-i", str(minute)]
    command = ["ffmpeg", "-nostdin", "-loglevel", "error", *again, "-c", "copy", str(film)]
    subprocess.run(command, check=True)
    return film


def _opened(film: Path) -> str:
    """The address under which the officer watches the film, handed in and opened by acts."""
    from django.urls import reverse  # noqa: PLC0415 - needs a set-up Django

    from liuhen.actions.access import grant_standing_approval, open_recording  # noqa: PLC0415
    from liuhen.actions.taking_in import take_in_file  # noqa: PLC0415
    from liuhen.demo.people import known_world  # noqa: PLC0415
    from liuhen.demo.simple_case import SimpleCase  # noqa: PLC0415
    from liuhen.recordings.uploads import Intent  # noqa: PLC0415

    world = known_world()
    simple = SimpleCase(world)
    simple.start()
    intent = Intent(name="现场.mp4", activity_id=simple.activity.id)
    footage = take_in_file(film, actor=world["officer"], intent=intent)
    grant_standing_approval(
        actor=world["deputy"], group="officer", purpose="办理案件", scope="own_open_cases",
        until=clock.now() + dt.timedelta(days=30),
    )  # fmt: skip
    viewing = open_recording(actor=world["officer"], recording_id=footage.id, reason="核对现场")
    return f"{reverse('recording', args=[footage.id])}?viewing={viewing.token}"


def _driven(url: str, cookies: dict[str, str]) -> dict[str, Any]:
    arguments = [url, json.dumps(cookies), str(OPENINGS), str(JUMPS)]
    command = [sys.executable, "-c", DRIVER, *arguments]
    told: dict[str, Any] = json.loads(
        subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
    )
    return told
