"""Before a clock runs out the persons concerned are told, once, and the ledger says so."""

from __future__ import annotations

import datetime as dt
import json

from django.db import connection
from django.test.utils import CaptureQueriesContext

from liuhen.actions.figures import set_figure
from liuhen.compliance.models import ExpiryWarning, Finding
from liuhen.compliance.queries import standing_warnings
from liuhen.demo.people import World
from liuhen.jobs.judging import judge_all_cases, warn_of_expiry
from liuhen.kernel import clock
from liuhen.kernel.clock import FrozenClock
from liuhen.ledger.models import Entry
from liuhen.web.desk import WARNINGS_SHOWN
from tests.compliance.street import footage, until_served
from tests.web.conftest import Browser, words
from tests.web.conftest import browser as browser

RULE = "simple_case_recorded_throughout"  # twenty-four hours from the end of the activity


def told(world: World, username: str) -> set[str]:
    rows = standing_warnings(world[username], clock.now(), limit=WARNINGS_SHOWN)
    return {row.finding.rule for row in rows}


def names(rule: str) -> set[str]:
    return set(ExpiryWarning.objects.filter(rule=rule).values_list("person__username", flat=True))


def test_in_its_last_third_who_carries_the_case_and_the_units_head_are_told(
    world: World, stopped: FrozenClock
) -> None:
    until_served(world, stopped)
    due_at = Finding.objects.get(rule=RULE).due_at
    assert due_at is not None
    stopped.set(due_at - dt.timedelta(hours=8, seconds=1))
    warn_of_expiry()
    assert names(RULE) == set()
    stopped.move(seconds=1)
    assert warn_of_expiry() > 0
    assert names(RULE) == {"officer", "officer2", "unit_head"}
    assert RULE in told(world, "officer") and RULE in told(world, "unit_head")
    assert told(world, "handler") == set()
    entry = Entry.objects.get(event="duty.warned", subject_id=RULE)
    body = json.loads(bytes(entry.body))
    assert {one["name"] for one in body["data"]["told"]} == {"张示例", "李示例", "赵队长"}


def test_the_desk_of_who_was_told_shows_it_and_of_nobody_else(
    world: World, stopped: FrozenClock, browser: Browser
) -> None:
    simple = until_served(world, stopped)
    stopped.move(hours=17)
    assert "临期提醒" not in words(browser("officer").get("/"))
    warn_of_expiry()
    page = words(browser("officer").get("/"))
    assert "临期提醒" in page and simple.case.number in page
    assert "临期提醒" not in words(browser("supervisor").get("/"))


def test_nobody_is_told_twice_and_what_was_done_is_no_warning_any_more(
    world: World, stopped: FrozenClock
) -> None:
    simple = until_served(world, stopped)
    stopped.move(hours=17)
    first = warn_of_expiry()
    assert first > 0
    assert warn_of_expiry() == 0
    assert Entry.objects.filter(event="duty.warned").count() == first
    assert RULE in told(world, "officer")
    footage(world, simple.activity)
    assert RULE not in told(world, "officer")


def test_what_has_run_out_is_a_breach_and_no_warning(world: World, stopped: FrozenClock) -> None:
    until_served(world, stopped)
    stopped.move(hours=25)
    warn_of_expiry()
    assert names(RULE) == set()
    assert RULE not in told(world, "officer")


def test_another_share_set_by_the_authority_warns_earlier(
    world: World, stopped: FrozenClock
) -> None:
    until_served(world, stopped)
    set_figure(
        actor=world["head"],
        name="product.lamp_yellow_fraction",
        value=2,
        valid_from=clock.local_date(clock.now()),
        reason="提前提醒",
    )
    judge_all_cases()
    stopped.move(hours=9)
    warn_of_expiry()
    assert "officer" in names(RULE)


def test_warning_takes_the_same_queries_for_one_case_and_for_many(
    world: World, stopped: FrozenClock
) -> None:
    counts = []
    for number in (1, 3):
        for _ in range(number):
            until_served(world, stopped)
        stopped.move(hours=17)
        with CaptureQueriesContext(connection) as queries:
            warn_of_expiry()
        counts.append(len(queries))
        stopped.move(days=9)
    assert counts[0] == counts[1]
