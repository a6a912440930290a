"""What every step of an ordinary case is made of: papers drawn, signed, sent; activities filmed.

The steps themselves, in their order, are `demo.ordinary_case`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from liuhen.actions.activities import end_activity
from liuhen.actions.approvals import decide_approval
from liuhen.actions.drawing_up import pages_lacking, preview_of
from liuhen.actions.investigation import start_activity
from liuhen.actions.paper_drafts import draw_up_paper
from liuhen.actions.papers import issue_paper, note_refusal, sign_paper
from liuhen.actions.sending import send_for_approval
from liuhen.approvals.models import Approval
from liuhen.cases.models import Activity, Case, Lead
from liuhen.demo.ordinary_words import DUMPING, Words
from liuhen.demo.people import World
from liuhen.demo.simple_case import ink
from liuhen.documents.models import Paper
from liuhen.kernel import clock
from liuhen.kernel.clock import FrozenClock


@dataclass
class Desk:
    """A case and its handler. `camera` is told of every activity that has ended."""

    world: World
    clock: FrozenClock
    registrar: str = "officer"
    handler: str = "handler"
    second: str = "officer"
    camera: Callable[[Activity], object] | None = None
    words: Words = DUMPING
    papers: dict[str, Paper] = field(default_factory=dict)
    lead: Lead = field(init=False)

    @property
    def case_id(self) -> UUID:
        """The case, whichever way it was opened."""
        return self.lead.case_id

    @property
    def person(self) -> str:
        """Who speaks and signs for the party."""
        return self.words.person

    @property
    def case(self) -> Case:
        """The case as it stands now."""
        return Case.objects.get(id=self.case_id)

    @property
    def by(self) -> dict[str, Any]:
        return {"actor": self.world[self.handler], "case_id": self.case_id}

    def draw(self, type_key: str, activity: Activity | None = None, **given: Any) -> Paper:
        """Draw up a paper."""
        subject, to = given.pop("subject_id", None), given.pop("addressee_id", None)
        paper = draw_up_paper(
            **self.by,
            type_key=type_key,
            activity_id=activity.id if activity else None,
            subject_id=subject,
            addressee_id=to,
            given=given,
        )
        self.papers[type_key] = paper
        return paper

    def sign(self, paper: Paper, role: str, *usernames: str) -> None:
        """Persons of the authority sign on glass."""
        for seed, username in enumerate(usernames, start=2):
            person = self.world[username]
            sign_paper(
                actor=self.world[self.handler],
                paper_id=paper.id,
                role=role,
                name=person.name,
                strokes=ink(seed),
                person=person,
            )

    def sign_other(self, paper: Paper, role: str, name: str, page: int | None = None) -> None:
        """Somebody outside signs on glass, at the end or at the foot of a page."""
        sign_paper(
            actor=self.world[self.handler],
            paper_id=paper.id,
            role=role,
            name=name,
            strokes=ink(1),
            page=page,
        )

    def issue(self, paper: Paper) -> Paper:
        """Issue a draft."""
        issued = issue_paper(actor=self.world[self.handler], paper_id=paper.id)
        self.papers[paper.type] = issued
        return issued

    def send(self, paper: Paper) -> Approval:
        """Send a form along its route."""
        return send_for_approval(actor=self.world[self.handler], paper_id=paper.id)

    def waiting(self) -> Approval:
        """The one question that is open in this case."""
        return Approval.objects.get(case_id=self.case_id, outcome="")

    def answer(self, username: str, text: str = "同意。", outcome: str = "approved") -> Approval:
        """Somebody answers the open question."""
        return decide_approval(
            actor=self.world[username],
            approval_id=self.waiting().id,
            outcome=outcome,
            opinion=text,
            strokes=ink(len(username)),
        )

    def begin(
        self, kind: str, *, is_on_site: bool = True, place: str = "", **more: Any
    ) -> Activity:
        """Begin an activity with both officers."""
        return start_activity(
            **self.by,
            kind=kind,
            place=place or self.words.party["address"],
            officers=[self.world[self.handler], self.world[self.second]],
            is_on_site=is_on_site,
            is_certificate_shown=kind != "collective_discussion",
            **more,
        )

    def end(self, activity: Activity, after: int = 8) -> Activity:
        """End an activity some seconds later; the camera hands its footage in a while after."""
        self.clock.move(seconds=after)
        ended = end_activity(actor=self.world[self.handler], activity_id=activity.id)
        if self.camera is not None:
            self.clock.move(minutes=30)
            self.camera(ended)
        return ended

    def span(self, activity: Activity) -> dict[str, str]:
        """What a record says of its time: begun, and written up to now."""
        return {
            "started_at": clock.iso(activity.started_at),
            "ended_at": clock.iso(clock.now()),
        }

    def record_signed(self, paper: Paper, *, refusal: str | None = None) -> None:
        name = self.person
        if refusal is None:
            for page in range(1, len(preview_of(paper))):
                self.sign_other(paper, "party", name, page=page)
            self.sign_other(paper, "party", name)
        else:
            note_refusal(
                actor=self.world[self.handler],
                paper_id=paper.id,
                role="party",
                name=name,
                reason=refusal,
            )
        self.sign(paper, "officer", self.handler, self.second)
        self.sign(paper, "recorder", self.second)
        # The ink may have made the record a page longer.
        for _, pages in pages_lacking(paper, len(preview_of(paper))):
            for page in pages:
                self.sign_other(paper, "party", name, page=page)
