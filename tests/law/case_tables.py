"""Reading cases and tables of expectations from TOML into facts of the law.

For: the tests of the law, whose tables a lawyer can read. Not for: anything outside tests.

A case file has one table per collection, with one sub-table per key. "unknown" stands for a fact
that isn't known, "not yet" for an event known not to have happened; a collection that isn't
mentioned is known to be empty. A test changes a case by path: {"activities.street.officers" = []};
"absent" removes an entity. With `governed_on` the whole case is moved in time until what governs
the duty (of the subject `governing`) falls on that day: the text in force then is the one it is
judged by. `figures` are those the authority set for itself. Beside its outcome a row may say `due`,
`changes`, `curable`, `code`, `severity`, `confirm`; `text`, what the explanation contains; `uses`,
facts and figures the finding must name as read.
"""

import copy
import tomllib
import types
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from functools import lru_cache
from pathlib import Path
from typing import Any, Union, get_args, get_origin, get_type_hints

from liuhen.kernel.clock import local_date
from liuhen.law.calendar import packaged_calendar
from liuhen.law.explanations import explain
from liuhen.law.facts import CaseFacts
from liuhen.law.findings import Finding
from liuhen.law.parameters import Override, packaged_parameters
from liuhen.law.registry import packaged_registry
from liuhen.law.unit_facts import UnitFacts
from liuhen.law.view import View
from liuhen.law.vocabulary import NOT_YET, NotYet

HERE = Path(__file__).parent
SINCE = date(2024, 11, 29)


@dataclass(frozen=True)
class TableTest:
    """One row of a table: judge `facts` at `at`, and `rule` must come out as expected."""

    table: str
    says: str
    rule: str
    expect: Any
    facts: Any
    at: datetime
    row: Mapping[str, Any]
    plain: Mapping[str, Any]
    figures: tuple[Override, ...] = ()


def wrong(finding: Finding, row: Mapping[str, Any]) -> list[str]:
    """What of a finding is not as its row says; a rule that raised answers nothing."""
    told = {
        "expect": finding.outcome.value,
        "due": finding.due_at,
        "changes": finding.changes_at,
        "curable": finding.is_curable,
        "code": finding.explanation.code,
        "severity": finding.severity.value,
        "confirm": finding.needs_confirmation,
    }
    named = [name for name in told if name in row]
    found = [f"{name}: {told[name]}" for name in named if told[name] != row[name]]
    if "engine" in finding.missing:
        found.append(f"raised: {finding.explanation.data}")
    if "text" in row and row["text"] not in explain(finding):
        found.append(f"text: {explain(finding)}")
    read = {each.path for each in finding.facts_used}
    read |= {each.name for each in finding.parameters_used}
    return found + [f"not read: {name}" for name in row.get("uses", ()) if name not in read]


def case_named(name: str) -> dict[str, Any]:
    """The plain tables of a case file."""
    return copy.deepcopy(_read(name))


@lru_cache(maxsize=64)
def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((HERE / "cases" / f"{name}.toml").read_text("utf-8"))


_taken: list[TableTest] = []


def take(rows: Iterable[TableTest]) -> None:
    """Have the rows as they were read in another process, where reading takes too long."""
    _taken.extend(rows)


@lru_cache(maxsize=1)
def table_tests() -> list[TableTest]:
    """Every row of every table, read once."""
    if _taken:
        return _taken
    found = []
    for path in sorted((HERE / "tables").glob("*.toml")):
        table = tomllib.loads(path.read_text("utf-8"))
        for row in table["test"]:
            base = _read(row.get("case", table.get("case", "simple")))
            change = {**table.get("change", {}), **row.get("change", {})}
            plain = changed(base, change)
            at = row.get("at", plain.pop("at"))
            plain.pop("at", None)
            facts = facts_from(plain)
            rule, says = row["rule"], row["says"]
            if "governed_on" in row:
                days = row["governed_on"] - governing_day(rule, facts, at, row.get("governing"))
                plain, at = moved(plain, days), at + days
                facts = facts_from(plain)
            figures = tuple(
                Override(name, value, SINCE) for name, value in row.get("figures", {}).items()
            )
            found.append(
                TableTest(path.stem, says, rule, row["expect"], facts, at, row, plain, figures)
            )
    return found


def changed(plain: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    """A copy with the value at each dotted path replaced; "absent" removes."""
    result: dict[str, Any] = copy.deepcopy(dict(plain))
    for path, value in change.items():
        *parents, last = path.split(".")
        place = result
        for parent in parents:
            place = place.setdefault(parent, {})
        if value == "absent":
            place.pop(last, None)
        else:
            place[last] = copy.deepcopy(value)
    return result


def moved(value: Any, days: timedelta) -> Any:
    """Plain values with every day and instant moved."""
    if isinstance(value, datetime | date):
        return value + days
    if isinstance(value, dict):
        return {name: moved(inner, days) for name, inner in value.items()}
    return [moved(inner, days) for inner in value] if isinstance(value, list) else value


def governing_day(rule: str, facts: Any, at: datetime, key: str | None = None) -> date:
    """The last of the days that decide which text governs a duty's subjects, or one subject's."""
    duty = packaged_registry().named(rule)
    view = View(facts, at, packaged_parameters(), packaged_calendar())
    found = []
    for subject in duty.over.pick(view) or ():
        if key not in (None, subject.key):
            continue
        moment = duty.over.governed_by(subject)
        if not isinstance(moment, datetime):
            moment = facts.case.started_at if duty.over.scope == "case" else at
        found.append(local_date(moment))
    return max(found)


def facts_from(plain: Mapping[str, Any]) -> Any:
    """Facts of a case, or of a unit; see the module's text for the three special words."""
    kind: Any = CaseFacts if "case" in plain else UnitFacts
    hints, root = _hints(kind), kind.scope
    values: dict[str, Any] = {root: _value(hints[root], plain[root])}
    for field in fields(kind):
        if field.name == root or hints[field.name] is type(None):
            continue
        rows = plain.get(field.name, {})
        if rows == "unknown":
            values[field.name] = None
            continue
        entity = _entity_of(hints[field.name])
        values[field.name] = tuple(_value(entity, {"key": key, **row}) for key, row in rows.items())
    unexpected = set(plain) - set(values) - {"at"}
    assert not unexpected, f"no such collection: {unexpected}"
    return kind(**values)


@lru_cache(maxsize=64)
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _entity_of(hint: Any) -> Any:
    (tupled,) = [each for each in get_args(hint) if each is not type(None)]
    return get_args(tupled)[0]


def _value(hint: Any, value: Any) -> Any:
    if value == "unknown":
        return None
    if value == "not yet":
        return NOT_YET
    if get_origin(hint) in (Union, types.UnionType):
        choices = [each for each in get_args(hint) if each not in (type(None), NotYet)]
        return _value(choices[0], value)
    if is_dataclass(hint) and isinstance(hint, type):
        hints = _hints(hint)
        return hint(**{name: _value(hints[name], inner) for name, inner in value.items()})
    if get_origin(hint) in (tuple, frozenset):
        made = [_value(get_args(hint)[0], inner) for inner in value]
        return get_origin(hint)(made)
    if get_origin(hint) is not None and isinstance(value, Mapping):
        return {name: None if inner == "unknown" else inner for name, inner in value.items()}
    if isinstance(hint, type) and issubclass(hint, Enum):
        return hint(value)
    return value
