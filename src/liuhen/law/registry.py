"""Which duties there are: every rule module's `DUTIES`, checked as a whole when loaded.

For: the engine, the clause table, gates. Not for: running rules.
"""

import importlib
import pkgutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from liuhen.law import measures, statutes
from liuhen.law.clauses import clauses
from liuhen.law.duties import AnyDuty
from liuhen.law.errors import ClauseError


@dataclass(frozen=True, slots=True)
class Registry:
    """Duties that are judged (`base`) and the exceptions that may relieve from each."""

    base: tuple[AnyDuty, ...]
    exceptions: Mapping[str, tuple[AnyDuty, ...]]
    by_scope: Mapping[str, tuple[AnyDuty, ...]]

    def base_of(self, scope: str) -> tuple[AnyDuty, ...]:
        """The judged duties of cases or of units."""
        return self.by_scope.get(scope, ())

    @property
    def all(self) -> tuple[AnyDuty, ...]:
        """Base duties and exceptions."""
        return (*self.base, *(each for found in self.exceptions.values() for each in found))

    def named(self, rule: str) -> AnyDuty:
        """The duty of this name. Raises KeyError when there is none."""
        return {duty.name: duty for duty in self.all}[rule]


def registry_of(duties: Iterable[AnyDuty]) -> Registry:
    """Check a set of duties and index it.

    Raises:
        ClauseError: two duties of one name, a clause that isn't in the clause table, an exception
            to a duty that doesn't exist or that is itself an exception; the message names both.
    """
    ordered = sorted(duties, key=lambda duty: duty.name)
    by_name: dict[str, AnyDuty] = {}
    for duty in ordered:
        if duty.name in by_name:
            raise ClauseError(f"{duty.name}: two duties of this name")
        if duty.clause not in clauses():
            raise ClauseError(f"{duty.name}: clause {duty.clause} is not in the clause table")
        by_name[duty.name] = duty
    exceptions: dict[str, list[AnyDuty]] = {}
    for duty in ordered:
        if duty.exception_to is not None:
            base = by_name.get(duty.exception_to)
            if base is None or base.exception_to is not None:
                raise ClauseError(f"{duty.name}: exception to {duty.exception_to}, no such duty")
            exceptions.setdefault(base.name, []).append(duty)
    judged = tuple(duty for duty in ordered if duty.exception_to is None)
    return Registry(
        base=judged,
        exceptions={name: tuple(found) for name, found in exceptions.items()},
        by_scope={
            scope: tuple(duty for duty in judged if duty.over.scope == scope)
            for scope in {duty.over.scope for duty in judged}
        },
    )


@lru_cache(maxsize=1)
def packaged_registry() -> Registry:
    """The duties of this package's rule modules."""
    return registry_of(duty for _, duty in duties_by_module())


def duties_by_module() -> list[tuple[str, AnyDuty]]:
    """Every duty with the name of the module that declares it ("measures.a12")."""
    found: list[tuple[str, AnyDuty]] = []
    for package in (measures, statutes):
        for info in sorted(pkgutil.iter_modules(package.__path__), key=lambda each: each.name):
            module = importlib.import_module(f"{package.__name__}.{info.name}")
            short = f"{package.__name__.rpartition('.')[2]}.{info.name}"
            found.extend((short, duty) for duty in getattr(module, "DUTIES", ()))
    return found
