"""Files of a home that are copies for reading, whose originals the bucket holds: they may go.

Not for what is fetched and proved (`bucket_store`). No rows, no Django.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from stat import S_ISDIR, S_ISREG

from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused

# What nobody used for so long goes, and nothing goes earlier than this after its use.
UNUSED_S, IN_USE_S = 3600.0, 600.0
# Says that a vault's folder is a cache: without it nothing in there is ever removed.
MARK = "CACHE"


def is_cache(folder: Path) -> bool:
    """Whether a vault's folder was marked as a cache."""
    return (folder / MARK).exists()


def use_as_cache(folder: Path) -> None:
    """Mark a vault's folder as a cache.

    Raises:
        Refused: `storage.not_a_cache`: originals of a vault that was no cache lie there.
    """
    if is_cache(folder):
        return
    if any(folder.iterdir()):
        raise Refused("storage.not_a_cache", path=str(folder))
    (folder / MARK).touch()


def tidy(folders: Iterable[Path], most_bytes: int) -> int:
    """Remove cached files that nobody uses, and the longest unused while they are too many.

    Returns how many bytes are left.
    """
    now, found = clock.of_machine().timestamp(), list[tuple[float, int, Path]]()
    for folder in folders:
        for path in sorted(folder.rglob("*"), reverse=True):
            with suppress(FileNotFoundError):
                told = path.lstat()
                if S_ISREG(told.st_mode) and path.name != MARK:
                    found.append((told.st_mtime, told.st_size, path))
                elif S_ISDIR(told.st_mode) and now - told.st_mtime > UNUSED_S:
                    with suppress(OSError):  # unless something lies there
                        path.rmdir()
    left = sum(size for _, size, _ in found)
    for used_at, size, path in sorted(found):
        age = now - used_at
        if age < IN_USE_S or (age < UNUSED_S and left <= most_bytes):
            continue
        path.unlink(missing_ok=True)
        left -= size
    return left
