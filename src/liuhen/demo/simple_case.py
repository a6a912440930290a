"""One case by simple procedure, driven step by step through the real acts.

The demonstration, the tests and the benchmarks all make their simple cases with this.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import Any

from liuhen.actions import simple_procedure as steps
from liuhen.actions.activities import end_activity
from liuhen.actions.approvals import decide_approval
from liuhen.actions.archive import bind_case, hand_over_case_file, receive_case_file
from liuhen.actions.closing import propose_closing
from liuhen.actions.filing import ask_filing
from liuhen.actions.fines import bank_fine, collect_fine, hand_in_fine, record_performance
from liuhen.actions.papers import issue_paper, note_refusal, serve_in_person, sign_paper
from liuhen.approvals.models import Approval
from liuhen.cases.models import Activity, Case, Party, Performance
from liuhen.demo.people import World
from liuhen.documents.models import Paper

PARTY = {
    "kind": Party.Kind.PERSON,
    "name": "刘样例",
    "identity_number": "11010519491231002X",
    "address": "虚构市示例区样板路8号",
    "phone": "000-00000001",
}
VIOLATION = {
    "cause": "占用道路堆放物料",
    "facts": "当事人在样板路8号门前人行道堆放装修物料约三平方米，妨碍行人通行。",
    "breached": "《虚构市市容环境卫生管理条例》第二十条",
    "basis": "《虚构市市容环境卫生管理条例》第五十条",
    "conditions": "违法事实确凿，有法定依据，对公民拟处二百元以下罚款，符合简易程序条件。",
    "evidence": "现场录像、现场照片、当事人陈述",
    "correction": "当日清除堆放的物料",
}
TOLD = (
    "已口头告知拟作出处罚的事实、理由和依据，告知当事人依法享有陈述、申辩的权利，"
    "不服决定可以申请行政复议或者提起行政诉讼。"
)


def ink(seed: int) -> list[list[list[float]]]:
    """Plausible pen strokes [[[x, y, ms], …], …], a different hand for each seed."""
    strokes = []
    for stroke in range(3):
        points = []
        for step in range(24):
            angle = step / 23 * math.pi * (1.2 + (seed + stroke) % 3 * 0.4)
            x = 20 + stroke * 70 + step * 2.4 + 9 * math.sin(angle * 2 + seed)
            y = 60 + 28 * math.sin(angle + seed * 0.7) - 12 * math.cos(angle * 3)
            points.append([round(x, 1), round(y, 1), stroke * 420 + step * 14])
        strokes.append(points)
    return strokes


@dataclass
class SimpleCase:
    """A simple case under way; each method is one or more acts at the clock's present instant."""

    world: World
    officer: str = "officer"
    second: str = "officer2"
    place: str = "虚构市示例区样板路8号门前"

    def start(self) -> Activity:
        """Certificates shown: the case and its activity begin."""
        self.activity = steps.start_simple_case(
            actor=self.world[self.officer],
            second_officer=self.world[self.second],
            place=self.place,
            is_certificate_shown=True,
        )
        return self.activity

    @property
    def case(self) -> Case:
        """The case as it stands now."""
        return Case.objects.get(id=self.activity.case_id)

    @property
    def _step(self) -> dict[str, Any]:
        return {"actor": self.world[self.officer], "activity_id": self.activity.id}

    def violation(self, party: dict[str, str] | None = None, **changes: Any) -> Activity:
        """Record party and violation."""
        return steps.record_violation(**self._step, party=party or PARTY, **(VIOLATION | changes))

    def notice(self) -> Activity:
        """Tell the party orally."""
        return steps.tell_notice(**self._step, told=TOLD)

    def waive(self) -> Activity:
        """The party waives statement and defence in words."""
        return steps.record_statement(**self._step, form="waiver_oral")

    def defend(self, text: str, adopted: str, reason: str) -> Activity:
        """The party defends itself; the defence is reviewed."""
        steps.record_statement(**self._step, form="oral", text=text)
        return steps.review_defence(**self._step, adopted=adopted, reason=reason)

    def decide(self, **decision: Any) -> Paper:
        """Draw up the decision; by default a fine of 50 yuan collected on the spot."""
        chosen = decision or {
            "penalty": ["fine"],
            "fine_fen": 5000,
            "collection": "on_the_spot",
            "collection_ground": "small",
        }
        self.decision = steps.decide_on_the_spot(**self._step, **chosen)
        return self.decision

    def sign(self, *, refusal: str | None = None) -> None:
        """Both officers sign; the party signs, or a refusal is noted."""
        actor, paper = self.world[self.officer], self.decision.id
        name = Party.objects.get(case_id=self.activity.case_id).name
        if refusal is None:
            sign_paper(actor=actor, paper_id=paper, role="party", name=name, strokes=ink(1))
        else:
            note_refusal(actor=actor, paper_id=paper, role="party", name=name, reason=refusal)
        for seed, username in enumerate((self.officer, self.second), start=2):
            person = self.world[username]
            sign_paper(
                actor=actor,
                paper_id=paper,
                role="officer",
                name=person.name,
                strokes=ink(seed),
                person=person,
            )

    def issue_and_serve(self) -> Paper:
        """Issue the decision and hand it over."""
        actor = self.world[self.officer]
        paper = issue_paper(actor=actor, paper_id=self.decision.id)
        name = Party.objects.get(case_id=self.activity.case_id).name
        serve_in_person(actor=actor, paper_id=paper.id, recipient=name, place=self.place)
        return paper

    def end(self, ended_at: dt.datetime | None = None) -> Activity:
        """End the activity, at a calm scene."""
        self.activity = end_activity(**self._step, ended_at=ended_at, scene=())
        return self.activity

    def collect(
        self, amount_fen: int = 5000, receipt: str = "虚财票000001", **remote: Any
    ) -> Performance:
        """Collect the fine; `remote` is what a remote place asks for."""
        self.performance = collect_fine(
            actor=self.world[self.officer],
            case_id=self.activity.case_id,
            amount_fen=amount_fen,
            receipt_number=receipt,
            **remote,
        )
        return self.performance

    def correct(self) -> Performance:
        """Record that a warning's order to correct was performed on the spot."""
        note = "当事人当场清除物料，恢复原状。"
        return record_performance(
            actor=self.world[self.officer], case_id=self.activity.case_id, note=note
        )

    def hand_in(self) -> None:
        """Hand the money in and bank it."""
        hand_in_fine(actor=self.world[self.officer], performance_id=self.performance.id)
        bank_fine(actor=self.world[self.officer], performance_id=self.performance.id)

    def ask_filing(self) -> Approval:
        """Send the filing record to the unit's head."""
        return ask_filing(actor=self.world[self.officer], case_id=self.activity.case_id)

    def file(self) -> None:
        """File the case with the unit's head."""
        self.approve(self.ask_filing(), "unit_head", "同意备案。")

    def approve(self, asked: Approval, username: str, opinion: str) -> None:
        """Answer a request with yes."""
        decide_approval(
            actor=self.world[username], approval_id=asked.id, outcome="approved", opinion=opinion
        )

    def propose_closing(self) -> Approval:
        """Write the closing report."""
        return propose_closing(
            actor=self.world[self.officer],
            case_id=self.activity.case_id,
            summary="执法人员巡查发现当事人占道堆放物料，适用简易程序当场作出处罚决定。",
            reason="performed",
            handler_opinion="处罚决定已经履行，建议结案。",
            remedy_state="当事人未申请行政复议，未提起行政诉讼。",
            strokes=ink(2),
        )

    def close(self) -> None:
        """Close the case by the leader of the commission."""
        self.approve(self.propose_closing(), "deputy", "同意结案。")

    def bind(self) -> None:
        """Bind the file."""
        bind_case(
            actor=self.world[self.officer],
            case_id=self.activity.case_id,
            checked_by=self.world["unit_head"],
        )

    def hand_over(self) -> None:
        """Hand the file over."""
        hand_over_case_file(
            actor=self.world[self.officer],
            case_id=self.activity.case_id,
            is_unit_copy_kept=True,
        )

    def archive(self, number: str) -> None:
        """Hand the file over and receive it."""
        self.hand_over()
        receive_case_file(
            actor=self.world["archivist"], case_id=self.activity.case_id, archive_number=number
        )
