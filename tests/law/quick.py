"""The tables judged as fast as can be: `python -m tests.law.quick` exits 1 at the first wrong row.

Each row is judged by its own duty alone, at the row's instant and, where a clock runs, at its last
lawful instant and the next; its text's first day has to be the duty's. For mutation testing, which
asks thousands of times (`tests/soak/mutants.py`); `test_tables` says what is wrong, and where.
"""

from __future__ import annotations

import pickle
import sys
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import click

from liuhen.law.calendar import packaged_calendar
from liuhen.law.clauses import clauses
from liuhen.law.engine import judge
from liuhen.law.explanations import templates
from liuhen.law.findings import Finding
from liuhen.law.parameters import packaged_parameters
from liuhen.law.registry import Registry, duties_by_module, packaged_registry, registry_of
from tests.law.case_tables import TableTest, table_tests, take, wrong


@cache
def alone(rule: str) -> Registry:
    """A registry of one duty and the exceptions to it."""
    whole = packaged_registry()
    return registry_of([whole.named(rule), *whole.exceptions.get(rule, ())])


def found_at(row: TableTest, at: datetime) -> list[Finding]:
    """The findings of a row's duty for the subject it speaks of."""
    subject = row.row.get("subject")
    found = judge(row.facts, at, overrides=row.figures, registry=alone(row.rule))
    return [each for each in found if subject in (None, each.subject.key)]


def is_right(row: TableTest) -> bool:
    """Whether a row comes out as it says, and its clock ends when it says."""
    found = found_at(row, row.at)
    if len(found) != 1 or wrong(found[0], row.row):
        return False
    (one,) = found
    eve, duty = row.row.get("governed_on"), alone(row.rule).named(row.rule)
    if eve and eve + timedelta(days=1) != duty.in_force_since:
        return False
    if row.expect != "pending" or one.due_at is None or one.changes_at is None:
        return True
    sides = [found_at(row, at)[0].outcome.value for at in (one.due_at, one.changes_at)]
    return sides == ["pending", "breached"]


def passes(files: tuple[str, ...], rows: Iterable[TableTest] = ()) -> bool:
    """Whether these test files pass, but for their long properties."""
    take(rows)
    import pytest  # noqa: PLC0415 - slow to load, and mostly not needed
    from hypothesis import HealthCheck, settings  # noqa: PLC0415

    # a busy machine kills no mutant: only an answer does, or the processor's time
    settings.register_profile("quick", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("quick")
    return pytest.main([*_OPTIONS, *files]) == 0


_LONG = (
    *("adding_a_fact", "never_taken_for", "order_of_facts", "no_text_shows", "any_order"),
    *("missing_a_deadline_by_more", "time_alone_changes", "canonical_bytes", "before_its_text"),
)
_SHORT = f"not ({' or '.join(_LONG)})"
_OPTIONS = (
    *("--noconftest", "--disable-plugin-autoload", "-p", "hypothesispytest", "--assert=plain"),
    *("-x", "-q", "--hypothesis-seed=0", "-k", _SHORT),
)


@click.command()
@click.option("--keep", type=click.Path(path_type=Path), help="Only keep the rows here.")
@click.option("--rows", type=click.Path(path_type=Path), help="Take the rows kept before.")
@click.option("--of", help='Only the rows of one module\'s rules ("measures.a12").')
@click.option("--first", multiple=True, help="Run these test files before.")
@click.option("--then", multiple=True, help="When the rows are right, run these test files.")
def main(
    keep: Path | None,
    rows: Path | None,
    of: str | None,
    first: tuple[str, ...],
    then: tuple[str, ...],
) -> None:
    """Judge the tables; see the module's text."""
    if keep:
        keep.write_bytes(pickle.dumps(kept()))
        return
    taken = _taken(rows) if rows else kept()
    asked = [taken.get(of, _NONE)] if of else list(taken.values())
    is_whole = (
        (not first or passes(first))
        and all(is_right(row) for some in asked for row in _unpacked(some))
        and (not then or passes(then, [row for some in asked for row in _unpacked(some)]))
    )
    sys.exit(0 if is_whole else 1)


def beforehand(rows: Path) -> None:
    """Load what no rule decides, for many runs in children that ask about rules alone."""
    for some in _taken(rows).values():
        _unpacked(some)
    clauses(), templates(), packaged_calendar(), packaged_parameters()


def kept() -> dict[str, bytes]:
    """The rows of all tables by the module that declares their rule, ready to be taken."""
    homes = {duty.name: module for module, duty in duties_by_module()}
    found: dict[str, list[TableTest]] = {}
    for row in table_tests():
        found.setdefault(homes[row.rule], []).append(row)
    return {module: pickle.dumps(some) for module, some in found.items()}


@cache
def _taken(rows: Path) -> dict[str, bytes]:
    return dict(pickle.loads(rows.read_bytes()))


@cache
def _unpacked(some: bytes) -> list[TableTest]:
    return list(pickle.loads(some))


_NONE = pickle.dumps([])


if __name__ == "__main__":
    main()
