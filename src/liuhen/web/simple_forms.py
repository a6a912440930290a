"""Forms of the simple procedure. They check shape only; what is lawful is the acts' business."""

from __future__ import annotations

from typing import Any

from django import forms

from liuhen.cases.models import Party
from liuhen.people.models import Office, Person
from liuhen.people.queries import holders
from liuhen.web.offence_choices import offences_in_use, offer_offences

_TEXT = forms.Textarea(attrs={"rows": 3})


class IdentityForm(forms.Form):
    """Step 1: who, where, certificate shown."""

    second_officer = forms.ModelChoiceField(
        label="协办执法人员", queryset=Person.objects.none(), empty_label="请选择"
    )
    place = forms.CharField(label="地点", max_length=200)
    is_certificate_shown = forms.BooleanField(
        label="两名执法人员均已向当事人出示执法证件", required=False
    )

    def __init__(self, *args: Any, person: Person, **options: Any) -> None:
        super().__init__(*args, **options)
        colleagues = holders(Office.Kind.OFFICER, person.unit).exclude(id=person.id)
        self.fields["second_officer"].queryset = colleagues.order_by("name")  # type: ignore[attr-defined]
        self.fields["second_officer"].label_from_instance = lambda p: p.name  # type: ignore[attr-defined]


class FactsForm(forms.Form):
    """Step 2: party and violation."""

    party_kind = forms.ChoiceField(
        label="当事人类别", choices=Party.Kind.choices, widget=forms.RadioSelect
    )
    party_name = forms.CharField(label="姓名或者名称", max_length=200)
    party_identity_number = forms.CharField(
        label="身份证号或者统一社会信用代码", max_length=40, required=False
    )
    party_representative = forms.CharField(label="法定代表人", max_length=60, required=False)
    party_address = forms.CharField(label="住址或者住所", max_length=200, required=False)
    party_phone = forms.CharField(label="电话", max_length=40, required=False)
    offence = forms.ChoiceField(label="常见违法行为", required=False)
    cause = forms.CharField(label="案由", max_length=200)
    facts = forms.CharField(label="违法事实", widget=_TEXT, max_length=4000)
    evidence = forms.CharField(label="主要证据", max_length=1000)
    breached = forms.CharField(label="违反的规定", max_length=1000)
    basis = forms.CharField(label="处罚依据", max_length=1000)
    conditions = forms.CharField(label="适用简易程序的条件", widget=_TEXT, max_length=2000)
    correction = forms.CharField(label="责令改正内容", max_length=1000)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        names = ("cause", "breached", "basis", "conditions", "correction")
        offer_offences(self.fields["offence"], offences_in_use(), names, empty="请选择（可不选）")


class NoticeForm(forms.Form):
    """Step 3: what was told."""

    told = forms.CharField(label="已口头告知的内容", widget=_TEXT, max_length=4000)


class StatementForm(forms.Form):
    """Step 4: statement and defence, or waiver."""

    form = forms.ChoiceField(
        label="当事人的陈述、申辩",
        widget=forms.RadioSelect,
        choices=[
            ("oral", "口头陈述、申辩"),
            ("written", "提交书面材料"),
            ("waiver_oral", "口头表示放弃"),
            ("waiver_written", "书面表示放弃"),
        ],
    )
    text = forms.CharField(label="内容", widget=_TEXT, max_length=4000, required=False)


class ReviewForm(forms.Form):
    """Step 5: review of the defence."""

    adopted = forms.ChoiceField(
        label="复核结果",
        widget=forms.RadioSelect,
        choices=[("adopted", "予以采纳"), ("partly", "部分采纳"), ("rejected", "不予采纳")],
    )
    reason = forms.CharField(label="理由", widget=_TEXT, max_length=2000)


class DecisionForm(forms.Form):
    """Step 6: the penalty."""

    penalty = forms.MultipleChoiceField(
        label="处罚种类",
        widget=forms.CheckboxSelectMultiple,
        choices=[("warning", "警告"), ("fine", "罚款")],
    )
    fine = forms.DecimalField(
        label="罚款金额", required=False, max_digits=9, decimal_places=2, min_value=0
    )
    deviation = forms.CharField(
        label="偏离裁量基准的理由",
        required=False,
        max_length=1000,
        help_text="罚款在所选违法行为的裁量基准以外的，必须写明",
    )
    collection = forms.ChoiceField(
        label="收缴方式",
        required=False,
        widget=forms.RadioSelect,
        choices=[("on_the_spot", "当场收缴"), ("bank", "限期到银行缴纳")],
    )
    collection_ground = forms.ChoiceField(
        label="当场收缴的理由",
        required=False,
        widget=forms.RadioSelect,
        choices=[
            ("small", "一百元以下罚款"),
            ("hard_to_collect", "不当场收缴事后难以执行"),
            ("remote", "边远、水上、交通不便地区，当事人提出缴纳确有困难"),
        ],
    )


class HandingOverForm(forms.Form):
    """Step 8: the paper handed over."""

    recipient = forms.CharField(label="收件人", max_length=60)
    received_at_noted = forms.BooleanField(label="收件人已在决定书上签名并注明日期", required=False)


class RemoteForm(forms.Form):
    """What is told where money is taken on the spot in a remote place (Penalty Law 69, 71)."""

    requested = forms.CharField(
        label="当事人怎样提出当场缴纳",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="到银行、用电子支付缴纳有什么困难",
    )
    is_on_water = forms.TypedChoiceField(
        label="是否在水上收缴",
        required=False,
        choices=[("no", "否"), ("yes", "是")],
        coerce={"yes": True, "no": False}.get,
        empty_value=None,
        widget=forms.RadioSelect,
    )


class CollectionForm(RemoteForm):
    """Step 9: the fine collected on the spot."""

    amount = forms.DecimalField(label="收缴金额", max_digits=9, decimal_places=2)
    receipt_number = forms.CharField(label="票据号", max_length=60)


class EndingForm(forms.Form):
    """Step 10: what came about at the scene, which decides how long the footage is kept."""

    scene = forms.MultipleChoiceField(
        label="现场情况",
        widget=forms.CheckboxSelectMultiple,
        choices=[
            ("calm", "平稳：没有争执冲突，不是突发事件，当事人配合"),
            ("has_conflict", "发生争执、冲突"),
            ("is_sudden_incident", "属于突发事件"),
            ("is_uncooperative", "当事人不配合"),
        ],
        error_messages={"required": "请选择现场情况；平稳的也要选。"},
    )

    def clean_scene(self) -> list[str]:
        """What came about; nothing when it was calm."""
        told: list[str] = self.cleaned_data["scene"]
        if "calm" in told and len(told) > 1:
            raise forms.ValidationError("“平稳”不能和其他情况同时选择。")
        return [name for name in told if name != "calm"]
