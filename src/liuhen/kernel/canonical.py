"""Canonical JSON: one value, one sequence of bytes (RFC 8785 without floats).

The subset of RFC 8785 this project hashes: objects, arrays, strings, integers within 2**53,
booleans and null. Keys are sorted by UTF-16 code units; floats are refused because their
text is where implementations disagree. Not for pretty output.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from liuhen.kernel import clock

LARGEST = 2**53 - 1


def dumps(value: Any) -> bytes:
    """Serialise plain values to their one canonical form, UTF-8.

    Instants become RFC 3339 UTC, days ISO dates, ids their text.

    Raises:
        TypeError: a value has no canonical form (floats, bytes, naive datetimes, other types).
        ValueError: an integer is outside ±(2**53 - 1).
    """
    return json.dumps(_plain(value), ensure_ascii=False, separators=(",", ":")).encode()


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | str):
        return str(value) if isinstance(value, str) else value
    if isinstance(value, int):
        if abs(value) > LARGEST:
            raise ValueError(f"integer too large for canonical JSON: {value}")
        return int(value)
    if isinstance(value, dt.datetime):
        if value.tzinfo is None:
            raise TypeError("an instant needs an offset from UTC")
        return clock.iso(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, Mapping):
        return _plain_object(value)
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray | memoryview):
        return [_plain(item) for item in value]
    raise TypeError(f"no canonical form for {type(value).__name__}")


def _plain_object(value: Mapping[Any, Any]) -> dict[str, Any]:
    for key in value:
        if not isinstance(key, str):
            raise TypeError(f"object keys must be strings, not {type(key).__name__}")
    return {key: _plain(value[key]) for key in sorted(value, key=lambda k: k.encode("utf-16-be"))}
