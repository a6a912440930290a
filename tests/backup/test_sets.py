"""Which sets lead to a moment: base copy, then WAL without a hole."""

from __future__ import annotations

import datetime as dt

import pytest

from liuhen.backup.sets import BackupSet, segment_name, segment_of, way_to
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused

DAY = dt.datetime(2026, 3, 5, tzinfo=dt.UTC)


def one(hour: int, base: int, first: int, last: int, *, system: str = "1") -> BackupSet:
    at = clock.iso(DAY + dt.timedelta(hours=hour))
    return BackupSet(f"s{hour:02}", f"s{base:02}", at, system, 1, first, last, hour, 0)


SETS = [one(1, 1, 3, 5), one(2, 1, 6, 6), one(3, 3, 7, 8), one(4, 3, 9, 9)]


@pytest.mark.parametrize(
    ("hour", "base", "through"),
    [
        (1.0, 1, [1]),
        (1.5, 1, [1, 2]),
        (2.0, 1, [1, 2]),
        (2.5, 1, [1, 2, 3]),  # before the second base was whole
        (3.0, 3, [3]),
        (4.0, 3, [3, 4]),
        (None, 3, [3, 4]),
    ],
)
def test_the_shortest_way(hour: float | None, base: int, through: list[int]) -> None:
    way = way_to(SETS, DAY + dt.timedelta(hours=hour) if hour is not None else None)
    assert way.base.id == f"s{base:02}"
    assert [found.entries for found in way.through] == through


@pytest.mark.parametrize(
    ("hours", "code"), [(0.99, "restore.before_first"), (4.01, "restore.after_last")]
)
def test_a_moment_outside_is_refused_with_both_ends(hours: float, code: str) -> None:
    with pytest.raises(Refused) as refused:
        way_to(SETS, DAY + dt.timedelta(hours=hours))
    assert refused.value.code == code
    assert refused.value.data == {"first": "2026-03-05 09:00:00", "last": "2026-03-05 12:00:00"}


def test_a_hole_in_the_wal_and_another_history_are_seen() -> None:
    hole = [one(1, 1, 3, 5), one(2, 2, 9, 9)]
    other = [one(1, 1, 3, 5), one(2, 2, 6, 6, system="2")]
    for sets in (hole, other):
        with pytest.raises(Refused, match=r"restore\.moment_gap"):
            way_to(sets, DAY + dt.timedelta(hours=1.5))
        assert way_to(sets, None).base.id == "s02"


def test_no_set_is_told_so() -> None:
    with pytest.raises(Refused, match=r"restore\.no_backup"):
        way_to([], None)


@pytest.mark.parametrize(
    ("number", "name"), [(3, "000000010000000000000003"), (256, "000000010000000100000000")]
)
def test_segments_have_the_names_postgresql_gives_them(number: int, name: str) -> None:
    assert segment_name(1, number) == name


@pytest.mark.parametrize(("lsn", "number"), [("0/3000060", 3), ("1/0", 256), ("0/FFFFFF", 0)])
def test_an_lsn_lies_in_its_segment(lsn: str, number: int) -> None:
    assert segment_of(lsn) == number
