"""A disk whose power can be cut: what was not yet on it is gone, as after a power cut. Not a test.

ext4 on a file of its own. The file system's own shutdown call stops it at once and drops what it
holds in memory, data and journal; mounted again it is what the disk holds. The device's own cache
is not part of it.
"""

from __future__ import annotations

import fcntl
import os
import struct
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest

from tests.kill.tree import until

SIZE = 2 << 30
# EXT4_IOC_SHUTDOWN, and its way without writing the journal first
_SHUTDOWN, _AT_ONCE = 0x8004587D, struct.pack("I", 2)
_BOOT = "/proc/sys/kernel/random/boot_id"


@dataclass(frozen=True)
class PowerDisk:
    """A file system mounted at `path`, in the file `image`."""

    path: Path
    image: Path

    def on(self) -> None:
        """Mount it; what its journal says is done first."""
        _run("mount", "-o", "loop", self.image, self.path)

    def cut(self) -> None:
        """Nothing reaches the disk any more, and what had not is lost."""
        folder = os.open(self.path, os.O_RDONLY)
        try:
            fcntl.ioctl(folder, _SHUTDOWN, _AT_ONCE)
        finally:
            os.close(folder)

    def off(self) -> None:
        """Take it away with all the memory the kernel holds of it; nobody may use it any more."""
        until(self._is_let_go, "nobody uses the disk any more", 30)
        # whoever was killed may hold it a moment longer, and the next mount would get the same one
        until(self._is_forgotten, "the kernel forgot the disk", 30)

    def _is_let_go(self) -> bool:
        return subprocess.run(["umount", str(self.path)], capture_output=True).returncode == 0

    def _is_forgotten(self) -> bool:
        told = subprocess.run(["losetup", "-j", str(self.image)], capture_output=True, check=True)
        return not told.stdout.strip()


def _run(*command: str | Path) -> None:
    subprocess.run([str(part) for part in command], check=True, capture_output=True)


def another_boot(folder: Path) -> list[str]:
    """What a command begins with to see a machine that was started anew."""
    told = folder / f"boot-{uuid4()}"
    told.write_text(f"{uuid4()}\n")
    return ["unshare", "--mount", "sh", "-c", f'mount --bind "$0" {_BOOT} && exec "$@"', str(told)]


@contextmanager
def power_disk(folder: Path) -> Iterator[PowerDisk]:
    """An empty one, mounted; skips where that is not permitted."""
    made = PowerDisk(folder / "home", folder / "disk.img")
    made.path.mkdir(parents=True)
    with made.image.open("wb") as file:
        file.truncate(SIZE)
    try:
        _run("mkfs.ext4", "-q", "-F", made.image)
        made.on()
    except (subprocess.CalledProcessError, FileNotFoundError) as error:
        pytest.skip(f"mounting a file system is not permitted here: {error}")
    (made.path / "lost+found").rmdir()
    try:
        yield made
    finally:
        with suppress(subprocess.CalledProcessError):
            _run("umount", "--lazy", made.path)
