"""Which grams of a question are worth asking the index for: those that few records hold.

Frequent grams cost most, for their lists are as long as the archive, and tell least; those that
every second record holds tell nothing. How often the frequent ones are, the database's own
statistics say, and how many records there are. Not for deciding: the text does.
"""

from __future__ import annotations

import datetime as dt
import math
from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock

from django.db import connection

from liuhen.kernel import clock
from liuhen.search.grams import is_moved
from liuhen.search.models import Indexed

# So many together, or so small a share left, hardly hold a record that does not say what is asked.
_ENOUGH, _FEW = 5, 1e-5
_EVERYWHERE = 0.5
_FRESH_S = 600.0


@dataclass(frozen=True)
class _Counted:
    """How many records there are, the share that holds each frequent gram, and when they are of.

    Between each two neighbours of `times` lie equally many.
    """

    records: float = 0.0
    shares: Mapping[str, float] = field(default_factory=dict)
    times: Sequence[dt.datetime] = ()

    def share_before(self, at: dt.datetime) -> float:
        """The share of the records of before an instant."""
        place = bisect_left(self.times, at)
        if not 0 < place < len(self.times):
            return float(place > 0)
        first, last = self.times[place - 1 : place + 1]
        return (place - 1 + (at - first) / (last - first)) / (len(self.times) - 1)


class _Known:
    """What was counted, asked for now and then."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._asked_at: float | None = None
        self._counted = _Counted()

    def counted(self) -> _Counted:
        """Nothing of rare grams, and nothing at all before the first statistics."""
        with self._lock:
            now = clock.monotonic()
            if self._asked_at is None or now - self._asked_at > _FRESH_S:
                self._counted, self._asked_at = _counted(), now
            return self._counted


_known = _Known()


def rarest(grams: Collection[str]) -> set[str]:
    """The few of them that fewest records hold; none that are everywhere.

    Of long ones, but for the two rarest, none that says what another says already.
    """
    shares, telling, left = _shares(grams), list[str](), 1.0
    rare = min(shares.values(), default=1.0)
    for gram in rarest_first(grams):
        is_told = len(telling) > 1 and any(is_moved(gram, one) for one in telling)
        if shares.get(gram, 0.0) < _EVERYWHERE and not is_told:
            telling.append(gram)
            left *= shares.get(gram, rare)
        if len(telling) == _ENOUGH or left < _FEW:
            break
    return set(telling)


def rarest_first(grams: Collection[str]) -> list[str]:
    """All of them, what fewest records hold before the others."""
    shares = _shares(grams)
    return sorted(grams, key=lambda gram: (shares.get(gram, 0.0), gram))


def share_of(*groups: Collection[str]) -> float:
    """The share of records that hold one gram of each group, were the groups independent.

    Grams that are not counted stand in none.
    """
    shares = _known.counted().shares
    return math.prod(min(sum(shares.get(gram, 0.0) for gram in group), 1.0) for group in groups)


def rare_share(number: int, is_one: bool) -> float:
    """The share of records that hold what is not counted, if they are more than so many.

    Of one gram it lies between that and the least that is counted.
    """
    least = min(number / max(records_between(), 1.0), 1.0)
    most = min(_known.counted().shares.values(), default=1.0)
    return math.sqrt(least * most) if is_one else least


def records_between(since: dt.datetime | None = None, until: dt.datetime | None = None) -> float:
    """How many records there are of a stretch of time, or of all."""
    counted = _known.counted()
    first = counted.share_before(since) if since else 0.0
    return counted.records * ((counted.share_before(until) if until else 1.0) - first)


def _shares(grams: Collection[str]) -> Mapping[str, float]:
    return _known.counted().shares if grams else {}


def _counted() -> _Counted:
    table = Indexed._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE oid = %s::regclass", [table])
        records = max(cursor.fetchone()[0], 0.0)
        # Three numbers more stand behind the shares: the least, the greatest, that of no value.
        cursor.execute(
            "SELECT gram, share FROM pg_stats, unnest(most_common_elems::text::text[],"
            " most_common_elem_freqs) AS known (gram, share) WHERE tablename = %s"
            " AND attname = 'grams' AND gram IS NOT NULL",
            [table],
        )
        shares = dict(cursor.fetchall())
        cursor.execute(
            "SELECT unnest(histogram_bounds::text::timestamptz[]) FROM pg_stats"
            " WHERE tablename = %s AND attname = 'at' ORDER BY 1",
            [table],
        )
        return _Counted(records, shares, [at for (at,) in cursor.fetchall()])
