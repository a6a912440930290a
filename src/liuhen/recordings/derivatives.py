"""Rows and places of what is made from originals. Derived: may be deleted and made again.

Large things are made by jobs (`jobs.media`); an original is never touched.
"""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from liuhen.kernel import clock
from liuhen.kernel.digests import sha256_file
from liuhen.media.pictures import thumbnail
from liuhen.recordings.models import Derivative
from liuhen.vault.keeping import local_store

THUMBNAIL = "thumbnail"
SIGNATURE = "signature"


def derivative_path(sha256: str, kind: str) -> Path:
    """Where something made from an original lies; its folder is there."""
    folder: Path = settings.HOME.derived_dir / sha256[:2]
    folder.mkdir(mode=0o750, parents=True, exist_ok=True)
    return folder / f"{sha256}.{kind}"


def small_picture(sha256: str, kind: str, width: int) -> bytes:
    """A JPEG of an original that is a picture, made in a confined child unless it is there.

    Raises:
        Refused: `media.no_picture`.
    """
    place = derivative_path(sha256, kind)
    if not place.is_file():
        thumbnail(local_store().place(sha256), place, width)
    return place.read_bytes()


def put_derivative(sha256: str, kind: str, made: Path) -> Derivative:
    """Note a derivative whose file is durable, with its own digest."""
    derivative, _ = Derivative.objects.update_or_create(
        original_id=sha256,
        kind=kind,
        defaults={
            "path": str(made.relative_to(settings.HOME.derived_dir)),
            "sha256": sha256_file(made),
            "made_at": clock.now(),
        },
    )
    return derivative
