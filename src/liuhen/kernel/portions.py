"""How long a job stays at what another run goes on with: its time, or until its worker is to end.

Not for what is done in one piece: its worker waits for that, or it is done anew.
"""

from __future__ import annotations

from threading import Event

from liuhen.kernel import clock

_ending = Event()


def end_soon() -> None:
    """This process is to end: every portion is over."""
    _ending.set()


class Portion:
    """A portion of a long piece of work, of so many seconds at most; without any, of all of it."""

    def __init__(self, seconds: float | None = None) -> None:
        self._until = None if seconds is None else clock.monotonic() + seconds

    @property
    def is_over(self) -> bool:
        """Whether what has not begun is left to the next run."""
        is_late = self._until is not None and clock.monotonic() > self._until
        return is_late or _ending.is_set()
