"""The search page: what a person may find, how it is told, and what is refused."""

from __future__ import annotations

import base64
import datetime as dt
import html
import json
import re

import pytest
from django.urls import reverse

from liuhen.access.models import Viewing
from liuhen.actions.access import grant_standing_approval
from liuhen.cases.queries import visible_cases
from liuhen.kernel import clock
from liuhen.ledger.models import Entry
from liuhen.ledger.sequencing import sequence_all
from liuhen.people.models import Person
from liuhen.recordings.derivatives import THUMBNAIL, derivative_path, put_derivative
from liuhen.recordings.models import Recording
from liuhen.search.indexing import follow_all
from liuhen.search.queries import Question, found
from liuhen.web.search import snippet
from tests.web.conftest import Street, words
from tests.web.test_lists_and_counts import begin_cases, queries

# A place a million pages on, before anything happened.
FAR = base64.urlsafe_b64encode(
    json.dumps([25_000_000, ["1999-01-01 00:00:00+00:00", "1"]]).encode()
).decode()
REASON = "在结果中辨认现场"


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


def test_everybody_finds_the_cases_they_see_and_no_other(indexed: Street) -> None:
    stages = set()
    for person in Person.objects.all():
        seen = set(visible_cases(person).values_list("id", "stage"))
        found_ones = found(person, Question(kind="case")).values_list("case_id", "case__stage")
        assert set(found_ones) == seen, person.username
        stages |= seen
    assert len(stages) == 3


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
        ({"q": "样"}, 400, "只有一个字"),
        ({"q": "样 1"}, 400, "只有一个字"),
        ({"place": "路"}, 400, "只有一个字"),
        ({"party": "样"}, 200, "样例"),
        ({"q": "样 样例"}, 200, "<mark>样例</mark>"),
        ({"q": "样例", "after": "not a cursor"}, 200, "<mark>样例</mark>"),
        ({"q": "样例", "after": FAR}, 200, "没有找到"),
        ({"q": "样例", "after": FAR.swapcase()}, 200, "<mark>样例</mark>"),
        ({"q": "样例", "page": "9" * 40}, 200, "<mark>样例</mark>"),
        ({"handler": "某无此人"}, 400, "没有这个姓名的人员"),
        ({"stage": "lunch"}, 400, "lunch"),
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


def test_stage_and_handler_narrow_the_answers(indexed: Street) -> None:
    case = indexed.case(indexed.archived)
    for who, is_found in ((case.handler.name, True), (indexed.world["handler"].name, False)):
        _, page = ask(indexed, "officer", q=case.number, handler=who, kind="case")
        assert (reverse("case", args=[case.id]) in page) is is_found
    for stage, is_found in ((case.stage, True), ("facts", False)):
        _, page = ask(indexed, "officer", q=case.number, stage=stage, kind="case")
        assert (reverse("case", args=[case.id]) in page) is is_found


def test_small_pictures_are_shown_where_viewing_is_approved_and_each_is_registered(
    indexed: Street,
) -> None:
    recording = Recording.objects.get(case=indexed.filed)
    place = derivative_path(recording.original_id, THUMBNAIL)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(b"\xff\xd8 a small picture")
    put_derivative(recording.original_id, THUMBNAIL, place)
    address = f"{reverse('search')}?q={recording.name}&kind=recording"
    client = indexed.browser("supervisor")
    page = words(client.get(address))
    assert "未获调阅批准，不显示画面" in page and "picture-reason" not in page
    refused = words(client.post(address, {"reason": REASON}))
    assert "<img" not in refused.partition("found-title")[2]
    assert not Viewing.objects.filter(reason=REASON).exists()
    grant_standing_approval(
        actor=indexed.world["deputy"],
        group="supervisor",
        purpose="监督",
        scope="all_cases",
        until=clock.now() + dt.timedelta(days=1),
    )
    page = words(client.get(address))
    assert "登记调阅并显示缩略图" in page and "<img" not in page.partition("found-title")[2]
    assert client.post(address, {"reason": " "}).status_code == 400
    page = words(client.post(address, {"reason": REASON}))
    (src,) = re.findall(r'class="lh-found-picture" src="([^"]+)"', page)
    assert client.get(src).getvalue() == b"\xff\xd8 a small picture"
    assert indexed.browser("officer").get(src).status_code != 200
    one = Viewing.objects.get(reason=REASON)
    assert (one.recording, one.viewer) == (recording, indexed.world["supervisor"])
    assert Entry.objects.filter(event="recording.viewed", case_id=indexed.filed).count() == 1
    place.unlink()


def test_nothing_asked_shows_no_list(indexed: Street) -> None:
    status, page = ask(indexed, "officer")
    assert status == 200
    assert "没有找到" not in page and "found-title" not in page


def test_the_search_takes_as_many_queries_for_three_as_for_sixty(indexed: Street) -> None:
    client, address = indexed.browser("officer"), f"{reverse('search')}?q=演示街&kind=case"
    begin_cases(indexed, 1)
    sequence_all()
    follow_all()
    few = queries(client, address)
    begin_cases(indexed, 57)
    sequence_all()
    follow_all()
    # A full page is found in the first window; a short one is looked for in all three.
    assert queries(client, address) <= few
    told, page = [], address
    while page:
        text = client.get(page).content.decode()
        told += re.findall(r'href="/cases/([0-9a-f-]{36})/"', text.split("found-title")[-1])
        onward = re.search(r'rel="next" href="([^"]+)"', text)
        page = html.unescape(reverse("search") + onward[1]) if onward else ""
    shown = found(indexed.world["officer"], Question(words="演示街", kind="case"))
    assert told == [str(one) for one in shown.values_list("record_id", flat=True)]


def test_the_words_around_a_match_are_shown_and_marked() -> None:
    text = "前" * 60 + "装修物料" + "后" * 200
    parts = snippet(text, ["装修物料"])
    assert ("装修物料", True) in parts
    assert parts[0][0].startswith("…") and not parts[0][1]
    assert sum(len(part) for part, _ in parts) < 130
    assert snippet(text, ["没有"]) == []
