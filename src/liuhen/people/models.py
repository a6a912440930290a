"""Units, persons, certificates, offices and devices. Writes are acts (`actions.people`)."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.hashers import check_password
from django.db import models

from liuhen.kernel import clock
from liuhen.ledger.kinds import Derived, Guarded, Recorded
from liuhen.people.doubts import Doubtable
from liuhen.vault.models import Original


class Unit(Guarded):
    """A unit of the authority (承办机构 or another department)."""

    class Kind(models.TextChoices):
        COMMISSION = "commission", "委机关"
        DEPARTMENT = "department", "委内处室"
        SUBORDINATE = "subordinate", "下设执法机构"
        AUTHORISED = "authorised", "法律法规授权组织"
        ENTRUSTED = "entrusted", "受委托组织"

    class Power(models.TextChoices):
        """What the law gives to some units only; without it their officers may not do it."""

        MEASURE = "measure", "行政强制措施（查封、扣押）"
        ENFORCEMENT = "enforcement", "自行强制执行"

    code = models.CharField("代码", max_length=20, unique=True)
    name = models.CharField("名称", max_length=120)
    kind = models.CharField("性质", max_length=20, choices=Kind.choices)
    number_prefix = models.CharField("机关代字", max_length=20, blank=True)
    # Values of Power; what stands here switches the procedures of coercion (Coercion Law 13, 17).
    powers = models.JSONField("职权清单", default=list)
    # What papers print of the authority: phone, address, payee, review_body, court.
    profile = models.JSONField("机关信息", default=dict)

    class Meta:
        verbose_name = verbose_name_plural = "机构"

    def __str__(self) -> str:
        return self.name


class Entrustment(Guarded):
    """That an organisation enforces in the authority's name, by a letter made public (委托书).

    In force on the days from `since` to `until`, both counted, unless ended before. `unit` is the
    organisation, `authority` whose name it acts in; `kinds` are kinds of case (Penalty Law 20).
    """

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="entrustments")
    authority = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    kinds = models.JSONField("执法种类", default=list)
    matters = models.TextField("委托事项")
    basis = models.CharField("委托依据", max_length=500)
    scope = models.TextField("权限")
    since = models.DateField("期限起")
    until = models.DateField("期限止")
    receiver = models.CharField("受委托组织负责人", max_length=60)
    number = models.CharField("文号", max_length=80, unique=True)
    paper = models.ForeignKey(Original, models.PROTECT, related_name="+")
    issued_by = models.ForeignKey("people.Person", models.PROTECT, related_name="+")
    issued_at = models.DateTimeField("作出时间")
    ended_by = models.ForeignKey("people.Person", models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField("终止时间", null=True)
    end_reason = models.CharField("终止理由", max_length=500, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "执法委托"


class PersonManager(BaseUserManager["Person"]):
    """Finds persons by their sign-in name."""

    def get_by_natural_key(self, username: str | None) -> Person:
        return self.get(username=username)


class Person(AbstractBaseUser, Guarded):
    """Someone who works with the records, or the system acting by itself."""

    class Nature(models.TextChoices):
        HUMAN = "human", "人员"
        SYSTEM = "system", "系统"

    class Notices(models.TextChoices):
        """How what waits on one's desk comes by mail."""

        NONE = "", "不发邮件"
        DAILY = "daily", "每天一封"
        SOON = "soon", "随到随发"

    # Django's own field, switched off: a sign-in is an entry of the ledger, not a changed row.
    last_login = None
    image_excludes: ClassVar[tuple[str, ...]] = ("password",)

    username = models.CharField("登录名", max_length=60, unique=True)
    name = models.CharField("姓名", max_length=60)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="persons")
    nature = models.CharField(max_length=10, choices=Nature.choices, default=Nature.HUMAN)
    is_active = models.BooleanField("在用", default=True)
    email = models.EmailField("邮箱", blank=True)
    notices = models.CharField(
        "邮件提醒", max_length=10, choices=Notices.choices, default=Notices.NONE, blank=True
    )
    # When somebody else set the password; None once it is the person's own.
    password_given_at = models.DateTimeField("初始密码设定时间", null=True)
    # Number of the legal professional qualification; empty when none is on file (Penalty Law 58).
    legal_qualification = models.CharField("法律职业资格证号", max_length=60, blank=True)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects: ClassVar[PersonManager] = PersonManager()

    class Meta:
        verbose_name = verbose_name_plural = "人员"

    def __str__(self) -> str:
        return self.name

    def check_password(self, raw_password: str | None) -> bool:
        """Compare only: Django's own version re-hashes and saves, which is no act."""
        return raw_password is not None and check_password(raw_password, self.password)


class Certificate(Guarded):
    """A law-enforcement certificate (执法证件), valid from `valid_from` to before `valid_until`."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="certificates")
    number = models.CharField("证号", max_length=40, unique=True)
    issuer = models.CharField("发证机关", max_length=120)
    valid_from = models.DateField("生效日")
    valid_until = models.DateField("失效日")
    revoked_at = models.DateTimeField("吊销时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "执法证件"

    def is_valid_on(self, day: object) -> bool:
        """Whether the certificate is in force on a local day."""
        return self.valid_from <= day < self.valid_until and self.revoked_at is None  # type: ignore[operator]


class Office(Guarded):
    """An office a person holds, over a half-open span; it gives permissions (`permissions.toml`).

    With `deputy_for` the person holds it in the place of that office's holder (代行).
    """

    class Kind(models.TextChoices):
        OFFICER = "officer", "执法人员"
        HANDLER = "handler", "承办人"
        UNIT_HEAD = "unit_head", "承办机构负责人"
        DEPARTMENT_HEAD = "department_head", "所属部门负责人"
        LEGAL_REVIEWER = "legal_reviewer", "法制审核人员"
        COMMITTEE_MEMBER = "committee_member", "法制审核委员会成员"
        DEPUTY_IN_CHARGE = "deputy_in_charge", "分管行政执法机构负责同志"
        COMMISSION_LEADER = "commission_leader", "委领导"
        AUTHORITY_HEAD = "authority_head", "机关负责人"
        RECORDS_MANAGER = "records_manager", "记录管理员"
        ARCHIVIST = "archivist", "档案室"
        SUPERVISOR = "supervisor", "执法监督人员"
        INFORMATISATION = "informatisation", "网络安全和信息化办公室"
        # Three administrators, three persons; none of them opens a record of a case.
        OPERATOR = "operator", "系统运维"
        SECURITY = "security_administrator", "安全管理员"
        AUDITOR = "audit_administrator", "审计管理员"
        SYSTEM = "system", "系统自动"

    person = models.ForeignKey(Person, models.PROTECT, related_name="offices")
    kind = models.CharField("职务", max_length=30, choices=Kind.choices)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="offices")
    since = models.DateTimeField("任职起")
    until = models.DateTimeField("任职止", null=True)
    deputy_for = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="deputies", verbose_name="代行"
    )

    class Meta:
        verbose_name = verbose_name_plural = "职务"
        indexes = (models.Index(fields=["person", "kind"], name="office_person"),)

    def is_held_at(self, instant: object) -> bool:
        """Whether the office is held at an instant."""
        return self.since <= instant and (self.until is None or instant < self.until)  # type: ignore[operator]


class Secrecy(models.TextChoices):
    """What a record touches (Art. 45). State secrets are not here: they don't enter this network.

    Empty in a column: nobody has decided yet.
    """

    OPEN = "open", "不涉密"
    BUSINESS = "business", "商业秘密"
    PRIVACY = "privacy", "个人隐私"
    BOTH = "both", "商业秘密和个人隐私"


CLASSIFIED = (Secrecy.BUSINESS, Secrecy.PRIVACY, Secrecy.BOTH)


class Clearance(Guarded):
    """A person may know records that touch one kind of secret, until a day (Art. 45)."""

    class Kind(models.TextChoices):
        BUSINESS = "business", "商业秘密"
        PRIVACY = "privacy", "个人隐私"

    person = models.ForeignKey(Person, models.PROTECT, related_name="clearances")
    kind = models.CharField("范围", max_length=10, choices=Kind.choices)
    reason = models.CharField("理由", max_length=200)
    given_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    since = models.DateTimeField("生效")
    until = models.DateTimeField("失效")
    ended_at = models.DateTimeField("收回时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "知悉权限"
        indexes = (models.Index(fields=["person", "kind"], name="clearance_person"),)


class Device(Guarded, Doubtable):
    """A recording device (执法记录仪, room camera, phone), or a camera in `doubt` (`doubts`)."""

    class Kind(models.TextChoices):
        BODY_CAMERA = "body_camera", "执法记录仪"
        CAMERA = "camera", "固定视频监控"
        PHONE = "phone", "移动执法终端"
        RECORDER = "recorder", "录音设备"

    serial = models.CharField("序列号", max_length=60, unique=True)
    kind = models.CharField("类别", max_length=20, choices=Kind.choices)
    model = models.CharField("型号", max_length=80, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="devices")
    holder = models.ForeignKey(Person, models.PROTECT, null=True, related_name="devices")
    clock_offset_ms = models.BigIntegerField("时钟偏差（毫秒）", null=True)
    clock_measured_at = models.DateTimeField("时钟测定时间", null=True)
    is_in_service = models.BooleanField("在用", default=True)
    registered_at = models.DateTimeField("登记时间", default=clock.now)

    class Meta:
        verbose_name = verbose_name_plural = "执法设备"

    def __str__(self) -> str:
        return self.serial


class ClockReading(Recorded):
    """One comparison of a device's clock with ours: `offset_ms` is its clock minus true time.

    `filmed_in` is the id of the recording that shows our clock, where that told it, and
    `within_ms` how exactly; null where somebody read the device's display.
    """

    id = models.BigAutoField(primary_key=True)
    device = models.ForeignKey(Device, models.PROTECT, related_name="clock_readings")
    measured_at = models.DateTimeField("测定时间")
    offset_ms = models.BigIntegerField("时钟偏差（毫秒）")
    measured_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    filmed_in = models.UUIDField("校时画面所在的记录", null=True)
    within_ms = models.BigIntegerField("误差（毫秒）", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "时钟测定"
        indexes = (models.Index(fields=["device", "-measured_at"], name="clock_reading"),)


class DeviceFault(Guarded):
    """A fault of a device, from when it was found until it was mended."""

    device = models.ForeignKey(Device, models.PROTECT, related_name="faults")
    description = models.CharField("故障情况", max_length=500)
    found_at = models.DateTimeField("发现时间")
    reported_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    remedy = models.CharField("处理情况", max_length=500, blank=True)
    mended_at = models.DateTimeField("修复时间", null=True)
    mended_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = "设备故障"


class SecondFactorReset(Guarded):
    """One administrator asks, another confirms, that a person's second step be taken away."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="second_factor_resets")
    reason = models.CharField("理由", max_length=200)
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField("提出时间")
    confirmed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField("确认时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "解除第二步验证"


class ApiToken(Guarded):
    """A secret by which another system comes in over the network. We keep its digest only.

    With a `person` it opens what that person's offices open now, of it only what `scope` names.
    """

    class Scope(models.TextChoices):
        REPLICA = "replica", "异地副本"
        METRICS = "metrics", "监控指标"
        DOCKING = "docking", "采集工作站"
        READING = "reading", "读取案件和音像记录"

    # These act for a person; the others stand for a machine of ours and open nothing a person sees.
    PERSONAL: ClassVar[frozenset[str]] = frozenset({Scope.DOCKING, Scope.READING})

    name = models.CharField("名称", max_length=60)
    scope = models.CharField("用途", max_length=20, choices=Scope.choices)
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, related_name="api_tokens", verbose_name="以谁的名义"
    )
    sha256 = models.CharField("令牌摘要", max_length=64, unique=True)
    issued_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    issued_at = models.DateTimeField("发放时间")
    until = models.DateTimeField("有效至")
    revoked_at = models.DateTimeField("收回时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "接口令牌"

    def __str__(self) -> str:
        return self.name


class Webhook(Guarded):
    """An address of another system that is told of acts on cases its person may see.

    `events` are names of events, or their beginnings with the dot (`case.`); empty means all. The
    key of its signatures is derived from the home's (`Home.webhook_key`), so no row holds it.
    """

    name = models.CharField("名称", max_length=60)
    address = models.CharField("地址", max_length=500)
    events = models.JSONField("事件", default=list)
    person = models.ForeignKey(
        Person, models.PROTECT, related_name="webhooks", verbose_name="以谁的名义"
    )
    registered_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    registered_at = models.DateTimeField("登记时间")
    ended_at = models.DateTimeField("停用时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "事件回调"


class WebhookState(Derived):
    """How far a webhook has been told: the next index of the log, and what went wrong last."""

    webhook = models.OneToOneField(Webhook, models.CASCADE, primary_key=True, related_name="state")
    next_index = models.BigIntegerField()
    failures = models.IntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=300, blank=True)


class MailState(Derived):
    """How it goes with the mails to one person: what was told, and what went wrong last.

    `told` holds marks of the matters told; `told_on` is the local day of the last digest. An
    address the server refused for good is tried no more until the person gives another.
    """

    person = models.OneToOneField(
        Person, models.CASCADE, primary_key=True, related_name="mail_state"
    )
    is_greeted = models.BooleanField(default=False)
    told = models.JSONField(default=list)
    told_on = models.DateField(null=True)
    failures = models.IntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=300, blank=True)
    is_refused = models.BooleanField(default=False)


class AnsweredRequest(Derived):
    """What a request with an `Idempotency-Key` was answered; `answer` is null while it runs."""

    id = models.BigAutoField(primary_key=True)
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    begun_at = models.DateTimeField()
    answer = models.JSONField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["person", "key"], name="answered_request_key"),
        )
        indexes = (models.Index(fields=["begun_at"], name="answered_request_begun"),)
