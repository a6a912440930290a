"""Dated figures: which holds on a day, what is refused at load, and that all are there."""

import tomllib
from datetime import date
from pathlib import Path

import pytest

from liuhen.law.errors import ParameterError
from liuhen.law.parameters import (
    Override,
    Parameter,
    Parameters,
    packaged_parameters,
    parameters_from_toml,
    with_overrides,
)
from liuhen.law.statutes.coercion_enforcement import REMINDER_FIELDS

ROOT = Path(__file__).parents[2]

DAY = date(2026, 3, 4)


def table(*values: str) -> str:
    """A parameter table with these values."""
    rows = ", ".join(values)
    return f'[g.p]\ntitle = "t"\nunit = "days"\nclause = "38"\nidle = "i"\nvalues = [{rows}]\n'


def value(first: str, until: str | None, number: int) -> str:
    """One dated value."""
    end = f"until = {until}, " if until else ""
    return (
        f"{{ from = {first}, {end}value = {number}, confidence = 'A', source = 's',"
        " checked = 2026-01-01 }"
    )


def test_a_figure_from_memory_or_of_our_reading_says_why() -> None:
    for parameter in packaged_parameters().table.values():
        if {dated.confidence for dated in parameter.values} == {"I"}:
            assert parameter.reason, parameter.name
    hearing = packaged_parameters().on("penalty_law.hearing_fine_person", DAY)
    assert hearing.confidence == "M"


def test_no_period_is_no_value_and_not_zero() -> None:
    assert packaged_parameters().on("measures.assistance_reply", DAY).value is None


def test_both_sides_of_the_day_a_figure_changes() -> None:
    text = table(value("2020-01-01", "2026-01-01", 30), value("2026-01-01", None, 60))
    found = parameters_from_toml(text)["g.p"]
    assert [each.value for each in found.values] == [30, 60] and not found.is_fixed
    dated = Parameters({"g.p": found})
    assert dated.on("g.p", date(2025, 12, 31)).value == 30
    assert dated.on("g.p", date(2026, 1, 1)).value == 60
    with pytest.raises(ParameterError, match="no value on 2020-01-01"):
        packaged_parameters().on("penalty_law.simple_fine_person", date(2020, 1, 1))


@pytest.mark.parametrize(
    "values",
    [
        (value("2020-01-01", None, 1), value("2026-01-01", None, 2)),
        (value("2020-01-01", "2026-01-02", 1), value("2026-01-01", None, 2)),
        (value("2026-01-01", None, 1), value("2026-01-01", None, 2)),
        (value("2026-01-01", "2025-01-01", 1),),
        (value("2026-01-01", "2026-01-01", 1),),
    ],
)
def test_overlapping_dates_are_an_error_that_names_the_parameter(values: tuple[str, ...]) -> None:
    with pytest.raises(ParameterError, match=r"g\.p"):
        parameters_from_toml(table(*values))


@pytest.mark.parametrize(
    "text",
    [
        '[g.p]\ntitle = "t"\nunit = "furlongs"\nclause = "1"\nvalues = []',
        '[g.p]\ntitle = "t"\nunit = "days"\nvalues = []',
        table("{ from = 2020-01-01, confidence = 'Z', source = 's', checked = 2026-01-01 }"),
        "not toml",
    ],
)
def test_a_malformed_table_is_an_error(text: str) -> None:
    with pytest.raises(ParameterError):
        parameters_from_toml(text)


def test_the_authority_overrides_a_figure_from_a_day_on() -> None:
    name = "penalty_law.hearing_fine_person"
    changed = with_overrides([Override(name, 5000, date(2026, 1, 1), reason="local rule")])
    assert changed.on(name, date(2025, 12, 31)).value == 10000
    after = changed.on(name, date(2026, 1, 1))
    assert (after.value, after.is_overridden, after.confidence) == (5000, True, "A")


def test_two_overrides_of_one_day_are_refused_by_name() -> None:
    name = "penalty_law.spot_collection"
    with pytest.raises(ParameterError, match="spot_collection"):
        with_overrides([Override(name, 1, DAY), Override(name, 2, DAY)])


def test_an_override_of_no_parameter_is_refused_by_name() -> None:
    with pytest.raises(ParameterError, match=r"x\.y"):
        with_overrides([Override("x.y", 1, DAY)])


def test_the_contents_of_a_reminder_are_as_many_as_the_law_asks_for() -> None:
    value = packaged_parameters().on("coercion_law.reminder_contents", DAY).value
    assert value == len(REMINDER_FIELDS)


def test_every_module_a_figure_names_reads_it() -> None:
    for name, one in packaged_parameters().table.items():
        for module, words in one.functions:
            path = ROOT / "src" / "liuhen" / f"{module.replace('.', '/')}.py"
            text, stem = path.read_text("utf-8"), name.rpartition("_")[0]
            assert words and (name in text or f'f"{stem}_{{' in text), (name, module)


def test_a_figure_nothing_reads_says_why_or_is_refused() -> None:
    row = table(value("2025-01-01", None, 3))
    (kept,) = parameters_from_toml(row).values()
    assert kept.idle == "i" and not kept.is_settable
    for wrong in (row.replace('idle = "i"\n', ""), row.replace("idle", 'rules = ["r"]\nidle')):
        with pytest.raises(ParameterError, match=r"g\.p: either something reads it"):
            parameters_from_toml(wrong)


def test_a_figure_is_settable_unless_it_says_otherwise() -> None:
    assert Parameter("g.p", "t", "days", "38", "", ()).is_settable


# Figures no law writes: our readings, our own standards.
_OURS = ("assumption", "product")
_READINGS = {
    *("measures.bind_start", "measures.officers_per_recorder", "measures.off_site_interval"),
    *("measures.retention_unclassified", "measures.retention_room_segments"),
    *("measures.retention_disposal_allowed", "measures.retention_cooling_off"),
    *("measures.assistance_reply", "measures.simple_case_filing"),
    "publication.person_names_masked",
}


def test_every_figure_of_the_law_stands_as_it_was_found_in_the_text() -> None:
    text = (Path(__file__).parent / "figures.toml").read_text("utf-8")
    found = {
        f"{group}.{name}": tuple(row)
        for group, rows in tomllib.loads(text).items()
        for name, row in rows.items()
    }
    told = {
        name: (one.values[-1].value, one.unit, one.values[-1].confidence, one.clause)
        for name, one in packaged_parameters().table.items()
        if not name.startswith(_OURS) and name not in _READINGS
    }
    assert told == found
