"""A case walked through its pages, each form posted as a browser posts it. Not a test."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import bagit
from django.urls import reverse

from liuhen.actions.drawing_up import pages_lacking, preview_of
from liuhen.actions.exporting import export_case
from liuhen.approvals.models import Approval
from liuhen.archive.packing import write_package
from liuhen.cases.models import Activity, Case
from liuhen.demo.people import World
from liuhen.demo.simple_case import ink
from liuhen.documents.models import Paper, Service
from liuhen.documents.signers import expected_signers
from liuhen.kernel import clock
from liuhen.kernel.clock import FrozenClock
from liuhen.ledger.sequencing import sequence_all
from liuhen.people.queries import system_person
from tests.web.conftest import Browser, words

INK = json.dumps(ink(4))


@dataclass
class Walk:
    """The pages of one case, opened by its handler."""

    world: World
    browser: Browser
    clock: FrozenClock
    handler: str = "handler"
    second: str = "officer"
    case: Case = field(init=False)

    def get(self, name: str, /, *keys: Any, by: str = "") -> str:
        """A page as text; it must be there."""
        answer = self.browser(by or self.handler).get(reverse(name, args=keys))
        assert answer.status_code == 200, words(answer)
        return words(answer)

    def post(self, name: str, /, *keys: Any, by: str = "", query: str = "", **data: Any) -> str:
        """Post a form that is taken; the address it leads to."""
        self.clock.move(seconds=5)
        address = reverse(name, args=keys) + query
        answer = self.browser(by or self.handler).post(address, data)
        assert answer.status_code == 302, words(answer)
        return str(answer.headers["Location"])

    def refused(self, name: str, /, *keys: Any, by: str = "", query: str = "", **data: Any) -> str:
        """Post a form that is not taken; what the page then says."""
        answer = self.browser(by or self.handler).post(reverse(name, args=keys) + query, data)
        assert answer.status_code in (400, 403, 404, 409), answer.status_code
        return words(answer)

    def page(self) -> str:
        """The page of the case, whose every mark of breach would be a fault of the walk."""
        return self.get("case", self.case.id)

    @property
    def pair(self) -> list[str]:
        """Handler and second officer, as forms send them."""
        return [str(self.world[name].id) for name in (self.handler, self.second)]

    # -- papers ------------------------------------------------------------------------------

    def draw(self, page: str, type_key: str, **given: Any) -> Paper:
        """Draw up a paper from a page of the case."""
        self.post(page, self.case.id, type=type_key, **given)
        return self.draft(type_key)

    def draft(self, type_key: str) -> Paper:
        """The newest draft of a type."""
        drafts = self.case.papers.filter(type=type_key, state=Paper.State.DRAFT)
        return drafts.latest("drawn_up_at")

    def fill(self, paper: Paper, **typed: Any) -> None:
        """Type into fields of a draft."""
        self.type(paper, list(typed), **typed)

    def type(self, paper: Paper, fields: list[str], **typed: Any) -> None:
        """Type into the parts of fields, as rows and spans send them."""
        answer = self.browser(self.handler).post(
            f"/papers/{paper.id}/edit/save/", {"_field": fields, **typed}
        )
        assert answer.status_code == 200, words(answer)

    def sign(self, paper: Paper, person: str = "", refusal: str = "") -> None:
        """Everybody the type asks for signs in turn; `person` for the party, who may refuse."""
        paper = Paper.objects.get(id=paper.id)
        for place, one in enumerate(expected_signers(paper)):
            given: dict[str, Any] = {"who": place, "role": one.line.role, "sign_strokes": INK}
            if one.person is None:
                given["name"] = person or one.name
            if one.person is None and refusal and one.line.may_refuse:
                given |= {"sign_mode": "refused", "sign_reason": refusal}
            elif one.line.per_page:
                for page in range(1, len(preview_of(paper))):
                    self.post("paper_sign", paper.id, **given, page=str(page))
            self.post("paper_sign", paper.id, **given)
        self._sign_pages(paper, person)

    def _sign_pages(self, paper: Paper, person: str) -> None:
        """The ink may have made a record a page longer: who signs each page signs that one too."""
        lacking = pages_lacking(paper, len(preview_of(paper)))
        for place, one in enumerate(expected_signers(paper)):
            for signer, pages in lacking:
                if signer.role == one.line.role:
                    given: dict[str, Any] = {"who": place, "role": signer.role, "sign_strokes": INK}
                    for page in pages:
                        name = person or one.name
                        self.post("paper_sign", paper.id, **given, name=name, page=str(page))

    def issue(self, paper: Paper) -> Paper:
        """Issue a draft from its page."""
        self.post("paper_act", paper.id, "issue")
        return Paper.objects.get(id=paper.id)

    def send(self, paper: Paper) -> None:
        """Send a form along its route."""
        self.post("paper_act", paper.id, "send")

    def approve(self, who: str, words_said: str = "同意。") -> None:
        """Somebody answers the open request, from their own desk."""
        asked = Approval.objects.get(case_id=self.case.id, outcome="")
        assert reverse("approval", args=[asked.id]) in words(self.browser(who).get("/"))
        given = {"outcome": "approved", "opinion": words_said, "answer_strokes": INK}
        self.post("approval", asked.id, by=who, **given)

    # -- activities and service --------------------------------------------------------------

    def begin(self, kind: str, **given: Any) -> Activity:
        """Begin an activity on the spot with both officers."""
        told = {
            "place": self.case.place or "虚构市示例区样板路1号",
            "is_on_site": "yes",
            "officers": self.pair,
            "is_certificate_shown": "on",
            **given,
        }
        self.post("activity_start", self.case.id, query=f"?kind={kind}", **told)
        return self.case.activities.filter(kind=kind).latest("started_at")

    def record(self, activity: Activity, type_key: str, **typed: Any) -> Paper:
        """Draw up the record of an activity, and type what it lacks."""
        self.post("activity_paper", activity.id, type_key)
        paper = self.draft(type_key)
        span = {"started_at": activity.started_at, "ended_at": clock.now()}
        shown = {f"span.{key}": f"{clock.local(at):%Y-%m-%dT%H:%M}" for key, at in span.items()}
        if typed:
            self.fill(paper, **typed)
        self.type(paper, ["span"], **shown)
        return Paper.objects.get(id=paper.id)

    def end(self, activity: Activity) -> Activity:
        """End an activity."""
        self.clock.move(seconds=10)
        self.post("activity_end", activity.id)
        return Activity.objects.get(id=activity.id)

    def serve(self, *papers: Paper) -> Activity:
        """Hand papers to the party's representative at the door."""
        listed = [str(paper.id) for paper in papers]
        place = self.case.place or "虚构市示例区样板路1号"
        given: dict[str, Any] = {"papers": listed, "mode": "in_person", "officers": self.pair}
        address = self.post(
            "service_begin", self.case.id, **given, place=place, is_certificate_shown="on"
        )
        door = self.case.activities.filter(kind="service_in_person").latest("started_at")
        assert urlsplit(address).path == reverse("service_door", args=[door.id])
        self.post("service_door", door.id, paper=listed, received_by="party")
        inks = {"recipient_strokes": INK, "server1_strokes": INK, "server2_strokes": INK}
        self.post("service_signing", door.id, **inks)
        self.post("service_end", door.id)
        assert Service.objects.filter(paper__in=papers).count() == len(papers)
        return Activity.objects.get(id=door.id)

    # -- the end -----------------------------------------------------------------------------

    def close(self, **given: Any) -> None:
        """Report the closing, which the leader approves."""
        assert "没有妨碍结案的事项" in self.get("case_closing", self.case.id)
        told = {
            "summary": "依法办理完毕。",
            "reason": "other",
            "remedy_state": "未申请复议，未起诉。",
            "handler_opinion": "建议结案。",
            "handler_strokes": INK,
            **given,
        }
        self.post("case_closing", self.case.id, **told)
        self.approve("deputy")

    def archive(self, number: str) -> None:
        """Bind the file, hand it over, receive it."""
        self.post("case_binding", self.case.id, checked_by=str(self.world["unit_head"].id))
        self.post("case_hand_over", self.case.id, is_unit_copy_kept="on")
        self.post("case_hand_over", self.case.id, by="archivist", archive_number=number)
        self.case.refresh_from_db()


def packed(case: Case, folder: Path) -> bagit.Bag:
    """The package of an archived case, written out after everything is in the log."""
    actor = system_person()
    export_case(actor=actor, case_id=case.id, purpose="归档")
    sequence_all()
    return bagit.Bag(str(write_package(case, folder / "package").folder))
