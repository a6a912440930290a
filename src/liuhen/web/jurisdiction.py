"""Pages of a dispute on jurisdiction: that there is one, how it ended (Order 55:6).

Not for the transfer that may follow (`lead_acts`).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from liuhen.actions import jurisdiction as acts
from liuhen.cases.lead_queries import visible_lead
from liuhen.cases.models import Lead
from liuhen.compliance.shown import ShownFinding
from liuhen.documents.jurisdiction import AFTER, OUTCOMES, STEPS, dispute_stage, disputes, is_over
from liuhen.kernel import clock
from liuhen.people.queries import permissions
from liuhen.web import lead_forms as asked
from liuhen.web.acting import person_of, signed_in
from liuhen.web.crime_transfers import file_bytes
from liuhen.web.lead_acts import answer_on_lead
from liuhen.web.one_form import posted
from liuhen.web.periods import period_words

ARTICLE, RULE = "order55:6", "jurisdiction_settled_in_time"


@signed_in
def lead_dispute(request: HttpRequest, lead_id: UUID) -> HttpResponse:
    """Record that another authority claims or declines the matter."""
    lead = visible_lead(person_of(request), lead_id)

    def act(*, at: Any, **given: Any) -> object:
        return acts.dispute_jurisdiction(disputed_at=at, **given)

    return answer_on_lead(
        request,
        lead,
        asked.DisputeForm(posted(request), initial={"at": asked.this_minute()}),
        act,
        permission="lead.dispute",
        title="登记管辖争议",
        submit="登记",
        success="已登记，请与对方机关协商。",
        notes=[
            f"自发生争议之日起{period_words('order55.jurisdiction_dispute')}内协商解决；"
            "协商不成的，报请共同的上一级机关指定管辖。",
            "两个以上机关都有管辖权的，由最先立案的机关管辖。",
        ],
        article=ARTICLE,
    )


@signed_in
def lead_dispute_end(request: HttpRequest, lead_id: UUID) -> HttpResponse:
    """Record how the talks ended, or what the common superior decided."""
    lead = visible_lead(person_of(request), lead_id)
    stage = dispute_stage(lead.case)
    steps = {key: OUTCOMES[key] for key in AFTER.get(stage, AFTER["negotiating"])}

    def act(*, at: Any, content: Any, **given: Any) -> object:
        return acts.settle_jurisdiction(settled_at=at, content=file_bytes(content) or b"", **given)

    return answer_on_lead(
        request,
        lead,
        asked.DisputeEndForm(
            posted(request),
            request.FILES or None,
            outcomes=steps.items(),
            initial={"at": asked.this_minute()},
        ),
        act,
        permission="lead.dispute",
        title="登记管辖争议的结果",
        submit="登记",
        success="已登记，文书原样保存。",
        notes=[
            f"对方机关：{disputes(lead.case)[-1]['body'] if stage else '还没有登记争议'}",
            "协商的，附协商记录或者往来函件；报请指定的，附报请文书；指定的，附指定管辖的决定。",
        ],
        article=ARTICLE,
    )


def disputes_told(lead: Lead) -> list[dict[str, Any]]:
    """The steps that were taken, for the lead's page: {label, at, words, href}."""
    return [
        {
            "label": STEPS[one["step"]],
            "at": clock.parse_iso(one["at"]),
            "words": "，".join(filter(None, (one["body"], one["number"], one["note"]))),
            "href": reverse("material_file", args=[one["material"]]) if one["material"] else "",
        }
        for one in disputes(lead.case)
    ]


def dispute_step(
    lead: Lead, offices: Collection[str], duties: Sequence[ShownFinding]
) -> dict[str, Any] | None:
    """What is next while the dispute goes on, for `parts/next_step.html`."""
    stage = dispute_stage(lead.case)
    if stage not in AFTER or is_over(lead):
        return None
    body = disputes(lead.case)[-1]["body"]
    clocks = [one for one in duties if one.rule == RULE]
    shown: dict[str, Any] = {
        "label": "协商管辖" if stage == "negotiating" else "等待指定管辖",
        "reason": f"与{body}协商；协商不成的，报请共同的上一级机关指定管辖。"
        if stage == "negotiating"
        else "已经报请共同的上一级机关，收到指定管辖的决定后登记。",
        "article": ARTICLE,
        "act": "登记结果",
        "due_at": clocks[0].due_at if clocks and stage == "negotiating" else None,
    }
    if not _may(offices):
        return {**shown, "reason": f"{shown['reason']}由承办人办理。"}
    return {**shown, "href": reverse("lead_dispute_end", args=[lead.id])}


def dispute_href(lead: Lead, offices: Collection[str]) -> str:
    """Where a dispute is recorded; "" while one goes on, or nothing can be disputed any more."""
    is_running = dispute_stage(lead.case) in AFTER
    is_offered = not (is_over(lead) or is_running) and _may(offices)
    return reverse("lead_dispute", args=[lead.id]) if is_offered else ""


def _may(offices: Collection[str]) -> bool:
    return bool(permissions()["lead.dispute"].offices & set(offices))
