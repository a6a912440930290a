"""The tables judged as fast as can be: `python -m tests.law.quick` exits 1 at the first wrong row.

Each row is judged by its own duty alone, at the row's instant and, where a clock runs, at its last
lawful instant and the next. For mutation testing, which asks thousands of times
(`tests/soak/mutants.py`); `test_tables` says what is wrong, and where.
"""

from __future__ import annotations

import pickle
import sys
from datetime import datetime
from functools import cache
from pathlib import Path

import click

from liuhen.law.engine import judge
from liuhen.law.findings import Finding
from liuhen.law.registry import Registry, duties_by_module, packaged_registry, registry_of
from tests.law.case_tables import TableTest, table_tests, wrong


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
    if row.expect != "pending" or one.due_at is None or one.changes_at is None:
        return True
    sides = [found_at(row, at)[0].outcome.value for at in (one.due_at, one.changes_at)]
    return sides == ["pending", "breached"]


def passes(files: tuple[str, ...]) -> bool:
    """Whether these test files pass, but for their long properties."""
    import pytest  # noqa: PLC0415 - slow to load, and mostly not needed

    return pytest.main(["--noconftest", "-x", "-q", "-k", _SHORT, *files]) == 0


_SHORT = "not (adding_a_fact or never_taken_for or order_of_facts or no_text_shows or any_order)"


@click.command()
@click.option("--keep", type=click.Path(path_type=Path), help="Only keep the rows here.")
@click.option("--rows", type=click.Path(path_type=Path), help="Take the rows kept before.")
@click.option("--of", help='Only the rows of one module\'s rules ("measures.a12").')
@click.option("--then", multiple=True, help="When they are right, run these test files.")
def main(keep: Path | None, rows: Path | None, of: str | None, then: tuple[str, ...]) -> None:
    """Judge the tables; see the module's text."""
    if keep:
        keep.write_bytes(pickle.dumps(kept()))
        return
    by_module: dict[str, bytes] = pickle.loads(rows.read_bytes()) if rows else kept()
    wanted = [by_module.get(of, b"")] if of else list(by_module.values())
    is_whole = all(is_right(row) for some in wanted if some for row in pickle.loads(some))
    sys.exit(0 if is_whole and (not then or passes(then)) else 1)


def kept() -> dict[str, bytes]:
    """The rows of all tables by the module that declares their rule, ready to be taken."""
    homes = {duty.name: module for module, duty in duties_by_module()}
    found: dict[str, list[TableTest]] = {}
    for row in table_tests():
        found.setdefault(homes[row.rule], []).append(row)
    return {module: pickle.dumps(some) for module, some in found.items()}


if __name__ == "__main__":
    main()
