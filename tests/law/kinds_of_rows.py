"""Which duty lacks which kind of row in the tables: `python -m tests.law.kinds_of_rows` lists them.

Six kinds: met, breached, both sides of the boundary, unknown, not applicable, before the text was
in force. A boundary is crossed by a clock's last instant (every pending row is judged there and an
instant later) or, where a duty rests on a figure without a clock, by two rows marked `edge`. Not
for whether a row is right (`test_tables`).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from liuhen.law.duties import AnyDuty
from liuhen.law.engine import judge
from liuhen.law.registry import packaged_registry
from tests.law.case_tables import TableTest, table_tests

OUTCOMES = ("met", "breached", "unknown", "not_applicable")
BOUNDARY, BEFORE = "boundary", "before_in_force"


def holes() -> dict[str, list[str]]:
    """By duty the kinds of row it lacks and should have."""
    found = {duty.name: list(_lacking(duty)) for duty in packaged_registry().base}
    return {rule: kinds for rule, kinds in found.items() if kinds}


def _lacking(duty: AnyDuty) -> Iterator[str]:
    rows = rows_of(duty.name)
    expected = {row.expect for row in rows}
    kinds = {kind: kind in expected for kind in OUTCOMES}
    kinds[BOUNDARY] = _is_bounded(duty)
    kinds[BEFORE] = any("governed_on" in row.row for row in rows)
    for kind, has in kinds.items():
        if not has:
            yield kind


def _is_bounded(duty: AnyDuty) -> bool:
    """Whether both sides are there, or there is nothing to be on one side of."""
    if duty.clock is not None:
        return any(row.expect == "pending" for row in rows_of(duty.name))
    edges = {row.row["edge"] for row in rows_of(duty.name) if "edge" in row.row}
    return edges == {"within", "beyond"} or not rests_on_figures(duty.name)


@cache
def _by_rule() -> dict[str, list[TableTest]]:
    found: dict[str, list[TableTest]] = {}
    for row in table_tests():
        found.setdefault(row.rule, []).append(row)
    return found


def rows_of(rule: str) -> list[TableTest]:
    """The rows of one duty in all tables."""
    return _by_rule().get(rule, [])


@cache
def rests_on_figures(rule: str) -> bool:
    """Whether a dated figure decided any of the duty's rows."""
    return any(
        finding.parameters_used
        for row in rows_of(rule)
        for finding in judge(row.facts, row.at, overrides=row.figures)
        if finding.rule == rule
    )


if __name__ == "__main__":
    for lacking_rule, lacking_kinds in holes().items():
        print(f"{lacking_rule}: {', '.join(lacking_kinds)}")  # noqa: T201 - a command
