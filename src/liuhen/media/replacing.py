"""A file that becomes another one whole and synced, or leaves no trace. Not for originals."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def replaced(out: Path) -> Iterator[int]:
    """A descriptor whose file becomes `out` at the end."""
    # named after it: who destroys an original finds what is being made of it, too
    part = out.with_name(f"{out.name}.{secrets.token_hex(8)}.part")
    output = os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        yield output
        os.fsync(output)
        part.replace(out)
    finally:
        os.close(output)
        part.unlink(missing_ok=True)
