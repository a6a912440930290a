"""Reading and shrinking still pictures. Child only; not for pictures out of a recording."""

from __future__ import annotations

import os
import struct
import zlib
from typing import IO, Any, Final, cast

from PIL import Image, ImageOps, UnidentifiedImageError

from liuhen.media import schema
from liuhen.media.facts import CreationTag, Damage, Finding, Place, Reading
from liuhen.media.inside import tags
from liuhen.media.inside.source import Source
from liuhen.media.inside.strictness import still_picture_damage
from liuhen.media.inside.structure import structural_findings
from liuhen.media.limits import MAX_PHOTO_PIXELS
from liuhen.media.picture import Picture
from liuhen.media.worker import OUTPUT_FD, JobRefused

# Pillow's readers raise all of these for broken input; anything else ends the child, reported.
BROKEN: Final = (
    UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError,
    KeyError, IndexError, TypeError, AttributeError, EOFError, OverflowError, ZeroDivisionError,
    RuntimeError, struct.error, zlib.error,
)  # fmt: skip
# Pillow's JPEG and HEIC readers conceal damage; FFmpeg's strict ones tell it.
_STRICTLY_READ: Final = {"jpeg": "jpeg_pipe,mjpeg", "heic": "mov"}
_EXIF, _GPS = 0x8769, 0x8825


def prepare(arguments: dict[str, Any]) -> None:
    """Load the readers now: nothing can be loaded once the child is confined."""
    Image.init()
    # Our own limit, told as a finding, replaces Pillow's warning.
    Image.MAX_IMAGE_PIXELS = None
    if arguments["found"] == "heic":
        _load_heic()


def _load_heic() -> None:
    import pillow_heif  # noqa: PLC0415 - only the photo child needs these codecs

    pillow_heif.options.DECODE_THREADS = 1
    pillow_heif.options.THUMBNAILS = False
    pillow_heif.register_heif_opener()


def read_photo(arguments: dict[str, Any]) -> Reading:
    """Job: the facts of a photo. Arguments: found (type by signature). Decodes it fully."""
    source, found = Source(), arguments["found"]
    findings = structural_findings(source, found)
    damage: list[Damage] = []
    try:
        picture = Image.open(cast(IO[bytes], source))
    except BROKEN as error:
        findings.append(Finding("unreadable", _cause(error)))
        return _reading(found, None, findings, damage)
    if picture.width * picture.height > MAX_PHOTO_PIXELS:
        told = f"declares {picture.width} x {picture.height} pixels"
        findings += [Finding("hostile", told), Finding("unreadable", told)]
        return _reading(found, None, findings, damage)
    try:
        picture.load()
    except BROKEN as error:
        cause = _cause(error)
        damage.append(Damage(None, None, None, cause))
        if "truncated" in cause and not any(f.code == "truncated" for f in findings):
            findings.append(Finding("truncated", cause))
    if not damage and found in _STRICTLY_READ:
        damage += still_picture_damage(source, _STRICTLY_READ[found])
    return _reading(found, picture, findings, damage)


def shrink_photo(arguments: dict[str, Any]) -> Picture:
    """Job: an upright JPEG of at most `width` pixels across, to the output.

    Raises:
        JobRefused: the photo can't be decoded, or declares absurd dimensions.
    """
    try:
        picture = Image.open(cast(IO[bytes], Source()))
        if picture.width * picture.height > MAX_PHOTO_PIXELS:
            raise JobRefused(f"declares {picture.width} x {picture.height} pixels")
        picture.draft("RGB", (arguments["width"] * 2, arguments["width"] * 2))
        upright = ImageOps.exif_transpose(picture)
        upright = upright.convert("RGB")
    except BROKEN as error:
        raise JobRefused(_cause(error)) from error
    return write_jpeg(upright, arguments["width"], None)


def write_jpeg(picture: Image.Image, width: int, at_ms: int | None) -> Picture:
    """Scale down to `width`, never up, and write a JPEG without metadata to the output."""
    if picture.width > width:
        height = max(1, picture.height * width // picture.width)
        picture = picture.resize((width, height), Image.Resampling.LANCZOS)
    with os.fdopen(OUTPUT_FD, "wb", closefd=False) as output:
        picture.save(output, "JPEG", quality=82)
    return Picture(picture.width, picture.height, at_ms)


def _reading(
    found: str, picture: Image.Image | None, findings: list[Finding], damage: list[Damage]
) -> Reading:
    created, place, device, orientation = _exif_facts(picture, damage)
    return Reading(
        found=found,
        kind="photo",
        container=schema.clean_text(picture.format or "") if picture else "",
        depth="frames" if picture and not damage and not findings else "header",
        tracks=(),
        width=picture.width if picture else None,
        height=picture.height if picture else None,
        orientation=orientation,
        duration_ms=None,
        declared_duration_ms=None,
        origin_ms=None,
        created=created,
        place=place,
        device=device,
        damage=tuple(damage),
        damage_count=len(damage),
        findings=(*findings, *tags.clock_findings(created)),
    )


def _exif_facts(
    picture: Image.Image | None, damage: list[Damage]
) -> tuple[CreationTag | None, Place | None, str, int | None]:
    if picture is None:
        return None, None, "", None
    try:
        exif = picture.getexif()
        details, position = exif.get_ifd(_EXIF), exif.get_ifd(_GPS)
        taken = str(details.get(0x9003) or exif.get(0x0132) or "")
        created = tags.read_time(taken + str(details.get(0x9011, "")), "exif")
        device = schema.clean_text(f"{exif.get(0x010F, '')} {exif.get(0x0110, '')}", 80)
        return created, _gps(position), device, _orientation(picture, exif)
    except BROKEN as error:
        damage.append(Damage(None, None, None, _cause(error)))
        return None, None, "", None


def _orientation(picture: Image.Image, exif: Image.Exif) -> int | None:
    # HEIC pixels come out upright already; the reader keeps what the file said aside.
    told = picture.info.get("original_orientation") or exif.get(0x0112)
    return told if isinstance(told, int) and 1 <= told <= 8 else None


def _gps(position: dict[int, Any]) -> Place | None:
    if not {1, 2, 3, 4} <= set(position):
        return None
    latitude, longitude = _degrees(position[2]), _degrees(position[4])
    south, west = position[1] in ("S", b"S"), position[3] in ("W", b"W")
    altitude = float(position[6]) if 6 in position else None
    return tags.checked_place(
        -latitude if south else latitude, -longitude if west else longitude, altitude
    )


def _degrees(parts: Any) -> float:
    hours, minutes, seconds = (float(part) for part in parts)
    return hours + minutes / 60 + seconds / 3600


def _cause(error: BaseException) -> str:
    return schema.clean_text(f"{type(error).__name__}: {error}")
