"""What a case already knows, as the nested facts from which papers are filled.

The paths are those of the `assembly` types (`assembly.filling.sources()` lists them). What the
case does not know is absent, never guessed. Not for judging (`compliance.facts`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from liuhen.assembly.dates import chinese_date, chinese_instant
from liuhen.cases.models import Activity, ActivityOfficer, Case, CaseOfficer, Party, Performance
from liuhen.cases.queries import performing
from liuhen.documents.catalogue_facts import catalogue_facts
from liuhen.documents.coercion_facts import coercion_facts, levy_facts
from liuhen.documents.collection_facts import collection_facts
from liuhen.documents.inspection_facts import inspection_facts
from liuhen.documents.late_payment_facts import late_payment_facts, open_remedy
from liuhen.documents.licensing_facts import licensing_facts
from liuhen.documents.models import Paper
from liuhen.documents.ordinary_facts import (
    activity_section,
    case_section,
    obligations,
    ordinary_facts,
    person_facts,
)
from liuhen.documents.service_days import in_effect
from liuhen.kernel import clock
from liuhen.people.models import Person
from liuhen.people.queries import valid_certificate
from liuhen.people.remedy_bodies import remedy_bodies
from liuhen.rulebook.queries import figure_on

DECISION_TYPES = ("simple_decision", "penalty_decision")
# The decision that nobody is punished.
SPARING = "no_penalty_decision"
# Decisions that ask for a sum.
PAYABLE_TYPES = (*DECISION_TYPES, "levy_decision")


def facts_of(case: Case, activity: Activity | None, at: dt.datetime) -> dict[str, Any]:
    """The facts of a case, seen from one of its activities, at an instant."""
    is_staged = not case.is_on_the_spot
    activity = activity or (None if is_staged else _main_activity(case))
    stated: dict[str, Any] = dict(activity.facts) if activity else {}
    facts: dict[str, Any] = {
        "authority": _authority(case),
        "case": _case(case),
        "party": _party(case),
        "officers": _officers(case, activity, clock.local_date(at)),
        "handler": {"name": case.handler.name},
        "activity": _activity(activity, stated),
        "violation": _violation(case, stated),
        "notice": {"told": stated.get("told")},
        "statement": _statement(stated),
        "penalty": _penalty(stated),
        "correction": {"content": stated.get("correction")},
        "collection": _collection(case, stated),
        "payment": _payment(case, stated, clock.local_date(at)),
        "remedy": _remedy(case, clock.local_date(at)),
        "decision": _decision(case, stated, at),
        "performance": _performance(case),
        "catalogue": catalogue_facts(case),
    }
    decision = _issued_decision(case, *DECISION_TYPES)
    if decision is not None:
        facts["late"] = late_payment_facts(case, decision, clock.local_date(at))
    if is_staged:
        facts |= ordinary_facts(case, activity, at)
        facts["decision"]["content"] = facts["penalty"].get("proposed")
        facts["performance"] |= {
            "obligations": obligations(case),
            "recorded_on": clock.local_date(at),
        }
    facts["collection"] |= collection_facts(case)
    of_kind = _BY_KIND.get(case.kind)
    return facts if of_kind is None else facts | of_kind(case, activity, at)


# What a kind of case knows that a penalty does not.
_BY_KIND: Mapping[str, Callable[[Case, Activity | None, dt.datetime], dict[str, Any]]] = {
    Case.Kind.COERCION: coercion_facts,
    Case.Kind.INSPECTION: inspection_facts,
    Case.Kind.LEVY: levy_facts,
    Case.Kind.LICENSING: licensing_facts,
}


def _figure(name: str, on: dt.date) -> int | str | None:
    return figure_on(name, on)


def _main_activity(case: Case) -> Activity | None:
    return case.activities.order_by("started_at").first()


def _authority(case: Case) -> dict[str, Any]:
    profile = case.unit.profile
    return {
        "name": profile.get("authority") or case.unit.name,
        "phone": profile.get("phone"),
        "address": profile.get("address"),
    }


def _case(case: Case) -> dict[str, Any]:
    return {
        "number": case.number,
        "cause": case.cause,
        "unit": case.unit.name,
        "ended_on": clock.local_date(case.ended_at) if case.ended_at else None,
        **case_section(case),
    }


def _party(case: Case) -> dict[str, Any] | None:
    parties = case.parties.filter(role=Party.Role.PARTY).order_by("id")
    party: Party | None = parties.first()
    return None if party is None else person_facts(party)


def _officers(case: Case, activity: Activity | None, on: dt.date) -> list[dict[str, Any]]:
    if activity is not None:
        shown: Iterable[ActivityOfficer] = activity.officers.select_related(
            "person", "certificate"
        ).order_by("id")
        return [_officer(o.person, o.certificate.number if o.certificate else None) for o in shown]
    carried = CaseOfficer.objects.filter(case=case, until=None).select_related("person")
    return [_officer(o.person, _number(o.person, on)) for o in carried.order_by("id")]


def _officer(person: Person, number: str | None) -> dict[str, Any]:
    return {"name": person.name, "certificate_number": number}


def _number(person: Person, on: dt.date) -> str | None:
    certificate = valid_certificate(person, on)
    return certificate.number if certificate else None


def _activity(activity: Activity | None, stated: dict[str, Any]) -> dict[str, Any]:
    if activity is None:
        return {}
    shown = activity.certificate_shown_at
    told = activity_section(activity, stated)
    return {
        **told,
        "place": activity.place,
        "span": {"started_at": activity.started_at, "ended_at": activity.ended_at},
        "certificates_shown": f"已于{chinese_instant(shown)}向当事人出示执法证件。"
        if shown
        else None,
        "rights_told": stated.get("told") or told["rights_told"],
    }


def _violation(case: Case, stated: dict[str, Any]) -> dict[str, Any]:
    return {
        "at": stated.get("violated_at"),
        "place": stated.get("violated_place") or case.place,
        "facts": stated.get("facts_text"),
        "breached": stated.get("breached"),
        "evidence_summary": stated.get("evidence"),
    }


def _statement(stated: dict[str, Any]) -> dict[str, Any]:
    form = stated.get("statement")
    summary = None
    if form in ("waiver_oral", "waiver_written"):
        summary = "当事人放弃陈述申辩。"
    elif form:
        summary = f"当事人陈述：{stated.get('statement_text')}；复核：{stated.get('review_reason')}"
    return {
        "form": form,
        "text": stated.get("statement_text"),
        "adopted": stated.get("is_adopted"),
        "review": stated.get("review_reason"),
        "summary": summary,
    }


def _penalty(stated: dict[str, Any]) -> dict[str, Any]:
    return {
        "basis": stated.get("basis"),
        "kinds": stated.get("penalty"),
        "amount_fen": stated.get("fine_fen"),
        "simple_conditions": stated.get("conditions_text"),
    }


def _collection(case: Case, stated: dict[str, Any]) -> dict[str, Any]:
    return {"way": stated.get("collection"), "ground": stated.get("collection_ground")}


def _payment(case: Case, stated: dict[str, Any], on: dt.date) -> dict[str, Any]:
    if stated.get("collection") != Performance.Way.BANK:
        return {}
    return {
        "days": _figure("penalty_law.pay_fine", on),
        "payee": case.unit.profile.get("payee"),
        "late_percent": _figure("penalty_law.late_penalty_rate", on),
    }


def _remedy(case: Case, on: dt.date) -> dict[str, Any]:
    return {
        **remedy_bodies(case.unit, case.kind, on),
        "review_days": _figure("reconsideration.apply", on),
        "suit_months": _figure("litigation.sue", on),
        "state": case.circumstances.get("remedy_state"),
        **(open_remedy(case) or {}),
    }


def _issued_decision(case: Case, *types: str) -> Paper | None:
    issued = Paper.objects.filter(case=case, type__in=types, state=Paper.State.ISSUED)
    return issued.order_by("-issued_at").first()


def _decision(case: Case, stated: dict[str, Any], at: dt.datetime) -> dict[str, Any]:
    paper = _issued_decision(case, *DECISION_TYPES, SPARING)
    if paper is None or paper.issued_at is None:
        return {"made_at": at, "place": case.place}
    service = in_effect(paper.services.all()).first()
    served = (service.received_at or service.served_at) if service else None
    return {
        "served_on": clock.local_date(served) if served else None,
        "number": paper.number,
        "made_at": paper.issued_at,
        "issued_on": clock.local_date(paper.issued_at),
        "place": case.place,
        "content": content_of(stated),
    }


def content_of(stated: dict[str, Any]) -> str:
    """The penalty in one phrase, as closing reports print it."""
    parts = []
    if "warning" in (stated.get("penalty") or ()):
        parts.append("警告")
    if stated.get("fine_fen"):
        parts.append(f"罚款{stated['fine_fen'] / 100:g}元")
    return "、".join(parts)


def _performance(case: Case) -> dict[str, Any]:
    last = performing(case).order_by("-performed_at").first()
    if last is None:
        return {}
    way = Performance.Way(last.way).label
    amount = f"，金额{last.amount_fen / 100:g}元" if last.amount_fen is not None else ""
    receipt = f"，票据号{last.receipt_number}" if last.receipt_number else ""
    return {"summary": f"{way}{amount}{receipt}。{last.note}", "disposal": _disposal(last)}


def _disposal(last: Performance) -> str | None:
    if last.banked_at is not None:
        return f"{chinese_date(clock.local_date(last.banked_at))}缴付指定银行"
    if last.amount_fen is None:
        return "无罚没款物待处置"
    return "罚款由当事人直接缴至指定银行" if last.way == Performance.Way.BANK else None
