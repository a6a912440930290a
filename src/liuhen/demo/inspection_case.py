"""Inspections, driven step by step through the real acts: drawn or planned, to the archive.

Each method is a step at the clock's present instant. The demonstration and the tests make their
inspections with this.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from liuhen.actions import inspection_draws, inspections
from liuhen.actions.publishing import publish_result
from liuhen.approvals.models import Approval
from liuhen.cases.models import Activity, Case, InspectionDraw, Lead
from liuhen.demo.any_case import AnyCase
from liuhen.demo.ordinary_words import CONFIRMED, RIGHTS
from liuhen.demo.people import World
from liuhen.demo.simple_case import ink
from liuhen.kernel.clock import FrozenClock
from liuhen.ledger.sequencing import sequence_all

MATTER = "建筑垃圾运输车辆密闭运输和场地出口保洁情况"
BASIS = "《虚构市建筑垃圾管理条例》第三十一条"
OBJECTS: tuple[dict[str, str], ...] = tuple(
    {"name": f"虚构市{name}有限公司", "identity_number": "", "address": f"虚构市示例区{place}"}
    for name, place in (
        ("样例土石方工程", "示例东路12号"),
        ("示范渣土运输", "示例西路3号"),
        ("演练建材", "样板路66号"),
        ("试做园林", "样板路81号"),
    )
)
CORRECTION: dict[str, Any] = {
    "facts": "场地出口未设置车辆冲洗设施，出口路面有泥土带出。",
    "breached": "《虚构市建筑垃圾管理条例》第十八条",
    "basis": "《中华人民共和国行政处罚法》第二十八条第一款",
    "content": "在场地出口设置车辆冲洗设施，清除路面泥土。",
}


def announce(world: World, clock: FrozenClock, **changes: Any) -> InspectionDraw:
    """Fix the lists of a draw; it is for the days after tomorrow."""
    first = clock() + dt.timedelta(days=2)
    given: dict[str, Any] = {
        "matter": MATTER,
        "basis": BASIS,
        "planned_from": first,
        "planned_until": first + dt.timedelta(days=10),
        "objects": OBJECTS,
        "officers": [world[name] for name in ("officer", "officer2", "handler")],
        "exclusions": [],
        "size": 1,
    }
    return inspection_draws.announce_draw(actor=world["unit_head"], **{**given, **changes})


def draw(world: World, clock: FrozenClock, announced: InspectionDraw) -> list[Case]:
    """Begin, show the lists, draw, sign the minutes; the cases in the order they were drawn."""
    sequence_all()
    by: dict[str, Any] = {"actor": world["handler"], "draw_id": announced.id}
    inspection_draws.begin_draw(
        **by, second=world["officer"], place="虚构市城市管理委员会会议室", witness="程见证"
    )
    clock.move(seconds=8)
    rows = inspection_draws.draw_inspections(**by)
    clock.move(minutes=2)
    inspection_draws.record_draw(**by, drawer_strokes=[ink(1), ink(2)], witness_strokes=ink(3))
    return [row.case for row in rows]


@dataclass
class InspectionCase(AnyCase):
    """One inspection under way."""

    opened: UUID | None = None

    @property
    def case_id(self) -> UUID:
        """The case that was drawn or planned."""
        assert self.opened is not None
        return self.opened

    def of(self, case: Case) -> InspectionCase:
        """Go on with a case that was drawn: its officers carry it."""
        self.opened = case.id
        carried = [row.person.username for row in case.officers.order_by("id")]
        self.handler = case.handler.username
        self.second = next(name for name in carried if name != self.handler)
        return self

    def plan(self, **changes: Any) -> Case:
        """Plan the inspection of one object without a draw."""
        first = self.clock() + dt.timedelta(hours=1)
        given: dict[str, Any] = {
            "mode": "plan",
            "matter": MATTER,
            "basis": BASIS,
            "planned_from": first,
            "planned_until": first + dt.timedelta(days=5),
            "place": self.words.party["address"],
            "party": self.words.party,
            "officers": [self.world[self.handler], self.world[self.second]],
        }
        case = inspections.plan_inspection(actor=self.world[self.handler], **{**given, **changes})
        self.opened = case.id
        return case

    # -- approval and notice -----------------------------------------------------------------

    def ask_approval(self) -> Approval:
        """Draw up and send the approval form."""
        paper = self.draw("inspection_approval", handler_opinion="建议按计划实施检查。")
        return self.send(paper)

    def approve(self) -> None:
        """The whole route of the approval."""
        self.ask_approval()
        self.answer("unit_head", "同意检查。")
        self.answer("head", "同意检查。")

    def notify(self) -> None:
        """Issue the notice and hand it over."""
        self.issue(self.draw("inspection_notice"))
        self.clock.move(minutes=5)
        self.serve("inspection_notice")

    # -- on the spot -------------------------------------------------------------------------

    def inspect(self, content: str, *, refusal: str | None = None) -> Activity:
        """Inspect the place; the record is signed there, or a refusal noted."""
        return self._visit("inspection", "inspection_record", content, refusal=refusal)

    def reinspect(self, result: str, content: str) -> Activity:
        """Look again after the order to correct: `done`, `partly` or `not_done`."""
        return self._visit("reinspection", "reinspection_record", content, result=result)

    def _visit(
        self, kind: str, type_key: str, content: str, *, refusal: str | None = None, **given: Any
    ) -> Activity:
        facts = {
            "recorder": self.world[self.second].name,
            "rights_told": RIGHTS,
            "content": content,
            "confirmation": CONFIRMED,
        }
        activity = self.begin(kind, place=self.case.place, facts=facts)
        self.clock.move(seconds=8)
        paper = self.draw(type_key, activity, span=self.span(activity), **given)
        self.record_signed(paper, refusal=refusal)
        self.issue(paper)
        return self.end(activity)

    # -- result ------------------------------------------------------------------------------

    def find(self, outcome: str, result: str, handling: str, **correction: Any) -> None:
        """Record what was found."""
        inspections.record_inspection_result(
            **self.by,
            outcome=outcome,
            result=result,
            handling=handling,
            correction={**CORRECTION, **correction} if outcome == "correction" else None,
        )

    def tell(self, *others: str) -> None:
        """Issue the result notice and others, and hand them over together."""
        types = ("inspection_result_notice", *others)
        for type_key in types:
            self.issue(self.draw(type_key))
        self.clock.move(minutes=5)
        self.serve(*types)

    def transfer(self) -> Lead:
        """Register what was found as a lead."""
        return inspections.transfer_to_lead(
            **self.by,
            content="检查发现车辆未密闭运输，沿途遗撒，涉嫌违法。",
            registrar_opinion="建议立案查处。",
            strokes=ink(4),
        )

    def publish(self) -> Case:
        """Record that the result was made public."""
        return publish_result(**self.by, where="虚构市人民政府网站行政检查公示栏")

    def ask_closing(self) -> Approval:
        """Write the closing report and send it to the leader."""
        return self.report(
            summary="经批准实施检查，制作笔录，结果已经告知并公开。",
            reason="other",
            handler_opinion="检查已经办结，建议结案。",
        )

    def until_inspected(self, content: str = "现场整洁，车辆密闭运输，未发现问题。") -> None:
        """Approval, notice and the visit; two days pass."""
        self.approve()
        self.clock.move(days=1)
        self.notify()
        self.clock.move(days=1)
        self.inspect(content)
