"""Small pictures that are posted with a form: looked at in the confined child before an act.

Not for recordings: those come through uploads (`api.uploads`).
"""

from __future__ import annotations

from django.core.files.uploadedfile import UploadedFile

from liuhen.kernel.refusals import Refused
from liuhen.media.pictures import thumbnail
from liuhen.vault.keeping import intake_path

LARGEST = 8 * 1024 * 1024


def checked_scan(posted: UploadedFile[bytes]) -> bytes:
    """The bytes of a posted picture, as received, once our reader could make a picture of them.

    Raises:
        Refused: `signature.scan`, it is empty, over 8 MB or no picture.
    """
    if not posted.size or posted.size > LARGEST:
        raise Refused("signature.scan")
    content = bytes(posted.read())
    place, tried = intake_path(), intake_path()
    place.write_bytes(content)
    try:
        thumbnail(place, tried, 64)
    except Refused as refused:
        raise Refused("signature.scan") from refused
    finally:
        place.unlink(missing_ok=True)
        tried.unlink(missing_ok=True)
    return content
