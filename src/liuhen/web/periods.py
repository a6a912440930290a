"""A period of the law in a sentence of a page, as it is in force today. Reads only.

Not for the clock of a duty (`steps`), nor for the page of all figures (`law_figures`).
"""

from __future__ import annotations

import re

from liuhen.compliance.shown import TO_CONFIRM, told_figure
from liuhen.kernel import clock
from liuhen.rulebook.queries import rulebook


def period_words(name: str) -> str:
    """The period with its unit, and whether the authority has yet to confirm it."""
    told = told_figure(rulebook().parameters.on(name, clock.local_date(clock.now())))
    return f"{told.value}（{TO_CONFIRM}）" if told.needs_confirmation else told.value


def with_periods(text: str) -> str:
    """A text whose periods are named by their figures, "{transfer.decide}", with their words."""
    return _FIGURE.sub(lambda named: period_words(named[1]), text)


_FIGURE = re.compile(r"\{(\w+\.\w+)\}")
