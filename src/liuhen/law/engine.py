"""Judging a case: every duty of the law against one set of facts, at one instant.

For: `judge`, the only door to the rules. Not for: building facts, storing findings, wording them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache

from liuhen.kernel.clock import local_date
from liuhen.law.calendar import Calendar, packaged_calendar
from liuhen.law.clauses import clause_order
from liuhen.law.contradictions import contradictions
from liuhen.law.duties import AnyDuty, Due, utc
from liuhen.law.errors import ExceptionConflictError
from liuhen.law.facts import CaseFacts, PersonalDecision
from liuhen.law.findings import Column, Explanation, Finding, Outcome, Severity, Subject
from liuhen.law.moments import Moment
from liuhen.law.parameters import Override, with_overrides
from liuhen.law.registry import Registry, packaged_registry
from liuhen.law.unit_facts import UnitFacts
from liuhen.law.verdicts import State, Verdict
from liuhen.law.view import View, instant
from liuhen.law.vocabulary import NOT_YET

_TICK = timedelta(microseconds=1)


def judge(
    facts: CaseFacts | UnitFacts,
    at: datetime,
    *,
    overrides: Sequence[Override] = (),
    calendar: Calendar | None = None,
    registry: Registry | None = None,
) -> list[Finding]:
    """Judge one case, or one unit, at `at` (aware); its findings are in the order of the law.

    Pure and deterministic; the order of facts does not matter. `overrides` are figures set by
    the authority, `calendar` the year tables, `registry` the duties (defaults: the package's).
    A duty whose rule raises gives an unknown that names the clause; the others are judged all
    the same. A duty that bites on nothing gives one not_applicable for the case.

    Raises:
        ParameterError: two overrides of one parameter overlap, or one names no parameter.
        ValueError: `at` is naive.
    """
    if at.tzinfo is None:
        raise ValueError("a case is judged at an aware instant")
    parameters = with_overrides(overrides)
    judged = _Judging(
        View(facts, at, parameters, calendar or packaged_calendar()),
        registry or packaged_registry(),
        frozenset(contradictions(facts)),
        Subject(facts.scope, facts.root.key),
    )
    findings = [
        each for duty in judged.registry.base_of(facts.scope) for each in judged.findings_of(duty)
    ]
    return sorted(findings, key=_order)


def _order(finding: Finding) -> tuple[object, ...]:
    place = _place(finding.clause)
    return (place, finding.column, finding.rule, finding.subject.kind, finding.subject.key)


@lru_cache(maxsize=1024)
def _place(clause: str) -> tuple[object, ...]:
    return clause_order(clause)


@dataclass(frozen=True, slots=True)
class _Resolved:
    """A verdict after its clock: what the finding will say, before facts are attached."""

    outcome: Outcome
    verdict: Verdict
    due: Due | None = None
    is_curable: bool = False
    missing: tuple[str, ...] = ()
    exception: str | None = None
    code: str = ""


@dataclass(slots=True)
class _Judging:
    view: View
    registry: Registry
    contradicted: frozenset[tuple[str, str]]
    whole: Subject

    def findings_of(self, duty: AnyDuty) -> list[Finding]:
        """Findings of one duty over all its subjects; never raises."""
        self.view.clear()
        try:
            subjects = duty.over.pick(self.view)
        except Exception as error:  # noqa: BLE001 - one broken rule must not stop a case
            return [self._error(duty, self.whole, error)]
        if subjects is None:
            return [self._about_case(duty, Outcome.UNKNOWN, self.view.missing())]
        found = [each for subject in subjects if (each := self._finding(duty, subject))]
        return found or [self._bites_on_nothing(duty)]

    def _finding(self, duty: AnyDuty, entity: object) -> Finding | None:
        subject = Subject(duty.over.kind, entity.key)  # type: ignore[attr-defined]
        self.view.clear()
        if (subject.kind, subject.key) in self.contradicted:
            missing = (f"{subject.kind}:{subject.key}",)
            resolved = _Resolved(Outcome.UNKNOWN, _CONTRADICTED, missing=missing)
            return self._made(duty, subject, resolved)
        try:
            concluded = self._conclude(duty, entity)
        except Exception as error:  # noqa: BLE001 - a rule that raises gives unknown, by design
            return self._error(duty, subject, error)
        if concluded.outcome is Outcome.NOT_APPLICABLE and not concluded.verdict.code:
            if self.view.wakes_at is None:
                return None
            concluded = replace(concluded, verdict=_WAITS)
        return self._made(duty, subject, concluded)

    def _conclude(self, duty: AnyDuty, entity: object) -> _Resolved:
        base = self._resolve(duty, entity)
        exceptions = self.registry.exceptions.get(duty.name, ())
        if not exceptions or base.outcome in (Outcome.MET, Outcome.NOT_APPLICABLE):
            return base
        live = []
        for exception in exceptions:
            if not self._in_force(exception, entity):
                continue
            bites = exception.trigger is None or exception.trigger(self.view, entity)
            if bites is None and base.outcome is not Outcome.PENDING:
                missing = self.view.missing()
                return _Resolved(Outcome.UNKNOWN, base.verdict, base.due, missing=missing)
            if bites:
                live.append((exception, self._settle(exception, entity)))
        if len({resolved.outcome for _, resolved in live}) > 1:
            names = ", ".join(exception.name for exception, _ in live)
            raise ExceptionConflictError(f"{duty.clause} {duty.name}: {names} disagree")
        if not live:
            return base
        exception, resolved = live[0]
        suffix = resolved.code or resolved.verdict.code or resolved.outcome.value
        return replace(resolved, exception=exception.name, code=f"{exception.name}.{suffix}")

    def _resolve(self, duty: AnyDuty, entity: object) -> _Resolved:
        in_force = self._in_force(duty, entity)
        if in_force is None:
            return _Resolved(
                Outcome.UNKNOWN, _NOT_DATED, missing=(f"{self.whole.kind}.started_at",)
            )
        if not in_force:
            return _Resolved(Outcome.NOT_APPLICABLE, _NOT_IN_FORCE)
        bites = True if duty.trigger is None else duty.trigger(self.view, entity)
        if bites is None:
            return _Resolved(Outcome.UNKNOWN, _NO_VERDICT, missing=self.view.missing())
        if not bites:
            return _Resolved(Outcome.NOT_APPLICABLE, _NO_VERDICT)
        return self._settle(duty, entity)

    def _settle(self, duty: AnyDuty, entity: object) -> _Resolved:
        verdict = duty.satisfied(self.view, entity)
        due = duty.clock(self.view, entity) if duty.clock else None
        if verdict.state is State.JUDGEMENT:
            return self._decided(duty, entity, verdict)
        if verdict.state is State.UNKNOWN:
            missing = verdict.missing or self.view.missing()
            return _Resolved(Outcome.UNKNOWN, verdict, due, missing=missing)
        if verdict.state is State.NOT_APPLICABLE:
            return _Resolved(Outcome.NOT_APPLICABLE, verdict)
        if verdict.state is State.MET:
            return self._met(verdict, due)
        return self._unmet(duty, verdict, due)

    def _met(self, verdict: Verdict, due: Due | None) -> _Resolved:
        if due is not None and verdict.done_at is not None and verdict.done_at > due.due_at:
            if self.view.is_clock_vague:
                return self._vague(verdict, due)
            return _Resolved(Outcome.BREACHED, verdict, due, code="late")
        return _Resolved(Outcome.MET, verdict, due)

    def _vague(self, verdict: Verdict, due: Due) -> _Resolved:
        """Late, unless the clock was made longer: whether it was is not known."""
        return _Resolved(
            Outcome.UNKNOWN, replace(verdict, code=""), due, missing=self.view.missing()
        )

    def _unmet(self, duty: AnyDuty, verdict: Verdict, due: Due | None) -> _Resolved:
        if verdict.is_final:
            return _Resolved(Outcome.BREACHED, verdict, due)
        if due is not None:
            late = self.view.at > due.due_at
            if late and self.view.is_clock_vague:
                return self._vague(verdict, due)
            outcome = Outcome.BREACHED if late else Outcome.PENDING
            return _Resolved(outcome, verdict, due, is_curable=True)
        if verdict.state is State.OPEN or self.view.is_clock_stopped:
            return _Resolved(Outcome.PENDING, verdict, None, is_curable=True)
        if duty.clock is not None and (missing := self.view.missing()):
            return _Resolved(Outcome.UNKNOWN, verdict, None, missing=missing)
        return _Resolved(Outcome.BREACHED, verdict, None, is_curable=True)

    def _decided(self, duty: AnyDuty, entity: object, verdict: Verdict) -> _Resolved:
        key = entity.key  # type: ignore[attr-defined]
        decisions: list[PersonalDecision] = [
            each
            for each in self.view.facts.personal_decisions or ()
            if each.rule == (duty.exception_to or duty.name)
            and each.subject == key
            and self.view.has(each.decided_at)
        ]
        if not decisions:
            return _Resolved(Outcome.JUDGEMENT, verdict)
        last = max(decisions, key=lambda each: (instant(each.decided_at), each.key))
        self.view.use(last, "is_applicable", "is_fulfilled", "reason", "office", "decided_at")
        if last.is_applicable is False:
            return _Resolved(Outcome.NOT_APPLICABLE, replace(verdict, code="decided"))
        if last.is_fulfilled is None or last.is_applicable is None:
            return _Resolved(Outcome.JUDGEMENT, verdict)
        outcome = Outcome.MET if last.is_fulfilled else Outcome.BREACHED
        return _Resolved(outcome, verdict, is_curable=not verdict.is_final)

    def _in_force(self, duty: AnyDuty, entity: object) -> bool | None:
        moment = duty.over.governed_by(entity)
        if not isinstance(moment, datetime):
            # A unit's duties go on: the text in force at the judged instant governs them.
            moment = self.view.case.started_at if self.whole.kind == "case" else NOT_YET
        return _covers(duty, _day_of(moment, self.view.at))

    def _made(self, duty: AnyDuty, subject: Subject, resolved: _Resolved) -> Finding:
        facts, parameters = self.view.trace()
        due, outcome, verdict = resolved.due, resolved.outcome, resolved.verdict
        pending = outcome is Outcome.PENDING and due is not None
        if outcome is Outcome.UNKNOWN and not resolved.missing:
            resolved = replace(resolved, missing=(f"{subject.kind}:{subject.key}",))
        return Finding(
            clause=duty.clause,
            rule=duty.name,
            column=duty.column,
            severity=_SEVERITY[duty.column],
            subject=subject,
            outcome=outcome,
            explanation=Explanation(_code(duty, resolved), verdict.data),
            judged_at=self.view.at,
            facts_used=facts,
            parameters_used=parameters,
            clock_started_at=due.started_at if due else None,
            due_at=due.due_at if due else None,
            changes_at=due.due_at + _TICK if pending and due else self._wakes_at(outcome),
            is_curable=resolved.is_curable or outcome in _ANSWERABLE,
            is_provisional=due.is_provisional if due else False,
            missing=resolved.missing,
            decider=verdict.decider if outcome is Outcome.JUDGEMENT else None,
            act=duty.act,
            exception=resolved.exception,
            text_version=duty.text_version,
        )

    def _wakes_at(self, outcome: Outcome) -> datetime | None:
        """What a rule waits for; of what is met or breached time alone changes nothing."""
        is_open = outcome in (Outcome.PENDING, Outcome.NOT_APPLICABLE)
        return utc(self.view.wakes_at) if is_open and self.view.wakes_at else None

    def _about_case(self, duty: AnyDuty, outcome: Outcome, missing: tuple[str, ...]) -> Finding:
        self.view.clear()
        return self._made(duty, self.whole, _Resolved(outcome, _NO_VERDICT, missing=missing))

    def _bites_on_nothing(self, duty: AnyDuty) -> Finding:
        """The commonest finding of all, made without a trace: no fact of it was decisive."""
        return Finding(
            clause=duty.clause,
            rule=duty.name,
            column=duty.column,
            severity=_SEVERITY[duty.column],
            subject=self.whole,
            outcome=Outcome.NOT_APPLICABLE,
            explanation=Explanation(f"{duty.name}.not_applicable"),
            judged_at=self.view.at,
            act=duty.act,
            text_version=duty.text_version,
        )

    def _error(self, duty: AnyDuty, subject: Subject, error: Exception) -> Finding:
        self.view.clear()
        verdict = Verdict(State.UNKNOWN, data=(("error", f"{type(error).__name__}: {error}"),))
        resolved = _Resolved(Outcome.UNKNOWN, verdict, missing=("engine",), code="engine_error")
        return self._made(duty, subject, resolved)


_SEVERITY = {Column.TEXT: Severity.BREACH, Column.PRODUCT: Severity.ADVICE}
_ANSWERABLE = frozenset({Outcome.UNKNOWN, Outcome.JUDGEMENT})
_NO_VERDICT = Verdict(State.NOT_APPLICABLE)
_WAITS = Verdict(State.NOT_APPLICABLE, code="waits")
_NOT_IN_FORCE = Verdict(State.NOT_APPLICABLE)
_NOT_DATED = Verdict(State.UNKNOWN)
_CONTRADICTED = Verdict(State.UNKNOWN, code="contradicted")


# What any duty may come to, said in the same words.
_GENERAL = frozenset({"contradicted", "decided", "waits"})


def _code(duty: AnyDuty, resolved: _Resolved) -> str:
    if resolved.code in ("engine_error",) or resolved.verdict.code in _GENERAL:
        return resolved.code or resolved.verdict.code
    if resolved.code and "." in resolved.code:
        return resolved.code
    suffix = resolved.code or resolved.verdict.code or resolved.outcome.value
    return f"{duty.name}.{suffix}"


def _day_of(moment: Moment, at: datetime) -> date | None:
    if moment is None:
        return None
    return _local_day(moment if isinstance(moment, datetime) else at)


@lru_cache(maxsize=4096)
def _local_day(moment: datetime) -> date:
    return local_date(moment)


def _covers(duty: AnyDuty, day: date | None) -> bool | None:
    if day is None:
        return None
    return duty.in_force_since <= day and (duty.until is None or day < duty.until)


def outcomes(findings: Iterable[Finding], rule: str) -> list[tuple[str, Outcome]]:
    """Subject keys and outcomes of one rule, in order; for tables and tests."""
    return [(each.subject.key, each.outcome) for each in findings if each.rule == rule]
