"""Acts by which an organisation is entrusted with enforcement in the authority's name (委托书).

Penalty Law 20, 21: in writing, with matters, powers and period, made public; to an organisation
whose people hold certificates; what it may do ends with its period. Not for what a case entrusts:
service (`service_entrusted`), testing, auctions (`auctions`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from liuhen.actions.act import Draft, act
from liuhen.actions.drawing_up import next_number
from liuhen.actions.paper_sealing import seal_file
from liuhen.actions.simple_procedure import figure
from liuhen.assembly.document_types import document_type
from liuhen.assembly.rendering import render
from liuhen.assembly.signing import Seal, stroke_drawing
from liuhen.assembly.signing import Signature as Ink
from liuhen.cases.models import Case
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.people.entrustments import certified_people
from liuhen.people.models import Entrustment, Person, Unit
from liuhen.vault import keeping

TYPE = "entrustment"
# A measure is never entrusted (Coercion Law 17), a licence only to another authority
# (Licensing Law 24), which is none of this authority's units.
ENTRUSTABLE = (Case.Kind.PENALTY, Case.Kind.INSPECTION, Case.Kind.LEVY)


@act(permission="entrustment.issue", event="entrustment.issued")
def entrust_enforcement(
    draft: Draft,
    *,
    actor: Person,
    unit_id: UUID,
    kinds: Collection[str],
    matters: str,
    basis: str,
    scope: str,
    since: dt.date,
    until: dt.date,
    receiver: str,
    strokes: Sequence[Any],
) -> Entrustment:
    """Entrust an organisation with enforcement: its letter is numbered, signed, sealed, public.

    `receiver` is who heads the organisation and signs with `strokes`; both days count.

    Raises:
        Refused: `record.not_found`, `entrustment.unit`, `entrustment.incomplete`,
            `entrustment.kind`, `entrustment.period`, `entrustment.in_force`,
            `entrustment.people`, `entrustment.authority`, `signature.empty`,
            `paper_certificate.*`, `storage.full`.
    """
    unit = Unit.objects.select_for_update().filter(id=unit_id).first()
    if unit is None:
        raise Refused("record.not_found")
    texts = {"matters": matters, "basis": basis, "scope": scope, "receiver": receiver}
    texts = {name: text.strip() for name, text in texts.items()}
    chosen = [kind for kind in Case.Kind.values if kind in set(kinds)]
    _refuse_unfit(draft, unit, chosen, texts, since, until)
    if stroke_drawing(strokes) is None:
        raise Refused("signature.empty")
    authority = actor.unit
    if authority is None or authority.kind != Unit.Kind.COMMISSION:
        raise Refused("entrustment.authority")
    made = Entrustment(
        unit=unit, authority=authority, kinds=chosen, since=since, until=until, **texts
    )
    _seal_letter(draft, made, strokes)
    draft.about(made)
    draft.note(number=made.number, unit=str(unit.id), sha256=made.paper_id)
    return made


def _refuse_unfit(
    draft: Draft,
    unit: Unit,
    kinds: Sequence[str],
    texts: dict[str, str],
    since: dt.date,
    until: dt.date,
) -> None:
    """What the law forbids to entrust, or this organisation can't take over."""
    if unit.kind != Unit.Kind.ENTRUSTED:
        raise Refused("entrustment.unit", name=unit.name)
    if not (kinds and all(texts.values())):
        raise Refused("entrustment.incomplete")
    if not set(kinds) <= set(ENTRUSTABLE):
        raise Refused("entrustment.kind")
    if not clock.local_date(draft.at) <= since <= until:
        raise Refused("entrustment.period")
    for other in unit.entrustments.filter(ended_at=None, since__lte=until, until__gte=since):
        if set(other.kinds) & set(kinds):
            raise Refused("entrustment.in_force", number=other.number)
    least = int(figure("penalty_law.officers_minimum", draft.at))
    if certified_people(unit, since) < least:
        raise Refused("entrustment.people", name=unit.name, least=least)


def _seal_letter(draft: Draft, made: Entrustment, strokes: Sequence[Any]) -> None:
    """Number it, make the letter a sealed file in the vault, write the row."""
    year, sequence = next_number(made.authority, TYPE, draft.at)
    made.number = document_type(TYPE).number(made.authority.number_prefix, year, sequence)
    made.issued_by, made.issued_at = draft.actor, draft.at
    name = str(made.authority.profile.get("authority") or made.authority.name)
    told = {
        "authority_name": name,
        "number": made.number,
        "addressee": made.unit.name,
        "kinds": "、".join(Case.Kind(kind).label for kind in made.kinds),
        "matters": made.matters,
        "basis": made.basis,
        "powers": made.scope,
        "since_on": made.since.isoformat(),
        "until_on": made.until.isoformat(),
        "issued_on": clock.local_date(draft.at).isoformat(),
    }
    day = clock.local_date(draft.at)
    ink = [Ink(role="receiver", name=made.receiver, signed_on=day, strokes=strokes)]
    pdf = render(TYPE, told, signatures=ink, seal=Seal(name), timestamp=draft.at)
    file = seal_file(pdf, [("seal", name, "加盖印章")], draft.at)
    title = document_type(TYPE).title
    made.paper = keeping.keep_bytes(
        file.pdf, name=f"{title}{made.number}.pdf", by=draft.actor.id, at=draft.at
    )
    made.save(force_insert=True)


@act(permission="entrustment.issue", event="entrustment.ended")
def end_entrustment(
    draft: Draft, *, actor: Person, entrustment_id: UUID, reason: str
) -> Entrustment:
    """End an entrustment before its period is over; cases under way are handled by the authority.

    Raises:
        Refused: `record.not_found`, `entrustment.over`, `reason.missing`.
    """
    found = Entrustment.objects.select_for_update().filter(id=entrustment_id).first()
    if found is None:
        raise Refused("record.not_found")
    if found.ended_at is not None or found.until < clock.local_date(draft.at):
        raise Refused("entrustment.over", number=found.number)
    if not reason.strip():
        raise Refused("reason.missing")
    found.ended_by, found.ended_at, found.end_reason = actor, draft.at, reason.strip()
    found.save(update_fields=["ended_by", "ended_at", "end_reason"])
    draft.about(found)
    draft.note(number=found.number, reason=found.end_reason)
    return found
