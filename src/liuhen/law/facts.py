"""What a judgement needs to know about one case, as frozen values.

For: the compliance layer, which builds `CaseFacts` from the database, and the rules, which read it.
Not for: storage, validation of input, or anything derived (coverage and clocks are the engine's).

Three conventions hold everywhere:

* `None` is "not known". It is never false, zero or empty.
* A `Moment` is an aware UTC datetime, or `NOT_YET` (known not to have happened), or `None`.
* A collection is a tuple (`()` = known to be none) or `None`. `fields`, `proofs` and `contents` map
  a name to True, False or None; a name that is missing counts as None.

Every entity has a `key`, unique within its collection and stable between judgements.
Money is in fen (1/100 yuan), as an integer.
"""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from liuhen.law.moments import Moment, States
from liuhen.law.paper_facts import (
    Application,
    ApplicationAnswer,
    Approval,
    Collection,
    Decision,
    DefenceReview,
    Disc,
    Discussion,
    Hearing,
    HearingRequest,
    LegalityReview,
    Notice,
    Paper,
    Performance,
    RefusalToSign,
    Remedy,
    Sanction,
    Service,
    Signature,
    Statement,
)
from liuhen.law.scene_facts import (
    Activity,
    Certificate,
    Exemption,
    Extension,
    Gap,
    Handling,
    Item,
    Measure,
    Officer,
    Recording,
    Span,
)
from liuhen.law.vocabulary import (
    NOT_YET,
    CaseKind,
    Initiation,
    LeadOutcome,
    LeadSource,
    Office,
    PartyKind,
    PartyRole,
    Procedure,
    ReviewGround,
)


@dataclass(frozen=True, slots=True)
class Case:
    """The case itself. `started_at` is the start of the procedure (Art. 10)."""

    key: str
    kind: CaseKind | None = None
    procedure: Procedure | None = None
    initiation: Initiation | None = None
    number: str | None = None  # "" = has none yet
    lead_number: str | None = None
    cause: str | None = None
    unit: str | None = None
    stage: str | None = None  # key of the stage it has reached (`procedures.toml`)
    started_at: Moment = None
    is_emergency_start: bool | None = None  # started first, approval made up within 24 hours
    has_internal_approval: bool | None = None  # is there an acceptance or filing approval at all
    initiated_at: Moment = None  # 立案: the day from which Penalty Law 60 counts
    is_major: bool | None = None  # 重大 (10, 23, 25), decided by a person
    is_complex: bool | None = None  # 复杂 (25)
    is_heavier_penalty: bool | None = None  # 重大违法行为给予较重处罚 (25)
    review_grounds: frozenset[ReviewGround] | None = None  # Penalty Law 58
    hearing_right: bool | None = None  # Penalty Law 63 (None: the rule computes it), Licensing 47
    is_hearing_public: bool | None = None  # Licensing Law 46: announced to the public and heard
    hearing_announced_at: Moment = None
    supervises_licence: bool | None = None  # Licensing Law 61: inspects the holder of a licence
    is_without_penalty: bool = False  # Penalty Law 33, 57: not to punish is proposed
    is_with_police: bool = (
        False  # a suspected crime handed over, not given back (Transfer rules 11)
    )
    is_notice_required: bool | None = None  # 15: law asks for a notice before this decision
    has_expert_argument: bool | None = None  # 26
    has_audiovisual_evidence: bool | None = None  # 44: recordings named among the evidence
    has_coercive_power: bool | None = None  # coercion stands in the unit's list of powers
    enforced_served_on: date | None = None  # service of the decision that is to be enforced
    is_money_enforced: bool | None = None  # that decision asks for money
    enforced_due_on: date | None = None  # last day on which it could be paid of one's own accord
    enforced_deferred_until: date | None = None  # last day of a deferral; None: none is known
    is_enforced_apart: bool = False  # a case of its own enforces what this one decided
    enforced_remedies_told: bool | None = None  # it told the party how to seek review or sue
    is_of_public_concern: bool | None = None  # 有一定社会影响 (Penalty Law 48)
    published_at: Moment = None  # result made public
    is_publication_withheld: bool = False  # stated by which provision it is kept from the public
    publication_withdrawn_at: Moment = None  # taken back from the public (Penalty Law 48)
    violation_ended_on: date | None = None  # Penalty Law 36
    discovered_on: date | None = None
    act_ended_at: Moment = None  # 行政执法行为终结: start of the 30 days of 38
    filed_with_authority_at: Moment = None  # 27(5): 备案
    closed_at: Moment = None  # approved by the leader (37)
    bound_at: Moment = None  # 立卷 (38)
    original_handed_over_at: Moment = None  # original in the archive room (38)
    unit_copy_kept_at: Moment = None  # copy kept by the unit (38)


@dataclass(frozen=True, slots=True)
class Party:
    key: str
    role: PartyRole = PartyRole.PARTY
    kind: PartyKind | None = None
    name: str | None = None
    died_on: date | None = None  # None = not known to have died
    hearing_told_at: Moment = None  # told that it may ask for a hearing (Licensing Law 47)


@dataclass(frozen=True, slots=True)
class Lead:
    key: str
    source: LeadSource | None = None
    received_at: Moment = None
    is_named: bool | None = None  # 实名
    outcome: LeadOutcome | None = None
    outcome_at: Moment = None
    informed_at: Moment = None  # named complainant told
    is_recorded: bool | None = None  # written record of the outcome
    is_suspected_crime: bool | None = None
    is_outside_jurisdiction: bool | None = None
    transfer_proposed_at: Moment = None  # the officers' report to the head
    transfer_decided_at: Moment = None  # head's decision (transfer of suspected crime)
    transferred_at: Moment = None
    crime_filed_at: Moment = None  # the police's notice that they filed a case
    things_handed_over_at: Moment = None  # things and material handed to them
    given_back_at: Moment = NOT_YET  # by the police, who had filed a case
    recipient: str | None = None
    # Nobody disputes until somebody says so.
    disputed_at: Moment = NOT_YET  # another authority claims the matter or declines it
    dispute_settled_at: Moment = NOT_YET  # agreed, or put to the common superior


@dataclass(frozen=True, slots=True)
class Prolongation:
    """A clock made longer by approval; `clock` is the parameter's name."""

    key: str
    clock: str
    days: int
    approved_at: Moment = None
    office: Office | None = None
    told_at: Moment = None  # party told, with the reason


@dataclass(frozen=True, slots=True)
class SameActFine:
    """A fine already imposed on the party, perhaps for the same act (Penalty Law 29)."""

    key: str
    case_number: str | None = None
    is_same_act: bool | None = None


@dataclass(frozen=True, slots=True)
class Suspension:
    """Time that doesn't count for a clock; days, half-open. `ground` names the figure that says so,
    when one does."""

    key: str
    clock: str
    started_on: date
    ended_on: date | None = None
    told_at: Moment = None
    ground: str | None = None


@dataclass(frozen=True, slots=True)
class PersonalDecision:
    """A person's answer where the engine may only say "judgement"."""

    key: str
    rule: str
    subject: str
    is_fulfilled: bool | None = None
    is_applicable: bool | None = True
    reason: str | None = None
    office: Office | None = None
    decided_at: Moment = None


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """Explanation of an incurable finding and the leader's acknowledgement of it."""

    key: str
    rule: str
    subject: str
    is_explained: bool | None = None
    acknowledged_at: Moment = None
    office: Office | None = None


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """All facts of one case. Order within a collection never matters."""

    scope: ClassVar[str] = "case"

    case: Case
    leads: tuple[Lead, ...] | None = None
    parties: tuple[Party, ...] | None = None
    officers: tuple[Officer, ...] | None = None
    activities: tuple[Activity, ...] | None = None
    recordings: tuple[Recording, ...] | None = None
    gaps: tuple[Gap, ...] | None = None
    exemptions: tuple[Exemption, ...] | None = None
    papers: tuple[Paper, ...] | None = None
    services: tuple[Service, ...] | None = None
    approvals: tuple[Approval, ...] | None = None
    notices: tuple[Notice, ...] | None = None
    statements: tuple[Statement, ...] | None = None
    defence_reviews: tuple[DefenceReview, ...] | None = None
    hearing_requests: tuple[HearingRequest, ...] | None = None
    hearings: tuple[Hearing, ...] | None = None
    legality_reviews: tuple[LegalityReview, ...] | None = None
    discussions: tuple[Discussion, ...] | None = None
    decisions: tuple[Decision, ...] | None = None
    collections: tuple[Collection, ...] | None = None
    performances: tuple[Performance, ...] | None = None
    remedies: tuple[Remedy, ...] | None = ()  # against the decision, or the one enforced
    measures: tuple[Measure, ...] | None = None
    handlings: tuple[Handling, ...] | None = None
    applications: tuple[Application, ...] | None = None
    answers: tuple[ApplicationAnswer, ...] | None = None
    discs: tuple[Disc, ...] | None = None
    same_act_fines: tuple[SameActFine, ...] | None = None
    prolongations: tuple[Prolongation, ...] | None = ()
    suspensions: tuple[Suspension, ...] | None = ()
    personal_decisions: tuple[PersonalDecision, ...] | None = ()
    acknowledgements: tuple[Acknowledgement, ...] | None = ()

    @property
    def root(self) -> Case:
        """What these facts are about."""
        return self.case


__all__ = [
    "Acknowledgement",
    "Activity",
    "Application",
    "ApplicationAnswer",
    "Approval",
    "Case",
    "CaseFacts",
    "Certificate",
    "Collection",
    "Decision",
    "DefenceReview",
    "Disc",
    "Discussion",
    "Exemption",
    "Extension",
    "Gap",
    "Handling",
    "Hearing",
    "HearingRequest",
    "Item",
    "Lead",
    "LegalityReview",
    "Measure",
    "Moment",
    "Notice",
    "Officer",
    "Paper",
    "Party",
    "Performance",
    "PersonalDecision",
    "Prolongation",
    "Recording",
    "RefusalToSign",
    "Remedy",
    "SameActFine",
    "Sanction",
    "Service",
    "Signature",
    "Span",
    "Statement",
    "States",
    "Suspension",
]
