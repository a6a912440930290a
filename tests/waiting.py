"""Waiting for something to come about, from outside. Not a test."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic, sleep


def until(is_so: Callable[[], object], seconds: float = 60.0) -> None:
    """Wait until `is_so` says yes. For a page too: its policy forbids scripts but its own, so
    nothing can be left in it that waits (`wait_for_function` fails as soon as it asks twice).
    """
    deadline = monotonic() + seconds
    while not is_so():
        assert monotonic() < deadline, "it did not come about in time"
        sleep(0.05)
