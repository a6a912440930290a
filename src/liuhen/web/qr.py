"""A QR code as a picture within a page. Not for codes on papers (`assembly.composing`)."""

from __future__ import annotations

import io

import segno
from django.utils.safestring import SafeString, mark_safe


def qr_rows(text: str) -> list[str]:
    """The code's modules, row by row, 1 where it is dark; without a margin."""
    return ["".join(map(str, row)) for row in segno.make(text, error="m").matrix]


def qr_code(address: str) -> SafeString:
    """The address as a QR code; segno writes nothing but paths of numbers."""
    drawn = io.BytesIO()
    segno.make(address, error="m").save(
        drawn, kind="svg", scale=4, border=2, xmldecl=False, svgclass="lh-qr", lineclass=None
    )
    return mark_safe(drawn.getvalue().decode("utf-8"))  # noqa: S308 - made here, of numbers
