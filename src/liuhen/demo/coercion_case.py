"""Cases of coercion and levy, driven step by step through the real acts.

Each method is a step at the clock's present instant. Not for penalties (`ordinary_case`).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from liuhen.actions.archive import bind_case, hand_over_case_file, receive_case_file
from liuhen.actions.closing import propose_closing
from liuhen.actions.coercion import open_measure, state_measure
from liuhen.actions.coercion_handling import Done, carry_out_handling, propose_handling
from liuhen.actions.defence import receive_material
from liuhen.actions.enforcing import open_enforcement
from liuhen.actions.fines import collect_fine, record_performance
from liuhen.actions.levy import assess_levy, open_levy
from liuhen.actions.paper_drafts import void_paper
from liuhen.actions.papers import serve_in_person
from liuhen.actions.publishing import publish_result
from liuhen.actions.service import draw_up_receipt, record_service
from liuhen.approvals.models import Approval
from liuhen.cases.models import Activity, Case, Performance
from liuhen.demo import coercion_words as said
from liuhen.demo.ordinary_desk import Desk
from liuhen.demo.ordinary_words import CONFIRMED, RIGHTS
from liuhen.demo.simple_case import ink
from liuhen.documents.coercion_facts import talk_record
from liuhen.documents.models import Material, Paper, Service
from liuhen.kernel import clock


@dataclass
class StagedCase(Desk):
    """A case without a lead, from its opening to the archive."""

    opened: Case | None = None

    @property
    def case_id(self) -> UUID:
        """The case on the desk."""
        assert self.opened is not None
        return self.opened.id

    @property
    def person(self) -> str:
        """Who speaks and signs for the party."""
        party = self.case.parties.get()
        return party.representative or party.name

    @property
    def officers(self) -> list[Any]:
        """Handler and second officer."""
        return [self.world[self.handler], self.world[self.second]]

    def approve(self) -> None:
        """The unit's head and the head of the authority agree."""
        self.answer("unit_head", "同意承办人意见。")
        self.answer("head", "同意。")

    def hand_over(self, *papers: Paper) -> None:
        """Hand papers over on the spot; the party signed on them."""
        for paper in papers:
            serve_in_person(
                actor=self.world[self.handler],
                paper_id=paper.id,
                recipient=self.person,
                place=self.case.place,
            )

    def serve_on(self, *papers: Paper) -> list[Service]:
        """Hand papers to the party at its place, who signs the receipt."""
        party = self.case.parties.get()
        activity = self.begin("service_in_person", place=party.address)
        self.clock.move(seconds=4)
        receipt = draw_up_receipt(
            actor=self.world[self.handler],
            activity_id=activity.id,
            paper_ids=[paper.id for paper in papers],
            received_by="representative" if party.representative else "party",
        )
        self.sign_other(receipt, "recipient", self.person)
        self.sign(receipt, "server", self.handler, self.second)
        served = record_service(actor=self.world[self.handler], receipt_id=receipt.id)
        self.end(activity)
        return served

    def hear(self) -> Activity:
        """The party states what it has to say, on record."""
        facts = {
            "recorder": self.world[self.second].name,
            "rights_told": RIGHTS,
            "relation": "本人",
            "confirmation": CONFIRMED,
            **said.STATEMENT,
        }
        activity = self.begin(
            "statement_and_defence", is_on_site=False, place="一支队接待室", facts=facts
        )
        self.clock.move(seconds=6)
        record = self.draw(talk_record(self.case), activity, span=self.span(activity))
        self.record_signed(record)
        self.issue(record)
        return self.end(activity)

    def ask_decision(self, **given: Any) -> Approval:
        """Draw up and send the form of approval of a decision."""
        paper = self.draw("other_decision_approval", **given)
        return self.send(paper)

    def void_draft(self, paper: Paper) -> None:
        """Void a draft that was not sent."""
        void_paper(actor=self.world[self.handler], paper_id=paper.id, reason="期限有误，重新起草")

    def publish(self) -> Case:
        """Record that the decision was made public."""
        return publish_result(**self.by, where="虚构市城市管理委员会网站执法公示栏")

    def ask_closing(self, *, summary: str, reason: str) -> Approval:
        """Write the closing report and send it to the leader."""
        return propose_closing(
            **self.by,
            summary=summary,
            reason=reason,
            handler_opinion="已经办理完毕，建议结案。",
            remedy_state="当事人未申请行政复议，未提起行政诉讼。",
            strokes=ink(2),
        )

    def close(self, *, summary: str, reason: str) -> None:
        """The leader approves the closing."""
        self.ask_closing(summary=summary, reason=reason)
        self.answer("deputy", "同意结案。")

    def bind(self) -> None:
        """Bind the file."""
        bind_case(**self.by, checked_by=self.world["unit_head"])

    def archive(self, number: str) -> None:
        """Hand the file over and receive it."""
        hand_over_case_file(**self.by, is_unit_copy_kept=True)
        receive_case_file(
            actor=self.world["archivist"], case_id=self.case_id, archive_number=number
        )

    def signed_on_the_spot(self, paper: Paper, *usernames: str, party: bool = True) -> Paper:
        """The party and both officers sign; the paper is issued."""
        if party:
            self.sign_other(paper, "party", self.person)
        self.sign(paper, "officer", *(usernames or (self.handler, self.second)))
        return self.issue(paper)


class MeasureCase(StagedCase):
    """Things seized, kept, and given back."""

    def open(self, arises_from: UUID | None = None) -> Case:
        """Open the case."""
        self.opened = open_measure(
            actor=self.world[self.handler],
            cause="未经核准处置渣土",
            place=said.PLACE,
            officers=self.officers,
            party=said.PARTY,
            arises_from_id=arises_from,
        )
        return self.opened

    def state(self, **changes: Any) -> Case:
        """State what is to be seized."""
        return state_measure(**self.by, **{**said.MEASURE, **changes})

    def ask(self) -> Approval:
        """Draw up and send the form of approval."""
        paper = self.draw("coercion_approval", handler_opinion="情况属实，建议扣押。")
        return self.send(paper)

    def take(self, *, refusal: str | None = None, **answered: bool) -> Activity:
        """Seize on the spot: decision, list, scene record, handed over.

        `answered` are marks set on the page of the activity, such as that the party was not told.
        """
        facts = {"recorder": self.world[self.second].name, **said.SCENE, **answered}
        activity = self.begin("sealing_or_seizure", place=said.PLACE, facts=facts)
        self.clock.move(seconds=6)
        decision = self.signed_on_the_spot(self.draw("seizure_decision", activity))
        things = self.draw("seizure_list", activity, items=said.ITEMS, span=self.span(activity))
        listed = self.signed_on_the_spot(things)
        record = self.draw("coercion_scene_record", activity, span=self.span(activity))
        self.record_signed(record, refusal=refusal)
        self.issue(record)
        self.hand_over(decision, listed)
        return self.end(activity)

    def prolong(self, days: int = 30) -> None:
        """Ask for more days, the head agrees, the party is told."""
        paper = self.draw(
            "seizure_prolongation", reason="案情复杂，需要继续核实物品来源。", days=days
        )
        self.send(paper)
        self.approve()

    def lift(self) -> Paper:
        """Lift the measure; the things go back the same day."""
        paper = self.draw("seizure_lifting", reason=said.LIFTING)
        self.sign_other(paper, "recipient", self.person)
        self.sign(paper, "officer", self.handler, self.second)
        self.papers["seizure_lifting"] = self.issue(paper)
        return self.papers["seizure_lifting"]

    def give_back(self) -> None:
        """The party collects the things."""
        self.carry_out(self.papers["seizure_lifting"], note="手推车两辆、铁锹四把，清点无误。")

    def handle(self, way: str, *numbers: str, **said_of: Any) -> Paper:
        """What is to become of things, approved by the head and told to the party."""
        paper = propose_handling(
            **self.by,
            way=way,
            numbers=numbers,
            **{"reason": said.CLEAR, "basis": said.HANDLING_BASIS, **said_of},
        )
        self.send(paper)
        self.approve()
        paper.refresh_from_db()
        return paper

    def carry_out(self, paper: Paper, **done: Any) -> Performance:
        """How a decision on things was carried out."""
        return carry_out_handling(
            actor=self.world[self.handler],
            paper_id=paper.id,
            done=Done(**{"person": self.person, **done}),
        )


class EnforcementCase(StagedCase):
    """A decision that was not performed: reminded, enforced or taken to the court."""

    def open(self, enforced: Case) -> Case:
        """Open the enforcement of a case's decision."""
        self.opened = open_enforcement(
            actor=self.world[self.handler], enforced_id=enforced.id, officers=self.officers
        )
        return self.opened

    def remind(self, **given: Any) -> Paper:
        """Issue the reminder and hand it over."""
        paper = self.issue(self.draw("reminder", **given))
        self.clock.move(minutes=10)
        self.serve_on(paper)
        return paper

    def review_defence(self) -> None:
        """Review what the party said upon the reminder; the unit's head confirms."""
        paper = self.draw(
            "defence_review",
            subject_id=self.papers["statement_record"].id,
            findings="当事人称经济困难，未提交证明材料。",
            is_adopted="rejected",
            reason="没有证明材料，不构成不履行的正当理由。",
            result="继续执行，可以申请分期履行。",
        )
        self.sign(paper, "reviewer", self.handler, self.second)
        self.send(paper)
        self.answer("unit_head", "同意复核意见。")

    def decide(self, type_key: str = "enforcement_decision", **given: Any) -> Paper:
        """Approve and issue the decision to enforce."""
        is_substitute = type_key == "substitute_performance_decision"
        words = {key: said.ENFORCEMENT[key] for key in ("reason", "basis", "way")}
        words = dict(said.SUBSTITUTE) if is_substitute else words
        self.ask_decision(
            basis=words["basis"],
            content=words["way"],
            handler_opinion="催告期满仍不履行，建议强制执行。",
        )
        self.approve()
        return self.issue(self.draw(type_key, **words, **given))

    def enforce(self, **facts: Any) -> Activity:
        """Carry the enforcement out, with its record made there."""
        told = {
            "recorder": self.world[self.second].name,
            "content": said.ENFORCEMENT["content"],
            "result": said.ENFORCEMENT["result"],
            "confirmation": CONFIRMED,
            "keeps_supply": True,
            "brought_party": False,
        }
        activity = self.begin("enforcement", place=self.case.place, facts={**told, **facts})
        self.clock.move(seconds=8)
        record = self.draw("enforcement_record", activity, span=self.span(activity))
        if performer := record.data.get("performer"):
            self.sign_other(record, "performer", performer)
        self.record_signed(record)
        self.issue(record)
        ended = self.end(activity)
        result = self.draw("enforcement_result")
        self.sign(result, "officer", self.handler, self.second)
        self.issue(result)
        return ended

    def apply(self) -> None:
        """Apply to the court under the head's signature."""
        paper = self.draw("enforcement_application", facts=said.ENFORCEMENT["reason"])
        self.send(paper)
        self.approve()
        paper.refresh_from_db()
        self.papers["enforcement_application"] = paper

    def ruling(self) -> Material:
        """The court's ruling comes in."""
        return receive_material(
            **self.by,
            kind=Material.Kind.COURT_RULING,
            name="准予强制执行裁定书.txt",
            content="准予强制执行。".encode(),
            received_from="虚构市示例区人民法院",
            subject_id=self.papers["enforcement_application"].id,
        )

    def perform(self, note: str = "强制执行完毕，义务已经履行。") -> None:
        """Record what was performed."""
        record_performance(**self.by, note=note)


class LevyCase(StagedCase):
    """A levy, assessed, decided, paid."""

    def open(self) -> Case:
        """Open the levy."""
        self.opened = open_levy(
            actor=self.world[self.handler],
            cause="征收城市生活垃圾处理费",
            place=said.PARTY["address"],
            officers=self.officers,
            party=said.PARTY,
            initiation="ex_officio",
        )
        return self.opened

    def assess(self, **changes: Any) -> Case:
        """State what is levied, to be paid in thirty days."""
        pay_by = clock.local_date(self.clock()) + dt.timedelta(days=30)
        return assess_levy(**self.by, **{**said.LEVY, "pay_by": pay_by, **changes})

    def decide(self) -> Paper:
        """Approve, issue and hand over the decision."""
        self.ask_decision(handler_opinion="事实清楚，依据充分，建议征收。")
        self.approve()
        self.clock.move(hours=1)
        paper = self.issue(self.draw("levy_decision"))
        self.clock.move(minutes=10)
        self.serve_on(paper)
        return paper

    def decide_objection(self) -> Paper:
        """Review the objection on record and decide it."""
        activity = self.begin("levy_objection_decision", is_on_site=False, place="一支队会议室")
        self.clock.move(seconds=6)
        paper = self.draw("levy_objection_decision", activity, **said.OBJECTION)
        self.send(paper)
        self.approve()
        self.end(activity)
        paper.refresh_from_db()
        self.serve_on(paper)
        return paper

    def pay(self, receipt: str = "虚财票300001") -> None:
        """The levy is paid at the bank."""
        collect_fine(**self.by, amount_fen=said.LEVY["amount_fen"], receipt_number=receipt)
