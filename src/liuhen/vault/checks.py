"""Every check of a home in the order they run: for `liuhen verify`, the scrub and a restore.

Not for what a check compares: those stand in `ledger.verifying`, its kin and `verifying`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import DatabaseError, InterfaceError, OperationalError, connection, transaction

from liuhen.ledger import verifying as rows
from liuhen.ledger import verifying_damage as damage
from liuhen.ledger import verifying_log as log
from liuhen.ledger import verifying_unbound as unbound
from liuhen.ledger.models import Entry, RowImage, Sequenced
from liuhen.ledger.verifying import Difference, Portion, Position
from liuhen.vault import verifying as bytes_of

# The code of a check that the database didn't let come to its end.
UNFINISHED = "check.unfinished"


@dataclass(frozen=True)
class Check:
    """One check: its name, what people call it, how it walks, about how much there is to read.

    `salvage` finds what can be found where the database fails to read what it walks over.
    """

    name: str
    title: str
    walk: Callable[[Position], Iterator[Portion]]
    total: Callable[[], int] = lambda: 0
    salvage: Callable[[Position], Iterator[Difference]] = lambda after: iter(())


CHECKS = (
    Check("guards", "保护触发器", rows.guards),
    Check("entries", "账本条目", rows.entries, lambda: Entry.objects.count(), damage.entries),
    Check("images", "行映像", rows.images, lambda: RowImage.objects.count(), damage.images),
    Check("rows", "数据行", rows.rows, salvage=damage.rows),
    Check("log", "账本树与检查点", log.log, lambda: Sequenced.objects.count()),
    Check("tiles", "树片", log.tiles),
    Check("unsigned", "未签署的条目", log.unsigned),
    Check(
        "originals",
        "原件字节",
        bytes_of.originals,
        lambda: bytes_of.copies_within_reach().count(),
    ),
    Check(unbound.CHECK, "证件号码密文", unbound.unbound, unbound.count),
)


BY_NAME: Mapping[str, Check] = {check.name: check for check in CHECKS}


def portions(check: Check, after: Position = None) -> Iterator[Portion]:
    """Walk a check from a position; each portion is read on one snapshot of its own."""
    while True:
        try:
            with _snapshot():
                portion = next(check.walk(after), None)
        except (OperationalError, InterfaceError):
            raise  # the database is away: nothing is known about it
        except DatabaseError as error:
            yield Portion(after, 0, tuple(_salvaged(check, after, error)))
            return
        if portion is None:
            return
        yield portion
        after = portion.position


@contextmanager
def _snapshot() -> Iterator[None]:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _salvaged(check: Check, after: Position, error: DatabaseError) -> Iterator[Difference]:
    """What a check finds where the database can't read its own files, and that it couldn't."""
    what = f"这项核验读到数据库报错为止，其后没有全部核对：{error}"
    yield Difference(UNFINISHED, check.name, what)
    try:
        with _snapshot():
            yield from list(check.salvage(after))
    except DatabaseError:
        return


def differences() -> Iterator[Difference]:
    """Run every check from its beginning."""
    for check in CHECKS:
        for portion in portions(check):
            yield from portion.differences
