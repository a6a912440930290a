"""The card of things sealed or seized: each with what became of it, the papers about them.

Not for the pages on which that is decided and carried out (`coercion_things`).
"""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from liuhen.actions.coercion_handling import carried_out
from liuhen.assembly.document_types import document_type
from liuhen.cases.models import Case
from liuhen.documents.handled_things import (
    ENTRUSTMENT,
    HANDLING,
    LIFTING,
    RECORD,
    Thing,
    things_of,
    way_of,
)
from liuhen.documents.models import Paper
from liuhen.documents.service_days import by_effect
from liuhen.kernel.clock import parse_iso
from liuhen.law.vocabulary import HandlingWay
from liuhen.people.models import Person
from liuhen.people.queries import is_allowed
from liuhen.web.drawing import draft_href

WAYS = {
    HandlingWay.LIFTING: "解除并退还",
    HandlingWay.CONFISCATION: "没收",
    HandlingWay.DESTRUCTION: "销毁",
    HandlingWay.SALE: "先行拍卖、变卖",
    HandlingWay.TRANSFER: "移送其他机关",
    HandlingWay.AUCTION: "拍卖抵缴罚款",
}
_PAPERS = (LIFTING, HANDLING, RECORD, ENTRUSTMENT)
ON_CARD = frozenset(_PAPERS)


def things_card(person: Person, case: Case) -> dict[str, Any] | None:
    """The things of the list, each with what became of it; None before there is a list.

    {rows: [{number, name, quantity, words, tone, by}], papers: [{title, number, href, …}],
    handle_href}.
    """
    papers = _papers(case)
    decisions = [
        one for one in papers if one.type in (LIFTING, HANDLING) and _is_in_force(one, papers)
    ]
    things = things_of(case, decisions)
    if not things:
        return None
    done = carried_out(case)
    may = case.closed_at is None and is_allowed(person, "coercion.state")
    is_left = any(one.handled_by is None for one in things)
    return {
        "rows": [_row(one, done) for one in things],
        "papers": [_line(case, one, done, may=may) for one in papers],
        "handle_href": reverse("measure_handle", args=[case.id]) if may and is_left else None,
    }


def _papers(case: Case) -> list[Paper]:
    live = case.papers.filter(type__in=_PAPERS).exclude(state=Paper.State.VOID)
    return list(live.prefetch_related("services").order_by("drawn_up_at", "id"))


def _is_in_force(paper: Paper, papers: list[Paper]) -> bool:
    issued = [one for one in papers if one.state == Paper.State.ISSUED]
    return paper in issued and paper.id not in {one.corrects_id for one in issued}


def _row(thing: Thing, done: Any) -> dict[str, Any]:
    by = thing.handled_by or thing.sold_by
    words, tone = "查封（扣押）中", "open"
    if by is not None:
        is_done = str(by.id) in done
        words = f"{WAYS[way_of(by)]}{'，已办理' if is_done else '，尚未登记办理结果'}"
        tone = ("green" if thing.handled_by else "open") if is_done else "yellow"
    if by is not None and thing.handled_by is None:
        words += "；价款待处理"
    return {
        "number": thing.number,
        "name": thing.row.get("name"),
        "quantity": thing.row.get("quantity"),
        "words": words,
        "tone": tone,
        "by": by,
        "by_href": reverse("paper", args=[by.id]) if by else None,
    }


def _line(case: Case, paper: Paper, done: Any, *, may: bool) -> dict[str, Any]:
    is_issued = paper.state == Paper.State.ISSUED
    is_decision = paper.type in (LIFTING, HANDLING)
    way = way_of(paper) if is_decision else None
    row = done.get(str(paper.id))
    return {
        "title": document_type(paper.type).title,
        "number": paper.number,
        "way": WAYS[way] if way else None,
        "href": reverse("paper", args=[paper.id]),
        "is_issued": is_issued,
        "edit_href": draft_href(paper.id) if may and not is_issued else None,
        "service": by_effect(paper.services.all()).first() if is_issued and is_decision else None,
        "serve_href": f"{reverse('service_begin', args=[case.id])}?paper={paper.id}"
        if is_issued and is_decision and case.closed_at is None
        else None,
        "entrust_href": reverse("auction_entrust", args=[paper.id])
        if may and is_issued and way is HandlingWay.AUCTION and not _is_entrusted(case, paper)
        else None,
        "done": {**row, "at": parse_iso(row["at"])} if row else None,
        # to enter it, afterwards to read what was entered
        "done_href": reverse("measure_done", args=[paper.id])
        if may and is_issued and is_decision
        else None,
        "surplus": row.get("surplus_fen", 0) / 100 if row else None,
        "done_label": "登记返还" if way is HandlingWay.LIFTING else "登记处理结果",
    }


def _is_entrusted(case: Case, decision: Paper) -> bool:
    letters = case.papers.filter(type=ENTRUSTMENT, subject_id=decision.id)
    return letters.exclude(state=Paper.State.VOID).exists()
