"""What a case of ordinary procedure knows beyond its rows: the sections its papers are filled from.

Taken over by `case_facts.facts_of`; same conventions: what is not known is absent, never guessed.
Not for judging (`compliance.ordinary_facts`).
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from liuhen.assembly.dates import chinese_instant
from liuhen.cases.models import Activity, Case, Lead, Party, Performance
from liuhen.documents.models import Material, Paper, Service
from liuhen.documents.other_endings import no_penalty_facts, sparing_penalty, transfer_facts
from liuhen.documents.service_days import in_effect
from liuhen.documents.taken_facts import latest_issued, taken_facts
from liuhen.kernel import clock
from liuhen.law.catalogue import catalogue
from liuhen.law.findings import ParameterUsed
from liuhen.people.models import Device
from liuhen.rulebook.queries import figure_on, rulebook

_HEAVY = frozenset({"confiscation", "revocation", "closure"})
_INFORM = {
    True: "实名投诉举报人，批准后制作告知书或者以其他方式告知，并作书面记录",
    False: "未实名，无须告知",
    None: "不是投诉举报线索，无须告知",
}
_NAMED = {True: "named", False: "anonymous", None: "official"}
_CONCLUSIONS = {"passed": "审核通过", "failed": "审核不通过", "supplement": "退回补充"}


def ordinary_facts(case: Case, activity: Activity | None, at: dt.datetime) -> dict[str, Any]:
    """Sections by name, each a nested mapping; they stand in the place of the simple ones."""
    stated: dict[str, Any] = dict(activity.facts) if activity else {}
    proposal: dict[str, Any] = case.facts.get("penalty") or {}
    on = clock.local_date(at)
    said = _statement(case, activity, stated, at)
    return {
        "lead": _lead(case),
        "transfer": transfer_facts(case),
        "violation": _violation(case),
        "evidence": case.facts.get("evidence"),
        "investigation": {"course": case.facts.get("course"), "finished_on": on},
        "penalty": _penalty(proposal) or sparing_penalty(case),
        **no_penalty_facts(case, _violation(case).get("facts"), said["summary"]),
        "correction": {},
        "collection": {"way": "bank" if proposal.get("amount_fen") else None},
        "payment": _payment(case, proposal, on),
        "notice": _notice(case, proposal, on),
        "statement": said,
        "review": _review(case, on),
        "discussion": _discussion(case, activity, stated),
        "hearing": hearing_section(case, activity),
        **taken_facts(case, activity, on),
        "exemption": {"activity": _activity_words(activity)},
        "service": {"servers": _servers(activity)},
        "approvals": {"legal": _legal_opinion(case)},
    }


def case_section(case: Case) -> dict[str, Any]:
    """What papers and the cover say of the case as such."""
    party = case.parties.filter(role=Party.Role.PARTY).first()
    is_urgent = case.circumstances.get("is_emergency_start", False)
    return {
        "initiated_on": clock.local_date(case.initiated_at) if case.initiated_at else None,
        "is_urgent": is_urgent,
        "started_at": case.initiated_at if is_urgent else None,
        "title": f"{party.name}{case.cause}案" if party and case.cause else None,
    }


def activity_section(activity: Activity, stated: dict[str, Any]) -> dict[str, Any]:
    """What records of an activity print of it, beside place, span and certificates."""
    names = [recording.name for recording in activity.recordings.order_by("started_at")[:20]]
    earlier = Activity.objects.filter(
        case=activity.case, kind=activity.kind, started_at__lte=activity.started_at
    )
    row = catalogue().activities.get(activity.kind)
    party = activity.case.parties.filter(role=Party.Role.PARTY).first()
    return {
        **{key: stated.get(key) for key in _TOLD},
        "name": row.name if row else None,
        "ordinal": stated.get("ordinal") or earlier.count(),
        "person": stated.get("person") or (person_facts(party) if party else None),
        "recordings": "、".join(names or _devices(activity)),
    }


_TOLD = (
    *("recorder", "person_in_charge", "witness", "rights_told", "content", "attachments"),
    *("confirmation", "relation", "dialogue"),
)


def _activity_words(activity: Activity | None) -> str | None:
    """An activity in a line: what, from when, where."""
    if activity is None:
        return None
    row = catalogue().activities.get(activity.kind)
    begun = chinese_instant(activity.started_at)
    return f"{row.name if row else activity.kind}，{begun}起，{activity.place}"


def _devices(activity: Activity) -> list[str]:
    """Cameras of the officers present: what a record made on the spot can name."""
    officers = activity.officers.values("person")
    held = Device.objects.filter(holder__in=officers, is_in_service=True).order_by("serial")
    return [f"执法记录仪{device.serial}" for device in held]


def person_facts(party: Party) -> dict[str, Any]:
    """A party as papers print it."""
    is_organisation = party.kind == Party.Kind.ORGANISATION
    return {
        "kind": party.kind,
        "name": party.name,
        "identity_number": party.identity_number,
        "credit_code": party.identity_number if is_organisation else None,
        "representative": party.representative,
        "address": party.address,
        "phone": party.phone,
    }


def _lead(case: Case) -> dict[str, Any]:
    lead: Lead | None = case.leads.order_by("received_at").first()
    if lead is None:
        return {}
    return {
        "number": lead.number,
        "source": lead.source,
        "received_at": lead.received_at,
        "received_on": clock.local_date(lead.received_at),
        "inform": _INFORM[lead.is_named],
        "is_named": _NAMED[lead.is_named],
        "reporter": {"name": lead.reporter_name, "contact": lead.reporter_contact},
        "subject": lead.subject,
        "place": lead.place,
        "content": lead.content,
        "check": lead.check_note,
        "summary": lead.check_note or None,
        "outcome": lead.outcome,
        "outcome_reason": lead.outcome_reason,
        "transferred_to": lead.transferred_to,
    }


def _violation(case: Case) -> dict[str, Any]:
    found: dict[str, Any] = case.facts.get("violation") or {}
    evidence = case.facts.get("evidence") or []
    lead = case.leads.order_by("received_at").first()
    return {
        **found,
        "place": found.get("place") or (lead.place if lead else case.place),
        "evidence_summary": "、".join(row["name"] for row in evidence),
    }


def _penalty(proposal: dict[str, Any]) -> dict[str, Any]:
    if not proposal:
        return {}
    discretion, deviation = proposal["discretion"], proposal.get("deviation")
    if deviation:
        discretion += f"\n罚款数额未在裁量基准范围以内的理由：{deviation}"
    suggestion = f"建议对当事人作出如下处理：{proposal['proposed']}"
    return {**proposal, "discretion": discretion, "suggestion": suggestion}


def _payment(case: Case, proposal: dict[str, Any], on: dt.date) -> dict[str, Any]:
    if not proposal.get("amount_fen"):
        return {}
    return {
        "days": _figure("penalty_law.pay_fine", on),
        "payee": case.unit.profile.get("payee"),
        "late_percent": _figure("penalty_law.late_penalty_rate", on),
    }


def _figure(name: str, on: dt.date) -> int | str | None:
    return figure_on(name, on)


def has_hearing_right(case: Case, proposal: dict[str, Any], on: dt.date) -> bool:
    """Whether what is proposed gives the party a right to a hearing (Penalty Law 63)."""
    if _HEAVY & set(proposal.get("kinds") or ()):
        return True
    figure = hearing_figure(case, proposal, on)
    limit = figure.value if figure is not None else None
    return isinstance(limit, int) and proposal["amount_fen"] >= limit * 100


def hearing_figure(case: Case, proposal: dict[str, Any], on: dt.date) -> ParameterUsed | None:
    """The figure that tells whether a proposed fine is large; None where no fine decides it."""
    if _HEAVY & set(proposal.get("kinds") or ()) or not proposal.get("amount_fen"):
        return None
    party = case.parties.filter(role=Party.Role.PARTY).first()
    kind = "person" if party is None or party.kind == Party.Kind.PERSON else "organisation"
    return rulebook().parameters.on(f"penalty_law.hearing_fine_{kind}", on)


def first_service(case: Case, type_key: str) -> Service | None:
    """The service that took effect first of a type's issued papers that no other corrects."""
    served = Service.objects.filter(
        paper__case=case, paper__type=type_key, paper__state=Paper.State.ISSUED
    ).exclude(paper__corrections__state=Paper.State.ISSUED)
    return in_effect(served.select_related("paper")).first()


def _notice(case: Case, proposal: dict[str, Any], on: dt.date) -> dict[str, Any]:
    days = _figure("penalty_law.hearing_request", on)
    section: dict[str, Any] = {
        "statement_days": proposal.get("statement_days") or days,
        "hearing_days": days if case.circumstances.get("hearing_right") else None,
    }
    service = first_service(case, "prior_notice")
    if service is not None:
        section["number"] = service.paper.number
        section["served_on"] = clock.local_date(service.received_at or service.served_at)
    return section


def _statement(
    case: Case, activity: Activity | None, stated: dict[str, Any], at: dt.datetime
) -> dict[str, Any]:
    """The statement of the activity, and in one phrase what the party has said so far."""
    told = {
        "text": stated.get("statement_text"),
        "reasons": stated.get("statement_reasons"),
        "exhibits": stated.get("statement_exhibits"),
        "made_at": activity.started_at if activity else None,
    }
    letter = case.materials.filter(kind=Material.Kind.STATEMENT).order_by("received_at").first()
    record = latest_issued(case, "statement_record")
    if record is not None and record.activity is not None:
        told["made_on"] = clock.local_date(record.activity.started_at)
    elif letter is not None:
        told["made_on"] = clock.local_date(letter.received_at)
    return {**told, "summary": _said(case, record, letter)}


_WAIVED = {"statement": "陈述、申辩", "hearing": "听证"}


def _said(case: Case, record: Paper | None, letter: Material | None) -> str | None:
    parts = []
    if record is not None:
        parts.append(f"当事人陈述申辩：{record.data.get('statement', '')}")
    if letter is not None:
        parts.append(f"当事人提交书面陈述申辩：{letter.summary or letter.name}")
    review = latest_issued(case, "defence_review")
    if review is not None:
        parts.append(f"经复核：{review.data.get('result', '')}")
    waiver = latest_issued(case, "waiver")
    if waiver is not None:
        rights = "和".join(_WAIVED[one] for one in waiver.data.get("waived", ()) if one in _WAIVED)
        parts.append(f"当事人明确放弃{rights}：{waiver.data.get('declaration', '')}")
    if not parts and first_service(case, "prior_notice") is not None:
        parts.append("当事人在告知的期限内未提出陈述、申辩")
    return "；".join(part.rstrip("。") for part in parts) + "。" if parts else None


def _review(case: Case, on: dt.date) -> dict[str, Any]:
    paper = latest_issued(case, "legality_review_opinion")
    section: dict[str, Any] = {"reviewed_on": on}
    if paper is not None:
        said = _CONCLUSIONS.get(paper.data.get("conclusion", ""), "")
        section["summary"] = f"{said}（{paper.number}）"
    return section


def _legal_opinion(case: Case) -> dict[str, Any] | None:
    paper = latest_issued(case, "legality_review_opinion")
    if paper is None:
        return None
    said = _CONCLUSIONS.get(paper.data.get("conclusion", ""), "")
    return {
        "text": f"{said}（{paper.number}）",
        "name": paper.data.get("reviewer"),
        "signed_on": paper.data.get("reviewed_on"),
    }


def _discussion(case: Case, activity: Activity | None, stated: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = dict(stated.get("discussion") or {})
    if activity is not None and told:
        told["span"] = {"started_at": activity.started_at, "ended_at": activity.ended_at}
        told["place"] = activity.place
    minutes = latest_issued(case, "collective_minutes")
    if minutes is not None:
        told["summary"] = f"{minutes.data.get('conclusion', '')}（{minutes.number}）"
    return told


def hearing_section(case: Case, activity: Activity | None) -> dict[str, Any]:
    """The hearing as arranged, and of one that was opened how it went."""
    stated: dict[str, Any] = dict(activity.facts) if activity else {}
    told: dict[str, Any] = {**(case.facts.get("hearing") or {}), **(stated.get("hearing") or {})}
    if activity is not None and activity.kind == "hearing":
        told["span"] = {"started_at": activity.started_at, "ended_at": activity.ended_at}
        told["held_at"] = activity.started_at
    return told


def _servers(activity: Activity | None) -> list[dict[str, Any]] | None:
    if activity is None:
        return None
    shown = activity.officers.select_related("person", "certificate").order_by("id")
    return [
        {
            "name": row.person.name,
            "certificate_number": row.certificate.number if row.certificate else None,
        }
        for row in shown
    ]


def obligations(case: Case) -> list[dict[str, Any]]:
    """What a decision asked for and how far it was performed, a row each (Art. 34)."""
    service = first_service(case, "penalty_decision")
    days = service.paper.data.get("payment_days") if service else None
    due = None
    if service is not None and isinstance(days, int):
        due = clock.local_date(service.received_at or service.served_at) + dt.timedelta(days=days)
    return [
        {
            "content": f"缴纳{_paid_for(one)}{one.amount_fen / 100:g}元"
            if one.amount_fen
            else one.note,
            "due_on": due if one.amount_fen else None,
            "performed_on": clock.local_date(one.performed_at),
            "state": "已履行",
            "proof": f"票据{one.receipt_number}" if one.receipt_number else "履行情况说明",
        }
        for one in case.performances.order_by("performed_at")
    ]


def _paid_for(one: Performance) -> str:
    return {"part": "罚款（分期）", "late": "加处罚款"}.get(one.purpose, "罚款")
