"""Which request and which act the present code runs for, and their ids on every log line.

Not for the content of a log line: that carries no personal data.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType
from typing import Any
from uuid import UUID

_NOTHING: Mapping[str, str] = MappingProxyType({})
_via: ContextVar[Mapping[str, str]] = ContextVar("liuhen_via", default=_NOTHING)
_act: ContextVar[UUID | None] = ContextVar("liuhen_act", default=None)
_person: ContextVar[UUID | None] = ContextVar("liuhen_person", default=None)


@contextmanager
def through(door: str, **details: str) -> Iterator[None]:
    """Name the door (and `request` id) by which what happens inside came in."""
    token = _via.set({"door": door, **details})
    try:
        yield
    finally:
        _via.reset(token)


def add(**details: str) -> None:
    """Tell more of the door, until it closes: the token by which a program came in."""
    _via.set({**_via.get(), **details})


@contextmanager
def acting(act_id: UUID, person_id: UUID) -> Iterator[None]:
    """Name the act under way and whose it is."""
    act, person = _act.set(act_id), _person.set(person_id)
    try:
        yield
    finally:
        _act.reset(act)
        _person.reset(person)


def via() -> Mapping[str, str]:
    """The door and its details, or nothing."""
    return _via.get()


class Ids(logging.Filter):
    """Puts `request_id`, `act_id` and `person_id` on every record, a dash when there is none.

    What a record brings along by `extra` stays.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = _via.get().get("request", "-")
        record.act_id = str(_act.get() or "-")
        if not hasattr(record, "person_id"):
            record.person_id = str(_person.get() or "-")
        return True


class Line(logging.Formatter):
    """One record, one line: what came from outside can't begin a line that looks like ours."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the library's name
        return super().formatMessage(record).replace("\r", "\\r").replace("\n", "\\n")

    def formatException(self, ei: Any) -> str:  # noqa: N802 - the library's name
        return "\n".join(f"  | {line}" for line in super().formatException(ei).splitlines())
