"""Cases built to fail show exactly the expected findings and no other."""

import tomllib
from typing import Any

import pytest

from liuhen.law import judge
from liuhen.law.findings import Outcome
from tests.law.case_tables import HERE, case_named, changed, facts_from

CASES = tomllib.loads((HERE / "failing.toml").read_text("utf-8"))["case"]


@pytest.mark.parametrize("row", CASES, ids=lambda row: str(row["name"]))
def test_exactly_the_expected_findings_and_no_other(row: dict[str, Any]) -> None:
    plain = changed(case_named(row["base"]), row["change"])
    found = judge(facts_from(plain), plain["at"])
    shown = [
        f"{each.clause} {each.rule} {each.outcome}"
        for each in found
        if each.outcome not in (Outcome.MET, Outcome.NOT_APPLICABLE)
    ]
    assert sorted(shown) == sorted(row["findings"])
