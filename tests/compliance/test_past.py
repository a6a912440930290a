"""What a case was at any past instant is what its facts were at that instant."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

import psycopg
import pytest

from liuhen.actions.recordings import label_recording, untie_from_activity
from liuhen.compliance.facts import facts_from, facts_of_case
from liuhen.compliance.past import past_rows
from liuhen.compliance.past_findings import Basis, case_named, findings_at
from liuhen.demo.people import World
from liuhen.demo.simple_case import SimpleCase
from liuhen.kernel import clock
from liuhen.kernel.clock import FrozenClock
from liuhen.kernel.ids import new_id
from liuhen.kernel.refusals import Refused
from liuhen.law.facts import CaseFacts
from tests.compliance.street import footage
from tests.world import MORNING, owner  # noqa: F401 - a fixture

SECOND = dt.timedelta(seconds=1)


def facts_of_case_at(case_id: UUID, at: dt.datetime) -> tuple[CaseFacts, int]:
    """The facts as the row images had them, and how many rows were erased."""
    rows = past_rows(case_id, at)
    return facts_from(rows), rows.erased


def test_at_every_past_instant_the_facts_are_those_of_that_instant(
    world: World, stopped: FrozenClock
) -> None:
    simple = SimpleCase(world)
    then: list[tuple[dt.datetime, CaseFacts]] = []

    def note() -> None:
        then.append((clock.now(), facts_of_case(simple.case.id)))
        stopped.move(seconds=1)

    simple.start()
    note()
    for step in (simple.violation, simple.notice, simple.waive, simple.decide, simple.sign):
        step()
        note()
    simple.issue_and_serve()
    note()
    simple.collect()
    note()
    simple.end()
    note()
    recording = footage(world, simple.activity)
    note()
    simple.hand_in()
    note()
    simple.file()
    note()
    untie_from_activity(actor=world["officer"], recording_id=recording.id, reason="关联错误")
    note()
    for at, facts in then:
        assert facts_of_case_at(simple.case.id, at) == (facts, 0)
        assert facts_of_case_at(simple.case.id, at + SECOND / 2) == (facts, 0)
    assert len({repr(facts) for _, facts in then}) == len(then)


def test_a_recording_that_went_to_another_case_was_this_ones_before(
    world: World, stopped: FrozenClock
) -> None:
    one, other = SimpleCase(world), SimpleCase(world)
    one.start()
    other.start()
    stopped.move(seconds=20)
    one.end()
    recording = footage(world, one.activity)
    untie_from_activity(actor=world["officer"], recording_id=recording.id, reason="关联错误")
    before = clock.now()
    stopped.move(minutes=1)
    label_recording(
        actor=world["officer"],
        recording_id=recording.id,
        handler=world["officer"],
        case_id=other.case.id,
    )
    assert facts_of_case(one.case.id).recordings == ()
    held, _ = facts_of_case_at(one.case.id, before)
    assert [each.key for each in held.recordings or ()] == [str(recording.id)]
    assert facts_of_case_at(other.case.id, before)[0].recordings == ()


def test_before_it_was_recorded_there_is_no_case(world: World, stopped: FrozenClock) -> None:
    simple = SimpleCase(world)
    simple.start()
    assert facts_of_case_at(simple.case.id, MORNING)[1] == 0
    for case_id, at in ((simple.case.id, MORNING - SECOND / 1000), (new_id(), MORNING)):
        with pytest.raises(Refused) as refused:
            facts_of_case_at(case_id, at)
        assert refused.value.code == "case.not_begun"


def test_a_row_whose_image_was_erased_is_counted_and_left_out(
    world: World,
    stopped: FrozenClock,
    owner: psycopg.Connection,  # noqa: F811
) -> None:
    simple = SimpleCase(world)
    simple.start()
    simple.violation()
    owner.execute("ALTER TABLE ledger_rowimage DISABLE TRIGGER USER")
    owner.execute("UPDATE ledger_rowimage SET body = NULL WHERE \"table\" = 'cases_party'")
    facts, erased = facts_of_case_at(simple.case.id, clock.now())
    assert (facts.parties, erased) == ((), 1)


def test_findings_rest_on_the_rows_of_the_instant_asked_about(
    world: World, stopped: FrozenClock
) -> None:
    simple = SimpleCase(world)
    simple.start()
    stopped.move(seconds=20)
    simple.end()
    case = case_named(simple.case.number)
    day_later = clock.now() + dt.timedelta(days=1, seconds=1)

    def outcome(at: dt.datetime | None) -> tuple[Basis, str]:
        found = findings_at(case, at)
        by_rule = {each.rule: each.outcome.value for each in found.findings}
        return found.basis, by_rule["simple_case_recorded_throughout"]

    assert outcome(None) == (Basis.PRESENT_ROWS, "pending")
    assert outcome(MORNING) == (Basis.PAST_ROWS, "pending")
    assert outcome(day_later) == (Basis.PRESENT_ROWS_LATER, "breached")
    footage(world, simple.activity)
    ended = clock.now()
    stopped.set(day_later)
    assert outcome(None) == (Basis.PRESENT_ROWS, "met")
    assert outcome(ended) == (Basis.PAST_ROWS, "met")
    assert outcome(MORNING) == (Basis.PAST_ROWS, "pending")


def test_a_case_is_found_by_number_and_by_id_and_by_nothing_else(world: World) -> None:
    simple = SimpleCase(world)
    simple.start()
    assert case_named(simple.case.number) == case_named(str(simple.case.id)) == simple.case
    for wrong in ("", "虚城管案〔2026〕9999号", str(new_id())):
        with pytest.raises(Refused, match=r"record\.not_found"):
            case_named(wrong)
