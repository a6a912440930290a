"""Holds the bytes of originals against their digests, file by file. Reads only."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import QuerySet

from liuhen.ledger.models import RowImage
from liuhen.ledger.verifying import Difference, Portion, Position, touch_of
from liuhen.vault.keeping import first_store, local_store, s3_store, second_store
from liuhen.vault.models import Copy
from liuhen.vault.s3 import S3Store
from liuhen.vault.store import S3, SECOND, STORE, LocalStore


def copies_within_reach() -> QuerySet[Copy]:
    """Copies in the stores that can be reached."""
    return Copy.objects.filter(store__in=list(_stores()))


def _stores() -> dict[str, LocalStore | S3Store]:
    """The stores that can be reached; a cache before the bucket is none."""
    named = {
        STORE: local_store() if first_store() == STORE else None,
        SECOND: second_store(),
        S3: s3_store(),
    }
    return {name: store for name, store in named.items() if store is not None}


def originals(after: Position = None) -> Iterator[Portion]:
    """Every copy in the stores that can be reached gives its SHA-256; one portion a file.

    Of an original destroyed by an approved disposal nothing lies there any more once it is entered
    as gone; until then it may.

    Raises:
        Refused: `s3.away`, `s3.refused`: of what lies in the bucket nothing is known.
    """
    stores, position = _stores(), after or 0
    copies = Copy.objects.filter(store__in=list(stores)).order_by("id")
    copies = copies.select_related("original__destruction", "gone")
    while (copy := copies.filter(id__gt=position).first()) is not None:
        found = stores[copy.store].digest(copy.original_id)
        wrong = () if _is_right(copy, found) else (_difference(copy, found),)
        position = copy.id
        yield Portion(position, 1, wrong)


def _is_right(copy: Copy, found: str | None) -> bool:
    """Whether what lies at a copy's place is what ought to lie there."""
    if found is None:
        return hasattr(copy.original, "destruction")
    return found == copy.original_id and not hasattr(copy, "gone")


def _difference(copy: Copy, found: str | None) -> Difference:
    sha256 = copy.original_id
    if hasattr(copy, "gone"):
        number = copy.original.destruction.number
        what = f"按{number}已经销毁的原件又有了文件"
        return Difference("original.back", f"vault_original/{sha256}", what)
    where = "对象存储中的" if copy.store == S3 else ""
    what = f"{where}原件不存在" if found is None else f"{where}原件内容被改动，现为 {found}"
    code = "original.missing" if found is None else "original.altered"
    images = RowImage.objects.filter(table="vault_original", row_id=sha256)
    image = images.select_related("entry").first()
    size = copy.original.size
    good = {"sha256": sha256, "size": size, "path": copy.path, "store": copy.store}
    touched = touch_of(image.entry) if image else None
    return Difference(code, f"vault_original/{sha256}", what, good, touched)
