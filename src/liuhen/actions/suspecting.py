"""Acts that raise suspected breaches (Art. 47): what the system found, what a person registers.

Not for deciding them (`correcting`), nor for what an acknowledged explanation raises.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from liuhen.actions.act import Draft, act
from liuhen.cases.queries import case_by_reference
from liuhen.kernel.refusals import Refused
from liuhen.oversight.elements import ITEMS
from liuhen.oversight.models import Suspicion
from liuhen.oversight.suspecting import Ground
from liuhen.people.models import Person, Unit

# So many rows fit in one entry.
BATCH = 80


@act(permission="suspicion.raise", event="suspicion.raised")
def raise_suspicions(draft: Draft, *, actor: Person, grounds: Sequence[Ground]) -> list[Suspicion]:
    """Raise what the system found for a person to decide on, each ground once."""
    known = Suspicion.objects.filter(key__in=[one.key for one in grounds])
    raised = set(known.values_list("key", flat=True))
    made = [
        Suspicion.objects.create(**asdict(one), raised_at=draft.at)
        for one in grounds
        if one.key not in raised
    ]
    draft.note(raised=len(made), items=sorted({one.item for one in made}))
    return made


@act(permission="suspicion.register", event="suspicion.registered")
def register_suspicion(
    draft: Draft,
    *,
    actor: Person,
    item: int,
    ground: str,
    unit: Unit | None = None,
    person: Person | None = None,
    case_number: str = "",
) -> Suspicion:
    """Register what a person learned otherwise: a complaint, a sampling, a leak.

    Raises:
        Refused: `suspicion.item`, `suspicion.ground`, `suspicion.concerns`, `record.not_found`.
    """
    if item not in ITEMS:
        raise Refused("suspicion.item")
    if not ground.strip():
        raise Refused("suspicion.ground")
    number = case_number.strip()
    case = case_by_reference(actor, number) if number else None
    concerned = unit or (case.unit if case else None) or (person.unit if person else None)
    if concerned is None:
        raise Refused("suspicion.concerns")
    found = Suspicion.objects.create(
        case=case,
        unit=concerned,
        person=person,
        item=item,
        source=Suspicion.Source.PERSON,
        clause=f"47.1({item})",
        ground=ground.strip(),
        raised_at=draft.at,
    )
    draft.about(found)
    draft.entry.case_id = case.id if case else None
    draft.note(item=item)
    return found
