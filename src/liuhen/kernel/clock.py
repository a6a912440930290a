"""The one source of time. Not for calendars or periods: those are law (`law.calendar`).

Every instant is an aware UTC datetime; days are local dates of the authority (Asia/Shanghai).
A demonstration home runs from a fixed past day, and tests stop the clock; both go through
`running_from` and `frozen`, so no other module reads the system's time.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")

Source = Callable[[], dt.datetime]


def _system() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


_source: Source = _system


def now() -> dt.datetime:
    """The present instant: aware, UTC, to the microsecond."""
    return _source()


def of_machine() -> dt.datetime:
    """The machine's own time, which files and other machines go by, also in a demonstration."""
    return _system()


def monotonic() -> float:
    """Seconds that only grow, for measuring how long something took; never a date."""
    return time.monotonic()


def local_date(instant: dt.datetime) -> dt.date:
    """The authority's calendar day of an aware instant."""
    return instant.astimezone(CHINA).date()


def local(instant: dt.datetime) -> dt.datetime:
    """The same instant on the authority's wall clock."""
    return instant.astimezone(CHINA)


def end_words(instant: dt.datetime) -> tuple[dt.date, str]:
    """The day an end belongs to, and its time: what ends a day is 24:00 of it, told in one way."""
    wall = local(instant)
    if wall.time() == dt.time():
        return wall.date() - dt.timedelta(days=1), "24:00"
    is_last = (wall.hour, wall.minute, wall.second) == (23, 59, 59)
    return wall.date(), "24:00" if is_last else f"{wall:%H:%M}"


def end_text(instant: dt.datetime) -> str:
    """An end as tables tell it: 2026-03-04 24:00."""
    on, time_of_day = end_words(instant)
    return f"{on} {time_of_day}"


def iso(instant: dt.datetime) -> str:
    """RFC 3339 in UTC with microseconds, the form used in entries and receipts."""
    return instant.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def parse_iso(text: str) -> dt.datetime:
    """Read an RFC 3339 instant.

    Raises:
        ValueError: the text is no instant, carries no offset from UTC, or is of no year there.
    """
    instant = dt.datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError(f"an instant needs an offset from UTC: {text!r}")
    try:
        return instant.astimezone(dt.UTC)
    except OverflowError as error:
        raise ValueError(f"an instant of no year: {text!r}") from error


def run_from(instant: dt.datetime) -> None:
    """Let this process's clock run on from `instant` at the pace of the system's clock."""
    global _source
    offset = instant.astimezone(dt.UTC) - _system()
    _source = lambda: _system() + offset  # noqa: E731 - a source is a bare function


def run_offset(offset: dt.timedelta) -> None:
    """Let this process's clock run `offset` away from the system's clock."""
    global _source
    _source = lambda: _system() + offset  # noqa: E731 - a source is a bare function


@contextmanager
def frozen(instant: dt.datetime) -> Iterator[FrozenClock]:
    """Stop the clock at `instant`; the yielded clock can be moved."""
    global _source
    before, stopped = _source, FrozenClock(instant.astimezone(dt.UTC))
    _source = stopped
    try:
        yield stopped
    finally:
        _source = before


class FrozenClock:
    """A clock that stands still until it is moved."""

    def __init__(self, instant: dt.datetime) -> None:
        self.instant = instant

    def __call__(self) -> dt.datetime:
        return self.instant

    def move(self, **span: float) -> dt.datetime:
        """Move by a `timedelta(**span)`; returns the new instant."""
        self.instant += dt.timedelta(**span)
        return self.instant

    def set(self, instant: dt.datetime) -> dt.datetime:
        """Put the clock at `instant`."""
        self.instant = instant.astimezone(dt.UTC)
        return self.instant
