"""One case's facts as a rule sees them: indexed, in fixed order, with a trace of what was read.

For: rules and the engine. Not for: keeping anything between two judgements.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from operator import itemgetter
from typing import Any, TypeVar

from liuhen.kernel.clock import local_date
from liuhen.law.calendar import Calendar, Deadline
from liuhen.law.duties import Due, utc
from liuhen.law.errors import ParameterError
from liuhen.law.facts import Activity, Case, CaseFacts, Paper, Recording
from liuhen.law.findings import FactUsed, ParameterUsed
from liuhen.law.moments import Moment, as_of, happened
from liuhen.law.parameters import Parameters
from liuhen.law.unit_facts import Unit, UnitFacts
from liuhen.law.vocabulary import NOT_YET, CaseKind, NotYet, Procedure

E = TypeVar("E")
_TICK = timedelta(microseconds=1)


class View:
    """Facts at one instant. `use` and `figure` note what a rule read; the engine clears the notes.

    Collections come sorted by key, so no rule can depend on the order they were given in; those
    that start after `at` are left out, because as of `at` they have not happened.
    """

    def __init__(
        self, facts: CaseFacts | UnitFacts, at: datetime, parameters: Parameters, calendar: Calendar
    ) -> None:
        self.facts = facts
        self.root: Case | Unit = facts.root
        # Duties of a unit ask nothing of a case.
        self.case: Case = facts.root if isinstance(facts.root, Case) else _NO_CASE
        self.at = at
        self.parameters = parameters
        self.calendar = calendar
        self.facts_used: dict[str, Any] = {}
        self.parameters_used: dict[str, ParameterUsed] = {}
        self.is_clock_stopped = False
        self.is_clock_vague = False
        self.wakes_at: datetime | None = None
        self._memo: dict[str, Any] = {}

    # -- what was read -------------------------------------------------------------------------

    def clear(self) -> None:
        """Forget what was read; called by the engine before each subject."""
        self.facts_used = {}
        self.parameters_used = {}
        self.is_clock_stopped = False
        self.is_clock_vague = False
        self.wakes_at = None

    def use(self, entity: Any, *fields: str) -> None:
        """Note that these fields of an entity were read."""
        prefix = f"{kind_of(entity)}:{entity.key}."
        for name in fields:
            self.facts_used[prefix + name] = getattr(entity, name)

    def states(self, entity: Any, states: str, *names: str) -> dict[str, bool | None]:
        """Read and note entries of `fields`, `proofs`, `contents` or `seen`, by name."""
        prefix = f"{kind_of(entity)}:{entity.key}.{states}."
        table = getattr(entity, states)
        self.facts_used |= {prefix + name: table.get(name) for name in names}
        return {name: table.get(name) for name in names}

    def use_state(self, entity: Any, states: str, *names: str) -> list[bool | None]:
        """Like `states`, the values alone, in the order of their names."""
        return list(self.states(entity, states, *names).values())

    def miss(self, path: str) -> None:
        """Note a fact that is not known and belongs to no entity, such as a whole collection."""
        self.facts_used[path] = None

    def trace(self) -> tuple[tuple[FactUsed, ...], tuple[ParameterUsed, ...]]:
        """What was read since the last `clear`, in fixed order."""
        facts = tuple([FactUsed(*item) for item in sorted(self.facts_used.items(), key=_path)])
        used = self.parameters_used
        return facts, tuple([used[name] for name in sorted(used)])

    def missing(self) -> tuple[str, ...]:
        """Paths of the facts read that are not known."""
        return tuple(sorted(path for path, value in self.facts_used.items() if value is None))

    # -- figures and clocks --------------------------------------------------------------------

    def governing_day(self, moment: Moment) -> date:
        """Local day of an instant; of the judgement when it isn't known or hasn't come."""
        return local_date(moment if isinstance(moment, datetime) else self.at)

    def figure(self, name: str, moment: Moment) -> int:
        """A figure in force at `moment`, noted. Raises ParameterError when it isn't a number."""
        used = self.setting(name, moment)
        if not isinstance(used.value, int):
            raise ParameterError(f"{name}: a number is needed")
        return used.value

    def setting(self, name: str, moment: Moment) -> ParameterUsed:
        """A parameter in force at `moment`, noted; its value may be None (no period set)."""
        used = self.parameters.on(name, self.governing_day(moment))
        self.parameters_used[name] = used
        return used

    def due(self, name: str, start: Moment, *, rolls: bool = False) -> Due | None:
        """The clock of a parameter from `start`, or None when it isn't running.

        Prolongations approved and suspensions recorded for the parameter are counted in; when it
        isn't known whether there are any, `is_clock_vague` says that nothing is late for sure.
        """
        start = self.when(start)
        if not isinstance(start, datetime):
            return None
        used = self.setting(name, start)
        if used.value is None:
            return None
        excluded = self._suspensions(name)
        if any(ended is None for _, ended in excluded):
            self.is_clock_stopped = True
            return None
        length = int(used.value) + self._prolonged(name)
        deadline = self._deadline(used.unit, start, length, rolls, excluded)
        return Due(utc(start), deadline.due_at, deadline.is_provisional)

    def _deadline(
        self,
        unit: str,
        start: datetime,
        length: int,
        rolls: bool,
        excluded: tuple[tuple[date, date | None], ...],
    ) -> Deadline:
        if unit == "hours":
            return self.calendar.after_hours(start, length)
        first = local_date(start)
        if unit == "days":
            return self.calendar.after_days(first, length, rolls=rolls, excluded=excluded)
        if unit == "workdays":
            return self.calendar.after_workdays(first, length, excluded=excluded)
        if unit == "months":
            return self.calendar.after_months(first, length, rolls=rolls)
        if unit == "years":
            return self.calendar.after_years(first, length, rolls=rolls)
        raise ParameterError(f"{unit}: not a unit of time")

    def _prolonged(self, clock: str) -> int:
        days = 0
        for each in self._of_clock("prolongations", clock):
            self.use(each, "days", "approved_at")
            if each.approved_at is None:
                self.is_clock_vague = True
            elif happened(each.approved_at, self.at):
                days += each.days
        return days

    def _suspensions(self, clock: str) -> tuple[tuple[date, date | None], ...]:
        found = self._of_clock("suspensions", clock)
        for each in found:
            self.use(each, "started_on", "ended_on")
        return tuple(sorted((each.started_on, each.ended_on) for each in found))

    def _of_clock(self, name: str, clock: str) -> list[Any]:
        """What was done to a clock; a clock whose changes aren't known runs, but is vague."""
        rows = getattr(self.facts, name, ())
        if rows is None:
            self.miss(name)
            self.is_clock_vague = True
        return [each for each in rows or () if each.clock == clock]

    # -- instants ------------------------------------------------------------------------------

    def when(self, moment: Moment) -> Moment:
        """`moment` as known at the judged instant (later = NOT_YET)."""
        return as_of(moment, self.at)

    def has(self, moment: Moment) -> bool | None:
        """Whether it happened by the judged instant."""
        return happened(moment, self.at)

    def is_past(self, last: datetime) -> bool:
        """Whether a last instant is over; one that is not is noted, for time alone answers anew."""
        if self.at > last:
            return True
        self.wake(last + _TICK)
        return False

    def wake(self, at: datetime) -> None:
        """Note that time alone may change the answer at an instant that is still to come."""
        if at > self.at:
            self.wakes_at = min(self.wakes_at or at, at)

    # -- the case ------------------------------------------------------------------------------

    def is_kind(self, *kinds: CaseKind) -> bool | None:
        """Whether the case is of one of these kinds, noted."""
        self.use(self.case, "kind")
        return None if self.case.kind is None else self.case.kind in kinds

    def is_procedure(self, *procedures: Procedure) -> bool | None:
        """Whether the case follows one of these procedures, noted."""
        self.use(self.case, "procedure")
        return None if self.case.procedure is None else self.case.procedure in procedures

    # -- collections ---------------------------------------------------------------------------

    def all(self, name: str) -> Sequence[Any] | None:
        """A collection by name, sorted by key, without what had not begun; None = not known."""
        if name not in self._memo:
            values = getattr(self.facts, name)
            self._memo[name] = None if values is None else self._begun(values)
        found: Sequence[Any] | None = self._memo[name]
        return found

    def known(self, name: str) -> Sequence[Any] | None:
        """Like `all`, and an unknown collection is noted as missing."""
        found = self.all(name)
        if found is None:
            self.miss(f"{name}")
        return found

    def where(self, name: str, test: Callable[[Any], bool]) -> list[Any] | None:
        """Members of a collection that pass `test`; None = the collection isn't known."""
        found = self.known(name)
        return None if found is None else [each for each in found if test(each)]

    def by_key(self, name: str, key: str | None) -> Any | None:
        """One member by key, or None."""
        index = self._memo.get("#" + name)
        if index is None:
            index = self._memo["#" + name] = {each.key: each for each in self.all(name) or ()}
        return index.get(key)

    def papers(self, *types: str) -> list[Paper] | None:
        """Valid papers of these types; None = papers aren't known."""
        if self.known("papers") is None:
            return None
        index = self._memo.get("#types")
        if index is None:
            index = self._memo["#types"] = {}
            for paper in self.all("papers") or ():
                if not paper.is_void:
                    index.setdefault(paper.type, []).append(paper)
        return [paper for each in types for paper in index.get(each, ())]

    def recordings_of(self, activity: Activity) -> list[Recording] | None:
        """Recordings tied to an activity, or to the one it is part of, or to a part of it."""
        if self.known("recordings") is None:
            return None
        index = self._memo.get("#covers")
        if index is None:
            index = self._memo["#covers"] = {}
            for recording in self.all("recordings") or ():
                for key in recording.covers or ():
                    index.setdefault(key, []).append(recording)
        found = {each.key: each for key in self._kin(activity) for each in index.get(key, ())}
        return [found[key] for key in sorted(found)]

    def _kin(self, activity: Activity) -> list[str]:
        parts = [each.key for each in self.all("activities") or () if each.within == activity.key]
        whole = [activity.within] if activity.within else []
        return [activity.key, *whole, *parts]

    def _begun(self, values: Iterable[Any]) -> list[Any]:
        return sorted(
            (each for each in values if not self._is_later(each)), key=lambda each: each.key
        )

    def _is_later(self, entity: Any) -> bool:
        field = _BEGINNINGS.get(type(entity).__name__)
        return field is not None and self.when(getattr(entity, field)) is NOT_YET


_BEGINNINGS = {
    "Activity": "started_at",
    "Recording": "started_at",
    "Lead": "received_at",
    "Decision": "decided_at",
    "Collection": "collected_at",
    "Measure": "started_at",
    "Handling": "decided_at",
    "Approval": "given_at",
    "LegalityReview": "reviewed_at",
    "Statement": "made_at",
    "DefenceReview": "reviewed_at",
    "HearingRequest": "made_at",
    "Service": "made_at",
    "Paper": "made_at",
    "Notice": "told_at",
    "Discussion": "concluded_at",
    "Performance": "performed_at",
    "Application": "received_at",
    "ApplicationAnswer": "given_at",
    "Disc": "burnt_at",
    "Verification": "ran_at",
    "Viewing": "viewed_at",
}
_NO_CASE = Case("")
_KINDS: dict[type, str] = {}
_path = itemgetter(0)


def kind_of(entity: object) -> str:
    """Name of an entity's kind in paths and subjects: its class in snake case."""
    kind = _KINDS.get(type(entity))
    if kind is None:
        name = type(entity).__name__
        kind = "".join("_" + c.lower() if c.isupper() else c for c in name).lstrip("_")
        _KINDS[type(entity)] = kind
    return kind


def instant(moment: Moment) -> datetime | None:
    """The datetime of a moment, or None when there is none."""
    return None if isinstance(moment, NotYet) else moment
