"""Findings (derived) and what persons stated about them (guarded)."""

from django.db import models
from django.db.models import Q

from liuhen.cases.models import Case
from liuhen.ledger.kinds import Derived, Guarded
from liuhen.people.models import Person


class Finding(Derived):
    """The state of one duty for one case and subject, as the law engine last judged it.

    `body` is the engine's whole finding (`law.findings.Finding.as_plain` without the instant of
    judging), `digest` its SHA-256. A duty that bites on nothing in a case has no row.
    `judged_at` is when the row came to say what it says: an unchanged finding stays untouched.
    `warn_at` is when the lamp turns yellow, `noted_at` when a clock that ran out was entered in
    the ledger, `changes_at` when the pass that follows the clock must look: the first instant at
    which time alone gives another outcome, or since which the ledger lacks a breach.
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="findings", db_index=False)
    rule = models.CharField("规则", max_length=80)
    clause = models.CharField("条款", max_length=40)
    subject_kind = models.CharField("对象类别", max_length=30)
    subject_id = models.CharField("对象", max_length=80)
    outcome = models.CharField("认定", max_length=20)
    column = models.CharField("依据", max_length=10)
    is_curable = models.BooleanField("可补救")
    due_at = models.DateTimeField("期限", null=True)
    warn_at = models.DateTimeField("预警时刻", null=True)
    changes_at = models.DateTimeField("变化时刻", null=True)
    judged_at = models.DateTimeField("认定时间")
    noted_at = models.DateTimeField("入账时间", null=True)
    digest = models.CharField("摘要", max_length=64)
    body = models.JSONField("认定内容", default=dict)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["case", "rule", "subject_id"], name="finding_once"),
        )
        indexes = (
            models.Index(fields=["outcome", "due_at"], name="finding_outcome"),
            models.Index(
                fields=["changes_at", "case"],
                name="finding_changes",
                condition=Q(changes_at__isnull=False),
            ),
            models.Index(
                fields=["warn_at", "case"],
                name="finding_warns",
                condition=Q(outcome="pending", column="text", warn_at__isnull=False),
            ),
        )
        verbose_name = verbose_name_plural = "认定"


class Sweep(Derived):
    """One pass over all cases after the rules or what reads facts have changed (an upgrade).

    `version` says what judges (`compliance.sweeps`); the pass goes through the cases in the order
    of their ids and stands at `last_case`, so that what was killed goes on from there.
    """

    version = models.CharField("版本", max_length=64, unique=True)
    cases = models.IntegerField("案件")
    judged = models.IntegerField("已判断", default=0)
    last_case = models.UUIDField("到此", null=True)
    started_at = models.DateTimeField("开始时间")
    ended_at = models.DateTimeField("结束时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "重新判断"


class ExpiryWarning(Derived):
    """A person was told that a clock of a case runs out (临期提醒); the ledger has the entry.

    It stands as long as the finding waits for the same instant.
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="+")
    rule = models.CharField("规则", max_length=80)
    subject_id = models.CharField("对象", max_length=80)
    due_at = models.DateTimeField("期限")
    person = models.ForeignKey(Person, models.CASCADE, related_name="expiry_warnings")
    warned_at = models.DateTimeField("提醒时间")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["case", "rule", "subject_id", "due_at", "person"], name="warned_once"
            ),
        )
        indexes = (models.Index(fields=["person", "due_at"], name="warning_person"),)
        verbose_name = verbose_name_plural = "临期提醒"


class Judgement(Guarded):
    """What a person decided where the law leaves it to a person; the last of a duty counts."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="judgements")
    rule = models.CharField("规则", max_length=80)
    subject_id = models.CharField("对象", max_length=80)
    is_applicable = models.BooleanField("是否适用")
    is_fulfilled = models.BooleanField("是否履行", null=True)
    reason = models.TextField("理由")
    office = models.CharField("职务", max_length=30)
    decided_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField("认定时间")

    class Meta:
        indexes = (models.Index(fields=["case", "rule"], name="judgement_case"),)
        verbose_name = verbose_name_plural = "人工认定"


class Explanation(Guarded):
    """A written explanation of what can't be made good, and the leader's acknowledgement."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="explanations")
    rule = models.CharField("规则", max_length=80)
    subject_id = models.CharField("对象", max_length=80)
    text = models.TextField("书面说明")
    explained_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    explained_at = models.DateTimeField("说明时间")
    acknowledged_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    acknowledged_at = models.DateTimeField("知悉时间", null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["case", "rule", "subject_id"], name="explanation_once"),
        )
        verbose_name = verbose_name_plural = "情况说明"
