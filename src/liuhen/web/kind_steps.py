"""What comes next in the course of an inspection, a licence, a measure, an enforcement, a levy.

Each course is its steps in order; the next is the first that is not done. Not for penalties
(`next_step`), nor for what the law names by itself (`compliance.readiness`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from liuhen.cases.choices import CORRECTION, TRANSFER
from liuhen.cases.models import Case
from liuhen.compliance.readiness import CaseState
from liuhen.web.course_steps import (
    CLOSING,
    Done,
    Step,
    all_issued,
    has_reached,
    is_published,
    issued,
    knows,
    served,
    unless,
)
from liuhen.web.licence_steps import ENDING, LICENSING


def next_of_kind(state: CaseState) -> Step | None:
    """The first step of the case's course that is not done; None when the course names none."""
    course = COURSES.get((state.case.kind, state.case.procedure), ())
    return next((step for step in course if not step.is_done(state)), None)


def _came_out(outcome: str) -> Done:
    return lambda state: (state.case.facts.get("inspection") or {}).get("outcome") == outcome


def _has_power(state: CaseState) -> bool:
    return state.case.circumstances.get("has_coercive_power") is True


def _public(name: str, *types: str) -> Step:
    """A decision of coercion or levy is made public; its days run on after the case is closed."""
    return Step(
        f"公开{name}",
        f"{name}已经作出，向社会公开并登记；依法不公开的，登记依据。",
        "three_systems:2",
        "case_publication",
        unless(issued(*types), is_published),
    )


_INSPECTION = (
    Step(
        "报请检查审批",
        "检查要先经批准，再通知被检查人。",
        "10.1",
        "case_inspection",
        lambda state: state.case.initiated_at is not None,
    ),
    Step(
        "通知被检查人",
        "制作检查通知书并送达。",
        "8.1(5)",
        "case_inspection",
        unless(
            lambda state: state.case.circumstances.get("is_emergency_start") is not True,
            served("inspection_notice"),
        ),
    ),
    Step(
        "实施现场检查",
        "两名以上执法人员到现场检查，当场制作笔录。",
        "13.1(3)",
        "case_inspection",
        issued("inspection_record"),
    ),
    Step(
        "认定检查结果",
        "现场检查笔录已经制作，认定结果和处理意见。",
        "7.1",
        "inspection_result",
        knows("inspection", "outcome"),
    ),
    Step(
        "告知检查结果",
        "制作检查结果告知书并送达。",
        "7.1",
        "case_inspection",
        served("inspection_result_notice"),
    ),
    Step(
        "责令改正",
        "制作责令改正通知书并送达。",
        "penalty_law:28",
        "case_inspection",
        unless(_came_out(CORRECTION), served("correction_notice")),
    ),
    Step(
        "到期复查",
        "责令改正的期限届满后复查，制作复查记录。",
        "8.1(2)",
        "case_inspection",
        unless(_came_out(CORRECTION), issued("reinspection_record")),
    ),
    Step(
        "移送立案",
        "发现的违法行为登记为线索，另案办理。",
        "11.1",
        "inspection_transfer",
        unless(_came_out(TRANSFER), knows("inspection", "lead")),
    ),
    Step(
        "公开检查结果",
        "检查结果已经告知，向社会公开并登记。",
        "business_environment:54",
        "case_publication",
        is_published,
    ),
    CLOSING,
)
_MEASURE = (
    Step(
        "确认措施",
        "写明查封、扣押什么，理由、依据和期限。",
        "coercion_law:18",
        "measure_state",
        knows("coercion", "measure"),
    ),
    Step(
        "报批查封、扣押",
        "实施前报机关负责人批准。",
        "coercion_law:18",
        "case_course",
        lambda state: (
            "coercion_approval" in state.issued
            or bool((state.case.facts.get("coercion") or {}).get("urgency"))
        ),
    ),
    Step(
        "到现场实施",
        "两名以上执法人员，通知当事人到场，当场告知、听取申辩。",
        "coercion_law:18",
        "case_course",
        has_reached("on_site"),
    ),
    Step(
        "制作决定书、清单和现场笔录",
        "当场制作，由当事人和执法人员签名，当场交付。",
        "coercion_law:24",
        "case_course",
        all_issued("seizure_decision", "seizure_list", "coercion_scene_record"),
    ),
    Step(
        "处理或者解除",
        "期限内查清事实，作出处理决定；不再需要的立即解除。",
        "coercion_law:27",
        "case_course",
        issued("seizure_lifting", "seizure_handling"),
    ),
    Step(
        "送达处理决定",
        "解除或者处理决定书已经制作，送达当事人。",
        "coercion_law:28",
        "case_service",
        served("seizure_lifting", "seizure_handling"),
    ),
    Step(
        "登记返还和处理结果",
        "解除的立即退还，逐件清点；没收、销毁、变卖、移送的登记结果。",
        "coercion_law:28",
        "case_course",
        has_reached("performance"),
    ),
    _public("查封（扣押）决定", "seizure_decision"),
    CLOSING,
)
_ENFORCEMENT = (
    Step(
        "催告",
        "制作催告书并送达当事人。",
        "35.1",
        "case_course",
        served("reminder"),
    ),
    Step(
        "作出强制执行决定",
        "催告期满，无正当理由仍不履行的，报批后决定并送达；金钱给付须加处罚款超过{coercion_law.late_penalty_before_force}。",
        "coercion_law:37",
        "case_course",
        unless(_has_power, served("enforcement_decision", "substitute_performance_decision")),
    ),
    Step(
        "实施强制执行",
        "白天工作日到现场实施，制作笔录。",
        "36.1",
        "case_course",
        unless(_has_power, issued("enforcement_record", "enforcement_termination")),
    ),
    Step(
        "申请人民法院强制执行",
        "没有自行强制执行权的，在法定期限内申请。",
        "coercion_law:53",
        "case_course",
        lambda state: _has_power(state) or "enforcement_application" in state.issued,
    ),
    Step(
        "登记履行情况",
        "执行完毕或者当事人履行的，登记。",
        "34.1",
        "case_performance",
        lambda state: (
            "enforcement_termination" in state.issued or has_reached("performance")(state)
        ),
    ),
    _public("强制执行决定", "enforcement_decision", "substitute_performance_decision"),
    CLOSING,
)
_LEVY = (
    Step(
        "确认征收事项",
        "写明征收的项目、事实、依据、标准和金额。",
        "22.1",
        "levy_assess",
        knows("levy", "item"),
    ),
    Step(
        "告知当事人",
        "法律规定决定前应当告知：制作决定前告知书并送达，听取陈述申辩。",
        "15.1",
        "case_course",
        unless(
            lambda state: state.case.circumstances.get("is_notice_required") is True,
            served("other_prior_notice"),
        ),
    ),
    Step(
        "报批征收决定",
        "征收事项已经确认，制作决定审批表报批。",
        "22.1",
        "case_course",
        issued("other_decision_approval"),
    ),
    Step(
        "制作征收决定书",
        "决定已经批准，制作决定书。",
        "22.1",
        "case_course",
        issued("levy_decision"),
    ),
    Step(
        "送达征收决定书",
        "征收决定书已经制作，送达当事人。",
        "28.1",
        "case_service",
        served("levy_decision"),
    ),
    Step(
        "登记缴纳情况",
        "征收决定已经送达，当事人缴纳后登记。",
        "34.1",
        "case_performance",
        has_reached("performance"),
    ),
    _public("征收决定", "levy_decision"),
    CLOSING,
)
COURSES: Mapping[tuple[str, str], Sequence[Step]] = {
    (Case.Kind.INSPECTION, Case.Procedure.ORDINARY): _INSPECTION,
    (Case.Kind.LICENSING, Case.Procedure.ORDINARY): LICENSING,
    (Case.Kind.LICENSING, Case.Procedure.ENDING): ENDING,
    (Case.Kind.COERCION, Case.Procedure.MEASURE): _MEASURE,
    (Case.Kind.COERCION, Case.Procedure.ENFORCEMENT): _ENFORCEMENT,
    (Case.Kind.LEVY, Case.Procedure.ORDINARY): _LEVY,
}
