"""The search index, rebuilt from the records it points to; questions kept, lists taken away.

The index is written by `search.indexing`, the others by acts (`actions.searching`).
"""

from __future__ import annotations

import datetime as dt

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from liuhen.cases.models import Case
from liuhen.ledger.kinds import Derived, Guarded
from liuhen.people.models import Person

# PostgreSQL looks at moving long columns out of a row from two kilobytes on, and no setting says
# less. So each row bears as many blanks, of which some thirty bytes are kept.
_BLANKS = 2_048
# Bytes a row keeps together: grams lie apart, so that a page holds the rows of many answers.
NARROW = "SET (toast_tuple_target = 512)"


class _Found(models.Manager["Indexed"]):
    """Rows without their grams, which are for asking only."""

    def get_queryset(self) -> models.QuerySet[Indexed]:
        return super().get_queryset().defer("grams", "blanks")


class Indexed(Derived):
    """One record that can be found. `record_id` is a row of the table its `kind` names.

    `text` is normal (`grams.normal`); `grams` holds what may be asked for, by field and as a
    whole. `at` is when what it records happened, or when it came in; `event` is the kind of an
    activity, or of what a recording shows when somebody said so. Degrees are those the record
    itself holds (`recordings.positions`), WGS 84; null: nobody knows.
    """

    class Kind(models.TextChoices):
        CASE = "case", "案件"
        LEAD = "lead", "线索"
        ACTIVITY = "activity", "执法活动"
        PAPER = "paper", "文书"
        RECORDING = "recording", "音像记录"
        # What a recording shows or says: found only by who may view it.
        TEXT = "text", "音像中的文字"

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    record_id = models.UUIDField()
    case = models.ForeignKey(Case, models.CASCADE, null=True, related_name="+")
    at = models.DateTimeField()
    title = models.CharField(max_length=300)
    number = models.CharField(max_length=80, blank=True)
    party = models.CharField(max_length=600, blank=True)
    place = models.CharField(max_length=200, blank=True)
    event = models.CharField(max_length=40, blank=True)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    text = models.TextField()
    grams = ArrayField(models.TextField())
    blanks = models.TextField(db_default=" " * _BLANKS, editable=False)

    layout = NARROW
    objects = _Found()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["kind", "record_id"], name="indexed_record"),
        )
        indexes = (
            GinIndex(fields=["grams"], name="indexed_grams"),
            # Without the id: or the few rows of known ids would be looked for in all of it.
            models.Index(fields=["-at"], name="indexed_time"),
            models.Index(
                fields=["event", "-at"], name="indexed_event", condition=~models.Q(event="")
            ),
        )


class Follower(Derived):
    """How far the index has followed the ledger: the next index it has not read."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    next_index = models.BigIntegerField(default=0)


class SavedSearch(Guarded):
    """A question somebody asks again and again: what the form of the search page held."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="saved_searches")
    name = models.CharField("名称", max_length=60)
    asked = models.JSONField("检索条件")
    saved_at = models.DateTimeField("保存时间")
    removed_at = models.DateTimeField("删除时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "保存的检索"
        indexes = (models.Index(fields=["person", "name"], name="saved_search_person"),)


class ListExport(Guarded):
    """One person asks to take the answers of one question away as a table (Art. 40, 42).

    Answered by the leader in charge; approved, it may be taken until `until`, each time under what
    the person may see then. `asked` is what the form held, `words` says it.
    """

    class Outcome(models.TextChoices):
        APPROVED = "approved", "同意"
        RETURNED = "returned", "不同意"

    asked = models.JSONField("检索条件")
    words = models.CharField("检索条件说明", max_length=500)
    number = models.IntegerField("申请时的条数")
    purpose = models.CharField("用途", max_length=200)
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField("申请时间")
    outcome = models.CharField("结果", max_length=10, choices=Outcome.choices, blank=True)
    opinion = models.CharField("批准意见", max_length=200, blank=True)
    approved_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField("答复时间", null=True)
    until = models.DateTimeField("导出期限", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "检索结果导出"
        indexes = (
            models.Index(fields=["asked_by", "-asked_at"], name="list_export_asker"),
            models.Index(
                fields=["asked_at"], name="list_export_open", condition=models.Q(outcome="")
            ),
        )

    def is_open(self, at: dt.datetime) -> bool:
        """Whether it may be taken at an instant."""
        is_approved = self.outcome == self.Outcome.APPROVED
        return is_approved and self.until is not None and at < self.until
