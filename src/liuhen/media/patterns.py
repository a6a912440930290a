"""What a camera's file and folder names say: device, officer, time, part. Hints, never evidence.

Every authority's cameras name their files in their own way, so the patterns are data
(`patterns.toml`) that an authority extends. Not for reading files nor for correcting clocks.
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path, PurePosixPath
from typing import Final, Literal

# Files a camera keeps beside its recordings (small previews, indexes), and rubbish of computers.
_COMPANIONS: Final = frozenset({"thm", "lrv", "idx", "ifo", "bup", "nmea"})
_RUBBISH: Final = frozenset({"tmp", "db", "ini", "log"})

Beside = Literal["", "hidden", "companion", "system"]
_GAP: Final = r"[-_.:T ]?"
_FIELDS: Final = {
    "device": r"[A-Za-z0-9][A-Za-z0-9-]{2,31}",
    "officer": r"[A-Za-z0-9]{4,20}",
    "part": r"\d{1,6}",
    "kind": r"[A-Za-z]{2,12}",
    "any": r"[^/]{1,64}",
    "date": rf"\d{{4}}{_GAP}\d\d{_GAP}\d\d",
    "clock": rf"\d\d{_GAP}\d\d{_GAP}\d\d",
    "time": rf"\d{{4}}{_GAP}\d\d{_GAP}\d\d{_GAP}\d\d{_GAP}\d\d{_GAP}\d\d",
}
_SIZED: Final = {
    "device": "[A-Za-z0-9-]", "officer": "[A-Za-z0-9]", "part": r"\d", "kind": "[A-Za-z_]",
}  # fmt: skip
_PIECE: Final = re.compile(r"\{([a-z]+)(?::(\d{1,2}))?\}")


@dataclass(frozen=True)
class Pattern:
    """One way of naming; `template` as explained in patterns.toml."""

    name: str
    template: str
    mark: str = ""


@dataclass(frozen=True)
class NameFacts:
    """What a name says. Every part may be empty; nothing of it is checked against the world.

    `taken` is the device's local time, ISO 8601 without offset; `part` numbers the pieces of one
    recording; `pattern` is the pattern that fitted.
    """

    pattern: str
    device: str
    officer: str
    taken: str
    part: int | None
    mark: str

    def taken_at(self, zone: dt.tzinfo) -> dt.datetime | None:
        """The aware UTC instant of the device's clock, read in its zone."""
        if not self.taken:
            return None
        return dt.datetime.fromisoformat(self.taken).replace(tzinfo=zone).astimezone(dt.UTC)


@cache
def common_patterns() -> tuple[Pattern, ...]:
    """The layouts known out of the box."""
    text = resources.files("liuhen.media").joinpath("patterns.toml").read_text("utf-8")
    return _parsed(text)


def load_patterns(path: Path) -> tuple[Pattern, ...]:
    """An authority's own patterns in front of the common ones.

    Raises:
        ValueError: the file is no TOML of patterns, or a template is wrong; the text says where.
    """
    return (*_parsed(path.read_text("utf-8")), *common_patterns())


def beside_recordings(name: str) -> Beside:
    """As what a file on a camera is left there, by its name; empty when it is to be taken in.

    What is unknown is to be taken in. `system`: what computers leave on every disk.
    """
    plain = PurePosixPath(name)
    suffix = plain.suffix[1:].lower()
    if suffix in _RUBBISH or plain.name.startswith("._") or plain.name == ".DS_Store":
        return "system"
    if plain.name.startswith("."):
        return "hidden"
    return "companion" if suffix in _COMPANIONS else ""


def read_name(path: str, patterns: Sequence[Pattern] | None = None) -> NameFacts | None:
    """What the path of a file, relative to the camera's root, says; None when no pattern fits.

    A pattern whose time is no possible time does not fit.
    """
    plain = PurePosixPath(path.replace("\\", "/"))
    parts = [*plain.parts[:-1], plain.stem]
    for pattern in common_patterns() if patterns is None else patterns:
        depth = pattern.template.count("/") + 1
        match = _compiled(pattern.template).fullmatch("/".join(parts[-depth:]))
        if match and (facts := _facts(pattern, match)):
            return facts
    return None


def _parsed(text: str) -> tuple[Pattern, ...]:
    listed = tomllib.loads(text).get("pattern", [])
    if not isinstance(listed, list) or not listed:
        raise ValueError("no [[pattern]] in the file")
    patterns = []
    for number, entry in enumerate(listed, 1):
        unknown = set(entry) - {"name", "template", "mark"}
        if unknown or not {"name", "template"} <= set(entry):
            raise ValueError(f"pattern {number}: needs name and template, may have mark")
        _compiled(entry["template"])
        patterns.append(Pattern(entry["name"], entry["template"], entry.get("mark", "")))
    return tuple(patterns)


@cache
def _compiled(template: str) -> re.Pattern[str]:
    """The regular expression of a template; only bounded repetitions, so it can't run away."""
    expression, at, seen = "", 0, set()
    for piece in _PIECE.finditer(template):
        field, size = piece[1], piece[2]
        if field not in _FIELDS or (size and field not in _SIZED):
            raise ValueError(f"template {template!r}: no field {piece[0]}")
        if field in seen and field != "any":
            raise ValueError(f"template {template!r}: {field} stands twice")
        seen.add(field)
        body = f"{_SIZED[field]}{{{size}}}" if size else _FIELDS[field]
        group = f"(?P<{field}>{body})" if field != "any" else f"(?:{body})"
        expression += re.escape(template[at : piece.start()]) + group
        at = piece.end()
    rest = template[at:]
    if "{" in rest or "}" in rest or not seen:
        raise ValueError(f"template {template!r}: a brace is open, or there is no field")
    return re.compile(expression + re.escape(rest), re.IGNORECASE)


def _facts(pattern: Pattern, match: re.Match[str]) -> NameFacts | None:
    told = match.groupdict(default="")
    digits = re.sub(r"\D", "", told.get("time") or told.get("date", "") + told.get("clock", ""))
    taken = ""
    if len(digits) == 14:
        try:
            moment = dt.datetime.strptime(f"{digits}+0000", "%Y%m%d%H%M%S%z")
        except ValueError:
            return None
        taken = moment.strftime("%Y-%m-%dT%H:%M:%S")
    return NameFacts(
        pattern=pattern.name,
        device=told.get("device", ""),
        officer=told.get("officer", ""),
        taken=taken,
        part=int(told["part"]) if told.get("part") else None,
        mark=pattern.mark,
    )
