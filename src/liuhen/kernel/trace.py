"""Which request and which act the present code runs for, and their ids on every log line.

Not for the content of a log line: that carries no personal data.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType
from uuid import UUID

_NOTHING: Mapping[str, str] = MappingProxyType({})
_via: ContextVar[Mapping[str, str]] = ContextVar("liuhen_via", default=_NOTHING)
_act: ContextVar[UUID | None] = ContextVar("liuhen_act", default=None)


@contextmanager
def through(door: str, **details: str) -> Iterator[None]:
    """Name the door (and `request` id) by which what happens inside came in."""
    token = _via.set({"door": door, **details})
    try:
        yield
    finally:
        _via.reset(token)


@contextmanager
def acting(act_id: UUID) -> Iterator[None]:
    """Name the act under way."""
    token = _act.set(act_id)
    try:
        yield
    finally:
        _act.reset(token)


def via() -> Mapping[str, str]:
    """The door and its details, or nothing."""
    return _via.get()


class Ids(logging.Filter):
    """Puts `request_id` and `act_id` on every record, a dash when there is none."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = _via.get().get("request", "-")
        record.act_id = str(_act.get() or "-")
        return True
