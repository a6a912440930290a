"""The life of a licence that was granted: issued, changed, prolonged.

What ends it is `actions.licence_endings`; applications and decisions are `actions.licensing`.
Licensing Law 38, 39, 44, 49, 50.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from liuhen.actions.act import Draft, act
from liuhen.actions.drawing_up import draw_up, issue, next_number
from liuhen.actions.licence_holders import longer
from liuhen.actions.licensing import CERTIFICATE, GRANT, licence_case
from liuhen.actions.paper_needs import is_issued
from liuhen.cases.models import Case, Party
from liuhen.documents.models import Licence, LicenceChange, Paper
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.law.calendar import end_of_day, start_of_day
from liuhen.people.models import Person

_BEFORE = ("holder", "content", "terms", "valid_from", "valid_until")


@act(permission="licence.certify", event="licence.issued")
def issue_licence(draft: Draft, *, actor: Person, case_id: UUID) -> Licence:
    """Enter a licence granted into the register, and make its certificate where there is one.

    A licence whose decision is itself what the holder shows bears the decision's number.

    Raises:
        Refused: `record.not_found`, `case.closed`, `licence.not_granted`, `licence.issued`,
            `licence.purpose`, `paper.incomplete`, `storage.full`.
    """
    case, known = _granted(draft, case_id, "new")
    decision = case.papers.filter(type=GRANT, state=Paper.State.ISSUED).latest("issued_at")
    party = case.parties.get(role=Party.Role.PARTY)
    number = str(decision.number)
    if known.get("has_certificate"):
        year, sequence = next_number(case.unit, CERTIFICATE, draft.at)
        number = f"{case.unit.number_prefix}许证字〔{year}〕第{sequence:04d}号"
    since, until = days_of(known.get("valid"))
    licence = Licence(
        number=number,
        case=case,
        unit=case.unit,
        holder=party.name,
        holder_kind=party.kind,
        matter=known["matter"],
        content=known["decided"],
        terms=known["terms"],
        valid_from=since,
        valid_until=until,
        issued_at=draft.at,
    )
    if known.get("has_certificate"):
        licence.certificate = _certificate(draft, case, licence)
    licence.save(force_insert=True)
    return _changed(draft, case, licence, LicenceChange.Kind.ISSUED, {})


@act(permission="licence.certify", event="licence.changed")
def change_licence(draft: Draft, *, actor: Person, case_id: UUID) -> Licence:
    """Carry out a change that was granted: holder and content as decided, a new certificate (49).

    Raises:
        Refused: `record.not_found`, `case.closed`, `licence.not_granted`, `licence.issued`,
            `licence.purpose`, `licence.ended`, `paper.incomplete`, `storage.full`.
    """
    case, known = _granted(draft, case_id, "change")
    licence = _standing(case, known)
    before = _as_it_was(licence)
    party = case.parties.get(role=Party.Role.PARTY)
    licence.holder, licence.holder_kind = party.name, party.kind
    licence.content, licence.terms = known["decided"], known["terms"]
    licence.certificate = _certificate(draft, case, licence)
    licence.save()
    return _changed(draft, case, licence, LicenceChange.Kind.CHANGED, before)


@act(permission="licence.certify", event="licence.prolonged")
def prolong_licence(draft: Draft, *, actor: Person, case_id: UUID) -> Licence:
    """Carry out a prolongation that was granted: the new last day, a new certificate (50).

    Raises:
        Refused: `record.not_found`, `case.closed`, `licence.not_granted`, `licence.issued`,
            `licence.purpose`, `licence.ended`, `licence.not_longer`, `paper.incomplete`,
            `storage.full`.
    """
    case, known = _granted(draft, case_id, "prolong")
    licence = _standing(case, known)
    before = _as_it_was(licence)
    licence.valid_until = longer(days_of(known.get("valid"))[1], licence.valid_until)
    licence.prolonging = None
    licence.certificate = _certificate(draft, case, licence)
    licence.save()
    return _changed(draft, case, licence, LicenceChange.Kind.PROLONGED, before)


def days_of(valid: Mapping[str, str] | None) -> tuple[dt.date | None, dt.date | None]:
    """First and last day of a span as the proposal keeps it; None for both without one."""
    if not valid:
        return None, None
    since, until = (clock.parse_iso(valid[key]) for key in ("started_at", "ended_at"))
    return clock.local_date(since), clock.local_date(until)


def locked_licence(licence_id: UUID) -> Licence:
    """A licence of a case that is locked or begins. Raises `Refused("record.not_found")`."""
    found = Licence.objects.select_for_update().filter(id=licence_id).first()
    if found is None:
        raise Refused("record.not_found")
    return found


def _granted(draft: Draft, case_id: UUID, purpose: str) -> tuple[Case, Mapping[str, Any]]:
    """A case whose grant is issued and not carried out yet, and what it knows."""
    case = licence_case(draft, case_id)
    known: Mapping[str, Any] = case.facts["licence"]
    if known.get("purpose", "new") != purpose:
        raise Refused("licence.purpose")
    if not is_issued(case, GRANT):
        raise Refused("licence.not_granted")
    if "entered" in known:
        raise Refused("licence.issued")
    return case, known


def _standing(case: Case, known: Mapping[str, Any]) -> Licence:
    licence = locked_licence(UUID(known["about"]))
    if licence.state != Licence.State.IN_FORCE:
        raise Refused("licence.ended", number=licence.number, state=licence.get_state_display())
    return licence


def _as_it_was(licence: Licence) -> dict[str, Any]:
    values = ((name, getattr(licence, name)) for name in _BEFORE)
    return {k: v.isoformat() if isinstance(v, dt.date) else v for k, v in values}


def _certificate(draft: Draft, case: Case, licence: Licence) -> Paper:
    """The certificate as the licence stands now, issued."""
    given: dict[str, Any] = {
        "licence_number": licence.number,
        "matter": licence.matter,
        "content": licence.content,
        "terms": licence.terms,
    }
    if licence.valid_from and licence.valid_until:
        first = start_of_day(licence.valid_from)
        last = end_of_day(licence.valid_until)
        given["valid"] = {"started_at": clock.iso(first), "ended_at": clock.iso(last)}
    return issue(draft, draw_up(draft, case, CERTIFICATE, given=given))


def _changed(
    draft: Draft, case: Case, licence: Licence, kind: LicenceChange.Kind, before: Mapping[str, Any]
) -> Licence:
    LicenceChange.objects.create(
        licence=licence,
        case=case,
        kind=kind,
        reason=case.facts["licence"]["reasons"],
        before=dict(before),
        paper=licence.certificate,
        made_by=draft.actor,
        made_at=draft.at,
    )
    told = {**case.facts["licence"], "entered": licence.number}
    case.facts = {**case.facts, "licence": told}
    case.save(update_fields=["facts"])
    draft.about(licence)
    draft.note(licence=licence.number)
    return licence
