"""Questions to the search index at 1 and 10 million records, beside plain ILIKE in the same run.

What is measured is what the page asks: the number of answers up to a thousand, and the first page
of them. Each question for somebody who sees every case and for an officer who carries 5,000 of
them, whatever the archive has grown to. ILIKE looks through the same rows for the same words,
without a right of seeing, which is less than the question asks. Sizes are those on disk.

`BENCH_RECORDS` says at which sizes, parted by commas (1000000,10000000), each a multiple
of the first or of 100,000. The aim is a p95 under 50 ms that grows less than 1.5 times from 1 to
10 million.
"""

from __future__ import annotations

import datetime as dt
import os
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import psycopg

from liuhen.bench.figures import Figure, percentile, spread
from liuhen.bench.pages import page_figures, signed_in
from liuhen.bench.scratch import scratch_home
from liuhen.host.home import Home
from liuhen.host.postgres_roles import OWNER
from liuhen.kernel import clock

if TYPE_CHECKING:
    from liuhen.people.models import Person
    from liuhen.search.queries import Question

SIZES = tuple(int(one) for one in os.environ.get("BENCH_RECORDS", "1000000,10000000").split(","))
# So many records are written one by one; those beyond are copies of them under other numbers.
FIRST = min(100_000, *SIZES)
# Time the records are of, at each size; and that of those written one by one.
WRITTEN = dt.timedelta(days=365 * 5)
STRETCH = WRITTEN * FIRST / SIZES[0]
# Officers of each million records, who carry its cases in equal shares, and their units.
OFFICERS, UNITS = 20, 5
MILLION = 1_000_000
ASKED, ASKED_PLAINLY = 30, 5
BESIDE, PEER = "aim p95 under 50 ms; right of seeing in the same query", "peer"
_SEED = 7


def run() -> Iterator[Figure]:
    """Every question at each size, how it grew, sizes on disk, and the pages."""
    p95: dict[str, list[float]] = {}
    with scratch_home() as home:
        from liuhen.demo.ordinary_case import OrdinaryCase  # noqa: PLC0415 - models
        from liuhen.demo.people import known_world  # noqa: PLC0415
        from liuhen.search.indexing import follow_all  # noqa: PLC0415

        newest = clock.now()
        with clock.frozen(newest) as stopped:
            rich = OrdinaryCase(known_world(), stopped)
            rich.until_initiated()
        officers = _officers()
        follow_all()
        written = 0
        for size in SIZES:
            yield from _fill(home, written, size, officers, newest)
            written = size
            yield from _measure(home, size, officers[0], newest, p95)
            yield from _pages(size, str(rich.case.id))
    if len(SIZES) > 1:
        for name, told in p95.items():
            yield Figure(f"{name}: growth of p95", told[-1] / told[0], "times", "under 1.5")


def _officers() -> list[Person]:
    """Officers of five units, so many for each million records."""
    from liuhen.actions import people as acts  # noqa: PLC0415 - models
    from liuhen.demo.days import PASSWORD_OF_DEMO  # noqa: PLC0415
    from liuhen.demo.people import PROFILE, known_world  # noqa: PLC0415
    from liuhen.people.models import Office, Unit  # noqa: PLC0415

    system = known_world().system
    made = []
    for place in range(OFFICERS * -(-max(SIZES) // MILLION)):
        code = f"M{place % UNITS}"
        unit = Unit.objects.filter(code=code).first() or acts.register_unit(
            actor=system,
            code=code,
            name=f"虚构市城市管理综合行政执法第{place + 11}支队",
            kind=Unit.Kind.SUBORDINATE,
            number_prefix="虚城管",
            profile=PROFILE,
            powers=(),
        )
        person = acts.register_person(
            actor=system,
            username=f"bench{place}",
            name=f"执法员{place}",
            unit=unit,
            password=PASSWORD_OF_DEMO,
        )
        acts.appoint(actor=system, person=person, kind=Office.Kind.OFFICER)
        made.append(person)
    return made


# -- rows --------------------------------------------------------------------------------------


def _fill(
    home: Path, written: int, size: int, officers: Sequence[Person], newest: dt.datetime
) -> list[Figure]:
    from liuhen.bench.indexed import (  # noqa: PLC0415 - models
        RECORDS_A_CASE,
        copy_indexed,
        without_indexes,
        write_indexed,
    )

    first = min(FIRST, size)
    started = time.perf_counter()
    with psycopg.connect(Home(home).database_url(OWNER), autocommit=True) as owner:
        with without_indexes(owner):
            if not written:
                cases = range(first // RECORDS_A_CASE)
                oldest = newest - WRITTEN
                own = officers[:OFFICERS]
                write_indexed(owner, cases, officers=own, oldest=oldest, stretch=STRETCH)
            copy_indexed(owner, _later(written, size), lambda mark: _carriers(mark, officers))
            copied = time.perf_counter()
        indexed = time.perf_counter()
        held = _sizes(owner)
    name = f"{size:,} records"
    rows = size - written
    return [
        Figure(f"{name}: {rows:,} rows and their cases written", copied - started, "s", ""),
        Figure(f"{name}: keys and indexes built", indexed - copied, "s", ""),
        *(Figure(f"{name}: {what}", amount / 1e9, "GB", "on disk") for what, amount in held),
    ]


def _later(written: int, size: int) -> dict[int, dt.timedelta]:
    """How much after the first the copies of each further mark begin: up to the newest instant."""
    marks = range(max(written // FIRST, 1), size // FIRST)
    left = WRITTEN - STRETCH
    return {mark: left * (place + 1) / len(marks) for place, mark in enumerate(marks)}


def _carriers(mark: int, officers: Sequence[Person]) -> dict[UUID, UUID]:
    """Who carries the copies of a mark instead of the officers of the first million."""
    own = officers[mark * FIRST // MILLION * OFFICERS :]
    return {first.id: other.id for first, other in zip(officers[:OFFICERS], own, strict=False)}


def _sizes(owner: psycopg.Connection) -> list[tuple[str, int]]:
    """What the index takes on disk, whole and in its parts."""
    whole, rows = owner.execute(
        "SELECT pg_total_relation_size('search_indexed'), pg_table_size('search_indexed')"
    ).fetchall()[0]
    parts = owner.execute(
        "SELECT indexrelid::regclass::text, pg_relation_size(indexrelid) FROM pg_index"
        " WHERE indrelid = 'search_indexed'::regclass ORDER BY 2 DESC"
    ).fetchall()
    return [("search index, whole", whole), ("its rows", rows), *parts]


# -- questions ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Kind:
    """One kind of question: how one is drawn, and the words ILIKE looks for instead."""

    name: str
    draw: Callable[[random.Random], dict[str, Any]]
    plain: str = ""


def _kinds(cases: int, newest: dt.datetime, unit: str) -> Iterator[_Kind]:
    """The four indexes of Article 40, then words, then several together."""
    from liuhen.bench.indexed import FREQUENT, RARE, party_of, place_of  # noqa: PLC0415 - models

    def long_name(draw: random.Random) -> str:
        number = draw.randrange(cases)
        return party_of(number + 1 if number % 7 == 0 else number)

    def short_name(draw: random.Random) -> str:
        return party_of(draw.randrange(cases) // 7 * 7)

    def several(draw: random.Random) -> dict[str, Any]:
        kinds = {"unit": unit, "kind": "recording", "event": "inquiry"}
        return {"words": FREQUENT, **kinds, **_days(draw, newest, 30)}

    yield _Kind("by party", lambda draw: {"party": long_name(draw)}, "party")
    yield _Kind("by date", lambda draw: _days(draw, newest, 1))
    yield _Kind("by place", lambda draw: {"place": place_of(draw.randrange(cases))}, "place")
    yield _Kind("by kind of event", lambda _: {"event": "inquiry"})
    yield _Kind("two-character name", lambda draw: {"words": short_name(draw)}, "words")
    yield _Kind("rare word", lambda _: {"words": RARE}, "words")
    yield _Kind("frequent word", lambda _: {"words": FREQUENT}, "words")
    yield _Kind("word nobody wrote", lambda _: {"words": "珊瑚礁"}, "words")
    yield _Kind("frequent word, unit, kind, event, month", several)
    yield _Kind("name and place", lambda draw: _same_case(draw, cases, party_of, place_of))


def _days(draw: random.Random, newest: dt.datetime, length: int) -> dict[str, Any]:
    """So many days somewhere in the years that are written."""
    since = newest - dt.timedelta(days=draw.randrange(length, WRITTEN.days))
    return {"since": since, "until": since + dt.timedelta(days=length)}


def _same_case(draw: random.Random, cases: int, *tell: Callable[[int], str]) -> dict[str, Any]:
    number = draw.randrange(cases)
    return dict(zip(("party", "place"), (one(number) for one in tell), strict=True))


def _measure(
    home: Path, size: int, officer: Person, newest: dt.datetime, p95: dict[str, list[float]]
) -> Iterator[Figure]:
    from liuhen.bench.indexed import RECORDS_A_CASE  # noqa: PLC0415 - models
    from liuhen.people.models import Person  # noqa: PLC0415
    from liuhen.search.queries import Question  # noqa: PLC0415

    people = {"all cases": Person.objects.get(username="supervisor"), "own cases": officer}
    cases = min(FIRST, size) // RECORDS_A_CASE
    with psycopg.connect(Home(home).database_url(OWNER), autocommit=True) as owner:
        for kind in _kinds(cases, newest, str(officer.unit_id)):
            draw = random.Random(_SEED)  # noqa: S311 - data, no secret
            asked = [kind.draw(draw) for _ in range(ASKED)]
            for whose, person in people.items():
                times = [_answered(person, Question(**one)) for one in asked]
                name = f"{kind.name}, {whose}"
                yield from spread(f"{size:,} records, {name}", times, 0.95, BESIDE)
                p95.setdefault(name, []).append(percentile(times, 0.95))
            if kind.plain:
                plain = [_plainly(owner, kind.plain, one) for one in asked[:ASKED_PLAINLY]]
                name = f"{size:,} records, {kind.name}, ILIKE"
                yield from spread(name, plain, 0.95, PEER)


def _answered(person: Person, question: Question) -> float:
    """Seconds to the first page of answers and their number."""
    from django.db.models import prefetch_related_objects  # noqa: PLC0415 - models

    from liuhen.people.queries import offices_remembered  # noqa: PLC0415
    from liuhen.search.answers import answers  # noqa: PLC0415
    from liuhen.search.queries import COUNTED, by_keys, windows  # noqa: PLC0415
    from liuhen.web.paging import ROWS  # noqa: PLC0415

    started = time.perf_counter()
    with offices_remembered():
        rows, number, keys = answers(person, question)
        newest = [by_keys(keys[: ROWS + 1])]
        is_known = keys or number <= COUNTED
        page: list[Any] = []
        for window in newest if is_known else windows(rows, clock.now(), question.until):
            page = list(window[: ROWS + 1])
            if len(page) > ROWS:
                break
        prefetch_related_objects(page, "case")
    return time.perf_counter() - started


def _plainly(owner: psycopg.Connection, column: str, asked: dict[str, Any]) -> float:
    """Seconds for the same words by ILIKE: the newest page, and how many up to a thousand."""
    from liuhen.search.queries import COUNTED  # noqa: PLC0415 - models
    from liuhen.web.paging import ROWS  # noqa: PLC0415

    where = "text" if column == "words" else column
    like = f"%{asked[column]}%"
    matching = f"SELECT id FROM search_indexed WHERE {where} ILIKE %s"  # noqa: S608 - our columns
    started = time.perf_counter()
    owner.execute(f"{matching} ORDER BY at DESC, id DESC LIMIT {ROWS + 1}", [like]).fetchall()
    owner.execute(f"{matching} LIMIT {COUNTED + 1}", [like]).fetchall()
    return time.perf_counter() - started


# -- pages -------------------------------------------------------------------------------------


def _pages(size: int, case_id: str) -> Iterator[Figure]:
    from liuhen.bench.indexed import FREQUENT, party_of  # noqa: PLC0415 - models

    pages = (
        ("search page, frequent word", f"/search/?q={FREQUENT}"),
        ("search page, name", f"/search/?party={party_of(1)}"),
        ("case list", "/cases/"),
        ("case list, a name", f"/cases/?q={party_of(1)}"),
        ("case page", f"/cases/{case_id}/"),
        ("desk", "/"),
    )
    client = signed_in("supervisor")
    for name, path in pages:
        yield from page_figures(client, f"{size:,} records, {name}", path)
