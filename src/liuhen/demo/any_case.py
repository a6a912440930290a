"""The steps that every kind of case takes: papers served, the case closed, bound, archived.

Not for what only one kind has (`ordinary_case`, `inspection_case` and kin).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from liuhen.actions.archive import bind_case, hand_over_case_file, receive_case_file
from liuhen.actions.closing import propose_closing
from liuhen.actions.discussion import record_discussion
from liuhen.actions.papers import note_refusal
from liuhen.actions.service import draw_up_receipt, record_service
from liuhen.approvals.models import Approval
from liuhen.cases.models import Activity, Party
from liuhen.demo.ordinary_desk import Desk
from liuhen.demo.simple_case import ink
from liuhen.documents.models import Paper, Service


@dataclass
class AnyCase(Desk, ABC):
    """A case of any kind, from its papers to the archive."""

    def serve(self, *types: str, to: Party | None = None) -> list[Service]:
        """Hand papers to the party, who leads it, or an interested person, who signs for them."""
        activity = self.begin("service_in_person", place=to.address if to else "")
        self.clock.move(seconds=4)
        party = to or self.case.parties.get(role=Party.Role.PARTY)
        who = "representative" if party.kind == Party.Kind.ORGANISATION else "party"
        is_named = who == "party" or bool(party.representative)
        name = "" if is_named else self.words.person
        receipt = self._receipt(activity, types, received_by=who, agent_name=name)
        self.sign_other(receipt, "recipient", to.name if to else self.words.person)
        self.sign(receipt, "server", self.handler, self.second)
        served = record_service(actor=self.world[self.handler], receipt_id=receipt.id)
        self.end(activity)
        return served

    def leave(self, *types: str, has_witness: bool = True) -> list[Service]:
        """Leave papers at the residence: reception refused, witness present."""
        activity = self.begin("service_left")
        self.clock.move(seconds=4)
        reason = "受送达人的工作人员称负责人不在，拒绝接收。"
        witness = "程见证（样板路社区居民委员会工作人员）" if has_witness else "无见证人到场"
        receipt = self._receipt(activity, types, refusal_reason=reason, witness=witness)
        note_refusal(
            actor=self.world[self.handler],
            paper_id=receipt.id,
            role="recipient",
            name=self.words.party["name"],
            reason=reason,
        )
        self.sign(receipt, "server", self.handler, self.second)
        if has_witness:
            self.sign_other(receipt, "witness", "程见证")
        served = record_service(actor=self.world[self.handler], receipt_id=receipt.id)
        self.end(activity)
        return served

    def _receipt(self, activity: Activity, types: Sequence[str], **given: str) -> Paper:
        return draw_up_receipt(
            actor=self.world[self.handler],
            activity_id=activity.id,
            paper_ids=[self.papers[one].id for one in types],
            **given,
        )

    def discuss(self, members: Sequence[str] = ("head", "legal")) -> Activity:
        """The committee discusses the case; the minutes are signed and issued."""
        activity = self.begin("collective_discussion", is_on_site=False, place="委机关第二会议室")
        self.clock.move(seconds=8)
        present = [self.world[username] for username in members]
        activity = record_discussion(
            actor=self.world[self.handler],
            activity_id=activity.id,
            chair=present[0],
            present=present,
            recorder=self.world[self.handler].name,
            report="承办机构汇报了案件事实、证据、法制审核意见和拟作决定。",
            opinions={person.id: "同意拟作决定。" for person in present},
            conclusion="同意承办机构的意见。",
            attending=self.world[self.handler].name,
        )
        self.end(activity)
        unfilmed = {} if activity.recordings.exists() else {"recordings": "未进行音像记录"}
        paper = self.draw("collective_minutes", activity, **unfilmed)
        self.sign(paper, "chair", members[0])
        self.sign(paper, "present", *members[1:])
        self.sign(paper, "recorder", self.handler)
        self.issue(paper)
        return activity

    def report(self, **given: Any) -> Approval:
        """Write the closing report and send it to the leader."""
        remedy = "当事人未申请行政复议，未提起行政诉讼。"
        return propose_closing(**self.by, **{"remedy_state": remedy, **given}, strokes=ink(2))

    @abstractmethod
    def ask_closing(self) -> Approval:
        """Write the closing report in the words of the kind."""

    def close(self) -> None:
        """The leader approves the closing."""
        self.ask_closing()
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
