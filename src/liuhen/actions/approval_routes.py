"""Acts on the routes of approval the authority sets for itself. Not for requests (`asking`).

The law's own offices stay on every route, in their order, and the one that decides stays the last;
an authority adds to them. A request under way keeps the route it was made by.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, combinations, product
from typing import Any
from uuid import UUID

from django.db import models

from liuhen.actions.act import Draft, act
from liuhen.approvals.models import RouteVersion
from liuhen.approvals.route_versions import routes_from
from liuhen.approvals.routes import Route, packaged_routes, taken
from liuhen.cases.queries import UNIT_CASES
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Office, Person, Unit
from liuhen.people.queries import holders, permissions

MOST_ROWS, MOST_OFFICES = 8, 6


@act(permission="approval_route.set", event="approval_route.set")
def set_approval_route(
    draft: Draft,
    *,
    actor: Person,
    key: str,
    rows: Sequence[Mapping[str, Any]],
    valid_from: dt.date,
    reason: str,
) -> RouteVersion:
    """Put routes of one request in force from a day on, in the place of those it has.

    `rows` are {"offices": in their order, "when": circumstances that must all hold, "least_fen":
    the amount from which on}. Requests made before keep their route.

    Raises:
        Refused: `approval_route.unknown`, `approval_route.fixed`, `approval_route.unsound`,
            `approval_route.unlawful` (who would decide without an office the law names),
            `approval_route.vacant` (nobody could answer), `approval_route.same_person`,
            `approval_route.same`, `approval_route.past`, `reason.missing`.
    """
    own = _product_rows(key)
    if own[0].fixed:
        raise Refused("approval_route.fixed")
    _refuse_past(draft, valid_from)
    if not reason.strip():
        raise Refused("reason.missing")
    told = [_sound(row) for row in rows]
    routes = routes_from(key, told, valid_from)
    _refuse_unsound(routes)
    _refuse_unlawful(own, routes)
    _refuse_unanswerable(routes)
    last = RouteVersion.objects.filter(key=key).order_by("-number").first()
    if last is not None and last.rows == told and not last.is_withdrawn:
        raise Refused("approval_route.same")
    return _set(draft, key, told, valid_from, reason)


@act(permission="approval_route.set", event="approval_route.withdrawn")
def withdraw_approval_route(
    draft: Draft, *, actor: Person, key: str, valid_from: dt.date, reason: str
) -> RouteVersion:
    """Let the product's own routes of one request stand again from a day on.

    Raises:
        Refused: `approval_route.unknown`, `approval_route.not_set`, `approval_route.past`,
            `reason.missing`.
    """
    _product_rows(key)
    _refuse_past(draft, valid_from)
    if not reason.strip():
        raise Refused("reason.missing")
    last = RouteVersion.objects.filter(key=key).order_by("-number").first()
    if last is None or last.is_withdrawn:
        raise Refused("approval_route.not_set")
    return _set(draft, key, [], valid_from, reason, is_withdrawn=True)


def offices_offered() -> list[str]:
    """Offices that may stand on a route: whoever may answer requests."""
    able = permissions()["approval.decide"].offices
    return [kind for kind in Office.Kind.values if kind in able]


def _product_rows(key: str) -> tuple[Route, ...]:
    rows = packaged_routes().rows(key)
    if not rows:
        raise Refused("approval_route.unknown")
    return rows


def _refuse_past(draft: Draft, valid_from: dt.date) -> None:
    today = clock.local_date(draft.at)
    if valid_from < today:
        raise Refused("approval_route.past", today=today.isoformat())


def _sound(row: Mapping[str, Any]) -> dict[str, Any]:
    """One row as it is kept: plain, in fixed order."""
    return {
        "offices": list(row["offices"]),
        "when": sorted(row["when"]),
        "least_fen": row["least_fen"],
    }


def _refuse_unsound(routes: Sequence[Route]) -> None:
    fault = next(_faults(routes), None)
    if fault is not None:
        raise Refused("approval_route.unsound", what=fault)


def _faults(routes: Sequence[Route]) -> Iterator[str]:
    """What is wrong with routes by themselves, in words."""
    if not 0 < len(routes) <= MOST_ROWS:
        yield f"应有 1 至 {MOST_ROWS} 条路线"
    known = packaged_routes().circumstances
    for place, route in enumerate(routes, start=1):
        if not 0 < len(route.offices) <= MOST_OFFICES:
            yield f"第 {place} 条应有 1 至 {MOST_OFFICES} 个审批职务"
        if set(route.offices) - set(offices_offered()):
            yield f"第 {place} 条有不能审批的职务"
        for office in route.offices:
            if route.offices.count(office) > 1:
                yield f"第 {place} 条的{Office.Kind(office).label}出现了两次"
        if route.when - known.keys() or route.least_fen < 0:
            yield f"第 {place} 条的情形或者金额不对"
        if any(
            (one.when, one.least_fen) == (route.when, route.least_fen)
            for one in routes[: place - 1]
        ):
            yield f"第 {place} 条与前面一条的情形、金额相同"


def _refuse_unlawful(law: Sequence[Route], own: Sequence[Route]) -> None:
    """Whatever holds of a case, the offices of the law's route answer, and its last one last."""
    names = sorted(frozenset().union(*(one.when for one in (*law, *own))))
    amounts = sorted({0} | {one.least_fen for one in (*law, *own)})
    subsets = chain.from_iterable(combinations(names, size) for size in range(len(names) + 1))
    for held, amount in product(subsets, amounts):
        wanted, found = taken(law, held, amount), taken(own, held, amount)
        if wanted is None:
            continue
        if found is None or not (wanted.free or _holds(wanted.offices, found.offices)):
            raise Refused(
                "approval_route.unlawful",
                where=_where(held, amount),
                offices=" → ".join(str(Office.Kind(one).label) for one in wanted.offices),
            )


def _holds(wanted: Sequence[str], found: Sequence[str]) -> bool:
    """Whether all of `wanted` stand in `found` in their order, the last of both the same."""
    rest = iter(found)
    return all(office in rest for office in wanted) and wanted[-1] == found[-1]


def _where(held: Sequence[str], amount_fen: int) -> str:
    words = [packaged_routes().circumstances[name] for name in held]
    if amount_fen:
        words.append(f"{amount_fen // 100} 元以上")
    return "、".join(words) or "一般情形"


def _refuse_unanswerable(routes: Sequence[Route]) -> None:
    """Every office of a route is held, and no one person would have to answer two of them."""
    for unit, route in product(_handling_units(), routes):
        able = {office: _holders(office, unit) for office in route.offices}
        for office, people in able.items():
            if not people:
                where = f"{unit.name}的" if office in UNIT_CASES else ""
                raise Refused("approval_route.vacant", office=f"{where}{Office.Kind(office).label}")
        twice = _answers_twice(able)
        if twice:
            raise Refused(
                "approval_route.same_person", offices=Office.Kind(twice).label, unit=unit.name
            )


def _handling_units() -> list[Unit]:
    """Units whose requests go along a route: those with somebody who handles cases."""
    now = clock.now()
    held = Office.objects.filter(
        models.Q(until=None) | models.Q(until__gt=now),
        kind__in=(Office.Kind.HANDLER, Office.Kind.OFFICER),
        since__lte=now,
        person__is_active=True,
    )
    return list(Unit.objects.filter(id__in=held.values("unit")).order_by("code"))


def _holders(office: str, unit: Unit) -> set[UUID]:
    return set(holders(office, unit if office in UNIT_CASES else None).values_list("id", flat=True))


def _answers_twice(able: Mapping[str, set[UUID]]) -> str:
    """The first office for which no other person is left; "" when each can have its own."""
    by_person: dict[UUID, str] = {}

    def seated(office: str, tried: set[UUID]) -> bool:
        for person in sorted(able[office] - tried):
            tried.add(person)
            if person not in by_person or seated(by_person[person], tried):
                by_person[person] = office
                return True
        return False

    return next((office for office in able if not seated(office, set())), "")


def _set(
    draft: Draft,
    key: str,
    rows: list[dict[str, Any]],
    valid_from: dt.date,
    reason: str,
    *,
    is_withdrawn: bool = False,
) -> RouteVersion:
    row = RouteVersion.objects.create(
        key=key,
        number=RouteVersion.objects.filter(key=key).count() + 1,
        rows=rows,
        is_withdrawn=is_withdrawn,
        valid_from=valid_from,
        reason=reason.strip(),
        set_by=draft.actor,
        set_at=draft.at,
    )
    draft.about(row)
    draft.note(key=key, number=row.number, rows=rows, valid_from=valid_from)
    return row
