"""Requests for approval and their answers. Writes are acts (`actions.approvals`)."""

from django.db import models

from liuhen.ledger.kinds import Guarded
from liuhen.people.models import Office, Person


class Approval(Guarded):
    """One office asked about one subject, and its answer once given.

    `kind` says what is asked (`closing`, `initiation`, `viewing` …); `subject_*` what about.
    """

    class Outcome(models.TextChoices):
        APPROVED = "approved", "同意"
        RETURNED = "returned", "退回"

    kind = models.CharField("审批事项", max_length=40)
    subject_kind = models.CharField("对象类别", max_length=40)
    subject_id = models.UUIDField("对象")
    case_id = models.UUIDField("案件", null=True, db_index=True)
    office = models.CharField("审批职务", max_length=30, choices=Office.Kind.choices)
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField("报送时间")
    opinion_asked = models.TextField("承办人意见", blank=True)
    outcome = models.CharField("结果", max_length=10, choices=Outcome.choices, blank=True)
    opinion = models.TextField("审批意见", blank=True)
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField("审批时间", null=True)

    class Meta:
        indexes = (models.Index(fields=["subject_kind", "subject_id"], name="approval_subject"),)
        verbose_name = verbose_name_plural = "审批"
