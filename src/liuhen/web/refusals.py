"""A refusal as pages show it. Not for its text (`liuhen/refusals.toml`)."""

from __future__ import annotations

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
        "missing": refused.data.get("obstacles"),
        "status": text.status,
    }
