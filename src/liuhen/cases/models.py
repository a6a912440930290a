"""Cases, parties, activities and performance. Writes are acts (`actions.cases` and its kin).

A null is always "not known yet": nothing here turns an unasked question into a no.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.fields.json import KT

from liuhen.cases.sealed import WithNumber
from liuhen.kernel.clock import parse_iso
from liuhen.ledger.kinds import Guarded
from liuhen.people.models import CLASSIFIED, Certificate, Person, Secrecy, Unit


class Case(Guarded):
    """A case of enforcement. `stage` is a key of the law's stages for its kind and procedure."""

    class Kind(models.TextChoices):
        LICENSING = "licensing", "行政许可"
        PENALTY = "penalty", "行政处罚"
        COERCION = "coercion", "行政强制"
        LEVY = "levy", "行政征收"
        INSPECTION = "inspection", "行政检查"

    class Procedure(models.TextChoices):
        ORDINARY = "ordinary", "一般程序"
        SIMPLE = "simple", "简易程序"
        MEASURE = "measure", "强制措施"
        ENFORCEMENT = "enforcement", "强制执行"
        ENDING = "ending", "撤回、撤销、注销"

    number = models.CharField("案号", max_length=60, unique=True)
    kind = models.CharField("类别", max_length=12, choices=Kind.choices)
    procedure = models.CharField("程序", max_length=12, choices=Procedure.choices)
    stage = models.CharField("阶段", max_length=30)
    cause = models.CharField("案由", max_length=200, blank=True)
    place = models.CharField("发生地点", max_length=200, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="cases")
    handler = models.ForeignKey(Person, models.PROTECT, related_name="cases_handled")
    # When the record of the case begins: the first contact on the spot, or the lead's registration.
    started_at = models.DateTimeField("启动时间")
    # Start of an ordinary procedure (立案): its approval, or the emergency start before it.
    initiated_at = models.DateTimeField("立案时间", null=True)
    ended_at = models.DateTimeField("行为终结时间", null=True)
    closed_at = models.DateTimeField("结案时间", null=True)
    # The clocks of Art. 38 stop here; who bound and received the file stands in `archive`.
    bound_at = models.DateTimeField("立卷时间", null=True)
    handed_over_at = models.DateTimeField("原卷移交档案室时间", null=True)
    unit_copy_kept_at = models.DateTimeField("承办机构留存复制件时间", null=True)
    published_at = models.DateTimeField("结果公开时间", null=True)  # how: facts["publication"]
    secrecy = models.CharField("密级", max_length=10, choices=Secrecy.choices, blank=True)
    # What people stated that the law asks: {"dispute": false, "sudden": null, …}.
    circumstances = models.JSONField("情形", default=dict)
    # What the investigation found and proposes, as papers print it: {"violation": {…}, …}.
    facts = models.JSONField("案件事实", default=dict)

    class Meta:
        indexes = (
            models.Index(fields=["unit", "-started_at"], name="case_unit"),
            models.Index(fields=["handler", "-started_at"], name="case_handler"),
            models.Index(fields=["-started_at", "id"], name="case_started"),
            models.Index(fields=["closed_at"], name="case_closed_at"),
            models.Index(fields=["id"], name="case_secret", condition=Q(secrecy__in=CLASSIFIED)),
            models.Index(fields=["id"], name="case_unbound", condition=Q(bound_at=None)),
            models.Index(
                KT("facts__hearing__chair_id"),
                name="case_hearing_chair",
                condition=Q(closed_at__isnull=True),
            ),
        )
        verbose_name = verbose_name_plural = "案件"

    def __str__(self) -> str:
        return self.number

    @property
    def is_on_the_spot(self) -> bool:
        """Handled in one go by simple procedure; every other case goes stage by stage."""
        return self.procedure == self.Procedure.SIMPLE

    @property
    def is_ordinary_penalty(self) -> bool:
        """A penalty by ordinary procedure."""
        return self.kind == self.Kind.PENALTY and self.procedure == self.Procedure.ORDINARY


class Lead(Guarded):
    """What calls for a procedure (Art. 11), and what became of it. It opens the record of a case.

    Who complained stays out of row images. `is_named` is null for leads nobody complained about.
    """

    class Source(models.TextChoices):
        INSPECTION = "inspection", "执法检查"
        COMPLAINT = "complaint", "投诉"
        PETITION = "petition", "申诉"
        REPORT = "report", "举报"
        TRANSFER = "transfer", "其他机关移送"
        ASSIGNMENT = "assignment", "上级机关交办"

    class Outcome(models.TextChoices):
        INITIATED = "initiated", "予以立案"
        REFUSED = "refused", "不予立案"
        TRANSFERRED = "transferred", "移送有关机关"

    image_excludes: ClassVar[tuple[str, ...]] = ("reporter_name", "reporter_contact")

    case = models.ForeignKey(Case, models.PROTECT, related_name="leads")
    number = models.CharField("线索编号", max_length=60, unique=True)
    source = models.CharField("来源", max_length=12, choices=Source.choices)
    received_at = models.DateTimeField("收到时间")
    is_named = models.BooleanField("实名", null=True)
    reporter_name = models.CharField("投诉举报人", max_length=60, blank=True)
    reporter_contact = models.CharField("联系方式", max_length=120, blank=True)
    subject = models.CharField("被反映的单位或者个人", max_length=200)
    place = models.CharField("发生地点", max_length=200)
    content = models.TextField("线索内容")
    check_note = models.TextField("核查情况", blank=True)
    prolonged_at = models.DateTimeField("批准延长核查时间", null=True)  # how long: `law.statutes`
    outcome = models.CharField("处理结果", max_length=12, choices=Outcome.choices, blank=True)
    outcome_reason = models.TextField("处理理由", blank=True)
    outcome_at = models.DateTimeField("处理时间", null=True)
    informed_at = models.DateTimeField("告知时间", null=True)
    informed_note = models.TextField("告知方式和内容", blank=True)
    is_suspected_crime = models.BooleanField("涉嫌犯罪", null=True)
    is_outside_jurisdiction = models.BooleanField("无管辖权", null=True)
    transfer_decided_at = models.DateTimeField("决定移送时间", null=True)
    transferred_at = models.DateTimeField("移送时间", null=True)
    transferred_to = models.CharField("受移送机关", max_length=120, blank=True)
    transfer_note = models.TextField("移送材料和回执", blank=True)
    # Counts the acts on it, so that of two people at one lead the second sees what the first did.
    version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = verbose_name_plural = "案件线索"
        indexes = (models.Index(fields=["-received_at", "id"], name="lead_received"),)

    def __str__(self) -> str:
        return self.number


class CaseOfficer(Guarded):
    """An officer who carries the case, over a half-open span."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="officers")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    since = models.DateTimeField("参与起")
    until = models.DateTimeField("参与止", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "办案人员"
        indexes = (models.Index(fields=["person", "case"], name="case_officer"),)


class NeedToKnow(Guarded):
    """A classified case is opened to one person who needs it for a purpose (Art. 45)."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="known_to")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    reason = models.CharField("用途", max_length=200)
    named_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    named_at = models.DateTimeField("指定时间")
    ended_at = models.DateTimeField("收回时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "知悉人员"
        indexes = (models.Index(fields=["person", "case"], name="need_to_know"),)


class Party(WithNumber, Guarded):
    """A party (当事人). Its identity number is sealed, and stays out of row images."""

    class Kind(models.TextChoices):
        PERSON = "person", "公民"
        ORGANISATION = "organisation", "法人或者其他组织"

    class Role(models.TextChoices):
        PARTY = "party", "当事人"
        INTERESTED = "interested", "利害关系人"
        FORMER = "former", "原当事人"

    class IdentityKind(models.TextChoices):
        RESIDENT_ID = "resident_id", "居民身份证"
        CREDIT_CODE = "credit_code", "统一社会信用代码"
        PERMIT = "permit", "港澳台居民证件"
        PASSPORT = "passport", "护照"
        OTHER = "other", "其他证件"

    case = models.ForeignKey(Case, models.PROTECT, related_name="parties")
    kind = models.CharField("类别", max_length=12, choices=Kind.choices)
    name = models.CharField("姓名或者名称", max_length=200)
    role = models.CharField("身份", max_length=12, choices=Role.choices, default=Role.PARTY)
    identity_kind = models.CharField(
        "证件类别", max_length=12, choices=IdentityKind.choices, blank=True
    )
    representative = models.CharField("法定代表人", max_length=60, blank=True)
    address = models.CharField("住址或者住所", max_length=200, blank=True)
    phone = models.CharField("电话", max_length=40, blank=True)
    died_on = models.DateField("死亡日期", null=True)

    class Meta:
        # An earlier fine of the same party is looked for before each decision (Penalty Law 29).
        indexes = (
            models.Index(fields=["number_digest"], name="party_number"),
            # What an earlier version left in plain, to be sealed at the next start: none after it.
            models.Index(
                fields=["id"],
                name="party_plain",
                condition=Q(number_digest="") & ~Q(sealed_number=""),
            ),
            models.Index(fields=["name"], name="party_name"),
        )
        verbose_name = verbose_name_plural = "当事人"

    def __str__(self) -> str:
        return self.name


class PartyChange(Guarded):
    """What happened to a party on a day: died or ended, took another name, had a successor."""

    class Kind(models.TextChoices):
        DIED = "died", "死亡或者终止"
        RENAMED = "renamed", "变更姓名或者名称"
        MERGED = "merged", "权利义务由他人承继"

    party = models.ForeignKey(Party, models.PROTECT, related_name="changes")
    kind = models.CharField("变化", max_length=8, choices=Kind.choices)
    happened_on = models.DateField("发生日期")
    name_before = models.CharField("原姓名或者名称", max_length=200)
    name_after = models.CharField("现姓名或者名称", max_length=200, blank=True)
    proof = models.TextField("证明材料")
    recorded_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "当事人变化"


class Activity(Guarded):
    """An activity with a span in time; `kind` is a key of the law's recording catalogue."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="activities")
    kind = models.CharField("活动", max_length=40)
    place = models.CharField("地点", max_length=200, blank=True)
    is_on_site = models.BooleanField("是否现场", null=True)
    started_at = models.DateTimeField("开始时间")
    ended_at = models.DateTimeField("结束时间", null=True)
    certificate_shown_at = models.DateTimeField("出示证件时间", null=True)
    is_dangerous = models.BooleanField("可能危及人身财产", null=True)
    facts = models.JSONField("活动事实", default=dict)  # e.g. {"told_at": …, "statement": …}

    class Meta:
        verbose_name = verbose_name_plural = "执法活动"
        indexes = (
            models.Index(fields=["case", "started_at"], name="activity_case"),
            models.Index(fields=["started_at"], name="activity_started"),
        )

    @property
    def breaks(self) -> list[tuple[dt.datetime, dt.datetime | None]]:
        """Its recorded adjournments, oldest first; the end of one that goes on is None."""
        rows = self.facts.get("adjournments") or ()
        return [(parse_iso(row["started_at"]), _end_of(row)) for row in rows]

    @property
    def is_adjourned(self) -> bool:
        """Whether it stands adjourned: begun, broken off, to be taken up again."""
        return self.ended_at is None and any(end is None for _, end in self.breaks)


def _end_of(adjournment: Mapping[str, Any]) -> dt.datetime | None:
    ended = adjournment.get("ended_at")
    return parse_iso(ended) if ended else None


class ActivityOfficer(Guarded):
    """An officer present at an activity, with the certificate shown."""

    activity = models.ForeignKey(Activity, models.PROTECT, related_name="officers")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    certificate = models.ForeignKey(Certificate, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = "参加人员"


class Offence(Guarded):
    """A common offence with the words papers use for it; the authority keeps the list.

    `grades` are its steps of discretion: [{"name", "circumstances", "from_fen", "to_fen"}].
    """

    code = models.CharField("编号", max_length=40, unique=True)
    cause = models.CharField("案由", max_length=200)
    breached = models.TextField("违反的规定")
    basis = models.TextField("处罚依据")
    conditions = models.TextField("适用简易程序的条件", blank=True)
    correction = models.TextField("责令改正内容", blank=True)
    grades = models.JSONField("裁量基准", default=list, blank=True)
    is_in_use = models.BooleanField("在用", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "违法行为"


class Performance(Guarded):
    """A decision performed: a fine paid, on the spot or at the bank. Amounts in fen.

    A part of a fine, or a late-payment penalty, is paid and does not perform the decision.
    """

    class Way(models.TextChoices):
        ON_THE_SPOT = "on_the_spot", "当场收缴"
        BANK = "bank", "银行缴纳"
        OTHER = "other", "其他履行"

    class Purpose(models.TextChoices):
        WHOLE = "", "履行完毕"
        PART = "part", "分期缴纳"
        LATE = "late", "加处罚款"

    case = models.ForeignKey(Case, models.PROTECT, related_name="performances")
    purpose = models.CharField("款项", max_length=4, choices=Purpose, default="", blank=True)
    way = models.CharField("方式", max_length=12, choices=Way.choices)
    ground = models.CharField("当场收缴理由", max_length=40, blank=True)
    amount_fen = models.BigIntegerField("金额（分）", null=True)
    receipt_number = models.CharField("票据号", max_length=60, blank=True)
    performed_at = models.DateTimeField("履行时间")
    handed_in_at = models.DateTimeField("交至机关时间", null=True)
    banked_at = models.DateTimeField("缴付银行时间", null=True)
    note = models.TextField("说明", blank=True)  # in a remote place, how the party asked (69)
    is_on_water = models.BooleanField("水上收缴", null=True)  # null: not asked (71)
    landed_at = models.DateTimeField("抵岸时间", null=True)
    collected_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = "履行情况"


class InspectionDraw(Guarded):
    """A double-random draw: both lists are fixed first, the seed comes afterwards.

    `objects_listed` are [{"name", "identity_number", "address"}], `officers_listed` [{"id",
    "name", "certificate"}], `exclusions` [{"certificate", "name", "object", "reason"}] with an
    empty object for all of them. `seed` is the root of the first checkpoint that covers the
    announcement's entry, in hexadecimal (`kernel.draws`).
    """

    number = models.CharField("批次号", max_length=60, unique=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    matter = models.CharField("检查事项", max_length=200)
    basis = models.CharField("检查依据", max_length=400)
    planned_from = models.DateTimeField("计划检查起")
    planned_until = models.DateTimeField("计划检查止")
    objects_listed = models.JSONField("检查对象名录", default=list)
    officers_listed = models.JSONField("执法人员名录", default=list)
    exclusions = models.JSONField("回避", default=list)
    size = models.PositiveIntegerField("抽取户数")
    officers_each = models.PositiveSmallIntegerField("每户检查人数")
    announced_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    announced_at = models.DateTimeField("公布时间")
    announcement = models.UUIDField("公布的账目")
    place = models.CharField("抽取地点", max_length=200, blank=True)
    witness = models.CharField("见证人", max_length=60, blank=True)
    drawn_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    drawn_with = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    begun_at = models.DateTimeField("抽取开始时间", null=True)
    seed = models.CharField("种子", max_length=64, blank=True)
    checkpoint_size = models.BigIntegerField("检查点", null=True)
    drawn_at = models.DateTimeField("结果固定时间", null=True)
    recorded_at = models.DateTimeField("抽取记录制作时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "双随机抽取"
        indexes = (models.Index(fields=["unit", "-announced_at"], name="draw_unit"),)

    def __str__(self) -> str:
        return self.number


class DrawnInspection(Guarded):
    """An object that was drawn with its officers, and the case that inspects it."""

    draw = models.ForeignKey(InspectionDraw, models.PROTECT, related_name="drawn")
    case = models.OneToOneField(Case, models.PROTECT, related_name="drawn")
    place = models.PositiveIntegerField("序号")
    object = models.CharField("检查对象", max_length=200)
    officers = models.CharField("检查人员", max_length=200)

    class Meta:
        verbose_name = verbose_name_plural = "抽中的检查"
        constraints = (models.UniqueConstraint(fields=["draw", "object"], name="drawn_once"),)
