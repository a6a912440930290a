"""Suspected breaches of Art. 47, samplings of case files, what was handed to the city's platform
(writes are acts), units' standing."""

import datetime as dt

from django.db import models

from liuhen.cases.models import Case
from liuhen.kernel import clock
from liuhen.ledger.kinds import Derived, Guarded
from liuhen.people.models import Person, Unit
from liuhen.vault.models import Original


class Suspicion(Guarded):
    """A suspected breach, what it rests on, and what a person decided; `item` is that of Art. 47.

    `case`, `unit`, `person` say whom it concerns as far as is known; `key` names what raised it,
    so that it is raised once. `elements` is {element: {"answer", "reason"}} (`elements`). Without
    `outcome` nobody has decided, or an element could not be established yet.
    """

    class Source(models.TextChoices):
        DUTY = "duty", "规则认定"
        LEDGER = "ledger", "台账核验"
        SCRUB = "scrub", "原件巡检"
        ACCESS = "access", "调阅登记"
        PERSON = "person", "人工登记"

    class Outcome(models.TextChoices):
        ESTABLISHED = "established", "属于违规"
        DISMISSED = "dismissed", "不属于违规"

    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="suspicions")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    item = models.PositiveSmallIntegerField("情形")
    source = models.CharField("来源", max_length=10, choices=Source.choices, default=Source.DUTY)
    key = models.CharField("线索标识", max_length=200, blank=True)
    clause = models.CharField("条款", max_length=40, blank=True)
    rule = models.CharField("规则", max_length=80)
    subject_id = models.CharField("对象", max_length=80, blank=True)
    ground = models.TextField("依据")
    raised_at = models.DateTimeField("提出时间")
    elements = models.JSONField("要件认定", default=dict)
    outcome = models.CharField("认定", max_length=12, choices=Outcome.choices, blank=True)
    is_serious = models.BooleanField("情节严重", null=True)
    is_repeated = models.BooleanField("再次发生", null=True)
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField("认定时间", null=True)
    report = models.ForeignKey(
        "AccountabilityReport", models.PROTECT, null=True, related_name="suspicions"
    )

    class Meta:
        verbose_name = verbose_name_plural = "违规线索"
        constraints = (
            models.UniqueConstraint(
                fields=["key"], name="suspicion_once", condition=~models.Q(key="")
            ),
        )
        indexes = (
            models.Index(fields=["-raised_at", "-id"], name="suspicion_newest"),
            models.Index(fields=["outcome", "-raised_at"], name="suspicion_outcome"),
            models.Index(fields=["unit", "item", "decided_at"], name="suspicion_repeated"),
        )


class CorrectionOrder(Guarded):
    """A unit is ordered to put a breach right by a day; its answer; the check (Art. 47).

    What the check finds not put right is ordered anew, with a new day, by an order that `follows`.
    """

    suspicion = models.ForeignKey(Suspicion, models.PROTECT, related_name="orders")
    follows = models.OneToOneField("self", models.PROTECT, null=True, related_name="followed_by")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    number = models.CharField("文号", max_length=60)
    demand = models.TextField("整改要求")
    due_on = models.DateField("整改期限")
    paper = models.ForeignKey(Original, models.PROTECT, related_name="+")
    issued_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    issued_at = models.DateTimeField("下达时间")
    done = models.TextField("整改情况", blank=True)
    measures = models.TextField("防止再次发生的措施", blank=True)
    answer = models.ForeignKey(Original, models.PROTECT, null=True, related_name="+")
    answered_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField("报告时间", null=True)
    is_settled = models.BooleanField("整改到位", null=True)
    check_note = models.TextField("复查情况", blank=True)
    checked_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    checked_at = models.DateTimeField("复查时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "责令限期整改"
        indexes = (
            models.Index(
                fields=["due_on", "id"],
                name="correction_open",
                condition=models.Q(checked_at__isnull=True),
            ),
        )

    @property
    def due_at(self) -> dt.datetime:
        """The last lawful instant: the end of the day."""
        day = dt.datetime.combine(self.due_on, dt.time(), tzinfo=clock.CHINA)
        return day + dt.timedelta(days=1) - dt.timedelta(milliseconds=1)

    @property
    def step(self) -> str:
        """What comes next: answer, check or done."""
        if self.checked_at is not None:
            return "done"
        return "answer" if self.answered_at is None else "check"


class AccountabilityReport(Guarded):
    """Serious and repeated breaches reported to the leaders, and what they decided (Art. 47)."""

    number = models.CharField("文号", max_length=60)
    opinion = models.TextField("监督机构意见")
    paper = models.ForeignKey(Original, models.PROTECT, related_name="+")
    made_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    made_at = models.DateTimeField("报告时间")
    decision = models.TextField("处理决定", blank=True)
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField("决定时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "责任追究报告"
        indexes = (models.Index(fields=["-made_at", "id"], name="accountability_newest"),)


class PlatformDelivery(Guarded):
    """What was handed to the city's platform for supervision: of which days, to whom, the files.

    `content` is the JSON, `tables` the same rows as CSV in a ZIP archive.
    """

    since = models.DateField("期间起")
    until = models.DateField("期间止")
    recipient = models.CharField("接收方", max_length=120)
    version = models.PositiveSmallIntegerField("格式版本")
    cases = models.PositiveIntegerField("案件数")
    papers = models.PositiveIntegerField("文书数")
    results = models.PositiveIntegerField("结果数")
    content = models.ForeignKey(Original, models.PROTECT, related_name="+")
    tables = models.ForeignKey(Original, models.PROTECT, related_name="+")
    delivered_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    delivered_at = models.DateTimeField("报送时间")

    class Meta:
        verbose_name = verbose_name_plural = "监督平台报送"
        indexes = (models.Index(fields=["-delivered_at", "id"], name="delivery_newest"),)


class UnitStanding(Derived):
    """How one unit stands with one duty it bears as such (`standing`).

    `counts` is {outcome: number of subjects}, `asking` the bodies of findings that ask for
    something (`compliance.stored`), the gravest first.
    """

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="standings")
    rule = models.CharField("规则", max_length=80)
    clause = models.CharField("条款", max_length=40)
    counts = models.JSONField("认定数", default=dict)
    asking = models.JSONField("待处理认定", default=list)
    judged_at = models.DateTimeField("认定时间")

    class Meta:
        verbose_name = verbose_name_plural = "机构履责"
        constraints = (models.UniqueConstraint(fields=["unit", "rule"], name="standing_once"),)


class Difference(Derived):
    """Something that should be in the vault and is not (应有与实有), with who looks after it.

    `key` names the activity, or the files of a camera, it is about: one row for what is missing.
    Answers of before also know the cameras carried at an activity (`ASSIGNMENT`).
    """

    class Kind(models.TextChoices):
        ACTIVITY = "activity", "执法活动"
        ASSIGNMENT = "assignment", "设备领用"
        DEVICE = "device", "设备目录"

    kind = models.CharField("来源", max_length=12, choices=Kind.choices)
    key = models.CharField("对象", max_length=80)
    owner = models.ForeignKey(Person, models.CASCADE, related_name="differences")
    unit = models.ForeignKey(Unit, models.CASCADE, related_name="+")
    case = models.ForeignKey(Case, models.CASCADE, null=True, related_name="+")
    what = models.TextField("差异")
    since = models.DateTimeField("自")
    due_at = models.DateTimeField("期限")

    class Meta:
        verbose_name = verbose_name_plural = "应有与实有差异"
        constraints = (models.UniqueConstraint(fields=["kind", "key"], name="difference_once"),)
        indexes = (models.Index(fields=["due_at", "id"], name="difference_due"),)


class Reconciliation(Derived):
    """When the vault was last held against what should be in it; one row, none before the first."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    at = models.DateTimeField("核对时间")

    class Meta:
        verbose_name = verbose_name_plural = "应有与实有核对"


class DifferenceAnswer(Guarded):
    """Why something that should be in the vault never will be, in the owner's words."""

    kind = models.CharField("来源", max_length=12, choices=Difference.Kind.choices)
    key = models.CharField("对象", max_length=80)
    what = models.TextField("差异")
    text = models.TextField("说明")
    answered_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    answered_at = models.DateTimeField("说明时间")

    class Meta:
        verbose_name = verbose_name_plural = "差异说明"
        constraints = (models.UniqueConstraint(fields=["kind", "key"], name="answered_once"),)


class Sampling(Guarded):
    """A sampling of case files (案卷评查): the list is fixed first, the seed comes afterwards.

    `candidates` are the numbers of the cases that may be drawn. `seed` is the root of the first
    checkpoint that covers the announcement's entry, in hexadecimal (`kernel.draws`).
    """

    title = models.CharField("名称", max_length=120)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    since = models.DateField("结案起")
    until = models.DateField("结案止")
    size = models.PositiveIntegerField("抽取件数")
    candidates = models.JSONField("候选案卷", default=list)
    announced_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    announced_at = models.DateTimeField("公布时间")
    announcement = models.UUIDField("公布的账目")
    seed = models.CharField("种子", max_length=64, blank=True)
    checkpoint_size = models.BigIntegerField("检查点", null=True)
    drawn_at = models.DateTimeField("抽取时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "案卷评查"
        indexes = (models.Index(fields=["-announced_at", "id"], name="sampling_announced"),)


class SampledCase(Guarded):
    """A case file that was drawn: its score, what the unit answered, the check afterwards.

    `scores` is {item: {"points": int, "note": str}} by the sheet of version `sheet`; points are
    null for what does not concern the case, as the note says why.
    """

    sampling = models.ForeignKey(Sampling, models.PROTECT, related_name="cases")
    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    place = models.PositiveIntegerField("序号")
    sheet = models.CharField("评分表版本", max_length=20, blank=True)
    scores = models.JSONField("得分", default=dict)
    total = models.PositiveSmallIntegerField("总分", null=True)
    remark = models.TextField("评查意见", blank=True)
    scored_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    scored_at = models.DateTimeField("评查时间", null=True)
    answer = models.TextField("承办机构反馈", blank=True)
    answered_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField("反馈时间", null=True)
    is_settled = models.BooleanField("复查通过", null=True)
    recheck = models.TextField("复查情况", blank=True)
    rechecked_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    rechecked_at = models.DateTimeField("复查时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "抽中案卷"
        constraints = (models.UniqueConstraint(fields=["sampling", "case"], name="sampled_once"),)
