"""What the device wrote about itself: time, place, model. Untrusted words, cleaned and bounded."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping

from liuhen.media import schema
from liuhen.media.facts import CreationTag, Finding, Place

# The first that is there wins: tags with an offset from UTC before those without.
_TIMES = ("com.apple.quicktime.creationdate", "creation_time", "date", "date-eng", "idit", "icrd")
_PLACES = ("com.apple.quicktime.location.iso6709", "location", "location-eng")
_DEVICES = ("com.apple.quicktime.model", "com.android.model", "model", "encoded_by")
_ISO_6709 = re.compile(
    r"([+-]\d{1,3}(?:\.\d{1,9})?)([+-]\d{1,3}(?:\.\d{1,9})?)([+-]\d{1,6}(?:\.\d{1,9})?)?"
)
_FIRST_YEAR = 2000


def creation_tag(metadata: Mapping[str, str]) -> CreationTag | None:
    """The creation time the container carries, when it can be read as a time."""
    lower = {key.lower(): value for key, value in metadata.items()}
    for key in _TIMES:
        tag = read_time(lower.get(key, ""), key)
        if tag is not None:
            return tag
    return None


def read_time(raw: str, source: str) -> CreationTag | None:
    """ISO 8601 or EXIF ("2025:03:03 09:15:00") text as a tag; None when it is no time."""
    text = schema.clean_text(raw, 40)
    if re.match(r"\d{4}:\d\d:\d\d \d\d:\d\d:\d\d", text):
        text = text[:10].replace(":", "-") + "T" + text[11:]
    try:
        told = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    if len(text) < 16:
        return None  # a day is no moment
    return CreationTag(told.isoformat(), told.tzinfo is not None, source)


def clock_findings(tag: CreationTag | None) -> list[Finding]:
    """A finding when the device's clock was plainly never set."""
    if tag is not None and int(tag.text[:4]) < _FIRST_YEAR:
        return [Finding("clock_unset", f"{tag.source} says {tag.text}")]
    return []


def place_tag(metadata: Mapping[str, str]) -> Place | None:
    """The place as ISO 6709, e.g. +31.2304+121.4737/."""
    lower = {key.lower(): value for key, value in metadata.items()}
    for key in _PLACES:
        match = _ISO_6709.match(lower.get(key, ""))
        if match:
            altitude = match[3]
            return checked_place(float(match[1]), float(match[2]),
                                 float(altitude) if altitude else None)  # fmt: skip
    return None


def checked_place(latitude: float, longitude: float, altitude: float | None) -> Place | None:
    """A place on earth, or None; degrees and metres in, ten-millionths and millimetres out."""
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        return None
    high = None
    if altitude is not None and -12_000 < altitude < 100_000:
        high = round(altitude * 1000)
    return Place(round(latitude * 10_000_000), round(longitude * 10_000_000), high)


def device_tag(metadata: Mapping[str, str]) -> str:
    """Make or model, empty when the container carries none."""
    lower = {key.lower(): value for key, value in metadata.items()}
    return next((schema.clean_text(lower[key], 80) for key in _DEVICES if lower.get(key)), "")
