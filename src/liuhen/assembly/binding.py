"""The bound case file: papers joined behind cover and catalogue, pages numbered throughout.

The bound file is a derivative for reading and handing over and makes no claim to PDF/A: the
papers' own bytes stay as they are, and each entry names its original by SHA-256. As usual in
Chinese files, cover, catalogue and end note carry no page number. Not for deciding what belongs
into a file or in which order.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pypdf import PageObject, PdfReader, PdfWriter, Transformation
from pypdf.constants import PageLabelStyle
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, NameObject

from liuhen.assembly.fonts import FontSet, find_fonts
from liuhen.assembly.rendering import LAYOUTS, compiled, render
from liuhen.kernel import clock
from liuhen.kernel.digests import sha256_hex
from liuhen.kernel.refusals import Refused

_BROKEN = (PyPdfError, ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError)
_ROMAN = PageLabelStyle.LOWERCASE_ROMAN
_ACTIVE = frozenset({"/JavaScript", "/Launch", "/SubmitForm", "/ImportData"})


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of the file. Without `pdf` it is listed but has no pages (a disc, a thing)."""

    title: str
    pdf: bytes | None
    number: str = ""
    responsible: str = ""
    dated_on: dt.date | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the catalogue; pages are counted from 1, both ends included, None without any.

    `sha256` is the digest of the original's bytes.
    """

    seq: int
    title: str
    number: str
    responsible: str
    dated_on: dt.date | None
    first_page: int | None
    last_page: int | None
    note: str
    sha256: str | None

    @property
    def pages(self) -> str:
        """The page column: 7, 7-12, or a dash for what has no pages."""
        if self.first_page is None:
            return "—"
        if self.first_page == self.last_page:
            return str(self.first_page)
        return f"{self.first_page}-{self.last_page}"


@dataclass(frozen=True, slots=True)
class BoundFile:
    """The bound PDF, its catalogue, the number of numbered pages and of those before them."""

    pdf: bytes
    entries: tuple[Entry, ...]
    pages: int
    front_pages: int


def bind(
    parts: Sequence[Part],
    *,
    cover: Mapping[str, Any],
    end_note: Mapping[str, Any],
    timestamp: dt.datetime,
    fonts: FontSet | None = None,
) -> BoundFile:
    """Join papers into one file: cover, catalogue, papers with stamped pages, end note, bookmarks.

    `cover` and `end_note` are the data of the types `case_cover` and `end_note`; the numbers of
    pieces and pages are counted here. Each page of a paper gets 卷内第N页 in its upper right
    corner; the reader's page labels agree with it. The same input gives the same bytes.

    Raises:
        Refused: `binding.empty`, no part has pages; `binding.unreadable` and `binding.encrypted`
            with the title of the part; those of `render` for cover, catalogue and end note.
    """
    chosen = fonts if fonts is not None else find_fonts()
    opened = [_opened(part) for part in parts]
    entries = _entries(parts, opened)
    count = sum(map(len, opened))
    if not count:
        raise Refused("binding.empty")
    made = _Frame(cover, end_note, {"pieces": len(parts), "pages": count}, timestamp, chosen)
    front = made.front(entries)
    stamps = _stamps([page for pages in opened for page in pages], chosen, timestamp)
    writer = PdfWriter()
    for name, pages in front:
        _add(writer, name, pages)
    for entry, pages in zip(entries, opened, strict=True):
        start = (entry.first_page or 1) - 1
        _add_part(writer, entry, pages, stamps[start : start + len(pages)])
    _add(writer, "卷内备考表", made.end())
    before = sum(len(pages) for _, pages in front)
    _label(writer, before, count)
    return BoundFile(_written(writer, cover, timestamp), entries, count, before)


def joined(parts: Sequence[Part], *, title: str) -> bytes:
    """Papers one after another in one PDF for the printer, a bookmark each; nothing is stamped.

    Raises:
        Refused: `binding.unreadable` and `binding.encrypted` with the title of the part.
    """
    writer = PdfWriter()
    for seq, part in enumerate(parts, start=1):
        pages = _opened(part)
        for page in pages:
            _make_still(page)
        _add(writer, f"{seq} {part.title}{part.number}", pages)
    writer.metadata = {"/Title": title}
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def catalogued(parts: Sequence[Part], *, title: str, timestamp: dt.datetime) -> bytes:
    """Papers behind a catalogue of them, pages stamped: a copy of a file that is not bound yet.

    Raises:
        Refused: as `bind`.
    """
    fonts = find_fonts()
    opened = [_opened(part) for part in parts]
    count = sum(map(len, opened))
    if not count:
        raise Refused("binding.empty")
    entries = _entries(parts, opened)
    listed = _catalogue_data(entries, {"case_title": title})
    front = _pages(render("file_catalogue", listed, timestamp=timestamp, fonts=fonts))
    stamps = _stamps([page for pages in opened for page in pages], fonts, timestamp)
    writer = PdfWriter()
    _add(writer, "卷内目录", front)
    for entry, pages in zip(entries, opened, strict=True):
        start = (entry.first_page or 1) - 1
        _add_part(writer, entry, pages, stamps[start : start + len(pages)])
    writer.set_page_label(0, len(front) - 1, style=_ROMAN)
    last = len(front) + count - 1
    writer.set_page_label(len(front), last, style=PageLabelStyle.DECIMAL, start=1)
    return _written(writer, {"case_title": title}, timestamp)


@dataclass(frozen=True, slots=True)
class _Frame:
    """What stands before and after the papers, with pieces and pages counted."""

    cover: Mapping[str, Any]
    end_note: Mapping[str, Any]
    counted: Mapping[str, int]
    timestamp: dt.datetime
    fonts: FontSet

    def front(self, entries: Sequence[Entry]) -> list[tuple[str, list[PageObject]]]:
        cover = self._made("case_cover", {**self.cover, **self.counted})
        catalogue = self._made("file_catalogue", _catalogue_data(entries, self.cover))
        return [("封面", cover), ("卷内目录", catalogue)]

    def end(self) -> list[PageObject]:
        return self._made("end_note", {**self.end_note, **self.counted})

    def _made(self, key: str, data: Mapping[str, Any]) -> list[PageObject]:
        return _pages(render(key, data, timestamp=self.timestamp, fonts=self.fonts))


def _opened(part: Part) -> list[PageObject]:
    if part.pdf is None:
        return []
    try:
        reader = PdfReader(io.BytesIO(part.pdf))
        if reader.is_encrypted:
            raise Refused("binding.encrypted", title=part.title)
        pages = list(reader.pages)
    except _BROKEN as error:
        raise Refused("binding.unreadable", title=part.title) from error
    if not pages:
        raise Refused("binding.unreadable", title=part.title)
    return pages


def _make_still(page: PageObject) -> None:
    """Take away what a foreign PDF might run when opened or clicked; what is seen stays.

    Signature fields go too: they speak of the original file, which the catalogue names.
    """
    page.pop("/AA", None)
    notes = page.get("/Annots")
    if notes is None:
        return
    kept = ArrayObject(note for note in notes.get_object() if not _is_active(note.get_object()))
    page[NameObject("/Annots")] = kept


def _is_active(note: Any) -> bool:
    if not isinstance(note, DictionaryObject):
        return True
    if note.get("/Subtype") == "/Widget" and note.get("/FT") == "/Sig":
        return True
    action = note.get("/A")
    kind = action.get_object().get("/S") if action is not None else None
    return "/AA" in note or kind in _ACTIVE


def _entries(parts: Sequence[Part], opened: Sequence[Sequence[PageObject]]) -> tuple[Entry, ...]:
    entries: list[Entry] = []
    page = 1
    for index, (part, pages) in enumerate(zip(parts, opened, strict=True)):
        first, last = (page, page + len(pages) - 1) if pages else (None, None)
        digest = sha256_hex(part.pdf) if part.pdf is not None else None
        entries.append(
            Entry(
                index + 1,
                part.title,
                part.number,
                part.responsible,
                part.dated_on,
                first,
                last,
                part.note,
                digest,
            )
        )
        page += len(pages)
    return tuple(entries)


def _catalogue_data(entries: Sequence[Entry], cover: Mapping[str, Any]) -> dict[str, Any]:
    rows = [
        {
            "title": entry.title,
            "number": entry.number,
            "responsible": entry.responsible,
            "dated_on": entry.dated_on,
            "pages": entry.pages,
            "note": entry.note,
        }
        for entry in entries
    ]
    return {
        "case_title": cover.get("case_title"),
        "archive_number": cover.get("archive_number"),
        "entries": rows,
    }


def _pages(pdf: bytes) -> list[PageObject]:
    return list(PdfReader(io.BytesIO(pdf)).pages)


def _stamps(
    pages: Sequence[PageObject], fonts: FontSet, timestamp: dt.datetime
) -> list[PageObject]:
    """One transparent page with its number for each page, of the same size."""
    sizes = [_seen_size(page) for page in pages]
    data = {"sheets": sizes, "fonts": list(fonts.heading)}
    return _pages(compiled(LAYOUTS / "page_stamps.typ", data, fonts, timestamp))


def _seen_size(page: PageObject) -> dict[str, float]:
    """Width and height in points as the page is seen, its rotation applied."""
    width, height = float(page.cropbox.width), float(page.cropbox.height)
    is_turned = page.rotation % 180 != 0
    return {"width": height, "height": width} if is_turned else {"width": width, "height": height}


def _add(writer: PdfWriter, name: str, pages: Sequence[PageObject]) -> None:
    for page in pages:
        writer.add_page(page)
    writer.add_outline_item(title=name, page_number=len(writer.pages) - len(pages))


def _add_part(
    writer: PdfWriter, entry: Entry, pages: Sequence[PageObject], stamps: Sequence[PageObject]
) -> None:
    """The pages of one paper, each upright and stamped, under a bookmark."""
    try:
        for page, stamp in zip(pages, stamps, strict=True):
            _make_still(page)  # before it is copied, or its scripts come along as orphans
            added = writer.add_page(page)
            if added.rotation:
                added.transfer_rotation_to_content()
            corner = added.cropbox
            moved = Transformation().translate(float(corner.left), float(corner.bottom))
            added.merge_transformed_page(stamp, moved)
    except _BROKEN as error:
        raise Refused("binding.unreadable", title=entry.title) from error
    if pages:
        first = len(writer.pages) - len(pages)
        writer.add_outline_item(title=f"{entry.seq} {entry.title}", page_number=first)


def _label(writer: PdfWriter, before: int, count: int) -> None:
    """Page labels of the reader: small Roman before and after, the stamped number between."""
    writer.set_page_label(0, before - 1, style=_ROMAN)
    writer.set_page_label(before, before + count - 1, style=PageLabelStyle.DECIMAL, start=1)
    writer.set_page_label(before + count, len(writer.pages) - 1, style=_ROMAN, start=before + 1)


def _written(writer: PdfWriter, cover: Mapping[str, Any], timestamp: dt.datetime) -> bytes:
    made_at = timestamp.astimezone(clock.CHINA).strftime("D:%Y%m%d%H%M%S+08'00'")
    writer.metadata = {"/Title": str(cover.get("case_title", "")), "/CreationDate": made_at}
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
