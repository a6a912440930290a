"""The closed vocabularies of the law: kinds of case, offices, modes of service and the like.

For: naming, once, what the facts, the rules and the catalogues speak of.
Not for: texts of screens (the Chinese term stands beside each value only as its glossary entry).
"""

from enum import Enum, StrEnum


class NotYet(Enum):
    """The one value meaning "known not to have happened yet"; `None` means "not known"."""

    NOT_YET = "not_yet"

    def __repr__(self) -> str:
        return "NOT_YET"


NOT_YET = NotYet.NOT_YET


class CaseKind(StrEnum):
    """The five kinds of enforcement (Art. 2)."""

    LICENSING = "licensing"  # 行政许可
    PENALTY = "penalty"  # 行政处罚
    COERCION = "coercion"  # 行政强制
    LEVY = "levy"  # 行政征收
    INSPECTION = "inspection"  # 行政检查


class Procedure(StrEnum):
    """Which course a case of its kind takes; levy and inspection are ORDINARY."""

    ORDINARY = "ordinary"  # 普通程序
    SIMPLE = "simple"  # 简易程序 (penalty only)
    MEASURE = "measure"  # 强制措施 (coercion only)
    ENFORCEMENT = "enforcement"  # 强制执行 (coercion only)
    ENDING = "ending"  # 撤回、撤销、注销 (licensing only)


class Initiation(StrEnum):
    """Who sets the procedure going (Art. 9 and Art. 10)."""

    EX_OFFICIO = "ex_officio"  # 依职权
    ON_APPLICATION = "on_application"  # 依申请


class Office(StrEnum):
    """The offices a person may hold; same values as the people layer's Office.kind."""

    OFFICER = "officer"  # 执法人员
    HANDLER = "handler"  # 承办人
    UNIT_HEAD = "unit_head"  # 承办机构负责人 (39)
    DEPARTMENT_HEAD = "department_head"  # 所属部门负责人 (21)
    LEGAL_REVIEWER = "legal_reviewer"  # 执法协调监督处法制审核人员 (10, 23)
    COMMITTEE_MEMBER = "committee_member"  # 法制审核委员会委员 (25)
    DEPUTY_IN_CHARGE = "deputy_in_charge"  # 委分管行政执法机构负责同志 (42, 46)
    COMMISSION_LEADER = "commission_leader"  # 委领导 (37)
    AUTHORITY_HEAD = "authority_head"  # 机关负责人 (24)
    RECORDS_MANAGER = "records_manager"  # 记录管理员 (40, 43)
    ARCHIVIST = "archivist"  # 档案室 (38)
    SUPERVISOR = "supervisor"  # 执法监督
    INFORMATISATION = "informatisation"  # 网络安全和信息化办公室 (5)


class PartyKind(StrEnum):
    """Whether the fine limits of a citizen or of an organisation apply (Penalty Law 51)."""

    PERSON = "person"  # 公民
    ORGANISATION = "organisation"  # 法人或者其他组织


class PartyRole(StrEnum):
    """Part a person has in the case."""

    PARTY = "party"  # 当事人
    INTERESTED = "interested"  # 利害关系人
    FORMER = "former"  # 原当事人: another has taken its place


class RecordingKind(StrEnum):
    """Forms of audio-visual record (Art. 3)."""

    VIDEO = "video"  # 录像
    AUDIO = "audio"  # 录音
    PHOTO = "photo"  # 照相
    CAMERA = "camera"  # 视频监控


class Track(StrEnum):
    """Tracks present and usable in a recording."""

    VIDEO = "video"
    AUDIO = "audio"


class GapCause(StrEnum):
    """Why a recording broke off; only the first three are objective (Art. 21)."""

    FAULT = "fault"  # 设备故障
    DAMAGE = "damage"  # 设备损坏
    WEATHER = "weather"  # 天气恶劣
    OTHER_OBJECTIVE = "other_objective"  # 其他客观原因
    HUMAN = "human"  # 人为
    NOT_MADE = "not_made"  # 未开机或未携带


OBJECTIVE_CAUSES = frozenset(
    {GapCause.FAULT, GapCause.DAMAGE, GapCause.WEATHER, GapCause.OTHER_OBJECTIVE}
)


class SignerRole(StrEnum):
    """In which part somebody signs a paper or refuses to."""

    PARTY = "party"  # 当事人 (or the person questioned)
    INTERESTED = "interested"  # 利害关系人
    PRESENT = "present"  # 有关在场人员
    WITNESS = "witness"  # 见证人
    PERFORMER = "performer"  # 代履行人
    OFFICER = "officer"  # 执法人员
    RECORDER = "recorder"  # 记录人
    CHAIR = "chair"  # 听证主持人
    REVIEWER = "reviewer"  # 审核人员
    HANDLER = "handler"  # 经办人
    HEAD = "head"  # 机关负责人
    LEADER = "leader"  # 委领导
    SERVER = "server"  # 送达人
    RECIPIENT = "recipient"  # 受送达人或代收人


class ServiceMode(StrEnum):
    """Seven modes of the measures (28 to 33) and electronic service (Penalty Law 61)."""

    IN_PERSON = "in_person"  # 直接送达
    LEFT_AT_RESIDENCE = "left_at_residence"  # 留置送达
    BY_POST = "by_post"  # 邮寄送达
    ENTRUSTED = "entrusted"  # 委托送达
    FORWARDED = "forwarded"  # 转交送达
    BY_FAX = "by_fax"  # 传真送达
    ELECTRONIC = "electronic"  # 电子送达
    BY_ANNOUNCEMENT = "by_announcement"  # 公告送达


class LeadSource(StrEnum):
    """Where a matter came from (Art. 11)."""

    INSPECTION = "inspection"  # 执法检查
    COMPLAINT = "complaint"  # 投诉
    PETITION = "petition"  # 申诉
    REPORT = "report"  # 举报
    TRANSFER = "transfer"  # 其他机关移送
    ASSIGNMENT = "assignment"  # 上级机关交办


class LeadOutcome(StrEnum):
    """What became of a lead (Art. 11)."""

    INITIATED = "initiated"  # 立案
    REFUSED = "refused"  # 不予立案
    TRANSFERRED = "transferred"  # 移送


class Opinion(StrEnum):
    """What an approving office said."""

    APPROVED = "approved"  # 同意
    RETURNED = "returned"  # 退回
    REFUSED = "refused"  # 不同意


class StatementForm(StrEnum):
    """How a party used, or gave up, the right to state and defend (Art. 15)."""

    ORAL = "oral"  # 口头陈述申辩
    WRITTEN = "written"  # 书面陈述申辩
    WAIVER_ORAL = "waiver_oral"  # 口头放弃
    WAIVER_WRITTEN = "waiver_written"  # 书面放弃


WAIVERS = frozenset({StatementForm.WAIVER_ORAL, StatementForm.WAIVER_WRITTEN})


class NoticeForm(StrEnum):
    """Form of the notice before a decision (Art. 15)."""

    ORAL = "oral"
    WRITTEN = "written"


class PenaltyKind(StrEnum):
    """Kinds of penalty (Penalty Law 9), with those of its Art. 63 kept apart."""

    WARNING = "warning"  # 警告
    CRITICISM = "criticism"  # 通报批评
    FINE = "fine"  # 罚款
    CONFISCATION = "confiscation"  # 没收违法所得、非法财物
    SUSPENSION = "suspension"  # 暂扣许可证件
    REVOCATION = "revocation"  # 降低资质等级、吊销许可证件
    RESTRICTION = "restriction"  # 限制开展生产经营活动
    CLOSURE = "closure"  # 责令停产停业、责令关闭、限制从业
    DETENTION = "detention"  # 行政拘留
    OTHER = "other"


class CollectionGround(StrEnum):
    """Why a fine was taken on the spot (Penalty Law 68, 69)."""

    SMALL = "small"  # 一百元以下
    HARD_TO_COLLECT = "hard_to_collect"  # 不当场收缴事后难以执行
    REMOTE = "remote"  # 边远、水上、交通不便地区


class Conclusion(StrEnum):
    """Conclusion of a legality review (Penalty Law 58)."""

    PASSED = "passed"
    FAILED = "failed"
    SUPPLEMENT = "supplement"


class MeasureKind(StrEnum):
    """Things done to goods and places while a case is open (Art. 18)."""

    PRESERVATION = "preservation"  # 先行登记保存
    SEALING = "sealing"  # 查封
    SEIZURE = "seizure"  # 扣押


class HandlingWay(StrEnum):
    """What is decided on things that were sealed or seized (Coercion Law 21, 27, 28, 46)."""

    LIFTING = "lifting"  # 解除并退还
    CONFISCATION = "confiscation"  # 没收
    DESTRUCTION = "destruction"  # 销毁
    SALE = "sale"  # 先行拍卖、变卖
    AUCTION = "auction"  # 拍卖抵缴罚款 (Coercion Law 46)
    TRANSFER = "transfer"  # 移送


class RemedyKind(StrEnum):
    """What a party takes against a decision (Reconsideration Law, Litigation Law)."""

    REVIEW = "review"  # 行政复议
    SUIT = "suit"  # 行政诉讼


class RemedyOutcome(StrEnum):
    """How a review or a suit ended for the decision."""

    UPHELD = "upheld"  # 维持，或者驳回
    CHANGED = "changed"  # 变更
    REVOKED = "revoked"  # 撤销
    ILLEGAL = "illegal"  # 确认违法
    VOID = "void"  # 确认无效
    WITHDRAWN = "withdrawn"  # 当事人撤回申请或者撤诉
    OTHER = "other"  # 调解、和解等其他方式


class ReviewGround(StrEnum):
    """Grounds on which legality review before a penalty is required (Penalty Law 58)."""

    PUBLIC_INTEREST = "public_interest"
    MAJOR_RIGHTS_HEARD = "major_rights_heard"
    DIFFICULT = "difficult"
    BY_LAW = "by_law"


class AnswerKind(StrEnum):
    """The answers to an application (Licensing Law 32)."""

    ACCEPTED = "accepted"  # 受理
    SUPPLEMENT = "supplement"  # 一次性告知补正
    CORRECTED = "corrected"  # 当场更正
    REFUSED = "refused"  # 不予受理
    NOT_REQUIRED = "not_required"  # 依法不需要许可


class RetentionClass(StrEnum):
    """How long a recording is kept (Art. 41 and what it leaves open)."""

    GUIDANCE = "guidance"  # 仅引导劝导纠正
    CASE_FILE = "case_file"  # 随案卷
    PERMANENT = "permanent"  # 永久
    UNCLASSIFIED = "unclassified"  # 未列明
