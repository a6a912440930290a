"""A small file system of its own, to be filled under a running server. Not a test."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

PLENTY = 4 << 30
_TRIES = 50


@dataclass(frozen=True)
class Disk:
    """A file system of its own whose size can be changed while it is used."""

    path: Path

    def resize(self, size: int) -> None:
        options = f"remount,size={size}"
        subprocess.run(["mount", "-o", options, str(self.path)], check=True, capture_output=True)

    def fill(self) -> None:
        """Leave nothing free, though a server writes and deletes meanwhile."""
        for _ in range(_TRIES):
            # smaller than what was written since we looked: refused
            with suppress(subprocess.CalledProcessError):
                self.leave(0)
            if os.statvfs(self.path).f_bavail == 0:
                return
        raise AssertionError("the disk does not stay full")

    def leave(self, free: int) -> None:
        """Leave so many bytes free."""
        told = os.statvfs(self.path)
        self.resize((told.f_blocks - told.f_bfree) * told.f_frsize + free)

    def empty(self) -> None:
        self.resize(PLENTY)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    path = tmp_path / "disk"
    path.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={PLENTY},mode=0755", "liuhen", str(path)]
    done = subprocess.run(mount, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip(f"mounting a small file system is not permitted here: {done.stderr.strip()}")
    yield Disk(path)
    subprocess.run(["umount", "--lazy", str(path)], check=True)
