"""The pages a case offers to somebody: by its kind, how far it is, and the offices held.

Not for what is due (`steps`), nor for what a page shows.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from django.urls import reverse

from liuhen.cases.models import Case
from liuhen.cases.queries import dead_party, performing
from liuhen.documents.crime_transfers import transferred_for_good
from liuhen.law.procedures import courses
from liuhen.law.vocabulary import CaseKind, Procedure
from liuhen.people.queries import permissions
from liuhen.recordings.queries import CaseRecordings

# The page on which a kind of case other than a penalty takes its own steps, and the stage from
# which it may be closed.
KIND_PAGES = {
    Case.Kind.COERCION: ("case_course", "办理过程", "list-check"),
    Case.Kind.INSPECTION: ("case_inspection", "行政检查", "clipboard-check"),
    Case.Kind.LEVY: ("case_course", "办理过程", "list-check"),
    Case.Kind.LICENSING: ("case_licensing", "行政许可", "file-certificate"),
}


def kind_page(case: Case) -> tuple[str, str, str] | None:
    """Address, label and icon of the page on which a case takes its own steps; None for none."""
    if case.procedure == Case.Procedure.ENDING:
        return KIND_PAGES[Case.Kind.LEVY]
    return KIND_PAGES.get(Case.Kind(case.kind))


_CLOSED_FROM = {Case.Kind.INSPECTION: "result", Case.Kind.LICENSING: "acceptance"}


def acts_offered(
    case: Case, offices: Collection[str], held: CaseRecordings
) -> list[dict[str, str]]:
    """The pages of a case on which somebody with these offices has something to do or to see."""
    is_bound = case.stage in ("binding", "hand_over")
    is_filed = "filed_at" in case.circumstances or case.procedure != case.Procedure.SIMPLE
    has_gaps = any(gap.filled_at is None for one in held.activities for gap in one.gaps)
    is_penalty = case.kind == Case.Kind.PENALTY
    is_ending = is_penalty and case.closed_at is None and dead_party(case) is not None
    stage = _stage_place(case)
    is_decided = case.closed_at is not None or stage("service")
    offered = (
        *_front_half(case, stage),
        (not is_bound, "上传音像", "upload", "case_upload", ("recording.take_in",)),
        (has_gaps, "说明缺口", "writing", "case_gaps", ("recording.explain_gap",)),
        (not is_filed, "备案", "clipboard-check", "case_filing", ("simple_case.file",)),
        *_after_decision(case, stage),
        _crime(case),
        (True, "书面说明", "writing", "case_explanations", _EXPLAINING),
        (
            _is_closable(case, stage, is_ending=is_ending),
            "终止案件" if is_ending else "结案",
            "checklist",
            "case_closing",
            ("case.propose_closing",),
        ),
        (case.closed_at is not None, "立卷", "folder", "case_binding", ("case.bind",)),
        (is_decided, "受理复制申请", "package", "case_copy_ask", ("copy.receive",)),
        (is_decided, "复制案卷", "database", "case_discs", ("case_copy.ask", "viewing.approve")),
        (True, "密级与知悉", "lock", "case_secrecy", ("secrecy.classify", "secrecy.name")),
        (is_bound, "移交归档", "archive", "case_hand_over", _HANDING_OVER),
        (not is_held(case), "暂缓处置", "hand-stop", "case_hold", ("hold.place",)),
    )
    return [
        {"label": label, "icon": icon, "href": reverse(name, args=[case.id])}
        for applies, label, icon, name, rights in offered
        if applies and any(permissions()[right].offices & set(offices) for right in rights)
    ]


def _crime(case: Case) -> _Offered:
    """The transfer of a suspected crime, while the case is open."""
    is_penalty = case.kind == Case.Kind.PENALTY
    may_come = is_penalty and case.initiated_at is not None and case.closed_at is None
    return (may_come, "涉嫌犯罪移送", "shield-check", "case_crime", ("crime.report",))


def _is_closable(case: Case, has_reached: Callable[[str], bool], *, is_ending: bool) -> bool:
    """Whether its course, the end of its party or the police bring the case to its closing."""
    if case.closed_at is not None:
        return False
    is_transferred = case.kind == Case.Kind.PENALTY and transferred_for_good(case) is not None
    closed_from = _CLOSED_FROM.get(Case.Kind(case.kind), "service")
    return is_ending or is_transferred or has_reached(closed_from)


def is_held(case: Case) -> bool:
    """Whether nothing of the case may be disposed of, whatever its period."""
    return any(hold.lifted_at is None for hold in case.holds.all())


def _after_decision(case: Case, has_reached: Callable[[str], bool]) -> Sequence[_Offered]:
    """Performance of the decision that was served, or its enforcement."""
    if case.stage in ("binding", "hand_over") or not has_reached("service"):
        return ()
    return (
        (
            _is_performed_on_a_page(case),
            *("履行情况", "receipt-yuan", "case_performance", ("fine.collect",)),
        ),
        (_is_owed(case), "催告和强制执行", "gavel", "enforcement_open", _COERCING),
        (True, "复议和诉讼", "scale", "case_remedies", ("remedy.record",)),
    )


def _is_performed_on_a_page(case: Case) -> bool:
    """Whether performance is recorded as such: things that were taken go back."""
    return case.kind not in _UNPERFORMED and case.procedure != Case.Procedure.MEASURE


# Kinds nobody performs: they end in a result or a licence.
_UNPERFORMED = frozenset({Case.Kind.INSPECTION, Case.Kind.LICENSING})


def _is_owed(case: Case) -> bool:
    """Whether a decision of the case may still have to be enforced."""
    is_open = case.closed_at is None and "enforcement" not in case.facts
    return is_open and case.kind in _OWING and not performing(case).exists()


_OWING = frozenset({Case.Kind.PENALTY, Case.Kind.LEVY})


def _stage_place(case: Case) -> Callable[[str], bool]:
    """Whether a case has reached a stage of its course; a simple one is handled in one go."""
    if case.procedure != Case.Procedure.ORDINARY:
        return lambda _: True
    steps = courses()[CaseKind(case.kind), Procedure(case.procedure)].stages
    keys = [step.key for step in steps]
    return lambda key: {case.stage, key} <= {*keys} and keys.index(case.stage) >= keys.index(key)


_Offered = tuple[bool, str, str, str, tuple[str, ...]]


def _front_half(case: Case, has_reached: Callable[[str], bool]) -> Sequence[_Offered]:
    """The pages of an ordinary case from its lead to the report that ends the investigation."""
    own = kind_page(case)
    if own is not None:
        return _of_kind(case, *own)
    if not case.is_ordinary_penalty or case.closed_at is not None:
        return ()
    is_decided = has_reached("decision")
    is_started = case.initiated_at is not None
    return (
        (not has_reached("initiation"), "线索", "inbox", "case_lead", ("lead.list",)),
        (not has_reached("investigation_report"), "立案", "flag", "case_initiation", _DRAWING),
        (not is_decided, "当事人", "user", "case_parties", ("party.record",)),
        (not is_decided, "办案人员", "users", "case_officers", ("case.change_officers",)),
        (True, "执法活动", "camera", "case_activities", ("activity.start",)),
        (
            is_started and not is_decided,
            "调查结论",
            "search",
            "case_conclusion",
            ("case.record_findings", "case.state_circumstances"),
        ),
        (is_started and not is_decided, "查封、扣押", "lock", "case_measure_open", _COERCING),
    )


def _of_kind(case: Case, page: str, label: str, icon: str) -> Sequence[_Offered]:
    """The page of the kind's own steps, and who and what the case is about."""
    is_open = case.closed_at is None
    return (
        (True, label, icon, page, ("case.list",)),
        (is_open, "当事人", "user", "case_parties", ("party.record",)),
        (is_open, "办案人员", "users", "case_officers", ("case.change_officers",)),
        (is_open, "执法活动", "camera", "case_activities", ("activity.start",)),
    )


_COERCING = ("coercion.open",)
_DRAWING = ("paper.draw_up",)
_EXPLAINING = ("explanation.write", "explanation.acknowledge")
_HANDING_OVER = ("case_file.hand_over", "case_file.receive")
