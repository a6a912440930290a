"""Faces found and covered in a film, frames a second, beside the program `deface`, in one run.

Both look for faces with the same model through OpenCV, in pictures of the same size. Ours works in
a confined child on one processor, looks at each picture twice, before and after covering, follows
faces over gaps and keeps the sound; deface looks once and blurs, on as many processors as OpenCV
takes. What its program needs beside the model is no part of the product, so it is run by `uvx` from
PyPI in an environment of its own; the model is in the package, nothing is loaded at run time.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from liuhen.bench import walkers
from liuhen.bench.figures import Figure
from liuhen.kernel.refusals import Fault
from liuhen.media.redacting import cover_film, find_faces

SECONDS, RATE, SCALE = 8, 25, 3
_UVX = Path(sys.executable).with_name("uvx")
_PATIENCE_S = 1_800


def run() -> Iterator[Figure]:
    """Frames a second of finding, of covering, of both; of deface at the same and at full size."""
    with tempfile.TemporaryDirectory(prefix="liuhen-bench-") as folder:
        film = walkers.film(Path(folder) / "walk.mp4", seconds=SECONDS, rate=RATE, scale=SCALE)
        wide, high = SCALE * walkers.WIDE, SCALE * walkers.HIGH
        name = f"{SECONDS * RATE} pictures of {wide} x {high}"
        started = time.perf_counter()
        faces = find_faces(film)
        found = time.perf_counter()
        regions = [track.keys for track in faces.tracks]
        covered = cover_film(film, film.with_name("covered.mp4"), regions=regions, faces=True)
        done = time.perf_counter()
        if not faces.tracks or covered.frames != SECONDS * RATE:
            raise Fault(f"{len(faces.tracks)} faces in {covered.frames} pictures")
        ours = covered.frames / (done - started)
        yield _figure(f"found, {name}", covered.frames / (found - started), "one processor")
        again = covered.frames / (done - found)
        yield _figure(f"covered and looked at again, {name}", again, "one processor, confined")
        yield _figure(f"found, covered, looked at again, {name}", ours, "one processor, confined")
        same = _deface(film, "--scale", f"{_least(wide)}x{_least(high)}")
        yield _figure(f"deface, pictures looked at in our size, {name}", same, "peer")
        yield _figure(f"deface as it comes, {name}", _deface(film), "peer")
        yield Figure("deface beside ours", same / ours, "times", "it looks half as often")


def _figure(name: str, value: float, beside: str) -> Figure:
    return Figure(name, value, "frames/s", beside)


def _least(side: int) -> int:
    """A side as our detector sees it: the longer one is 768 pixels."""
    return side * 768 // (SCALE * walkers.WIDE)


def _deface(film: Path, *options: str) -> float:
    """Frames a second of the program, its start-up taken off.

    Raises:
        Fault: it can't be had, or failed.
    """
    program = [str(_UVX), "--from", f"deface=={version('deface')}", "deface"]
    out = film.with_name("defaced.mp4")
    command = [*program, "--backend", "opencv", *options, str(film), "-o", str(out)]
    _called([*program, "--version"])  # fetched, once
    started = time.perf_counter()
    _called([*program, "--version"])
    ready = time.perf_counter()
    _called(command)
    done = time.perf_counter()
    if not out.is_file():
        raise Fault("deface wrote nothing")
    out.unlink()
    return SECONDS * RATE / max((done - ready) - (ready - started), 1e-3)


def _called(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, timeout=_PATIENCE_S)
    if done.returncode != 0:
        raise Fault(f"{command[-1]}: {done.stderr.strip()[-300:]}")
