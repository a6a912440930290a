"""How many requests may stream bodies or media at once, so that pages always find a thread.

Not for limiting speed or size.
"""

from __future__ import annotations

from threading import Lock

from liuhen.host.server import STREAMS
from liuhen.kernel.refusals import Refused


class Slot:
    """One place among the streams; release it as often as you like."""

    def __init__(self, slots: Slots) -> None:
        self._slots: Slots | None = slots

    def release(self) -> None:
        """Give the place back."""
        slots, self._slots = self._slots, None
        if slots is not None:
            slots.give_back()

    def __enter__(self) -> Slot:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


class Slots:
    """A fixed number of places; `full` is the refusal where none is left."""

    def __init__(self, places: int, full: str = "server.busy") -> None:
        self.places, self._full = places, full
        self.taken = 0
        self._lock = Lock()

    def take(self) -> Slot:
        """A place, at once or not at all. Raises `Refused`, as this kind of place has it."""
        with self._lock:
            if self.taken >= self.places:
                raise Refused(self._full, most=self.places)
            self.taken += 1
        return Slot(self)

    def give_back(self) -> None:
        """Called by a slot, once."""
        with self._lock:
            self.taken -= 1


# Of this process.
streams = Slots(STREAMS)
