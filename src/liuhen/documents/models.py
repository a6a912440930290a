"""Papers, number series, signatures and service. Writes are acts (`actions.papers`)."""

from django.db import models

from liuhen.assembly.document_types import DocumentType
from liuhen.cases.models import Activity, Case, Party
from liuhen.cases.sealed import DataWithNumbers
from liuhen.kernel import clock
from liuhen.ledger.kinds import Guarded
from liuhen.people.models import Person, Unit
from liuhen.rulebook.models import TypeVersion
from liuhen.rulebook.type_versions import type_of
from liuhen.vault.models import Original


class NumberSeries(Guarded):
    """The last number given in one series: per unit, document type and year; no hole, no reuse."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    type = models.CharField("文种", max_length=40)
    year = models.PositiveSmallIntegerField("年度")
    last = models.PositiveIntegerField("末号", default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["unit", "type", "year"], name="series"),)
        verbose_name = verbose_name_plural = "文号序列"


class Paper(Guarded):
    """A legal document. `type` is the key of its document type; `data` its fields.

    A draft becomes issued once; then number, data and PDF are frozen. What is wrong in an issued
    paper is put right by another that `corrects` it; one that nobody was given may be voided and
    keeps its number.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "草稿"
        ISSUED = "issued", "已制作"
        VOID = "void", "作废"

    case = models.ForeignKey(Case, models.PROTECT, related_name="papers")
    activity = models.ForeignKey(Activity, models.PROTECT, null=True, related_name="papers")
    type = models.CharField("文种", max_length=40)
    # The authority's version of the type it is made by; none: the product's own.
    type_version = models.ForeignKey(TypeVersion, models.PROTECT, null=True, related_name="+")
    state = models.CharField("状态", max_length=8, choices=State.choices, default=State.DRAFT)
    data = DataWithNumbers("内容", default=dict)
    version = models.PositiveIntegerField("版本", default=1)
    # What the paper answers or is about, where that is another record: a statement, a lead.
    subject_id = models.UUIDField("针对", null=True)
    number = models.CharField("文号", max_length=80, unique=True, null=True)
    drawn_up_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    drawn_up_at = models.DateTimeField("起草时间")
    issued_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    issued_at = models.DateTimeField("制作时间", null=True)
    original = models.ForeignKey(Original, models.PROTECT, null=True, related_name="papers")
    # The certificate the file is signed with (SHA-256), when the last signature was stamped by an
    # outside authority, the SM2 signature beside it.
    certificate = models.CharField("签名证书", max_length=64, blank=True)
    stamped_at = models.DateTimeField("时间戳时间", null=True)
    sm2_signature = models.ForeignKey(Original, models.PROTECT, null=True, related_name="+")
    # What the code on the paper leads to: by it whoever holds the paper finds it, nobody else.
    token = models.CharField("核验码", max_length=32, unique=True, null=True)
    void_reason = models.TextField("作废原因", blank=True)
    corrects = models.ForeignKey("self", models.PROTECT, null=True, related_name="corrections")
    correction_reason = models.TextField("更正原因", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "文书"
        indexes = (
            models.Index(fields=["case", "type"], name="paper_case"),
            models.Index(fields=["type", "-issued_at", "id"], name="paper_issued"),
        )

    @property
    def document_type(self) -> DocumentType:
        """The type it is made by, in the version that held when it was drawn up."""
        return type_of(self.type, self.type_version_id)


class Signature(Guarded):
    """A signature on glass, or the recorded refusal to give one. Strokes: [[[x, y, ms], …], …].

    `page` is set on signatures at the foot of single pages; the one at the end of the paper has
    none. `scan` is the picture of a signature made by hand. A refusal is dated by its moment.
    """

    class Role(models.TextChoices):
        PARTY = "party", "当事人"
        OFFICER = "officer", "执法人员"
        WITNESS = "witness", "见证人"
        PERFORMER = "performer", "代履行人"
        RECORDER = "recorder", "记录人"
        RECIPIENT = "recipient", "受送达人"
        HANDLER = "handler", "承办人"
        SERVER = "server", "送达人"
        RECEIVER = "receiver", "收款人"
        REVIEWER = "reviewer", "审核人"
        LEADER = "leader", "委领导"
        REGISTRAR = "registrar", "登记人"
        UNIT_HEAD = "unit_head", "承办机构负责人"
        HEAD = "head", "机关负责人"
        CHAIR = "chair", "主持人"
        PRESENT = "present", "出席人员"
        LEGAL_HEAD = "legal_head", "法制机构负责人"
        DEPARTMENT_HEAD = "department_head", "所属部门负责人"
        MAKER = "maker", "制作人"
        EXTRACTOR = "extractor", "提取人"
        COPIER = "copier", "复制人"
        HANDER = "hander", "移交人"
        ARCHIVIST = "archivist", "档案室接收人"
        SUPERVISOR = "supervisor", "监交人"

    paper = models.ForeignKey(Paper, models.PROTECT, related_name="signatures")
    role = models.CharField("身份", max_length=20, choices=Role.choices)
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    name = models.CharField("姓名", max_length=200)
    page = models.PositiveSmallIntegerField("页", null=True)
    strokes = models.JSONField("笔迹", default=list)
    scan = models.ForeignKey(Original, models.PROTECT, null=True, related_name="signatures")
    is_refused = models.BooleanField("拒绝签字", default=False)
    reason = models.TextField("拒签情况", blank=True)
    noted_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    signed_at = models.DateTimeField("签字时间")

    class Meta:
        verbose_name = verbose_name_plural = "签字"


class Material(Guarded):
    """Something a party or another body handed in, kept as it was received (Art. 15)."""

    class Kind(models.TextChoices):
        STATEMENT = "statement", "书面陈述申辩"
        HEARING_REQUEST = "hearing_request", "听证申请"
        HEARING_WITHDRAWAL = "hearing_withdrawal", "撤回听证申请"
        EVIDENCE = "evidence", "证据材料"
        PROOF = "proof", "履行证明"
        COURT_RULING = "court_ruling", "法院裁定书"
        TESTING_OPINION = "testing_opinion", "检测、检验、鉴定意见"
        SERVICE_PROOF = "service_proof", "送达凭证"
        TRANSFER_REPLY = "transfer_reply", "移送回执、答复"
        OTHER = "other", "其他材料"

    case = models.ForeignKey(Case, models.PROTECT, related_name="materials")
    party = models.ForeignKey(Party, models.PROTECT, null=True, related_name="materials")
    kind = models.CharField("类别", max_length=20, choices=Kind.choices)
    name = models.CharField("名称", max_length=200)
    summary = models.TextField("内容摘要", blank=True)
    # The paper of ours it answers: an application to the court, an entrustment.
    subject_id = models.UUIDField("针对的文书", null=True)
    received_from = models.CharField("提交人", max_length=200)
    received_at = models.DateTimeField("收到时间")
    received_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    original = models.ForeignKey(Original, models.PROTECT, related_name="materials")

    class Meta:
        verbose_name = verbose_name_plural = "收到的材料"
        indexes = (models.Index(fields=["case", "kind"], name="material_case"),)


class Service(Guarded):
    """A paper handed to its addressee. `facts` holds what the mode demands (Art. 28–33)."""

    class Mode(models.TextChoices):
        IN_PERSON = "in_person", "直接送达"
        LEFT_AT_RESIDENCE = "left_at_residence", "留置送达"
        BY_POST = "by_post", "邮寄送达"
        ENTRUSTED = "entrusted", "委托送达"
        FORWARDED = "forwarded", "转交送达"
        BY_FAX = "by_fax", "传真送达"
        ELECTRONIC = "electronic", "电子送达"
        BY_ANNOUNCEMENT = "by_announcement", "公告送达"

    paper = models.ForeignKey(Paper, models.PROTECT, related_name="services")
    party = models.ForeignKey(Party, models.PROTECT, related_name="services")
    activity = models.ForeignKey(Activity, models.PROTECT, null=True, related_name="services")
    mode = models.CharField("方式", max_length=20, choices=Mode.choices)
    place = models.CharField("地点", max_length=200, blank=True)
    recipient = models.CharField("收件人", max_length=200, blank=True)
    received_at = models.DateTimeField("收到时间", null=True)
    is_date_noted = models.BooleanField("收到日期已注明", null=True)
    receipt = models.ForeignKey(Paper, models.PROTECT, null=True, related_name="+")
    facts = models.JSONField("送达事实", default=dict)
    served_at = models.DateTimeField("送达时间")

    class Meta:
        verbose_name = verbose_name_plural = "送达"

    @property
    def is_awaited(self) -> bool:
        """Whether its day lies ahead: an announcement whose period is not full."""
        return self.received_at is not None and self.received_at > clock.now()


class Licence(Guarded):
    """A licence that was granted (许可证), as it stands now; its course is its `changes`.

    What time alone brings about is not stored: `documents.licences.standing_on` tells it.
    """

    class State(models.TextChoices):
        IN_FORCE = "in_force", "有效"
        WITHDRAWN = "withdrawn", "已撤回"
        REVOKED = "revoked", "已撤销"
        CANCELLED = "cancelled", "已注销"

    number = models.CharField("许可证编号", max_length=80, unique=True)
    case = models.OneToOneField(Case, models.PROTECT, related_name="licence")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    holder = models.CharField("被许可人", max_length=200)
    holder_kind = models.CharField("类别", max_length=12, choices=Party.Kind.choices)
    matter = models.CharField("许可事项", max_length=200)
    content = models.TextField("许可内容")
    terms = models.TextField("要求", blank=True)
    valid_from = models.DateField("有效期起", null=True)
    valid_until = models.DateField("有效期止", null=True)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.IN_FORCE)
    certificate = models.ForeignKey(Paper, models.PROTECT, null=True, related_name="+")
    # The application to prolong it that is not answered yet (Licensing Law 50).
    prolonging = models.ForeignKey(Case, models.PROTECT, null=True, related_name="+")
    issued_at = models.DateTimeField("颁发时间")

    class Meta:
        indexes = (
            models.Index(fields=["-issued_at", "id"], name="licence_issued"),
            models.Index(fields=["unit", "state", "valid_until"], name="licence_unit"),
        )
        verbose_name = verbose_name_plural = "行政许可证"

    def __str__(self) -> str:
        return self.number


class LicenceChange(Guarded):
    """What happened to a licence once, by which case and paper, and why.

    `before` holds what the change replaced: holder, content, days of validity.
    """

    class Kind(models.TextChoices):
        ISSUED = "issued", "颁发"
        CHANGED = "changed", "变更"
        PROLONGED = "prolonged", "延续"
        WITHDRAWN = "withdrawn", "撤回"
        KEPT = "kept", "继续有效"
        REVOKED = "revoked", "撤销"
        CANCELLED = "cancelled", "注销"

    licence = models.ForeignKey(Licence, models.PROTECT, related_name="changes")
    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    kind = models.CharField("变动", max_length=10, choices=Kind.choices)
    ground = models.CharField("情形", max_length=40, blank=True)
    reason = models.TextField("理由")
    before = models.JSONField("变动前", default=dict)
    paper = models.ForeignKey(Paper, models.PROTECT, null=True, related_name="+")
    made_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    made_at = models.DateTimeField("变动时间")

    class Meta:
        indexes = (models.Index(fields=["licence", "made_at"], name="licence_changes"),)
        verbose_name = verbose_name_plural = "行政许可变动"
