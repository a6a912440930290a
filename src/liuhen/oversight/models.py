"""Suspected breaches of Art. 47. Decided by persons; writes are acts (`actions.oversight`)."""

from django.db import models

from liuhen.cases.models import Case
from liuhen.ledger.kinds import Guarded


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
