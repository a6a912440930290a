"""Applications of who holds a licence already: to change or to prolong it (Licensing Law 49, 50).

Inner steps of `actions.licensing` and `actions.licences`; not acts by themselves.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from liuhen.actions.act import Draft
from liuhen.cases.models import Case
from liuhen.cases.sealed import number_digest
from liuhen.documents.licences import is_over
from liuhen.documents.models import Licence, Paper
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused

_PURPOSES = frozenset({"change", "prolong"})
# What turns an application to prolong down.
_REFUSING = frozenset({"licence_refusal", "non_acceptance_notice", "no_licence_needed_notice"})


def applied_about(
    draft: Draft, purpose: str, number: str, party: Mapping[str, str]
) -> Licence | None:
    """The licence of the unit an application is about; None for a new one.

    Raises:
        Refused: `licence.unknown`, `licence.ended`, `licence.not_holder`, `licence.unlimited`,
            `licence.prolonging`, `licence.over`.
    """
    if purpose == "new":
        return None
    held = Licence.objects.select_for_update().filter(number=number, unit=draft.actor.unit)
    licence = held.first() if purpose in _PURPOSES else None
    if licence is None:
        raise Refused("licence.unknown", number=number)
    if licence.state != Licence.State.IN_FORCE:
        raise Refused("licence.ended", number=number, state=licence.get_state_display())
    if not _is_holder(licence, party):
        raise Refused("licence.not_holder", number=number, holder=licence.holder)
    if is_over(licence, clock.local_date(draft.at)):
        raise Refused("licence.over", number=number)
    if purpose == "prolong":
        _refuse_prolonging(licence)
    return licence


def _is_holder(licence: Licence, party: Mapping[str, str]) -> bool:
    """By its name, or by its number where it bears another name now."""
    if party.get("name", "").strip() == licence.holder:
        return True
    digest = number_digest(party.get("identity_number", "").strip())
    return bool(digest) and licence.case.parties.filter(number_digest=digest).exists()


def _refuse_prolonging(licence: Licence) -> None:
    if licence.valid_until is None:
        raise Refused("licence.unlimited", number=licence.number)
    if licence.prolonging_id is not None:
        raise Refused("licence.prolonging", number=licence.number)


def about(licence: Licence | None) -> dict[str, Any]:
    """What the case keeps of the licence it is about."""
    if licence is None:
        return {}
    until = licence.valid_until
    return {
        "about": str(licence.id),
        "licence_number": licence.number,
        "expires_on": until.isoformat() if until else None,
    }


def note_applied(case: Case, licence: Licence | None) -> None:
    """Let a licence know the application to prolong it, until that is answered."""
    if licence is not None and case.facts["licence"]["purpose"] == "prolong":
        licence.prolonging = case
        licence.save(update_fields=["prolonging"])


def longer(new: dt.date | None, until: dt.date | None) -> dt.date:
    """The new last day, which is later than the old one. Raises `Refused("licence.not_longer")`."""
    if new is None or (until is not None and new <= until):
        raise Refused("licence.not_longer", until=until.isoformat() if until else "不限")
    return new


def expires_on(case: Case) -> dt.date | None:
    """The last day of the licence an application is to prolong."""
    known = case.facts["licence"].get("expires_on")
    return dt.date.fromisoformat(known) if known else None


def refuse_backdated(since: dt.date | None, at: dt.datetime) -> None:
    """Nothing is allowed before it is decided. Raises `Refused("licence.backdated")`."""
    day = clock.local_date(at)
    if since is not None and since < day:
        raise Refused("licence.backdated", since=since.isoformat(), day=day.isoformat())


def refuse_backdated_grant(paper: Paper, at: dt.datetime) -> None:
    """A first licence whose days began before its decision is issued.

    Raises:
        Refused: `licence.backdated`.
    """
    known = paper.case.facts.get("licence") or {}
    if paper.type != "licence_grant" or known.get("purpose", "new") != "new":
        return
    span = paper.data.get("valid")
    if isinstance(span, dict) and isinstance(span.get("started_at"), str):
        refuse_backdated(clock.local_date(clock.parse_iso(span["started_at"])), at)


def refuse_late_refusal(paper: Paper, at: dt.datetime) -> None:
    """What was not answered by the last day counts as prolonged: it can't be turned down (50).

    Raises:
        Refused: `licence.deemed_prolonged`.
    """
    known = paper.case.facts.get("licence") or {}
    if known.get("purpose") != "prolong" or paper.type not in _REFUSING:
        return
    until = expires_on(paper.case)
    if until is not None and clock.local_date(at) > until:
        raise Refused("licence.deemed_prolonged", until=until.isoformat())


def settle_refusal(paper: Paper) -> None:
    """An application to prolong that was turned down waits no more."""
    if paper.type in _REFUSING:
        for licence in Licence.objects.select_for_update().filter(prolonging=paper.case):
            licence.prolonging = None
            licence.save(update_fields=["prolonging"])
