"""A refusal as pages show it. Not for its text (`liuhen/refusals.toml`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from liuhen.kernel.refusals import Refused, explain


def refusal_context(refused: Refused) -> dict[str, Any]:
    """What `parts/refusal.html` needs."""
    text = explain(refused)
    return {
        "code": refused.code,
        "message": text.message,
        "remedy": text.remedy,
        "article": text.article,
        "missing": _missing(refused.data.get("obstacles") or ()),
        "status": text.status,
    }


def _missing(obstacles: Iterable[Mapping[str, Any]]) -> list[str]:
    """What stands in the way at a gate, each told once."""
    told = (f"{one['todo'] or one['text']}（{one['citation']}）" for one in obstacles)
    return list(dict.fromkeys(told))
