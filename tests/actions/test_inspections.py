"""Inspections run from plan or draw to the archive, each step in its time and by who may."""

from __future__ import annotations

import datetime as dt

import pytest

from liuhen.actions import inspections as acts
from liuhen.actions.initiation import start_in_emergency
from liuhen.actions.publishing import publish_result
from liuhen.cases.models import Activity, Case, Lead
from liuhen.compliance.models import Finding
from liuhen.demo.footage import film, photograph
from liuhen.demo.inspection_case import InspectionCase, announce, draw
from liuhen.demo.people import World
from liuhen.kernel import clock
from liuhen.kernel.clock import FrozenClock
from liuhen.ledger.models import Entry
from tests.actions.ordinary import findings, refusal


def filmed(world: World, stopped: FrozenClock) -> InspectionCase:
    """An inspection whose visits are filmed; of the rest a picture shows the act."""

    def camera(activity: Activity) -> None:
        take = film if activity.kind in ("inspection", "reinspection") else photograph
        take(world, activity, officer=activity.case.handler.username, returned_at=stopped())

    return InspectionCase(world, stopped, camera=camera)


@pytest.fixture
def planned(world: World, stopped: FrozenClock) -> InspectionCase:
    inspection = InspectionCase(world, stopped)
    inspection.plan()
    return inspection


def test_a_drawn_inspection_without_problems_goes_to_the_archive_and_every_duty_is_met(
    world: World, stopped: FrozenClock
) -> None:
    (case,) = draw(world, stopped, announce(world, stopped))
    inspection = filmed(world, stopped).of(case)
    shown = case.activities.get()
    stopped.move(minutes=10)
    photograph(world, shown, officer=inspection.handler, returned_at=stopped())
    stopped.move(days=2)
    inspection.until_inspected()
    inspection.find("no_problem", "未发现问题。", "继续保持，不作处理。")
    inspection.tell()
    inspection.publish()
    stopped.move(days=1)
    inspection.close()
    inspection.bind()
    inspection.archive("虚档〔2026〕检0001")
    assert inspection.case.stage == "hand_over"
    assert findings(inspection) == set()


def test_a_correction_is_ordered_looked_at_again_and_every_duty_is_met(
    world: World, stopped: FrozenClock
) -> None:
    inspection = filmed(world, stopped)
    inspection.plan()
    inspection.until_inspected("出口未设冲洗设施。")
    due = clock.local_date(stopped()) + dt.timedelta(days=7)
    inspection.find("correction", "出口带泥。", "责令限期改正。", due_on=due, recheck_on=due)
    inspection.tell("correction_notice")
    inspection.publish()
    assert refusal(inspection.ask_closing).data["missing"] == "改正情况的复查"
    stopped.move(days=7)
    inspection.reinspect("done", "已设冲洗设施，路面清洁。")
    assert inspection.case.stage == "publication"
    inspection.close()
    assert inspection.case.ended_at == inspection.papers["reinspection_record"].issued_at
    assert findings(inspection) <= {"38.1 file_bound pending"} | {
        f"38.1 {rule} pending" for rule in ("original_handed_over", "unit_copy_kept")
    }


def test_what_was_not_corrected_goes_on_as_a_lead_of_its_own(
    world: World, stopped: FrozenClock
) -> None:
    inspection = InspectionCase(world, stopped)
    inspection.plan()
    inspection.until_inspected("出口未设冲洗设施。")
    due = clock.local_date(stopped()) + dt.timedelta(days=7)
    inspection.find("correction", "出口带泥。", "责令限期改正。", due_on=due)
    inspection.tell("correction_notice")
    assert refusal(inspection.transfer).code == "inspection.no_breach"
    stopped.move(days=8)
    inspection.reinspect("not_done", "仍未设冲洗设施。")
    lead = inspection.transfer()
    assert (lead.source, lead.subject) == ("inspection", inspection.case.parties.get().name)
    assert lead.case.kind == "penalty" and lead.case_id != inspection.case_id
    assert inspection.case.facts["inspection"]["lead"]["number"] == lead.number
    assert refusal(inspection.transfer).code == "inspection.transferred"
    entry = Entry.objects.get(event="inspection.transferred")
    assert (entry.case_id, entry.subject_id) == (inspection.case_id, str(inspection.case_id))
    assert Lead.objects.count() == 1
    assert acts.still_open(inspection.case) == []


def test_nothing_is_inspected_before_approval_and_notice(planned: InspectionCase) -> None:
    early = refusal(planned.inspect, "x")
    assert early.code == "activity.too_early"
    assert "审批" in early.data["missing"] and "通知书" in early.data["missing"]
    assert refusal(planned.draw, "inspection_notice").code == "paper.too_early"
    planned.approve()
    assert planned.case.stage == "approval"
    assert refusal(planned.inspect, "x").data["missing"].startswith("行政检查通知书")
    planned.notify()
    planned.inspect("整洁。")
    assert planned.case.stage == "on_site"


def test_in_an_emergency_it_starts_first_and_the_approval_is_made_up_within_its_hours(
    planned: InspectionCase,
) -> None:
    start_in_emergency(**planned.by, reason="正在遗撒，须立即制止。")
    number = planned.case.number
    planned.inspect("车辆遗撒。")
    made_up = Finding.objects.get(case=planned.case, rule="start_approved")
    started = planned.case.initiated_at
    assert started is not None and made_up.outcome == "pending"
    assert made_up.due_at == started + dt.timedelta(hours=24)
    planned.approve()
    made_up.refresh_from_db()
    assert (made_up.outcome, planned.case.number) == ("met", number)


def test_a_result_needs_its_record_and_is_final_once_it_is_told(planned: InspectionCase) -> None:
    found = ("no_problem", "未发现问题。", "继续保持。")
    planned.approve()
    assert refusal(planned.find, *found).code == "inspection.no_record"
    planned.notify()
    planned.inspect("整洁。")
    assert refusal(planned.find, "fine", "x", "x").code == "inspection.outcome"
    assert refusal(planned.find, "no_problem", " ", "x").code == "inspection.outcome"
    today = clock.local_date(planned.clock())
    correct = ("correction", "带泥。", "改正。")
    yesterday = today - dt.timedelta(days=1)
    assert refusal(planned.find, *correct, due_on=yesterday).code == "inspection.correction"
    before = {"due_on": today, "recheck_on": yesterday}
    assert refusal(planned.find, *correct, **before).code == "inspection.correction"
    planned.find(*correct, due_on=today)
    assert planned.case.facts["correction"]["due_on"] == today.isoformat()
    planned.find(*found)
    assert "correction" not in planned.case.facts
    planned.tell()
    assert refusal(planned.find, *found).code == "inspection.told"
    assert refusal(planned.transfer).code == "inspection.no_breach"


def test_a_result_is_made_public_once_after_it_is_told_and_not_before(
    planned: InspectionCase,
) -> None:
    where = {**planned.by, "where": "网站"}
    assert refusal(publish_result, **where).code == "publication.nothing"
    planned.until_inspected()
    planned.find("no_problem", "未发现问题。", "继续保持。")
    planned.tell()
    duty = Finding.objects.get(case=planned.case, rule="inspection_published_in_time")
    assert duty.outcome == "pending"
    assert refusal(publish_result, **{**where, "where": " "}).code == "publication.where"
    later = planned.clock() + dt.timedelta(seconds=1)
    assert refusal(publish_result, **where, published_at=later).code == "publication.moment"
    told = planned.papers["inspection_result_notice"].issued_at
    assert told is not None
    early = told - dt.timedelta(microseconds=1)
    assert refusal(publish_result, **where, published_at=early).code == "publication.moment"
    publish_result(**where, published_at=told)
    duty.refresh_from_db()
    assert duty.outcome == "met"
    assert refusal(publish_result, **where).code == "publication.done"


def test_papers_of_another_kind_of_case_are_refused(planned: InspectionCase) -> None:
    assert refusal(planned.draw, "penalty_decision").code == "paper.other_kind"


def test_the_second_inspection_of_a_party_in_a_year_is_counted(
    world: World, stopped: FrozenClock
) -> None:
    cases = []
    for _ in range(2):
        cases.append(InspectionCase(world, stopped).plan())
    assert [case.facts["inspection"]["frequency"] for case in cases] == [1, 2]
    assert Case.objects.filter(kind="inspection").count() == 2


def test_a_plan_names_what_when_and_by_whom(world: World, stopped: FrozenClock) -> None:
    inspection = InspectionCase(world, stopped)
    assert refusal(inspection.plan, matter=" ").code == "inspection.incomplete"
    assert refusal(inspection.plan, mode="random").code == "inspection.incomplete"
    assert refusal(inspection.plan, planned_until=stopped()).code == "draw.span"
    assert refusal(inspection.plan, officers=[world["handler"]]).code == "officer.alone"
    assert refusal(inspection.plan, officers=[]).code == "officer.alone"
    by_other = {"actor": world["legal"], "case_id": inspection.plan().id, "where": "网站"}
    assert refusal(publish_result, **by_other).code == "permission.missing"
