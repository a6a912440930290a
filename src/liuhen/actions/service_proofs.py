"""Proofs of a service, kept byte for byte with its record or afterwards (Art. 29 to 33).

Not for what the scene was filmed with: that is recordings.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from uuid import UUID

from liuhen.actions.act import Draft, act
from liuhen.actions.materials import keep_material
from liuhen.actions.paper_subjects import party_of
from liuhen.actions.parties import open_case
from liuhen.documents.models import Material, Paper, Service
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Person

# Proofs that may come later, by the name the law's rule gives them and by mode.
POSTED: Mapping[str, str] = {"voucher_kept": "付邮凭证", "return_receipt_kept": "邮件回执"}
_PROOFS: Mapping[str, Mapping[str, str]] = {
    Service.Mode.BY_POST: POSTED,
    Service.Mode.BY_FAX: {"arrival_shown": "传真发送报告"},
    Service.Mode.ELECTRONIC: {"arrival_shown": "到达截屏"},
}
# Of an announcement, by the medium in which it stands.
MEDIA: Mapping[str, Mapping[str, str]] = {
    "in_newspaper": {"newspaper_original": "报纸原件", "fee_voucher": "收费凭证"},
    "on_web": {"screenshot": "网页截屏", "printed": "网页打印件"},
    "posted": {"posting_recorded": "张贴照片"},
}


def proofs_of(service: Service) -> dict[str, str]:
    """The proofs that a service may be given afterwards, each with its name."""
    if service.mode != Service.Mode.BY_ANNOUNCEMENT:
        return dict(_PROOFS.get(service.mode, {}))
    used = [proofs for medium, proofs in MEDIA.items() if service.facts.get(medium)]
    return {key: name for proofs in used for key, name in proofs.items()}


def lacking_proofs(service: Service) -> dict[str, str]:
    """Of `proofs_of` those that are not kept yet."""
    return {key: name for key, name in proofs_of(service).items() if not service.facts.get(key)}


def keep(
    draft: Draft,
    paper: Paper,
    name: str,
    content: bytes,
    at: dt.datetime,
    *,
    received_from: str,
    summary: str = "",
) -> Material:
    """Keep a proof byte for byte, tied to the paper that records the service.

    Raises:
        Refused: `material.incomplete`, `material.too_large`, `storage.full`.
    """
    return keep_material(
        draft,
        paper.case,
        Material.Kind.SERVICE_PROOF,
        name=name,
        content=content,
        received_from=received_from,
        received_at=at,
        party=party_of(paper.case),
        summary=summary,
        subject_id=paper.id,
    )


@act(permission="paper.serve", event="service.proof_kept")
def keep_service_proof(
    draft: Draft,
    *,
    actor: Person,
    service_id: UUID,
    proof: str,
    content: bytes,
    summary: str = "",
) -> Material:
    """Keep a proof that came in after the service was recorded.

    It stands for every paper served together. The day of service stays as it is.

    Raises:
        Refused: `record.not_found`, `case.closed`, `service.proof`, `service.proof_kept`,
            `material.incomplete`, `material.too_large`, `storage.full`.
    """
    service = Service.objects.filter(id=service_id).select_related("receipt").first()
    if service is None:
        raise Refused("record.not_found")
    receipt = service.receipt
    if receipt is None:
        raise Refused("service.proof")
    receipt.case = open_case(draft, receipt.case_id)
    service = Service.objects.get(id=service_id)  # as it stands now that the case is locked
    name = proofs_of(service).get(proof)
    if name is None:
        raise Refused("service.proof")
    if service.facts.get(proof):
        raise Refused("service.proof_kept")
    is_posted = service.mode == Service.Mode.BY_POST
    source = "邮政企业" if is_posted else draft.actor.name
    material = keep(draft, receipt, name, content, draft.at, received_from=source, summary=summary)
    for one in Service.objects.select_for_update().filter(receipt=receipt):
        one.facts = {**one.facts, proof: True}
        one.save(update_fields=["facts"])
    draft.about(service)
    draft.note(proof=proof)
    return material
