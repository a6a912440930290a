"""What the benchmark of search writes is what the index makes of such cases."""

from __future__ import annotations

import datetime as dt
import pickle

import psycopg

from liuhen.bench.indexed import RARE, copy_indexed, party_of, without_indexes, write_indexed
from liuhen.demo.people import World
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.search.indexing import index_cases
from liuhen.search.models import Indexed
from liuhen.search.queries import Question, found

OWN = ("at", "party", "place", "title", "number", "case_id")


def test_rows_written_at_scale_are_those_of_the_index(
    world: World, owner: psycopg.Connection
) -> None:
    before = owner.execute("SELECT indexdef FROM pg_indexes WHERE tablename = 'search_indexed'")
    indexes = sorted(before.fetchall())
    with without_indexes(owner):
        oldest, year = clock.now() - dt.timedelta(days=600), dt.timedelta(days=366)
        own = [world["officer"]]
        write_indexed(owner, range(3), officers=own, oldest=oldest, stretch=year)
        carriers = {world["officer"].id: world["officer2"].id}
        copy_indexed(owner, {1: dt.timedelta(days=200)}, lambda mark: carriers)
    after = owner.execute("SELECT indexdef FROM pg_indexes WHERE tablename = 'search_indexed'")
    assert sorted(after.fetchall()) == indexes
    assert Indexed.objects.count() == 60
    asked = Question(party=party_of(0), kind="case")
    for who in ("officer", "officer2"):
        assert [row.party for row in found(world[who], asked)] == [party_of(0)], who
    assert found(world["supervisor"], Question(words=RARE)).count() == 2
    assert found(world["supervisor"], Question(kind="text")).count() == 0
    kinds = ("case", "activity", "recording")
    written = {row.record_id: row for row in Indexed.objects.filter(kind__in=kinds)}
    index_cases(Indexed.objects.values_list("case_id", flat=True))
    made = {row.record_id: row for row in Indexed.objects.filter(kind__in=kinds)}
    assert made.keys() == written.keys() and len(made) == 36
    for key, row in made.items():
        other = written[key]
        assert [getattr(row, name) for name in OWN] == [getattr(other, name) for name in OWN]
        assert set(other.grams) <= set(row.grams)
        facets = {gram for gram in row.grams if gram.startswith("=")}
        assert facets == {gram for gram in other.grams if gram.startswith("=")}
        places = {gram for gram in row.grams if gram.startswith(("party:", "place:"))}
        assert places == {gram for gram in other.grams if gram.startswith(("party:", "place:"))}


def test_a_refusal_of_a_benchmark_is_told_by_the_process_it_ran_in() -> None:
    told = pickle.loads(pickle.dumps(Refused("clip.span", minutes=10)))
    assert (told.code, told.data) == ("clip.span", {"minutes": 10})
