"""The index follows the ledger: what happened is found, by those who may see it."""

from __future__ import annotations

import datetime as dt

import psycopg
import pytest

from liuhen.cases.models import Case
from liuhen.demo.people import World
from liuhen.demo.simple_case import SimpleCase
from liuhen.documents.models import Paper
from liuhen.kernel import clock
from liuhen.ledger.sequencing import sequence_all
from liuhen.search.indexing import _REBUILDING, follow, follow_all, rebuild
from liuhen.search.models import Follower, Indexed
from liuhen.search.queries import Question, by_month, found, near_names, numbered, windows
from liuhen.search.stretches import time_facets
from liuhen.search.wording import words_of_facts, words_of_paper
from tests.web.conftest import hand_in


@pytest.fixture
def case(world: World) -> SimpleCase:
    simple = SimpleCase(world, place="虚构市示例区样板路8号门前")
    simple.start()
    simple.violation(
        party={"kind": "person", "name": "欧阳样例", "address": "样板路8号"},
        facts="当事人堆放装修物料约三平方米。",
    )
    hand_in(world, 1, simple.activity)
    sequence_all()
    follow_all()
    return simple


def titles(world: World, who: str, **asked: object) -> list[str]:
    return [row.kind for row in found(world[who], Question(**asked))]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("asked", "kind"),
    [
        ({"words": "样例"}, "case"),
        ({"words": "装修物料"}, "activity"),
        ({"party": "欧阳"}, "case"),
        ({"place": "样板路8号", "kind": "case"}, "case"),
        ({"words": "欧 样"}, "recording"),
        ({"words": "样板路 样例"}, "case"),
    ],
)
def test_a_case_is_found_by_its_party_place_and_words(
    world: World, case: SimpleCase, asked: dict[str, str], kind: str
) -> None:
    assert kind in titles(world, "officer", **asked)


@pytest.mark.parametrize(
    "asked",
    [
        {"words": "样桥"},
        {"party": "样板路"},
        {"words": "样例", "place": "演示街"},
        {"words": "例样"},
    ],
)
def test_what_is_not_there_is_not_found(
    world: World, case: SimpleCase, asked: dict[str, str]
) -> None:
    assert titles(world, "officer", **asked) == []


def test_choices_are_found_by_their_words_and_stand_in_no_row_as_keys(
    world: World, case: SimpleCase
) -> None:
    case.notice()
    case.waive()
    case.decide()
    sequence_all()
    follow_all()
    assert {"activity", "paper"} <= set(titles(world, "officer", words="口头表示"))
    assert "paper" in titles(world, "officer", words="公民")
    keys = ("person", "waiver oral", "fine", "bank", "in person", "party")
    for text in Indexed.objects.values_list("text", flat=True):
        assert [key for key in keys if f" {key} " in f" {text} "] == []
    paper = Paper.objects.filter(type="simple_decision").get()
    told = [*words_of_paper(paper.document_type, {**paper.data, "facts": "Liuhen bar, fine"})]
    assert "Liuhen bar, fine" in told, "what people wrote stays as it is"
    inspected = {"mode": "random", "outcome": "no_problem"}
    words = words_of_facts({"inspection": inspected, "hearing": {"outcome": "held"}})
    assert [*words] == ["双随机抽查", "未发现问题", "听证结束"]


def test_stage_and_handler_narrow_a_question(world: World, case: SimpleCase) -> None:
    handler, stage = str(world["officer"].id), Case.objects.get().stage
    others = (str(world["handler"].id), handler)
    for told, is_found in (
        ({"handlers": (handler,)}, True),
        ({"handlers": others}, True),
        ({"handlers": others[:1]}, False),
        ({"stage": stage}, True),
        ({"stage": "hand_over"}, False),
    ):
        asked = {"words": "欧阳样例", "kind": "case", **told}
        assert (titles(world, "officer", **asked) == ["case"]) is is_found, told


def test_each_kind_of_record_has_its_row(world: World, case: SimpleCase) -> None:
    kinds = set(titles(world, "officer", words="欧阳样例"))
    assert kinds == {"case", "activity", "recording"}
    assert titles(world, "officer", words="欧阳样例", kind="recording") == ["recording"]
    assert titles(world, "officer", event="simple_procedure", kind="activity") == ["activity"]


def test_others_find_nothing_of_a_case_they_may_not_see(world: World, case: SimpleCase) -> None:
    assert "case" in titles(world, "supervisor", words="欧阳样例")
    assert titles(world, "legal", words="欧阳样例") == []
    assert titles(world, "operator", words="欧阳样例") == []
    assert near_names(world["legal"], "欧阳样列") == []


def test_a_recording_of_no_case_is_found_by_who_made_it_and_by_those_who_see_all(
    world: World,
) -> None:
    hand_in(world, 1)
    sequence_all()
    follow_all()
    for who, expected in [("officer", 1), ("supervisor", 1), ("officer2", 0), ("operator", 0)]:
        assert len(titles(world, who, kind="recording")) == expected, who


def test_a_name_one_character_off_is_offered(world: World, case: SimpleCase) -> None:
    assert near_names(world["officer"], "欧阳样列") == ["欧阳样例"]
    assert near_names(world["officer"], "司马样列") == []
    assert near_names(world["officer"], "欧") == []


def test_time_bounds_are_half_open(world: World, case: SimpleCase) -> None:
    at = Indexed.objects.get(kind="case").at
    assert "case" in titles(world, "officer", kind="case", since=at)
    assert titles(world, "officer", kind="case", until=at) == []
    later = at + dt.timedelta(milliseconds=1)
    assert "case" in titles(world, "officer", kind="case", until=later)
    assert titles(world, "officer", kind="case", since=later) == []


def test_wider_windows_hold_what_narrower_ones_hold(world: World, case: SimpleCase) -> None:
    rows = found(world["officer"], Question(words="样例"))
    late = clock.now() + dt.timedelta(days=200)
    week, month, year, ever = (each.count() for each in windows(rows, late))
    assert week == month == 0
    assert year == ever == numbered(rows)[1] > 0
    assert sum(number for _, number in by_month(rows)) == ever


@pytest.mark.parametrize("who", ["officer", "supervisor"])
@pytest.mark.parametrize("words", ["", "样例"])
def test_a_window_ends_where_the_question_ends(
    world: World, case: SimpleCase, who: str, words: str
) -> None:
    last = Indexed.objects.latest("at").at
    everything = found(world[who], Question(words=words)).count()
    for until, is_all in ((None, True), (last + dt.timedelta(milliseconds=1), True), (last, False)):
        rows = found(world[who], Question(words=words, until=until))
        told = {each.count() for each in windows(rows, last + dt.timedelta(days=6), until)}
        assert told == {rows.count()}, until
        assert (rows.count() == everything) is is_all, until
    late = last + dt.timedelta(days=8)
    asked = Question(words=words, until=last - dt.timedelta(days=400))
    assert [each.count() for each in windows(found(world[who], asked), late)] == [0] * 4


def test_a_record_whose_clock_is_years_ahead_is_in_each_window(
    world: World, case: SimpleCase
) -> None:
    row = Indexed.objects.filter(kind="case").get()
    ahead = row.at + dt.timedelta(days=366 * 120)
    row.grams = sorted(set(row.grams) - time_facets(row.at) | time_facets(ahead))
    row.at = ahead
    row.save()
    rows = found(world["officer"], Question(kind="case"))
    assert [each.count() for each in windows(rows, clock.now())] == [1] * 4


def test_grams_lie_apart_from_rows_and_are_not_read_with_them(
    world: World, case: SimpleCase, owner: psycopg.Connection
) -> None:
    rows = owner.execute(
        "SELECT pg_column_size(grams), pg_column_toast_chunk_id(grams) FROM search_indexed"
    ).fetchall()
    assert any(size > 512 for size, _ in rows)
    assert [size for size, apart in rows if apart is None and size > 512] == []
    assert "grams" in Indexed.objects.latest("at").get_deferred_fields()


def test_following_twice_reads_nothing_twice(world: World, case: SimpleCase) -> None:
    before = Follower.objects.get().next_index, Indexed.objects.count()
    assert follow() == 0
    assert (Follower.objects.get().next_index, Indexed.objects.count()) == before


def test_the_index_built_again_from_nothing_is_the_same(world: World, case: SimpleCase) -> None:
    def told() -> list[tuple[str, str, list[str]]]:
        return sorted(Indexed.objects.values_list("kind", "text", "grams"))

    before, followed = told(), Follower.objects.get().next_index
    Indexed.objects.all().delete()
    Follower.objects.all().delete()
    assert follow_all() == 0, "an index that never followed is made from the records"
    assert told() == before and Follower.objects.get().next_index == followed
    Follower.objects.update(next_index=0)
    assert follow_all() == followed
    assert told() == before, "read from the ledger it is the same"
    assert rebuild() == 1
    assert told() == before and Follower.objects.get().next_index == followed


def test_an_index_that_another_job_builds_anew_is_left_to_it(
    world: World, case: SimpleCase, owner: psycopg.Connection
) -> None:
    Indexed.objects.all().delete()
    Follower.objects.all().delete()
    owner.execute("SELECT pg_advisory_lock(%s)", [_REBUILDING])
    assert follow_all() == 0
    assert not Indexed.objects.exists()
    owner.execute("SELECT pg_advisory_unlock(%s)", [_REBUILDING])
    follow_all()
    assert Indexed.objects.exists()


def test_a_changed_name_is_found_and_the_old_text_is_not(world: World, case: SimpleCase) -> None:
    case.violation(
        party={"kind": "person", "name": "上官示范", "address": "样板路8号"},
        facts="当事人堆放木板。",
    )
    sequence_all()
    follow_all()
    assert "case" in titles(world, "officer", party="上官")
    assert titles(world, "officer", words="装修物料") == []
