"""Inner step of acts that begin enforcement: an entrusted organisation stays within its letter.

Not an act by itself, nor for making or ending an entrustment (`entrusting`).
"""

from __future__ import annotations

import datetime as dt

from liuhen.cases.models import Case
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.people.entrustments import entrustments_in_force
from liuhen.people.models import Unit


def require_entrusted(unit: Unit, kind: str, at: dt.datetime) -> None:
    """Refuse an entrusted organisation outside what it is entrusted with; ask nothing of others.

    Raises:
        Refused: `entrustment.missing`.
    """
    if unit.kind != Unit.Kind.ENTRUSTED:
        return
    held = entrustments_in_force(unit, clock.local_date(at))
    if not any(kind in one.kinds for one in held):
        raise Refused("entrustment.missing", name=unit.name, kind=Case.Kind(kind).label)
