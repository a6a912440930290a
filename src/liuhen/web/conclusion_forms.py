"""Forms of what an investigation found and proposes. They check shape only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms

from liuhen.assembly.amounts import chinese_amount, figures
from liuhen.cases.models import Case
from liuhen.kernel import clock
from liuhen.law.vocabulary import PenaltyKind, ReviewGround
from liuhen.web.inspection_forms import day_field
from liuhen.web.lead_forms import AREA, moment
from liuhen.web.offence_choices import offences_in_use, offer_grades
from liuhen.web.one_form import PlacedForm
from liuhen.web.periods import period_words

EVIDENCE_KINDS = (
    *("书证", "物证", "视听资料", "电子数据", "证人证言", "当事人的陈述", "鉴定意见"),
    *("勘验笔录", "现场笔录"),
)
_MORE_ROWS = 3
_MOST_ROWS = 60
_LINE = {"rows": 2}


class FindingsForm(PlacedForm):
    """What the investigation found."""

    halves = frozenset({"violated_at", "discovered_on"})

    cause = forms.CharField(label="案由", max_length=200)
    violated_at = moment("违法行为发生时间")
    discovered_on = day_field(
        "发现日期", required=False, help_text="早于登记线索就已发现的才填，例如其他机关先发现"
    )
    violated_place = forms.CharField(label="发生地点", max_length=200)
    facts = forms.CharField(
        label="违法事实", widget=AREA, max_length=8000, help_text="何人、何时、何地、何行为、何后果"
    )
    breached = forms.CharField(
        label="违反的规定",
        max_length=1000,
        widget=forms.Textarea(attrs=_LINE),
        help_text="写明法律、法规名称和条款项",
    )
    characterisation = forms.CharField(
        label="案件定性", max_length=2000, widget=forms.Textarea(attrs=_LINE)
    )
    course = forms.CharField(label="调查经过", widget=AREA, max_length=8000)


class EvidenceForm(forms.Form):
    """One piece of evidence."""

    name = forms.CharField(label="证据名称", max_length=200, required=False)
    kind = forms.ChoiceField(label="种类", required=False)
    proves = forms.CharField(label="证明内容", max_length=500, required=False)

    def __init__(self, *args: Any, kinds: Sequence[str], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["kind"].choices = [("", "请选择"), *((kind, kind) for kind in kinds)]  # type: ignore[attr-defined]


_Rows = forms.formset_factory(
    EvidenceForm, extra=_MORE_ROWS, max_num=_MOST_ROWS, absolute_max=_MOST_ROWS
)


def evidence_rows(data: Any, known: Sequence[Mapping[str, str]]) -> Any:
    """The rows of evidence: what was sent, or what is known, with blank rows below."""
    # A kind recorded in other words stays what it was.
    kinds = list(dict.fromkeys([*EVIDENCE_KINDS, *(row.get("kind", "") for row in known)]))
    # Every row counts as typed: one that equals what is known is not left out as untouched.
    given = {"kinds": [kind for kind in kinds if kind], "empty_permitted": False}
    return _Rows(data, initial=known, prefix="evidence", form_kwargs=given)


def rows_given(rows: Any) -> list[dict[str, str]]:
    """What stands in the rows; wholly blank ones are left out."""
    cleaned = [{key: one.cleaned_data.get(key, "") for key in one.fields} for one in rows]
    return [row for row in cleaned if any(row.values())]


class NoPenaltyForm(PlacedForm):
    """That not to punish is proposed."""

    reason = forms.CharField(
        label="不予处罚的理由",
        widget=AREA,
        max_length=4000,
        help_text="轻微并及时改正没有危害后果，初次违法、危害轻微并及时改正，没有主观过错，不满十四周岁等",
    )
    basis = forms.CharField(
        label="依据",
        max_length=1000,
        widget=forms.Textarea(attrs=_LINE),
        help_text="法律名称和条、款、项",
    )
    education = forms.CharField(
        label="教育情况",
        widget=AREA,
        max_length=2000,
        help_text="何时、怎样对当事人进行教育，当事人怎样表示",
    )


class PenaltyForm(PlacedForm):
    """The penalty proposed."""

    halves = frozenset({"fine", "statement_days"})
    whens: ClassVar[Mapping[str, str]] = {"fine": "kinds=fine", "deviation": "kinds=fine"}

    offence = forms.ChoiceField(
        label="违法行为和裁量基准",
        required=False,
        help_text="选定后自动填写处罚依据和裁量理由，可再修改；罚款以所选基准的范围为准",
    )
    basis = forms.CharField(label="处罚依据", max_length=1000, widget=forms.Textarea(attrs=_LINE))
    discretion = forms.CharField(
        label="裁量理由", widget=AREA, max_length=4000, help_text="情节、后果、改正情况和裁量基准"
    )
    kinds = forms.MultipleChoiceField(
        label="处罚种类",
        widget=forms.CheckboxSelectMultiple,
        choices=[
            (PenaltyKind.WARNING, "警告"),
            (PenaltyKind.CRITICISM, "通报批评"),
            (PenaltyKind.FINE, "罚款"),
            (PenaltyKind.CONFISCATION, "没收违法所得、非法财物"),
            (PenaltyKind.SUSPENSION, "暂扣许可证件"),
            (PenaltyKind.REVOCATION, "降低资质等级、吊销许可证件"),
            (PenaltyKind.RESTRICTION, "限制开展生产经营活动"),
            (PenaltyKind.CLOSURE, "责令停产停业、责令关闭、限制从业"),
            (PenaltyKind.OTHER, "其他"),
        ],
        error_messages={"required": "请选择处罚种类。"},
    )
    fine = forms.DecimalField(
        label="罚款金额（元）", required=False, max_digits=14, decimal_places=2, min_value=0
    )
    deviation = forms.CharField(
        label="偏离裁量基准的理由",
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs=_LINE),
        help_text="罚款在所选基准范围以外的，必须写明",
    )
    proposed = forms.CharField(
        label="处罚内容",
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs=_LINE),
        help_text="决定书照此印出；只罚款的可以不填，按金额写",
    )
    correction = forms.CharField(
        label="责令改正",
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs=_LINE),
        help_text="改正什么、到哪一天；写入决定书。没有可以改正的不填，由承办机构负责人认定",
    )
    performance_terms = forms.CharField(
        label="履行方式和期限", max_length=1000, widget=forms.Textarea(attrs=_LINE)
    )
    statement_days = forms.IntegerField(
        label="陈述申辩期限（工作日）",
        required=False,
        min_value=1,
        max_value=60,
        help_text="不填的，与申请听证的期限相同",
    )
    grants_hearing = forms.BooleanField(label="数额未到听证标准，也给予听证权利", required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._grades = offer_grades(self.fields["offence"], offences_in_use())
        chosen = {grade: key for key, grade in self._grades.items()}
        self.initial["offence"] = chosen.get(self.initial.get("offence"), "")  # type: ignore[arg-type]

    def given(self) -> dict[str, Any]:
        """What `propose_penalty` takes."""
        data = dict(self.cleaned_data)
        data["offence"], data["grade"] = self._grades.get(data["offence"], ("", ""))
        fine = data.pop("fine")
        fen = int(fine * 100) if fine is not None and PenaltyKind.FINE in data["kinds"] else None
        if not data["proposed"] and fen and data["kinds"] == [PenaltyKind.FINE]:
            data["proposed"] = f"罚款人民币{chinese_amount(fen)}（¥{figures(fen)}）。"
        return {**data, "fine_fen": fen}


def _yes_no(label: str, help_text: str = "") -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label,
        choices=[("yes", "是"), ("no", "否")],
        coerce=lambda key: key == "yes",
        widget=forms.RadioSelect,
        help_text=help_text,
        error_messages={"required": "请选择是或者否。"},
    )


class CircumstancesForm(PlacedForm):
    """What a person has to judge of a case: it decides review, discussion and approval."""

    is_major = _yes_no("重大案件", "是的，须报执法协调监督处审查，并由分管负责同志审批")
    is_complex = _yes_no("情节复杂", "是的，须经法制审核委员会集体讨论")
    is_heavier_penalty = _yes_no("拟给予较重处罚", "是的，须经法制审核委员会集体讨论")
    has_expert_argument = _yes_no("组织过专家论证", "是的，须附论证纪要或者专家意见")
    review_grounds = forms.MultipleChoiceField(
        label="应当法制审核的情形",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[
            (ReviewGround.PUBLIC_INTEREST, "涉及重大公共利益"),
            (ReviewGround.MAJOR_RIGHTS_HEARD, "直接关系当事人或者第三人重大权益，经过听证程序"),
            (ReviewGround.DIFFICULT, "案情疑难复杂、涉及多个法律关系"),
            (ReviewGround.BY_LAW, "法律、法规规定应当法制审核的其他情形"),
        ],
        help_text="都没有的，不勾选",
    )
    is_of_public_concern = forms.BooleanField(
        label="有一定社会影响，处罚决定应当公开",
        required=False,
        help_text="作出决定后应当按期公开",
    )


def known_circumstances(case: Case) -> dict[str, Any]:
    """What has been stated already; what was not stays open."""
    words = {True: "yes", False: "no"}
    stated = case.circumstances
    names = ("is_major", "is_complex", "is_heavier_penalty", "has_expert_argument")
    return {
        **{name: words.get(stated.get(name), "") for name in names},
        "review_grounds": stated.get("review_grounds") or [],
        "is_of_public_concern": stated.get("is_of_public_concern") is True,
    }


def known_findings(case: Case) -> dict[str, Any]:
    """What was recorded already, else what the lead and the form of initiation say."""
    found: dict[str, Any] = case.facts.get("violation") or {}
    lead = case.leads.first()
    happened = clock.parse_iso(found["at"]) if "at" in found else lead and lead.received_at
    return {
        "cause": case.cause,
        "violated_at": happened,
        "discovered_on": found.get("discovered_on"),
        "violated_place": found.get("place") or (lead.place if lead else case.place),
        **{key: found.get(key, "") for key in ("facts", "breached", "characterisation")},
        "course": case.facts.get("course", ""),
    }


_PROPOSED = ("basis", "discretion", "kinds", "proposed", "correction")


def known_penalty(case: Case) -> dict[str, Any]:
    """What was proposed already."""
    proposal: dict[str, Any] = case.facts.get("penalty") or {}
    fen, offence = proposal.get("amount_fen"), proposal.get("offence") or {}
    terms = f"自收到决定书之日起{period_words('penalty_law.pay_fine')}内缴至指定银行。"
    return {
        **{key: proposal.get(key) for key in _PROPOSED},
        "performance_terms": proposal.get("performance_terms") or terms,
        "statement_days": proposal.get("statement_days"),
        "deviation": proposal.get("deviation"),
        "offence": (offence.get("code"), offence.get("grade")),
        "fine": f"{fen / 100:.2f}" if fen else None,
    }
