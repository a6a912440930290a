"""The double-random draw: lists fixed, drawn by the ledger's seed, recorded in minutes.

Objects and officers are both drawn (business environment regulation 54, Art. 8). The lists and who
is kept out for conflict of interest are fixed by the announcement; the seed is the root of the
first checkpoint after it. Anybody can draw again (`cases.draws`). Each object drawn opens the case
of its inspection, in whose file the draw stands as an activity with its minutes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from liuhen.actions.act import Draft, act
from liuhen.actions.drawing_up import draw_up, issue, next_number
from liuhen.actions.inspections import Plan, opened
from liuhen.actions.joining import certified, enough_officers, refuse_busy
from liuhen.actions.recordings import settle_gaps
from liuhen.actions.simple_procedure import figure
from liuhen.assembly.signing import stroke_drawing
from liuhen.cases.draws import Drawn, eligible, result_of, visible_draws
from liuhen.cases.models import Activity, ActivityOfficer, Case, DrawnInspection, InspectionDraw
from liuhen.documents.models import Signature
from liuhen.kernel.canonical import dumps
from liuhen.kernel.digests import sha256_hex
from liuhen.kernel.refusals import Refused
from liuhen.ledger.queries import checkpoint_after
from liuhen.people.models import Person, Unit

MINUTES = "random_draw_minutes"
KIND = "double_random_draw"
# An entry of the ledger lists every row of its act: more objects are drawn in another batch.
MOST = 20


@act(permission="inspection.plan", event="inspection_draw.announced")
def announce_draw(
    draft: Draft,
    *,
    actor: Person,
    matter: str,
    basis: str,
    planned_from: dt.datetime,
    planned_until: dt.datetime,
    objects: Sequence[Mapping[str, str]],
    officers: Sequence[Person],
    exclusions: Sequence[Mapping[str, str]] = (),
    size: int,
    officers_each: int = 2,
) -> InspectionDraw:
    """Fix both lists and who is kept out of them, before the seed of the draw exists.

    `objects` have name, identity_number and address; `exclusions` certificate, object ("" for
    every object) and reason.

    Raises:
        Refused: `draw.incomplete`, `draw.span`, `draw.size`, `draw.repeated`, `draw.exclusion`,
            `draw.few_officers`, `officer.alone`, `officer.not_officer`, `certificate.invalid`.
    """
    unit = actor.unit
    if unit is None or not (matter.strip() and basis.strip()):
        raise Refused("draw.incomplete")
    if not draft.at <= planned_from < planned_until:
        raise Refused("draw.span")
    listed = _objects(objects, size)
    known = _officers(draft, officers)
    if officers_each < figure("measures.officers_minimum", draft.at):
        raise Refused("officer.alone")
    announced = InspectionDraw(
        number=_number(draft, unit),
        unit=unit,
        matter=matter.strip(),
        basis=basis.strip(),
        planned_from=planned_from,
        planned_until=planned_until,
        objects_listed=listed,
        officers_listed=known,
        exclusions=_exclusions(exclusions, listed, known),
        size=size,
        officers_each=officers_each,
        announced_by=actor,
        announced_at=draft.at,
        announcement=draft.entry.id,
    )
    return _kept(draft, announced)


def _kept(draft: Draft, announced: InspectionDraw) -> InspectionDraw:
    """Save an announcement; its entry holds the digest of both lists and of who is kept out."""
    _refuse_few(announced)
    announced.save(force_insert=True)
    draft.about(announced)
    lists = [announced.objects_listed, announced.officers_listed, announced.exclusions]
    draft.note(number=announced.number, size=announced.size, sha256=sha256_hex(dumps(lists)))
    return announced


def _number(draft: Draft, unit: Unit) -> str:
    year, sequence = next_number(unit, "inspection_draw", draft.at)
    return f"{unit.number_prefix}抽〔{year}〕{sequence:04d}号"


def _objects(given: Sequence[Mapping[str, str]], size: int) -> list[dict[str, str]]:
    rows = [
        {key: one.get(key, "").strip() for key in ("name", "identity_number", "address")}
        for one in given
    ]
    for row in rows:
        if not (row["name"] and row["address"]):
            raise Refused("draw.incomplete")
        if [one["name"] for one in rows].count(row["name"]) > 1:
            raise Refused("draw.repeated", name=row["name"])
    if not 0 < size <= min(len(rows), MOST):
        raise Refused("draw.size", found=len(rows), most=MOST)
    return rows


def _officers(draft: Draft, officers: Sequence[Person]) -> list[dict[str, str]]:
    return [
        {"id": str(one.id), "name": one.name, "certificate": certified(one, draft.at).number}
        for one in enough_officers(officers, draft.at)
    ]


def _exclusions(
    given: Sequence[Mapping[str, str]],
    objects: Sequence[Mapping[str, str]],
    officers: Sequence[Mapping[str, str]],
) -> list[dict[str, str]]:
    names = {one["certificate"]: one["name"] for one in officers}
    known = {"", *(one["name"] for one in objects)}
    rows = []
    for one in given:
        certificate, about = one["certificate"], one.get("object", "").strip()
        reason = one.get("reason", "").strip()
        if certificate not in names or about not in known or not reason:
            raise Refused("draw.exclusion")
        name = names[certificate]
        rows.append({"certificate": certificate, "name": name, "object": about, "reason": reason})
    return rows


def _refuse_few(announced: InspectionDraw) -> None:
    for one in announced.objects_listed:
        left = len(eligible(announced, one["name"]))
        if left < announced.officers_each:
            raise Refused(
                "draw.few_officers", name=one["name"], left=left, asked=announced.officers_each
            )


def _locked(draft: Draft, draw_id: UUID) -> InspectionDraw:
    if not visible_draws(draft.actor).filter(id=draw_id).exists():
        raise Refused("record.not_found")
    found = InspectionDraw.objects.select_for_update().get(id=draw_id)
    draft.about(found)
    return found


@act(permission="inspection.draw", event="inspection_draw.begun")
def begin_draw(
    draft: Draft, *, actor: Person, draw_id: UUID, second: Person, place: str, witness: str
) -> InspectionDraw:
    """Begin drawing in front of a witness: from now on it is recorded until the result is fixed.

    Raises:
        Refused: `record.not_found`, `draw.begun`, `draw.witness`, `place.missing`,
            `draw.unsequenced`, `officer.alone`, `officer.not_officer`, `certificate.invalid`,
            `activity.officer_busy`.
    """
    found = _locked(draft, draw_id)
    if found.begun_at is not None:
        raise Refused("draw.begun")
    refuse_busy(enough_officers([actor, second], draft.at), draft.at, None)
    if not place.strip():
        raise Refused("place.missing")
    if not witness.strip() or witness.strip() in (actor.name, second.name):
        raise Refused("draw.witness")
    if checkpoint_after(found.announcement) is None:
        raise Refused("draw.unsequenced")
    found.drawn_by, found.drawn_with = actor, second
    found.place, found.witness, found.begun_at = place.strip(), witness.strip(), draft.at
    found.save(update_fields=["drawn_by", "drawn_with", "place", "witness", "begun_at"])
    return found


@act(permission="inspection.draw", event="inspection_draw.drawn")
def draw_inspections(draft: Draft, *, actor: Person, draw_id: UUID) -> list[DrawnInspection]:
    """Draw objects and officers with the ledger's seed; each object opens its inspection.

    Raises:
        Refused: `record.not_found`, `draw.not_begun`, `draw.drawn`, `draw.too_fast`,
            `certificate.invalid`, `officer.not_officer`, what a party is refused with.
    """
    found = _locked(draft, draw_id)
    if found.begun_at is None:
        raise Refused("draw.not_begun")
    if found.seed:
        raise Refused("draw.drawn")
    if draft.at <= found.begun_at:
        raise Refused("draw.too_fast")
    checkpoint = checkpoint_after(found.announcement)
    assert checkpoint is not None  # it was there when the draw began
    found.seed = bytes(checkpoint.root).hex()
    found.checkpoint_size, found.drawn_at = checkpoint.size, draft.at
    found.save(update_fields=["seed", "checkpoint_size", "drawn_at"])
    rows = [_opened(draft, found, one) for one in result_of(found)]
    draft.entry.case_id = None  # the draw is about all of them
    draft.note(seed=found.seed, checkpoint=checkpoint.size, drawn=[one.object for one in rows])
    return rows


def _opened(draft: Draft, found: InspectionDraw, one: Drawn) -> DrawnInspection:
    """The case of an object drawn, with the draw as its first activity."""
    people = Person.objects.in_bulk([UUID(each["id"]) for each in one.officers])
    officers = [people[UUID(each["id"])] for each in one.officers]
    plan = Plan(
        unit=found.unit,
        matter=found.matter,
        basis=found.basis,
        mode="random",
        planned_from=found.planned_from,
        planned_until=found.planned_until,
        place=one.object["address"],
        batch=found.number,
    )
    party = {"kind": "organisation", **one.object}
    if party["identity_number"]:
        party["identity_kind"] = "credit_code"
    case = opened(draft, plan, party, officers)
    assert found.begun_at is not None  # `draw_inspections` refuses otherwise
    activity = Activity.objects.create(
        case=case,
        kind=KIND,
        place=found.place,
        is_on_site=False,
        started_at=found.begun_at,
        ended_at=draft.at,
    )
    for person in (found.drawn_by, found.drawn_with):
        assert person is not None  # set when the draw began
        shown = certified(person, draft.at)
        ActivityOfficer.objects.create(activity=activity, person=person, certificate=shown)
    settle_gaps(draft, activity)
    names = "、".join(officer.name for officer in officers)
    return DrawnInspection.objects.create(
        draw=found, case=case, place=one.place, object=one.object["name"], officers=names
    )


@act(permission="inspection.draw", event="inspection_draw.recorded")
def record_draw(
    draft: Draft,
    *,
    actor: Person,
    draw_id: UUID,
    drawer_strokes: Sequence[Sequence[Any]],
    witness_strokes: Sequence[Any],
) -> InspectionDraw:
    """Make the minutes, signed once by both drawers and the witness, for the file of each case.

    Raises:
        Refused: `record.not_found`, `draw.not_drawn`, `draw.recorded`, `signature.empty`,
            `paper.incomplete`, `storage.full`.
    """
    found = _locked(draft, draw_id)
    if not found.seed:
        raise Refused("draw.not_drawn")
    if found.recorded_at is not None:
        raise Refused("draw.recorded")
    inks = [*drawer_strokes, witness_strokes]
    if len(inks) != 3 or any(stroke_drawing(each) is None for each in inks):
        raise Refused("signature.empty")
    found.recorded_at = draft.at
    found.save(update_fields=["recorded_at"])
    # Whoever draws may not see the cases of others: the draw itself leads to them.
    for case in Case.objects.select_for_update().filter(drawn__draw=found).order_by("id"):
        _minutes(draft, found, draft.opens(case), inks)
    draft.entry.case_id = None
    return found


def _minutes(draft: Draft, found: InspectionDraw, case: Case, inks: Sequence[Any]) -> None:
    activity = case.activities.get(kind=KIND)
    paper = draw_up(draft, case, MINUTES, activity=activity)
    signers = (
        (Signature.Role.OFFICER, found.drawn_by),
        (Signature.Role.OFFICER, found.drawn_with),
        (Signature.Role.WITNESS, None),
    )
    for (role, person), strokes in zip(signers, inks, strict=True):
        Signature.objects.create(
            paper=paper,
            role=role,
            person=person,
            name=person.name if person else found.witness,
            strokes=list(strokes),
            signed_at=draft.at,
        )
    issue(draft, paper)
