"""Each requirement of a standard names tests that exist, or a reason; nothing is left without."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
TABLES = ("asvs", "gbt22239", "bad-days")
ANSWERS = {"tests", "document", "not_here", "operator", "open"}


def table_of(name: str) -> dict[str, Any]:
    return tomllib.loads((ROOT / "docs" / "conformity" / f"{name}.toml").read_text("utf-8"))


_LINE = re.compile(r"^(?:class (?P<home>Test\w*)|(?P<inner>    )?def (?P<test>test_\w+)\()", re.M)


@cache
def existing() -> frozenset[str]:
    """Every test there is, as pytest names it without its parameters. None is run."""
    found = set()
    for path in (ROOT / "tests").rglob("test_*.py"):
        name, home = str(path.relative_to(ROOT)), ""
        for line in _LINE.finditer(path.read_text("utf-8")):
            if line["home"]:
                home = line["home"]
            else:
                found.add("::".join([name, *([home] if line["inner"] else []), line["test"]]))
    return frozenset(found)


@pytest.mark.parametrize("name", TABLES)
def test_each_requirement_has_an_answer_that_is_there(name: str) -> None:
    for row in table_of(name)["row"]:
        assert set(row) <= {"id", "level", "asks", *ANSWERS}, row["id"]
        assert set(row) & set(ANSWERS), f"{row['id']}: neither test nor reason"
        assert all(str(value).strip() for value in row.values()), row["id"]
        unknown = set(row.get("tests", ())) - existing()
        assert not unknown, f"{row['id']}: {unknown}"
        if "document" in row:
            assert (ROOT / row["document"]).is_file(), row["id"]


@pytest.mark.parametrize("name", TABLES)
def test_no_requirement_is_told_twice(name: str) -> None:
    ids = Counter(row["id"] for row in table_of(name)["row"])
    assert [one for one, times in ids.items() if times > 1] == []


def test_every_requirement_of_levels_one_and_two_is_there() -> None:
    """As many per chapter as the list of ASVS 5.0.0 has at levels 1 and 2."""
    rows = table_of("asvs")["row"]
    assert Counter(row["level"] for row in rows) == {1: 70, 2: 183}
    chapters = Counter(row["id"].partition(".")[0] for row in rows)
    assert sorted(chapters, key=int) == [str(one) for one in range(1, 18)]
    assert sum(chapters.values()) == 253
