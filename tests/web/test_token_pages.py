"""API tokens through their pages: listed, issued with a secret shown once, revoked."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from liuhen.demo.people import World
from liuhen.ledger.models import Entry
from liuhen.people.models import ApiToken
from liuhen.people.queries import token_of
from tests.web.conftest import Browser, words
from tests.web.test_lists_and_counts import queries

GOOD = {"name": "一号采集站", "scope": "docking", "until": "2026-12-31"}


def issue(browser: Browser, who: str = "records", **more: Any) -> tuple[int, str]:
    answer = browser(who).post(reverse("token_issue"), {**GOOD, **more})
    return answer.status_code, words(answer)


def test_a_token_is_issued_shown_once_used_and_revoked(world: World, browser: Browser) -> None:
    answer = browser("records").post(reverse("token_issue"), GOOD)
    assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-store"
    (secret,) = re.findall(r'data-copy="(liuhen_[^"]+)"', words(answer))
    row = ApiToken.objects.get()
    found = token_of(secret, "docking")
    assert found == row and row.person == world["records"]
    listed = words(browser("records").get(reverse("tokens")))
    assert ("一号采集站" in listed and "2026年12月31日" in listed) or "2026-12-31" in listed
    assert secret not in listed
    assert secret.encode() not in b"".join(
        bytes(body) for body in Entry.objects.values_list("body", flat=True)
    )
    revoke = reverse("token_revoke", args=[row.id])
    assert revoke in words(browser("security").get(reverse("tokens")))
    assert browser("security").post(revoke, {"reason": " "}).status_code == 400
    assert browser("security").post(revoke, {"reason": "设备报废"}).status_code == 302
    assert token_of(secret, "docking") is None
    again = browser("security").post(revoke, {"reason": "设备报废"})
    assert again.status_code == 409
    assert "已收回" in words(browser("records").get(reverse("tokens")))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"name": " "}, "必填"),
        ({"scope": "everything"}, "everything"),
        ({"until": "昨天"}, "日期"),
        ({"until": "2026-03-09"}, "令牌"),
        ({"until": "2029-03-10"}, "731"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_issued(
    world: World, browser: Browser, given: dict[str, str], said: str
) -> None:
    status, page = issue(browser, **given)
    assert status >= 400 and said in page
    assert not ApiToken.objects.exists()


def test_tokens_are_for_who_keeps_records_and_who_keeps_security(
    world: World, browser: Browser
) -> None:
    for who in ("officer", "operator", "auditor", "head"):
        assert browser(who).get(reverse("tokens")).status_code == 403
        assert issue(browser, who)[0] == 403
    assert browser("security").get(reverse("tokens")).status_code == 200
    assert issue(browser, "security")[0] == 403
    assert "发放令牌" not in words(browser("security").get(reverse("tokens")))
    assert not ApiToken.objects.exists()
    assert Client(SERVER_NAME="localhost").get(reverse("tokens")).status_code == 302
    nobody = reverse("token_revoke", args=[world["officer"].id])
    assert browser("records").get(nobody).status_code == 404


def test_the_list_takes_as_many_queries_for_one_as_for_thirty(
    world: World, browser: Browser
) -> None:
    issue(browser)
    few = queries(browser("records"), reverse("tokens"))
    for place in range(29):
        issue(browser, name=f"站{place}")
    assert queries(browser("records"), reverse("tokens")) == few
    assert 'rel="next"' in words(browser("records").get(reverse("tokens")))
