"""The pages of a paper as pictures with parts covered: no text is left in them. Child only."""

from __future__ import annotations

import io
from typing import Any, Final

import pypdfium2
from PIL import Image, ImageDraw, ImageFont

from liuhen.media import schema
from liuhen.media.inside.source import Source
from liuhen.media.inside.written import Written
from liuhen.media.redacting import Covered
from liuhen.media.worker import JobRefused

_DOTS: Final = 150 / 72
_MOST_PAGES: Final = 2000
_MOST_PIXELS: Final = 40_000_000

_font: list[Any] = []


def prepare(arguments: dict[str, Any]) -> None:
    """Load the library, every kind of picture it needs, and the letters of the mark."""
    Image.init()
    document = pypdfium2.PdfDocument.new()
    document.new_page(10, 10)
    _drawn(document[0]).save(io.BytesIO(), "PDF")
    if arguments.get("mark"):
        _font.append(ImageFont.truetype(arguments["font"], 22))
        trial = Image.new("RGB", (200, 60))
        _put_mark(ImageDraw.Draw(trial), trial, arguments)


def cover_pages(arguments: dict[str, Any]) -> Covered:
    """Job: a PDF of pictures. Arguments: regions ([page from 1, left, top, right, bottom] in
    thousandths of the page), mark, font.

    Raises:
        JobRefused: the paper can't be read.
    """
    source = Source()
    try:
        document = pypdfium2.PdfDocument(source.read())
        if not 0 < len(document) <= _MOST_PAGES:
            raise JobRefused(f"{len(document)} pages")
        pages = [_page(document, place, arguments) for place in range(len(document))]
    except pypdfium2.PdfiumError as error:
        raise JobRefused(schema.clean_text(str(error))) from error
    out = io.BytesIO()
    pages[0].save(out, "PDF", save_all=True, append_images=pages[1:], resolution=150)
    Written().write(out.getvalue())
    return Covered(len(pages), ())


def _page(document: Any, place: int, asked: dict[str, Any]) -> Image.Image:
    picture = _drawn(document[place])
    pen = ImageDraw.Draw(picture)
    for page, left, top, right, bottom in asked["regions"]:
        if page == place + 1:
            wide, high = picture.size
            corners = (left * wide / 1000, top * high / 1000, right * wide / 1000)
            pen.rectangle((*corners, bottom * high / 1000), fill="black")
    if _font:
        _put_mark(pen, picture, asked)
    return picture


def _put_mark(pen: Any, picture: Image.Image, asked: dict[str, Any]) -> None:
    """The mark in a line of the foot or the top, as large as the page is broad enough for."""
    letters, room = _font[0], picture.width - 80
    broad = pen.textlength(asked["mark"], font=letters)
    if broad > room:
        letters = letters.font_variant(size=max(6, int(letters.size * room / broad)))
    down = 24 if asked.get("mark_at_top") else picture.height - 50
    pen.text((40, down), asked["mark"], fill=(120, 120, 120), font=letters)


def _drawn(page: Any) -> Image.Image:
    wide, high = page.get_size()
    scale = _DOTS
    if wide * high * scale * scale > _MOST_PIXELS:
        raise JobRefused("a page of absurd dimensions")
    drawn: Image.Image = page.render(scale=scale).to_pil().convert("RGB")
    return drawn
