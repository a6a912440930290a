"""Bound case files, hand-overs and copies on discs. Writes are acts."""

from django.db import models

from liuhen.cases.models import Case
from liuhen.ledger.kinds import Guarded
from liuhen.people.models import Person
from liuhen.vault.models import Original


class CaseFile(Guarded):
    """A bound case (案卷): the bound PDF, its catalogue and where the original file lies.

    `reopened_at` is set while it may be bound anew: the archive room refused it, or the leader in
    charge let it be returned for supplements; `reopened_for` says why. Earlier bound files stay
    in the vault, and in the images of this row.
    """

    case = models.OneToOneField(Case, models.PROTECT, related_name="file")
    archive_number = models.CharField("归档号", max_length=60, unique=True, null=True)
    catalogue = models.JSONField("卷内目录", default=list)
    pages = models.PositiveIntegerField("页数")
    original = models.ForeignKey(Original, models.PROTECT, related_name="+")
    retention = models.CharField("保管期限", max_length=20)
    bound_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    bound_at = models.DateTimeField("立卷时间")
    handed_over_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    handed_over_at = models.DateTimeField("移交时间", null=True)
    received_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    received_at = models.DateTimeField("档案室接收时间", null=True)
    reopened_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    reopened_at = models.DateTimeField("退回时间", null=True)
    reopened_for = models.TextField("退回理由", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "案卷"


class CaseCopy(Guarded):
    """A copy of a case that left the house on discs: who made it, when, for whom and why."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="copies")
    recipient = models.CharField("交给", max_length=120)
    purpose = models.CharField("用途", max_length=200)
    parts = models.PositiveIntegerField("张数")
    statement = models.ForeignKey(Original, models.PROTECT, related_name="+")
    copied_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    copied_at = models.DateTimeField("复制时间")

    class Meta:
        verbose_name = verbose_name_plural = "案卷复制件"
