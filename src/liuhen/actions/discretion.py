"""The range of discretion of a chosen offence: a fine within it, or a reason for leaving it.

The ranges are the authority's own list (`actions.offences`); this only holds a fine against them.
Penalty Law 34; Art. 22, 25. Not for the limits of the simple procedure.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from liuhen.assembly.amounts import figures
from liuhen.cases.models import Offence
from liuhen.kernel.refusals import Refused


def chosen_offence(code: str, grade: str = "", *, cause: str = "") -> dict[str, Any] | None:
    """What a case keeps of the offence somebody chose: words and range as they were then.

    Whoever chooses nothing is held to the one offence on the list that has the case's `cause`, so
    that no range is evaded by typing. Without a grade the range spans all grades; without ranges
    both limits are None. None when nothing was chosen and the list has no such cause, or several.

    Raises:
        Refused: `offence.unknown`, for a code or grade that is not on the list or withdrawn.
    """
    listed = Offence.objects.filter(is_in_use=True)
    if not code:
        alike = list(listed.filter(cause=cause)[:2]) if cause else []
        if len(alike) != 1:
            return None
    else:
        alike = list(listed.filter(code=code))
        if not alike:
            raise Refused("offence.unknown", code=code)
    (offence,) = alike
    grades = [one for one in offence.grades if not grade or one["name"] == grade]
    if grade and not grades:
        raise Refused("offence.unknown", code=f"{code} {grade}")
    return {
        "code": offence.code,
        "cause": offence.cause,
        "grade": grade,
        "from_fen": min((one["from_fen"] for one in grades), default=None),
        "to_fen": max((one["to_fen"] for one in grades), default=None),
    }


def reason_outside(offence: Mapping[str, Any] | None, fine_fen: int | None, reason: str) -> str:
    """The reason kept for a fine outside the range; "" for one inside, or without a range.

    Raises:
        Refused: `fine.outside_range`, when it lies outside and no reason is given.
    """
    if not offence or fine_fen is None or offence["from_fen"] is None:
        return ""
    if offence["from_fen"] <= fine_fen <= offence["to_fen"]:
        return ""
    if not reason.strip():
        raise Refused(
            "fine.outside_range",
            low=figures(offence["from_fen"]),
            high=figures(offence["to_fen"]),
        )
    return reason.strip()
