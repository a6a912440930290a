"""Penalty Law: officers, penalties on the spot, and money taken on the spot.

Restated. 42: two or more officers with standing. 51: on the spot only a warning, or a fine of no
more than the limit for a citizen or an organisation. 52: certificate shown, numbered paper with
its particulars handed over, refusal noted. 67 to 69: a fine goes to the bank, unless it was
imposed on the spot and is small or could hardly be collected later, or the place is remote and
the party asks. 70: the finance department's receipt. 71: officers hand the money in within two
working days (of landing, when taken on the water), and the authority banks it within two.
"""

from datetime import date

from liuhen.kernel.clock import local_date
from liuhen.law.duties import Due, Duty, conj, disj
from liuhen.law.facts import Activity, Certificate, Collection, Decision, Paper, Party
from liuhen.law.moments import Moment
from liuhen.law.phrases import filled, is_simple_penalty
from liuhen.law.subjects import COLLECTIONS, DECISIONS, INVESTIGATIONS, activities, papers
from liuhen.law.verdicts import Verdict, answer, failed, met, still_open, unknown, unmet
from liuhen.law.view import View, instant
from liuhen.law.vocabulary import (
    NOT_YET,
    CaseKind,
    CollectionGround,
    PartyKind,
    PenaltyKind,
    Procedure,
)

FEN = 100
ON_SPOT_FIELDS = (
    "facts",
    "penalty",
    "legal_basis",
    "time",
    "place",
    "remedies",
    "authority_name",
)


def _is_penalty(view: View, subject: object) -> bool | None:
    return view.is_kind(CaseKind.PENALTY)


def _is_simple(view: View, subject: object) -> bool | None:
    return is_simple_penalty(view)


# -- 42: officers with standing ---------------------------------------------------------------


def _certified(view: View, activity: Activity) -> Verdict:
    return certified(view, activity, "penalty_law.officers_minimum")


def certified(view: View, activity: Activity, figure: str) -> Verdict:
    """Whether each officer held a certificate that day, and no fewer did than a figure asks."""
    view.use(activity, "officers", "started_at")
    started = instant(activity.started_at)
    if activity.officers is None or started is None or view.known("officers") is None:
        return unknown()
    day = local_date(started)
    lacking, vague = [], []
    for key in sorted(set(activity.officers)):
        officer = view.by_key("officers", key)
        if officer is None or officer.certificates is None:
            vague.append(f"officer:{key}.certificates")
            continue
        view.use(officer, "certificates")
        standing = disj(False, *(_is_valid(each, day) for each in officer.certificates))
        if standing is False:
            lacking.append(officer.name or key)
        elif standing is None:
            vague.append(f"officer:{key}.certificates")
    if lacking:
        return failed(officers="、".join(lacking), day=day)
    if vague:
        return unknown(*vague)
    count, least = len(set(activity.officers)), view.figure(figure, started)
    return met(count=count) if count >= least else failed("too_few", count=count, least=least)


def _is_valid(certificate: Certificate, day: date) -> bool | None:
    begun = None if certificate.valid_from is None else certificate.valid_from <= day
    not_over = None if certificate.valid_until is None else day < certificate.valid_until
    return conj(begun, not_over)


# -- 51: limits on the spot -------------------------------------------------------------------


def _within_limit(view: View, decision: Decision) -> Verdict:
    view.use(decision, "sanctions", "party", "decided_at")
    if decision.sanctions is None:
        return unknown()
    others = [
        s for s in decision.sanctions if s.kind not in (PenaltyKind.FINE, PenaltyKind.WARNING)
    ]
    if others:
        return failed("wrong_kind", kinds=",".join(sorted(each.kind for each in others)))
    fines = [each.amount_fen for each in decision.sanctions if each.kind is PenaltyKind.FINE]
    if not fines:
        return met()
    person = view.figure("penalty_law.simple_fine_person", decision.decided_at)
    organisation = view.figure("penalty_law.simple_fine_organisation", decision.decided_at)
    if None in fines:
        return unknown(f"decision:{decision.key}.sanctions.amount_fen")
    fined = sum(each for each in fines if each is not None)
    return _compared(view, decision, fined, person * FEN, organisation * FEN)


def _compared(
    view: View, decision: Decision, fined: int, person: int, organisation: int
) -> Verdict:
    party = _party_of(view, decision)
    if party is not None:
        view.use(party, "kind")
    kind = party.kind if party else None
    limits = {PartyKind.PERSON: person, PartyKind.ORGANISATION: organisation}
    possible = list(limits.values()) if kind is None else [limits[kind]]
    if fined <= min(possible):
        return met(fined=yuan(fined), limit=yuan(min(possible)))
    if fined > max(possible):
        return failed(fined=yuan(fined), limit=yuan(max(possible)))
    return unknown("party.kind")


def _party_of(view: View, decision: Decision) -> Party | None:
    parties = view.known("parties") or ()
    if decision.party is None and len(parties) == 1:
        only: Party = parties[0]
        return only
    found: Party | None = view.by_key("parties", decision.party)
    return found


def yuan(fen: int) -> str:
    """An amount in fen as yuan, for texts: 12345 is "123.45", 20000 is "200"."""
    whole, rest = divmod(fen, FEN)
    return f"{whole}.{rest:02d}" if rest else str(whole)


# -- 52: the paper ----------------------------------------------------------------------------


def _numbered(view: View, paper: Paper) -> Verdict:
    view.use(paper, "number", "issued_at")
    if paper.number is None:
        return unknown()
    if paper.number:
        return met()
    return unmet() if view.has(paper.issued_at) else still_open()


def _stated(view: View, paper: Paper) -> Verdict:
    return filled(view, paper, *ON_SPOT_FIELDS)


# -- 67 to 71: money --------------------------------------------------------------------------


def _is_taken_on_spot(view: View, collection: Collection) -> bool | None:
    view.use(collection, "is_on_spot")
    return conj(view.is_kind(CaseKind.PENALTY), collection.is_on_spot)


def _is_allowed(view: View, collection: Collection) -> Verdict:
    view.use(collection, "amount_fen", "ground", "is_requested")
    limit = view.figure("penalty_law.spot_collection", collection.collected_at) * FEN
    simple = view.is_procedure(Procedure.SIMPLE)
    amount = collection.amount_fen
    small = None if amount is None else amount <= limit
    ground = collection.ground
    hard = None if ground is None else ground is CollectionGround.HARD_TO_COLLECT
    remote = None if ground is None else ground is CollectionGround.REMOTE
    allowed = disj(conj(simple, small), conj(simple, hard), conj(remote, collection.is_requested))
    if allowed is False:
        taken = "罚款" if amount is None else f"{yuan(amount)}元"
        return failed(limit=yuan(limit), amount=taken)
    return answer(allowed)


def _receipted(view: View, collection: Collection) -> Verdict:
    view.use(collection, "has_official_receipt")
    if collection.has_official_receipt is False:
        return unmet()
    return answer(collection.has_official_receipt)


def _hand_in_start(view: View, collection: Collection) -> Moment:
    view.use(collection, "collected_at", "is_on_water")
    if collection.is_on_water is None:
        return None
    if collection.is_on_water:
        view.use(collection, "landed_at")
        return collection.landed_at
    return collection.collected_at


def _handed_in(view: View, collection: Collection) -> Verdict:
    return _paid_on(view, collection, "handed_in_at", _hand_in_start(view, collection))


def _hand_in_due(view: View, collection: Collection) -> Due | None:
    return view.due("penalty_law.hand_in_fine", _hand_in_start(view, collection))


def _banked(view: View, collection: Collection) -> Verdict:
    return _paid_on(view, collection, "banked_at", collection.handed_in_at)


def _bank_due(view: View, collection: Collection) -> Due | None:
    return view.due("penalty_law.bank_fine", collection.handed_in_at)


def _paid_on(view: View, collection: Collection, field: str, start: Moment) -> Verdict:
    view.use(collection, field, "handed_in_at")
    moment: Moment = view.when(getattr(collection, field))
    begun = view.when(start)
    if moment is None or begun is None:
        return unknown()
    if begun is NOT_YET:
        return still_open()
    return unmet() if moment is NOT_YET else met(instant(moment))


def _is_handed_in(view: View, collection: Collection) -> bool | None:
    view.use(collection, "handed_in_at")
    return conj(_is_taken_on_spot(view, collection), view.has(collection.handed_in_at))


DUTIES = (
    Duty(
        "officers_hold_certificates",
        "penalty_law:42.1",
        activities(*INVESTIGATIONS),
        _certified,
        _is_penalty,
        act="assign_officers",
    ),
    Duty(
        "spot_fine_within_limit",
        "penalty_law:51",
        DECISIONS,
        _within_limit,
        _is_simple,
        act="use_ordinary_procedure",
    ),
    Duty(
        "spot_paper_numbered",
        "penalty_law:52.1",
        papers("37"),
        _numbered,
        _is_simple,
        act="issue_paper",
    ),
    Duty(
        "spot_paper_complete",
        "penalty_law:52.2",
        papers("37"),
        _stated,
        _is_simple,
        act="complete_paper",
    ),
    Duty(
        "spot_collection_allowed",
        "penalty_law:68",
        COLLECTIONS,
        _is_allowed,
        _is_taken_on_spot,
        act="refund_fine",
    ),
    Duty(
        "fine_receipt_given",
        "penalty_law:70",
        COLLECTIONS,
        _receipted,
        _is_taken_on_spot,
        act="give_receipt",
    ),
    Duty(
        "fine_handed_in",
        "penalty_law:71",
        COLLECTIONS,
        _handed_in,
        _is_taken_on_spot,
        _hand_in_due,
        act="hand_in_fine",
    ),
    Duty(
        "fine_banked",
        "penalty_law:71",
        COLLECTIONS,
        _banked,
        _is_handed_in,
        _bank_due,
        act="bank_fine",
    ),
)
