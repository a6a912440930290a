"""Entries as hashed bytes (docs/formats/entry.md): their form, read and checked.

Entries are written by the ledger and stored as bytes; a proof is over those bytes, never over
what is read from them here. Not for deciding what an act may do or record.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from liuhen.kernel import canonical, clock
from liuhen.kernel.digests import is_sha256
from liuhen.kernel.refusals import Refused
from liuhen.tlog.strict import refused
from liuhen.tlog.tiles import MAX_ENTRY_BYTES

VERSION = 1
_CODE = "entry.malformed"
_EVENT = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*\Z")
_MEMBERS = frozenset({"v", "id", "event", "actor", "at", "case", "subject", "data", "images"})
_OPTIONAL = frozenset({"via"})


@dataclass(frozen=True)
class ImageDigest:
    """A row image the act left: table, row, SHA-256 of the image, and of the row's image before."""

    table: str
    row: str
    sha256: str
    previous: str | None


@dataclass(frozen=True)
class EntryBody:
    """One act. `at` is aware UTC; `subject` has kind and id; `data` is plain JSON values."""

    id: UUID
    event: str
    actor_id: UUID
    actor_name: str
    at: dt.datetime
    case: UUID | None
    subject: Mapping[str, str]
    data: Mapping[str, Any]
    images: tuple[ImageDigest, ...]
    via: Mapping[str, str] = field(default_factory=dict)

    def encode(self) -> bytes:
        """The bytes that are stored and hashed.

        Raises:
            Refused: `entry.too_long`, when a bundle could not hold them (65,535 bytes).
        """
        value: dict[str, Any] = {
            "v": VERSION,
            "id": self.id,
            "event": self.event,
            "actor": {"id": self.actor_id, "name": self.actor_name},
            "at": self.at,
            "case": self.case,
            "subject": self.subject,
            "data": self.data,
            "images": [vars(image) for image in self.images],
        }
        if self.via:
            value["via"] = self.via
        raw = canonical.dumps(value)
        check_entry_length(raw)
        return raw


def check_entry_length(raw: bytes) -> None:
    """Refuse an entry that could never be published in a bundle.

    Raises:
        Refused: `entry.too_long`, with `size` and `limit` in bytes.
    """
    if len(raw) > MAX_ENTRY_BYTES:
        raise Refused("entry.too_long", size=len(raw), limit=MAX_ENTRY_BYTES)


def parse_entry(raw: bytes) -> EntryBody:
    """Read stored entry bytes; only the one canonical form is accepted.

    Raises:
        Refused: `entry.too_long`, `entry.malformed` with `what`.
    """
    check_entry_length(raw)
    try:
        value = json.loads(raw)
        is_canonical = canonical.dumps(value) == raw
    except (ValueError, TypeError, RecursionError):
        is_canonical = False
    if not is_canonical:
        raise refused(_CODE, "canonical JSON")
    if not isinstance(value, dict) or not _MEMBERS <= value.keys() <= _MEMBERS | _OPTIONAL:
        raise refused(_CODE, "members")
    return _body(value)


def _body(value: dict[str, Any]) -> EntryBody:
    if value["v"] is True or value["v"] != VERSION:
        raise refused(_CODE, "v", value["v"])
    event = _text(value["event"], "event")
    if not _EVENT.match(event):
        raise refused(_CODE, "event", event)
    actor = _texts(value["actor"], "actor", ("id", "name"))
    via = _texts(value.get("via", {}), "via")
    if "via" in value and not via:
        raise refused(_CODE, "via")
    if not isinstance(value["data"], dict):
        raise refused(_CODE, "data")
    if not isinstance(value["images"], list):
        raise refused(_CODE, "images")
    return EntryBody(
        id=_uuid(value["id"], "id"),
        event=event,
        actor_id=_uuid(actor["id"], "actor id"),
        actor_name=actor["name"],
        at=_instant(value["at"]),
        case=None if value["case"] is None else _uuid(value["case"], "case"),
        subject=_texts(value["subject"], "subject", ("kind", "id")),
        data=value["data"],
        images=tuple(_image(image, i) for i, image in enumerate(value["images"])),
        via=via,
    )


def _image(value: Any, place: int) -> ImageDigest:
    what = f"image {place}"
    if not isinstance(value, dict) or value.keys() != {"table", "row", "sha256", "previous"}:
        raise refused(_CODE, what)
    previous = value["previous"]
    return ImageDigest(
        table=_text(value["table"], what),
        row=_text(value["row"], what),
        sha256=_digest(value["sha256"], what),
        previous=None if previous is None else _digest(previous, what),
    )


def _digest(value: Any, what: str) -> str:
    if not is_sha256(_text(value, what)):
        raise refused(_CODE, what, value)
    return str(value)


def _text(value: Any, what: str) -> str:
    if not isinstance(value, str):
        raise refused(_CODE, what, value)
    return value


def _texts(value: Any, what: str, keys: tuple[str, ...] | None = None) -> dict[str, str]:
    if not isinstance(value, dict) or (keys is not None and value.keys() != set(keys)):
        raise refused(_CODE, what)
    return {key: _text(item, f"{what} {key}") for key, item in value.items()}


def _uuid(value: Any, what: str) -> UUID:
    try:
        found = UUID(_text(value, what))
    except ValueError:
        raise refused(_CODE, what, value) from None
    if str(found) != value:
        raise refused(_CODE, what, value)
    return found


def _instant(value: Any) -> dt.datetime:
    try:
        instant = clock.parse_iso(_text(value, "at"))
        if clock.iso(instant) == value:
            return instant
    except (ValueError, OverflowError):
        pass
    raise refused(_CODE, "at", value)
