"""What a case of coercion or levy knows: the sections its papers are filled from.

Taken over by `case_facts.facts_of`; same conventions: what is not known is absent, never guessed.
Not for judging (`compliance.procedure_facts`, `compliance.enforcement_facts`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from liuhen.assembly.dates import chinese_date
from liuhen.cases.models import Activity, Case
from liuhen.cases.queries import performing
from liuhen.documents.handled_things import things_of
from liuhen.documents.models import Material, Paper
from liuhen.documents.ordinary_facts import first_service
from liuhen.documents.service_days import in_effect
from liuhen.kernel import clock
from liuhen.law.calendar import end_of_day
from liuhen.rulebook.queries import figure_on

# Records of what a party said: before a decision, and against a levy that is decided.
STATEMENT_RECORD, OBJECTION_RECORD = "statement_record", "levy_objection_record"
SPOKEN = (STATEMENT_RECORD, OBJECTION_RECORD)
_MEASURES = {"sealing": "查封", "seizure": "扣押"}


def coercion_facts(case: Case, activity: Activity | None, at: dt.datetime) -> dict[str, Any]:
    """Sections by name for a sealing or seizure, or for an enforcement."""
    is_measure = case.procedure == Case.Procedure.MEASURE
    return (_measure if is_measure else _enforcement)(case, activity, at)


def issued(case: Case, *types: str) -> Paper | None:
    """The newest issued paper of these types."""
    found = case.papers.filter(type__in=types, state=Paper.State.ISSUED)
    return found.order_by("-issued_at").first()


# -- sealing and seizure -----------------------------------------------------------------------


def _measure(case: Case, activity: Activity | None, at: dt.datetime) -> dict[str, Any]:
    stated = dict(case.facts.get("coercion") or {})
    taken = case.activities.filter(kind="sealing_or_seizure").order_by("started_at").first()
    decision = issued(case, "seizure_decision")
    told: dict[str, Any] = dict(activity.facts) if activity else {}
    on = clock.local_date(at)
    section = {
        **stated,
        "is_urgent": bool(stated.get("urgency")) if stated else None,
        "carried_out_at": taken.started_at if taken else None,
        "span": _span(stated, taken, at),
        "number": decision.number if decision else None,
        "items": _items(case, taken),
        "left": _left(case, taken),
        "copies": figure_on("coercion_law.list_copies", on),
        "prolonged_until": _prolonged(stated, taken, on),
        "prolongation_days": figure_on("coercion_law.seizure_prolonged", on),
        **{key: told.get(key) for key in ("called", "told", "heard")},
    }
    words = f"{_MEASURES.get(stated.get('measure', ''), '')}{stated.get('objects', '')}"
    return {
        "coercion": section,
        "decision": _decision(case, decision, words),
        "testing": {"samples": _samples(section["items"])},
        "performance": _performance(case),
    }


def _span(stated: Mapping[str, Any], taken: Activity | None, at: dt.datetime) -> Any:
    """From the measure to the last day of its period; it begins on the day it is taken."""
    days = stated.get("days")
    if not days:
        return None
    begun = taken.started_at if taken else at
    end = clock.local_date(begun) + dt.timedelta(days=days)
    return {"started_at": begun, "ended_at": end_of_day(end)}


def _prolonged(stated: Mapping[str, Any], taken: Activity | None, on: dt.date) -> dt.date | None:
    more = figure_on("coercion_law.seizure_prolonged", on)
    if taken is None or not stated.get("days") or not isinstance(more, int):
        return None
    return clock.local_date(taken.started_at) + dt.timedelta(days=stated["days"] + more)


def _items(case: Case, taken: Activity | None) -> list[dict[str, Any]] | None:
    """The things of the list that is issued; before it, those listed at the scene by phone."""
    paper = issued(case, "seizure_list")
    if paper is not None:
        rows: list[dict[str, Any]] = paper.data.get("items") or []
        return rows
    if taken is None:
        return None
    return [
        {
            "number": str(place),
            "name": item.name,
            "quantity": item.quantity,
            "feature": item.note,
        }
        for place, item in enumerate(taken.items.order_by("listed_at", "id"), start=1)
    ]


def _left(case: Case, taken: Activity | None) -> list[dict[str, Any]] | None:
    """The things nothing was decided on yet; all of them while there is no list."""
    things = things_of(case)
    if not things:
        return _items(case, taken)
    return [dict(one.row) for one in things if one.handled_by is None]


def _samples(items: list[dict[str, Any]] | None) -> list[dict[str, Any]] | None:
    return [{"name": row["name"], "quantity": row["quantity"]} for row in items] if items else None


def _performance(case: Case) -> dict[str, Any]:
    done = performing(case).order_by("performed_at", "id")
    told = [f"{chinese_date(clock.local_date(one.performed_at))}{one.note}" for one in done]
    return {"summary": f"{''.join(told)}{_costs(case)}"} if told else {}


def _costs(case: Case) -> str:
    """What keeping cost, which the authority bears (Coercion Law 26)."""
    rows = (case.facts.get("coercion") or {}).get("costs") or []
    total = sum(row["amount_fen"] for row in rows)
    return f"保管费用{total / 100:g}元，由本机关承担。" if total else ""


def _decision(case: Case, paper: Paper | None, content: str) -> dict[str, Any]:
    """What later papers print of the decision of this course."""
    if paper is None or paper.issued_at is None:
        return {"content": content or None}
    service = in_effect(paper.services.all()).first()
    served = (service.received_at or service.served_at) if service else None
    return {
        "number": paper.number,
        "made_at": paper.issued_at,
        "issued_on": clock.local_date(paper.issued_at),
        "served_on": clock.local_date(served) if served else None,
        "place": case.place,
        "content": content or None,
    }


# -- enforcement -------------------------------------------------------------------------------


def _enforcement(case: Case, activity: Activity | None, at: dt.datetime) -> dict[str, Any]:
    enforced = dict(case.facts.get("enforced") or {})
    done = issued(case, "enforcement_decision", "substitute_performance_decision")
    told: dict[str, Any] = dict(activity.facts) if activity else {}
    owed = enforced.get("obligation")
    facts = f"{enforced.get('number')}已经送达，当事人在法定期限内未履行：{owed}。"
    return {
        "decision": {
            "number": enforced.get("number"),
            "content": f"强制执行{enforced.get('title')}（{enforced.get('number')}）",
            "issued_on": enforced.get("decided_on"),
            "served_on": enforced.get("served_on"),
        },
        **_reminded(case, enforced, at),
        "other_decision": {
            "kind": "enforcement",
            "facts": facts,
            "told": _heard(case),
        },
        "enforcement": {
            "number": done.number if done else None,
            "way": done.data.get("way") if done else None,
            "performer": done.data.get("performer") if done else None,
            "result": told.get("result") or _result(case),
            "target": enforced.get("obligation"),
            "reminded": _reminding(case),
            "materials": _materials(case),
            "agreed_on": clock.local_date(at),
            "reminded_before": figure_on("coercion_law.substitute_reminder", clock.local_date(at)),
        },
        "performance": _performance(case),
    }


def _result(case: Case) -> str | None:
    last = case.activities.filter(kind="enforcement").order_by("-started_at").first()
    return last.facts.get("result") if last else None


def _reminded(case: Case, owed: Mapping[str, Any], at: dt.datetime) -> dict[str, Any]:
    """What a reminder says, and afterwards what a statement upon it answers."""
    service = first_service(case, "reminder")
    amount = owed.get("amount_fen")
    payee = case.unit.profile.get("payee")
    served = (service.received_at or service.served_at) if service else None
    return {
        "reminder": {
            "decision_title": owed.get("title"),
            "obligation": owed.get("obligation"),
            "days": figure_on("coercion_law.court_reminder", clock.local_date(at)),
            "way": f"缴至{payee}" if amount and payee else None,
            "sum": f"{amount / 100:g}元，{payee}" if amount else None,
            "number": service.paper.number if service else None,
        },
        "notice": {
            "number": service.paper.number if service else None,
            "served_on": clock.local_date(served) if served else None,
        },
    }


def _reminding(case: Case) -> str | None:
    service = first_service(case, "reminder")
    if service is None:
        return None
    served = clock.local(service.received_at or service.served_at)
    paper = service.paper
    words = f"{paper.number}于{chinese_date(served)}送达，催告期限{paper.data['days']}日"
    return f"{words}，期满仍未履行。{_heard(case) or ''}"


def _heard(case: Case) -> str | None:
    """What the party said upon the reminder or the decision, and how it was reviewed."""
    record, review = issued(case, "statement_record"), issued(case, "defence_review")
    letter = case.materials.filter(kind=Material.Kind.STATEMENT).first()
    said = record.data.get("statement") if record else letter and (letter.summary or letter.name)
    if not said:
        return "当事人未提出陈述、申辩。" if first_service(case, "reminder") else None
    parts = [f"当事人陈述申辩：{str(said).rstrip('。')}"]
    if review is not None:
        parts.append(f"经复核：{str(review.data.get('result', '')).rstrip('。')}")
    return "；".join(parts) + "。"


def _materials(case: Case) -> list[dict[str, Any]]:
    """What goes to the court with the application (Coercion Law 55)."""
    names = ["强制执行申请书", "行政决定书及作出决定的事实、理由和依据", "催告书及送达回证"]
    if issued(case, *SPOKEN) or case.materials.filter(kind="statement").exists():
        names.append("当事人的陈述、申辩及催告情况")
    names.append("申请强制执行标的情况")
    return [{"name": name, "copies": 1} for name in names]


# -- levy --------------------------------------------------------------------------------------


def levy_facts(case: Case, activity: Activity | None, at: dt.datetime) -> dict[str, Any]:
    """Sections by name for a levy."""
    assessed = dict(case.facts.get("levy") or {})
    decision = issued(case, "levy_decision")
    amount = assessed.get("amount_fen")
    words = f"征收{assessed.get('item')}{amount / 100:g}元" if amount else ""
    owed = {
        "title": "行政征收决定书",
        "obligation": f"缴纳{assessed.get('item')}{amount / 100:g}元" if amount else None,
        "amount_fen": amount,
    }
    return {
        **_reminded(case, owed, at),
        "decision": _decision(case, decision, words),
        "levy": {
            **assessed,
            "payee": case.unit.profile.get("payee"),
            "number": decision.number if decision else None,
            "objection": _objection(case, activity),
            "objection_materials": (activity.facts if activity else {}).get("statement_exhibits"),
        },
        "other_decision": {
            "kind": "levy",
            "told": _told_before(case),
            "facts": assessed.get("facts"),
            "basis": assessed.get("basis"),
            "content": words or None,
            "terms": _terms(assessed.get("pay_by")),
        },
        "enforcement": {
            "target": owed["obligation"],
            "reminded": _reminding(case),
            "materials": _materials(case),
        },
        "notice": _levied(case, decision),
    }


def _terms(pay_by: str | None) -> str | None:
    return f"于{chinese_date(dt.date.fromisoformat(pay_by))}前缴清" if pay_by else None


def _told_before(case: Case) -> str | None:
    """That the payer was told before the decision, and what it then said (Art. 15)."""
    service = first_service(case, "other_prior_notice")
    if service is None:
        return None
    served = clock.local(service.received_at or service.served_at)
    words = f"{service.paper.number}于{chinese_date(served)}送达。"
    return f"{words}{_heard(case) or '当事人尚未提出陈述、申辩。'}"


def _levied(case: Case, decision: Paper | None) -> dict[str, Any]:
    """What an objection answers: the decision and the day of its service."""
    service = first_service(case, "levy_decision")
    served = (service.received_at or service.served_at) if service else None
    return {
        "number": decision.number if decision else None,
        "served_on": clock.local_date(served) if served else None,
    }


def talk_record(case: Case) -> str:
    """The record of hearing the party now: against a levy that is decided it is an objection."""
    is_objection = case.kind == Case.Kind.LEVY and first_service(case, "levy_decision") is not None
    return OBJECTION_RECORD if is_objection else STATEMENT_RECORD


def _objection(case: Case, activity: Activity | None) -> str | None:
    """What is objected to and why: as it is being said, else as it was recorded or handed in."""
    stated = activity.facts if activity else {}
    if stated.get("statement_text"):
        said = (stated["statement_text"], stated.get("statement_reasons"))
        return "\n".join(text for text in said if text)
    record = issued(case, OBJECTION_RECORD)
    return str(record.data.get("objection", "")) if record else _letter(case)


def _letter(case: Case) -> str | None:
    letter = case.materials.filter(kind=Material.Kind.STATEMENT).first()
    return (letter.summary or letter.name) if letter else None
