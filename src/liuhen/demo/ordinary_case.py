"""One case of ordinary procedure, driven step by step through the real acts.

Each method is a step at the clock's present instant; activities move the clock by seconds. The
demonstration, the tests and the benchmarks all make their ordinary cases with this.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from liuhen.actions import leads, parties
from liuhen.actions.findings import propose_penalty, record_findings
from liuhen.actions.fines import collect_fine
from liuhen.actions.initiation import state_circumstances
from liuhen.actions.review import ASPECTS, ask_legality_review, review_legality
from liuhen.approvals.models import Approval
from liuhen.cases.models import Activity, Lead, Party
from liuhen.demo.any_case import AnyCase
from liuhen.demo.ordinary_evidence import explain_footage
from liuhen.demo.ordinary_words import CIRCUMSTANCES, CONFIRMED, FOOTAGE, RIGHTS
from liuhen.demo.simple_case import ink
from liuhen.documents.models import Paper
from liuhen.kernel import clock


@dataclass
class OrdinaryCase(AnyCase):
    """An ordinary case under way, from the lead to the archive."""

    # -- the lead ----------------------------------------------------------------------------

    def register(self, **changes: Any) -> Lead:
        """Register the lead."""
        given = {**self.words.lead, **changes}
        actor = self.world[self.registrar]
        self.lead = leads.register_lead(actor=actor, strokes=ink(7), **given)
        return self.lead

    def assign(self) -> Lead:
        """The unit's head hands the lead to handler and second officer."""
        return leads.assign_lead(
            actor=self.world["unit_head"],
            lead_id=self.lead.id,
            handler=self.world[self.handler],
            officers=[self.world[self.handler], self.world[self.second]],
        )

    def check(self, text: str = "现场查看，反映的情况属实，有初步证据证明存在违法行为。") -> Lead:
        """Write down what the check showed."""
        return leads.record_check(actor=self.world[self.handler], lead_id=self.lead.id, check=text)

    def party(self, **changes: str) -> Party:
        """Record the party."""
        return parties.add_party(**self.by, given={**self.words.party, **changes})

    # -- initiation --------------------------------------------------------------------------

    def ask_initiation(self) -> Approval:
        """Draw up, sign and send the form of initiation."""
        happened = clock.iso(self.lead.received_at)
        paper = self.draw(
            "initiation_approval",
            cause=self.words.findings["cause"],
            happened_at=happened,
            grounds="有初步证据证明存在违法行为，属于本机关管辖，未超过追责期限。",
            handler_opinion="建议立案调查。",
        )
        self.sign(paper, "handler", self.handler, self.second)
        return self.send(paper)

    def initiate(self) -> None:
        """The whole route of initiation."""
        self.ask_initiation()
        self.answer("unit_head", "情况属实，同意立案。")
        self.answer("legal", "主体适格，属本机关管辖，同意。")
        self.answer("head", "同意立案。")

    # -- activities --------------------------------------------------------------------------

    def inspect(self, *, refusal: str | None = None) -> Activity:
        """Inspect the place, with the record signed there, or a refusal noted."""
        activity = self.begin(
            "inspection",
            place=self.words.findings["violated_place"],
            facts={
                "recorder": self.world[self.second].name,
                "rights_told": RIGHTS,
                "content": self.words.scene,
                "confirmation": CONFIRMED,
            },
        )
        self.clock.move(seconds=8)
        paper = self.draw("inspection_record", activity, span=self.span(activity))
        self.record_signed(paper, refusal=refusal)
        self.issue(paper)
        return self.end(activity)

    def inquire(self) -> Activity:
        """Question the representative in the office."""
        activity = self.begin(
            "inquiry",
            is_on_site=False,
            place="虚构市城市管理综合行政执法一支队询问室",
            facts={
                "recorder": self.world[self.second].name,
                "rights_told": RIGHTS,
                "relation": self.words.relation,
                "dialogue": [{"question": q, "answer": a} for q, a in self.words.dialogue],
                "confirmation": CONFIRMED,
            },
        )
        self.clock.move(seconds=8)
        paper = self.draw("inquiry_record", activity, span=self.span(activity))
        self.record_signed(paper)
        self.issue(paper)
        return self.end(activity)

    # -- findings, notice, defence -----------------------------------------------------------

    def conclude(self, **changes: Any) -> Paper:
        """Findings, proposal, circumstances and the report that ends the investigation."""
        penalty = {**self.words.penalty, **changes.pop("penalty", {})}
        circumstances = {**CIRCUMSTANCES, **changes.pop("circumstances", {})}
        footage = self.case.recordings.filter(kind="video").order_by("started_at").first()
        found = dict(self.words.findings)
        if footage is None:  # what was never filmed is no evidence
            found["evidence"] = [row for row in found["evidence"] if row["kind"] != FOOTAGE]
        record_findings(**self.by, violated_at=self.lead.received_at, **found)
        if footage is not None:
            explain_footage(self, footage)
        propose_penalty(**self.by, **penalty)
        state_circumstances(**self.by, **circumstances)
        paper = self.draw("investigation_report")
        self.sign(paper, "handler", self.handler, self.second)
        return self.issue(paper)

    def notify(self) -> Paper:
        """Issue the prior notice."""
        return self.issue(self.draw("prior_notice"))

    def hear(self, *, waived: Sequence[str] = ("hearing",), is_stated: bool = True) -> Activity:
        """The party states its defence and gives up what it gives up, on record."""
        officer = self.world[self.second].name
        activity = self.begin(
            "statement_and_defence",
            is_on_site=False,
            place="虚构市城市管理综合行政执法一支队接待室",
            facts={
                "recorder": officer,
                "rights_told": RIGHTS,
                "relation": self.words.relation,
                "statement_text": self.words.defence,
                "statement_reasons": self.words.reasons,
                "statement_exhibits": "照片三张",
                "confirmation": CONFIRMED,
            },
        )
        self.clock.move(seconds=8)
        if is_stated:
            record = self.draw("statement_record", activity, span=self.span(activity))
            self.record_signed(record)
            self.issue(record)
        if waived:
            self._waive(activity, waived)
        return self.end(activity)

    def _waive(self, activity: Activity, waived: Sequence[str]) -> None:
        paper = self.draw(
            "waiver",
            activity,
            waived=list(waived),
            form="waiver_written",
            declaration="本单位清楚上述权利，自愿放弃，不要求听证。",
        )
        self.sign_other(paper, "party", self.words.person)
        self.sign(paper, "officer", self.handler, self.second)
        self.issue(paper)

    def review_defence(self) -> None:
        """Review the defence; the unit's head confirms."""
        paper = self.draw(
            "defence_review",
            subject_id=self.papers["statement_record"].id,
            findings="经复核，当事人已经改正属实。",
            is_adopted="partly",
            reason="及时改正属实，已在裁量中考虑；违法事实清楚，仍应处罚。",
            result="维持拟处罚内容，不因陈述申辩加重处罚。",
        )
        self.sign(paper, "reviewer", self.handler, self.second)
        self.send(paper)
        self.answer("unit_head", "同意复核意见。")

    # -- review, discussion, decision, performance -------------------------------------------

    def ask_review(self) -> Approval:
        """Hand the case in for legality review."""
        return ask_legality_review(**self.by)

    def review(self, conclusion: str = "passed") -> Paper:
        """The legal reviewer gives the opinion."""
        return review_legality(
            actor=self.world["legal"],
            approval_id=self.waiting().id,
            aspects=dict.fromkeys(ASPECTS, "符合规定。"),
            conclusion=conclusion,
            suggestions="无。" if conclusion == "passed" else "补充现场丈量记录。",
            strokes=ink(5),
        )

    def ask_decision(self, **given: Any) -> Approval:
        """Draw up, sign and send the approval form of the decision."""
        said = "事实清楚，证据充分，建议按拟处罚内容作出决定。"
        paper = self.draw("decision_approval", handler_opinion=said, **given)
        self.sign(paper, "handler", self.handler, self.second)
        return self.send(paper)

    def approve_decision(self) -> None:
        """The route of the decision."""
        self.answer("unit_head", "同意承办人意见。")
        self.answer("head", "同意处罚。")

    def decide(self) -> Paper:
        """Draw up and issue the decision."""
        return self.issue(self.draw("penalty_decision"))

    def pay(self, receipt: str = "虚财票200001") -> None:
        """The fine is paid at the bank; the performance record is issued."""
        collect_fine(
            **self.by,
            amount_fen=self.papers["penalty_decision"].data["amount"],
            receipt_number=receipt,
        )
        paper = self.draw("performance_record")
        self.sign(paper, "handler", self.handler, self.second)
        self.issue(paper)

    def ask_closing(self) -> Approval:
        """Write the closing report and send it to the leader."""
        return self.report(
            summary=self.words.findings["course"],
            reason="performed",
            handler_opinion="处罚决定已经履行，建议结案。",
        )

    # -- longer ways -------------------------------------------------------------------------

    def until_initiated(self) -> None:
        """From the lead to its initiation, within a day."""
        self.register()
        self.assign()
        self.clock.move(hours=2)
        self.check()
        self.party()
        self.clock.move(hours=1)
        self.initiate()

    def until_notified(self, **changes: Any) -> None:
        """Investigation, report, and the prior notice served; some days pass."""
        self.clock.move(days=1)
        self.inspect(refusal=changes.pop("refusal", None))
        self.clock.move(days=1)
        self.inquire()
        self.clock.move(days=1)
        self.conclude(**changes)
        self.notify()
        self.clock.move(hours=1)
        self.serve("prior_notice")

    def until_reviewed(self) -> None:
        """Defence and waiver, their review, legality review, discussion."""
        self.clock.move(days=1)
        self.hear()
        self.review_defence()
        self.clock.move(days=1)
        self.ask_review()
        self.clock.move(hours=2)
        self.review()
        self.clock.move(hours=2)
        self.discuss()

    def until_decided(self) -> None:
        """Approval and decision."""
        self.clock.move(days=1)
        self.ask_decision()
        self.approve_decision()
        self.clock.move(hours=1)
        self.decide()
