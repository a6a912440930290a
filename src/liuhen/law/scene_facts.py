"""What happened at the scene: officers, activities, recordings, gaps, things taken in hand.

For: `liuhen.law.facts`, whose conventions hold here.
Not for: papers, approvals and money (`paper_facts`).
"""

from dataclasses import dataclass, field
from datetime import date, datetime

from liuhen.law.moments import Moment, States, nothing
from liuhen.law.vocabulary import (
    NOT_YET,
    GapCause,
    HandlingWay,
    MeasureKind,
    NotYet,
    Office,
    RecordingKind,
    Track,
)


@dataclass(frozen=True, slots=True)
class Span:
    """Half-open span of time; an open end is `NOT_YET`."""

    started_at: datetime
    ended_at: Moment


@dataclass(frozen=True, slots=True)
class Certificate:
    """Validity is the half-open span of days [valid_from, valid_until)."""

    number: str
    valid_from: date | None = None
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class Officer:
    key: str
    name: str | None = None
    unit: str | None = None
    certificates: tuple[Certificate, ...] | None = None


@dataclass(frozen=True, slots=True)
class Activity:
    """One row of the recording catalogue as it took place; `kind` is the catalogue's key."""

    key: str
    kind: str
    started_at: Moment = None
    ended_at: Moment = None
    is_on_site: bool | None = None
    place: str | None = None
    officers: tuple[str, ...] | None = None  # keys of Officer
    certificates_shown: bool | None = None
    is_dangerous: bool | None = None  # flag of 21, set by a named person
    is_designated: bool | None = None  # 17(4): recording required by designation
    is_uncooperative: bool | None = None  # 17(3)
    is_party_called: bool | None = None  # Coercion Law 18: called to the scene
    is_party_present: bool | None = None
    is_party_told: bool | None = None  # of reasons, basis, rights and remedies
    is_party_heard: bool | None = None
    is_urgent: bool | None = None  # Coercion Law 43: enforcement that can't wait
    is_substitute: bool | None = None  # Coercion Law 50: performed in the party's place
    has_objection: bool = False  # the party objects; complaint, review or suit may follow (41)
    has_conflict: bool | None = None  # 39: conflict at the scene
    is_sudden_incident: bool | None = None  # 39, 41
    brought_party: bool | None = None  # 21: party taken along
    reached_room_at: Moment = None
    adjournments: tuple[Span, ...] | None = ()  # recorded adjournments
    footage_settled_at: Moment = NotYet.NOT_YET  # a person stated: no further footage will come
    within: str | None = None  # key of the activity this one is part of
    seen: States = field(default_factory=nothing)  # contents of 21.2 (advice)
    subject_key: str | None = None  # paper, service or measure this activity is about


@dataclass(frozen=True, slots=True)
class Extension:
    """Consent of the unit's leader to store within two working days (39)."""

    consented_at: Moment = None
    office: Office | None = None
    reason: str | None = None
    refused: bool | None = False


@dataclass(frozen=True, slots=True)
class Recording:
    """Span on the corrected clock; a photo has equal start and end."""

    key: str
    kind: RecordingKind | None = None
    tracks: frozenset[Track] | None = None
    started_at: Moment = None
    ended_at: Moment = None
    held: tuple[Span, ...] = ()  # its stretches when it has holes; () = its whole span
    pictured: tuple[Span, ...] | None = ()  # where each track runs; () = as long as it is held
    heard: tuple[Span, ...] | None = ()
    covers: tuple[str, ...] | None = None  # keys of activities it is tied to
    returned_at: Moment = None  # officer back at the office
    stored_at: Moment = None  # on dedicated storage
    label_number: str | None = None  # case or lead number on the label; "" = none
    label_party: str | None = None
    label_handler: str | None = None
    extension: tuple[Extension, ...] | None = ()
    place: str | None = None  # for the index of 40; "" = none
    event_kind: str | None = None  # for the index of 40; "" = none
    disposed_at: Moment = None  # its bytes were destroyed
    is_clock_corrected: bool | None = None


@dataclass(frozen=True, slots=True)
class Gap:
    """A stored gap of an activity's coverage, with its cause and explanation."""

    key: str
    activity: str
    started_at: datetime
    ended_at: datetime
    cause: GapCause | None = None
    explained_at: Moment = None
    explained_on_resumption: bool | None = None  # said at the start of the resumed footage
    recording_resumed: bool | None = None
    reported_at: Moment = None  # to the head of the officer's own department
    statement_at: Moment = None  # written statement afterwards
    is_curable: bool | None = None  # footage may still come in


@dataclass(frozen=True, slots=True)
class Exemption:
    """Recorded exemption from Art. 17 (state secrets and comparable situations)."""

    key: str
    activity: str
    reason: str | None = None
    approved_at: Moment = None
    approver: Office | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """A thing in a list, with the five particulars of Art. 8(4) as states."""

    key: str
    fields: States = field(default_factory=nothing)


@dataclass(frozen=True, slots=True)
class Measure:
    """Registration-and-preservation, sealing or seizure."""

    key: str
    kind: MeasureKind | None = None
    activity: str | None = None
    started_at: Moment = None
    is_urgent: bool | None = None
    approved_at: Moment = None  # by the head of the authority
    refused_at: Moment = NOT_YET  # the head's no to what was taken already
    papers_handed_over_at: Moment = None  # decision and list, to the party
    list_copies: int | None = None
    disposed_at: Moment = None  # decided upon or lifted, the last of its things
    items: tuple[Item, ...] | None = None


@dataclass(frozen=True, slots=True)
class Handling:
    """A decision on things that were sealed or seized, some of a list or all.

    What follows `recorded_at` is of an auction for a fine: the fine as it stands, `is_fine_open`
    and `is_fine_contested` as of the decision. `reminder_ended_at` is the end of the period the
    reminder gave.
    """

    key: str
    way: HandlingWay | None = None
    decided_at: Moment = None
    # names the penalty that confiscates, the law that destroys, the fine it is auctioned for
    is_grounded: bool | None = None
    told_at: Moment = None  # the party, in writing
    done_at: Moment = None  # given back, destroyed, sold, handed over
    recorded_at: Moment = None  # record of what was confiscated or destroyed
    fine_served_on: date | None = None
    fine_due_on: date | None = None
    is_fine_open: bool | None = None  # not paid yet
    is_fine_contested: bool | None = None  # review or suit was asked for
    is_fine_remedy_told: bool | None = None  # the fine's decision told how to ask for it
    may_enforce: bool | None = None  # the unit has a power of enforcement of its own
    reminder_ended_at: Moment = None
    entrusted_at: Moment = None  # an auctioneer was entrusted
    paid_in_at: Moment = None  # the proceeds reached the treasury
