"""Rows and places of what is made from originals. Derived: may be deleted and made again.

Large things are made by jobs (`jobs.media`, `jobs.examining`); an original is never touched.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from liuhen.kernel import clock
from liuhen.kernel.digests import sha256_file
from liuhen.kernel.refusals import Refused
from liuhen.media.pictures import thumbnail
from liuhen.media.replacing import replaced
from liuhen.recordings.models import Derivative
from liuhen.vault.keeping import (
    first_store,
    intake_path,
    local_store,
    not_destroyed,
    refuse_destroyed,
    s3_store,
)
from liuhen.vault.s3 import S3Store
from liuhen.vault.store import MADE, S3, fsync_folder

THUMBNAIL = "thumbnail"
SIGNATURE = "signature"
CONTACT_SHEET = "contact_sheet"
WAVEFORM = "waveform"
VOICES = "voices"
DARKNESS = "darkness"
# What a filmed clock of ours told (`recordings.filmed_clock`).
FILMED_CLOCK = "filmed_clock"
# Where decoding failed (`recordings.damage`).
DAMAGE = "damage"
PROXY = "proxy"
# One of its pictures, kept for reading its words; with the name of who took it out, and a piece.
STILL = "still"
TAKEN_STILL = "taken_still"
CLIP = "clip"
# A copy with parts covered for good, and one of its pictures.
REDACTED = "redacted"
REDACTED_STILL = "redacted_still"
# What a party received.
PARTY_COPY = "party_copy"
# Types as which they are handed to a browser.
CONTENT_TYPES = {
    THUMBNAIL: "image/jpeg",
    CONTACT_SHEET: "image/jpeg",
    STILL: "image/jpeg",
    TAKEN_STILL: "image/jpeg",
    PROXY: "video/mp4",
    CLIP: "video/mp4",
    REDACTED: "video/mp4",
    REDACTED_STILL: "image/jpeg",
}


def page_key(page: int) -> str:
    """The key of a scan's page, counted from 1, among its proxies."""
    return f"{page:03d}"


def derivative_path(sha256: str, kind: str, key: str = "") -> Path:
    """Where something made from an original lies; its folder is there."""
    folder: Path = settings.HOME.derived_dir / sha256[:2]
    folder.mkdir(mode=0o750, parents=True, exist_ok=True)
    return folder / ".".join(filter(None, (sha256, kind, key)))


def small_picture(sha256: str, kind: str, width: int) -> bytes:
    """A JPEG of an original that is a picture, made in a confined child unless it is there.

    Raises:
        Refused: `media.no_picture`.
    """
    place = derivative_path(sha256, kind)
    if not place.is_file():
        thumbnail(local_store().place(sha256), place, width)
    return place.read_bytes()


def put_derivative(
    sha256: str, kind: str, made: Path, *, key: str = "", how: Mapping[str, Any] | None = None
) -> Derivative:
    """Note a derivative whose file is durable, with its own digest and how it was made.

    Where the bucket holds the originals it holds what was made from them as well.

    Raises:
        Refused: `original.destroyed`, `s3.away`, `s3.refused`; the file is gone then.
    """
    try:
        kept = _kept(sha256, kind, made, key, how)
    except Refused:
        made.unlink(missing_ok=True)  # whoever destroys the original may have been faster
        raise
    try:
        return enter_made(kept)
    except Refused:
        drop_made(kept.path)
        raise


@dataclass(frozen=True)
class Made:
    """A durable file made from an original, of which no row speaks yet."""

    original: str
    kind: str
    key: str
    path: str
    sha256: str
    how: Mapping[str, Any]


def bring_in(
    sha256: str, kind: str, made: Path, *, key: str = "", how: Mapping[str, Any] | None = None
) -> Made:
    """Move a finished file among the derivatives, under a name that no other run has.

    Raises:
        Refused: `original.destroyed`, `s3.away`, `s3.refused`; `OSError` where it can't be
            written.
    """
    out = derivative_path(sha256, kind, ".".join(filter(None, (secrets.token_hex(4), key))))
    with made.open("rb") as stream:
        os.fsync(stream.fileno())
    shutil.move(made, out)
    fsync_folder(out.parent)
    try:
        return _kept(sha256, kind, out, key, how)
    except Refused:
        out.unlink(missing_ok=True)
        raise


def enter_made(made: Made) -> Derivative:
    """Let the row of a derivative speak of this file from now on.

    Raises:
        Refused: `original.destroyed`.
    """
    told = {
        "path": made.path,
        "sha256": made.sha256,
        "how": dict(made.how),
        "made_at": clock.now(),
    }
    with not_destroyed(made.original):
        derivative, _ = Derivative.objects.update_or_create(
            original_id=made.original, kind=made.kind, key=made.key, defaults=told
        )
    return derivative


def drop_made(path: str) -> None:
    """Remove a file of `bring_in` of which no row speaks, or none any more.

    Raises:
        Refused: `s3.away`, `s3.refused`.
    """
    (settings.HOME.derived_dir / path).unlink(missing_ok=True)
    if (bucket := _bucket()) is not None:
        bucket.remove_named(f"{MADE}/{path}")


def drop_all(sha256: str, kind: str) -> None:
    """Remove everything of one kind made from an original, its rows, and files of killed runs.

    Raises:
        Refused: `s3.away`, `s3.refused`.
    """
    name = f"{sha256[:2]}/{sha256}.{kind}."
    for path in settings.HOME.derived_dir.glob(f"{name}*"):
        path.unlink(missing_ok=True)
        fsync_folder(path.parent)
    if (bucket := _bucket()) is not None:
        bucket.remove_named(f"{MADE}/{name}")
    Derivative.objects.filter(original_id=sha256, kind=kind).delete()


def _kept(sha256: str, kind: str, made: Path, key: str, how: Mapping[str, Any] | None) -> Made:
    # its original may have been destroyed while it was being made
    refuse_destroyed(sha256)
    path, digest = str(made.relative_to(settings.HOME.derived_dir)), sha256_file(made)
    if (bucket := _bucket()) is not None:
        bucket.put_named(f"{MADE}/{path}", made, digest)
    return Made(sha256, kind, key, path, digest, how or {})


def made_file(derivative: Derivative | None) -> Path | None:
    """The file of a derivative, fetched from the bucket where that holds it; None when it is gone.

    Raises:
        Refused: `s3.away`, `s3.refused`.
    """
    if derivative is None:
        return None
    here: Path = settings.HOME.derived_dir / derivative.path
    bucket = _bucket()
    if bucket is None:
        return here if here.is_file() else None
    # another machine may have made it anew: its digest is part of the name here
    cached = here.with_name(f"{here.name}.{derivative.sha256[:16]}")
    if cached.is_file():
        os.utime(cached)
        return cached
    fresh = intake_path()
    try:
        found = bucket.fetch_named(f"{MADE}/{derivative.path}", fresh)
        if found != derivative.sha256:
            return None
        cached.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
        fresh.rename(cached)
    finally:
        fresh.unlink(missing_ok=True)
    return cached


def _bucket() -> S3Store | None:
    """The bucket, where it holds what is made from originals."""
    return s3_store() if first_store() == S3 else None


def put_account(
    sha256: str, kind: str, account: Mapping[str, Any], how: Mapping[str, Any]
) -> Derivative:
    """Keep what was measured of an original, as JSON."""
    out = derivative_path(sha256, kind)
    with replaced(out) as descriptor, open(descriptor, "wb", closefd=False) as stream:
        stream.write(json.dumps(account).encode("ascii"))
    return put_derivative(sha256, kind, out, how=how)


def read_account(sha256: str, kind: str) -> dict[str, Any] | None:
    """What was measured of an original; None when nobody has measured it yet."""
    found = Derivative.objects.filter(original_id=sha256, kind=kind, key="").first()
    if found is None:
        return None
    place = made_file(found)
    if place is None:
        return None  # derived files may be deleted; a job makes them again
    account: dict[str, Any] = json.loads(place.read_text("ascii"))
    return account
