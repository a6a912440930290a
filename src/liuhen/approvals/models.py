"""Requests for approval and their answers. Writes are acts (`actions.approvals`)."""

from django.db import models

from liuhen.kernel.ids import new_id
from liuhen.ledger.kinds import Guarded
from liuhen.people.models import Office, Person


class Approval(Guarded):
    """One office asked about one subject, and its answer once given.

    `kind` says what is asked (`closing`, `initiation`, `viewing` …); `subject_*` what about.
    The steps of one request share `request_id`; `route` is the whole row of offices, as the
    table of routes had it when the request was made, and `step` the place in it, from 1.
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
    request_id = models.UUIDField("报请", default=new_id)
    route = models.JSONField("审批路线", default=list)
    step = models.PositiveSmallIntegerField("环节", default=1)
    outcome = models.CharField("结果", max_length=10, choices=Outcome.choices, blank=True)
    opinion = models.TextField("审批意见", blank=True)
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField("审批时间", null=True)
    # The office under which it was answered; a deputy's tells in whose place.
    answered_as = models.ForeignKey(Office, models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = (
            models.Index(fields=["subject_kind", "subject_id"], name="approval_subject"),
            models.Index(fields=["request_id", "step"], name="approval_request"),
        )
        verbose_name = verbose_name_plural = "审批"


class RouteVersion(Guarded):
    """The routes of one key (`routes.Route.key`) as the authority has them from a day on.

    `rows` are [{"offices", "when", "least_fen"}], which stand in the place of the product's; with
    `is_withdrawn` the product's own stand again. Rows of this table are never changed: the next
    version of a key ends the one before, and a request keeps the route it was made by.
    """

    key = models.CharField("审批路线", max_length=80)
    number = models.PositiveIntegerField("版本")
    rows = models.JSONField("各路线", default=list)
    is_withdrawn = models.BooleanField("停用", default=False)
    valid_from = models.DateField("生效日")
    reason = models.TextField("理由")
    set_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    set_at = models.DateTimeField("设定时间")

    class Meta:
        verbose_name = verbose_name_plural = "审批路线"
        constraints = (models.UniqueConstraint(fields=["key", "number"], name="route_version"),)
        indexes = (models.Index(fields=["key", "valid_from"], name="route_version_day"),)
