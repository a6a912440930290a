"""Acts on who acts in whose place: naming a deputy for a span, taking it back, ending an office.

A deputy holds the office itself over the span, marked as held for its holder. Not for appointing
(`actions.people`) nor for what a deputy answers (`actions.approvals`).
"""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db.models import Q, QuerySet

from liuhen.actions.act import Draft, act
from liuhen.actions.people import refuse_apart
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Office, Person
from liuhen.rulebook.queries import figure_at


def longest(at: dt.datetime) -> dt.timedelta:
    """How long one deputation may last, and how far ahead it may begin."""
    return dt.timedelta(days=int(figure_at("product.deputy_span", at) or 0))


def able_to_act(office: Office, at: dt.datetime) -> QuerySet[Person]:
    """Who may be named for an office: anybody active, or, where the authority has set it so, who is
    of its unit or holds such an office themselves.
    """
    people = Person.objects.filter(is_active=True, nature=Person.Nature.HUMAN)
    people = people.exclude(id=office.person_id)
    if not figure_at("product.deputy_within_unit", at):
        return people
    own = Office.objects.filter(kind=office.kind, deputy_for=None, since__lte=at)
    own = own.filter(Q(until=None) | Q(until__gt=at))
    of_unit = Q(unit=office.unit_id or office.person.unit_id)
    return people.filter(of_unit | Q(id__in=own.values("person")))


@act(permission="office.deputise", event="deputy.named")
def name_deputy(
    draft: Draft,
    *,
    actor: Person,
    office_id: UUID,
    deputy: Person,
    until: dt.datetime,
    reason: str,
    since: dt.datetime | None = None,
) -> Office:
    """Let another person act in one's own office over a half-open span.

    Raises:
        Refused: `record.not_found`, `deputy.not_holder`, `deputy.self`, `deputy.outside`,
            `deputy.span`, `deputy.long`, `deputy.exists`, `deputy.unqualified`, `office.apart`,
            `reason.missing`.
    """
    office = Office.objects.select_for_update(of=("self",)).filter(id=office_id).first()
    if office is None:
        raise Refused("record.not_found")
    # Nobody passes on what they hold in another's place.
    if office.person_id != actor.id or office.deputy_for_id or not office.is_held_at(draft.at):
        raise Refused("deputy.not_holder")
    _refuse_unable(office, deputy, draft.at)
    begin = since or draft.at
    _refuse_span(office, begin, until, draft.at)
    if not reason.strip():
        raise Refused("reason.missing")
    if office.deputies.filter(since__lt=until, until__gt=begin).exists():
        raise Refused("deputy.exists")
    acting = Office.objects.create(
        person=deputy,
        kind=office.kind,
        unit=office.unit,
        since=begin,
        until=until,
        deputy_for=office,
    )
    draft.about(acting)
    draft.note(reason=reason.strip(), kind=office.kind)
    return acting


def _refuse_unable(office: Office, deputy: Person, at: dt.datetime) -> None:
    if deputy.id == office.person_id or not deputy.is_active:
        raise Refused("deputy.self")
    if not able_to_act(office, at).filter(id=deputy.id).exists():
        raise Refused("deputy.outside", name=deputy.name)
    qualified = Person.objects.filter(id=deputy.id).exclude(legal_qualification="")
    if office.kind == Office.Kind.LEGAL_REVIEWER and not qualified.exists():
        raise Refused("deputy.unqualified", name=deputy.name)
    refuse_apart(deputy, office.kind, at)


def _refuse_span(office: Office, begin: dt.datetime, until: dt.datetime, at: dt.datetime) -> None:
    if begin < at or until <= begin or (office.until is not None and until > office.until):
        raise Refused("deputy.span")
    most = longest(at)
    if until - begin > most or begin - at > most:
        raise Refused("deputy.long", days=most.days)


@act(permission="office.deputise", event="deputy.recalled")
def recall_deputy(draft: Draft, *, actor: Person, office_id: UUID) -> Office:
    """Take back one's own office before the deputy's span is over.

    Raises:
        Refused: `record.not_found`, `deputy.not_holder`, `office.ended`.
    """
    acting = Office.objects.select_for_update(of=("self",)).filter(id=office_id).first()
    if acting is None or acting.deputy_for is None:
        raise Refused("record.not_found")
    if acting.deputy_for.person_id != actor.id:
        raise Refused("deputy.not_holder")
    _end(draft, acting)
    return acting


@act(permission="office.end", event="office.ended")
def end_office(draft: Draft, *, actor: Person, office_id: UUID, reason: str) -> Office:
    """End an office now; whoever acts in its place ceases with it.

    Raises:
        Refused: `record.not_found`, `office.ended`, `office.own`, `reason.missing`.
    """
    office = Office.objects.select_for_update(of=("self",)).filter(id=office_id).first()
    if office is None:
        raise Refused("record.not_found")
    if office.person_id == actor.id:
        raise Refused("office.own")
    if not reason.strip():
        raise Refused("reason.missing")
    _end(draft, office)
    for acting in office.deputies.filter(until__gt=draft.at):
        acting.until = max(draft.at, acting.since)
        acting.save(update_fields=["until"])
    draft.note(reason=reason.strip(), kind=office.kind)
    return office


def _end(draft: Draft, office: Office) -> None:
    if office.until is not None and office.until <= draft.at:
        raise Refused("office.ended")
    office.until = max(draft.at, office.since)
    office.save(update_fields=["until"])
    draft.about(office)
