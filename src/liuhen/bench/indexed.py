"""Writes many cases with their rows of the search index by COPY, ten records a case.

Rows are what `search.indexing` would make of such cases; a test holds them to it. No
entries and no images: this is for measuring questions, on throwaway homes only. Keys and indexes of
the index's table are taken off and built again, as an operator would who fills a large one.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from uuid import UUID

import psycopg
from django.db import models

from liuhen.bench.generated import SURNAMES, copy_rows
from liuhen.cases.models import Activity, Case, CaseOfficer, Party
from liuhen.law.catalogue import catalogue
from liuhen.people.models import Person
from liuhen.recordings.models import Recording
from liuhen.search.grams import facet, letters, normal, of_field, of_place, pairs
from liuhen.search.models import Indexed
from liuhen.search.stretches import time_facets
from liuhen.vault.models import Original

RECORDS_A_CASE = 10
# A word that stands in one paper of so many cases; and one that stands in every case.
RARE_EVERY, RARE, FREQUENT = 20_000, "孔雀石", "堆放物料"
_BATCH = 2_000
_GOLDEN = 0.6180339887498949
_GIVEN = "安邦昌德恩芳刚国海和宏华辉佳建健杰金俊凯康兰丽良林玲龙美明娜宁鹏平强琴清荣瑞珊"
_EVENTS = ("inspection", "inquiry")
_PAPERS = ("现场检查笔录", "行政处罚事先告知书", "行政处罚决定书")
_WORDS = (
    *("当事人", "占用道路", "堆放物料", "未经批准", "设置摊位", "倾倒垃圾", "现场检查", "拍照取证"),
    *(
        "责令改正",
        "清理完毕",
        "施工围挡",
        "油烟排放",
        "违法建设",
        "户外广告",
        "夜间施工",
        "当场告知",
    ),
)
_TABLES = (Case, Party, Activity, CaseOfficer, Original, Recording)
_INDEXED = Indexed._meta.db_table
_COLUMNS = "kind,record_id,case_id,at,title,number,party,place,event,latitude,longitude,text,grams"


@dataclass(frozen=True)
class Written:
    """How long rows and indexes took, in seconds."""

    rows: float
    indexes: float


def party_of(number: int) -> str:
    """The name of the party of a case: of every seventh two characters long."""
    draw = random.Random(number)  # noqa: S311 - data, no secret
    length = 1 if number % 7 == 0 else 2
    return draw.choice(SURNAMES) + "".join(draw.choices(_GIVEN, k=length))


def place_of(number: int) -> str:
    """Where a case happened: 36,000 addresses."""
    return f"虚构市示例{number % 12 + 1}区样板{number // 12 % 60 + 1}路{number // 720 % 50 + 1}号"


def at_of(number: int, oldest: dt.datetime, stretch: dt.timedelta) -> dt.datetime:
    """When a case began: spread evenly over a stretch of time, whatever the number of cases."""
    return oldest + stretch * ((number * _GOLDEN) % 1.0)


def write_indexed(
    owner: psycopg.Connection,
    numbers: range,
    *,
    officers: Sequence[Person],
    oldest: dt.datetime,
    stretch: dt.timedelta,
) -> None:
    """Write cases by number, each with parties, officers, activities, recordings and index rows.

    They begin within a stretch of time from `oldest` on.
    """
    tables = [model._meta.db_table for model in _TABLES]
    for table in tables:
        owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    for first in range(numbers.start, numbers.stop, _BATCH):
        batch = range(first, min(first + _BATCH, numbers.stop))
        made = [_Made(number, officers, at_of(number, oldest, stretch)) for number in batch]
        for model in _TABLES:
            rows = [row for one in made for row in one.rows if isinstance(row, model)]
            copy_rows(owner, model._meta.db_table, rows)
        into = f"COPY {_INDEXED} ({_COLUMNS}) FROM STDIN"
        with owner.cursor() as cursor, cursor.copy(into) as copy:
            copy.write("".join(line for one in made for line in one.lines()))
    for table in tables:
        owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def copy_indexed(
    owner: psycopg.Connection,
    later: Mapping[int, dt.timedelta],
    carriers: Callable[[int], Mapping[UUID, UUID]],
) -> None:
    """Write every case of `write_indexed` once more for each mark, under a number that bears it.

    In the database, so that millions take minutes. `later` says how much after the first the copies
    of a mark begin; given in that order they lie as records come in. They have parties, places and
    words of the first. Who carries the copies of a mark instead of whom, `carriers` says.
    """
    tables = [model._meta.db_table for model in _TABLES]
    owner.execute(
        "CREATE TEMP TABLE first AS SELECT id, substring(number FROM '[0-9]{8}号$') AS tail,"
        " handler_id AS carrier FROM cases_case WHERE number ~ '^虚检索案.*[0-9]{8}号$'"
    )
    owner.execute("CREATE TEMP TABLE taken (one uuid PRIMARY KEY, by uuid)")
    owner.execute("ANALYZE first")
    for table in tables:
        owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    for mark, after in later.items():
        owner.execute("TRUNCATE taken")
        with owner.cursor() as cursor:
            cursor.executemany("INSERT INTO taken VALUES (%s, %s)", list(carriers(mark).items()))
        for model in _TABLES:
            _copy_rows(owner, model, _written_anew(mark, after), mark)
        said = {**_written_anew(mark, after), "text": f"replace(it.text, tail, tail || '之{mark}')"}
        said["grams"] = _grams_anew(mark, said["at"])
        said["number"] = f"it.number || CASE it.kind WHEN 'case' THEN '之{mark}' ELSE '' END"
        chosen = ", ".join(said.get(name, f"it.{name}") for name in _COLUMNS.split(","))
        owner.execute(
            f"INSERT INTO {_INDEXED} ({_COLUMNS}) SELECT {chosen}"  # noqa: S608 - our columns
            f" FROM {_INDEXED} it JOIN first ON first.id = it.case_id JOIN taken ON one = carrier"
        )
    for table in tables:
        owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    owner.execute("DROP TABLE first, taken")


_CARRIES = ("handler_id", "person_id", "made_by_id", "received_by")


def _grams_anew(mark: int, at: str) -> str:
    """Those of the first, but for who carries it, when it was and what its number bears."""
    changed = [(f"'={name}:' || one", f"'={name}:' || by") for name in ("handler", "carrier")]
    changed += zip(_time_facets("it.at"), _time_facets(at), strict=True)
    said = "it.grams"
    for first, other in changed:
        said = f"array_replace({said}, {first}, {other})"
    grams = ",".join(f"'{one}'" for one in sorted(pairs(f"号之{mark}")))
    return f"{said} || ARRAY[{grams}]"


def _time_facets(at: str) -> list[str]:
    """How the database says `search.stretches.time_facets`."""
    local = f"(({at}) AT TIME ZONE 'Asia/Shanghai')"
    month = f"to_char({local}, 'YYYY-MM')"
    third = f"{month} || '-' || least((extract(day FROM {local})::int + 9) / 10, 3)"
    told = {"third": third, "month": month, "year": f"left({month}, 4)"}
    told["decade"] = f"left({month}, 3) || '0'"
    return [f"'={name}:' || {value}" for name, value in told.items()]


def _written_anew(mark: int, after: dt.timedelta) -> dict[str, str]:
    """Columns of a copy that differ from those of the first, whatever its table."""
    keys = ("id", "record_id", "case_id", "activity_id")
    times = ("at", "started_at", "stored_at", "received_at", "since")
    taken = "(SELECT by FROM taken WHERE one = it.{})"
    digest = "encode(sha256(convert_to(it.{} || '{}', 'UTF8')), 'hex')"
    return {
        # in the order of the marks, as keys are that bear the time they were made at
        **{key: f"('{mark:08x}' || substr(md5(it.{key}::text), 9))::uuid" for key in keys},
        **{name: f"it.{name} + interval '{after.total_seconds()} seconds'" for name in times},
        **{key: digest.format(key, mark) for key in ("sha256", "original_id")},
        **{key: taken.format(key) for key in _CARRIES},
    }


def _copy_rows(
    owner: psycopg.Connection, model: type[models.Model], anew: Mapping[str, str], mark: int
) -> None:
    columns = [str(field.column) for field in model._meta.concrete_fields]
    said = dict(anew)
    if model is Case:
        said["number"], joined = f"it.number || '之{mark}'", "first ON first.id = it.id"
    elif model is Original:
        joined = (
            "(SELECT DISTINCT original_id FROM recordings_recording"
            " JOIN first ON first.id = case_id) held ON held.original_id = it.sha256"
        )
    else:
        joined = "first ON first.id = it.case_id"
    table, listed = model._meta.db_table, ", ".join(columns)
    chosen = ", ".join(said.get(name, f"it.{name}") for name in columns)
    owner.execute(
        f"INSERT INTO {table} ({listed}) SELECT {chosen}"  # noqa: S608 - our columns
        f" FROM {table} it JOIN {joined}"
    )


@contextmanager
def without_indexes(owner: psycopg.Connection) -> Iterator[list[str]]:
    """The index's table without keys and indexes for the block; then they are built again.

    Yields the statements that build them.
    """
    found = owner.execute(
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE conrelid = %s::regclass AND contype IN ('u', 'f')",
        [_INDEXED],
    ).fetchall()
    again = [f"ALTER TABLE {_INDEXED} ADD CONSTRAINT {name} {told}" for name, told in found]
    for name, _ in found:
        owner.execute(f"ALTER TABLE {_INDEXED} DROP CONSTRAINT {name}")
    left = owner.execute(
        "SELECT indexname, indexdef FROM pg_indexes"
        " WHERE tablename = %s AND indexname NOT LIKE '%%pkey'",
        [_INDEXED],
    ).fetchall()
    for name, _ in left:
        owner.execute(f"DROP INDEX {name}")
    again += [told for _, told in left]
    yield again
    owner.execute("SET maintenance_work_mem = '1GB'")
    for statement in again:
        owner.execute(statement)
    for table in (_INDEXED, *(model._meta.db_table for model in _TABLES)):
        owner.execute(f"VACUUM ANALYZE {table}")


class _Made:
    """One case: its rows, and its lines of the index."""

    def __init__(self, number: int, officers: Sequence[Person], at: dt.datetime) -> None:
        self.number = number
        self.handler = officers[number % len(officers)]
        self.at = at
        self.case = _case(number, self.handler, self.at)
        self.party = party_of(number)
        self.place = self.case.place
        self.activities = [
            Activity(case=self.case, kind=kind, place=self.place, is_on_site=True,
                     started_at=self.at + dt.timedelta(days=day))
            for day, kind in enumerate(_EVENTS)
        ]  # fmt: skip
        self.originals = [_original(number, part, self.handler, self.at) for part in range(3)]
        self.recordings = [_recording(self, part) for part in range(3)]

    @property
    def rows(self) -> Iterator[models.Model]:
        yield self.case
        yield Party(case=self.case, kind=Party.Kind.PERSON, name=self.party)
        yield from self.activities
        yield CaseOfficer(case=self.case, person=self.handler, since=self.at)
        yield from self.originals
        yield from self.recordings

    def lines(self) -> Iterator[str]:
        """Ten lines: the case, two activities, three papers, three recordings, one's text."""
        base = self._base()
        yield self._line(base, "case", self.case.id, self.case.cause, self.case.number)
        for activity in self.activities:
            title = catalogue().activities[activity.kind].name
            row, event = ("activity", activity.id, title), activity.kind
            at, told = activity.started_at, (("event", event),)
            yield self._line(base, *row, event=event, facets=told, at=at)
        for part, title in enumerate(_PAPERS):
            said = [sentence(self.number * 3 + part), sentence(self.number + 7 * part)]
            if part == 2 and self.number % RARE_EVERY == 0:
                said.append(RARE)
            number = f"虚城管〔{self.at.year}〕{part}第{self.number}号"
            yield self._line(base, "paper", self._id(part), title, number, said=said)
        for recording in self.recordings:
            row, event = ("recording", recording.id, recording.name), recording.event_kind
            facets = (("event", event), ("handler", self.handler.id))
            yield self._line(base, *row, event=event, facets=facets)
        first, said = self.recordings[0], [sentence(self.number // 3)]
        yield self._line(base, "text", first.id, first.name, said=said)

    def _base(self) -> tuple[str, set[str]]:
        """What every record of the case says: its text, and the grams."""
        case, unit = self.case, self.handler.unit
        assert unit is not None
        text = normal(f"{self.party} {self.place} {case.number} {case.cause}")
        facets = (
            ("unit", unit.id),
            ("handler", self.handler.id),
            ("case_kind", case.kind),
            ("stage", case.stage),
            ("carrier", self.handler.id),
        )
        grams = pairs(text) | {facet(name, value) for name, value in facets}
        grams |= of_field("party", pairs(self.party) | letters(self.party))
        return text, grams | of_place(self.place)

    def _line(
        self,
        base: tuple[str, set[str]],
        kind: str,
        record_id: object,
        title: str,
        number: str = "",
        *,
        event: str = "",
        said: Sequence[str] = (),
        facets: Sequence[tuple[str, object]] = (),
        at: dt.datetime | None = None,
    ) -> str:
        at = at or self.at
        own = normal(" ".join((title, number, *said)))
        grams = base[1].union(pairs(title), pairs(number), *map(_grams, said))
        grams |= {facet("kind", kind), *(facet(name, value) for name, value in facets)}
        grams |= time_facets(at)
        told = (
            *(kind, record_id, self.case.id, at.isoformat(), title, number),
            *(self.party, self.place, event, "\\N", "\\N", f"{own} {base[0]}"),
            "{" + ",".join(grams) + "}",
        )
        return "\t".join(map(str, told)) + "\n"

    def _id(self, part: int) -> str:
        return hashlib.sha256(b"%d %d" % (self.number, part)).hexdigest()[:32]


@cache
def _grams(text: str) -> frozenset[str]:
    return frozenset(pairs(text))


def sentence(seed: int) -> str:
    """One of 1,000 sentences of forty characters, as records say them."""
    return _sentence(seed % 1_000)


@cache
def _sentence(seed: int) -> str:
    draw = random.Random(seed)  # noqa: S311 - data, no secret
    drawn = "，".join(draw.choices(_WORDS, k=8))
    return f"{FREQUENT}{drawn}约{seed % 90 + 1}平方米"


def _case(number: int, handler: Person, at: dt.datetime) -> Case:
    return Case(
        number=f"虚检索案〔{at.year}〕{number:08d}号",
        kind=(Case.Kind.PENALTY, Case.Kind.INSPECTION)[number % 4 == 0],
        procedure=Case.Procedure.ORDINARY,
        stage=("investigation", "decision", "service", "hand_over")[number % 4],
        cause="占用道路堆放物料",
        place=place_of(number),
        unit=handler.unit,
        handler=handler,
        started_at=at,
    )


def _original(number: int, part: int, handler: Person, at: dt.datetime) -> Original:
    digest = hashlib.sha256(b"%d %d" % (number, part)).hexdigest()
    return Original(sha256=digest, size=1_000_000, received_at=at, received_by=handler.id)


def _recording(made: _Made, part: int) -> Recording:
    return Recording(
        original=made.originals[part],
        kind=Recording.Kind.VIDEO,
        name=f"VID_{made.number:08d}_{part}.mp4",
        case=made.case,
        activity=made.activities[part % 2],
        made_by=made.handler,
        handler=made.handler,
        started_at=made.at,
        stored_at=made.at,
        event_kind=made.activities[part % 2].kind,
        place=made.place,
        media={"state": "read"},
    )
