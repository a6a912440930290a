"""Who carries a case, through its pages."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from liuhen.actions.people import revoke_certificate
from liuhen.demo.ordinary_case import OrdinaryCase
from tests.web.conftest import Browser, words
from tests.web.test_lists_and_counts import queries


def given(ordinary: OrdinaryCase, *usernames: str) -> dict[str, Any]:
    people = [str(ordinary.world[name].id) for name in usernames]
    return {"handler": people[0], "officers": people, "reason": "岗位调整。"}


def until_assigned(ordinary: OrdinaryCase) -> tuple[str, str]:
    ordinary.register()
    ordinary.assign()
    ordinary.clock.move(hours=1)
    keys = [ordinary.case.id]
    return reverse("case_officers", args=keys), reverse("case_officers_change", args=keys)


def test_the_head_changes_handler_and_officers_and_who_left_stays_on_the_list(
    ordinary: OrdinaryCase, browser: Browser
) -> None:
    listed, change = until_assigned(ordinary)
    before = words(browser("unit_head").get(listed))
    assert "证号 虚证000003" in before
    assert change in before
    answer = browser("unit_head").post(change, given(ordinary, "officer2", "officer"), follow=True)
    page = words(answer)
    assert "办案人员已变更" in page
    assert "以前的办案人员" in page
    assert page.index("李示例") < page.index("以前的办案人员") < page.index("王承办")
    assert browser("handler").get(listed).status_code == 404


def test_a_certificate_that_ended_is_shown_and_refused(
    ordinary: OrdinaryCase, browser: Browser
) -> None:
    _, change = until_assigned(ordinary)
    revoke_certificate(
        actor=ordinary.world["security"],
        certificate_id=ordinary.world["officer2"].certificates.get().id,
        reason="调离执法岗位",
    )
    assert "李示例（证件已吊销）" in words(browser("unit_head").get(change))
    answer = browser("unit_head").post(change, given(ordinary, "handler", "officer2"))
    page = words(answer)
    assert answer.status_code == 409
    assert "李示例没有在有效期内的执法证件" in page
    assert "办法第12条" in page
    assert "岗位调整。" in page


def test_an_officer_in_an_activity_stays_until_it_ends(
    ordinary: OrdinaryCase, browser: Browser
) -> None:
    ordinary.until_initiated()
    ordinary.begin("inquiry", is_on_site=False)
    change = reverse("case_officers_change", args=[ordinary.case.id])
    answer = browser("unit_head").post(change, given(ordinary, "officer", "officer2"))
    assert answer.status_code == 409
    assert "王承办正在参加本案的执法活动（调查询问），不能退出" in words(answer)


def test_officers_are_changed_by_heads_and_handlers_only(
    ordinary: OrdinaryCase, browser: Browser
) -> None:
    listed, change = until_assigned(ordinary)
    allowed = {who: browser(who).get(change).status_code for who in ("unit_head", "handler")}
    assert allowed == {"unit_head": 200, "handler": 200}
    assert {who: browser(who).get(change).status_code for who in ("officer", "head")} == {
        "officer": 403,
        "head": 403,
    }
    assert change not in words(browser("officer").get(listed))
    assert browser("officer2").get(listed).status_code == 404


def test_the_list_takes_as_many_queries_for_two_officers_as_for_many_changes(
    ordinary: OrdinaryCase, browser: Browser
) -> None:
    listed, change = until_assigned(ordinary)
    client = browser("unit_head")
    few = queries(client, listed)
    for pair in (("officer2", "officer"), ("handler", "officer"), ("officer2", "handler")):
        ordinary.clock.move(hours=1)
        client.post(change, given(ordinary, *pair))
    assert "以前的办案人员" in words(client.get(listed))
    assert queries(client, listed) == few
