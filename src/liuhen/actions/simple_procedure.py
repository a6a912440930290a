"""The simple procedure on the spot, step by step (Art. 27; Penalty Law 51–53).

Each step is an act on one activity that lasts from addressing the party to handing over.
Not for papers' lives (`actions.papers`), fines (`actions.fines`) or closing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from liuhen.actions.act import Draft, act
from liuhen.actions.discretion import chosen_offence, reason_outside
from liuhen.actions.drawing_up import draw_up, next_number
from liuhen.actions.entrusted import require_entrusted
from liuhen.actions.minors import refuse_minor
from liuhen.actions.stages import advance
from liuhen.cases.models import Activity, ActivityOfficer, Case, CaseOfficer, Party
from liuhen.documents.models import Paper
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Person
from liuhen.people.queries import office_kinds, valid_certificate
from liuhen.rulebook.queries import figure_at

KIND = "simple_procedure"
STATEMENT_FORMS = ("oral", "written", "waiver_oral", "waiver_written")
LIMITS = {
    Party.Kind.PERSON: "penalty_law.simple_fine_person",
    Party.Kind.ORGANISATION: "penalty_law.simple_fine_organisation",
}


@act(permission="simple_case.start", event="simple_case.started")
def start_simple_case(
    draft: Draft, *, actor: Person, second_officer: Person, place: str, is_certificate_shown: bool
) -> Activity:
    """Begin on the spot: two officers with valid certificates address the party.

    Raises:
        Refused: `officer.alone`, `officer.not_officer`, `certificate.invalid`,
            `certificate.not_shown`, `place.missing`, `entrustment.missing`.
    """
    if second_officer.id == actor.id:
        raise Refused("officer.alone")
    if not is_certificate_shown:
        raise Refused("certificate.not_shown")
    if not place.strip():
        raise Refused("place.missing")
    unit = actor.unit
    if unit is None:
        raise Refused("officer.not_officer", name=actor.name)
    require_entrusted(unit, Case.Kind.PENALTY, draft.at)
    year, number = next_number(unit, "case", draft.at)
    case = Case.objects.create(
        number=f"{unit.number_prefix}案〔{year}〕{number:04d}号",
        kind=Case.Kind.PENALTY,
        procedure=Case.Procedure.SIMPLE,
        stage="identity",
        place=place.strip(),
        unit=unit,
        handler=actor,
        started_at=draft.at,
    )
    draft.opens(case)
    draft.about(case)
    activity = Activity.objects.create(
        case=case,
        kind=KIND,
        place=place.strip(),
        is_on_site=True,
        started_at=draft.at,
        certificate_shown_at=draft.at,
    )
    for officer in (actor, second_officer):
        _join(case, activity, officer, draft.at)
    return activity


def _join(case: Case, activity: Activity, officer: Person, at: dt.datetime) -> None:
    if not office_kinds(officer) & {"officer"}:
        raise Refused("officer.not_officer", name=officer.name)
    certificate = valid_certificate(officer, clock.local_date(at))
    if certificate is None:
        raise Refused("certificate.invalid", name=officer.name)
    CaseOfficer.objects.create(case=case, person=officer, since=at)
    ActivityOfficer.objects.create(activity=activity, person=officer, certificate=certificate)


def running_activity(draft: Draft, activity_id: UUID) -> Activity:
    """Lock the case and return its activity, which must still go on.

    Raises:
        Refused: `record.not_found`, `activity.ended`.
    """
    found = Activity.objects.filter(id=activity_id).values_list("case_id", flat=True).first()
    if found is None:
        raise Refused("record.not_found")
    case = draft.lock_case(found)
    activity = Activity.objects.get(id=activity_id)
    activity.case = case
    if activity.ended_at is not None:
        raise Refused("activity.ended")
    draft.about(activity)
    return activity


def _state(activity: Activity, facts: Mapping[str, Any]) -> None:
    activity.facts = {**activity.facts, **facts}
    activity.save(update_fields=["facts"])


@act(permission="simple_case.record", event="violation.recorded")
def record_violation(
    draft: Draft,
    *,
    actor: Person,
    activity_id: UUID,
    party: Mapping[str, str],
    cause: str,
    facts: str,
    breached: str,
    basis: str,
    conditions: str,
    evidence: str,
    correction: str,
    violated_at: dt.datetime | None = None,
    offence: str = "",
) -> Activity:
    """Record the party and the violation: facts, provisions, evidence, what must be corrected.

    `offence` is the code of the list's entry it was chosen from, whose range binds the fine.

    Raises:
        Refused: `violation.incomplete` with the labels missing, `party.incomplete`,
            `violation.in_future`, `offence.unknown`.
    """
    activity = running_activity(draft, activity_id)
    when = violated_at or activity.started_at
    if when > draft.at:
        raise Refused("violation.in_future")
    stated = {
        "facts_text": facts.strip(),
        "breached": breached.strip(),
        "basis": basis.strip(),
        "conditions_text": conditions.strip(),
        "evidence": evidence.strip(),
        "correction": correction.strip(),
    }
    _require_words({**stated, "cause": cause.strip()})
    _record_party(activity.case, party)
    activity.case.cause = cause.strip()
    activity.case.save(update_fields=["cause"])
    at_scene = {"violated_at": clock.iso(when), "violated_place": activity.place}
    chosen = chosen_offence(offence, cause=cause.strip())
    _state(activity, {**at_scene, **stated, "offence": chosen})
    advance(activity.case, "facts")
    return activity


_WORDS = {
    "cause": "案由",
    "facts_text": "违法事实",
    "breached": "违反的规定",
    "basis": "处罚依据",
    "conditions_text": "适用简易程序的条件",
    "evidence": "主要证据",
    "correction": "责令改正内容",
}


def _require_words(stated: Mapping[str, str]) -> None:
    missing = [label for key, label in _WORDS.items() if not stated[key]]
    if missing:
        raise Refused("violation.incomplete", missing="、".join(missing))


def _record_party(case: Case, given: Mapping[str, str]) -> Party:
    name, kind = given.get("name", "").strip(), given.get("kind", "")
    if not name or kind not in Party.Kind.values:
        raise Refused("party.incomplete")
    party = case.parties.first() or Party(case=case)
    party.kind, party.name = kind, name
    for field in ("identity_number", "representative", "address", "phone"):
        setattr(party, field, given.get(field, "").strip())
    party.save()
    return party


@act(permission="simple_case.record", event="notice.told")
def tell_notice(draft: Draft, *, actor: Person, activity_id: UUID, told: str) -> Activity:
    """Record the oral notice: facts, grounds, basis and the rights of the party (Art. 15, 27).

    Raises:
        Refused: `notice.empty`, `step.too_early`.
    """
    activity = running_activity(draft, activity_id)
    _after(activity, "facts_text", "违法事实")
    if not told.strip():
        raise Refused("notice.empty")
    _state(activity, {"told": told.strip(), "told_at": clock.iso(draft.at)})
    advance(activity.case, "oral_notice")
    return activity


def _after(activity: Activity, key: str, label: str) -> None:
    if not activity.facts.get(key):
        raise Refused("step.too_early", missing=label)


@act(permission="simple_case.record", event="statement.recorded")
def record_statement(
    draft: Draft, *, actor: Person, activity_id: UUID, form: str, text: str = ""
) -> Activity:
    """Record the party's statement and defence, or the express waiver (Art. 15, 27).

    Raises:
        Refused: `statement.form`, `statement.empty`, `step.too_early`.
    """
    activity = running_activity(draft, activity_id)
    _after(activity, "told_at", "口头告知")
    if form not in STATEMENT_FORMS:
        raise Refused("statement.form")
    if form in ("oral", "written") and not text.strip():
        raise Refused("statement.empty")
    _state(
        activity,
        {"statement": form, "statement_text": text.strip(), "statement_at": clock.iso(draft.at)},
    )
    advance(activity.case, "defence")
    return activity


@act(permission="simple_case.record", event="defence.reviewed")
def review_defence(
    draft: Draft, *, actor: Person, activity_id: UUID, adopted: str, reason: str
) -> Activity:
    """Record the review of the defence and why it is adopted or not (Art. 27).

    Raises:
        Refused: `review.incomplete`, `step.too_early`.
    """
    activity = running_activity(draft, activity_id)
    _after(activity, "statement", "陈述申辩")
    if adopted not in ("adopted", "partly", "rejected") or not reason.strip():
        raise Refused("review.incomplete")
    _state(
        activity,
        {
            "is_adopted": adopted,
            "review_reason": reason.strip(),
            "reviewed_at": clock.iso(draft.at),
        },
    )
    return activity


@act(permission="simple_case.record", event="decision.drawn_up")
def decide_on_the_spot(
    draft: Draft,
    *,
    actor: Person,
    activity_id: UUID,
    penalty: Sequence[str],
    fine_fen: int | None = None,
    collection: str | None = None,
    collection_ground: str | None = None,
    deviation: str = "",
) -> Paper:
    """Draw up the decision within the limits of the simple procedure (Penalty Law 51, 68, 69).

    Amounts in fen; one outside the chosen offence's range needs the reason `deviation`. Deciding
    again replaces the draft's content; an issued decision stays.

    Raises:
        Refused: `penalty.kind`, `fine.missing`, `fine.over_limit`, `collection.missing`,
            `collection.over_limit`, `step.too_early`, `paper.not_draft`, `law.forbids`,
            `fine.outside_range`, `penalty.minor`.
    """
    activity = running_activity(draft, activity_id)
    _after(activity, "statement", "陈述申辩")
    if activity.facts["statement"] in ("oral", "written"):
        _after(activity, "reviewed_at", "陈述申辩的复核")
    party = activity.case.parties.get()
    refuse_minor(activity.case, draft.at, activity.facts.get("violated_at"))
    kinds = sorted(set(penalty))
    if not kinds or not set(kinds) <= {"warning", "fine"}:
        raise Refused("penalty.kind")
    if "fine" not in kinds:
        fine_fen = collection = collection_ground = None
    else:
        fine_fen = _checked_fine(party, fine_fen, draft.at)
        _check_collection(fine_fen, collection, collection_ground, draft.at)
    _state(
        activity,
        {
            "penalty": kinds,
            "fine_fen": fine_fen,
            "collection": collection,
            "collection_ground": collection_ground,
            "deviation": reason_outside(activity.facts.get("offence"), fine_fen, deviation),
        },
    )
    advance(activity.case, "decision")
    paper = _drawn(draft, activity)
    draft.gate("draw_up_on_spot_decision", activity.case)
    return paper


def _drawn(draft: Draft, activity: Activity) -> Paper:
    old = activity.papers.filter(type="simple_decision").exclude(state=Paper.State.VOID).first()
    if old is None:
        return draw_up(draft, activity.case, "simple_decision", activity=activity)
    if old.state != Paper.State.DRAFT or old.signatures.exists():
        raise Refused("paper.not_draft", number=old.number)
    old.state, old.void_reason = Paper.State.VOID, "重新起草"
    old.save(update_fields=["state", "void_reason"])
    return draw_up(draft, activity.case, "simple_decision", activity=activity)


def _checked_fine(party: Party, fine_fen: int | None, at: dt.datetime) -> int:
    if fine_fen is None or fine_fen <= 0:
        raise Refused("fine.missing")
    limit = figure(LIMITS[Party.Kind(party.kind)], at) * 100
    if fine_fen > limit:
        raise Refused(
            "fine.over_limit", limit=limit // 100, amount=f"{fine_fen / 100:g}", party=party.name
        )
    return fine_fen


def _check_collection(
    fine_fen: int, collection: str | None, ground: str | None, at: dt.datetime
) -> None:
    if collection not in ("on_the_spot", "bank"):
        raise Refused("collection.missing")
    if collection == "bank":
        return
    if ground not in ("small", "hard_to_collect", "remote"):
        raise Refused("collection.ground")
    limit = figure("penalty_law.spot_collection", at) * 100
    if ground == "small" and fine_fen > limit:
        raise Refused("collection.over_limit", limit=limit // 100)


def figure(name: str, at: dt.datetime) -> int:
    """A whole figure of the law as it stands on the local day of an instant."""
    value = figure_at(name, at)
    if not isinstance(value, int):
        raise Refused("parameter.unknown", name=name)
    return value
