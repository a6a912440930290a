"""Inner step of receiving a bound file: the receipt both sides have of it (Art. 38). Not an act.

Not for binding, handing over or receiving (`archive`).
"""

from __future__ import annotations

from collections.abc import Sequence

from liuhen.actions.act import Draft
from liuhen.actions.drawing_up import next_number
from liuhen.actions.paper_sealing import seal_file
from liuhen.archive.models import CaseFile
from liuhen.assembly.document_types import document_type
from liuhen.assembly.rendering import render
from liuhen.assembly.signing import Signature as Ink
from liuhen.cases.models import Party
from liuhen.kernel import clock
from liuhen.vault import keeping

TYPE = "archive_receipt"
SIDES = (("hander", "移交人"), ("archivist", "接收人"))


def give_receipt(draft: Draft, file: CaseFile, checks: Sequence[str]) -> None:
    """Make the receipt, signed on its file by who handed over and who receives; not saved here.

    What each of them did is an act of their own; the signatures name them.

    Raises:
        Refused: `paper_certificate.*`, `storage.full`.
    """
    assert file.handed_over_by is not None and file.handed_over_at is not None
    unit, kind = file.case.unit, document_type(TYPE)
    year, sequence = next_number(unit, TYPE, draft.at)
    file.receipt_number = kind.number(unit.number_prefix, year, sequence)
    names = (file.handed_over_by.name, draft.actor.name)
    days = (clock.local_date(file.handed_over_at), clock.local_date(draft.at))
    ink = [
        Ink(role=role, name=name, signed_on=day)
        for (role, _), name, day in zip(SIDES, names, days, strict=True)
    ]
    pdf = render(TYPE, _told(draft, file, checks), signatures=ink, timestamp=draft.at)
    on_file = [
        (f"signer-{place}", name, f"{label}确认")
        for place, ((_, label), name) in enumerate(zip(SIDES, names, strict=True), start=1)
    ]
    authority = str(unit.profile.get("authority") or unit.name)
    made = seal_file(pdf, [*on_file, ("seal", authority, "制作")], draft.at)
    name = f"{kind.title}{file.receipt_number}.pdf"
    file.receipt = keeping.keep_bytes(made.pdf, name=name, by=draft.actor.id, at=draft.at)
    draft.note(receipt=file.receipt_number, receipt_sha256=file.receipt_id)


def _told(draft: Draft, file: CaseFile, checks: Sequence[str]) -> dict[str, object]:
    """The fields of the receipt."""
    case = file.case
    authority = str(case.unit.profile.get("authority") or case.unit.name)
    party = case.parties.filter(role=Party.Role.PARTY).order_by("id").first()
    ended_at = case.ended_at or case.closed_at
    assert file.handed_over_at is not None and ended_at is not None  # a bound case is closed
    told: dict[str, object] = {
        "authority_name": authority,
        "number": file.receipt_number,
        "unit": case.unit.name,
        "archive_room": draft.actor.unit.name if draft.actor.unit else f"{authority}档案室",
        "files": [
            {
                "case_number": case.number,
                "title": f"{party.name if party else ''}{case.cause}案",
                "pieces": len(file.catalogue) + len(file.side_catalogue),
                "pages": file.pages + file.side_pages,
                "retention": file.retention,
            }
        ],
        "digest": file.original_id,
        "copy_kept": "承办机构已留存案卷复制件。",
        "ended_on": clock.local_date(ended_at).isoformat(),
        "handed_over_on": clock.local_date(file.handed_over_at).isoformat(),
        "check": f"归档号{file.archive_number}。{'、'.join(checks)}检查均已通过。",
    }
    if file.side_id:
        told["remark"] = f"另有副卷，摘要（SHA-256）{file.side_id}。"
    return told
