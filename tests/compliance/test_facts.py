"""Facts are built from rows in two queries, and what nobody stated stays unknown."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from liuhen.actions.recordings import explain_recording_gap, untie_from_activity
from liuhen.assembly.document_types import types
from liuhen.compliance.enforcement_facts import enforced
from liuhen.compliance.facts import facts_of_case, facts_of_cases
from liuhen.compliance.paper_facts import law_type
from liuhen.compliance.rows import CASE_SOURCES, PERSON_SOURCES, CaseRows, Row
from liuhen.demo.people import World
from liuhen.demo.simple_case import SimpleCase
from liuhen.kernel.clock import FrozenClock
from liuhen.kernel.ids import new_id
from liuhen.kernel.refusals import Fault, Refused
from liuhen.law.catalogue import catalogue
from liuhen.law.facts import Sanction
from liuhen.law.vocabulary import (
    NOT_YET,
    CollectionGround,
    GapCause,
    NoticeForm,
    Opinion,
    PenaltyKind,
    Procedure,
    ServiceMode,
    StatementForm,
    Track,
)
from liuhen.recordings.models import Gap
from tests.compliance.street import done_but_for_closing, footage, outcomes, until_served
from tests.world import MORNING


def test_every_column_the_facts_read_is_a_column_of_its_table() -> None:
    for source in (*CASE_SOURCES, *PERSON_SOURCES):
        held = {field.column for field in source.model._meta.concrete_fields}
        assert {*source.columns} <= held, source.name
        through = source.through or source.model
        assert source.link in held or source.link == through._meta.pk.column


def test_reading_a_column_nobody_fetched_is_a_fault_and_never_an_unknown() -> None:
    row = Row(CASE_SOURCES[0], {"id": "1", "number": "甲"})
    assert row.text("number") == "甲"
    assert row.instant("closed_at") is None
    with pytest.raises(Fault, match="strokes"):
        row.value("strokes")


@pytest.mark.parametrize(
    ("noted", "due_on"),
    [
        ({"title": "行政处罚决定书"}, dt.date(2026, 3, 17)),
        ({"title": "当场行政处罚决定书"}, dt.date(2026, 3, 17)),
        ({"title": "行政征收决定书"}, None),
        ({}, None),
        ({"title": "行政征收决定书", "due_on": "2026-04-01"}, dt.date(2026, 4, 1)),
    ],
)
def test_the_day_a_decision_could_be_paid_by_is_a_fines_only_for_a_fine(
    noted: dict[str, str], due_on: dt.date | None
) -> None:
    rows = CaseRows()
    told = {"served_on": "2026-03-02", "amount_fen": 5000, **noted}
    rows.add(CASE_SOURCES[0], {"id": "1", "kind": "coercion", "facts": {"enforced": told}})
    assert enforced(rows)["enforced_due_on"] == due_on


def test_every_document_type_has_a_name_the_law_knows() -> None:
    unknown = {key for key in types() if law_type(key) not in catalogue().papers}
    # Papers the rules never ask for: they describe the file or the record, not an act.
    assert unknown <= {
        "accountability_report",
        "archive_receipt",
        "copy_statement",
        "enforcement_record",
        "evidence_catalogue",
        "impossibility_statement",
        "inspection_result_notice",
        "remedy_answer",
        "interruption_statement",
        "service_entrustment_letter",
        "supervision_report",
    }


def test_facts_take_four_queries_whatever_the_number_and_size_of_the_cases(
    world: World, stopped: FrozenClock
) -> None:
    small, large = SimpleCase(world), done_but_for_closing(world, stopped)
    small.start()
    for ids in ([small.case.id], [large.case.id], [small.case.id, large.case.id, new_id()]):
        with CaptureQueriesContext(connection) as queries:
            found = facts_of_cases(ids)
        # the cases with all their rows, and the figures and year tables they are judged by
        assert len(queries) == 4
        assert set(found) == set(ids) & {small.case.id, large.case.id}


def test_a_case_that_does_not_exist_has_no_facts(world: World) -> None:
    with pytest.raises(Refused) as refused:
        facts_of_case(new_id())
    assert refused.value.code == "record.not_found"


def test_facts_do_not_mix_cases_that_share_their_officers(
    world: World, stopped: FrozenClock
) -> None:
    one, other = SimpleCase(world), SimpleCase(world)
    one.start()
    other.start()
    other.violation()
    found = facts_of_cases([one.case.id, other.case.id])
    assert len(found[one.case.id].parties or ()) == 0
    assert len(found[other.case.id].parties or ()) == 1
    for facts in found.values():
        assert sorted(officer.name or "" for officer in facts.officers or ()) == [
            "张示例",
            "李示例",
        ]
        assert all(officer.certificates for officer in facts.officers or ())


def test_a_case_on_the_street_says_what_was_told_stated_decided_and_paid(
    world: World, stopped: FrozenClock
) -> None:
    facts = facts_of_case(until_served(world, stopped).case.id)
    (activity,), (notice,), (statement,) = facts.activities, facts.notices, facts.statements  # type: ignore[misc]
    assert facts.case.procedure is Procedure.SIMPLE
    assert (notice.form, notice.told_at) == (NoticeForm.ORAL, MORNING)
    assert (statement.form, statement.is_recorded) == (StatementForm.WAIVER_ORAL, True)
    assert facts.defence_reviews == ()
    assert activity.certificates_shown is True
    assert len(set(activity.officers or ())) == 2
    (decision,), (collection,), (service,) = facts.decisions, facts.collections, facts.services  # type: ignore[misc]
    assert decision.sanctions == (Sanction(PenaltyKind.FINE, 5000),)
    assert (collection.is_on_spot, collection.ground) == (True, CollectionGround.SMALL)
    assert collection.handed_in_at is NOT_YET
    assert service.mode is ServiceMode.IN_PERSON
    assert service.proofs["recipient_signed"] is True


def test_a_defence_and_its_review_are_facts_of_their_own(world: World) -> None:
    simple = SimpleCase(world)
    simple.start()
    simple.violation()
    simple.notice()
    simple.defend("物料马上清走", "rejected", "事实清楚，不影响处罚")
    facts = facts_of_case(simple.case.id)
    (review,) = facts.defence_reviews or ()
    assert (review.is_adopted, review.has_reason) == (False, True)
    assert [each.form for each in facts.statements or ()] == [StatementForm.ORAL]


def test_what_has_not_been_done_is_not_yet_and_what_was_not_told_is_not_known(
    world: World, stopped: FrozenClock
) -> None:
    simple = SimpleCase(world)
    simple.start()
    facts = facts_of_case(simple.case.id)
    (activity,) = facts.activities or ()
    assert activity.ended_at is NOT_YET
    assert facts.case.closed_at is facts.case.bound_at is facts.case.filed_with_authority_at
    assert facts.case.closed_at is NOT_YET
    assert activity.has_conflict is None
    assert facts.case.violation_ended_on is None
    assert (facts.notices, facts.statements, facts.papers, facts.recordings) == ((), (), (), ())


def test_a_draft_decides_nothing_and_its_empty_fields_are_not_known(world: World) -> None:
    simple = SimpleCase(world)
    simple.start()
    simple.violation()
    simple.notice()
    simple.waive()
    simple.decide()
    facts = facts_of_case(simple.case.id)
    (paper,) = facts.papers or ()
    assert facts.decisions == ()
    assert (paper.type, paper.issued_at, paper.number) == ("37", NOT_YET, "")
    assert paper.fields["facts"] is True
    assert paper.fields["seal"] is None
    assert paper.fields["certificate_numbers"] is True


def test_a_refusal_to_sign_is_noted_with_its_reason(world: World, stopped: FrozenClock) -> None:
    simple = SimpleCase(world)
    simple.start()
    simple.violation()
    simple.notice()
    simple.waive()
    simple.decide()
    simple.sign(refusal="称要先问家人")
    (paper,) = facts_of_case(simple.case.id).papers or ()
    (refused,) = paper.refusals or ()
    assert (refused.is_noted, refused.reason) == (True, "称要先问家人")
    assert len(paper.signatures or ()) == 2


def test_a_recording_carries_tracks_span_and_label(world: World, stopped: FrozenClock) -> None:
    simple = until_served(world, stopped)
    stopped.move(hours=1)
    recording = footage(world, simple.activity)
    (fact,) = facts_of_case(simple.case.id).recordings or ()
    assert fact.key == str(recording.id)
    assert fact.tracks == frozenset({Track.VIDEO, Track.AUDIO})
    assert fact.covers == (str(simple.activity.id),)
    assert (fact.started_at, fact.ended_at) == (
        simple.activity.started_at,
        simple.activity.ended_at,
    )
    assert (fact.label_number, fact.label_party) == (simple.case.number, "刘样例")
    assert fact.label_handler == "张示例"
    assert fact.stored_at == MORNING + dt.timedelta(seconds=20, hours=1)


def test_a_recording_without_sound_is_known_not_to_be_synchronous(
    world: World, stopped: FrozenClock
) -> None:
    simple = until_served(world, stopped)
    footage(world, simple.activity, has_sound=False)
    (fact,) = facts_of_case(simple.case.id).recordings or ()
    assert fact.tracks == frozenset({Track.VIDEO})


def test_a_file_shorter_than_what_is_stated_of_it_covers_only_what_it_holds(
    world: World, stopped: FrozenClock
) -> None:
    simple = until_served(world, stopped)
    footage(world, simple.activity, seconds=4)
    (fact,) = facts_of_case(simple.case.id).recordings or ()
    (held,) = fact.held
    assert held.started_at == fact.started_at == simple.activity.started_at
    assert isinstance(held.ended_at, dt.datetime)
    assert held.ended_at - held.started_at < dt.timedelta(seconds=5)
    assert fact.ended_at == simple.activity.ended_at
    assert outcomes(simple)["simple_case_recorded_throughout"] == "pending"
    # The stored gap and the law agree on what is missing.
    (gap,) = facts_of_case(simple.case.id).gaps or ()
    assert (gap.started_at, gap.ended_at) == (held.ended_at, fact.ended_at)


def test_a_recording_tied_to_nothing_may_cover_anything(world: World, stopped: FrozenClock) -> None:
    simple = until_served(world, stopped)
    recording = footage(world, simple.activity)
    untie_from_activity(actor=world["officer"], recording_id=recording.id, reason="关联错误")
    (fact,) = facts_of_case(simple.case.id).recordings or ()
    assert fact.covers is None


def test_an_explained_gap_says_that_no_more_footage_will_come_until_it_comes(
    world: World, stopped: FrozenClock
) -> None:
    simple = until_served(world, stopped)
    gap = Gap.objects.get(activity=simple.activity)
    (before,) = facts_of_case(simple.case.id).activities or ()
    assert before.footage_settled_at is NOT_YET
    stopped.move(hours=2)
    explain_recording_gap(
        actor=world["officer"], gap_id=gap.id, cause=GapCause.FAULT, explanation="设备故障"
    )
    (settled,) = facts_of_case(simple.case.id).activities or ()
    assert settled.footage_settled_at == MORNING + dt.timedelta(seconds=20, hours=2)
    footage(world, simple.activity)
    (filled,) = facts_of_case(simple.case.id).activities or ()
    assert filled.footage_settled_at is NOT_YET


def test_a_gap_is_a_break_only_where_something_was_recorded(
    world: World, stopped: FrozenClock
) -> None:
    simple = until_served(world, stopped)
    assert Gap.objects.filter(activity=simple.activity, filled_at=None).count() == 1
    assert facts_of_case(simple.case.id).gaps == ()


def test_an_approval_says_who_answered_in_which_office(world: World, stopped: FrozenClock) -> None:
    facts = facts_of_case(done_but_for_closing(world, stopped).case.id)
    (approval,) = facts.approvals or ()
    assert (approval.matter, approval.opinion) == ("filing", Opinion.APPROVED)
    assert (approval.was_in_office, approval.is_own_matter) == (True, False)
    assert facts.case.filed_with_authority_at == approval.given_at
