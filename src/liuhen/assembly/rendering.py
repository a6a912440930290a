"""Document type and data to PDF/A-2u, and to page images for the live preview.

Pure: no database, no network, no clock; the same input on the same fonts gives the same bytes.
PDF/A-2u is PDF/A-2b with the further promise that all text can be searched and copied. No
independent validator is at hand; the compiler refuses what it knows to break the standard.
Not for numbering, signing files or storing: those are acts.
"""

from __future__ import annotations

import datetime as dt
import io
import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pypdf import PdfReader

from liuhen.assembly.completeness import missing_fields
from liuhen.assembly.composing import Composed, Marks, composed, texts_of, with_shown_characters
from liuhen.assembly.document_types import DocumentType, document_type
from liuhen.assembly.fonts import FontSet, find_fonts
from liuhen.assembly.pressing import Limits, pressed
from liuhen.assembly.signing import Seal, Signature
from liuhen.kernel.refusals import Refused

PDF_STANDARD = "a-2u"
LAYOUTS = Path(__file__).resolve().parent / "layouts"
_STILL = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)  # previews carry no time of their own
ROLLS = (58, 80)  # mm: the two widths of portable printers
_RUNNING = frozenset({"letter", "simple_decision", "waiver"})
_PREVIEW_PPI = 96.0
_QUICK = Limits(cpu_s=20, wall_s=60)  # somebody waits for a preview


def render(
    type_key: str | DocumentType,
    data: Mapping[str, Any],
    *,
    timestamp: dt.datetime,
    signatures: Sequence[Signature] = (),
    seal: Seal | None = None,
    watermark: str | None = None,
    draft: bool = False,
    verification: str | None = None,
    correction: str = "",
    roll_mm: int | None = None,
    rare_characters: Literal["refuse", "code"] = "refuse",
    fonts: FontSet | None = None,
) -> bytes:
    """The paper as PDF/A-2u, A4, fonts embedded, the same bytes for the same input.

    `data` as `fill` gives them. `timestamp` (aware) is the file's date of creation.
    `watermark` is laid thinly over each page, `draft=True` lays 草稿 over it and lets required
    fields stay blank. `verification` is the content of the matrix code on the first page,
    `correction` says under the title which paper this one corrects. `roll_mm` sets the same text
    on the roll of a portable printer, 58 or 80 mm wide, on one page as long as it takes.
    `rare_characters="code"` prints a character that no font shows as 〔U+XXXX〕.

    Raises:
        Refused: `paper.type_unknown`, `paper.incomplete` (with the labels of what is missing),
            `paper.too_wide`, `paper.field_invalid`, `amount.*`, `signature.unreadable`,
            `signature.role`, `fonts.missing`, `fonts.character_missing` (with the characters),
            `layout.too_much`.
    """
    found = document_type(type_key) if isinstance(type_key, str) else type_key
    if roll_mm is not None and not is_narrow(found):
        raise Refused("paper.too_wide", title=found.title)
    if not draft:
        _refuse_incomplete(found, data)
    chosen = fonts if fonts is not None else _default_fonts()
    marks = Marks(signatures, seal, watermark, draft, verification, correction, roll_mm)
    paper = _shown(composed(found, data, marks, chosen), chosen, rare_characters)
    return compiled(LAYOUTS / f"{found.layout}.typ", paper, chosen, timestamp)


def preview(
    type_key: str | DocumentType,
    data: Mapping[str, Any],
    *,
    signatures: Sequence[Signature] = (),
    correction: str = "",
    page_format: Literal["svg", "png"] = "svg",
    fonts: FontSet | None = None,
) -> list[bytes]:
    """The draft as one image a page, for beside the form: SVG, or PNG at 96 dots an inch.

    Blank fields are shaded. Rare characters outside the fonts show as 〔U+XXXX〕.

    Raises:
        Refused: as `render`, save for `paper.incomplete` and `fonts.character_missing`.
    """
    found = document_type(type_key) if isinstance(type_key, str) else type_key
    chosen = fonts if fonts is not None else _default_fonts()
    marks = Marks(signatures, is_draft=True, correction=correction)
    paper = _shown(composed(found, data, marks, chosen), chosen, "code")
    return _compile(LAYOUTS / f"{found.layout}.typ", paper, chosen, _STILL, page_format)


def is_narrow(found: DocumentType) -> bool:
    """Whether a type is running text, which a roll can hold; tables need their breadth."""
    is_table = any(one.kind == "items" for one in found.fields)
    return found.layout in _RUNNING and not is_table


def page_count(pdf: bytes) -> int:
    """How many pages a PDF of ours has."""
    return len(PdfReader(io.BytesIO(pdf)).pages)


def compiled(
    layout: Path,
    paper: Composed,
    fonts: FontSet,
    timestamp: dt.datetime,
    limits: Limits | None = None,
) -> bytes:
    """One layout compiled to PDF with `paper` as its data, in a process of its own.

    A layout that does not compile is a `Fault`; it reads nothing outside its folder.

    Raises:
        Refused: `layout.too_much`, it took more time or memory than `limits`.
    """
    return b"".join(_compile(layout, paper, fonts, timestamp, "pdf", limits))


def _compile(
    layout: Path,
    paper: Composed,
    fonts: FontSet,
    timestamp: dt.datetime,
    output: Literal["pdf", "svg", "png"],
    limits: Limits | None = None,
) -> list[bytes]:
    request = {
        "layout": str(layout),
        "root": str(layout.parent),
        "fonts": [str(folder) for folder in fonts.folders],
        "sys_inputs": {"paper": json.dumps(paper, ensure_ascii=False)},
        "format": output,
        "ppi": _PREVIEW_PPI,
        "pdf_standards": [PDF_STANDARD] if output == "pdf" else [],
        "timestamp": int(timestamp.timestamp()),
    }
    return pressed(request, limits or (_QUICK if output == "svg" else Limits()))


def _refuse_incomplete(found: DocumentType, data: Mapping[str, Any]) -> None:
    gaps = missing_fields(found, data)
    if gaps:
        labels = "、".join(gap.label for gap in gaps)
        raise Refused("paper.incomplete", title=found.title, missing=labels)


def _shown(paper: Composed, fonts: FontSet, rare_characters: Literal["refuse", "code"]) -> Composed:
    """The composed paper, once every character of it has a form."""
    missing = fonts.missing("".join(texts_of(paper)))
    if not missing:
        return paper
    if rare_characters == "refuse":
        codes = "、".join(f"{one}（U+{ord(one):04X}）" for one in missing)
        raise Refused("fonts.character_missing", characters=codes)
    replaced: Composed = with_shown_characters(paper, fonts)
    return replaced


@cache
def _default_fonts() -> FontSet:
    return find_fonts()
