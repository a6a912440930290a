"""Article 43: one keeper, a register, and nothing without approval.

Restated: viewing and copying on the scene's records go through the keeper, who registers viewer,
copier, approver, time and reason. Without approval nobody gives records out, and nobody copies or
views them of their own accord.
"""

from liuhen.law.duties import Duty
from liuhen.law.subjects import VIEWINGS
from liuhen.law.unit_facts import Viewing
from liuhen.law.verdicts import Verdict, answer, failed, met, unknown, unmet
from liuhen.law.view import View

PARTICULARS = ("viewer", "approver", "reason")


def _registered(view: View, viewing: Viewing) -> Verdict:
    view.use(viewing, "viewed_at", *PARTICULARS)
    values = {name: getattr(viewing, name) for name in PARTICULARS}
    empty = [name for name, value in values.items() if value == ""]
    if empty:
        return unmet("incomplete", lacking=",".join(empty))
    known = view.has(viewing.viewed_at) and None not in values.values()
    return answer(True if known else None)


def _is_copy(view: View, viewing: Viewing) -> bool | None:
    view.use(viewing, "is_copy")
    return viewing.is_copy


def _copied_by_keeper(view: View, viewing: Viewing) -> Verdict:
    view.use(viewing, "manager", "is_approved")
    if viewing.is_approved is False or viewing.manager == "":
        return failed("on_ones_own")
    return unknown() if None in (viewing.is_approved, viewing.manager) else met()


DUTIES = (
    Duty("viewing_registered", "43.1", VIEWINGS, _registered, act="complete_register"),
    Duty(
        "copy_made_by_keeper",
        "43.2",
        VIEWINGS,
        _copied_by_keeper,
        _is_copy,
        act="look_into",
    ),
)
