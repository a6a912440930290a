"""The recording catalogue: all rows, both columns, papers and offices."""

import pytest

from liuhen.law.catalogue import Code, catalogue, catalogue_from_toml, demands
from liuhen.law.clauses import clauses
from liuhen.law.errors import LawError
from liuhen.law.facts import Activity
from liuhen.law.vocabulary import Office


def test_all_rows_of_the_catalogue_are_there() -> None:
    assert len(catalogue().activities) == 29


def test_the_63_papers_of_the_document_catalogue_and_the_named_ones_are_there() -> None:
    papers = catalogue().papers
    assert {str(number) for number in range(1, 64)} <= set(papers)
    assert {"filing_record", "archive_receipt", "extension_consent"} <= set(papers)


def test_every_clause_a_row_names_exists() -> None:
    for row in catalogue().activities.values():
        assert set(row.clauses) <= set(clauses()), row.key


def test_every_office_has_its_task() -> None:
    assert set(catalogue().offices) == set(Office)


@pytest.mark.parametrize(
    ("kind", "flags", "text", "advice"),
    [
        ("inspection", {}, {Code.SYNCHRONOUS}, {Code.SYNCHRONOUS}),
        ("inquiry", {"is_on_site": True}, {Code.SYNCHRONOUS}, {Code.SYNCHRONOUS}),
        ("inquiry", {"is_on_site": False}, {Code.SHOWN}, {Code.SYNCHRONOUS}),
        ("simple_procedure", {}, {Code.WHOLE}, {Code.SYNCHRONOUS, Code.WHOLE}),
        ("hearing", {}, {Code.SYNCHRONOUS, Code.WHOLE}, {Code.SYNCHRONOUS, Code.WHOLE}),
        ("enforcement", {"is_dangerous": False}, {Code.SHOWN}, {Code.SYNCHRONOUS, Code.CONTINUOUS}),
        ("enforcement", {"is_dangerous": True}, {Code.SHOWN, Code.CONTINUOUS},
         {Code.SYNCHRONOUS, Code.CONTINUOUS}),
        ("evidence_collection", {}, set(), {Code.SHOWN}),
        ("evidence_collection", {"within": "x", "is_on_site": True}, {Code.SYNCHRONOUS},
         {Code.SHOWN}),
        ("service_left", {}, {Code.SHOWN}, {Code.SYNCHRONOUS}),
        ("service_by_post", {}, {Code.SHOWN}, {Code.SHOWN}),
        ("other_contact", {"is_designated": False}, {Code.SHOWN}, {Code.SYNCHRONOUS}),
    ],
)  # fmt: skip
def test_each_column_demands_what_its_row_says(
    kind: str, flags: dict[str, object], text: set[Code], advice: set[Code]
) -> None:
    activity = Activity(key="a", kind=kind, **flags)  # type: ignore[arg-type]
    assert {code for code, bites in demands(activity) if bites} == text
    assert {code for code, bites in demands(activity, product=True) if bites} == advice


def test_a_circumstance_that_is_not_known_leaves_the_demand_open() -> None:
    activity = Activity(key="a", kind="inquiry")
    assert demands(activity) == [(Code.SYNCHRONOUS, None), (Code.SHOWN, None)]


def test_a_kind_outside_the_catalogue_demands_nothing() -> None:
    assert demands(Activity(key="a", kind="parade")) == []


def test_the_product_never_asks_for_less_than_the_text() -> None:
    strength = {Code.SHOWN: 0, Code.WORKPLACE: 0, Code.ROOM: 0, Code.SYNCHRONOUS: 1, Code.WHOLE: 1}
    strength |= {Code.CONTINUOUS: 1}
    for row in catalogue().activities.values():
        text = [each.code for each in row.text if not each.when]
        advice = [each.code for each in row.product]
        for one in text:
            assert any(strength[other] >= strength[one] for other in advice), row.key


def test_a_row_that_names_no_paper_is_refused() -> None:
    text = (
        '[activity.a]\nname = "a"\nkinds = ["any"]\nstarts = ""\nends = ""\ntext = []\n'
        'product = []\nclauses = []\npapers = ["99"]\nsigners = []\nadvice = []\n'
        "[paper]\n[office]\n"
    )
    with pytest.raises(LawError, match="99"):
        catalogue_from_toml(text)
    with pytest.raises(LawError, match="kinds"):
        catalogue_from_toml(text.replace('kinds = ["any"]\n', ""))
