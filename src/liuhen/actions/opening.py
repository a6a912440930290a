"""Opening a case that begins with no lead: its number, its officers, its party.

Not acts by themselves. A penalty begins with its lead (`actions.leads`) or on the spot.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from liuhen.actions.act import Draft
from liuhen.actions.drawing_up import next_number
from liuhen.actions.entrusted import require_entrusted
from liuhen.actions.joining import carry, enough_officers
from liuhen.actions.parties import record_party
from liuhen.cases.models import Case, Party
from liuhen.kernel.refusals import Refused
from liuhen.law.procedures import courses
from liuhen.law.vocabulary import CaseKind, Procedure
from liuhen.people.models import Person

# The word of each kind in the number of its cases.
_WORDS: Mapping[str, str] = {
    Case.Kind.COERCION: "强",
    Case.Kind.LEVY: "征",
    Case.Kind.LICENSING: "许",
}
_COPIED = ("kind", "name", "identity_kind", "identity_number", "representative", "address", "phone")

# What a person judges of a case and the law asks (Art. 10, 15, 25, 26); what isn't in it is not so.
NATURE = ("is_major", "is_complex", "has_expert_argument", "is_notice_required")


def nature_of(case_nature: Collection[str]) -> dict[str, bool]:
    """What was judged of a case, as its circumstances keep it.

    Raises:
        Refused: `circumstances.unknown`.
    """
    if not set(case_nature) <= set(NATURE):
        raise Refused("circumstances.unknown")
    return {name: name in case_nature for name in NATURE}


def open_directly(
    draft: Draft,
    *,
    kind: str,
    procedure: str,
    cause: str,
    place: str,
    officers: Sequence[Person],
    party: Mapping[str, str] | None,
) -> Case:
    """A new case of the actor's unit, carried by these officers with the actor among them.

    Without `party` the caller takes it over from another case.

    Raises:
        Refused: `case.incomplete`, `lead.handler`, `officer.not_officer`, `officer.alone`,
            `certificate.invalid`, `entrustment.missing`, and what `parties.record_party` refuses.
    """
    unit = draft.actor.unit
    if unit is None:
        raise Refused("officer.not_officer", name=draft.actor.name)
    if not (cause.strip() and place.strip()):
        raise Refused("case.incomplete")
    each = enough_officers(officers, draft.at)
    if draft.actor.id not in {officer.id for officer in each}:
        raise Refused("lead.handler")
    require_entrusted(unit, kind, draft.at)
    year, sequence = next_number(unit, kind, draft.at)
    case = Case.objects.create(
        number=f"{unit.number_prefix}{_WORDS[kind]}〔{year}〕{sequence:04d}号",
        kind=kind,
        procedure=procedure,
        stage=courses()[CaseKind(kind), Procedure(procedure)].stages[0].key,
        cause=cause.strip(),
        place=place.strip(),
        unit=unit,
        handler=draft.actor,
        started_at=draft.at,
    )
    draft.opens(case)
    draft.about(case)
    draft.note(number=case.number)
    carry(case, each, draft.at)
    if party is not None:
        record_party(draft, case, party)
    return case


def take_over_party(case: Case, origin: Case) -> None:
    """Give a case the party of another, as that named it: what was accepted is not asked again."""
    party = origin.parties.get(role=Party.Role.PARTY)
    Party.objects.create(case=case, **{key: getattr(party, key) for key in _COPIED})
