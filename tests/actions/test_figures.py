"""Figures the authority sets, year tables it imports, the official text it loads."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest

from liuhen.actions.figures import (
    import_year_table,
    load_regulation,
    row_of,
    set_figure,
    withdraw_figure,
)
from liuhen.compliance.gating import way_through
from liuhen.compliance.models import Finding
from liuhen.demo.people import World
from liuhen.demo.simple_case import SimpleCase
from liuhen.jobs.judging import judge_all_cases
from liuhen.kernel.clock import FrozenClock
from liuhen.kernel.refusals import explain
from liuhen.law.calendar import packaged_calendar, tables_from_toml
from liuhen.rulebook.models import YearTable
from liuhen.rulebook.queries import figure_on, official_text, rulebook
from tests.actions.ordinary import refusal

PERSON = "penalty_law.simple_fine_person"
DAY = dt.date(2026, 3, 10)
TABLE_2027 = """[[year]]
year = 2027
source = "虚构的放假通知"
rest = ["01-01/01-03"]
work = ["01-09"]
statutory = ["01-01"]
"""


def set_to(world: World, value: int | str | None, **more: object) -> None:
    """The head sets the limit of a fine on the spot."""
    given = {"name": PERSON, "valid_from": DAY, "reason": "本机关文件第1号", **more}
    set_figure(actor=world["head"], value=value, **given)  # type: ignore[arg-type]


def test_a_figure_holds_from_its_day_and_the_engine_judges_with_it(
    world: World, stopped: FrozenClock
) -> None:
    simple = SimpleCase(world)
    simple.start()
    simple.violation()
    simple.notice()
    simple.waive()
    simple.decide()
    assert way_through("issue_decision", simple.case.id).is_open
    set_to(world, 10)
    way = way_through("issue_decision", simple.case.id)
    assert [each.rule for each in way.incurable] == ["spot_fine_within_limit"]
    assert (figure_on(PERSON, DAY), figure_on(PERSON, DAY - dt.timedelta(days=1))) == (10, 200)


def test_the_next_of_a_name_ends_the_one_before_and_the_laws_own_can_stand_again(
    world: World,
) -> None:
    set_to(world, 100)
    set_to(world, 150, valid_from=dt.date(2026, 4, 1))
    withdraw_figure(
        actor=world["head"], name=PERSON, valid_from=dt.date(2026, 5, 1), reason="文件废止"
    )
    days = (DAY, dt.date(2026, 3, 31), dt.date(2026, 4, 1), dt.date(2026, 4, 30))
    assert [figure_on(PERSON, day) for day in days] == [100, 100, 150, 150]
    assert figure_on(PERSON, dt.date(2026, 5, 1)) == 200


def test_of_one_day_the_last_set_counts(world: World, stopped: FrozenClock) -> None:
    set_to(world, 100)
    stopped.move(seconds=1)
    set_to(world, 120)
    assert figure_on(PERSON, DAY) == 120


def test_what_was_set_later_was_not_known_before(world: World, stopped: FrozenClock) -> None:
    before = stopped()
    stopped.move(seconds=1)
    set_to(world, 100)
    assert rulebook(before).parameters.on(PERSON, DAY).value == 200
    assert rulebook(stopped()).parameters.on(PERSON, DAY).value == 100


def test_a_figure_to_be_confirmed_is_confirmed_by_setting_it(world: World) -> None:
    name = "penalty_law.hearing_fine_person"
    assert rulebook().parameters.on(name, DAY).confidence == "M"
    set_figure(actor=world["head"], name=name, value=5000, valid_from=DAY, reason="市文件")
    used = rulebook().parameters.on(name, DAY)
    assert (used.value, used.confidence, used.source, used.is_overridden) == (
        *(5000, "A", "市文件"),
        True,
    )


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"name": "no.such"}, "figure.unknown"),
        ({"value": "many"}, "figure.value"),
        ({"value": -1}, "figure.value"),
        ({"value": True}, "figure.value"),
        ({"value": None}, "figure.value"),
        ({"name": "measures.retention_disposal_allowed", "value": 2}, "figure.value"),
        ({"name": "assumption.secret_stub", "value": 0}, "figure.fixed"),
        ({"name": "measures.bind_start", "value": " "}, "figure.value"),
        ({"valid_from": dt.date(2021, 7, 14)}, "figure.too_early"),
        ({"reason": " "}, "reason.missing"),
    ],
)
def test_a_figure_that_cannot_be_is_refused(
    world: World, change: dict[str, object], code: str
) -> None:
    given: dict[str, object] = {
        "name": PERSON,
        "value": 10,
        "valid_from": DAY,
        "reason": "x",
        **change,
    }
    assert refusal(set_figure, actor=world["head"], **given).code == code
    assert figure_on(PERSON, DAY) == 200


def test_a_period_the_law_does_not_set_may_be_set_and_left_open_again(
    world: World, stopped: FrozenClock
) -> None:
    name = "measures.simple_case_filing"
    set_figure(actor=world["head"], name=name, value=5, valid_from=DAY, reason="x")
    assert figure_on(name, DAY) == 5
    stopped.move(seconds=1)
    set_figure(actor=world["head"], name=name, value=None, valid_from=DAY, reason="y")
    assert figure_on(name, DAY) is None


def test_only_who_leads_the_authority_sets_figures_and_what_was_never_set_is_not_withdrawn(
    world: World,
) -> None:
    given = {"name": PERSON, "valid_from": DAY, "reason": "x"}
    for who in ("officer", "unit_head", "legal", "operator"):
        code = refusal(set_figure, actor=world[who], value=1, **given).code
        assert code == "permission.missing"
    assert refusal(withdraw_figure, actor=world["head"], **given).code == "figure.not_set"


# -- year tables ------------------------------------------------------------------------------


def test_a_year_without_a_table_is_provisional_until_it_is_imported(world: World) -> None:
    assert rulebook().calendar.is_official(dt.date(2027, 1, 1)) is False
    (stored,) = import_year_table(actor=world["operator"], text=TABLE_2027)
    assert rulebook().calendar.is_official(dt.date(2027, 1, 1)) is True
    assert (stored.second_source, stored.differences) == ("", [])
    deadline = rulebook().calendar.after_workdays(dt.date(2026, 12, 31), 5)
    assert (deadline.last_on, deadline.is_provisional) == (dt.date(2027, 1, 8), False)


def test_every_packaged_table_survives_being_written_and_read() -> None:
    for table in packaged_calendar().tables:
        (again,) = tables_from_toml(row_of(table))
        assert (again.rest, again.work) == (table.rest, table.work)


def test_a_table_that_differs_from_the_second_source_names_the_days_first(world: World) -> None:
    wrong = TABLE_2027.replace("2027", "2026").replace('"01-09"', '"01-10"')
    refused = refusal(import_year_table, actor=world["operator"], text=wrong)
    assert refused.code == "calendar.differs"
    assert "2026-01-04" in refused.data["days"] and "2026-01-10" in refused.data["days"]
    assert not YearTable.objects.exists()
    (stored,) = import_year_table(actor=world["operator"], text=wrong, accepts_differences=True)
    assert "2026-01-04" in stored.differences and stored.second_source == "chinesecalendar"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("not toml", "calendar.unsound"),
        (TABLE_2027.replace('"01-09"', '"01-02"'), "calendar.unsound"),
        (TABLE_2027.replace('"01-09"', '"01-08"'), "calendar.unsound"),
        (TABLE_2027 + TABLE_2027, "calendar.unsound"),
        (
            TABLE_2027.replace("rest = ", "rest = [] # ").replace("statutory", "# "),
            "calendar.unsound",
        ),
        ("year = []", "calendar.empty"),
        (TABLE_2027.replace('"虚构的放假通知"', '""'), "calendar.unofficial"),
        (TABLE_2027 + "is_predicted = true\n", "calendar.unofficial"),
    ],
)
def test_a_table_that_is_not_sound_changes_nothing(world: World, text: str, code: str) -> None:
    told = refusal(import_year_table, actor=world["operator"], text=text)
    assert told.code == code and not re.search(r"[a-z]{4,} [a-z]{2,}", explain(told).message)
    assert rulebook().calendar.is_official(dt.date(2027, 1, 1)) is False


def test_after_an_import_what_was_provisional_is_judged_anew(
    world: World, stopped: FrozenClock
) -> None:
    stopped.move(days=(dt.date(2026, 12, 30) - DAY).days)
    simple = SimpleCase(world)
    simple.start()
    for step in (simple.violation, simple.notice, simple.waive, simple.decide, simple.sign):
        step()
    simple.issue_and_serve()
    simple.collect()
    due = Finding.objects.get(case=simple.case, rule="fine_handed_in")
    assert due.body["is_provisional"] is True
    import_year_table(actor=world["operator"], text=TABLE_2027)
    judge_all_cases(stopped())
    settled = Finding.objects.get(case=simple.case, rule="fine_handed_in")
    assert settled.body["is_provisional"] is False


# -- the official text ------------------------------------------------------------------------


def test_the_newest_loaded_text_of_an_article_is_shown(world: World, stopped: FrozenClock) -> None:
    on: dict[str, Any] = {"actor": world["operator"], "sha256": "0" * 64}
    load_regulation(**on, articles={"1": "旧文", "2": "二"}, version="旧")
    stopped.move(seconds=1)
    load_regulation(**on, articles={"1": "新文"}, version="新")
    first, second = official_text("1"), official_text("2")
    assert first is not None and second is not None
    assert (first.text, second.text, official_text("3")) == ("新文", "二", None)
    assert refusal(load_regulation, **on, articles={}, version="x").code == "regulation.empty"
    refused = refusal(load_regulation, **on, articles={"1": "x"}, version=" ")
    assert refused.code == "regulation.version"
