"""Approvals of viewing and the register of every look. Writes are acts (`actions.access`)."""

from django.db import models

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


class Viewing(Recorded):
    """One opening of one recording: viewer, approval, time, reason (Art. 43)."""

    id = models.BigAutoField(primary_key=True)
    recording = models.ForeignKey(Recording, models.PROTECT, related_name="viewings")
    viewer = models.ForeignKey(Person, models.PROTECT, related_name="+")
    approval = models.ForeignKey(StandingApproval, models.PROTECT, related_name="+")
    reason = models.CharField("事由", max_length=200)
    viewed_at = models.DateTimeField("调阅时间")

    class Meta:
        verbose_name = verbose_name_plural = "调阅登记"
