"""Suspected breaches of Art. 47, samplings of case files, what was handed to the city's platform
(writes are acts), units' standing."""

from django.db import models

from liuhen.cases.models import Case
from liuhen.ledger.kinds import Derived, Guarded
from liuhen.people.models import Person, Unit
from liuhen.vault.models import Original


class Suspicion(Guarded):
    """A suspected breach with the findings it rests on; `item` is the number in Art. 47."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="suspicions")
    item = models.PositiveSmallIntegerField("情形")
    rule = models.CharField("规则", max_length=80)
    subject_id = models.CharField("对象", max_length=80, blank=True)
    ground = models.TextField("依据")
    raised_at = models.DateTimeField("提出时间")

    class Meta:
        verbose_name = verbose_name_plural = "违规线索"


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

    `key` names the activity, the activity and device, or the docking it is about.
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

    `scores` is {item: {"points": int, "note": str}} by the sheet of version `sheet`.
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
