"""Keeps the search index up with the ledger. Not for what a row of it holds (`search.indexing`)."""

from __future__ import annotations

from liuhen.search.indexing import follow_all


def follow_ledger() -> int:
    """Index what new entries are about; returns how many were read."""
    return follow_all()
