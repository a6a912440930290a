"""What our own capture page tells of a recording it made: place, moments, its phone's clock.

It comes as metadata of the upload. Times are corrected by the phone already when it knew how far
its clock was off; `clock_offset_ms` says how far, `clock_within_ms` how exactly that was known
(half the way to the server and back), `clock_age_ms` how long before the recording it was
measured. Null is that the phone never learned it. Not for what other senders tell
(`recordings.uploads`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.recordings.models import Bookmark

T = TypeVar("T")
MOST_MOMENTS = 200
# What an officer marks while filming; the rest is marked by who looks at it later.
MOMENTS = frozenset({"certificate", "rights", "refusal", "signing", "interruption"})
# Why a phone stopped before its person did.
BREAKS = frozenset({"page_closed", "device_fault", "storage_full"})
_WIDEST_M = 100_000


@dataclass(frozen=True)
class Moment:
    """Something marked while filming; `at_ms` on the file's timeline."""

    kind: str
    at_ms: int


def captured_by(told: Mapping[str, str]) -> dict[str, Any] | None:
    """What the row keeps: position {latitude, longitude, accuracy_m, at}, break, and of the clock
    clock_offset_ms, clock_within_ms, clock_age_ms.

    None when the sender was not our page.

    Raises:
        Refused: `upload.metadata` with `key`.
    """
    if told.get("source") != "phone":
        return None
    stopped = told.get("break", "")
    if stopped and stopped not in BREAKS:
        raise Refused("upload.metadata", key="break")
    return {
        "position": _read(told, "position", _position),
        "clock_offset_ms": _read(told, "clock_offset_ms", _whole),
        "clock_within_ms": _read(told, "clock_within_ms", _length),
        "clock_age_ms": _read(told, "clock_age_ms", _whole),
        "break": stopped,
    }


def moments_of(told: Mapping[str, str]) -> tuple[Moment, ...]:
    """The moments marked while filming. Raises `Refused("upload.metadata")`."""
    return _read(told, "moments", _moments) or ()


def _read(told: Mapping[str, str], key: str, reader: Callable[[Any], T]) -> T | None:
    if key not in told:
        return None
    try:
        return reader(json.loads(told[key]))
    except (ValueError, KeyError, TypeError, RecursionError):
        raise Refused("upload.metadata", key=key) from None


def _position(raw: Any) -> dict[str, Any]:
    latitude, longitude = float(raw["latitude"]), float(raw["longitude"])
    accuracy = float(raw["accuracy_m"])
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180 and 0 <= accuracy <= _WIDEST_M):
        raise ValueError("no place on earth")
    return {
        # Seven places are a centimetre; canonical JSON knows no fractions.
        "latitude": f"{latitude:.7f}",
        "longitude": f"{longitude:.7f}",
        "accuracy_m": round(accuracy),
        "at": clock.iso(clock.parse_iso(raw["at"])),
    }


def _whole(raw: Any) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int) or abs(raw) > 2**53:
        raise ValueError("no whole number")
    return raw


def _length(raw: Any) -> int:
    length = _whole(raw)
    if length < 0:
        raise ValueError("no length")
    return length


def _moments(raw: Any) -> tuple[Moment, ...]:
    kinds = set(Bookmark.Kind.values)
    found = tuple(Moment(str(one["kind"]), _whole(one["at_ms"])) for one in raw)
    if len(found) > MOST_MOMENTS or any(m.kind not in kinds or m.at_ms < 0 for m in found):
        raise ValueError("no moments")
    return found
