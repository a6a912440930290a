"""Double-random draws: who sees them, and what their lists and seed give. Not for drawing.

An object is drawn by the SHA-256 of `seed:name`; its officers by that of
`seed:name:certificate` (`kernel.draws`). Whoever has the lists and the seed gets the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from liuhen.cases.models import InspectionDraw
from liuhen.cases.queries import ALL_CASES
from liuhen.kernel.draws import drawn
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Person
from liuhen.people.queries import office_kinds


@dataclass(frozen=True)
class Drawn:
    """An object drawn, its place, and its officers in the order of their ranks."""

    place: int
    object: Mapping[str, str]
    officers: tuple[Mapping[str, str], ...]


def visible_draws(person: Person) -> QuerySet[InspectionDraw]:
    """The draws of a person's own unit, all for leaders and supervisors; newest first."""
    rows = InspectionDraw.objects.select_related("unit", "announced_by", "drawn_by", "drawn_with")
    rows = rows.order_by("-announced_at", "-id")
    kinds = office_kinds(person)
    if kinds & ALL_CASES:
        return rows
    return rows.filter(unit=person.unit) if kinds and person.unit_id else rows.none()


def visible_draw(person: Person, draw_id: UUID) -> InspectionDraw:
    """One draw. Raises `Refused("record.not_found")`."""
    found = visible_draws(person).filter(id=draw_id).first()
    if found is None:
        raise Refused("record.not_found")
    return found


def eligible(draw: InspectionDraw, name: str) -> dict[str, Mapping[str, str]]:
    """The officers who may inspect an object, by certificate: those not kept out of it."""
    out = {one["certificate"] for one in draw.exclusions if one["object"] in ("", name)}
    listed = draw.officers_listed
    return {one["certificate"]: one for one in listed if one["certificate"] not in out}


def result_of(draw: InspectionDraw) -> list[Drawn]:
    """What the lists and the seed give, first to last. The draw must have its seed."""
    objects = {one["name"]: one for one in draw.objects_listed}
    found = []
    for place, name in enumerate(drawn(draw.seed, objects, draw.size), start=1):
        able = eligible(draw, name)
        chosen = drawn(f"{draw.seed}:{name}", able, draw.officers_each)
        found.append(Drawn(place, objects[name], tuple(able[one] for one in chosen)))
    return found
