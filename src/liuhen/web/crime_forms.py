"""Forms of the transfer of a suspected crime, one for each stage. They check shape only."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms

from liuhen.actions.materials import LARGEST
from liuhen.cases.models import Case
from liuhen.documents.crime_transfers import ANSWERS, CONTESTS
from liuhen.web.lead_forms import AREA, moment
from liuhen.web.one_form import PlacedForm

RESUME = "resume"
_RESUMING = (RESUME, "恢复办理本案，依法作出行政处理")


def _when() -> forms.DateTimeField:
    return moment("时间", required=False, help_text="不填为现在")


def reply_file(label: str, help_text: str, **options: Any) -> forms.FileField:
    """A paper that came from another body."""
    shown = f"{help_text}扫描件或者照片，不超过 {LARGEST // 1024**2} MB，原样保存"
    empty = {"empty": "文件是空的，请重新选择。"}
    return forms.FileField(label=label, help_text=shown, error_messages=empty, **options)


class ReportForm(PlacedForm):
    """Which crime is suspected, which police it goes to, who checks it."""

    submit = "报请移送"
    to = forms.CharField(label="受移送的公安机关", max_length=120)
    facts = forms.CharField(
        label="涉嫌犯罪的事实和理由",
        widget=AREA,
        max_length=4000,
        help_text="金额、情节、后果，以及涉嫌的罪名；写入移送书",
    )
    officers = forms.MultipleChoiceField(
        label="专案组",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请选择专案组人员。"},
    )

    def __init__(self, *args: Any, case: Case, **options: Any) -> None:
        super().__init__(*args, **options)
        carried = case.officers.filter(until=None).select_related("person").order_by("id")
        chosen: Any = self.fields["officers"]
        chosen.choices = [(str(one.person_id), one.person.name) for one in carried]
        chosen.initial = [value for value, _ in chosen.choices]


class HandOverForm(PlacedForm):
    """Who of the police took the letter, and what their receipt says."""

    submit = "登记移送"
    halves: ClassVar[frozenset[str]] = frozenset({"receiver", "handed_over_at"})
    receiver = forms.CharField(label="公安机关签收人", max_length=60)
    handed_over_at = _when()
    receipt = forms.CharField(
        label="回执情况",
        widget=AREA,
        max_length=500,
        help_text="回执由谁签字、附卷材料份数；拒绝签字的，写明情况",
    )
    content = reply_file("回执", "拒绝签收回执的不传。", required=False)


class AnswerForm(PlacedForm):
    """What the police wrote."""

    submit = "登记答复"
    answer = forms.ChoiceField(
        label="公安机关书面答复", widget=forms.RadioSelect, choices=list(ANSWERS.items())
    )
    note = forms.CharField(label="文书名称、文号和理由", widget=AREA, max_length=1000)
    answered_at = _when()
    content = reply_file("公安机关文书", "", required=False)


class RefusedForm(PlacedForm):
    """The police refused: what the authority does about it."""

    submit = "登记"
    step = forms.ChoiceField(
        label="处理",
        widget=forms.RadioSelect,
        choices=[*CONTESTS.items(), _RESUMING],
    )
    note = forms.CharField(label="情况说明", widget=AREA, max_length=1000)


class ContestedForm(PlacedForm):
    """How the refusal ended that was contested."""

    submit = "登记结果"
    step = forms.ChoiceField(
        label="结果",
        widget=forms.RadioSelect,
        choices=[
            ("filed", "公安机关立案"),
            ("refused", "维持不予立案"),
            ("supervision", CONTESTS["supervision"]),
            _RESUMING,
        ],
    )
    note = forms.CharField(label="文书名称、文号和理由", widget=AREA, max_length=1000)


class ThingsForm(PlacedForm):
    """What went to the police after they filed their case."""

    submit = "登记移交"
    note = forms.CharField(
        label="移交的物品、材料和交接手续",
        widget=AREA,
        max_length=2000,
        help_text="物品按清单逐项写明；音像记录移交复制件的，写明份数和校验值",
    )
    things_at = _when()


class ResumeForm(PlacedForm):
    """The police gave the case back."""

    submit = "恢复办理"
    note = forms.CharField(label="退回的情况和依据", widget=AREA, max_length=1000)
    returned_at = moment(
        "案件退回的时间", required=False, help_text="不填为现在；处罚办案期限自退回之日继续计算"
    )
