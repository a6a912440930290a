"""Checking audit paths, from the definitions of RFC 6962 section 2.1 alone.

Shares no code with the modules that make paths, not even the hashing, so that one mistake
can't hide in both. Not for signatures (`notes`) or for what a proved entry says.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from liuhen.kernel.refusals import Refused

_LARGEST = 2**63 - 1


def verify_inclusion(
    leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes
) -> None:
    """Check that a leaf hash stands at `index` of the tree of `size` leaves with this root.

    Raises:
        Refused: `inclusion.wrong`, with `what`: index, size, hash length, path length or root.
    """
    code = "inclusion.wrong"
    if not 0 < size <= _LARGEST:
        raise Refused(code, what="size")
    if not 0 <= index < size:
        raise Refused(code, what="index")
    _check_lengths(code, [leaf, root, *path])
    rest = list(path)
    computed = _root_of_leaf(leaf, index, size, rest)
    if rest:
        raise Refused(code, what="path length")
    if computed != root:
        raise Refused(code, what="root")


def verify_consistency(
    old_size: int, old_root: bytes, size: int, root: bytes, path: Sequence[bytes]
) -> None:
    """Check that the tree of `old_size` leaves is a beginning of the tree of `size` leaves.

    Raises:
        Refused: `consistency.wrong`, with `what`: sizes, hash length, path length, old root, root.
    """
    code = "consistency.wrong"
    if not 0 <= old_size <= size <= _LARGEST:
        raise Refused(code, what="sizes")
    _check_lengths(code, [old_root, root, *path])
    for empty_size, empty_root in ((old_size, old_root), (size, root)):
        if empty_size == 0 and empty_root != sha256(b"").digest():
            raise Refused(code, what="root of the empty tree")
    rest = list(path)
    # Every tree begins with the empty tree, so nothing is left to compute for it.
    old, new = _roots_of_both(old_size, size, rest, old_root) if old_size else (old_root, root)
    if rest:
        raise Refused(code, what="path length")
    if old != old_root:
        raise Refused(code, what="old root")
    if new != root:
        raise Refused(code, what="root")


def _root_of_leaf(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    """Undo PATH(m, D[n]) of section 2.1.1, from its last element to its first."""
    if size == 1:
        return leaf
    k = _largest_power_below(size)
    top = _taken(path, "inclusion.wrong")
    if index < k:
        return _node(_root_of_leaf(leaf, index, k, path), top)
    return _node(top, _root_of_leaf(leaf, index - k, size - k, path))


def _roots_of_both(m: int, n: int, path: list[bytes], known: bytes | None) -> tuple[bytes, bytes]:
    """Undo SUBPROOF(m, D[n], b) of section 2.1.2; `known` is the old root while b is true."""
    if m == n:
        whole = known if known is not None else _taken(path, "consistency.wrong")
        return whole, whole
    k = _largest_power_below(n)
    top = _taken(path, "consistency.wrong")
    if m <= k:
        old, new = _roots_of_both(m, k, path, known)
        return old, _node(new, top)
    old, new = _roots_of_both(m - k, n - k, path, None)
    return _node(top, old), _node(top, new)


def _largest_power_below(n: int) -> int:
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def _node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def _taken(path: list[bytes], code: str) -> bytes:
    if not path:
        raise Refused(code, what="path length")
    return path.pop()


def _check_lengths(code: str, hashes: Sequence[bytes]) -> None:
    if any(len(value) != 32 for value in hashes):
        raise Refused(code, what="hash length")
