"""What is asked of the index is what few records hold; answers never depend on it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import psycopg
import pytest

from liuhen.demo.people import World
from liuhen.demo.simple_case import SimpleCase
from liuhen.kernel import clock
from liuhen.ledger.sequencing import sequence_all
from liuhen.search import answers as shortest
from liuhen.search import queries, rarity
from liuhen.search.answers import answers
from liuhen.search.indexing import follow_all
from liuhen.search.models import Indexed
from liuhen.search.queries import Question, found
from liuhen.search.rarity import rarest, rarest_first, records_between, share_of

QUESTIONS = (
    Question(words="当事人堆放装修物料约三平方米"),
    Question(words="欧阳样例 样板路"),
    Question(place="虚构市示例区样板路8号"),
    Question(place="虚构市示例区样板路9号"),
    Question(party="欧阳样例", place="样板路", kind="activity"),
    Question(words="物料装修"),
)


@pytest.fixture
def indexed(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr(rarity, "_known", rarity._Known())
    for number in range(8, 12):
        case = SimpleCase(world, place=f"虚构市示例区样板路{number}号门前")
        case.start()
        party = {"kind": "person", "name": "欧阳样例", "address": "样板路8号"}
        case.violation(party=party, facts=f"当事人堆放装修物料约三平方米。{number}")
    sequence_all()
    follow_all()
    return world


@pytest.fixture
def counted(
    indexed: World, owner: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> Iterator[World]:
    """The same records, and the database has counted how often each gram stands in them."""
    owner.execute("ANALYZE search_indexed")
    monkeypatch.setattr(rarity, "_known", rarity._Known())
    yield indexed


def test_before_anything_was_counted_any_few_grams_are_asked_for(indexed: World) -> None:
    assert len(rarest({"堆放", "放装", "装修", "修物", "物料", "料约"})) == 5
    assert rarest({"堆放"}) == {"堆放"}
    assert rarest(set()) == set()


def test_grams_that_few_records_hold_are_asked_for_and_those_everywhere_are_not(
    counted: World,
) -> None:
    rare, everywhere = {"place:11", "place:1号"}, {"place:虚构", "place:构市"}
    assert rarest(rare | everywhere) == rare
    assert rarest_first(rare | everywhere) == [*sorted(rare), *sorted(everywhere)]
    assert rarest(everywhere) == set()
    unwritten = {"珊瑚", "瑚礁"}
    assert rarest(unwritten | everywhere) == unwritten, "what nobody wrote tells most"


def test_shares_and_numbers_are_those_the_database_counted(counted: World) -> None:
    total = Indexed.objects.count()
    cases = Indexed.objects.filter(kind="case").count()
    assert records_between() == total
    assert share_of(["=kind:case"]) == pytest.approx(cases / total)
    assert share_of(["=kind:case", "=kind:activity"], ["place:虚构", "place:构市"]) <= 1.0
    assert share_of(["=kind:case"], ["珊瑚"]) == 0.0


def test_between_two_instants_that_were_counted_records_lie_evenly() -> None:
    days = [dt.datetime(2026, 1, day, tzinfo=dt.UTC) for day in (1, 2, 3, 3, 7)]
    known = rarity._Counted(times=days)
    day = dt.timedelta(days=1)
    asked = [days[0] - day, days[0], days[1], days[2], days[2] + day, days[4], days[4] + day]
    told = [known.share_before(at) for at in asked]
    assert told == [0, 0, 0.25, 0.5, pytest.approx(0.8125), 1, 1]
    assert rarity._Counted().share_before(days[0]) == 0


@pytest.mark.parametrize("who", ["supervisor", "officer"])
@pytest.mark.parametrize("bound", [1, 3, 1_000])
def test_the_newest_are_known_by_their_keys_and_counted_no_further_than_the_bound(
    counted: World, who: str, bound: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "COUNTED", bound)
    for name in ("COUNTED", "_PAGES", "_AMPLE", "_MOST_SORTED"):
        monkeypatch.setattr(shortest, name, bound)
    last = Indexed.objects.latest("at").at
    since = last - dt.timedelta(days=30)
    more = (
        Question(kind="activity"),
        Question(kind="activity", event="simple_procedure", since=since, until=last),
        Question(event="simple_procedure"),
        Question(until=last),
        Question(handlers=(str(counted["officer"].id),)),
    )
    for question in (*QUESTIONS, *more):
        newest = list(found(counted[who], question).values_list("id", flat=True)[: bound + 1])
        rows, number, keys = answers(counted[who], question)
        assert number == len(newest)
        assert keys == newest[: len(keys)], question
        assert len(keys) == number or number > bound, question
        assert list(rows.values_list("id", flat=True)[: bound + 1]) == newest, question


def test_a_stretch_that_holds_less_than_is_likely_hides_nothing(
    counted: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shortest, "_AMPLE", 0)
    question = Question(kind="activity")
    expected = found(counted["supervisor"], question).count()
    with clock.frozen(clock.now() + dt.timedelta(days=100)):
        rows, number, keys = answers(counted["supervisor"], question)
    assert number == len(keys) == rows.count() == expected > 0


def test_answers_are_the_same_whatever_was_counted(
    indexed: World, owner: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    def answers() -> list[set[int]]:
        asked = (found(indexed["supervisor"], question) for question in QUESTIONS)
        return [set(rows.values_list("id", flat=True)) for rows in asked]

    before = answers()
    assert [bool(one) for one in before] == [True, True, True, True, True, False]
    owner.execute("ANALYZE search_indexed")
    monkeypatch.setattr(rarity, "_known", rarity._Known())
    assert rarest({"place:虚构"}) == set(), "something was counted"
    assert answers() == before
