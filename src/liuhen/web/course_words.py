"""What the pages of coercion and levy say of each stage, and what was stated of the case.

Not for what the law demands (`law.explanations`), nor for the forms (`coercion_forms`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from liuhen.assembly.document_types import document_type
from liuhen.cases.models import Case
from liuhen.documents.licences import words_of
from liuhen.web.periods import period_words, with_periods

_MEASURE = (Case.Kind.COERCION, Case.Procedure.MEASURE)
_ENFORCEMENT = (Case.Kind.COERCION, Case.Procedure.ENFORCEMENT)
_LEVY = (Case.Kind.LEVY, Case.Procedure.ORDINARY)
_ENDING = (Case.Kind.LICENSING, Case.Procedure.ENDING)

TITLES: Mapping[tuple[str, str], str] = {
    _MEASURE: "查封、扣押",
    _ENFORCEMENT: "催告与强制执行",
    _LEVY: "行政征收",
    _ENDING: "许可的撤回、撤销和注销",
}


def is_on_course(case: Case) -> bool:
    """Whether the whole course of a case stands on one page."""
    return (case.kind, case.procedure) in TITLES


HINTS: Mapping[tuple[str, str, str], str] = {
    (
        *_MEASURE,
        "approval",
    ): "实施前报机关负责人批准；情况紧急的，先实施，{coercion_law.urgent_report}内补办批准。",
    (*_MEASURE, "on_site"): "两名以上执法人员，出示证件，通知当事人到场，当场告知并听取陈述申辩。",
    (
        *_MEASURE,
        "decision_and_list",
    ): "决定书和清单当场交付，清单一式二份，由当事人和执法人员签名。",
    (*_MEASURE, "keeping"): "需要检测、检验、鉴定的，所需期间不计入期限，但要书面告知当事人。",
    (
        *_MEASURE,
        "prolongation",
    ): "期限届满前报批，只能延长一次，最多{coercion_law.seizure_prolonged}，并书面告知当事人理由。",
    (
        *_MEASURE,
        "disposal",
    ): "期限内作出处理决定；没有违法行为、不再需要或者期满的，立即解除并退还。",
    (*_ENFORCEMENT, "reminder"): "写明期限、方式、陈述申辩的权利，金钱给付的写明金额，送达当事人。",
    (
        *_ENFORCEMENT,
        "enforcement_decision",
    ): "催告的期限届满，无正当理由仍不履行的，报批后作出决定并送达。",
    (
        *_ENFORCEMENT,
        "enforcement",
    ): "白天工作日实施，全程录音录像；不得停水、停电、停热、停气迫使居民履行。",
    (
        *_ENFORCEMENT,
        "court",
    ): (
        "没有自行强制执行权的：复议、诉讼期限届满，"
        "催告书送达满{coercion_law.court_reminder}后申请。"
    ),
    (*_LEVY, "prior_notice"): "法律规定决定前应当告知的，先告知，听取陈述申辩。",
    (*_LEVY, "decision_approval"): "先确认征收事项，再报机关负责人批准。",
    (*_LEVY, "decision"): "写明征收项目、依据、标准、数量和金额。",
    (*_LEVY, "objection"): "决定送达后，缴纳义务人当面或者书面提出的异议，在这里听取、登记。",
    (*_LEVY, "objection_decision"): "当事人有异议的，另行复核并作出决定，复核过程要有音像记录。",
    (*_LEVY, "reminder"): "逾期不缴纳的，书面催告。",
    (*_ENDING, "review"): "查明事实，提出结论；需要到现场核实的，两名以上人员到场。",
    (
        *_ENDING,
        "prior_notice",
    ): "撤回、撤销以前告知被许可人，听取陈述申辩；只办注销的、许可继续有效的不需要。",
    (
        *_ENDING,
        "decision",
    ): "撤回、撤销的决定送达以后，办理注销手续；查明许可应当继续有效的，作出决定送达即可结案。",
    (*_LEVY, "court"): "催告后仍不缴纳的，在法定期限内申请人民法院强制执行。",
}


# What the court has to do, and the authority where it won't (Coercion Law 56 to 58).
_COURT = (
    ("人民法院应当在{}内受理，", "coercion_law.court_accepts"),
    ("受理之日起{}内裁定，", "coercion_law.court_rules"),
    ("明显违法的{}内裁定；", "coercion_law.court_rules_heard"),
    (
        "对不予受理、不予执行的裁定有异议的，{}内向上一级人民法院申请复议。",
        "coercion_law.court_objection",
    ),
)


def hint_of(case: Case, stage: str) -> str:
    """What the page says of a stage; "" where it needs no words."""
    hint = with_periods(HINTS.get((case.kind, case.procedure, stage), ""))
    if stage != "court":
        return hint
    return hint + "".join(words.format(period_words(name)) for words, name in _COURT)


@dataclass(frozen=True, slots=True)
class Statement:
    """The page on which a case's papers get what they are filled from."""

    label: str
    page: str
    permission: str


STATEMENTS: Mapping[tuple[str, str], Statement] = {
    _MEASURE: Statement("确认措施", "measure_state", "coercion.state"),
    _LEVY: Statement("确认征收事项", "levy_assess", "levy.assess"),
    _ENDING: Statement("提出结论", "ending_proposal", "licence.review"),
}
_MEASURES = {o.value: o.label for o in document_type("coercion_approval").field("measure").options}


def told_of(case: Case) -> list[dict[str, Any]]:
    """What was stated of the case, for `parts/facts.html`; None reads unknown."""
    tell = _TOLD[case.kind, case.procedure]
    return [{"label": label, "value": value} for label, value in tell(case).items()]


def _measure(case: Case) -> dict[str, Any]:
    stated = case.facts.get("coercion") or {}
    days, costs = stated.get("days"), stated.get("costs") or []
    total = sum(row["amount_fen"] for row in costs) / 100
    return {
        "措施": _MEASURES.get(stated.get("measure", "")),
        "对象": stated.get("objects"),
        "理由": stated.get("reason"),
        "依据": stated.get("basis"),
        "存放和保管": stated.get("keeping"),
        "期限": f"{days}日" if days else None,
        "紧急情况": (stated.get("urgency") or "不紧急，先批准后实施") if stated else None,
        "保管费用": f"{total:g}元，由本机关承担（行政强制法第26条）" if costs else "没有登记",
    }


def _enforced(case: Case) -> dict[str, Any]:
    owed = case.facts.get("enforced") or {}
    has_power = case.circumstances.get("has_coercive_power")
    return {
        "据以执行的决定": f"{owed.get('title')}（{owed.get('number')}）",
        "决定送达日期": owed.get("served_on"),
        "应履行的义务": owed.get("obligation"),
        "执行方式": "可以自行强制执行" if has_power else "没有自行强制执行权，申请人民法院执行",
    }


def _levy(case: Case) -> dict[str, Any]:
    stated = case.facts.get("levy") or {}
    amount = stated.get("amount_fen")
    begun = {"ex_officio": "依职权", "on_application": "依申请"}
    return {
        "启动": begun.get(case.circumstances.get("initiation", "")),
        "征收项目": stated.get("item"),
        "事实": stated.get("facts"),
        "依据": stated.get("basis"),
        "标准": stated.get("standard"),
        "计征数量": stated.get("quantity"),
        "金额": f"{amount / 100:,.2f}元" if amount else None,
        "缴纳期限": stated.get("pay_by"),
    }


def _ended(case: Case) -> dict[str, Any]:
    known = case.facts["licence"]
    names = {"查明的事实": "found", "理由": "reasons", "依据": "basis", "决定内容": "decided"}
    return {
        "许可证": known["licence_number"],
        "许可事项": known["matter"],
        "办理": words_of(known["purpose"]),
        "法定情形": known["ground_words"],
        **{label: known.get(key) for label, key in names.items()},
        **({} if known["purpose"] == "cancel" else {"补偿或者赔偿": known.get("compensation")}),
    }


_TOLD: Mapping[tuple[str, str], Callable[[Case], dict[str, Any]]] = {
    _MEASURE: _measure,
    _ENFORCEMENT: _enforced,
    _LEVY: _levy,
    _ENDING: _ended,
}
