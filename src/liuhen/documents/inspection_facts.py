"""What an inspection knows beyond its rows: the sections its papers are filled from.

Taken over by `case_facts.facts_of`, with the same conventions. Not for judging (`compliance`).
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from liuhen.assembly.dates import chinese_date
from liuhen.cases.models import Activity, Case, InspectionDraw
from liuhen.documents.models import Paper
from liuhen.kernel import clock

_ON_SITE = ("inspection", "promise_supervision")


def inspection_facts(case: Case, activity: Activity | None, at: dt.datetime) -> dict[str, Any]:
    """Sections by name, which stand in the place of those of a penalty."""
    known: dict[str, Any] = case.facts.get("inspection") or {}
    visits = case.activities.filter(kind__in=_ON_SITE).order_by("-started_at")
    visited = visits.values_list("started_at", flat=True).first()
    names = "、".join(case.parties.filter(role="party").values_list("name", flat=True))
    draw = InspectionDraw.objects.filter(drawn__case=case).first()
    return {
        "inspection": {
            **known,
            "objects": names,
            "inspected_on": clock.local_date(visited) if visited else None,
        },
        "draw": _draw(draw) if draw is not None else {},
        "correction": _correction(case, activity),
        "decision": _result(case, known),
        "performance": {"summary": _outcome(case, known)},
    }


def _draw(draw: InspectionDraw) -> dict[str, Any]:
    rows = draw.drawn.order_by("place")
    return {
        "span": {"started_at": draw.begun_at, "ended_at": draw.drawn_at},
        "place": draw.place,
        "matter": f"{draw.matter}（{draw.number}）",
        "objects_count": len(draw.objects_listed),
        "officers_count": len(draw.officers_listed),
        "excluded": _excluded(draw),
        "seed": f"{draw.seed}（公布名录以后账本第一个检查点的根哈希，共{draw.checkpoint_size}条）",
        "result": [{"object": row.object, "officers": row.officers} for row in rows],
    }


def _excluded(draw: InspectionDraw) -> str:
    told = [
        f"{one['name']}（{one['certificate']}）不参加{one['object'] or '全部对象'}的检查："
        f"{one['reason']}"
        for one in draw.exclusions
    ]
    return "；".join(told) or "没有需要回避的人员"


def _correction(case: Case, activity: Activity | None) -> dict[str, Any]:
    order = _latest(case, "correction_notice")
    found = activity.facts.get("content") if activity else None
    return {
        **(case.facts.get("correction") or {}),
        "number": order.number if order else None,
        "found": found,
    }


def _latest(case: Case, type_key: str) -> Paper | None:
    issued = case.papers.filter(type=type_key, state=Paper.State.ISSUED)
    return issued.order_by("-issued_at").first()


def _result(case: Case, known: dict[str, Any]) -> dict[str, Any]:
    notice = _latest(case, "inspection_result_notice")
    return {"number": notice.number if notice else None, "content": known.get("result")}


_CORRECTED = {"done": "已改正", "partly": "部分改正", "not_done": "未改正"}


def _outcome(case: Case, known: dict[str, Any]) -> str | None:
    """What became of what was found: corrected, handed over as a lead, made public."""
    parts = []
    record = _latest(case, "reinspection_record")
    if record is not None:
        parts.append(f"复查：{_CORRECTED.get(record.data.get('result', ''), '未知')}")
    lead = known.get("lead")
    if lead:
        parts.append(f"已登记线索{lead['number']}")
    if case.published_at is not None:
        told = case.facts.get("publication") or {}
        parts.append(
            f"{chinese_date(clock.local_date(case.published_at))}在{told.get('where')}公开"
        )
    return "；".join(parts) or None
