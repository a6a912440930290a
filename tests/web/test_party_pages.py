"""Parties through their pages: added, completed, renamed, dead."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from liuhen.cases.models import Party, PartyChange
from liuhen.demo.ordinary_case import OrdinaryCase
from liuhen.demo.ordinary_words import DUMPING
from liuhen.kernel.refusals import explain
from tests.actions.ordinary import refusal
from tests.web.conftest import Browser, words
from tests.web.test_lists_and_counts import queries

FIRM = {"role": "party", **DUMPING.party}
NEIGHBOUR = {
    "role": "interested",
    "kind": "person",
    "name": "卫样例",
    "identity_kind": "resident_id",
    "identity_number": "110105194912310038",
    "address": "虚构市示例区样板路92号",
    "phone": "000-00000010",
}


@pytest.fixture
def given(ordinary: OrdinaryCase) -> OrdinaryCase:
    """A case that was handed out, without parties."""
    ordinary.register()
    ordinary.assign()
    return ordinary


def post(browser: Browser, name: str, key: object, data: dict[str, Any]) -> tuple[int, str]:
    answer = browser("handler").post(reverse(name, args=[key]), data, follow=True)
    return answer.status_code, words(answer)


def add(browser: Browser, story: OrdinaryCase, data: dict[str, Any]) -> tuple[int, str]:
    return post(browser, "party_add", story.case.id, data)


def test_a_successor_takes_the_partys_place_on_the_page(
    given: OrdinaryCase, browser: Browser
) -> None:
    add(browser, given, FIRM)
    party = Party.objects.get()
    heir = {**FIRM, "name": "虚构市样例装饰集团有限公司", "succeeded_on": "2026-03-01"}
    status, page = post(browser, "party_succession", party.id, {**heir, "proof": ""})
    assert status == 400 and heir["name"] in page
    status, page = post(browser, "party_succession", party.id, {**heir, "proof": "合并通知"})
    assert status == 200
    assert f"起由“{heir['name']}”承继" in page and "原当事人" in page and "合并通知" in page
    assert reverse("party_correct", args=[party.id]) not in page
    other = browser("officer2").get(reverse("party_succession", args=[party.id]))
    assert other.status_code == 404


def test_a_firm_and_an_interested_neighbour_are_recorded(
    given: OrdinaryCase, browser: Browser
) -> None:
    empty = words(browser("handler").get(reverse("case_parties", args=[given.case.id])))
    assert "还没有登记当事人" in empty
    status, page = add(browser, given, FIRM)
    assert status == 200
    assert "统一社会信用代码 91120101MA00000009" in page
    status, page = add(browser, given, NEIGHBOUR)
    assert "利害关系人" in page
    assert Party.objects.get(role="interested").name == "卫样例"


@pytest.mark.parametrize(
    ("changes", "status", "said"),
    [
        ({"identity_number": "91120101MA00000008"}, 400, "统一社会信用代码“91120101MA00000008”"),
        ({"identity_kind": "resident_id"}, 400, "证件类别与当事人的性质不符"),
        ({"identity_kind": ""}, 400, "证件类别与当事人的性质不符"),
        ({"name": ""}, 400, "有 1 项需要改正后才能提交"),
        ({**NEIGHBOUR, "identity_number": "110105194912310039"}, 400, "居民身份证号码"),
    ],
)
def test_a_number_that_cannot_be_right_is_told_at_once_and_nothing_typed_is_lost(
    given: OrdinaryCase, browser: Browser, changes: dict[str, str], status: int, said: str
) -> None:
    answered, page = add(browser, given, {**FIRM, **changes})
    assert answered == status
    assert said in page
    assert "虚构市示例区样板路9" in page
    assert not Party.objects.exists()


def test_a_case_has_one_party(given: OrdinaryCase, browser: Browser) -> None:
    add(browser, given, FIRM)
    status, page = add(browser, given, {**FIRM, "name": "另一家公司"})
    assert (status, "本案已经登记当事人" in page) == (409, True)


def test_what_is_not_known_yet_is_named_and_completed_later(
    given: OrdinaryCase, browser: Browser
) -> None:
    bare = {"role": "party", "kind": "organisation", "name": FIRM["name"]}
    _, page = add(browser, given, bare)
    assert "证件号码、法定代表人或者负责人、住址或者住所、电话" in page
    party = Party.objects.get()
    post(browser, "party_correct", party.id, dict(DUMPING.party))
    page = words(browser("handler").get(reverse("case_parties", args=[given.case.id])))
    assert "还缺" not in page
    party.refresh_from_db()
    assert party.representative == "曹样例"


def test_a_change_of_name_shows_both_names_and_its_proof(
    given: OrdinaryCase, browser: Browser
) -> None:
    given.party()
    party = Party.objects.get()
    new = {"name": "虚构市样例装饰集团有限公司", "renamed_on": "2026-03-09", "proof": "变更通知书"}
    late = post(browser, "party_renaming", party.id, {**new, "renamed_on": "2026-03-11"})
    assert (late[0], "发生日期晚于今天" in late[1]) == (400, True)
    same = post(browser, "party_renaming", party.id, {**new, "name": party.name})
    assert (same[0], "新的名称与原来的相同" in same[1]) == (400, True)
    _, page = post(browser, "party_renaming", party.id, new)
    assert "2026年3月9日由“虚构市样例装饰有限公司”更名为“虚构市样例装饰集团有限公司”" in page
    assert "变更通知书" in page


def test_nothing_is_addressed_to_a_party_that_died(given: OrdinaryCase, browser: Browser) -> None:
    given.check()
    given.party()
    given.initiate()
    given.conclude()
    party = Party.objects.get()
    gone = {"died_on": "2026-03-10", "proof": "登记机关注销通知书"}
    unproved = post(browser, "party_end", party.id, {**gone, "proof": " "})
    assert unproved[0] == 400
    _, page = post(browser, "party_end", party.id, gone)
    assert "2026年3月10日死亡或者终止" in page
    assert "已死亡或者终止" in page
    assert reverse("party_end", args=[party.id]) not in page
    again = post(browser, "party_end", party.id, gone)
    assert (again[0], "已于2026-03-10死亡或者终止" in again[1]) == (409, True)
    refused = refusal(given.draw, "prior_notice")
    assert refused.code == "party.dead"
    assert "报请终止案件" in explain(refused).remedy
    assert PartyChange.objects.get().recorded_by.name == "王承办"


def test_parties_are_shown_to_who_sees_the_case_and_changed_by_who_carries_it(
    given: OrdinaryCase, browser: Browser
) -> None:
    given.party()
    party = Party.objects.get()
    listed, correct = (
        reverse("case_parties", args=[given.case.id]),
        reverse("party_correct", args=[party.id]),
    )
    assert correct in words(browser("handler").get(listed))
    assert correct not in words(browser("head").get(listed))
    assert browser("head").get(correct).status_code == 403
    for address in (listed, correct):
        assert browser("officer2").get(address).status_code == 404


def test_the_list_takes_as_many_queries_for_one_party_as_for_twelve(
    given: OrdinaryCase, browser: Browser
) -> None:
    given.party()
    client, address = browser("handler"), reverse("case_parties", args=[given.case.id])
    party = Party.objects.get()
    new = {"renamed_on": "2026-03-09", "proof": "变更通知书"}
    post(browser, "party_renaming", party.id, {**new, "name": "甲"})
    few = queries(client, address)
    post(browser, "party_renaming", party.id, {**new, "name": "乙"})
    for place in range(10):
        add(browser, given, {**NEIGHBOUR, "name": f"邻居{place}"})
    assert queries(client, address) == few
