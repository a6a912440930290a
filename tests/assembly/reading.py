"""Reading a PDF back, by libraries that come with the project. Not for making papers."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

import pypdfium2
from pypdf import PdfReader


def pages_of(pdf: bytes) -> list[str]:
    """The text of each page in the order of its content."""
    document = pypdfium2.PdfDocument(pdf)
    return [document[index].get_textpage().get_text_bounded() for index in range(len(document))]


def squeezed(text: str) -> str:
    """Text without white space: lines break where the page ends, not where words do."""
    return re.sub(r"\s+", "", text)


def text_of(pdf: bytes) -> str:
    """All text of a PDF without white space."""
    return squeezed("".join(pages_of(pdf)))


def fonts_in(pdf: bytes) -> list[dict[str, Any]]:
    """The descriptors of all fonts used, by name of the font."""
    return [
        {"name": str(font["/BaseFont"]), "descriptor": _descriptor(font)}
        for page in PdfReader(io.BytesIO(pdf)).pages
        for font in _fonts_of(page.get("/Resources"))
    ]


def _fonts_of(resources: Any) -> Iterator[Any]:
    if resources is None:
        return
    held = resources.get_object()
    for font in _held(held, "/Font"):
        yield font.get_object()
    for form in _held(held, "/XObject"):
        yield from _fonts_of(form.get_object().get("/Resources"))


def _held(resources: Any, kind: str) -> list[Any]:
    there = resources.get(kind)
    return list(there.get_object().values()) if there is not None else []


def _descriptor(font: Any) -> Any:
    below = font.get("/DescendantFonts")
    holder = below.get_object()[0].get_object() if below is not None else font
    descriptor = holder.get("/FontDescriptor")
    return descriptor.get_object() if descriptor is not None else {}


def furthest_right(pdf: bytes) -> float:
    """How near the rightmost visible character comes to the page's right edge, in points."""
    document = pypdfium2.PdfDocument(pdf)
    nearest = 1e9
    for index in range(len(document)):
        page = document[index]
        text = page.get_textpage()
        for at in range(text.count_chars()):
            _, _, right, _ = text.get_charbox(at)
            nearest = min(nearest, page.get_width() - right)
    return nearest
