"""`liuhen articles` and `liuhen check` say what the law says, of all cases and of one."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from tests.compliance.conftest import stopped  # noqa: F401 - a fixture
from tests.compliance.street import until_served

from liuhen.commands.articles import OUTCOMES
from liuhen.commands.articles import command as articles
from liuhen.commands.check import command as check
from liuhen.demo.people import World
from liuhen.kernel.clock import FrozenClock
from liuhen.kernel.refusals import Refused
from liuhen.law.clauses import clauses
from liuhen.law.registry import packaged_registry


@pytest.fixture(autouse=True)
def same_home() -> Iterator[None]:
    """The commands set LIUHEN_HOME for what they start; the tests keep theirs."""
    before = os.environ["LIUHEN_HOME"]
    yield
    os.environ["LIUHEN_HOME"] = before


def run(command: Any, *arguments: str) -> str:
    result = CliRunner().invoke(command, list(arguments), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_all_48_articles_stand_there_without_a_home_and_say_that_nothing_was_counted(
    tmp_path: Path,
) -> None:
    told = json.loads(run(articles, "--json", "--home", str(tmp_path / "none")))
    assert told["articles"] == 48
    assert told["has_counts"] is False
    assert [row["clause"] for row in told["clauses"]].count("27.3") == 1
    assert {row["clause"] for row in told["clauses"]} == set(clauses())
    assert {rule["cases"] for row in told["clauses"] for rule in row["rules"]} == {None}
    assert "没有统计案件" in run(articles, "--home", str(tmp_path / "none"))


def test_every_rule_stands_under_its_clause_with_module_and_tests(tmp_path: Path) -> None:
    told = json.loads(run(articles, "--json", "--home", str(tmp_path / "none")))
    listed = {
        rule["name"]: (row["clause"], rule) for row in told["clauses"] for rule in row["rules"]
    }
    assert set(listed) == {duty.name for duty in packaged_registry().all}
    for duty in packaged_registry().all:
        clause, rule = listed[duty.name]
        assert (clause, rule["column"]) == (duty.clause, duty.column.value)
        assert rule["tests"].startswith("tests/law/") and rule["duty"]


def test_no_paragraph_is_undecided_and_every_duty_says_what_serves_it(tmp_path: Path) -> None:
    told = json.loads(run(articles, "--json", "--home", str(tmp_path / "none")))
    assert told["not_yet_written"] == [c.id for c in clauses().values() if c.unwritten] == []
    text = run(articles, "--home", str(tmp_path / "none"))
    assert "尚未编写：" not in text and "每一项义务都有规则" in text
    ruled = {row["clause"] for row in told["clauses"] if row["rules"]}
    for row in told["clauses"]:
        carried_out = row["functions"] or row["through"] or row["acts"]
        assert row["rules"] or carried_out or row["reason"]
        assert set(row["through"]) <= ruled, "a clause that carries another out has a rule itself"


def test_live_cases_are_counted_by_outcome(
    world: World,
    stopped: FrozenClock,  # noqa: F811
) -> None:
    until_served(world, stopped)
    told = json.loads(run(articles, "--json"))
    assert told["has_counts"] is True
    counts = {rule["name"]: rule["cases"] for row in told["clauses"] for rule in row["rules"]}
    assert counts["two_officers"] == {**dict.fromkeys(OUTCOMES, 0), "met": 1}
    assert counts["simple_case_recorded_throughout"]["pending"] == 1
    assert counts["decided_in_time"] == dict.fromkeys(OUTCOMES, 0)
    told = run(articles).splitlines()
    assert any("案件：已履行 1" in line for line in told)
    # what falls short of our own standard breaches nothing
    advice = [n for n, line in enumerate(told) if line.startswith("    规则 product_")]
    assert all("建议改进" in told[n + 1] and "违反" not in told[n + 1] for n in advice)
    assert advice and any("违反" in line for line in told)


def test_check_tells_the_findings_of_a_case_now_then_and_later(
    world: World,
    stopped: FrozenClock,  # noqa: F811
) -> None:
    simple = until_served(world, stopped)

    def told(*arguments: str) -> tuple[str, dict[str, str]]:
        data = json.loads(run(check, simple.case.number, "--json", *arguments))
        return data["basis"], {row["rule"]: row["outcome"] for row in data["findings"]}

    basis, now = told()
    assert (basis, now["simple_case_recorded_throughout"]) == ("present_rows", "pending")
    # 09:00:05 on the authority's clock, before the paper was issued.
    basis, then = told("--at", "2026-03-10T09:00:05")
    assert basis == "past_rows"
    assert "fine_handed_in" not in then and now["fine_handed_in"] == "pending"
    basis, later = told("--at", "2026-03-12T01:00:00Z")
    assert (basis, later["service_recorded"]) == ("present_rows_later", "breached")


def test_check_finds_a_case_by_its_id_and_prints_it_for_people(
    world: World,
    stopped: FrozenClock,  # noqa: F811
) -> None:
    simple = until_served(world, stopped)
    text = run(check, str(simple.case.id))
    assert text.startswith(f"案件 {simple.case.number}  截至 2026-03-10 09:00:20  按现在的记录认定")
    assert "第二十七条第三款" in text
    assert "[待履行]" in text and "[已履行]" in text
    assert run(check, str(simple.case.id), "--at", "2026-03-10T09:00:05").count("当时的记录") == 1


def test_check_refuses_a_case_or_an_instant_there_is_not(
    world: World,
    stopped: FrozenClock,  # noqa: F811
) -> None:
    simple = until_served(world, stopped)
    with pytest.raises(Refused, match=r"record\.not_found"):
        run(check, "没有这个案号")
    with pytest.raises(Refused, match=r"case\.not_begun"):
        run(check, simple.case.number, "--at", "2026-03-10T08:59:59")
    result = CliRunner().invoke(check, [simple.case.number, "--at", "昨天"])
    assert result.exit_code == 2
    assert "不是时间" in result.output
