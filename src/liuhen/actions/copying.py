"""Copying a case out: registered, with a printed statement, before anything is written.

Articles 43 and 44: who made the copy, when, for whom and why, and who approved it. Not for the
approval (`case_copies`) nor for what a disc holds (`archive.disc`).
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any
from uuid import UUID

from liuhen.access.looks import REFUSED_LOOK
from liuhen.actions.act import Draft, act
from liuhen.archive.disc import RECORDINGS, pages, parted
from liuhen.archive.models import CaseCopy, CaseCopyRequest
from liuhen.archive.packing import Packed
from liuhen.assembly.rendering import render
from liuhen.cases.models import Case
from liuhen.documents.case_facts import facts_of
from liuhen.kernel import clock
from liuhen.kernel.refusals import Fault, Refused
from liuhen.ledger.signing import origin, signer
from liuhen.package.writer import size_of
from liuhen.people.models import Person
from liuhen.recordings.queries import hidden_recordings
from liuhen.vault import keeping

_HOW = (
    "打开盘上的“核验.html”（或者从机关的信任与核验页面下载的同一个文件），选择本盘，页面逐个文件计算摘要、"
    "逐条核验证明和签名，不需要网络。先核对本说明所印的核验页面摘要和账本公钥。"
)
_HOW_OF_PACKAGE = (
    "解压归档包，用 BagIt 工具（如 bagit.py --validate）核对清单和摘要；账本条目、证明和检查点都是"
    "公开格式（C2SP），按所印的账本公钥核验，不需要网络，也不需要本系统。"
)
_SHOWN = ("data/papers/", RECORDINGS, "data/case-file")


@act(permission="case.copy", event="case.copied", refusal=REFUSED_LOOK)
def copy_case(
    draft: Draft,
    *,
    actor: Person,
    request_id: UUID,
    packed: Packed,
    limit: int | None = None,
) -> CaseCopy:
    """Register an approved copy of a case and keep the statement that goes with it.

    `packed` is what the case holds now for its audience, `limit` the bytes of one disc.

    Raises:
        Refused: `case_copy.unapproved`, `copy.secret`, `copy.empty`, `disc.*`.
    """
    case, asked = _approved(draft, request_id)
    if packed.audience != asked.audience:
        raise Fault(f"packed for {packed.audience}, approved for {asked.audience}")
    if hidden_recordings(draft.actor).filter(case=case).exists():
        raise Refused("copy.secret")
    parts = len(parted(packed, limit))
    told = {
        "recipient": asked.recipient,
        "purpose": asked.purpose,
        "parts": parts,
        "audience": packed.audience,
    }
    assert asked.approved_by is not None  # an approved request has been answered
    shown = {**told, "approver": f"{asked.approved_by.name}：{asked.opinion}"}
    pdf = render("copy_statement", _statement(case, packed, draft, shown), timestamp=draft.at)
    name = f"案卷复制件说明{case.number}.pdf"
    statement = keeping.keep_bytes(pdf, name=name, by=draft.actor.id, at=draft.at)
    copy = CaseCopy.objects.create(
        case=case,
        statement=statement,
        copied_by=draft.actor,
        copied_at=draft.at,
        due_on=asked.due_on,
        **told,
    )
    asked.copy = copy
    asked.save(update_fields=["copy"])
    draft.about(copy)
    draft.note(sha256=statement.sha256, request=asked.id, **told)
    return copy


def _approved(draft: Draft, request_id: UUID) -> tuple[Case, CaseCopyRequest]:
    """The case, locked, and its request, which is approved and let nothing out yet."""
    rows = CaseCopyRequest.objects.select_related("approved_by")
    found = rows.filter(id=request_id, outcome=CaseCopyRequest.Outcome.APPROVED).first()
    if found is None:
        raise Refused("case_copy.unapproved", case="")
    case = draft.lock_case(found.case_id)
    asked = rows.select_for_update(of=("self",)).get(id=request_id)
    if asked.copy_id is not None:
        raise Refused("case_copy.unapproved", case=case.number)
    return case, asked


def _statement(case: Case, packed: Packed, draft: Draft, told: dict[str, Any]) -> dict[str, Any]:
    rows = [
        {"name": PurePosixPath(file.path).name, "size": size_of(file), "sha256": file.sha256}
        for file in packed.files
        if file.path.startswith(_SHOWN)
    ]
    if not rows:
        raise Refused("copy.empty")
    is_package = packed.audience == CaseCopy.Audience.ARCHIVE
    return {
        "authority_name": facts_of(case, None, draft.at)["authority"]["name"],
        "case_number": case.number,
        "cause": case.cause,
        **told,
        "audience": CaseCopy.Audience(packed.audience).label,
        "copied_by": draft.actor.name,
        "copied_at": clock.iso(draft.at),
        "files": len(packed.files) + 1,
        "rows": rows,
        "verifier": pages().verifier_sha256,
        "origin": origin(),
        "vkey": signer().verifier.vkey,
        "how": _HOW_OF_PACKAGE if is_package else _HOW,
    }
