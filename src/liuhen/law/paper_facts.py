"""What was written, said, decided, served and paid in a case.

For: `liuhen.law.facts`, whose conventions hold here.
Not for: what happened at the scene (`scene_facts`).
"""

from dataclasses import dataclass, field
from datetime import date

from liuhen.law.moments import Moment, States, nothing
from liuhen.law.vocabulary import (
    AnswerKind,
    CollectionGround,
    Conclusion,
    NoticeForm,
    Office,
    Opinion,
    PenaltyKind,
    RemedyKind,
    RemedyOutcome,
    ServiceMode,
    SignerRole,
    StatementForm,
)


@dataclass(frozen=True, slots=True)
class Signature:
    role: SignerRole
    signer: str | None = None
    signed_at: Moment = None
    is_dated: bool | None = None


@dataclass(frozen=True, slots=True)
class RefusalToSign:
    role: SignerRole
    signer: str | None = None
    refused_at: Moment = None
    is_noted: bool | None = None  # the recorder wrote the circumstances down
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper; `type` is a number of the document catalogue ("37") or a named type."""

    key: str
    type: str
    number: str | None = None  # "" = has none
    made_at: Moment = None
    issued_at: Moment = None  # frozen
    until: date | None = None  # last day of the period it gives (a reminder's)
    activity: str | None = None  # activity it records
    subject_key: str | None = None  # what it answers or is about, where that is another record
    made_on_spot: bool | None = None
    fields: States = field(default_factory=nothing)
    signatures: tuple[Signature, ...] | None = None
    refusals: tuple[RefusalToSign, ...] | None = None
    is_kept: bool | None = None  # held in the file (received papers too)
    is_void: bool | None = False


@dataclass(frozen=True, slots=True)
class Service:
    """One service of one paper; `proofs` names each fact and proof its mode asks for."""

    key: str
    paper: str
    mode: ServiceMode | None = None
    made_at: Moment = None
    effective_on: date | None = None  # civil procedure
    activity: str | None = None
    recipient: str | None = None
    proofs: States = field(default_factory=nothing)


@dataclass(frozen=True, slots=True)
class Approval:
    """One answer of one office on one matter ("initiation", "decision", "closing" ...)."""

    key: str
    matter: str
    subject_key: str | None = None
    office: Office | None = None
    person: str | None = None
    opinion: Opinion | None = None
    has_opinion: bool | None = None  # wrote an opinion
    is_signed: bool | None = None
    given_at: Moment = None
    was_in_office: bool | None = None  # held the office, or deputised, at that instant
    is_own_matter: bool | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """Notice before a decision, written (a paper) or, in simple procedure, oral."""

    key: str
    form: NoticeForm | None = None
    paper: str | None = None
    party: str | None = None
    told_at: Moment = None  # told or served
    contents: States = field(default_factory=nothing)
    offers_hearing: bool | None = None
    statement_until: Moment = None  # end of the period given for statement and defence


@dataclass(frozen=True, slots=True)
class Statement:
    key: str
    form: StatementForm | None = None
    party: str | None = None
    made_at: Moment = None
    paper: str | None = None  # record or paper handed in; "" = none
    is_recorded: bool | None = None
    is_kept: bool | None = None


@dataclass(frozen=True, slots=True)
class DefenceReview:
    key: str
    statement: str
    reviewed_at: Moment = None
    is_adopted: bool | None = None
    has_reason: bool | None = None
    reviewer: str | None = None


@dataclass(frozen=True, slots=True)
class HearingRequest:
    key: str
    party: str | None = None
    made_at: Moment = None
    is_waived: bool | None = False


@dataclass(frozen=True, slots=True)
class Hearing:
    key: str
    activity: str | None = None
    notified_at: Moment = None  # the last of those to be called
    uncalled: tuple[str, ...] | None = ()  # who was not called, by name
    is_chair_investigator: bool | None = None
    was_given_up: bool = False  # the party stayed away, left or took its request back there


@dataclass(frozen=True, slots=True)
class LegalityReview:
    """A review; `stage` is "initiation" or "decision": two different steps (assumption 2)."""

    key: str
    stage: str
    reviewer: str | None = None
    is_qualified: bool | None = None  # legal professional qualification where required
    was_in_office: bool | None = None
    has_opinion: bool | None = None
    has_suggestions: bool | None = None
    conclusion: Conclusion | None = None
    reviewed_at: Moment = None


@dataclass(frozen=True, slots=True)
class Discussion:
    key: str
    activity: str | None = None
    concluded_at: Moment = None
    is_committee: bool | None = None  # the legal-review committee sat (25)
    heads_present: int | None = None  # heads of the authority present (Penalty Law 57)
    minutes: str | None = None  # paper key; "" = none


@dataclass(frozen=True, slots=True)
class Sanction:
    kind: PenaltyKind
    amount_fen: int | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    key: str
    paper: str | None = None
    party: str | None = None
    decided_at: Moment = None
    sanctions: tuple[Sanction, ...] | None = None
    due_on: date | None = None  # last day a levy gives for its payment


@dataclass(frozen=True, slots=True)
class Collection:
    """One collection of a fine. `landed_at` matters only for fines taken on the water."""

    key: str
    decision: str | None = None
    is_on_spot: bool | None = None
    ground: CollectionGround | None = None
    is_requested: bool | None = None  # party asked for it (Penalty Law 69)
    amount_fen: int | None = None
    has_official_receipt: bool | None = None
    is_on_water: bool | None = None
    collected_at: Moment = None
    landed_at: Moment = None
    handed_in_at: Moment = None  # to the authority
    banked_at: Moment = None
    is_process_recorded: bool | None = None  # 27(6)


@dataclass(frozen=True, slots=True)
class Performance:
    key: str
    decision: str | None = None
    performed_at: Moment = None
    is_recorded: bool | None = None
    is_material_kept: bool | None = None


@dataclass(frozen=True, slots=True)
class Application:
    """An application for a licence, in writing or by word of mouth (9)."""

    key: str
    received_at: Moment = None
    is_registered: bool | None = None
    is_prolongation: bool | None = None
    expires_on: date | None = None  # last day of the licence it is to prolong


@dataclass(frozen=True, slots=True)
class ApplicationAnswer:
    """What an applicant was told: one of the five answers of Licensing Law 32."""

    key: str
    kind: AnswerKind | None = None
    given_at: Moment = None
    has_voucher: bool | None = None  # dated, with the special seal
    is_complete: bool | None = None  # of a supplement: everything that is missing was named


@dataclass(frozen=True, slots=True)
class Remedy:
    """A review or a suit against a decision; while it goes on `ended_at` is NOT_YET."""

    key: str
    kind: RemedyKind | None = None
    began_at: Moment = None
    ended_at: Moment = None
    outcome: RemedyOutcome | None = None
    is_summary: bool = False  # a review by the summary course
    notified_at: Moment = None  # the authority received the copy
    answered_at: Moment = None  # its answer and file were handed in


@dataclass(frozen=True, slots=True)
class Disc:
    """An optical disc with recordings used as evidence (44)."""

    key: str
    statement: str | None = None  # key of the statement paper
    number: str | None = None  # "" = has none
    burnt_at: Moment = None
    filed_at: Moment = None  # put in the case file
