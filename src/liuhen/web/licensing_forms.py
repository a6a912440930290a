"""Forms of licences. They check shape only; what is lawful is the acts' business."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from django import forms

from liuhen.actions.licensing import FORMS
from liuhen.cases.models import Party
from liuhen.documents.licences import PURPOSES
from liuhen.people.models import Person, Unit
from liuhen.web.inspection_forms import day_field, lines_of
from liuhen.web.lead_forms import AREA, moment
from liuhen.web.officer_forms import officer_choices
from liuhen.web.one_form import PlacedForm

_HINT = "每行一份：材料名称，份数，原件或者复制件（可以不写）"


def materials_in(text: str) -> list[dict[str, Any]]:
    """The materials of a pasted list. Raises `ValidationError` that names the line."""
    rows = []
    for row, parts in lines_of(text):
        if len(parts) < 2 or len(parts) > 3 or not parts[0] or not parts[1].isdecimal():
            raise forms.ValidationError(f"第{row}行要有材料名称和份数（数字），用逗号隔开。")
        copies = int(parts[1])
        if not 0 < copies <= 99:
            raise forms.ValidationError(f"第{row}行的份数应在1到99之间。")
        form = parts[2] if len(parts) == 3 else ""
        rows.append({"name": parts[0], "copies": copies, "form": form})
    return rows


class ApplicationForm(PlacedForm):
    """An application at the counter: who applies for what, with which materials."""

    halves = frozenset(
        {"identity_kind", "identity_number", "representative", "phone", "second", "applicant"}
    )
    whens: ClassVar[Mapping[str, str]] = {
        "representative": "party_kind=organisation",
        "licence_number": "purpose=change,prolong",
    }

    purpose = forms.ChoiceField(
        label="申请什么",
        choices=[(key, PURPOSES[key]) for key in ("new", "change", "prolong")],
        initial="new",
        widget=forms.RadioSelect,
    )
    licence_number = forms.CharField(
        label="许可证编号",
        max_length=80,
        required=False,
        help_text="变更、延续的是哪一件许可；由被许可人申请",
    )
    matter = forms.CharField(label="申请事项", max_length=200)
    form = forms.ChoiceField(
        label="申请方式", choices=list(FORMS.items()), widget=forms.RadioSelect
    )
    content = forms.CharField(
        label="申请内容", widget=AREA, max_length=4000, help_text="口头申请的，照其陈述记录"
    )
    materials = forms.CharField(
        label="提交的材料",
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=8000,
        help_text=_HINT,
    )
    party_kind = forms.ChoiceField(
        label="申请人", choices=Party.Kind.choices, widget=forms.RadioSelect
    )
    party_name = forms.CharField(label="姓名或者名称", max_length=200)
    identity_kind = forms.ChoiceField(
        label="证件类别", required=False, choices=[("", "暂不填写"), *Party.IdentityKind.choices]
    )
    identity_number = forms.CharField(label="证件号码", max_length=40, required=False)
    representative = forms.CharField(label="法定代表人或者负责人", max_length=60, required=False)
    phone = forms.CharField(label="电话", max_length=40, required=False)
    address = forms.CharField(label="住址或者住所", max_length=200)
    place = forms.CharField(label="受理窗口", max_length=200)
    second = forms.TypedChoiceField(
        label="协办执法人员", empty_value=None, help_text="与您一起核查、办理"
    )
    applicant = forms.CharField(label="到场办理的人", max_length=60)
    applicant_strokes = forms.CharField(widget=forms.HiddenInput, required=False)
    registrar_strokes = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, unit: Unit, actor: Person, **options: Any) -> None:
        super().__init__(*args, **options)
        known = officer_choices(unit)
        field: Any = self.fields["second"]
        others = [(key, words) for key, (one, words) in known.items() if one.id != actor.id]
        field.choices = [("", "请选择"), *others]
        field.coerce = lambda key: known[key][0]

    def clean_materials(self) -> list[dict[str, Any]]:
        """The materials line by line."""
        return materials_in(self.cleaned_data["materials"])

    def given(self) -> dict[str, Any]:
        """What `receive_application` takes, the ink aside."""
        data = dict(self.cleaned_data)
        names = ("identity_kind", "identity_number", "representative", "phone", "address")
        party = {key: data.pop(key) for key in names}
        party |= {"kind": data.pop("party_kind"), "name": data.pop("party_name")}
        del data["applicant_strokes"], data["registrar_strokes"]
        return {**data, "party": party}


class SupplementForm(PlacedForm):
    """What the applicant handed in after being told."""

    materials = forms.CharField(
        label="补正的材料",
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=8000,
        help_text=_HINT,
    )

    def clean_materials(self) -> list[dict[str, Any]]:
        """The materials line by line."""
        return materials_in(self.cleaned_data["materials"])


class ProposalForm(PlacedForm):
    """What the review found, and the decision proposed."""

    halves = frozenset({"valid_from", "valid_until"})
    whens: ClassVar[Mapping[str, str]] = dict.fromkeys(
        ("valid_from", "valid_until", "has_certificate"), "is_granted=yes"
    )

    is_granted = forms.TypedChoiceField(
        label="审查结论",
        choices=[("yes", "准予行政许可"), ("no", "不予行政许可")],
        coerce=lambda key: key == "yes",
        widget=forms.RadioSelect,
    )
    facts = forms.CharField(label="审查情况", widget=AREA, max_length=4000)
    reasons = forms.CharField(
        label="理由", widget=AREA, max_length=4000, help_text="不予许可的，印在决定书上"
    )
    basis = forms.CharField(label="依据", max_length=400)
    content = forms.CharField(label="决定内容", widget=AREA, max_length=4000)
    terms = forms.CharField(
        label="要求",
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=2000,
        help_text="准予的，写行使许可的要求；不予的，写怎样可以重新申请",
    )
    valid_from = day_field("有效期起", required=False)
    valid_until = day_field("有效期止", required=False)
    has_certificate = forms.BooleanField(label="颁发许可证（变更、延续的一律换发）", required=False)
    is_major = forms.BooleanField(label="属于重大许可决定，应当法制审核", required=False)
    is_complex = forms.BooleanField(label="情况复杂，应当集体讨论", required=False)
    has_expert_argument = forms.BooleanField(label="组织过专家论证", required=False)
    touches_others = forms.BooleanField(
        label="直接涉及申请人与他人之间的重大利益，应当告知听证权利", required=False
    )
    is_hearing_public = forms.BooleanField(
        label="依法应当听证或者涉及公共利益，应当向社会公告并举行听证", required=False
    )


class ToldForm(PlacedForm):
    """Which interested person was told of the right to a hearing, how and when."""

    party_id = forms.TypedChoiceField(label="利害关系人", coerce=UUID, empty_value=None)
    way = forms.CharField(
        label="怎样告知", max_length=300, help_text="例如：当面交付听证告知书，本人签收"
    )
    told_at = moment("告知时间", required=False, help_text="不填为现在")

    def __init__(self, *args: Any, offered: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["party_id"].choices = offered  # type: ignore[attr-defined]


class AnnouncedForm(PlacedForm):
    """Where and when a hearing was announced."""

    where = forms.CharField(
        label="在哪里公告", max_length=200, help_text="网站、报纸或者公告栏的名称"
    )
    address = forms.CharField(label="网址", max_length=400, required=False)
    announced_at = moment("公告时间", required=False, help_text="不填为现在")
