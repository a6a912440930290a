"""Reads of originals, copies and receipts. Not for the bytes (`vault.store`)."""

from __future__ import annotations

from collections.abc import Iterable

from liuhen.vault.models import Copy, Original, Receipt
from liuhen.vault.store import SECOND, STORE


def copied_elsewhere(digests: Iterable[str]) -> set[str]:
    """Which of these originals have a copy outside the vault's own disk."""
    copies = Copy.objects.filter(original__in=list(digests)).exclude(store=STORE)
    return set(copies.values_list("original_id", flat=True))


def newest_receipts(digests: Iterable[str]) -> dict[str, str]:
    """The newest signed receipt of each of these originals that has one."""
    rows = Receipt.objects.filter(original__in=list(digests)).order_by("id")
    return dict(rows.values_list("original_id", "note"))


def without_second_copy(limit: int) -> list[tuple[str, int]]:
    """Digest and size of originals that the second store does not hold yet, oldest first."""
    held = Copy.objects.filter(store=SECOND).values("original")
    rows = Original.objects.exclude(sha256__in=held).order_by("received_at", "sha256")
    return list(rows.values_list("sha256", "size")[:limit])
