"""Reading and drawing the pages of a scan (PDF). Child only; not for photos of pages (`photo`).

What a page shows is drawn; text that lies in the file beside the picture is not looked at, since
nothing says that the two agree.
"""

from __future__ import annotations

from typing import Any, Final

import pypdfium2
from PIL import Image

from liuhen.media import schema
from liuhen.media.facts import Damage, Finding, Reading
from liuhen.media.inside import photo
from liuhen.media.inside.source import Source
from liuhen.media.limits import MAX_SCAN_PAGES
from liuhen.media.picture import Picture
from liuhen.media.worker import JobRefused

# The largest side of a page, in points: an A0 sheet has 3,370.
_LARGEST: Final = 14_400
_END_WITHIN: Final = 2048


def prepare(arguments: dict[str, Any]) -> None:
    """Load the library and the writer of pictures now."""
    Image.init()
    document = pypdfium2.PdfDocument.new()
    document.new_page(10, 10)
    document[0].render(scale=1).to_pil().convert("RGB")


def read_scan(arguments: dict[str, Any]) -> Reading:
    """Job: how many pages, how large, and whether each can be opened. Arguments: none used."""
    source = Source()
    findings: list[Finding] = []
    damage: list[Damage] = []
    if b"%%EOF" not in source.at(max(0, source.size - _END_WITHIN), _END_WITHIN):
        findings.append(Finding("truncated", "the end of the file is missing"))
    try:
        document = pypdfium2.PdfDocument(source)
        pages = len(document)
    except pypdfium2.PdfiumError as error:
        findings.append(Finding("unreadable", schema.clean_text(str(error))))
        return _reading(None, None, findings, damage)
    if not 0 < pages <= MAX_SCAN_PAGES:
        told = f"declares {pages} pages"
        findings += [Finding("hostile", told), Finding("unreadable", told)]
        return _reading(pages, None, findings, damage)
    size = None
    for place in range(pages):
        try:
            shown = document[place].get_size()
        except pypdfium2.PdfiumError as error:
            damage.append(Damage(None, None, None, schema.clean_text(f"page {place + 1}: {error}")))
            continue
        if max(shown) > _LARGEST:
            findings.append(Finding("hostile", f"page {place + 1} declares absurd dimensions"))
        size = size or shown
    if size is None:
        findings.append(Finding("unreadable", "no page can be opened"))
    return _reading(pages, size, findings, damage)


def draw_page(arguments: dict[str, Any]) -> Picture:
    """Job: a JPEG of a page to the output. Arguments: page (from 1), width in pixels.

    Raises:
        JobRefused: there is no such page, or it can't be drawn.
    """
    try:
        document = pypdfium2.PdfDocument(Source())
        page = document[arguments["page"] - 1]
        wide, high = page.get_size()
        if not (0 < wide <= _LARGEST and 0 < high <= 4 * wide):
            raise JobRefused(f"a page of {wide:.0f} x {high:.0f} points")
        drawn = page.render(scale=arguments["width"] / wide).to_pil().convert("RGB")
    except (pypdfium2.PdfiumError, IndexError) as error:
        raise JobRefused(schema.clean_text(f"{type(error).__name__}: {error}")) from error
    return photo.write_jpeg(drawn, arguments["width"], None)


def _reading(
    pages: int | None,
    size: tuple[float, float] | None,
    findings: list[Finding],
    damage: list[Damage],
) -> Reading:
    wide, high = size or (0, 0)
    return Reading(
        found="pdf",
        kind="scan",
        container="PDF",
        depth="header",
        tracks=(),
        width=round(wide) or None,
        height=round(high) or None,
        orientation=None,
        duration_ms=None,
        declared_duration_ms=None,
        origin_ms=None,
        created=None,
        place=None,
        device="",
        damage=tuple(damage[:200]),
        damage_count=len(damage),
        findings=tuple(findings),
        pages=pages,
    )
