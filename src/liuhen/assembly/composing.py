"""What a layout reads: one JSON object of plain strings for a paper, its signatures and marks.

Everything a person wrote reaches the layout as a JSON string and is set as text, so nothing in it
is read as markup. Not for compiling (`rendering`).
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import segno

from liuhen.assembly.dates import chinese_date
from liuhen.assembly.document_types import DocumentType, Signer
from liuhen.assembly.fonts import FontSet
from liuhen.assembly.letters import Paragraph
from liuhen.assembly.signing import Seal, Signature, checked_picture, stroke_drawing
from liuhen.assembly.wording import clean, worded
from liuhen.kernel.refusals import Refused

Composed = dict[str, Any]
# Set by the head of every paper.
_IN_HEAD = frozenset({"authority_name", "number"})


@dataclass(frozen=True, slots=True)
class Marks:
    """What is laid over or beside the text of a paper."""

    signatures: Sequence[Signature] = ()
    seal: Seal | None = None
    watermark: str | None = None
    is_draft: bool = False
    verification: str | None = None
    correction: str = ""
    roll_mm: int | None = None


def composed(
    found: DocumentType, data: Mapping[str, Any], marks: Marks, fonts: FontSet
) -> Composed:
    """The object the layouts read as `paper`.

    Raises:
        Refused: `paper.field_invalid`, `amount.*`, `signature.unreadable`,
            `signature.role` (the type has no such signer).
    """
    _check_roles(found, marks.signatures)
    return {
        "title": found.title,
        "fields": {one.key: worded(one, data.get(one.key)) for one in found.fields},
        "kinds": {one.key: one.kind for one in found.fields},
        "labels": {one.key: one.label for one in found.fields},
        "signers": [_signer(signer, marks.signatures) for signer in found.signers],
        "opinions": _opinion_ink(found, data, marks.signatures),
        "seal": _seal(marks.seal) if found.seal else None,
        "copies": list(found.copies),
        "body": [_paragraph(one) for one in found.body],
        "rows": _rows(found),
        "draft": marks.is_draft,
        "watermark": clean(marks.watermark or ""),
        "correction": clean(marks.correction),
        "verification": _matrix_code(marks.verification) if marks.verification else None,
        "narrow": marks.roll_mm,
        "size": found.size or None,
        "fonts": {
            "body": list(fonts.body),
            "title": list(fonts.title),
            "heading": list(fonts.heading),
        },
    }


def with_shown_characters(value: Any, fonts: FontSet) -> Any:
    """The composed object with each character no font can show written out as 〔U+20BB7〕."""
    if isinstance(value, str):
        missing = fonts.missing(value)
        return value.translate({ord(one): f"〔U+{ord(one):04X}〕" for one in missing})
    if isinstance(value, Mapping):
        return {key: with_shown_characters(part, fonts) for key, part in value.items()}
    if isinstance(value, list) and not (value and isinstance(value[0], int)):
        return [with_shown_characters(part, fonts) for part in value]
    return value


def texts_of(value: Any) -> list[str]:
    """Every string in a composed object."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, Mapping):
        return [text for part in value.values() for text in texts_of(part)]
    if isinstance(value, list) and not (value and isinstance(value[0], int)):
        return [text for part in value for text in texts_of(part)]
    return []


def _paragraph(one: Paragraph) -> Composed:
    pieces = [{"text": piece.text, "field": piece.field or None} for piece in one.pieces]
    return {"kind": one.kind, "when": one.when or None, "pieces": pieces}


def _rows(found: DocumentType) -> list[list[str]]:
    """The fields of a form or record, row by row; two `half` fields in succession share one."""
    rows: list[list[str]] = []
    for one in found.fields:
        if one.key in _IN_HEAD:
            continue
        last = rows[-1] if rows else []
        if one.half and len(last) == 1 and found.by_key[last[0]].half:
            last.append(one.key)
        else:
            rows.append([one.key])
    return rows


def _check_roles(found: DocumentType, signatures: Sequence[Signature]) -> None:
    known = {signer.role for signer in found.signers} | {one.role for one in found.fields}
    for signature in signatures:
        if signature.role not in known or not signature.role:
            raise Refused("signature.role", title=found.title, role=signature.role)


def _signer(signer: Signer, signatures: Sequence[Signature]) -> Composed:
    theirs = [one for one in signatures if one.role == signer.role]
    pages: dict[str, list[Composed]] = {}
    for one in theirs:
        if one.page is not None:
            pages.setdefault(str(one.page), []).append(_ink(one))
    return {
        "role": signer.role,
        "label": signer.label,
        "blanks": max(signer.minimum, 1),
        "optional": signer.minimum == 0,
        "per_page": signer.per_page,
        "signatures": [_ink(one) for one in theirs if one.page is None],
        "pages": pages,
    }


def _opinion_ink(
    found: DocumentType, data: Mapping[str, Any], signatures: Sequence[Signature]
) -> Composed:
    """The signatures that stand under opinions, by role: that of whose opinion it is."""
    given = {one.role: data.get(one.key) for one in found.fields if one.kind == "opinion"}
    authors = {role: said.get("name") if said else None for role, said in given.items()}
    return {
        one.role: _ink(one)
        for one in signatures
        if one.role in authors and authors[one.role] in (None, "", one.name)
    }


def _ink(signature: Signature) -> Composed:
    refusal = signature.refusal
    return {
        "name": clean(signature.name),
        "signed_on": chinese_date(signature.signed_on) if signature.signed_on else "",
        "drawing": stroke_drawing(signature.strokes),
        **_picture(signature.picture),
        "refusal": clean(refusal.reason) if refusal else None,
        "noted_by": clean(refusal.noted_by) if refusal else "",
    }


def _picture(picture: bytes | None) -> Composed:
    if not picture:
        return {"picture": None, "format": ""}
    return {"format": checked_picture(picture), "picture": list(picture)}


def _seal(seal: Seal | None) -> Composed:
    """The seal's place, filled or empty."""
    if seal is None:
        return {"name": "", **_picture(None)}
    return {"name": clean(seal.name), **_picture(seal.png)}


def _matrix_code(content: str) -> str:
    out = io.BytesIO()
    segno.make(content, error="m", micro=False).save(
        out, kind="svg", border=0, xmldecl=False, svgns=True, nl=False
    )
    return out.getvalue().decode()
