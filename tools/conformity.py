"""Conformity tables as pages: what a standard asks, and the tests or reasons that answer it.

Reads `docs/conformity/*.toml`. Not for the standards' texts, which are not ours to print.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "conformity"
# How a row may be answered, and how the page says so.
ANSWERS = {
    "tests": "tests",
    "document": "written",
    "not_here": "not here",
    "operator": "the operator's",
    "open": "**open**",
}


def table_of(name: str) -> dict[str, Any]:
    """One table, by the name of its file."""
    return tomllib.loads((FOLDER / f"{name}.toml").read_text("utf-8"))


def page(name: str, note: str) -> str:
    """One table as Markdown; `note` says that it is generated."""
    told = table_of(name)
    rows = told["row"]
    count = {key: sum(key in row for row in rows) for key in ANSWERS}
    return "\n".join(
        [
            f"# {told['title']}\n",
            note,
            f"\n{told['source']}\n",
            f"Source: `docs/conformity/{name}.toml`. A test fails when a row has no answer, or"
            " names a test or document that is not there (`tests/tools/test_conformity.py`).\n",
            f"{len(rows)} requirements: {count['tests']} answered by tests, {count['document']} by"
            f" a document, {count['not_here']} do not apply, {count['operator']} are the operator's"
            f" (in part), {count['open']} are open (in part).\n",
            *_lines(rows),
            "",
        ]
    )


def _lines(rows: list[dict[str, Any]]) -> Iterator[str]:
    has_levels = any("level" in row for row in rows)
    yield "| No. |" + (" Level |" if has_levels else "") + " Asks | Answer |"
    yield "|---|" + ("---|" if has_levels else "") + "---|---|"
    for row in rows:
        level = f" {row['level']} |" if has_levels else ""
        yield f"| {row['id']} |{level} {row['asks']} | {'<br>'.join(_answers(row))} |"


def _answers(row: dict[str, Any]) -> Iterator[str]:
    for key, words in ANSWERS.items():
        if key == "tests":
            yield from (f"`{one.removeprefix('tests/')}`" for one in row.get(key, ()))
        elif key == "document" and key in row:
            yield f"{words}: [{row[key]}](../../{row[key]})"
        elif key in row:
            yield f"{words}: {row[key]}"
