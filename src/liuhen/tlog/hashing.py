"""RFC 6962 section 2.1: how leaves and nodes of the tree are hashed. Not for trees themselves."""

from __future__ import annotations

from hashlib import sha256

HASH_SIZE = 32
"""Bytes of one hash."""

MAX_SIZE = 2**63 - 1
"""Largest number of leaves any function here accepts."""

EMPTY_ROOT = sha256(b"").digest()
"""Root of the tree without leaves."""


def leaf_hash(data: bytes) -> bytes:
    """Hash of one entry's bytes as a leaf (32 bytes)."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of an inner node over its two children, 32 bytes each."""
    return sha256(b"\x01" + left + right).digest()
