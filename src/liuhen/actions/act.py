"""The act: a durable transaction with permission, entry and judgement in one.

    @act(permission="case.close", event="case.closed")
    def close_case(draft: Draft, *, actor: Person, case_id: UUID) -> Case: ...

    close_case(actor=handler, case_id=case.id)

The decorator opens the transaction, checks the permission, hands the body a draft of the ledger
entry, judges every case the body locked, writes the entry last and commits. A `Refused` rolls
everything back and is itself recorded, in a transaction of its own. Not for reads.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Concatenate, ParamSpec, TypeVar
from uuid import UUID

from django.db import OperationalError, connection, models, transaction

from liuhen.actions.retention_rows import keep_classes
from liuhen.cases.models import Case, Party
from liuhen.cases.queries import visible_cases
from liuhen.compliance.judging import judge_case, refuse_at_gate
from liuhen.kernel import clock, trace
from liuhen.kernel.ids import new_id
from liuhen.kernel.refusals import Refused
from liuhen.law.gates import gates
from liuhen.law.statutes.penalty_law_limits import FINED_ONCE
from liuhen.ledger import recording
from liuhen.ledger.recording import EntryDraft, Who
from liuhen.people import queries as people
from liuhen.people.models import Person

P = ParamSpec("P")
R = TypeVar("R")

# Serialization failures and deadlocks: the database chose a victim, the act may simply run again.
_RETRIED_STATES = frozenset({"40001", "40P01"})
_ATTEMPTS = 3
REFUSED = "act.refused"


@dataclass(frozen=True)
class Act:
    """One entry of the registry: what `docs` and the architecture tests know of an act."""

    name: str
    module: str
    permission: str
    event: str
    summary: str


REGISTRY: dict[str, Act] = {}


@dataclass
class Draft:
    """What the body of an act works with: its instant, and the entry it will leave."""

    actor: Person
    entry: EntryDraft
    cases: dict[UUID, Case] = field(default_factory=dict)

    @property
    def at(self) -> dt.datetime:
        """The instant of the act, UTC."""
        return self.entry.at

    def about(self, row: models.Model) -> None:
        """Name the row the entry is about."""
        self.entry.subject_kind = row._meta.label_lower
        self.entry.subject_id = str(row.pk)

    def note(self, **data: Any) -> None:
        """Add facts to the entry; values need a canonical form."""
        self.entry.data.update(data)

    def opens(self, case: Case) -> Case:
        """Take a case this act created into the entry and the judgement at its end."""
        self.cases[case.id] = case
        self.entry.case_id = case.id
        return case

    def lock_case(self, case_id: UUID) -> Case:
        """Lock a case the actor may see, before any other row of it.

        Raises:
            Refused: `record.not_found`.
        """
        locked = visible_cases(self.actor).filter(id=case_id).values("id")
        case = Case.objects.select_for_update().filter(id__in=locked).first()
        if case is None:
            raise Refused("record.not_found")
        return self.opens(case)

    def gate(self, name: str, case: Case) -> None:
        """Refuse when the law forbids the next step now (`law.forbids`).

        Where a fine may be imposed, decisions towards the same party wait for one another: of two
        that are made at once the second sees the first (Penalty Law 29).
        """
        if FINED_ONCE in gates()[name].rules:
            _lock_parties(case)
        refuse_at_gate(name, case, self.at)


def _lock_parties(case: Case) -> None:
    """Hold, until the act ends, what names the parties of a case: one decision after another.

    In one order everywhere, so that two acts never wait for each other.
    """
    named = Party.objects.filter(case=case, role=Party.Role.PARTY)
    keys = {
        f"{kind}:{value}"
        for row in named.values_list("name", "number_digest")
        for kind, value in zip(("name", "identity"), row, strict=True)
        if value
    }
    with connection.cursor() as cursor:
        for key in sorted(keys):
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])


def act(
    *, permission: str, event: str, refusal: str = REFUSED
) -> Callable[[Callable[Concatenate[Draft, P], R]], Callable[P, R]]:
    """Make a function an act. The function takes the draft first and keyword `actor`.

    `refusal` is the event of an attempt that was refused.
    """

    def decorate(body: Callable[Concatenate[Draft, P], R]) -> Callable[P, R]:
        summary = (body.__doc__ or "").strip().splitlines()[0] if body.__doc__ else ""
        REGISTRY[event] = Act(body.__name__, body.__module__, permission, event, summary)

        @functools.wraps(body)
        def run(*args: P.args, **kwargs: P.kwargs) -> R:
            actor = kwargs["actor"]
            if not isinstance(actor, Person):
                raise TypeError("an act needs its person as keyword `actor`")
            try:
                return _with_retries(body, actor, permission, event, args, kwargs)
            except Refused as refused:
                record_refusal(actor, refusal, body.__name__, refused)
                raise

        return run

    return decorate


def _with_retries(
    body: Callable[..., R],
    actor: Person,
    permission: str,
    event: str,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> R:
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            return _once(body, actor, permission, event, args, kwargs)
        except OperationalError as error:
            state = getattr(error.__cause__, "sqlstate", None)
            if state not in _RETRIED_STATES or attempt == _ATTEMPTS:
                raise
    raise AssertionError("unreachable")


def _once(
    body: Callable[..., R],
    actor: Person,
    permission: str,
    event: str,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> R:
    draft = Draft(actor, _draft_entry(actor, event))
    with trace.acting(draft.entry.id, actor.id), transaction.atomic(durable=True):
        people.require(actor, permission)
        recording.begin(draft.entry.id)
        result = body(draft, *args, **kwargs)
        for case_id in sorted(draft.cases):
            keep_classes(case_id, judge_case(draft.cases[case_id], draft.at), draft.at)
        recording.write_entry(draft.entry)
    return result


def _draft_entry(actor: Person, event: str) -> EntryDraft:
    return EntryDraft(new_id(), event, Who(actor.id, actor.name), clock.now(), via=trace.via())


def record_refusal(actor: Person, event: str, act_name: str, refused: Refused) -> None:
    """Enter an attempt that was refused, of an act or of what an act had allowed."""
    entry = _draft_entry(actor, event)
    entry.data = {
        "act": act_name,
        "code": refused.code,
        "data": {key: str(value)[:500] for key, value in refused.data.items()},
    }
    with transaction.atomic(durable=True):
        recording.write_entry(entry)
