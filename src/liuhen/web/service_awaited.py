"""What of a case's service is under way: sent and not arrived, entrusted, announced. Reads only."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse

from liuhen.actions.announcing import NOTICE
from liuhen.actions.service_attempts import FAILED, SENT
from liuhen.actions.service_entrusted import ANSWER, LETTER
from liuhen.actions.service_sent import ACTIVITIES, CONSENT
from liuhen.assembly.document_types import document_type
from liuhen.cases.models import Case, Party
from liuhen.documents.models import Paper, Service
from liuhen.kernel import clock


def awaited(case: Case) -> list[dict[str, Any]]:
    """What was sent or handed over and has no answer yet, oldest first.

    Each with its words `title`, `told`, the instant `at`, and the addresses `href` of its answer
    and `failed_href`, where there is one.
    """
    sent = case.activities.filter(kind__in=ACTIVITIES.values()).exclude(ended_at=None)
    rows = [
        {
            "title": "等待到达",
            "told": f"{one.facts[SENT]['address']}，接收人 {one.facts[SENT]['receiver']}",
            "at": clock.parse_iso(one.facts[SENT]["at"]),
            "href": reverse("service_arrival", args=[one.id]),
            "failed_href": reverse("service_failed", args=[one.id]),
        }
        for one in sent
        if SENT in one.facts and "receipt" not in one.facts[SENT] and FAILED not in one.facts
    ]
    issued = case.papers.filter(type=LETTER, state=Paper.State.ISSUED).select_related("activity")
    rows += [
        {
            "title": "等待回证",
            "told": f"{one.data['addressee']}（{one.number}）",
            "at": one.issued_at,
            "href": reverse("service_through_result", args=[one.id]),
            "failed_href": "",
        }
        for one in issued
        if one.activity is not None and ANSWER not in one.activity.facts
    ]
    return sorted(rows, key=lambda row: str(row["at"]))


def consent_lines(case: Case) -> list[dict[str, Any]]:
    """The confirmations of electronic addresses, drafts too."""
    options = {o.value: o.label for o in document_type(CONSENT).field("way").options}
    names: dict[UUID | None, str] = {None: ""}
    for each in case.parties.exclude(role=Party.Role.FORMER):
        is_party = each.role == Party.Role.PARTY
        names[None if is_party else each.id] = each.name
    listed = case.papers.filter(type=CONSENT).exclude(state=Paper.State.VOID)
    return [
        {
            "id": one.id,
            "by": names.get(one.subject_id, names[None]),
            "is_signed": one.state == Paper.State.ISSUED,
            "ways": "、".join(options[way] for way in one.data.get("way") or () if way in options),
            "address": one.data.get("address", ""),
        }
        for one in listed.order_by("drawn_up_at")
    ]


def notice_lines(case: Case, begin: str) -> list[dict[str, Any]]:
    """The announcements of a case: drafts to be issued, issued ones to be published."""
    listed = case.papers.filter(type=NOTICE).exclude(state=Paper.State.VOID)
    used = {
        one.receipt_id: one
        for one in Service.objects.filter(paper__case=case, mode=Service.Mode.BY_ANNOUNCEMENT)
    }
    return [
        {
            "id": one.id,
            "number": one.number,
            "title": one.data.get("paper_title", ""),
            "is_issued": one.state == Paper.State.ISSUED,
            "service": used.get(one.id),
            "href": f"{begin}?{urlencode({'way': 'public', 'paper': one.id})}",
        }
        for one in listed.order_by("drawn_up_at")
    ]
