"""How the demonstration makes a case on the spot, on a clock it moves. Cases: `demo.stories`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from liuhen.actions import people as acts
from liuhen.actions.access import grant_standing_approval
from liuhen.actions.case_copies import answer_case_copy, ask_case_copy
from liuhen.actions.devices import report_device_fault
from liuhen.actions.offences import register_offence
from liuhen.archive.models import CaseCopy, CaseCopyRequest
from liuhen.cases.models import Case
from liuhen.demo.days import PASSWORD_OF_DEMO, at_day
from liuhen.demo.people import CERTIFICATE_SPAN, PROFILE, World
from liuhen.demo.simple_case import VIOLATION, SimpleCase
from liuhen.kernel.clock import FrozenClock
from liuhen.people.models import Device, Office

STEP = 12  # seconds between two steps on the spot

OFFENCES = (
    ("XG-001", "占用道路堆放物料", "第二十条", "第五十条", "当日清除堆放的物料"),
    ("XG-002", "擅自张贴宣传品", "第二十二条", "第五十二条", "清除张贴的宣传品"),
    ("XG-003", "未保持责任区整洁", "第十二条", "第四十五条", "清扫责任区"),
    ("XG-004", "乱倒生活垃圾", "第三十一条", "第五十八条", "清理倾倒的垃圾"),
    ("XG-005", "占道经营", "第二十五条", "第五十四条", "停止占道，将物品移入室内"),
)
_LAW = "《虚构市市容环境卫生管理条例》"
_CONDITIONS = "违法事实确凿，有法定依据，拟处罚款在简易程序限额以内或者警告。"


def _words_of(offence: int) -> dict[str, str]:
    """What the list of offences says of one of them, for the violation's record."""
    _, cause, breached, basis, correction = OFFENCES[offence]
    return {
        "cause": cause,
        "breached": _LAW + breached,
        "basis": _LAW + basis,
        "conditions": _CONDITIONS,
        "correction": correction,
    }


class Loader:
    """Makes the cases one after another on a clock it moves."""

    def __init__(self, world: World, clock: FrozenClock) -> None:
        self.world = world
        self.clock = clock

    def prepare(self) -> None:
        """What the office has before the first case: offences and approvals of viewing."""
        for code, cause, breached, basis, correction in OFFENCES:
            register_offence(
                actor=self.world["legal"],
                code=code,
                cause=cause,
                breached=_LAW + breached,
                basis=_LAW + basis,
                conditions=_CONDITIONS,
                correction=correction,
            )
        for group, scope, purpose in (
            ("officer", "own_open_cases", "办理本人承办的案件"),
            ("unit_head", "unit_cases", "审批和检查本单位案件"),
            ("supervisor", "all_cases", "执法监督和案卷评查"),
            ("records_manager", "all_cases", "记录管理"),
        ):
            grant_standing_approval(
                actor=self.world["deputy"],
                group=group,
                scope=scope,
                purpose=purpose,
                until=at_day(12, 31, 23, 59),
            )

    def join(self) -> None:
        """One more officer, who is about to move: a certificate and a camera of their own."""
        unit, by = self.world.units["ZD1"], self.world.system
        person = acts.register_person(
            actor=by, username="mover", name="蒋调动", unit=unit, password=PASSWORD_OF_DEMO
        )
        acts.appoint(actor=by, person=person, kind=Office.Kind.OFFICER)
        acts.register_certificate(
            actor=by,
            person=person,
            number="虚证000099",
            issuer="虚构市人民政府",
            valid_from=CERTIFICATE_SPAN[0],
            valid_until=CERTIFICATE_SPAN[1],
        )
        self.world.people["mover"] = person
        self.world.devices["DEMO-0004"] = acts.register_device(
            actor=by,
            serial="DEMO-0004",
            kind=Device.Kind.BODY_CAMERA,
            unit=unit,
            holder_id=person.id,
            model="演示型",
        )

    def break_camera(self) -> None:
        """A camera is reported broken: what waits for who has devices mended."""
        instant = at_day(3, 19, 17, 0)
        self.at(
            instant,
            lambda: report_device_fault(
                actor=self.world["officer2"],
                device_id=self.world.devices["DEMO-0002"].id,
                description="镜头盖破损，画面有裂痕",
                found_at=instant,
            ),
        )

    def lend(self) -> None:
        """The court asks for what is in the archive room: copies on discs, approved, to be made."""
        told: dict[str, Any] = {
            "recipient": PROFILE["court"],
            "purpose": "行政诉讼调取案卷",
            "audience": CaseCopy.Audience.COURT,
        }
        archived = Case.objects.filter(file__archive_number__isnull=False)
        for case in archived.order_by("file__archive_number"):
            asked = ask_case_copy(actor=self.world["records"], case_id=case.id, **told)
            answer_case_copy(
                actor=self.world["deputy"],
                request_id=asked.id,
                outcome=CaseCopyRequest.Outcome.APPROVED,
                opinion="同意复制",
            )

    def on_the_spot(
        self,
        start: dt.datetime,
        *,
        offence: int = 0,
        place: str,
        party: dict[str, str],
        facts: str,
        defence: tuple[str, str, str] | None = None,
        decision: dict[str, Any] | None = None,
        refusal: str | None = None,
        people: tuple[str, str] = ("officer", "officer2"),
    ) -> SimpleCase:
        """Everything from certificates to the end of the activity."""
        self.clock.set(start)
        simple = SimpleCase(self.world, officer=people[0], second=people[1], place=place)
        law = _words_of(offence)
        given = {**law, "facts": facts, "evidence": VIOLATION["evidence"]}
        steps: list[Callable[[], object]] = [
            simple.start,
            lambda: simple.violation(party=party, **given),
            simple.notice,
            (lambda: simple.defend(*defence)) if defence else simple.waive,
            lambda: simple.decide(**(decision or {})),
            lambda: simple.sign(refusal=refusal),
            simple.issue_and_serve,
        ]
        if decision is None:
            steps.append(lambda: simple.collect(receipt=f"虚财票{start:%m%d%H%M}"))
        for step in steps:
            step()
            self.clock.move(seconds=STEP)
        simple.end()
        return simple

    def at(self, instant: dt.datetime, *acts: Callable[[], object]) -> None:
        """Do acts at an instant."""
        self.clock.set(instant)
        for perform in acts:
            perform()
            self.clock.move(minutes=2)
