"""Bound case files and their hand-over, copies on discs, how long records are kept, disposal.

Writes are acts.
"""

from django.db import models

from liuhen.cases.models import Case
from liuhen.ledger.kinds import Guarded
from liuhen.people.models import Office, Person
from liuhen.recordings.models import Recording
from liuhen.vault.models import Original


class CaseFile(Guarded):
    """A bound case (案卷): the bound PDF, its catalogue and where the original file lies.

    `original` is the main file; `side` holds what the authority settled among itself (approvals,
    minutes, legality opinions), null where a case has none of it: no party is given it.
    `reopened_at` is set while it may be bound anew: the archive room refused it, or the leader in
    charge let it be returned for supplements; `reopened_for` says why. Earlier bound files stay
    in the vault, and in the images of this row.
    """

    case = models.OneToOneField(Case, models.PROTECT, related_name="file")
    archive_number = models.CharField("归档号", max_length=60, unique=True, null=True)
    catalogue = models.JSONField("卷内目录", default=list)
    pages = models.PositiveIntegerField("页数")
    original = models.ForeignKey(Original, models.PROTECT, related_name="+")
    side_catalogue = models.JSONField("副卷目录", default=list)
    side_pages = models.PositiveIntegerField("副卷页数", default=0)
    side = models.ForeignKey(Original, models.PROTECT, null=True, related_name="+")
    retention = models.CharField("保管期限", max_length=20)
    bound_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    bound_at = models.DateTimeField("立卷时间")
    handed_over_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    handed_over_at = models.DateTimeField("移交时间", null=True)
    received_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    received_at = models.DateTimeField("档案室接收时间", null=True)
    # Given at the last receiving (Art. 38); null on files received before receipts were made.
    receipt = models.ForeignKey(Original, models.PROTECT, null=True, related_name="+")
    receipt_number = models.CharField("移交接收凭证文号", max_length=60, blank=True)
    reopened_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    reopened_at = models.DateTimeField("退回时间", null=True)
    reopened_for = models.TextField("退回理由", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "案卷"


class CaseCopy(Guarded):
    """A copy of a case that left the house, on discs or as a package: who made it, for whom, why.

    `audience` is empty on copies made before it was asked: they hold both volumes. `due_on` is when
    it is to be back or destroyed, null for one that its recipient keeps; `ended_how` tells what
    became of it.
    """

    class Audience(models.TextChoices):
        """Whom a copy is for: only who decides on the case is given the side file."""

        PARTY = "party", "当事人，只有正卷"
        COURT = "court", "人民法院、复议机关，正卷和副卷"
        ARCHIVE = "archive", "档案室、档案馆，归档包（正卷和副卷）"

    case = models.ForeignKey(Case, models.PROTECT, related_name="copies")
    recipient = models.CharField("交给", max_length=120)
    purpose = models.CharField("用途", max_length=200)
    audience = models.CharField("内容", max_length=10, choices=Audience.choices, blank=True)
    parts = models.PositiveIntegerField("张数")
    statement = models.ForeignKey(Original, models.PROTECT, related_name="+")
    copied_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    copied_at = models.DateTimeField("复制时间")
    due_on = models.DateField("收回之日", null=True)
    ended_at = models.DateTimeField("收回或者销毁时间", null=True)
    ended_how = models.CharField("收回或者销毁情况", max_length=300, blank=True, db_default="")

    class Meta:
        verbose_name = verbose_name_plural = "案卷复制件"


class CaseCopyRequest(Guarded):
    """Who asks for a copy of a case, what for, and the leader's answer (Art. 42, 46).

    `copy` is set when it was registered, before it is written; one approval lets one copy out.
    Discs are written at the machine. The package of an archive is made by a job that somebody
    `ordered`; `made_at` is set when it can be taken, `failure` says why it can't.
    """

    class Outcome(models.TextChoices):
        APPROVED = "approved", "同意"
        RETURNED = "returned", "不同意"

    case = models.ForeignKey(Case, models.PROTECT, related_name="copy_requests")
    recipient = models.CharField("交给", max_length=120)
    purpose = models.CharField("用途", max_length=200)
    audience = models.CharField("内容", max_length=10, choices=CaseCopy.Audience.choices)
    due_on = models.DateField("收回之日", null=True)
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField("申请时间")
    outcome = models.CharField("结果", max_length=10, choices=Outcome.choices, blank=True)
    opinion = models.CharField("批准意见", max_length=200, blank=True)
    approved_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField("答复时间", null=True)
    copy = models.OneToOneField(CaseCopy, models.PROTECT, null=True, related_name="request")
    # Nothing looks for what somebody ordered: an index would be built in vain.
    ordered_by = models.ForeignKey(
        Person, models.PROTECT, null=True, related_name="+", db_index=False
    )
    ordered_at = models.DateTimeField("制作时间", null=True)
    made_at = models.DateTimeField("制成时间", null=True)
    failure = models.CharField("未制成的原因", max_length=300, blank=True, db_default="")

    class Meta:
        verbose_name = verbose_name_plural = "案卷复制申请"

    @property
    def is_waiting(self) -> bool:
        """Whether it was approved and its discs were not written yet."""
        return self.outcome == self.Outcome.APPROVED and self.copy_id is None

    @property
    def is_package(self) -> bool:
        """Whether it asks for the archival package, which a job makes."""
        return self.audience == CaseCopy.Audience.ARCHIVE

    @property
    def is_making(self) -> bool:
        """Whether a job is to make its package, or is at it."""
        return self.ordered_at is not None and self.made_at is None and not self.failure

    @property
    def may_be_ordered(self) -> bool:
        """Whether its package may be made now, or once more after a failure."""
        is_approved = self.is_package and self.outcome == self.Outcome.APPROVED
        return is_approved and self.made_at is None and not self.is_making


class Retention(Guarded):
    """How long one recording is kept (Art. 41): its class and why, from what instant.

    `level` is the highest class the facts ever gave (`ROOM` is only of footage that is no
    recording, on lists of disposal); it falls only by a correction of two persons.
    `is_settled` tells whether the facts decide the class now: while they don't, nothing is
    disposed of. `basis_at` is the intake of the original, fixed then: the database refuses
    another.
    """

    class Level(models.TextChoices):
        ROOM = "room", "场所监控，未关联案件"
        GUIDANCE = "guidance", "引导劝导纠正，两年"
        UNCLASSIFIED = "unclassified", "未列明，两年"
        CASE_FILE = "case_file", "随案卷保管"
        PERMANENT = "permanent", "永久保管"

    recording = models.OneToOneField(Recording, models.PROTECT, related_name="retention")
    level = models.CharField("保管类别", max_length=12, choices=Level.choices)
    is_settled = models.BooleanField("事实足以确定类别")
    reasons = models.JSONField("理由", default=list)
    basis_at = models.DateTimeField("起算时间")
    changed_at = models.DateTimeField("确定时间")

    class Meta:
        verbose_name = verbose_name_plural = "保管期限"
        indexes = (
            models.Index(fields=["level", "basis_at"], name="retention_level"),
            models.Index(fields=["changed_at"], name="retention_changed_at"),
        )


class RetentionCorrection(Guarded):
    """A class that rested on an error of fact, brought down by two persons."""

    class Outcome(models.TextChoices):
        CONFIRMED = "confirmed", "确认"
        RETURNED = "returned", "不同意"

    recording = models.ForeignKey(Recording, models.PROTECT, related_name="corrections")
    before = models.CharField("原类别", max_length=12, choices=Retention.Level.choices)
    level = models.CharField("更正为", max_length=12, choices=Retention.Level.choices)
    reason = models.TextField("哪一事实有误")
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField("提出时间")
    outcome = models.CharField("结果", max_length=10, choices=Outcome.choices, blank=True)
    opinion = models.TextField("确认意见", blank=True)
    confirmed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField("确认时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "保管类别更正"


class Hold(Guarded):
    """Nothing of a case, or one recording, may be disposed of until this is lifted."""

    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="holds")
    recording = models.ForeignKey(Recording, models.PROTECT, null=True, related_name="holds")
    reason = models.TextField("暂缓理由")
    placed_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    placed_at = models.DateTimeField("设置时间")
    lift_reason = models.TextField("解除理由", blank=True)
    lifted_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    lifted_at = models.DateTimeField("解除时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "暂缓处置"
        constraints = (
            models.CheckConstraint(
                condition=models.Q(case__isnull=False) ^ models.Q(recording__isnull=False),
                name="hold_about",
            ),
        )
        indexes = (
            models.Index(fields=["placed_at"], name="hold_placed_at"),
            models.Index(fields=["lifted_at"], name="hold_lifted_at"),
        )


class Disposal(Guarded):
    """A list of recordings whose period has ended, on its way to being destroyed (Art. 40, 41).

    Two persons of different offices approve, neither of them who drew the list up; after the
    cooling-off period destruction is ordered. It is destroyed when every copy is proven gone.
    """

    class State(models.TextChoices):
        LISTED = "listed", "待批准"
        COOLING = "cooling", "冷静期"
        DESTROYING = "destroying", "销毁中"
        DESTROYED = "destroyed", "已销毁"
        WITHDRAWN = "withdrawn", "已撤回"

    number = models.CharField("处置编号", max_length=60, unique=True)
    reason = models.TextField("处置理由")
    state = models.CharField("状态", max_length=12, choices=State.choices)
    proposed_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField("提出时间")
    first_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    first_office = models.CharField(max_length=30, choices=Office.Kind.choices, blank=True)
    first_opinion = models.TextField(blank=True)
    first_at = models.DateTimeField("第一批准时间", null=True)
    second_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    second_office = models.CharField(max_length=30, choices=Office.Kind.choices, blank=True)
    second_opinion = models.TextField(blank=True)
    second_at = models.DateTimeField("第二批准时间", null=True)
    cooling_until = models.DateTimeField("冷静期止", null=True)
    withdrawn_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField("撤回时间", null=True)
    withdrawn_for = models.TextField("撤回理由", blank=True)
    begun_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    begun_at = models.DateTimeField("下令销毁时间", null=True)
    finished_at = models.DateTimeField("销毁完成时间", null=True)
    paper = models.ForeignKey(Original, models.PROTECT, null=True, related_name="+")
    certificate = models.ForeignKey(Original, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = "记录处置"


class DisposalItem(Guarded):
    """One original on a list. `left_at` is set when it no longer is, or the list was withdrawn."""

    disposal = models.ForeignKey(Disposal, models.PROTECT, related_name="items")
    original = models.ForeignKey(Original, models.PROTECT, related_name="+")
    title = models.CharField("名称", max_length=300)
    level = models.CharField("保管类别", max_length=12, choices=Retention.Level.choices)
    since_on = models.DateField("起算日")
    until_on = models.DateField("届满日")
    left_at = models.DateTimeField("移出时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "处置清单项"
        constraints = (
            models.UniqueConstraint(
                fields=["original"], condition=models.Q(left_at=None), name="disposed_once"
            ),
        )


class OutsideCopy(Guarded):
    """Copies of a disposal's originals where this system can't reach: they end, and are proven."""

    class Kind(models.TextChoices):
        BACKUP = "backup", "备份集"
        S3 = "s3", "对象存储锁定版本"
        OTHER = "other", "其他介质"

    disposal = models.ForeignKey(Disposal, models.PROTECT, related_name="outside")
    kind = models.CharField("种类", max_length=8, choices=Kind.choices)
    place = models.CharField("所在", max_length=200)
    expires_on = models.DateField("到期日", null=True)
    stated_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    stated_at = models.DateTimeField("登记时间")
    proof = models.TextField("灭失证明", blank=True)
    gone_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    gone_at = models.DateTimeField("灭失时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "系统外副本"
