"""The expected no and the broken promise. Not for texts: those stand in `liuhen/refusals.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache, partial
from importlib import resources
from typing import Any


class Refused(Exception):
    """The act can't be done, for a reason its person can understand and mend.

    `code` is `noun.reason`, a key of `refusals.toml`; `data` fills the text and is shown beside it.
    """

    def __init__(self, code: str, /, **data: Any) -> None:
        super().__init__(code, data)
        self.code = code
        self.data = data

    def __str__(self) -> str:
        return f"{self.code} {self.data}" if self.data else self.code

    def __reduce__(self) -> tuple[Any, ...]:
        # told across processes whole
        return partial(type(self), self.code, **self.data), ()


class Fault(Exception):
    """A promise of the system is broken: nobody's input explains it, an operator must look."""


@dataclass(frozen=True)
class RefusalText:
    """One entry of the table: Chinese message and remedy, article or None, HTTP status."""

    message: str
    remedy: str
    article: str | None
    status: int


class _Lenient(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "—"


@cache
def texts() -> dict[str, RefusalText]:
    """Every refusal the system knows, by code."""
    raw = tomllib.loads(resources.files("liuhen").joinpath("refusals.toml").read_text("utf-8"))
    return {
        f"{noun}.{reason}": RefusalText(
            entry["message"], entry["remedy"], entry.get("article"), entry.get("status", 409)
        )
        for noun, reasons in raw.items()
        for reason, entry in reasons.items()
    }


def explain(refused: Refused) -> RefusalText:
    """The text of a refusal with its data filled in.

    A code missing from the table is a `Fault`: a test keeps the table complete.
    """
    text = texts().get(refused.code)
    if text is None:
        raise Fault(f"refusal without a text: {refused.code}")
    data = _Lenient({key: value for key, value in refused.data.items() if value is not None})
    article = text.article and text.article.format_map(data)
    return RefusalText(
        text.message.format_map(data), text.remedy.format_map(data), article, text.status
    )
