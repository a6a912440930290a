"""Parties of a case of ordinary procedure, and what happens to them meanwhile.

Not for the party of a simple case (`actions.simple_procedure`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from uuid import UUID

from liuhen.actions.act import Draft, act
from liuhen.cases.identity import is_credit_code, is_resident_number
from liuhen.cases.models import Case, Party, PartyChange
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Person

_TEXTS = ("identity_number", "representative", "address", "phone")
_OF_PERSONS = frozenset({"resident_id", "permit", "passport", "other"})
_OF_ORGANISATIONS = frozenset({"credit_code", "other"})


@act(permission="party.record", event="party.added")
def add_party(draft: Draft, *, actor: Person, case_id: UUID, given: Mapping[str, str]) -> Party:
    """Add a party or an interested person to an open case.

    `given` holds columns of the party: kind, name, role, identity_kind, identity_number,
    representative, address, phone.

    Raises:
        Refused: `record.not_found`, `case.closed`, `party.incomplete`, `party.second`,
            `identity.kind`, `identity.resident_number`, `identity.credit_code`.
    """
    party = record_party(draft, open_case(draft, case_id), given)
    draft.about(party)
    return party


def record_party(draft: Draft, case: Case, given: Mapping[str, str]) -> Party:
    """Enter a party of a locked case; not an act by itself. Refuses what `add_party` does."""
    party = Party(case=case, role=given.get("role") or Party.Role.PARTY)
    if party.role == Party.Role.FORMER:  # by a succession only
        raise Refused("party.incomplete")
    if party.role == Party.Role.PARTY and case.parties.filter(role=Party.Role.PARTY).exists():
        raise Refused("party.second")
    _fill(draft, party, given)
    party.save(force_insert=True)
    return party


@act(permission="party.record", event="party.corrected")
def correct_party(
    draft: Draft, *, actor: Person, party_id: UUID, given: Mapping[str, str]
) -> Party:
    """Correct what was written wrongly about a party; papers already issued stay as they are.

    A name that the party itself has changed is `record_party_renaming`.

    Raises:
        Refused: `record.not_found`, `case.closed`, `party.incomplete`, `identity.kind`,
            `identity.resident_number`, `identity.credit_code`.
    """
    party = _locked(draft, party_id)
    _fill(draft, party, given)
    party.save()
    return party


@act(permission="party.record", event="party.died")
def record_party_death(
    draft: Draft, *, actor: Person, party_id: UUID, died_on: dt.date, proof: str
) -> PartyChange:
    """Record that a party died, or that an organisation has ceased to exist.

    Raises:
        Refused: `record.not_found`, `case.closed`, `party.dead`, `party.change_in_future`,
            `party.no_proof`.
    """
    party = _locked(draft, party_id)
    if party.died_on is not None:
        raise Refused("party.dead", name=party.name, day=party.died_on.isoformat())
    change = _change(draft, party, PartyChange.Kind.DIED, died_on, proof)
    party.died_on = died_on
    party.save(update_fields=["died_on"])
    return change


@act(permission="party.record", event="party.renamed")
def record_party_renaming(
    draft: Draft, *, actor: Person, party_id: UUID, name: str, renamed_on: dt.date, proof: str
) -> PartyChange:
    """Record that a party bears another name from a day on.

    Raises:
        Refused: `record.not_found`, `case.closed`, `party.incomplete`, `party.same_name`,
            `party.change_in_future`, `party.no_proof`.
    """
    party = _locked(draft, party_id)
    if not name.strip():
        raise Refused("party.incomplete")
    if name.strip() == party.name:
        raise Refused("party.same_name")
    change = _change(
        draft, party, PartyChange.Kind.RENAMED, renamed_on, proof, name_after=name.strip()
    )
    party.name = name.strip()
    party.save(update_fields=["name"])
    return change


@act(permission="party.record", event="party.succeeded")
def record_succession(
    draft: Draft,
    *,
    actor: Person,
    party_id: UUID,
    given: Mapping[str, str],
    succeeded_on: dt.date,
    proof: str,
) -> Party:
    """Put a successor in a party's place; what was told to the former party stays told.

    `given` holds columns of the successor, as in `add_party`. An organisation that merged, divided
    or was taken over goes on in its successor (Civil Code 67). A person's acts are nobody else's:
    only what is owed in money passes to the estate, in a levy or in enforcement.

    Raises:
        Refused: `record.not_found`, `case.closed`, `party.not_to_succeed`, `party.same_name`,
            `party.incomplete`, `party.change_in_future`, `party.no_proof`, `identity.kind`,
            `identity.resident_number`, `identity.credit_code`.
    """
    former = _locked(draft, party_id)
    is_owing = former.case.kind == Case.Kind.LEVY or (
        former.case.procedure == Case.Procedure.ENFORCEMENT
    )
    if former.role != Party.Role.PARTY or not (former.kind == Party.Kind.ORGANISATION or is_owing):
        raise Refused("party.not_to_succeed", name=former.name)
    if given.get("name", "").strip() == former.name:
        raise Refused("party.same_name")
    successor = Party(case=former.case, role=Party.Role.PARTY)
    _fill(draft, successor, given)
    _change(draft, former, PartyChange.Kind.MERGED, succeeded_on, proof, name_after=successor.name)
    former.role = Party.Role.FORMER
    former.save(update_fields=["role"])
    successor.save(force_insert=True)
    draft.about(successor)
    draft.note(former=former.name)
    return successor


def open_case(draft: Draft, case_id: UUID) -> Case:
    """Lock a case that is not closed. Raises `Refused`: `record.not_found`, `case.closed`."""
    case = draft.lock_case(case_id)
    if case.closed_at is not None:
        raise Refused("case.closed")
    return case


def _locked(draft: Draft, party_id: UUID) -> Party:
    case_id = Party.objects.filter(id=party_id).values_list("case_id", flat=True).first()
    if case_id is None:
        raise Refused("record.not_found")
    case = open_case(draft, case_id)
    party = Party.objects.select_for_update().get(id=party_id)
    party.case = case
    draft.about(party)
    return party


def _fill(draft: Draft, party: Party, given: Mapping[str, str]) -> None:
    name, kind = given.get("name", "").strip(), given.get("kind", "")
    if not name or kind not in Party.Kind.values or party.role not in Party.Role.values:
        raise Refused("party.incomplete")
    party.kind, party.name = kind, name
    for field in _TEXTS:
        setattr(party, field, given.get(field, "").strip())
    party.identity_kind = given.get("identity_kind", "")
    if party.identity_number:
        _check_identity(party, clock.local_date(draft.at))


def _check_identity(party: Party, on: dt.date) -> None:
    """The number must be one of its kind: residents by GB 11643, organisations by GB 32100."""
    known = _OF_PERSONS if party.kind == Party.Kind.PERSON else _OF_ORGANISATIONS
    if party.identity_kind not in known:
        raise Refused("identity.kind")
    number = party.identity_number = party.identity_number.upper()
    if party.identity_kind == "resident_id" and not is_resident_number(number, on=on):
        # A refusal is an entry, and an entry stays: it tells enough to find the slip, no more.
        raise Refused("identity.resident_number", number=f"{number[:4]}…{number[-4:]}")
    if party.identity_kind == "credit_code" and not is_credit_code(number):
        raise Refused("identity.credit_code", number=number)


def _change(
    draft: Draft, party: Party, kind: str, on: dt.date, proof: str, *, name_after: str = ""
) -> PartyChange:
    if on > clock.local_date(draft.at):
        raise Refused("party.change_in_future")
    if not proof.strip():
        raise Refused("party.no_proof")
    return PartyChange.objects.create(
        party=party,
        kind=kind,
        happened_on=on,
        name_before=party.name,
        name_after=name_after,
        proof=proof.strip(),
        recorded_by=draft.actor,
        recorded_at=draft.at,
    )
