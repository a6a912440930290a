"""Holds the bytes of originals against their digests, file by file. Reads only."""

from __future__ import annotations

from collections.abc import Iterator

from liuhen.ledger.models import RowImage
from liuhen.ledger.verifying import Difference, Portion, Position, touch_of
from liuhen.vault.keeping import local_store, second_store
from liuhen.vault.models import Copy
from liuhen.vault.store import SECOND, STORE


def originals(after: Position = None) -> Iterator[Portion]:
    """Every copy in the stores that can be reached gives its SHA-256; one portion a file."""
    stores, position = {STORE: local_store(), SECOND: second_store()}, after or 0
    reached = [name for name, store in stores.items() if store is not None]
    copies = Copy.objects.filter(store__in=reached).select_related("original").order_by("id")
    while (copy := copies.filter(id__gt=position).first()) is not None:
        store = stores[copy.store]
        found = store.digest(copy.original_id) if store is not None else None
        wrong = () if found == copy.original_id else (_difference(copy, found),)
        position = copy.id
        yield Portion(position, 1, wrong)


def _difference(copy: Copy, found: str | None) -> Difference:
    sha256 = copy.original_id
    what = "原件文件不存在" if found is None else f"原件内容被改动，现为 {found}"
    code = "original.missing" if found is None else "original.altered"
    images = RowImage.objects.filter(table="vault_original", row_id=sha256)
    image = images.select_related("entry").first()
    size = copy.original.size
    good = {"sha256": sha256, "size": size, "path": copy.path, "store": copy.store}
    touched = touch_of(image.entry) if image else None
    return Difference(code, f"vault_original/{sha256}", what, good, touched)
