"""Licences, driven step by step through the real acts: applied for, decided, delivered, archived.

Each method is a step at the clock's present instant. The demonstration and the tests make their
licences with this.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from liuhen.actions import hearing, licences, licensing
from liuhen.actions.drawing_up import preview_of
from liuhen.actions.licence_hearings import NOTICE, RIGHT_NOTICE
from liuhen.actions.licensing import CERTIFICATE
from liuhen.actions.publishing import publish_result
from liuhen.approvals.models import Approval
from liuhen.cases.models import Activity, Case, Party
from liuhen.demo.any_case import AnyCase
from liuhen.demo.ordinary_words import RIGHTS
from liuhen.demo.simple_case import ink
from liuhen.documents.models import Licence, Paper
from liuhen.kernel import clock

MATTER = "城市建筑垃圾处置核准"
PLACE = "虚构市城市管理委员会政务服务窗口"
MATERIALS = (
    {"name": "城市建筑垃圾处置申请表", "copies": 2, "form": "原件"},
    {"name": "运输合同", "copies": 1, "form": "复制件"},
)
PROPOSAL: dict[str, Any] = {
    "facts": "申请材料齐全，现场核查车辆和消纳场所与申请相符。",
    "reasons": "符合核准条件。",
    "basis": "《虚构市建筑垃圾管理条例》第九条",
    "content": "处置建筑垃圾约三千立方米，运往虚构市示例消纳场。",
    "terms": "按核准的时间、路线运输，随车携带核准文件。",
}
HEARD = {
    "investigated": "审查人员说明车辆、消纳场所和运输路线的审查意见，出示现场核查记录。",
    "defended": "申请人说明夜间不运输。",
    "final": "申请人请求准予许可。",
}
POINTS = [
    {"point": "运输车辆密闭装置", "result": "五辆均已安装"},
    {"point": "消纳场所", "result": "与申请一致"},
]


@dataclass
class LicensingCase(AnyCase):
    """One application under way."""

    opened: UUID | None = None

    @property
    def case_id(self) -> UUID:
        """The case that the application opened."""
        assert self.opened is not None
        return self.opened

    def receive(self, **changes: Any) -> Case:
        """The applicant comes to the counter."""
        given: dict[str, Any] = {
            "matter": MATTER,
            "form": "written",
            "content": "申请处置示例工程产生的建筑垃圾约三千立方米。",
            "materials": MATERIALS,
            "place": PLACE,
            "party": self.words.party,
            "second": self.world[self.second],
            "applicant": self.words.person,
            "applicant_strokes": ink(1),
            "registrar_strokes": ink(2),
        }
        case = licensing.receive_application(actor=self.world[self.handler], **{**given, **changes})
        self.opened = case.id
        return case

    def leave_counter(self) -> Activity:
        """The applicant leaves with the voucher; the camera's footage is handed in."""
        self.clock.move(seconds=8)
        ended = licensing.end_intake(**self.by)
        if self.camera is not None:
            self.clock.move(minutes=30)
            self.camera(ended)
        return ended

    def tell_missing(self) -> Paper:
        """Tell once everything that is missing."""
        missing = [{"name": "消纳场所证明", "problem": "未提交"}]
        return self.issue(self.draw("supplement_notice", missing=missing))

    def supplement(self) -> Case:
        """The applicant hands in what was missing."""
        more = [{"name": "消纳场所证明", "copies": 1, "form": "原件"}]
        return licensing.receive_supplement(**self.by, materials=more)

    def accept(self) -> Paper:
        """Accept the application."""
        return self.issue(self.draw("acceptance_notice"))

    def verify(self) -> Activity:
        """Look at the place with two officers."""
        facts = {"recorder": self.world[self.second].name, "rights_told": RIGHTS}
        activity = self.begin("on_site_verification", facts=facts)
        self.clock.move(seconds=8)
        paper = self.draw(
            "verification_record",
            activity,
            span=self.span(activity),
            points=POINTS,
            conclusion="与申请材料相符。",
        )
        self.record_signed(paper)
        self.issue(paper)
        return self.end(activity)

    def propose(self, *, is_granted: bool = True, **changes: Any) -> Case:
        """Record the review and the decision proposed."""
        day = clock.local_date(self.clock())
        # Not before the decision, which comes some weeks after where others are heard.
        begin = day + dt.timedelta(days=40)
        span = {"valid_from": begin, "valid_until": day + dt.timedelta(days=180)}
        given = {
            **PROPOSAL,
            "has_certificate": is_granted,
            **(span if is_granted else {}),
            **changes,
        }
        return licensing.propose_licence(**self.by, is_granted=is_granted, **given)

    def tell_of_right(self, interest: str, *others: Party) -> None:
        """The notice of the right to a hearing to the applicant and to each interested person."""
        for to in (None, *others):
            self.issue(
                self.draw(RIGHT_NOTICE, addressee_id=to.id if to else None, interest=interest)
            )
            self.clock.move(minutes=5)
            self.serve(RIGHT_NOTICE, to=to)

    def arrange(self, held_at: dt.datetime, chair: str = "legal") -> list[Paper]:
        """Set time, place and chair; the notices issued, the applicant's first, not served yet."""
        hearing.arrange_hearing(
            **self.by,
            held_at=held_at,
            place="虚构市城市管理委听证室",
            chair=self.world[chair],
            clerk="吴书记",
            is_public=True,
        )
        drafts = list(self.case.papers.filter(type=NOTICE, state=Paper.State.DRAFT))
        drafts.sort(key=lambda one: one.data["party"]["name"] != one.data["applicant"])
        return [self.issue(one) for one in drafts]

    def hear(self, *, interested: str = "", chair: str = "legal") -> Paper:
        """The chair opens the hearing, writes it down, has its record signed, ends it, reports."""
        by = self.world[chair]
        reviewers = [self.world[self.handler]]
        activity = hearing.open_hearing(actor=by, case_id=self.case_id, investigators=reviewers)
        said = {**HEARD, "rights": RIGHTS, "interested": interested}
        hearing.record_hearing(actor=by, activity_id=activity.id, **said)
        self.clock.move(seconds=8)
        self._record_of(activity, chair)
        ended = hearing.end_hearing(actor=by, activity_id=activity.id, outcome="held")
        if self.camera is not None:
            self.clock.move(minutes=30)
            self.camera(ended)
        return hearing.report_hearing(
            actor=by,
            activity_id=activity.id,
            course="申请人到场，听证公开举行。",
            opinion="审查意见有依据，建议准予许可。",
            strokes=ink(3),
        )

    def _record_of(self, activity: Activity, chair: str) -> None:
        filmed = {"recordings": "听证室录像", "span": self.span(activity)}
        paper = self.draw("licence_hearing_record", activity, **filmed)
        for page in range(1, len(preview_of(paper))):
            self.sign_other(paper, "party", self.words.person, page=page)
        self.sign_other(paper, "party", self.words.person)
        self.sign(paper, "chair", chair)
        self.sign(paper, "recorder", self.second)
        self.issue(paper)

    def prolong(self, days: int = 10) -> Paper:
        """Ask the head for more time, and tell the applicant."""
        paper = self.draw(
            "licence_prolongation_notice",
            reason="消纳场所须会同有关部门核实，",
            days=days,
            until=(clock.local_date(self.clock()) + dt.timedelta(days=30)).isoformat(),
        )
        self.send(paper)
        self.answer("unit_head")
        self.answer("head")
        self.papers["licence_prolongation_notice"] = Paper.objects.get(id=paper.id)
        return self.papers["licence_prolongation_notice"]

    def ask_decision(self) -> Approval:
        """Draw up and send the form of approval."""
        return self.send(
            self.draw("other_decision_approval", handler_opinion="建议按拟作决定办理。")
        )

    def decide(self, *, is_granted: bool = True) -> Paper:
        """The route of the decision, then the decision."""
        self.ask_decision()
        self.answer("unit_head")
        self.answer("head")
        return self.issue(self.draw("licence_grant" if is_granted else "licence_refusal"))

    def certify(self) -> Licence:
        """Enter the licence into the register and hand its certificate over."""
        licence = licences.issue_licence(**self.by)
        assert licence.certificate is not None
        self.papers[CERTIFICATE] = licence.certificate
        self.clock.move(minutes=5)
        self.serve(CERTIFICATE)
        return licence

    def publish(self) -> Case:
        """Record that the result was made public."""
        return publish_result(**self.by, where="虚构市人民政府网站行政许可公示栏")

    def ask_closing(self) -> Approval:
        """Write the closing report and send it to the leader."""
        return self.report(
            summary="收到申请，补正后受理，现场核查，作出决定并送达、公开。",
            reason="other",
            handler_opinion="许可事项已经办结，建议结案。",
        )

    def until_accepted(self) -> None:
        """Received, told what is missing, supplemented the next day, accepted."""
        self.receive()
        self.tell_missing()
        self.leave_counter()
        self.clock.move(days=1)
        self.supplement()
        self.accept()
