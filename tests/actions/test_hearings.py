"""A hearing that was asked for: arranged, held by a chair apart, reported, and then decided."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from typing import Any

import pytest

from liuhen.actions.activities import end_activity
from liuhen.actions.case_officers import change_officers
from liuhen.actions.defence import receive_material
from liuhen.actions.hearing import (
    adjourn_hearing,
    arrange_hearing,
    end_hearing,
    open_hearing,
    record_hearing,
    report_hearing,
    resume_hearing,
)
from liuhen.actions.hearing_kinds import earliest_day
from liuhen.actions.investigation import start_activity
from liuhen.actions.joining import refuse_busy
from liuhen.actions.people import appoint, register_certificate
from liuhen.cases.models import Activity
from liuhen.compliance.models import Finding
from liuhen.demo.ordinary_case import OrdinaryCase
from liuhen.demo.people import known_world
from liuhen.demo.simple_case import ink
from liuhen.documents.models import Material, Paper
from liuhen.host.postgres import Cluster
from liuhen.kernel import clock
from liuhen.kernel.clock import FrozenClock
from liuhen.kernel.refusals import explain
from liuhen.ledger.models import Entry
from liuhen.people.models import Office
from liuhen.recordings.models import Gap
from tests.actions.ordinary import filmed, noticed, refusal, resumed
from tests.world import Lived, after, live

SAID: dict[str, Any] = {
    "rights": "已告知权利义务，不申请回避。",
    "investigated": "调查人员提出违法事实、证据和处罚建议。",
    "defended": "当事人认为垃圾已经清运，请求从轻。",
    "final": "当事人请求从轻处罚。",
}
# The request comes on Tuesday 10 March 2026; seven working days later is Thursday the 19th.
EARLIEST = dt.date(2026, 3, 20)


def letter(ordinary: OrdinaryCase, kind: str = Material.Kind.HEARING_REQUEST) -> Material:
    return receive_material(
        **ordinary.by,
        kind=kind,
        name="听证申请" if kind == Material.Kind.HEARING_REQUEST else "撤回听证申请",
        content=kind.encode(),
        received_from="虚构市样例装饰有限公司",
    )


@pytest.fixture(scope="module")
def lived(cluster: Cluster, world_template: str) -> Lived:
    """A case as far as the notice that offers a hearing."""
    return live(
        cluster,
        world_template,
        "liuhen_noticed",
        lambda world, stopped: noticed(OrdinaryCase(world, stopped)),
    )


@pytest.fixture
def stopped(cluster: Cluster, lived: Lived) -> Iterator[FrozenClock]:
    with after(cluster, lived) as stopped:
        yield stopped


@pytest.fixture
def ordinary(stopped: FrozenClock) -> OrdinaryCase:
    """A fresh copy of the noticed case."""
    return resumed(known_world(), stopped)


def plan(ordinary: OrdinaryCase, **changes: Any) -> dict[str, Any]:
    at = dt.datetime.combine(EARLIEST, dt.time(9, 0), tzinfo=clock.CHINA)
    return {
        **ordinary.by,
        "held_at": at,
        "place": "虚构市城市管理委听证室",
        "chair": ordinary.world["legal"],
        "clerk": "吴书记",
        "is_public": True,
        **changes,
    }


def arranged(ordinary: OrdinaryCase, **changes: Any) -> Paper:
    """Arrange it, issue the notice and hand it over."""
    ordinary.issue(arrange_hearing(**plan(ordinary, **changes)))
    ordinary.serve("hearing_notice")
    return ordinary.papers["hearing_notice"]


def opened(ordinary: OrdinaryCase, who: str = "legal") -> Activity:
    return open_hearing(
        actor=ordinary.world[who],
        case_id=ordinary.case.id,
        investigators=[ordinary.world["handler"]],
    )


def on_the_day(stopped: FrozenClock, hour: int = 9) -> None:
    stopped.set(dt.datetime.combine(EARLIEST, dt.time(hour), tzinfo=clock.CHINA))


def held(ordinary: OrdinaryCase, stopped: FrozenClock) -> Activity:
    """Hold it to its end, with its record signed there."""
    on_the_day(stopped)
    activity = opened(ordinary)
    legal: dict[str, Any] = {"actor": ordinary.world["legal"], "activity_id": activity.id}
    record_hearing(**legal, **SAID)
    stopped.move(seconds=8)
    _recorded(ordinary, activity)
    activity = end_hearing(**legal, outcome="held")
    stopped.move(minutes=30)
    if ordinary.camera is not None:
        ordinary.camera(activity)
    return activity


def _recorded(ordinary: OrdinaryCase, activity: Activity) -> None:
    paper = ordinary.draw(
        "hearing_record", activity, span=ordinary.span(activity), recordings="听证室录像"
    )
    ordinary.record_signed(paper, refusal="当事人对笔录无意见，拒绝签字。")
    ordinary.sign(paper, "chair", "legal")
    ordinary.issue(paper)


def report(ordinary: OrdinaryCase, activity: Activity) -> Paper:
    return report_hearing(
        actor=ordinary.world["legal"],
        activity_id=activity.id,
        course="当事人到场，听证依法进行。",
        opinion="事实清楚，建议按拟处罚内容处罚。",
        strokes=ink(3),
    )


def decided(ordinary: OrdinaryCase) -> Paper:
    ordinary.ask_decision(statement="当事人在听证中请求从轻。")
    ordinary.approve_decision()
    return ordinary.decide()


def outcomes(ordinary: OrdinaryCase, *rules: str) -> set[str]:
    rows = Finding.objects.filter(case=ordinary.case, rule__in=rules)
    return {f"{row.rule} {row.outcome}" for row in rows}


HEARING_RULES = ("hearing_held_on_request", "hearing_notified_in_time", "hearing_chaired_apart")


def test_a_hearing_asked_for_is_held_reported_and_then_decided(
    ordinary: OrdinaryCase, stopped: FrozenClock
) -> None:
    ordinary.camera = filmed(ordinary.world, stopped).camera
    letter(ordinary)
    assert outcomes(ordinary, *HEARING_RULES) == {"hearing_held_on_request pending"}
    arranged(ordinary)
    activity = held(ordinary, stopped)
    unreported = refusal(ordinary.ask_decision, statement="听证。")
    assert unreported.code == "paper.too_early"
    assert "听证报告书（办法第19条、行政处罚法第65条）" in explain(unreported).message
    paper = report(ordinary, activity)
    assert (paper.state, paper.data["chair"]) == ("issued", "钱审核")
    assert paper.data["defended"] == SAID["defended"]
    papers = ("hearing_papers_made", "hearing_record_made", "hearing_recorded_throughout")
    wanted = {f"{rule} met" for rule in (*HEARING_RULES, *papers)}
    assert outcomes(ordinary, *HEARING_RULES, *papers) == wanted
    ordinary.hear(waived=())
    ordinary.review_defence()
    ordinary.ask_review()
    ordinary.review()
    assert decided(ordinary).state == Paper.State.ISSUED
    events = Entry.objects.filter(event__startswith="hearing.").order_by("recorded_at")
    assert [one.event for one in events] == [
        *("hearing.arranged", "hearing.opened", "hearing.recorded", "hearing.ended"),
        "hearing.reported",
    ]


def test_a_case_that_was_heard_is_reviewed_after_the_hearing_whatever_was_stated_before(
    ordinary: OrdinaryCase, stopped: FrozenClock
) -> None:
    assert ordinary.case.circumstances["review_grounds"] == []
    letter(ordinary)
    arranged(ordinary)
    ordinary.ask_review()
    ordinary.review()  # one before the hearing may be added, and stands in no other's place
    assert outcomes(ordinary, "legality_review_passed") == set()
    report(ordinary, held(ordinary, stopped))
    ordinary.hear(waived=())
    ordinary.review_defence()
    assert outcomes(ordinary, "legality_review_passed") == {"legality_review_passed pending"}
    told = refusal(ordinary.ask_decision, statement="当事人在听证中请求从轻。")
    assert [each["rule"] for each in told.data["obstacles"]] == ["legality_review_passed"]
    assert "第五十八条" in told.data["article"]
    ordinary.ask_review()
    ordinary.review()
    assert decided(ordinary).state == Paper.State.ISSUED


def test_the_notice_goes_out_seven_working_days_before(ordinary: OrdinaryCase) -> None:
    letter(ordinary)
    assert earliest_day(ordinary.case, clock.now()) == EARLIEST
    day_before = plan(ordinary)["held_at"] - dt.timedelta(days=1)
    told = refusal(arrange_hearing, **plan(ordinary, held_at=day_before))
    assert told.code == "hearing.too_soon"
    assert "2026-03-20" in explain(told).message
    assert "举行听证的7个工作日前" in explain(told).message
    assert explain(told).article == "行政处罚法第64条"
    assert arrange_hearing(**plan(ordinary)).data["chair"] == "钱审核"


def test_a_notice_served_a_day_late_lets_no_hearing_open_on_its_day(
    ordinary: OrdinaryCase, stopped: FrozenClock
) -> None:
    letter(ordinary)
    ordinary.issue(arrange_hearing(**plan(ordinary)))
    on_the_day(stopped)
    assert refusal(opened, ordinary).code == "hearing.not_notified"
    stopped.set(dt.datetime(2026, 3, 11, 2, 0, tzinfo=dt.UTC))
    ordinary.serve("hearing_notice")
    on_the_day(stopped)
    told = refusal(opened, ordinary)
    assert told.code == "law.forbids"
    assert [each["rule"] for each in told.data["obstacles"]] == ["hearing_notified_in_time"]
    assert "第六十四条" in told.data["article"]
    assert not Activity.objects.filter(kind="hearing").exists()


def test_the_chair_opens_at_the_time_the_party_was_told_not_before_nor_another_day(
    ordinary: OrdinaryCase, stopped: FrozenClock
) -> None:
    letter(ordinary)
    arranged(ordinary)
    on_the_day(stopped)
    stopped.move(seconds=-1)
    assert refusal(opened, ordinary).code == "hearing.other_time"
    stopped.move(days=1, seconds=1)
    assert refusal(opened, ordinary).code == "hearing.other_time"
    on_the_day(stopped)
    assert opened(ordinary).is_on_site is False
    assert refusal(opened, ordinary).code == "hearing.begun"


def test_nobody_who_investigates_the_case_chairs(
    ordinary: OrdinaryCase, stopped: FrozenClock
) -> None:
    letter(ordinary)
    for who, code in (
        ("handler", "hearing.chair_investigated"),
        ("officer", "hearing.chair_investigated"),
        ("unit_head", "hearing.chair_office"),
    ):
        told = refusal(arrange_hearing, **plan(ordinary, chair=ordinary.world[who]))
        assert told.code == code, who
    assert explain(told).article == "行政处罚法第64条"
    arranged(ordinary)
    on_the_day(stopped)
    assert refusal(opened, ordinary, "handler").code == "permission.missing"


def test_a_chair_who_has_come_to_carry_the_case_does_not_open(
    ordinary: OrdinaryCase, stopped: FrozenClock
) -> None:
    letter(ordinary)
    arranged(ordinary)
    world = ordinary.world
    unit = ordinary.case.unit
    appoint(actor=world.system, person=world["legal"], kind=Office.Kind.OFFICER, unit=unit)
    stopped.move(seconds=1)
    _carry(ordinary, world["legal"])
    on_the_day(stopped)
    assert refusal(opened, ordinary).code == "hearing.chair_investigated"


def _carry(ordinary: OrdinaryCase, person: Any) -> None:
    today = clock.local_date(clock.now())
    register_certificate(
        actor=ordinary.world.system,
        person=person,
        number="XG-99",
        issuer="虚构市",
        valid_from=today - dt.timedelta(days=1),
        valid_until=today + dt.timedelta(days=300),
    )
    world = ordinary.world
    change_officers(
        actor=world["unit_head"],
        case_id=ordinary.case.id,
        handler=world["handler"],
        officers=[world["handler"], world["officer"], person],
        reason="增加人员。",
    )


def test_a_decision_before_the_hearing_is_refused_with_the_article(
    ordinary: OrdinaryCase, stopped: FrozenClock
) -> None:
    letter(ordinary)
    arranged(ordinary)
    ordinary.hear(waived=())
    ordinary.review_defence()
    told = refusal(ordinary.ask_decision)
    assert [each["rule"] for each in told.data["obstacles"]] == ["hearing_held_on_request"]
    assert "第六十三条" in told.data["article"]


@pytest.mark.parametrize("way", ["letter", "waiver"])
def test_a_request_taken_back_lets_the_case_be_decided(
    ordinary: OrdinaryCase, stopped: FrozenClock, way: str
) -> None:
    letter(ordinary)
    arranged(ordinary)
    stopped.move(days=1)
    if way == "letter":
        letter(ordinary, Material.Kind.HEARING_WITHDRAWAL)
        assert refusal(letter, ordinary, Material.Kind.HEARING_WITHDRAWAL).code == (
            "hearing.not_asked"
        )
        ordinary.hear(waived=())
    else:
        ordinary.hear(waived=("hearing",))
    ordinary.review_defence()
    assert refusal(arrange_hearing, **plan(ordinary)).code == "hearing.not_asked"
    on_the_day(stopped)
    assert refusal(opened, ordinary).code == "hearing.not_asked"
    assert decided(ordinary).state == Paper.State.ISSUED


@pytest.mark.parametrize("outcome", ["absent", "left", "withdrawn"])
def test_a_hearing_the_party_stays_away_from_is_ended_with_what_happened(
    ordinary: OrdinaryCase, stopped: FrozenClock, outcome: str
) -> None:
    letter(ordinary)
    arranged(ordinary)
    on_the_day(stopped)
    activity = opened(ordinary)
    legal: dict[str, Any] = {"actor": ordinary.world["legal"], "activity_id": activity.id}
    stopped.move(minutes=30)
    assert refusal(end_hearing, **legal, outcome=outcome).code == "hearing.no_note"
    assert refusal(end_hearing, **legal, outcome="held").code == "hearing.unrecorded"
    assert refusal(end_hearing, **legal, outcome="vanished").code == "hearing.outcome"
    ended = end_hearing(**legal, outcome=outcome, note="等候三十分钟。")
    assert "等候三十分钟" in ended.facts["hearing"]["defended"]
    _recorded(ordinary, ended)
    report(ordinary, ended)
    stopped.move(hours=1)
    ordinary.hear(waived=())
    ordinary.review_defence()
    assert decided(ordinary).state == Paper.State.ISSUED


def test_an_adjourned_hearing_goes_on_when_its_party_was_told_and_the_break_is_no_gap(
    ordinary: OrdinaryCase, stopped: FrozenClock
) -> None:
    letter(ordinary)
    arranged(ordinary)
    before = Finding.objects.get(case=ordinary.case, rule="decided_in_time").due_at
    assert before is not None
    on_the_day(stopped)
    activity = opened(ordinary)
    legal: dict[str, Any] = {"actor": ordinary.world["legal"], "activity_id": activity.id}
    record_hearing(**legal, **SAID)
    stopped.move(hours=1)
    again = clock.now() + dt.timedelta(days=4)
    adjourn = {**legal, "reason": "通知新的证人到会。", "resumes_at": again}
    assert refusal(adjourn_hearing, **{**adjourn, "reason": " "}).code == "hearing.no_reason"
    told = refusal(adjourn_hearing, **{**adjourn, "resumes_at": clock.now()})
    assert told.code == "hearing.resumes_before"
    assert refusal(resume_hearing, **legal).code == "hearing.not_adjourned"
    adjourn_hearing(**adjourn)
    for step in (adjourn_hearing, record_hearing, end_hearing):
        given = {adjourn_hearing: adjourn, record_hearing: {**legal, **SAID}}
        rest = given.get(step, {**legal, "outcome": "held"})
        assert refusal(step, **rest).code == "hearing.adjourned", step
    stopped.move(days=1)
    refuse_busy([ordinary.world["handler"]], clock.now(), None)  # free meanwhile
    assert refusal(resume_hearing, **legal).code == "hearing.other_time"
    stopped.set(again)
    activity = resume_hearing(**legal)
    assert refusal(refuse_busy, [ordinary.world["handler"]], clock.now(), None).code == (
        "activity.officer_busy"
    )
    stopped.move(hours=1)
    activity = end_hearing(**legal, outcome="held")
    gaps = Gap.objects.filter(activity=activity).order_by("started_at")
    assert [one.ended_at - one.started_at for one in gaps] == [dt.timedelta(hours=1)] * 2
    # Five days from the opening to the end don't count in the ninety (Order 55, to be confirmed).
    finding = Finding.objects.get(case=ordinary.case, rule="decided_in_time")
    assert finding.due_at == before + dt.timedelta(days=5)
    assert "order55.not_counted" in json.dumps(finding.body)


def test_only_the_chair_records_ends_and_reports(
    ordinary: OrdinaryCase, stopped: FrozenClock
) -> None:
    letter(ordinary)
    arranged(ordinary)
    on_the_day(stopped)
    activity = opened(ordinary)
    world = ordinary.world
    assert refusal(end_activity, actor=world["handler"], activity_id=activity.id).code == (
        "hearing.chair_only"
    )
    assert refusal(start_activity, **ordinary.by, kind="hearing", place="听证室", officers=[],
                   is_on_site=False).code == "activity.kind"  # fmt: skip
    other: dict[str, Any] = {"actor": world["handler"], "activity_id": activity.id}
    assert refusal(record_hearing, **other, **SAID).code == "permission.missing"
    legal: dict[str, Any] = {"actor": world["legal"], "activity_id": activity.id}
    assert refusal(record_hearing, **legal, **{**SAID, "final": " "}).code == "hearing.unrecorded"
    three = {**SAID, "agents": "甲样例、乙样例、丙样例"}
    assert refusal(record_hearing, **legal, **three).code == "hearing.agents"
    assert refusal(report, ordinary, activity).code == "hearing.running"
    record_hearing(**legal, **SAID)
    stopped.move(minutes=5)
    ended = end_hearing(**legal, outcome="held")
    early = refusal(report, ordinary, ended)
    assert (early.code, "听证笔录" in explain(early).message) == ("paper.too_early", True)
    _recorded(ordinary, ended)
    report(ordinary, ended)
    assert refusal(report, ordinary, ended).code == "hearing.reported"


def test_a_hearing_put_off_is_notified_anew(ordinary: OrdinaryCase, stopped: FrozenClock) -> None:
    letter(ordinary)
    first = arrange_hearing(**plan(ordinary))
    later = plan(ordinary)["held_at"] + dt.timedelta(days=3)
    second = arranged(ordinary, held_at=later)
    first.refresh_from_db()
    assert (first.state, second.state) == (Paper.State.VOID, Paper.State.ISSUED)
    on_the_day(stopped)
    assert refusal(opened, ordinary).code == "hearing.other_time"
    stopped.set(later)
    assert opened(ordinary).facts["chair_id"] == str(ordinary.world["legal"].id)
    assert outcomes(ordinary, "hearing_notified_in_time") == {"hearing_notified_in_time met"}


def test_nobody_arranges_a_hearing_nobody_asked_for(ordinary: OrdinaryCase) -> None:
    assert refusal(arrange_hearing, **plan(ordinary)).code == "hearing.not_asked"
    letter(ordinary)
    assert refusal(arrange_hearing, **plan(ordinary, place=" ")).code == "hearing.incomplete"
