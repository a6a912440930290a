"""Identifiers: UUID version 7 (RFC 9562), ordered by time. Not for numbers a person reads."""

from __future__ import annotations

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
