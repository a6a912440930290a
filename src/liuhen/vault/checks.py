"""Every check of a home in the order they run: for `liuhen verify`, the scrub and a restore.

Not for what a check compares: those stand in `ledger.verifying`, `verifying_log`, `verifying`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import QuerySet

from liuhen.ledger import verifying as rows
from liuhen.ledger import verifying_log as log
from liuhen.ledger.models import Entry, RowImage, Sequenced
from liuhen.ledger.verifying import Difference, Portion, Position
from liuhen.vault import verifying as bytes_of
from liuhen.vault.models import Copy
from liuhen.vault.store import SECOND, STORE


@dataclass(frozen=True)
class Check:
    """One check: its name, what people call it, how it walks, about how much there is to read."""

    name: str
    title: str
    walk: Callable[[Position], Iterator[Portion]]
    total: Callable[[], int] = lambda: 0


CHECKS = (
    Check("guards", "保护触发器", rows.guards),
    Check("entries", "账本条目", rows.entries, lambda: Entry.objects.count()),
    Check("images", "行映像", rows.images, lambda: RowImage.objects.count()),
    Check("rows", "数据行", rows.rows),
    Check("log", "账本树与检查点", log.log, lambda: Sequenced.objects.count()),
    Check("unsigned", "未签署的条目", log.unsigned),
    Check(
        "originals",
        "原件字节",
        bytes_of.originals,
        lambda: Copy.objects.filter(store__in=(STORE, SECOND)).count(),
    ),
)


def _copies() -> QuerySet[Copy]:
    return Copy.objects.filter(store__in=(STORE, SECOND))


BY_NAME: Mapping[str, Check] = {check.name: check for check in CHECKS}


def portions(check: Check, after: Position = None) -> Iterator[Portion]:
    """Walk a check from a position; each portion is read on one snapshot of its own."""
    while True:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            portion = next(check.walk(after), None)
        if portion is None:
            return
        yield portion
        after = portion.position


def differences() -> Iterator[Difference]:
    """Run every check from its beginning."""
    for check in CHECKS:
        for portion in portions(check):
            yield from portion.differences
