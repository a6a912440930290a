"""Findings (derived) and what persons stated about them (guarded)."""

from django.db import models

from liuhen.cases.models import Case
from liuhen.ledger.kinds import Derived, Guarded
from liuhen.people.models import Person


class Finding(Derived):
    """The state of one duty for one case and subject, as the law engine last judged it.

    `body` is the engine's whole finding; `changes_at` the instant time alone may change it.
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="findings")
    rule = models.CharField("规则", max_length=80)
    clause = models.CharField("条款", max_length=40)
    subject_id = models.CharField("对象", max_length=80, blank=True)
    outcome = models.CharField("认定", max_length=20)
    column = models.CharField("依据", max_length=10)
    is_curable = models.BooleanField("可补救", null=True)
    due_at = models.DateTimeField("期限", null=True)
    changes_at = models.DateTimeField("变化时刻", null=True, db_index=True)
    judged_at = models.DateTimeField("认定时间")
    body = models.JSONField("认定内容", default=dict)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["case", "rule", "subject_id"], name="finding_once"),
        )
        indexes = (models.Index(fields=["outcome", "due_at"], name="finding_outcome"),)
        verbose_name = verbose_name_plural = "认定"


class Explanation(Guarded):
    """A written explanation of what can't be made good, and the leader's acknowledgement."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="explanations")
    rule = models.CharField("规则", max_length=80)
    subject_id = models.CharField("对象", max_length=80, blank=True)
    text = models.TextField("书面说明")
    explained_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    explained_at = models.DateTimeField("说明时间")
    acknowledged_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    acknowledged_at = models.DateTimeField("知悉时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "情况说明"
