"""Approvals of viewing and the register of every look. Writes are acts (`actions.access`)."""

from django.db import models

from liuhen.cases.models import Case
from liuhen.ledger.kinds import Guarded, Recorded
from liuhen.people.models import Office, Person
from liuhen.recordings.models import Recording


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
    """One person asks to view one case's recordings, or one recording of no case (Art. 42).

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
