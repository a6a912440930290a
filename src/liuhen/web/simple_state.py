"""Where a simple case stands, read from its activity and papers. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from liuhen.assembly.filling import fill
from liuhen.cases.models import Activity, Performance
from liuhen.documents.case_facts import content_of, facts_of
from liuhen.documents.models import Paper
from liuhen.kernel import clock
from liuhen.rulebook.queries import rulebook
from liuhen.web.offence_choices import range_words
from liuhen.web.papers import pages_of

WAIVERS = ("waiver_oral", "waiver_written")


@dataclass(frozen=True)
class Step:
    """One card of the page."""

    key: str
    title: str
    article: str
    act: str


# Why a decision made on the spot is printed, unless something else is said.
_HANDED = urlencode({"reason": "当场交付当事人"})
STEPS = (
    Step("identity", "出示证件，表明身份", "12.1", "开始执法活动"),
    Step("facts", "当事人与违法事实", "27.1", "记下并继续"),
    Step("oral_notice", "口头告知", "15.1", "已口头告知"),
    Step("statement", "陈述和申辩", "15.2", "记下并继续"),
    Step("review", "复核陈述申辩", "27.1", "记下复核结果"),
    Step("decision", "当场决定", "27.1", "起草决定书"),
    Step("signing", "阅看并签字", "16.1", "签字完毕，制作决定书"),
    Step("handing_over", "当场交付", "28.1", "已交付"),
    Step("collection", "当场收缴罚款", "27.1", "登记收缴"),
    Step("ending", "结束执法活动", "27.3", "结束活动"),
)
_CORRECTABLE = ("facts", "oral_notice", "statement", "review", "decision")


class Progress:
    """The steps of one activity: which apply, which are done, which comes next."""

    def __init__(self, activity: Activity) -> None:
        self.activity = Activity.objects.select_related("case__unit").get(id=activity.id)
        self.facts: dict[str, Any] = self.activity.facts

    @cached_property
    def decision(self) -> Paper | None:
        """The decision that counts: not a void one."""
        return (
            self.activity.papers.filter(type="simple_decision")
            .exclude(state=Paper.State.VOID)
            .select_related("case__unit")
            .first()
        )

    @cached_property
    def is_outdated(self) -> bool:
        """Whether the drafted decision no longer says what the steps before it say."""
        paper = self.decision
        if paper is None or paper.state != Paper.State.DRAFT or paper.signatures.exists():
            return False
        facts = facts_of(self.activity.case, self.activity, paper.drawn_up_at)
        return bool(fill(paper.document_type, facts) != paper.data)

    @cached_property
    def _done(self) -> dict[str, bool]:
        decision = self.decision
        issued = decision is not None and decision.state == Paper.State.ISSUED
        return {
            "identity": True,
            "facts": "facts_text" in self.facts,
            "oral_notice": "told_at" in self.facts,
            "statement": "statement" in self.facts,
            "review": "reviewed_at" in self.facts,
            "decision": decision is not None and not self.is_outdated,
            "signing": issued,
            "handing_over": issued and decision is not None and decision.services.exists(),
            "collection": self.activity.case.performances.exists(),
            "ending": self.activity.ended_at is not None,
        }

    @cached_property
    def steps(self) -> list[Step]:
        """The steps that apply to this case."""
        left_out = set()
        if self.facts.get("statement") in (*WAIVERS, None):
            left_out.add("review")
        if self.facts.get("collection") != Performance.Way.ON_THE_SPOT:
            left_out.add("collection")
        return [step for step in STEPS if step.key not in left_out]

    def is_done(self, key: str) -> bool:
        """Whether the step is done."""
        return self._done[key]

    @property
    def current(self) -> str:
        """The first step that is not done, or `done`."""
        return next((step.key for step in self.steps if not self._done[step.key]), "done")

    @property
    def current_title(self) -> str:
        """The title of the step under way."""
        return next((one.title for one in self.steps if one.key == self.current), "")

    def can_correct(self, key: str) -> bool:
        """Whether a done step may be posted again: until somebody has signed."""
        decision = self.decision
        is_open = decision is None or (
            decision.state == Paper.State.DRAFT and not decision.signatures.exists()
        )
        return key in _CORRECTABLE and self._done[key] and is_open and not self._done["ending"]

    def initial(self, key: str) -> dict[str, Any]:
        """What the form of a step shows before anything is typed."""
        if key == "facts":
            return self._initial_facts()
        if key == "oral_notice":
            return {"told": self.facts.get("told") or self.notice_words()}
        if key == "statement":
            return {"form": self.facts.get("statement"), "text": self.facts.get("statement_text")}
        if key == "review":
            return {
                "adopted": self.facts.get("is_adopted"),
                "reason": self.facts.get("review_reason"),
            }
        if key == "decision":
            return self._initial_decision()
        if key == "handing_over":
            party = self.activity.case.parties.first()
            return {"recipient": party.name if party else "", "received_at_noted": True}
        if key == "collection":
            return {"amount": f"{(self.facts.get('fine_fen') or 0) / 100:.2f}"}
        return {}

    def _initial_decision(self) -> dict[str, Any]:
        fen = self.facts.get("fine_fen")
        return {
            "penalty": self.facts.get("penalty") or ["fine"],
            "fine": f"{fen / 100:.2f}" if fen else None,
            "collection": self.facts.get("collection"),
            "collection_ground": self.facts.get("collection_ground"),
            "deviation": self.facts.get("deviation"),
        }

    def _initial_facts(self) -> dict[str, Any]:
        party = self.activity.case.parties.first()
        shown: dict[str, Any] = {"party_kind": "person", "evidence": "现场录像、现场照片"}
        if party is not None:
            for name in ("kind", "name", "identity_number", "representative", "address", "phone"):
                shown[f"party_{name}"] = getattr(party, name)
        for field, key in (("facts", "facts_text"), ("conditions", "conditions_text")):
            shown[field] = self.facts.get(key, "")
        for name in ("breached", "basis", "evidence", "correction"):
            shown[name] = self.facts.get(name) or shown.get(name, "")
        shown["cause"] = self.activity.case.cause
        shown["offence"] = (self.facts.get("offence") or {}).get("code")
        return shown

    def notice_words(self) -> str:
        """What to read out, from what the case knows."""
        return (
            f"经查，你（单位）{self.facts.get('facts_text', '')}上述行为违反了"
            f"{self.facts.get('breached', '')}，依据{self.facts.get('basis', '')}，"
            "拟当场作出行政处罚。你（单位）有权陈述和申辩；对决定不服的，可以依法申请行政复议或者提起行政诉讼。"
        )

    def limits(self) -> dict[str, Any]:
        """What the law allows here, in words."""
        day = clock.local_date(clock.now())
        parameters = rulebook().parameters
        figures = [
            parameters.on(name, day)
            for name in (
                "penalty_law.simple_fine_person",
                "penalty_law.simple_fine_organisation",
                "penalty_law.spot_collection",
            )
        ]
        person, organisation, spot = (figure.value for figure in figures)
        chosen = self.facts.get("offence") or {}
        has_range = chosen.get("from_fen") is not None
        return {
            "range": range_words(chosen["from_fen"], chosen["to_fen"]) if has_range else "",
            "words": f"简易程序：警告，或者对公民罚款不超过{person}元、"
            f"对法人或者其他组织罚款不超过{organisation}元；当场收缴一般不超过{spot}元。",
            "is_unconfirmed": any(figure.confidence == "M" for figure in figures),
        }

    def summary(self, key: str) -> str:
        """A done step in one line."""
        party = self.activity.case.parties.first()
        told = {
            "identity": f"{self.activity.place}，证件已出示",
            "facts": f"{party.name if party else ''}：{self.activity.case.cause}",
            "oral_notice": "已告知事实、理由、依据和权利",
            "statement": "当事人放弃陈述申辩"
            if self.facts.get("statement") in WAIVERS
            else "已记录陈述申辩",
            "review": {"adopted": "予以采纳", "partly": "部分采纳", "rejected": "不予采纳"}.get(
                self.facts.get("is_adopted", ""), ""
            ),
            "decision": content_of(self.facts),
            "signing": self.decision.number if self.decision and self.decision.number else "",
            "handing_over": "决定书已当场交付",
            "collection": "罚款已当场收缴",
            "ending": "活动已结束",
        }
        return told[key]

    def filming(self) -> dict[str, Any] | None:
        """What is known of the recording of this scene; None when everything is over and held."""
        if self.activity.recordings.exists():
            return {"state": "on", "words": "已有音像记录交存", "href": None}
        if self.activity.ended_at is None:
            words = "请确认执法记录仪正在全程录制"
            return {"state": "unknown", "words": words, "href": None}
        href = reverse("case_upload", args=[self.activity.case_id])
        return {"state": "off", "words": "尚未交存现场录像", "href": href}

    def decision_card(self) -> dict[str, Any] | None:
        """The decision as the page names it."""
        if self.decision is None:
            return None
        return {
            "title": "当场行政处罚决定书",
            "number": self.decision.number or "（未编号）",
            "href": reverse("paper", args=[self.decision.id]),
            "print_href": f"{reverse('paper_print', args=[self.decision.id])}?{_HANDED}",
        }

    def preview_pages(self) -> list[str]:
        """Addresses of the draft's pages as pictures."""
        return pages_of(self.decision) if self.decision else []
