"""Row images as they travel and lie: lengths and bytes (docs/formats/replica.md). Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256

from liuhen.kernel.refusals import Refused
from liuhen.tlog.entry import EntryBody, ImageDigest

ERASED = 0xFFFFFFFF
_LENGTH = 4


def split_images(raw: bytes) -> Iterator[bytes | None]:
    """The images of a file, None for one whose bytes were erased.

    Raises:
        Refused: `images.malformed`, when bytes are missing.
    """
    position = 0
    while position < len(raw):
        start = position + _LENGTH
        length = int.from_bytes(raw[position:start], "big")
        if start <= len(raw) and length == ERASED:
            position = start
            yield None
            continue
        position = start + length
        if start > len(raw) or position > len(raw):
            raise Refused("images.malformed", what="cut off")
        yield raw[start:position]


def paired(
    entries: Sequence[EntryBody], raw: bytes
) -> Iterator[tuple[EntryBody, ImageDigest, bytes | None]]:
    """Each image beside the entry that lists it and its line there; digests are not checked.

    Raises:
        Refused: `images.malformed`, when there are more or fewer images than the entries list.
    """
    found = split_images(raw)
    for entry in entries:
        for listed in entry.images:
            try:
                yield entry, listed, next(found)
            except StopIteration:
                raise Refused("images.malformed", what="too few") from None
    for _ in found:
        raise Refused("images.malformed", what="too many")


def is_image_of(listed: ImageDigest, body: bytes) -> bool:
    """Whether the bytes give the digest that the entry lists."""
    return sha256(body).hexdigest() == listed.sha256
