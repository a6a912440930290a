"""What happens in each of the demonstration's cases. Places, persons and firms are invented."""

from __future__ import annotations

import datetime as dt

from liuhen.actions.explanations import explain_gap
from liuhen.actions.recordings import explain_recording_gap
from liuhen.compliance.models import Finding
from liuhen.demo.cases import Loader
from liuhen.demo.days import at_day
from liuhen.demo.footage import film, loose, photograph
from liuhen.demo.simple_case import SimpleCase
from liuhen.law.findings import Column, Outcome
from liuhen.law.vocabulary import GapCause
from liuhen.recordings.models import Gap


def _person(name: str, number: str, place: str) -> dict[str, str]:
    return {"kind": "person", "name": name, "identity_number": number, "address": place}


def _shop(name: str, representative: str, place: str) -> dict[str, str]:
    return {
        "kind": "organisation",
        "name": name,
        "representative": representative,
        "address": place,
    }


def archived(loader: Loader) -> None:
    """Complete and in the archive room."""
    simple = loader.on_the_spot(
        at_day(2, 26, 9, 30),
        place="虚构市示例区样板路8号门前",
        party=_person("刘样例", "11010519491231002X", "虚构市示例区样板路8号"),
        facts="当事人在样板路8号门前人行道堆放装修物料约三平方米，妨碍行人通行。",
    )
    _film(loader, simple, at_day(2, 26, 16, 0))
    loader.at(at_day(2, 26, 16, 30), simple.hand_in, simple.file)
    loader.at(at_day(3, 2, 10, 0), simple.close)
    loader.at(at_day(3, 4, 10, 0), simple.bind)
    loader.at(at_day(3, 5, 10, 0), lambda: simple.archive("虚档〔2026〕0001"))


def handed_over(loader: Loader) -> None:
    """Bound and on its way to the archive room."""
    simple = loader.on_the_spot(
        at_day(3, 3, 10, 0),
        offence=4,
        place="虚构市示例区演示街21号门前",
        party=_person("马演示", "", "虚构市示例区演示街21号"),
        facts="当事人在演示街21号门前人行道摆放货架两个，占道经营。",
        defence=(
            "货架是临时摆放，马上搬走。",
            "rejected",
            "占道经营的事实成立，及时改正可以从轻。",
        ),
    )
    _film(loader, simple, at_day(3, 3, 17, 0))
    loader.at(at_day(3, 3, 17, 30), simple.hand_in, simple.file)
    loader.at(at_day(3, 9, 9, 0), simple.close)
    loader.at(at_day(3, 10, 9, 0), simple.bind)
    loader.at(at_day(3, 19, 15, 0), simple.hand_over)


def closed(loader: Loader) -> None:
    """Closed, to be bound."""
    simple = loader.on_the_spot(
        at_day(3, 5, 14, 0),
        offence=3,
        place="虚构市示例区试验里3号楼旁",
        party=_person("何虚构", "", "虚构市示例区试验里3号楼"),
        facts="当事人将生活垃圾倾倒在试验里3号楼旁绿化带内。",
    )
    _film(loader, simple, at_day(3, 5, 18, 0))
    loader.at(at_day(3, 6, 9, 0), simple.hand_in, simple.file)
    loader.at(at_day(3, 16, 9, 0), simple.close)


def waiting_for_leader(loader: Loader) -> None:
    """The closing report lies with the leader."""
    simple = loader.on_the_spot(
        at_day(3, 10, 9, 10),
        offence=1,
        place="虚构市示例区样板路36号",
        party=_person("宋样板", "", "虚构市示例区样板路40号"),
        facts="当事人在样板路36号公交站亭张贴宣传品六张。",
    )
    _film(loader, simple, at_day(3, 10, 17, 0))
    loader.at(at_day(3, 11, 9, 0), simple.hand_in, simple.file)
    loader.at(at_day(3, 19, 9, 0), simple.propose_closing)


def waiting_for_filing(loader: Loader) -> None:
    """The filing record lies with the unit's head; who asked will move and has to hand over."""
    simple = loader.on_the_spot(
        at_day(3, 19, 10, 0),
        offence=2,
        place="虚构市示例区演示街55号",
        party=_shop("虚构市演示五金店", "田虚构", "虚构市示例区演示街55号"),
        facts="当事人市容环境卫生责任区内散落包装物，未保持整洁。",
        decision={"penalty": ["warning"]},
        people=("mover", "officer2"),
    )
    _film(loader, simple, at_day(3, 19, 16, 30), officer="mover")
    loose(loader.world, officer="mover", begin=at_day(3, 19, 13, 30))
    loader.at(at_day(3, 19, 17, 0), simple.correct, simple.ask_filing)


def with_gap(loader: Loader) -> None:
    """The camera failed for a while: a gap that nobody can fill."""
    simple = loader.on_the_spot(
        at_day(3, 12, 10, 0),
        place="虚构市示例区样板路12号门前",
        party=_person("邓示范", "", "虚构市示例区样板路12号"),
        facts="当事人在样板路12号门前堆放建筑垃圾约两平方米。",
    )
    loader.clock.set(at_day(3, 12, 17, 0))
    film(loader.world, simple.activity, pauses=[(24_000, 41_500)], returned_at=at_day(3, 12, 16, 0))
    loader.at(at_day(3, 13, 9, 0), simple.hand_in, simple.file)
    loader.clock.set(at_day(3, 13, 10, 0))
    for gap in Gap.objects.filter(activity=simple.activity, filled_at=None):
        explain_recording_gap(
            actor=loader.world["officer"],
            gap_id=gap.id,
            cause=GapCause.FAULT,
            explanation="执法记录仪电池接触不良，自动关机约十七秒，重新开机后继续记录。",
            is_told_on_resumption=True,
        )
    for finding in Finding.objects.filter(
        case=simple.case, outcome=Outcome.BREACHED, column=Column.TEXT, is_curable=False
    ):
        explain_gap(
            actor=loader.world["officer"],
            case_id=simple.case.id,
            rule=finding.rule,
            subject_id=finding.subject_id,
            text="执法记录仪电池故障，自动关机约十七秒，更换设备后恢复；当时情况另有口头说明。",
        )


def overdue(loader: Loader) -> None:
    """Footage came late and the money is still with the officer."""
    simple = loader.on_the_spot(
        at_day(3, 11, 15, 0),
        offence=4,
        place="虚构市示例区试验路2号",
        party=_person("谢演练", "", "虚构市示例区试验路9号"),
        facts="当事人在试验路2号门前占道摆放水果摊一处。",
        refusal="当事人称金额有异议，当场拒绝签字，执法人员已说明救济途径。",
    )
    loader.clock.set(at_day(3, 13, 18, 0))
    film(loader.world, simple.activity, returned_at=at_day(3, 11, 17, 0))
    photograph(loader.world, simple.activity)


def unpaid(loader: Loader) -> None:
    """An organisation has to pay at the bank."""
    simple = loader.on_the_spot(
        at_day(3, 17, 11, 0),
        place="虚构市示例区样板路88号",
        party=_shop("虚构市样例装饰有限公司", "曹样例", "虚构市示例区样板路90号"),
        facts="当事人在样板路88号门前人行道堆放装饰材料约十平方米。",
        decision={"penalty": ["fine"], "fine_fen": 200_000, "collection": "bank"},
        people=("handler", "officer"),
    )
    _film(loader, simple, at_day(3, 17, 17, 0), officer="handler")


def unfilmed(loader: Loader) -> None:
    """The officers are back and no footage has been handed in."""
    loader.on_the_spot(
        at_day(3, 19, 14, 30),
        offence=3,
        place="虚构市示例区试验里7号楼旁",
        party=_person("韩试验", "", "虚构市示例区试验里7号楼"),
        facts="当事人将生活垃圾丢弃在试验里7号楼旁。",
        people=("officer2", "officer"),
    )


def begun(loader: Loader) -> None:
    """Under way at this moment."""
    loader.clock.set(at_day(3, 20, 14, 52))
    simple = SimpleCase(loader.world, place="虚构市示例区演示街3号门前")
    simple.start()
    loader.clock.move(minutes=2)
    simple.violation(
        party=_person("唐现场", "", "虚构市示例区演示街3号"),
        facts="当事人在演示街3号门前人行道堆放木板，妨碍通行。",
    )


def _film(
    loader: Loader, simple: SimpleCase, returned_at: dt.datetime, *, officer: str = "officer"
) -> None:
    """Back at the office: footage and a picture are handed in within the hour."""
    loader.clock.set(returned_at + dt.timedelta(minutes=20))
    film(loader.world, simple.activity, officer=officer, returned_at=returned_at)
    photograph(loader.world, simple.activity, officer=officer)


STORIES = (
    archived,
    handed_over,
    closed,
    waiting_for_leader,
    overdue,
    with_gap,
    unpaid,
    waiting_for_filing,
    unfilmed,
    begun,
)
