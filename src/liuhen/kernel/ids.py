"""Identifiers: UUID version 7 (RFC 9562), ordered by time. Not for numbers a person reads."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import Random
from uuid import UUID

from liuhen.kernel import clock

_random_bits: Callable[[int], int] = secrets.randbits


def new_id() -> UUID:
    """A fresh identifier whose first 48 bits are the present millisecond."""
    milliseconds = int(clock.now().timestamp() * 1000) & ((1 << 48) - 1)
    value = milliseconds << 80 | 0x7 << 76 | _random_bits(12) << 64
    return UUID(int=value | 0b10 << 62 | _random_bits(62))


def first_id(at: dt.datetime) -> UUID:
    """Not after any identifier made from this instant on."""
    return UUID(int=(int(at.timestamp() * 1000) & ((1 << 48) - 1)) << 80)


def instant_of(made: UUID) -> dt.datetime:
    """The millisecond in which an identifier of ours was made."""
    return dt.datetime.fromtimestamp((made.int >> 80) / 1000, dt.UTC)


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Draw the random bits from `seed`, so that a demonstration comes out the same every time."""
    global _random_bits
    before = _random_bits
    _random_bits = Random(seed).getrandbits  # noqa: S311 - reproducible on purpose
    try:
        yield
    finally:
        _random_bits = before
