"""Judging a case: every duty of the law against one set of facts, at one instant.

For: `judge`, the only door to the rules. Not for: building facts, storing findings, wording them.
"""

from collections.abc import Sequence
from datetime import datetime

from liuhen.law.calendar import Calendar
from liuhen.law.facts import CaseFacts
from liuhen.law.findings import Finding
from liuhen.law.parameters import Override


def judge(
    facts: CaseFacts,
    at: datetime,
    *,
    overrides: Sequence[Override] = (),
    calendar: Calendar | None = None,
) -> list[Finding]:
    """Judge one case at `at` (aware) and return its findings in the order of the law.

    Pure and deterministic; the order of facts does not matter. `overrides` are figures set by
    the authority, `calendar` the year tables (default: those of the package). A duty whose rule
    raises gives an unknown that names the clause; the others are judged all the same.

    Raises:
        ParameterError: two overrides of one parameter overlap, or one names no parameter.
        ValueError: `at` is naive.
    """
    raise NotImplementedError
