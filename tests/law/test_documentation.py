"""The generated pages are those in the repository, and say of every clause how it stands."""

from pathlib import Path

import pytest

from liuhen.law import clause_table, regulation_pages

DOCS = Path(__file__).parents[2] / "docs" / "regulation"
PAGES = regulation_pages()


@pytest.mark.parametrize("name", sorted(PAGES))
def test_the_page_in_the_repository_is_the_generated_one(name: str) -> None:
    path = DOCS / name
    assert path.exists(), f"run: python -m tests.law.write_regulation ({name} is missing)"
    written = path.read_text("utf-8")
    assert written == PAGES[name], f"run: python -m tests.law.write_regulation ({name} differs)"


def test_no_other_page_lies_among_the_generated_ones() -> None:
    assert {path.name for path in DOCS.iterdir()} == set(PAGES)


def test_the_clause_table_has_all_48_articles_in_order() -> None:
    rows = [row for row in clause_table() if ":" not in row.clause]
    articles = [row.article for row in rows]
    assert articles == sorted(articles) and set(articles) == set(range(1, 49))


def test_each_row_names_its_rules_with_their_tests() -> None:
    (row,) = [each for each in clause_table() if each.clause == "12.1"]
    assert {rule.name for rule in row.rules} == {
        "two_officers",
        "certificates_shown",
        "record_names_officers",
        "record_signed_by_party",
    }
    assert {rule.table for rule in row.rules} == {"tests/law/tables/a12.toml"}
