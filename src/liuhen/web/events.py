"""The ledger's events in Chinese. Not for the events themselves (`actions`)."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources


@cache
def event_titles() -> dict[str, str]:
    """Every event in words, by its name."""
    text = resources.files("liuhen.web").joinpath("events.toml").read_text("utf-8")
    return {
        f"{noun}.{verb}": title
        for noun, verbs in tomllib.loads(text).items()
        for verb, title in verbs.items()
    }


def event_title(event: str) -> str:
    """An event in words; an event without words shows its name."""
    return event_titles().get(event, event)
