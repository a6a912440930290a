"""A camera that is taken in by `liuhen dock` while everything is killed, the command too.

Not a test; what was told to be in the vault is held against the home by `holding`.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Collection
from pathlib import Path

from liuhen.host.home import Home
from tests.kill.officer import Notes, footage
from tests.kill.tree import LIUHEN, below, environment, run_liuhen

DEVICE = "DEMO-0001"
# what the command prints of a file that the vault holds, and its digest
_HELD = re.compile(r"^(?:已入库|已在库) .*SHA-256 ([0-9a-f]{64})", re.MULTILINE)


class Docking:
    """One camera folder, handed in twice: cut off, then to the end."""

    def __init__(self, home: Home, video: bytes, seed: int, files: int) -> None:
        self.home, self.files = home, files
        beside = home.path.parent
        self.folder, self.said = beside / f"camera-{seed}", beside / f"camera-{seed}.said"
        self.notes = beside / "camera.notes"
        self.process: subprocess.Popen[bytes] | None = None
        if files:
            self.folder.mkdir()
        for number in range(files):
            whole = footage(video, seed * 1000 + number, 64 * 1024)
            (self.folder / f"REC_{number:04d}.mp4").write_bytes(whole)

    def _command(self) -> list[str | Path]:
        return ["dock", self.folder, "--device", DEVICE, "--home", self.home.path]

    def begin(self) -> None:
        """Start handing in."""
        if not self.files:
            return
        with self.said.open("wb") as stream:
            self.process = subprocess.Popen(
                [str(LIUHEN), *map(str, self._command())],
                env=environment(),
                stdout=stream,
                stderr=subprocess.STDOUT,
            )

    def is_under_way(self) -> bool:
        """Whether files are being copied, or have been; True when there is no camera."""
        if self.process is None or self.process.poll() is not None or self.said.stat().st_size:
            return True
        return any(self.home.intake_dir.glob("dock-*"))

    def processes(self) -> Collection[int]:
        """What runs of it."""
        return below(self.process.pid) if self.process is not None else ()

    def go_on(self) -> None:
        """What the command said before it was killed counts; then hand in once more."""
        if self.process is not None:
            self.process.wait()
            self._note(self.said.read_text("utf-8"))
            self.begin()

    def again(self) -> None:
        """What the command said before it was killed counts; then hand in to the end."""
        if self.process is None:
            return
        self.process.wait()
        self._note(self.said.read_text("utf-8"))
        done = run_liuhen(*self._command())
        assert done.returncode == 0, done.stdout + done.stderr
        assert self._note(done.stdout) == self.files, done.stdout

    def _note(self, said: str) -> int:
        notes, held = Notes(self.notes), _HELD.findall(said)
        for sha256 in held:
            notes.put("docked", sha256=sha256)
        return len(held)
