"""Holds the bytes of originals against their digests. Reads everything, changes nothing."""

from __future__ import annotations

from collections.abc import Iterator

from liuhen.ledger.models import RowImage
from liuhen.ledger.verifying import Difference, touch_of
from liuhen.vault.keeping import local_store, second_store
from liuhen.vault.models import Copy
from liuhen.vault.store import SECOND, STORE


def originals() -> Iterator[Difference]:
    """Every copy in the stores that can be reached is there and gives its SHA-256."""
    stores = {STORE: local_store(), SECOND: second_store()}
    for copy in Copy.objects.select_related("original").order_by("id").iterator(500):
        store, sha256 = stores.get(copy.store), copy.original_id
        if store is None:
            continue
        found = store.digest(sha256)
        if found == sha256:
            continue
        what = "原件文件不存在" if found is None else f"原件内容被改动，现为 {found}"
        code = "original.missing" if found is None else "original.altered"
        image = (
            RowImage.objects.filter(table="vault_original", row_id=sha256)
            .select_related("entry")
            .first()
        )
        size = copy.original.size
        good = {"sha256": sha256, "size": size, "path": copy.path, "store": copy.store}
        touched = touch_of(image.entry) if image else None
        yield Difference(code, f"vault_original/{sha256}", what, good, touched)
