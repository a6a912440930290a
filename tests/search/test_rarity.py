"""What is asked of the index is what few records hold; answers never depend on it."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from liuhen.demo.people import World
from liuhen.demo.simple_case import SimpleCase
from liuhen.ledger.sequencing import sequence_all
from liuhen.search import rarity
from liuhen.search.indexing import follow_all
from liuhen.search.queries import Question, found
from liuhen.search.rarity import rarest, rarest_first

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
