"""Pages of what comes back on a lead handed over: their receipt and answer, and what follows.

Not for handing it over (`lead_acts`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from liuhen.actions import lead_answers as acts
from liuhen.cases.lead_queries import visible_lead
from liuhen.cases.models import Lead
from liuhen.documents.crime_transfers import CONTESTS
from liuhen.documents.lead_answers import (
    ANSWERS,
    FOLLOWING,
    THINGS,
    lead_answers,
    lead_clock,
    lead_stage,
)
from liuhen.kernel import clock
from liuhen.people.queries import permissions
from liuhen.web import lead_forms as asked
from liuhen.web.acting import person_of, signed_in
from liuhen.web.crime_transfers import file_bytes
from liuhen.web.lead_acts import answer_on_lead
from liuhen.web.one_form import posted
from liuhen.web.periods import period_words

_STEPS: Mapping[str, tuple[str, str, str, str]] = {
    "handed_over": ("登记答复", "等待受移送机关的回执和书面答复。", "lead_answer", "登记答复"),
    "contested": ("登记结果", "已提请复议或者监督，等待结果。", "lead_answer", "登记答复"),
    "filed": ("移交物品、材料", "对方已经立案，移交涉案物品和材料。", "lead_follow", "登记移交"),
    "refused": (
        "复议、监督或者自行处理",
        "对方不予立案：可以提请复议、建议立案监督；不再争议的，登记为新线索依法处理。",
        "lead_follow",
        "登记处理",
    ),
    "returned": (
        "登记为新线索",
        "材料已经退回，登记为新线索后依法处理。",
        "lead_register",
        "去登记",
    ),
}


@signed_in
def lead_answer(request: HttpRequest, lead_id: UUID) -> HttpResponse:
    """Record a receipt or an answer, with its paper."""
    lead = visible_lead(person_of(request), lead_id)

    def act(*, at: Any, content: Any, **given: Any) -> object:
        return acts.record_lead_answer(answered_at=at, content=file_bytes(content) or b"", **given)

    return answer_on_lead(
        request,
        lead,
        asked.AnswerForm(
            posted(request), request.FILES or None, initial={"at": asked.this_minute()}
        ),
        act,
        permission="lead.transfer",
        title="登记受移送机关的答复",
        submit="登记",
        success="已登记，文书原样保存。",
        notes=[
            f"受移送机关：{lead.transferred_to}",
            "只收到回执的，选“受理、出具回执”，收到书面答复后再登记一次。",
            f"公安机关应当自接受移送之日起{period_words('transfer.police_answer')}内书面答复是否立案。",
        ],
    )


@signed_in
def lead_follow(request: HttpRequest, lead_id: UUID) -> HttpResponse:
    """Record a contest of the refusal, or the hand-over of things."""
    lead = visible_lead(person_of(request), lead_id)
    steps = CONTESTS if lead_stage(lead) == "refused" else {THINGS: FOLLOWING[THINGS]}

    def act(*, at: Any, **given: Any) -> object:
        return acts.follow_lead_answer(followed_at=at, **given)

    return answer_on_lead(
        request,
        lead,
        asked.FollowingForm(
            posted(request), steps=steps.items(), initial={"at": asked.this_minute()}
        ),
        act,
        permission="lead.transfer",
        title="登记答复后的处理",
        submit="登记",
        success="已登记。",
        notes=[
            f"受移送机关：{lead.transferred_to}",
            "物品按清单逐项写明；复议、监督的写明文书名称和文号。",
        ],
        article="transfer_rules:12" if THINGS in steps else "transfer_rules:9",
    )


def answers_told(lead: Lead) -> list[dict[str, Any]]:
    """The steps that were taken, for the lead's page: {label, at, words, href}."""
    words = {**ANSWERS, **FOLLOWING}
    return [
        {
            "label": words[one["step"]],
            "at": clock.parse_iso(one["at"]),
            "words": "，".join(filter(None, (one["number"], one["note"]))),
            "href": reverse("material_file", args=[one["material"]]) if one["material"] else "",
        }
        for one in lead_answers(lead.case)
    ]


def answer_step(lead: Lead, offices: Collection[str]) -> dict[str, Any] | None:
    """What is next about a lead handed over, for `parts/next_step.html`."""
    stage = lead_stage(lead)
    found = _STEPS.get(stage)
    if found is None or lead.transferred_at is None:
        return None
    label, reason, page, button = found
    running = lead_clock(lead)
    shown: dict[str, Any] = {"label": label, "reason": reason, "article": "11.1", "act": button}
    if running is not None:
        shown |= {"reason": f"{running[0]}。{reason}", "due_at": running[1]}
    right = "lead.register" if page == "lead_register" else "lead.transfer"
    if not permissions()[right].offices & set(offices):
        return shown | {"reason": f"{shown['reason']}由承办人办理。"}
    if page == "lead_register":
        return shown | {"href": f"{reverse(page)}?from={lead.id}"}
    return shown | {"href": reverse(page, args=[lead.id])}


def new_lead_href(lead: Lead, offices: Collection[str]) -> str:
    """Where a lead the other body refused is registered anew; "" when it is not."""
    may = permissions()["lead.register"].offices & set(offices)
    is_back = lead.transferred_at is not None and lead_stage(lead) in ("refused", "contested")
    return f"{reverse('lead_register')}?from={lead.id}" if may and is_back else ""
