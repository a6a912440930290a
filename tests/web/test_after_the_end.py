"""After its end a grant lets nothing be played, copied or printed; each try is registered."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.urls import reverse

from liuhen.access.models import Printing, Viewing
from liuhen.actions.viewing_requests import (
    About,
    answer_viewing_request,
    ask_viewing,
    revoke_viewing_request,
)
from liuhen.documents.models import Paper
from liuhen.kernel import clock
from liuhen.recordings.models import Recording
from tests.web.conftest import Street, words

WHO, AGAIN = "supervisor", "专项检查"
HOUR = dt.timedelta(hours=1)


def granted(street: Street) -> Any:
    """The filed case may be looked at for an hour."""
    asked = ask_viewing(
        actor=street.world[WHO],
        about=About(case_id=street.filed),
        purpose=AGAIN,
        until=clock.now() + HOUR,
    )
    return answer_viewing_request(
        actor=street.world["deputy"], request_id=asked.id, outcome="approved", opinion="同意。"
    )


class Looking:
    """Every way of seeing a recording and the papers of its case, as a browser asks for them."""

    def __init__(self, street: Street) -> None:
        self.browser = street.browser(WHO)
        self.recording = Recording.objects.get(case=street.filed)
        papers = Paper.objects.filter(case=street.filed, state=Paper.State.ISSUED)
        self.paper, self.case = papers.order_by("issued_at")[0], street.filed
        opened = self.post("media-open", self.recording.id, reason=AGAIN)
        self.original = opened.json()["original"]
        self.token = self.original.split("/")[-2]

    def get(self, page: str, *args: Any) -> Any:
        return self.browser.get(reverse(page, args=args))

    def post(self, page: str, *args: Any, **data: Any) -> Any:
        return self.browser.post(reverse(page, args=args), data)

    def every_way(self) -> dict[str, tuple[int, str]]:
        """Status and words of each way, by its name."""
        page = f"{reverse('recording', args=[self.recording.id])}?viewing={self.token}"
        answers = {
            "page": self.browser.get(page),
            "whole": self.browser.get(self.original),
            "range": self.browser.get(self.original, headers={"Range": "bytes=0-9"}),
            "picture": self.get("media-derivative", self.token, "thumbnail"),
            "still": self.post("media-still", self.token, at_ms="0"),
            "clip": self.post("media-clip", self.token, from_ms="0", to_ms="1000"),
            "opened anew": self.post("media-open", self.recording.id, reason=AGAIN),
            "print": self.post("paper_print", self.paper.id, reason=AGAIN),
            "prints": self.post("case_print", self.case, reason=AGAIN),
            "printed": self.get("paper_printed", self.paper.id),
        }
        return {name: (one.status_code, _told(one)) for name, one in answers.items()}


def _told(answer: Any) -> str:
    return "" if answer.streaming or answer["Content-Type"] == "application/pdf" else words(answer)


def denied(street: Street) -> int:
    """How many denied tries at this recording or case the register tells of."""
    page = words(street.browser("supervisor").get(reverse("view_register") + "?show=denied"))
    return len(re.findall("批准已经失效|没有可用的", page))


@pytest.mark.parametrize("how", ["over", "revoked"])
def test_after_its_end_a_grant_opens_nothing_by_any_way_and_each_try_is_in_the_register(
    street: Street, how: str
) -> None:
    asked = granted(street)
    looking = Looking(street)
    before = looking.every_way()
    assert {name for name, (status, _) in before.items() if status >= 400} == {"picture"}, "unmade"
    seen, printed = Viewing.objects.count(), Printing.objects.count()
    if how == "over":
        street.clock.move(seconds=HOUR.total_seconds())
    else:
        revoke_viewing_request(actor=street.world["deputy"], request_id=asked.id, reason="不再需要")
    assert denied(street) == 0
    after = looking.every_way()
    expected = {**dict.fromkeys(after, 403), "printed": 409}
    assert {name: status for name, (status, _) in after.items()} == expected
    assert all("批准" in told for _, told in after.values()), "each says why in words"
    assert denied(street) == len(after), "and each try stands in the register"
    assert (Viewing.objects.count(), Printing.objects.count()) == (seen, printed)


def test_what_was_printed_just_before_the_end_is_not_loaded_again_after_it(street: Street) -> None:
    granted(street)
    looking = Looking(street)
    street.clock.move(seconds=HOUR.total_seconds() - 60)
    assert looking.post("paper_print", looking.paper.id, reason=AGAIN).status_code == 302
    assert looking.get("paper_printed", looking.paper.id).status_code == 200
    street.clock.move(seconds=60)
    refused = looking.get("paper_printed", looking.paper.id)
    assert refused.status_code == 409 and "批准已经失效" in words(refused)


def test_a_token_of_anothers_viewing_is_a_denied_look_at_that_recording(street: Street) -> None:
    granted(street)
    looking = Looking(street)
    assert street.browser("legal").get(looking.original).status_code == 403
    page = words(street.browser("supervisor").get(reverse("view_register") + "?show=denied"))
    assert looking.recording.name in page and "钱审核" in page
