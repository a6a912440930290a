"""Jobs that look at and listen to what was taken in: contact sheet, waveform, voices, darkness, and
a proxy where browsers can't play the original.

Each makes its derivative once and leaves it alone afterwards. What can't be made is no failure of
a job: the recording's findings say why. Not for reading facts (`jobs.media`).
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from django.db import connection
from django.db.models import Q

from liuhen.kernel.refusals import Refused
from liuhen.media.pictures import contact_sheet, darkness, page_picture, thumbnail
from liuhen.media.proxy import make_proxy
from liuhen.media.sound import voices, waveform
from liuhen.recordings import derivatives as kinds
from liuhen.recordings.blanks import LONG_MS, long_ones
from liuhen.recordings.derivatives import derivative_path, put_account, put_derivative
from liuhen.recordings.models import Derivative
from liuhen.recordings.queries import derivative_keys, derivative_of, media_of
from liuhen.vault.keeping import local_store
from liuhen.vault.queries import is_destroyed

log = logging.getLogger(__name__)

COLUMNS = ROWS = 4
BIN_MS = 250
# Shorter black is a cut or a hand that passes.
DARK_MS = 3000
PROXY_HEIGHT, PHOTO_WIDTH, PAGE_WIDTH = 720, 2560, 1240


@dataclass(frozen=True)
class _Making:
    """One kind of derivative: who has it, how it is made, what its row says of it now.

    One whose row lacks what `says` names was made by an earlier version, and is made again.
    """

    kind: str
    needs: str
    make: Callable[[str, Path], None]
    says: str = ""


def _sheet(sha256: str, path: Path) -> None:
    out = derivative_path(sha256, kinds.CONTACT_SHEET)
    made = contact_sheet(path, out, columns=COLUMNS, rows=ROWS)
    how = {"columns": made.columns, "rows": made.rows, "at_ms": list(made.at_ms)}
    put_derivative(sha256, kinds.CONTACT_SHEET, out, how=how)


def _waveform(sha256: str, path: Path) -> None:
    wave = waveform(path, bin_ms=BIN_MS)
    how = {"bin_ms": BIN_MS, "long": long_ones(wave.silences(LONG_MS))}
    put_account(sha256, kinds.WAVEFORM, asdict(wave), how)


def _voices(sha256: str, path: Path) -> None:
    put_account(sha256, kinds.VOICES, asdict(voices(path)), {"model": "silero-vad 6.2"})


def _darkness(sha256: str, path: Path) -> None:
    found = darkness(path, at_least_ms=DARK_MS)
    how = {"at_least_ms": DARK_MS, "long": long_ones(found.spans)}
    put_account(sha256, kinds.DARKNESS, asdict(found), how)


_MAKINGS = (
    _Making(kinds.CONTACT_SHEET, "video", _sheet),
    _Making(kinds.WAVEFORM, "audio", _waveform, "long"),
    _Making(kinds.DARKNESS, "video", _darkness, "long"),
    _Making(kinds.VOICES, "audio", _voices),
)


def examine(sha256: str) -> int:
    """Make what is missing of an original's derivatives. Returns how many were made."""
    if is_destroyed(sha256):
        return 0
    media = media_of(sha256)
    has = {track["kind"] for track in (media or {}).get("tracks") or ()}
    path, made = local_store().place(sha256), 0
    for making in _MAKINGS:
        if making.needs in has and not _is_made(sha256, making):
            connection.close()  # looking may take minutes
            made += _attempt(making, sha256, path)
    return made


def _is_made(sha256: str, making: _Making) -> bool:
    held = derivative_of(sha256, making.kind)
    return held is not None and (not making.says or making.says in held.how)


def made_by_earlier_versions(limit: int, after: str = "") -> list[str]:
    """Originals of which something is to be made again, in the order of their digests."""
    lacking = Q(pk__in=[])
    for making in _MAKINGS:
        if making.says:
            lacking |= Q(kind=making.kind) & ~Q(how__has_key=making.says)
    rows = Derivative.objects.filter(lacking, key="", original_id__gt=after)
    rows = rows.filter(original__destruction=None).order_by("original_id")
    return list(rows.values_list("original_id", flat=True).distinct()[:limit])


def _attempt(making: _Making, sha256: str, path: Path) -> bool:
    try:
        making.make(sha256, path)
    except Refused as refused:
        log.info("no %s of %s: %s", making.kind, sha256[:12], refused)
        return False
    return True


def make_playable(sha256: str) -> bool:
    """Make a proxy of an original that browsers can't play. Returns whether one was made."""
    media = None if is_destroyed(sha256) else media_of(sha256)
    if not (media or {}).get("browser_obstacle") or derivative_of(sha256, kinds.PROXY) is not None:
        return False
    assert media is not None
    connection.close()
    if media.get("pages"):
        return _draw_pages(sha256, int(media["pages"]))
    out, path = derivative_path(sha256, kinds.PROXY), local_store().place(sha256)
    try:
        if media.get("tracks"):
            made = make_proxy(path, out, height=PROXY_HEIGHT)
            how = {"height": made.height, "failed_packets": made.failed_packets}
        else:
            how = {"width": thumbnail(path, out, PHOTO_WIDTH).width}
        put_derivative(sha256, kinds.PROXY, out, how=how)
    except Refused as refused:
        log.info("no proxy of %s: %s", sha256[:12], refused)
        return False
    return True


def _draw_pages(sha256: str, pages: int) -> bool:
    """Draw the pages of a scan that are not drawn yet. Returns whether any was."""
    path, made = local_store().place(sha256), 0
    drawn = derivative_keys(sha256, kinds.PROXY)
    for page in range(1, pages + 1):
        key = kinds.page_key(page)
        if key in drawn:
            continue
        out = derivative_path(sha256, kinds.PROXY, key)
        try:
            page_picture(path, out, page, PAGE_WIDTH)
            how = {"page": page, "type": "image/jpeg"}
            put_derivative(sha256, kinds.PROXY, out, key=key, how=how)
        except Refused as refused:
            log.info("no page %d of %s: %s", page, sha256[:12], refused)
            continue
        made += 1
    return bool(made)
