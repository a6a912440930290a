"""The clause table: every paragraph of the 48 articles is there and nothing is silently absent."""

import re
from pathlib import Path
from typing import Any

import pytest

from liuhen.law.clauses import (
    Clause,
    ClauseKind,
    citation,
    clause_order,
    clauses,
    clauses_from_toml,
    numeral,
)
from liuhen.law.errors import ClauseError
from liuhen.law.explanations import duty_text
from liuhen.law.registry import duties_by_module

ACTIONS = Path(__file__).parents[2] / "src" / "liuhen" / "actions"

# Counted by hand in the text of 2024-11-29: article -> paragraphs; what isn't here has one.
PARAGRAPHS = {3: 6, 4: 2, 5: 2, 9: 2, 10: 2, 15: 2, 16: 2, 17: 2, 18: 3, 19: 2, 21: 3, 27: 3}
PARAGRAPHS |= {39: 2, 40: 2, 43: 2}
# Items by (article, paragraph). The five contents of 21.2 are one duty of one recording, and the
# six situations of 41.1(3) one class of retention, so they are judged together.
ITEMS = {(8, 1): 8, (13, 1): 8, (17, 1): 4, (27, 1): 7, (41, 1): 3, (47, 1): 6}


def expected_ids() -> set[str]:
    """Every id the measures must have."""
    found = set()
    for article in range(1, 49):
        for paragraph in range(1, PARAGRAPHS.get(article, 1) + 1):
            found.add(f"{article}.{paragraph}")
            for item in range(1, ITEMS.get((article, paragraph), 0) + 1):
                found.add(f"{article}.{paragraph}({item})")
    return found


def test_every_paragraph_and_item_of_the_48_articles_is_listed_once() -> None:
    assert {each for each in clauses() if ":" not in each} == expected_ids()


def test_the_rules_named_for_a_clause_are_the_rules_that_serve_it() -> None:
    served: dict[str, set[str]] = {}
    for _, duty in duties_by_module():
        served.setdefault(duty.clause, set()).add(duty.name)
    assert {c.id: set(c.rules) for c in clauses().values() if c.rules} == served


def test_a_duty_without_a_rule_says_so() -> None:
    for clause in clauses().values():
        if clause.kind is ClauseKind.DUTY and not clause.rules:
            assert clause.unwritten or clause.through or clause.acts, clause.id
        if clause.unwritten:
            assert clause.state in ("not yet written", "partly written")


def test_every_act_a_clause_names_is_there() -> None:
    for clause in clauses().values():
        for act in clause.acts:
            module, _, name = act.partition(".")
            text = (ACTIONS / f"{module}.py").read_text("utf-8")
            assert f"def {name}(" in text, (clause.id, act)


def test_what_the_spine_and_the_ordinary_case_meet_is_written() -> None:
    needed = {
        "12.1",
        "16.1",
        "16.2",
        "27.2",
        "27.3",
        "28.1",
        "37.1",
        "38.1",
        "10.1",
        "10.2",
        "11.1",
    }
    needed |= {"15.1", "15.2", "22.1", "23.1", "24.1", "25.1", "30.1", "34.1", "8.1(2)", "17.1(1)"}
    assert {clauses()[each].state for each in needed} == {"written"}
    assert "recording_stored_in_time" in clauses()["39.2"].rules


def test_every_clause_is_restated_in_both_languages_and_not_quoted() -> None:
    for clause in clauses().values():
        assert re.search(r"[\u4e00-\u9fff]", clause.zh)
        assert not re.search(r"[\u4e00-\u9fff]", clause.en)
        assert not re.match(r"第.+条", clause.zh)


def test_every_rule_has_its_duty_in_words() -> None:
    for _, duty in duties_by_module():
        assert duty_text(duty.name)


@pytest.mark.parametrize(
    ("clause", "cited"),
    [
        ("39.2", "第三十九条第二款"),
        ("38.1", "第三十八条"),
        ("8.1(2)", "第八条第（二）项"),
        ("17.1(3)", "第十七条第一款第（三）项"),
        ("penalty_law:52.2", "《行政处罚法》第五十二条第二款"),
        ("penalty_law:71", "《行政处罚法》第七十一条"),
    ],
)
def test_a_clause_is_cited_as_lawyers_do(clause: str, cited: str) -> None:
    assert citation(clause) == cited


@pytest.mark.parametrize(
    ("number", "words"),
    [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (48, "四十八"), (105, "一百零五"),
     (110, "一百一十"), (283, "二百八十三")],
)  # fmt: skip
def test_numbers_are_written_as_articles_are_counted(number: int, words: str) -> None:
    assert numeral(number) == words


def row(**more: str) -> str:
    """A clause table of one row."""
    values = {"id": "1.1", "kind": "duty", "zh": "一", "en": "a", "unwritten": "x", **more}
    return "[[clause]]\n" + "\n".join(f'{name} = "{value}"' for name, value in values.items())


@pytest.mark.parametrize(
    "text",
    [
        row(id="one"),
        row(kind="wish"),
        row(unwritten=""),
        row(kind="definition", unwritten=""),
        row() + "\n" + row(),
        row() + '\nthrough = ["1.2"]',
        row() + '\nthrough = ["1.2"]\n' + row(id="1.2"),
        '[[clause]]\nid = "1.1"',
    ],
)
def test_a_table_that_is_not_sound_is_refused(text: str) -> None:
    with pytest.raises(ClauseError):
        clauses_from_toml(text)


@pytest.mark.parametrize(
    ("more", "state"),
    [
        ({"unwritten": "x"}, "not yet written"),
        ({"unwritten": "x", "rules": ("r",)}, "partly written"),
        ({"rules": ("r",)}, "written"),
        ({"through": ("1.2",)}, "written"),
        ({"acts": ("module.name",)}, "written"),
        ({}, "no rule needed"),
    ],
)
def test_a_clause_says_how_far_it_is_written(more: dict[str, Any], state: str) -> None:
    assert Clause("1.1", ClauseKind.DUTY, "一", "a", **more).state == state


def test_clauses_are_ordered_as_the_texts_and_in_them_as_they_stand() -> None:
    ordered = ["1.1", "1.1(1)", "1.1(2)", "1.2", "2", "2.1", "10.1"]
    ordered += ["penalty_law:2", "penalty_law:10", "coercion_law:1", "unheard_of:1"]
    found = ordered[::-1]
    found.sort(key=clause_order)
    assert found == ordered
    assert clauses()["39.2"].article == 39


def test_what_is_no_clause_is_refused() -> None:
    for each in (clause_order, citation):
        with pytest.raises(ClauseError, match="one: not a clause"):
            each("one")
