"""The search page: what a person may find, how it is told, and what is refused."""

from __future__ import annotations

import pytest
from django.urls import reverse

from liuhen.ledger.sequencing import sequence_all
from liuhen.search.indexing import follow_all
from liuhen.web.search import snippet
from tests.web.conftest import Street, words
from tests.web.test_lists_and_counts import begin_cases, queries


@pytest.fixture
def indexed(street: Street) -> Street:
    sequence_all()
    follow_all()
    return street


def ask(street: Street, who: str, **asked: str) -> tuple[int, str]:
    answer = street.browser(who).get(reverse("search"), asked)
    return answer.status_code, words(answer)


def test_a_case_is_found_by_a_word_and_led_to(indexed: Street) -> None:
    case = indexed.case(indexed.archived)
    party = case.parties.get().name
    status, page = ask(indexed, "officer", q=party)
    assert status == 200
    assert reverse("case", args=[case.id]) in page
    assert f"<mark>{party}</mark>" in page
    assert "按月分布" in page


def test_who_may_not_see_the_case_finds_nothing_and_is_not_told_of_it(indexed: Street) -> None:
    case = indexed.case(indexed.archived)
    status, page = ask(indexed, "legal", q=case.parties.get().name)
    assert status == 200
    assert "没有找到" in page and case.number not in page


def test_the_operator_has_no_search(indexed: Street) -> None:
    assert ask(indexed, "operator", q="样例")[0] == 403


def test_a_misspelt_name_is_led_to_the_near_one(indexed: Street) -> None:
    party = indexed.case(indexed.archived).parties.get().name
    status, page = ask(indexed, "officer", party=party[:-1] + "龘")
    assert status == 200
    assert "名称相近的当事人" in page and party in page


@pytest.mark.parametrize(
    ("asked", "status", "told"),
    [
        ({"q": "字" * 10_000}, 400, "最多200个字"),
        ({"q": "，。"}, 400, "只有标点"),
        ({"party": "-"}, 400, "只有标点"),
        ({"since": "2026-03-09", "until": "2026-03-08"}, 400, "止日早于起日"),
        ({"since": "昨天"}, 400, "日期"),
        ({"kind": "secret"}, 400, "secret"),
        ({"q": "样", "after": "not a cursor"}, 200, "结果"),
        ({"q": "'; DROP TABLE people; --"}, 200, "没有找到"),
    ],
)
def test_what_makes_no_sense_is_answered_in_words(
    indexed: Street, asked: dict[str, str], status: int, told: str
) -> None:
    answered, page = ask(indexed, "officer", **asked)
    assert answered == status
    assert told in page


def test_a_case_is_found_by_the_partys_identity_number_which_stands_in_no_address(
    indexed: Street,
) -> None:
    case = indexed.case(indexed.archived)
    number = case.parties.get().identity_number
    typed = {"number": f" {number[:6]} {number[6:].lower()} "}
    answer = indexed.browser("officer").post(reverse("search"), typed, follow=True)
    assert answer.status_code == 200 and reverse("case", args=[case.id]) in words(answer)
    ((address, _),) = answer.redirect_chain
    assert number not in address
    other = indexed.browser("legal").get(address)
    assert "没有找到" in words(other) and case.number not in words(other)
    for wrong, told in (("", "必填"), ("1" * 41, "40")):
        refused = indexed.browser("officer").post(reverse("search"), {"number": wrong})
        assert refused.status_code == 400 and told in words(refused)
    unknown = indexed.browser("officer").post(reverse("search"), {"number": "1"}, follow=True)
    assert "没有找到" in words(unknown)
    assert ask(indexed, "officer", holder="zz")[0] == 400


def test_nothing_asked_shows_no_list(indexed: Street) -> None:
    status, page = ask(indexed, "officer")
    assert status == 200
    assert "没有找到" not in page and "结果" not in page


def test_the_search_takes_as_many_queries_for_three_as_for_sixty(indexed: Street) -> None:
    client, address = indexed.browser("officer"), f"{reverse('search')}?q=演示街&kind=case"
    begin_cases(indexed, 1)
    sequence_all()
    follow_all()
    few = queries(client, address)
    begin_cases(indexed, 57)
    sequence_all()
    follow_all()
    assert "下一页" in words(client.get(address))
    # A full page is found in the first window; a short one is looked for in all three.
    assert queries(client, address) <= few


def test_the_words_around_a_match_are_shown_and_marked() -> None:
    text = "前" * 60 + "装修物料" + "后" * 200
    parts = snippet(text, ["装修物料"])
    assert ("装修物料", True) in parts
    assert parts[0][0].startswith("…") and not parts[0][1]
    assert sum(len(part) for part, _ in parts) < 130
    assert snippet(text, ["没有"]) == []
