"""Inner steps shared by acts on papers: drawing up, numbering, issuing. Not acts by themselves."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.conf import settings

from liuhen.actions.act import Draft
from liuhen.actions.paper_sealing import Sealed, seal, sm2_signature
from liuhen.assembly.completeness import missing_fields
from liuhen.assembly.dates import chinese_date
from liuhen.assembly.document_types import Signer
from liuhen.assembly.filling import fill
from liuhen.assembly.fonts import find_fonts
from liuhen.assembly.rendering import page_count, preview, render
from liuhen.assembly.signing import Refusal, Seal, stroke_drawing
from liuhen.assembly.signing import Signature as Ink
from liuhen.cases.models import Activity, Case
from liuhen.cases.sealed import refuse_closed
from liuhen.documents.case_facts import facts_of
from liuhen.documents.gap_facts import gap_facts
from liuhen.documents.models import NumberSeries, Paper, Signature
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Unit
from liuhen.people.remedy_bodies import NAMES as REMEDY_BODIES
from liuhen.recordings.derivatives import SIGNATURE, small_picture
from liuhen.rulebook.type_versions import type_of, version_on
from liuhen.vault import keeping

_SCAN_WIDTH = 600  # pixels of a scanned signature as it is printed


def draw_up(
    draft: Draft,
    case: Case,
    type_key: str,
    *,
    activity: Activity | None = None,
    given: Mapping[str, Any] | None = None,
    subject_id: UUID | None = None,
) -> Paper:
    """Make a draft filled from what the case knows; `given` fields go over what is filled.

    It is made by the version of its type that holds today, and keeps it.
    """
    version = version_on(type_key, clock.local_date(draft.at))
    facts = facts_of(case, activity, draft.at) | gap_facts(type_key, subject_id)
    data = fill(type_of(type_key, version.id if version else None), facts)
    data.update({key: value for key, value in (given or {}).items() if value is not None})
    return Paper.objects.create(
        case=case,
        activity=activity,
        type=type_key,
        type_version=version,
        data=data,
        subject_id=subject_id,
        drawn_up_by=draft.actor,
        drawn_up_at=draft.at,
    )


def sign(draft: Draft, paper: Paper, role: str, strokes: Sequence[Any]) -> Signature:
    """Put the actor's own signature on glass under a paper.

    Raises:
        Refused: `signature.empty`.
    """
    if stroke_drawing(strokes) is None:
        raise Refused("signature.empty")
    return Signature.objects.create(
        paper=paper,
        role=role,
        person=draft.actor,
        name=draft.actor.name,
        strokes=list(strokes),
        signed_at=draft.at,
    )


def next_number(unit: Unit, type_key: str, at: dt.datetime) -> tuple[int, int]:
    """The next (year, sequence) of a series; the row's lock keeps the series without holes."""
    year = clock.local(at).year
    NumberSeries.objects.get_or_create(unit=unit, type=type_key, year=year)
    series = NumberSeries.objects.select_for_update().get(unit=unit, type=type_key, year=year)
    series.last += 1
    series.save(update_fields=["last"])
    return year, series.last


def issue(draft: Draft, paper: Paper) -> Paper:
    """Freeze a draft: complete, signed, numbered, rendered, its PDF in the vault.

    Raises:
        Refused: `paper.not_draft`, `paper.incomplete`, `paper.unsigned`, `paper.pages_unsigned`,
            `paper_certificate.*`, `storage.full`.
    """
    if paper.state != Paper.State.DRAFT:
        raise Refused("paper.not_draft", number=paper.number)
    kind = paper.document_type
    require_complete(paper)
    require_signed(paper)
    signatures = list(paper.signatures.select_related("noted_by").order_by("signed_at"))
    if kind.series:
        year, sequence = next_number(paper.case.unit, paper.type, draft.at)
        paper.number = kind.number(paper.case.unit.number_prefix, year, sequence)
        paper.data["number"] = paper.number
    paper.data["issued_on"] = clock.local_date(draft.at).isoformat()
    paper.token = secrets.token_urlsafe(16)
    pdf = rendered(paper, signatures, draft.at)
    require_pages_signed(paper, page_count(pdf))
    _keep_sealed(draft, paper, seal(paper, pdf, signatures, draft.at))
    paper.state, paper.issued_by, paper.issued_at = Paper.State.ISSUED, draft.actor, draft.at
    paper.save()
    assert paper.original is not None
    draft.note(number=paper.number, type=paper.type, sha256=paper.original.sha256)
    return paper


def _keep_sealed(draft: Draft, paper: Paper, made: Sealed) -> None:
    """The signed file into the vault, and beside it the SM2 signature when there is a key."""
    name = f"{paper.document_type.title}{paper.number or ''}.pdf"
    by, at = draft.actor.id, draft.at
    paper.original = keeping.keep_bytes(made.pdf, name=name, by=by, at=at)
    paper.certificate, paper.stamped_at = made.certificate, made.stamped_at
    beside = sm2_signature(made.pdf)
    if beside is not None:
        paper.sm2_signature = keeping.keep_bytes(beside, name=f"{name}.sm2", by=by, at=at)


def verification_address(paper: Paper) -> str | None:
    """What the code on an issued paper leads to: only who holds the paper knows it."""
    return f"{settings.PUBLIC_URL}/v/{paper.token}/" if paper.token else None


def rendered(
    paper: Paper,
    signatures: list[Signature],
    at: dt.datetime,
    *,
    is_draft: bool = False,
    roll_mm: int | None = None,
) -> bytes:
    """The paper as PDF/A, with the ink that is on it; on a roll of that width if one is named."""
    refuse_closed(paper.data)
    kind = paper.document_type
    authority = str(paper.data.get("authority_name") or paper.case.unit.name)
    return render(
        paper.document_type,
        paper.data,
        fonts=find_fonts(),
        signatures=[_ink(one) for one in signatures],
        seal=Seal(authority) if kind.seal and not is_draft else None,
        draft=is_draft,
        verification=verification_address(paper),
        correction=correction_words(paper),
        roll_mm=roll_mm,
        timestamp=at,
    )


def preview_of(paper: Paper) -> list[bytes]:
    """The pages of a draft as PNG pictures, with the ink that is on it."""
    signatures = paper.signatures.select_related("noted_by").order_by("signed_at")
    ink = [_ink(one) for one in signatures]
    return preview(
        paper.document_type,
        paper.data,
        signatures=ink,
        correction=correction_words(paper),
        page_format="png",
        fonts=find_fonts(),
    )


def correction_words(paper: Paper) -> str:
    """What a paper that corrects another says of it on its face; "" for all others."""
    wrong = paper.corrects
    if wrong is None or wrong.issued_at is None:
        return ""
    made = f"{chinese_date(clock.local_date(wrong.issued_at))}制作"
    named = f"{made}的{wrong.number}" if wrong.number else made
    title, reason = wrong.document_type.title, paper.correction_reason.rstrip("。")
    return f"本文书更正{named}《{title}》。更正理由：{reason}。"


def _ink(signature: Signature) -> Ink:
    refusal = None
    if signature.is_refused:
        noted_by = signature.noted_by.name if signature.noted_by else ""
        refusal = Refusal(signature.reason, noted_by)
    return Ink(
        role=signature.role,
        name=signature.name,
        signed_on=clock.local_date(signature.signed_at),
        strokes=signature.strokes,
        picture=small_picture(signature.scan_id, SIGNATURE, _SCAN_WIDTH)
        if signature.scan_id
        else None,
        refusal=refusal,
        page=signature.page,
    )


def require_complete(paper: Paper, *, coming: Collection[str] = ()) -> None:
    """Refuse a paper that lacks a required field; `coming` are supplied later.

    Raises:
        Refused: `paper.incomplete`; `paper.remedy_unknown` when it can't say where to seek remedy.
    """
    kind = paper.document_type
    missing = [
        gap for gap in missing_fields(kind, paper.data, before_issue=True) if gap.path not in coming
    ]
    unknown = [gap.label for gap in missing if gap.path in REMEDY_BODIES]
    if unknown:
        raise Refused("paper.remedy_unknown", title=kind.title, missing="、".join(unknown))
    if missing:
        labels = "、".join(gap.label for gap in missing)
        raise Refused("paper.incomplete", title=kind.title, missing=labels)


def require_signed(paper: Paper, *, coming: Collection[str] = ()) -> None:
    """Refuse a paper without the signatures, or noted refusals, that its type asks for.

    Roles that are `coming` sign later.

    Raises:
        Refused: `paper.unsigned`.
    """
    for signer, left in signers_lacking(paper):
        if signer.role in coming:
            continue
        title = paper.document_type.title
        raise Refused("paper.unsigned", title=title, signer=signer.label, left=left)


def signers_lacking(paper: Paper) -> list[tuple[Signer, int]]:
    """The lines of the signature block still open, each with how many signatures it lacks."""
    given = list(paper.signatures.all())
    lacking = []
    for signer in paper.document_type.signers:
        theirs = [one.is_refused for one in given if one.role == signer.role and one.page is None]
        left = signer.minimum - theirs.count(False)
        if left > 0 and not (signer.may_refuse and any(theirs)):
            lacking.append((signer, left))
    return lacking


def require_pages_signed(paper: Paper, pages: int) -> None:
    """Refuse a record of several pages that is not signed on each; the last by its end.

    Raises:
        Refused: `paper.pages_unsigned`.
    """
    for signer, left in pages_lacking(paper, pages):
        raise Refused(
            "paper.pages_unsigned",
            title=paper.document_type.title,
            signer=signer.label,
            pages="、".join(map(str, left)),
        )


def pages_lacking(paper: Paper, pages: int) -> list[tuple[Signer, list[int]]]:
    """The lines that sign each page, each with the pages before the last it has not signed.

    Nothing is asked of a line whose signer refused: the refusal stands at the end.
    """
    lacking = []
    for signer in paper.document_type.signers:
        theirs = [one for one in paper.signatures.all() if one.role == signer.role]
        signed = {one.page for one in theirs}
        left = [page for page in range(1, pages) if page not in signed]
        if signer.per_page and left and not any(one.is_refused for one in theirs):
            lacking.append((signer, left))
    return lacking
