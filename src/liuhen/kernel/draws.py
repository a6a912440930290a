"""A draw anyone can recompute: the order of candidates under a seed nobody could choose.

Each candidate is hashed with the seed; the smallest digests are drawn. With the seed and the list
in hand, `printf '%s' "$seed:$candidate" | sha256sum` tells the same. Not for where the seed comes
from: whoever draws fixes the list first and takes a seed that did not exist then.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable


def rank(seed: str, candidate: str) -> str:
    """The SHA-256 of `seed:candidate` in UTF-8, 64 hexadecimal digits."""
    return hashlib.sha256(f"{seed}:{candidate}".encode()).hexdigest()


def drawn(seed: str, candidates: Iterable[str], count: int) -> list[str]:
    """The first `count` candidates in the order of their ranks; each candidate once.

    Raises:
        ValueError: fewer candidates than `count`, or a negative count.
    """
    order = sorted(set(candidates), key=lambda one: rank(seed, one))
    if not 0 <= count <= len(order):
        raise ValueError(f"{count} of {len(order)} candidates")
    return order[:count]
