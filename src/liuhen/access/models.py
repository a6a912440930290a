"""Approvals of viewing and the register of every look. Writes are acts (`actions.access`)."""

from django.db import models

from liuhen.cases.models import Case, Party
from liuhen.documents.models import Paper
from liuhen.ledger.kinds import Guarded, Recorded
from liuhen.people.models import Office, Person
from liuhen.recordings.models import Recording
from liuhen.vault.models import Original


class StandingApproval(Guarded):
    """The leader in charge lets a group view recordings for a purpose, until revoked (Art. 42)."""

    class Scope(models.TextChoices):
        OWN_OPEN_CASES = "own_open_cases", "本人承办的未归档案件"
        UNIT_CASES = "unit_cases", "本单位案件"
        ALL_CASES = "all_cases", "全部案件"

    group = models.CharField("人员范围", max_length=30, choices=Office.Kind.choices)
    purpose = models.CharField("用途", max_length=200)
    scope = models.CharField("案件范围", max_length=20, choices=Scope.choices)
    approved_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    since = models.DateTimeField("生效")
    until = models.DateTimeField("失效")
    revoked_at = models.DateTimeField("撤销时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "常设调阅批准"


class ViewingRequest(Guarded):
    """One person asks to view one case's recordings, or one recording (Art. 42).

    Answered by the leader in charge: on the page, or by telephone before the viewing, which the
    records manager notes. Approved, it is the ground of viewings until it ends or is taken back.
    """

    class Outcome(models.TextChoices):
        APPROVED = "approved", "同意"
        RETURNED = "returned", "不同意"

    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="viewing_requests")
    recording = models.ForeignKey(
        Recording, models.PROTECT, null=True, related_name="viewing_requests"
    )
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField("申请时间")
    purpose = models.CharField("用途", max_length=200)
    until = models.DateTimeField("失效")
    outcome = models.CharField("结果", max_length=10, choices=Outcome.choices, blank=True)
    opinion = models.CharField("批准意见", max_length=200, blank=True)
    # None until answered; the leader who spoke on the telephone, noted by `noted_by`.
    approved_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    since = models.DateTimeField("生效", null=True)
    noted_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    revoked_at = models.DateTimeField("撤销时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "调阅申请"
        indexes = (models.Index(fields=["asked_by", "-asked_at"], name="viewing_request_asker"),)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(case__isnull=False) ^ models.Q(recording__isnull=False),
                name="viewing_request_about",
            ),
        )

    def get_scope_display(self) -> str:
        """What it lets the person view, in words."""
        return "这一案件" if self.case_id is not None else "这一件音像"


class Viewing(Recorded):
    """One opening of one recording: viewer, ground, time, reason (Art. 43).

    The ground is a standing approval or a request that was approved.
    """

    id = models.BigAutoField(primary_key=True)
    recording = models.ForeignKey(Recording, models.PROTECT, related_name="viewings")
    viewer = models.ForeignKey(Person, models.PROTECT, related_name="+")
    approval = models.ForeignKey(StandingApproval, models.PROTECT, null=True, related_name="+")
    request = models.ForeignKey(ViewingRequest, models.PROTECT, null=True, related_name="viewings")
    reason = models.CharField("事由", max_length=200)
    viewed_at = models.DateTimeField("调阅时间")

    class Meta:
        verbose_name = verbose_name_plural = "调阅登记"
        indexes = (models.Index(fields=["viewed_at"], name="viewing_viewed_at"),)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(approval__isnull=False) ^ models.Q(request__isnull=False),
                name="viewing_ground",
            ),
        )

    @property
    def ground(self) -> StandingApproval | ViewingRequest:
        """What the viewing rested on."""
        found = self.approval or self.request
        assert found is not None
        return found


class Printing(Recorded):
    """One printing of an issued paper or of all of a case: who, why, on what ground (Art. 43).

    The ground is an approval of viewing, or that the person carried the case before it was bound.
    """

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, models.PROTECT, related_name="printings")
    paper = models.ForeignKey(Paper, models.PROTECT, null=True, related_name="printings")
    roll_mm = models.PositiveSmallIntegerField("纸宽", null=True)  # None: A4
    printed_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    approval = models.ForeignKey(StandingApproval, models.PROTECT, null=True, related_name="+")
    request = models.ForeignKey(ViewingRequest, models.PROTECT, null=True, related_name="printings")
    reason = models.CharField("事由", max_length=200)
    printed_at = models.DateTimeField("打印时间")

    class Meta:
        verbose_name = verbose_name_plural = "打印登记"
        indexes = (models.Index(fields=["printed_at"], name="printing_printed_at"),)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(approval=None) | models.Q(request=None),
                name="printing_ground",
            ),
        )

    @property
    def ground(self) -> StandingApproval | ViewingRequest | None:
        """What it rested on; None: the person carried the case."""
        return self.approval or self.request


class Redaction(Guarded):
    """A copy of a recording or paper with parts covered for good, before it may go out (Art. 45).

    `regions` are drawn by hand: {"what": …, "keys": [[at, left, top, right, bottom], …]}, `at` in
    ms of a recording or a page of a paper from 1, the sides in thousandths. `sounds` are [from ms,
    to ms, "mute" or "alter"]. `doubted` are the moments at which the detector was not sure,
    `looked` those of them that a person found covered, `bare` those at which something still
    showed, with `returned_for` (both until a new copy is made).
    """

    class State(models.TextChoices):
        DRAFT = "draft", "起草中"
        MAKING = "making", "正在生成"
        MADE = "made", "待审看"
        RETURNED = "returned", "退回补遮"
        RELEASED = "released", "已放行"
        FAILED = "failed", "未能生成"
        WITHDRAWN = "withdrawn", "已作废"

    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="redactions")
    recording = models.ForeignKey(Recording, models.PROTECT, null=True, related_name="redactions")
    paper = models.ForeignKey(Paper, models.PROTECT, null=True, related_name="redactions")
    original = models.ForeignKey(Original, models.PROTECT, related_name="+")
    reason = models.CharField("理由", max_length=200)
    finds_faces = models.BooleanField("遮盖人脸")
    regions = models.JSONField("手工区域", default=list)
    sounds = models.JSONField("声音", default=list)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.DRAFT)
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField("提出时间")
    made_sha256 = models.CharField("副本摘要", max_length=64, blank=True)
    made_at = models.DateTimeField("生成时间", null=True)
    frames = models.IntegerField("画面数", null=True)
    doubted = models.JSONField("须审看的画面", default=list)
    looked = models.JSONField("已审看的画面", default=list)
    bare = models.JSONField("露出的画面", null=True)
    returned_for = models.CharField("退回理由", max_length=200, blank=True)
    failure = models.CharField("未能生成的原因", max_length=300, blank=True)
    released_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    released_at = models.DateTimeField("放行时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "遮盖副本"
        constraints = (
            models.CheckConstraint(
                condition=models.Q(recording__isnull=False) ^ models.Q(paper__isnull=False),
                name="redaction_about",
            ),
        )

    @property
    def key(self) -> str:
        """The key of its derivative."""
        return str(self.id.hex)

    @property
    def is_paged(self) -> bool:
        """Whether regions lie on pages: of a paper or a scan, not of a film or a photo."""
        return self.recording is None or self.recording.kind == Recording.Kind.SCAN

    @property
    def name(self) -> str:
        """What it is a copy of."""
        if self.recording is not None:
            return self.recording.name
        return f"文书 {(self.paper and self.paper.number) or '无文号'}"


class CopyApplication(Guarded):
    """A party asks for copies of the record of its case (Art. 46).

    `items` are {"kind": "paper" or "recording", "id": …, "name": …, "way": ""}; the secrecy check
    sets each way: as it is, covered, or withheld. `files` are what went out: {"name", "sha256",
    "key", "id"}.
    """

    class Way(models.TextChoices):
        WHOLE = "whole", "可以提供"
        COVERED = "covered", "遮盖后提供"
        WITHHELD = "withheld", "依法保密，不提供"

    class Outcome(models.TextChoices):
        APPROVED = "approved", "同意"
        RETURNED = "returned", "不同意"

    case = models.ForeignKey(Case, models.PROTECT, related_name="copy_applications")
    party = models.ForeignKey(Party, models.PROTECT, related_name="+")
    applicant = models.CharField("申请人", max_length=60)
    identity = models.CharField("身份核对", max_length=200)
    purpose = models.CharField("用途", max_length=200)
    items = models.JSONField("申请复制的记录", default=list)
    received_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    received_at = models.DateTimeField("收到时间")
    secrecy = models.CharField("保密审查意见", max_length=200, blank=True)
    checked_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    checked_at = models.DateTimeField("审查时间", null=True)
    outcome = models.CharField("结果", max_length=10, choices=Outcome.choices, blank=True)
    opinion = models.CharField("批准意见", max_length=200, blank=True)
    approved_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField("答复时间", null=True)
    ordered_at = models.DateTimeField("开始复制时间", null=True)
    ordered_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    files = models.JSONField("复制件", default=list)
    failure = models.CharField("未能复制的原因", max_length=300, blank=True)
    made_at = models.DateTimeField("复制完成时间", null=True)
    receiver = models.CharField("领取人", max_length=60, blank=True)
    receiver_identity = models.CharField("领取人身份核对", max_length=200, blank=True)
    handed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    handed_at = models.DateTimeField("交付时间", null=True)
    receipt = models.ForeignKey(Original, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = "当事人复制申请"
        indexes = (models.Index(fields=["case", "-received_at"], name="copy_application_case"),)

    @property
    def step(self) -> str:
        """What comes next: check, answer, copy, making, hand_over, done or returned."""
        if self.outcome == self.Outcome.RETURNED:
            return "returned"
        steps = (
            (self.checked_at, "check"),
            (self.approved_at, "answer"),
            (self.ordered_at, "copy"),
            (self.made_at, "making"),
            (self.handed_at, "hand_over"),
        )
        return next((step for done, step in steps if done is None), "done")
