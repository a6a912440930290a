"""A handler's browser that does on the pages what a course asks for: draw, fill, sign, issue, send,
serve, upload, close. Not a test."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.test import Client
from django.urls import reverse

from liuhen.approvals.models import Approval
from liuhen.archive.packing import write_package
from liuhen.cases.models import Activity, Case
from liuhen.demo.people import World
from liuhen.demo.simple_case import ink
from liuhen.documents.models import Paper
from liuhen.documents.signers import expected_signers
from liuhen.kernel import clock
from liuhen.kernel.clock import FrozenClock
from liuhen.ledger.sequencing import sequence_all
from liuhen.package.validation import validate_package
from liuhen.web.papers import pages_of
from tests.web.conftest import Browser, words
from tests.web.test_whole_procedure import upload

INK = json.dumps(ink(3))


@dataclass
class Clerk:
    """The handler at the pages of one case; `case` is the one they opened last."""

    world: World
    browser: Browser
    clock: FrozenClock

    @property
    def client(self) -> Client:
        return self.browser("handler")

    @property
    def case(self) -> Case:
        return Case.objects.latest("started_at")

    @property
    def officers(self) -> list[str]:
        return [str(self.world[who].id) for who in ("handler", "officer")]

    def page(self, name: str, *args: Any) -> str:
        """A page of the case, as text."""
        answer = self.client.get(reverse(name, args=args or [self.case.id]))
        assert answer.status_code == 200, (name, answer.status_code)
        return words(answer)

    def post(self, name: str, data: dict[str, Any], *args: Any, query: str = "") -> str:
        """Post a form that must succeed; where it leads."""
        answer = self.client.post(reverse(name, args=args) + query, data)
        assert answer.status_code == 302, words(answer)
        return str(answer.headers["Location"])

    def refused(self, name: str, data: dict[str, Any], *args: Any, query: str = "") -> str:
        """Post a form that must be refused; the page that says why."""
        answer = self.client.post(reverse(name, args=args) + query, data)
        assert answer.status_code in (400, 403, 409, 422), answer.status_code
        return words(answer)

    def draw(self, type_key: str) -> Paper:
        """Draw up a paper from the page of the course."""
        self.post("case_course", {"type": type_key}, self.case.id)
        return self.newest(type_key)

    def newest(self, type_key: str) -> Paper:
        return Paper.objects.filter(case=self.case, type=type_key).latest("drawn_up_at")

    def fill(self, paper: Paper, **fields: str) -> None:
        """Fill fields of a draft on its form."""
        keys = sorted({name.partition(".")[0] for name in fields})
        self.post("paper_edit", {"_field": keys, **fields}, paper.id)

    def sign(self, paper: Paper) -> None:
        """Everyone the page names signs, page by page where it is asked."""
        for place, one in enumerate(expected_signers(paper)):
            if one.given is None and one.line.minimum:
                pages = one.pages_left(len(pages_of(paper)))
                for page in [*map(str, pages), ""]:
                    who = {"who": str(place), "role": one.line.role, "name": one.name}
                    given = {**who, "sign_mode": "signed", "sign_strokes": INK, "page": page}
                    self.post("paper_sign", given, paper.id)
                return self.sign(paper)
        return None

    def issue(self, paper: Paper) -> Paper:
        """Sign and issue."""
        self.sign(paper)
        self.post("paper_act", {}, paper.id, "issue")
        return Paper.objects.get(id=paper.id)

    def approve(self, paper: Paper, *usernames: str) -> Paper:
        """Sign, send, and have each office agree on its page."""
        self.sign(paper)
        self.post("paper_act", {}, paper.id, "send")
        for username in usernames or ("unit_head", "head"):
            self.agree(username)
        return Paper.objects.get(id=paper.id)

    def agree(self, username: str) -> None:
        """The one open question is answered by its office."""
        asked = Approval.objects.get(case_id=self.case.id, outcome="")
        given = {"outcome": "approved", "opinion": "同意。", "answer_strokes": INK}
        address = reverse("approval", args=[asked.id])
        answer = self.browser(username).post(address, given)
        assert answer.status_code == 302, words(answer)

    def begin(self, kind: str, place: str, **more: str) -> Activity:
        """Begin an activity on its page."""
        data = {
            "place": place,
            "is_on_site": "yes",
            "officers": self.officers,
            "is_certificate_shown": "on",
            **more,
        }
        self.post("activity_start", data, self.case.id, query=f"?kind={kind}")
        return Activity.objects.filter(case=self.case, kind=kind).latest("started_at")

    def end(self, activity: Activity) -> None:
        """End an activity; its footage is handed in half an hour later."""
        self.clock.move(seconds=6)
        self.post("activity_end", {"ended_at": ""}, activity.id)
        self.clock.move(minutes=30)
        self.hand_in(activity)

    def hand_in(self, activity: Activity) -> None:
        """Footage of an activity: uploaded, its return stated, its label completed."""
        upload(self.client, Activity.objects.get(id=activity.id))
        recording = activity.recordings.get()
        returned = f"{clock.local(self.clock()):%Y-%m-%dT%H:%M}"
        given = {"recordings": [str(recording.id)], "returned_at": returned}
        self.client.post(reverse("recordings_returned"), given)
        label = {
            "do": "label",
            "label-case": str(self.case.id),
            "label-party": str(self.case.parties.get().id),
            "label-handler": str(self.world["handler"].id),
        }
        answer = self.client.post(reverse("recording", args=[recording.id]), label)
        assert answer.status_code == 302, words(answer)

    def serve(self, *papers: Paper, receiver: str) -> None:
        """Hand papers over at the party's door against a receipt."""
        party = self.case.parties.get()
        data = {
            "papers": [str(one.id) for one in papers],
            "mode": "in_person",
            "place": party.address,
            "officers": self.officers,
            "is_certificate_shown": "on",
        }
        address = self.post("service_begin", data, self.case.id)
        self.clock.move(minutes=1)
        door = Activity.objects.filter(case=self.case, kind="service_in_person").latest(
            "started_at"
        )
        given = {"paper": data["papers"], "received_by": receiver}
        answer = self.client.post(address.partition("?")[0], given)
        assert answer.status_code == 302, words(answer)
        inks = {
            "recipient_mode": "signed",
            "recipient_strokes": INK,
            "server1_strokes": INK,
            "server2_strokes": INK,
        }
        self.post("service_signing", inks, door.id)
        self.post("service_end", {}, door.id)
        self.clock.move(minutes=30)
        self.hand_in(door)

    def archive(self, *, summary: str, reason: str, number: str) -> None:
        """Close, bind, hand over, receive."""
        report = {
            "summary": summary,
            "reason": reason,
            "remedy_state": "未申请复议，未起诉。",
            "handler_opinion": "已经办理完毕，建议结案。",
            "handler_strokes": INK,
        }
        case = self.case
        self.post("case_closing", report, case.id)
        self.agree("deputy")
        self.post("case_binding", {"checked_by": str(self.world["unit_head"].id)}, case.id)
        self.post("case_hand_over", {"is_unit_copy_kept": "on"}, case.id)
        archivist = self.browser("archivist")
        address = reverse("case_hand_over", args=[case.id])
        answer = archivist.post(address, {"archive_number": number})
        assert answer.status_code == 302, words(answer)

    def packed(self, folder: Path) -> bool:
        """Whether the package of the bound case, written anew, is whole."""
        sequence_all()
        write_package(self.case, folder)
        return validate_package(folder).is_valid
