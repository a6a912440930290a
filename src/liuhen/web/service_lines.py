"""A service in the two results the law keeps apart: its effect, and how complete its record is.

A missing recording or witness never undoes the day of service (Art. 28, 30). Reads only.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.urls import reverse

from liuhen.actions.paper_order import orders_of
from liuhen.actions.service_proofs import lacking_proofs
from liuhen.cases.models import Case, Party
from liuhen.compliance.shown import ShownFinding
from liuhen.documents.models import Service, Signature
from liuhen.recordings.models import Recording
from liuhen.web.papers import without_ink
from liuhen.web.templatetags.wording import day

_WANTING = ("red", "yellow", "open", "unknown")


def addressed_types(case: Case) -> frozenset[str]:
    """Types of paper that the law addresses to the party; others may be served as well."""
    return frozenset(key for key, order in orders_of(case).items() if order.is_addressed)


def services_of(case: Case) -> QuerySet[Service]:
    """The services of a case with what `service_line` reads of them, oldest first."""
    listed = Service.objects.filter(paper__case=case).select_related(
        "paper", "receipt", "activity", "party"
    )
    listed = listed.prefetch_related(
        Prefetch("receipt__signatures", without_ink()),
        Prefetch("activity__recordings", Recording.objects.defer("media", "captured")),
    )
    return listed.order_by("served_at", "id")


def service_line(
    service: Service, findings: Sequence[ShownFinding], others: Sequence[Service] = ()
) -> dict[str, Any]:
    """One service with both results; its paper, receipt, signatures and activity are loaded.

    `others` are the services of the case: of a paper served twice the earlier day counts.
    """
    about = [
        one
        for one in findings
        if one.subject_id == str(service.id)
        and one.column == "text"
        and one.rule != "announcement_in_effect"  # that is its effect, not its record
    ]
    return {
        "paper": service.paper.document_type.title,
        "number": service.paper.number,
        "paper_href": reverse("paper", args=[service.paper_id]),
        "mode_words": service.get_mode_display(),
        "recipient": service.recipient,
        "is_interested": service.party.role == Party.Role.INTERESTED,
        "party_name": service.party.name,
        "served_at": service.served_at,
        "received_at": service.received_at,
        "place": service.place,
        "receipt_href": reverse("paper", args=[service.receipt_id]) if service.receipt_id else None,
        "receipt_title": service.receipt.document_type.title if service.receipt else "",
        "is_later": _is_later(service, others),
        "later_proofs": _later_proofs(service),
        **_effect(service),
        **_record(about),
    }


def _is_later(service: Service, others: Sequence[Service]) -> bool:
    """Whether its paper had been served before by another way: periods run from that day."""
    earlier = [one for one in others if one.paper_id == service.paper_id and one != service]
    return service.received_at is not None and any(
        one.received_at is not None
        and (one.received_at, str(one.id)) < (service.received_at, str(service.id))
        for one in earlier
    )


def _later_proofs(service: Service) -> list[dict[str, str]]:
    """Proofs that are not kept yet and may still come in."""
    address = reverse("service_proof", args=[service.id])
    return [
        {"name": name, "href": f"{address}?proof={key}"}
        for key, name in lacking_proofs(service).items()
    ]


def _effect(service: Service) -> dict[str, Any]:
    """When the service took effect; a paper left needs a witness or a picture as its proof."""
    if service.received_at is None:
        return {"lamp": "unknown", "lamp_words": "收到日期未知"}
    if service.is_awaited:
        return {"lamp": "open", "lamp_words": f"公告中，{day(service.received_at)}届满视为送达"}
    words = f"{day(service.received_at)}送达"
    if service.mode == Service.Mode.LEFT_AT_RESIDENCE and not _is_proven(service):
        return {"lamp": "yellow", "lamp_words": f"{words}，见证人和音像都没有，易生争议"}
    return {"lamp": "green", "lamp_words": words}


def _is_proven(service: Service) -> bool:
    receipt, activity = service.receipt, service.activity
    signed = receipt.signatures.all() if receipt else ()
    is_witnessed = any(s.role == Signature.Role.WITNESS and not s.is_refused for s in signed)
    return is_witnessed or (activity is not None and bool(activity.recordings.all()))


def _record(about: Sequence[ShownFinding]) -> dict[str, Any]:
    """Whether everything the mode asks for is on record, and what is not."""
    wanting = [one for one in about if one.lamp in _WANTING]
    lamp = next((lamp for lamp in _WANTING for one in wanting if one.lamp == lamp), "green")
    words = f"欠缺{len(wanting)}项" if wanting else "记录完整"
    return {
        "record_lamp": lamp,
        "record_words": words,
        "wanting": [{"text": one.reason, "article": one.clause} for one in wanting],
    }
