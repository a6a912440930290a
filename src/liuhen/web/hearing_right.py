"""Whether the party has a right to a hearing, in words, with the figure that decides it.

For the pages of the proposal, the notice, the defence, and the notice's form. Not for the hearing
(`hearing`), nor for deciding (`documents.ordinary_facts.has_hearing_right`).
"""

from __future__ import annotations

from liuhen.cases.models import Case
from liuhen.compliance.shown import TO_CONFIRM
from liuhen.documents.ordinary_facts import hearing_figure
from liuhen.kernel import clock


def hearing_words(case: Case) -> str | None:
    """有 or 没有, and the figure where one decides; None as long as nothing is proposed."""
    right = case.circumstances.get("hearing_right")
    if right is None:
        return None
    return f"{'有' if right else '没有'}{figure_words(case)}"


def figure_words(case: Case) -> str:
    """The figure from which on a fine gives the right, and whether it is to be confirmed.

    Empty where what is proposed gives the right whatever its amount, or is no fine.
    """
    proposal = case.facts.get("penalty") or {}
    figure = hearing_figure(case, proposal, clock.local_date(clock.now()))
    if figure is None:
        return ""
    mark = f"，{TO_CONFIRM}" if figure.confidence == "M" else ""
    return f"（罚款达到{figure.value}元的应当告知{mark}）"
