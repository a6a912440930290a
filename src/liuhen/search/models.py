"""The search index: rebuilt from the records it points to. Written by `search.indexing`."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from liuhen.cases.models import Case
from liuhen.ledger.kinds import Derived


class Indexed(Derived):
    """One record that can be found. `record_id` is a row of the table its `kind` names.

    `text` is normal (`grams.normal`); `grams` holds what may be asked for, by field and as a
    whole. `at` is when what it records happened, or when it came in.
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
    text = models.TextField()
    grams = ArrayField(models.TextField())

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["kind", "record_id"], name="indexed_record"),
        )
        indexes = (
            GinIndex(fields=["grams"], name="indexed_grams"),
            models.Index(fields=["-at", "-id"], name="indexed_at"),
            models.Index(fields=["case"], name="indexed_case"),
        )


class Follower(Derived):
    """How far the index has followed the ledger: the next index it has not read."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    next_index = models.BigIntegerField(default=0)
