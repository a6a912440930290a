"""Rows and places of what is made from originals. Derived: may be deleted and made again.

Large things are made by jobs (`jobs.media`, `jobs.examining`); an original is never touched.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings

from liuhen.kernel import clock
from liuhen.kernel.digests import sha256_file
from liuhen.media.pictures import thumbnail
from liuhen.media.replacing import replaced
from liuhen.recordings.models import Derivative
from liuhen.vault.keeping import local_store

THUMBNAIL = "thumbnail"
SIGNATURE = "signature"
CONTACT_SHEET = "contact_sheet"
WAVEFORM = "waveform"
VOICES = "voices"
DARKNESS = "darkness"
PROXY = "proxy"
STILL = "still"
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
    PROXY: "video/mp4",
    CLIP: "video/mp4",
    REDACTED: "video/mp4",
    REDACTED_STILL: "image/jpeg",
}


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
    """Note a derivative whose file is durable, with its own digest and how it was made."""
    derivative, _ = Derivative.objects.update_or_create(
        original_id=sha256,
        kind=kind,
        key=key,
        defaults={
            "path": str(made.relative_to(settings.HOME.derived_dir)),
            "sha256": sha256_file(made),
            "how": dict(how or {}),
            "made_at": clock.now(),
        },
    )
    return derivative


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
    try:
        text = (settings.HOME.derived_dir / found.path).read_text("ascii")
    except FileNotFoundError:
        return None  # derived files may be deleted; a job makes them again
    account: dict[str, Any] = json.loads(text)
    return account
