"""A case walked through its pages, each form posted as a browser posts it. Not a test."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse

from liuhen.cases.models import Case
from liuhen.demo.people import World
from liuhen.demo.simple_case import ink
from liuhen.documents.models import Paper
from liuhen.kernel.clock import FrozenClock
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

    def type(self, paper: Paper, fields: list[str], **typed: Any) -> None:
        """Type into the parts of fields, as rows and spans send them."""
        answer = self.browser(self.handler).post(
            f"/papers/{paper.id}/edit/save/", {"_field": fields, **typed}
        )
        assert answer.status_code == 200, words(answer)

    def issue(self, paper: Paper) -> Paper:
        """Issue a draft from its page."""
        self.post("paper_act", paper.id, "issue")
        return Paper.objects.get(id=paper.id)
