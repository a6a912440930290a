"""The law engine and openfisca-core give the same answers to the same ten rules."""

from __future__ import annotations

from liuhen.bench.law_beside import RULES, beside_openfisca
from liuhen.law.registry import packaged_registry


def test_the_ten_rules_are_rules_and_both_agree_on_every_case() -> None:
    assert len(RULES) == len({packaged_registry().named(rule).name for rule in RULES}) == 10
    figures = beside_openfisca(60)
    assert [figure.unit for figure in figures] == ["rules/s"] * 3
    assert all(figure.value > 0 for figure in figures)
