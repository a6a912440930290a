"""The body of a letter as data: paragraphs with the fields of its type in them. Pure.

Whoever adds a type writes its sentences in TOML, without a layout of its own:

    body = [
        "# a heading",
        "words with {field} in them",
        "[field]",                      # the whole field as a block: a table, paragraphs, a party
        "?field words, {field}",        # only where the field is known
    ]

Not for the look of a letter: that is `layouts/letter.typ`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

LETTER = "letter"
# What the layout sets by itself, around the body.
ALWAYS_SHOWN = frozenset({"authority_name", "number", "issued_on", "party", "addressee"})
_FIELD = re.compile(r"\{(\w+)\}")
_BLOCK = re.compile(r"\[(\w+)\]")
_WHEN = re.compile(r"\?(\w+) +(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Piece:
    """Words as they stand, or the field whose value stands there."""

    text: str = ""
    field: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph: `kind` is words, heading or block; `when` the field that must be known."""

    kind: str
    pieces: tuple[Piece, ...]
    when: str = ""

    @property
    def fields(self) -> frozenset[str]:
        """The fields it names."""
        named = {piece.field for piece in self.pieces if piece.field}
        return frozenset(named | ({self.when} if self.when else set()))


def paragraph(line: str) -> Paragraph:
    """Read one paragraph of a body."""
    condition = _WHEN.fullmatch(line)
    if condition:
        inner = paragraph(condition[2])
        return Paragraph(inner.kind, inner.pieces, condition[1])
    block = _BLOCK.fullmatch(line.strip())
    if block:
        return Paragraph("block", (Piece(field=block[1]),))
    if line.startswith("# "):
        return Paragraph("heading", (Piece(text=line[2:]),))
    return Paragraph("words", tuple(_pieces(line)))


def _pieces(line: str) -> list[Piece]:
    # a split by one group alternates between words and fields
    parts = _FIELD.split(line)
    pieces = [Piece(field=p) if n % 2 else Piece(text=p) for n, p in enumerate(parts)]
    return [piece for piece in pieces if piece.text or piece.field]
