"""Driving the end of a licence step by step through the real acts. Not a test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from liuhen.actions import licence_endings
from liuhen.approvals.models import Approval
from liuhen.cases.models import Case
from liuhen.demo.any_case import AnyCase
from liuhen.documents.models import Licence, Paper

PROPOSAL: dict[str, Any] = {
    "facts": "规划调整，原核准的运输路线已经禁行。",
    "reasons": "准予所依据的客观情况发生重大变化，为公共利益需要收回。",
    "basis": "《虚构市建筑垃圾管理条例》第十一条",
    "content": "收回许可，停止按原路线运输。",
    "terms": "十日内交回许可证原件。",
    "compensation": "补偿重新办理手续的费用三千元。",
}

STANDING: dict[str, Any] = {
    "facts": "经核对原申请材料和现场，没有发现隐瞒有关情况。",
    "reasons": "举报的情形不存在，许可合法有效。",
    "basis": "《中华人民共和国行政许可法》第八条第一款",
    "terms": "按原许可内容继续实施。",
}


@dataclass
class EndingCase(AnyCase):
    """One licence to be withdrawn, revoked or cancelled, or found to stand."""

    opened: UUID | None = None

    @property
    def case_id(self) -> UUID:
        """The case that is to end the licence."""
        assert self.opened is not None
        return self.opened

    def open(self, licence: Licence, purpose: str, ground: str) -> Case:
        """Open the case with two officers."""
        case = licence_endings.open_ending(
            actor=self.world[self.handler],
            licence_id=licence.id,
            purpose=purpose,
            ground=ground,
            officers=[self.world[self.handler], self.world[self.second]],
        )
        self.opened = case.id
        return case

    def propose(self, **changes: Any) -> Case:
        """Record what was found and what is to be decided."""
        return licence_endings.propose_ending(**self.by, **{**PROPOSAL, **changes})

    def stand(self, **changes: Any) -> Case:
        """Record what was found and that the licence is to stand."""
        return licence_endings.propose_standing(**self.by, **{**STANDING, **changes})

    def tell(self) -> Paper:
        """Tell the holder before the decision and hand the notice over."""
        paper = self.issue(self.draw("other_prior_notice", statement_days=5))
        self.clock.move(minutes=5)
        self.serve("other_prior_notice")
        return paper

    def approve(self) -> None:
        """The route of the decision."""
        self.send(self.draw("other_decision_approval", handler_opinion="建议按拟作决定办理。"))
        self.answer("unit_head")
        self.answer("head")

    def ask_closing(self) -> Approval:
        """Write the closing report and send it to the leader."""
        return self.report(
            summary="查明事实，告知，作出决定，送达，注销。",
            reason="other",
            handler_opinion="已经办结，建议结案。",
        )
