"""The running system's signs: who sees them, how they turn, and what a scraper gets."""

from __future__ import annotations

import datetime as dt
import logging
import re

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse

from liuhen.actions import deferring
from liuhen.actions.replicas import take_report
from liuhen.actions.tokens import issue_token
from liuhen.cases.models import Case
from liuhen.demo.people import World
from liuhen.demo.simple_case import SimpleCase
from liuhen.host.locks import FileLock
from liuhen.host.signs import GREEN, RED, UNKNOWN, YELLOW, Sign
from liuhen.jobs.judging import warn_of_expiry
from liuhen.kernel import clock, trace
from liuhen.kernel.ids import new_id
from liuhen.kernel.refusals import Refused
from liuhen.ledger.sequencing import sequence_all
from liuhen.upkeep.database_signs import schema_sign
from liuhen.upkeep.signs import all_signs
from liuhen.vault.models import Alarm, Scrub
from tests.database import point_at
from tests.web.conftest import Browser, browsers, words
from tests.world import MORNING


@pytest.fixture
def browser(world: World) -> Browser:
    return browsers(world)


def sign(name: str) -> Sign:
    (found,) = [one for one in all_signs() if one.name == name]
    return found


def scraped(client: Client, **headers: str) -> dict[str, float]:
    answer = client.get(reverse("metrics"), headers=headers)
    assert answer.status_code == 200
    lines = [line for line in answer.content.decode().splitlines() if not line.startswith("#")]
    return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in lines}


# --- how they turn


def test_an_entry_that_waits_too_long_turns_the_ledger_red(world: World) -> None:
    with clock.frozen(MORNING) as stopped:
        sequence_all()
        SimpleCase(world).start()
        stopped.move(seconds=120)
        assert sign("ledger").lamp == GREEN
        stopped.move(seconds=1)
        red = sign("ledger")
        assert red.lamp == RED and "2 分钟" in red.words and "sequencer" in red.remedy
        sequence_all()
        assert sign("ledger").lamp == GREEN


def test_without_a_worker_nobody_says_that_jobs_are_done(world: World) -> None:
    assert sign("worker").lamp == RED


def test_a_job_that_waits_is_yellow_then_red(world: World, db: str) -> None:
    deferring.defer(deferring.FOLLOW_LEDGER)
    assert sign("jobs").lamp == GREEN
    assert sign("jobs").figures["waiting"] >= 1
    for minutes, lamp in ((11, YELLOW), (61, RED)):
        with psycopg.connect(db) as owner:
            owner.execute(
                "UPDATE procrastinate_events SET at = now() - %s",
                (dt.timedelta(minutes=minutes),),
            )
        assert sign("jobs").lamp == lamp


def test_a_job_that_failed_for_good_is_named(world: World, db: str) -> None:
    deferring.defer(deferring.FOLLOW_LEDGER)
    with psycopg.connect(db) as owner:
        owner.execute("UPDATE procrastinate_jobs SET status = 'doing'")
        owner.execute("UPDATE procrastinate_jobs SET status = 'failed'")
    found = sign("jobs")
    assert found.lamp == YELLOW and "searching.follow" in found.words


def test_the_scrub_is_unknown_before_its_first_end_and_red_with_an_alarm(world: World) -> None:
    assert sign("scrub").lamp == UNKNOWN
    Scrub.objects.create(check_name="rows", finished_at=clock.now())
    assert sign("scrub").lamp == GREEN
    Scrub.objects.update(finished_at=clock.now() - dt.timedelta(days=32))
    assert sign("scrub").lamp == YELLOW
    told = {"check_name": "rows", "code": "row.altered", "record": "x", "what": "改动"}
    Alarm.objects.create(id=new_id(), found_at=clock.now(), seen_at=clock.now(), **told)
    assert sign("scrub").lamp == RED


def test_a_replica_is_green_silent_or_differing(world: World) -> None:
    report = {"size": 40, "originals": 2, "missing": 0, "differences": []}
    take_report(world.system, "beta", report)
    assert sign("replica.beta").lamp == GREEN
    for wrong in ({"size": 2**53}, {"missing": -1}, {"drill": {"entries": 2**53}}):
        with pytest.raises(Refused, match=r"replica\.report_malformed"):
            take_report(world.system, "beta", {**report, **wrong})
    with clock.frozen(clock.now() + dt.timedelta(days=1, seconds=1)):
        assert sign("replica.beta").lamp == YELLOW
    difference = {"code": "log.forked", "record": "x", "what": "分叉"}
    take_report(world.system, "beta", {**report, "differences": [difference]})
    assert sign("replica.beta").lamp == RED


def test_tables_of_this_version_are_told_so_and_older_ones_too(world: World, db: str) -> None:
    assert schema_sign().lamp == GREEN
    with psycopg.connect(db) as owner:
        owner.execute(
            "DELETE FROM django_migrations WHERE app = 'people' AND name ="
            " (SELECT max(name) FROM django_migrations WHERE app = 'people')"
        )
    assert schema_sign().lamp == YELLOW


def away() -> tuple[Sign, Sign]:
    """What is told of a database that does not answer, and of a thing of the machine."""
    point_at("postgresql://nobody@/liuhen?host=/nowhere")
    try:
        found = {one.name: one for one in all_signs()}
    finally:
        connection.close()
    assert found["database"].figures == {"up": 0}
    return found["database"], found["secrets"]


def test_with_the_database_away_its_owner_is_told_and_the_machine_all_the_same(
    world: World, db: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    database, secrets = away()
    assert database.lamp == UNKNOWN and "启动 liuhen serve" in database.remedy
    assert "自动" not in database.remedy, "nobody is there to start it"
    assert secrets.lamp == GREEN
    lock = FileLock(settings.HOME.run_dir / "serve.lock")
    assert lock.take()
    database, _ = away()
    lock.close()
    assert database.lamp == RED and "自动重新启动" in database.remedy and "spool" in database.remedy
    monkeypatch.setenv("LIUHEN_DATABASE_URL", "postgresql://somebody@elsewhere/liuhen")
    database, _ = away()
    assert database.lamp == RED and "管理员" in database.remedy and "自动" not in database.remedy


# --- the page


def test_the_page_says_what_to_do_first(browser: Browser) -> None:
    page = words(browser("operator").get(reverse("status")))
    assert "没有一个在工作" in page and "怎么办" in page
    assert page.index("后台进程") < page.index("密钥文件的权限")


@pytest.mark.parametrize(("who", "status"), [("operator", 200), ("officer", 403), ("head", 403)])
def test_the_page_is_for_who_runs_the_system(browser: Browser, who: str, status: int) -> None:
    assert browser(who).get(reverse("status")).status_code == status


# --- what a scraper gets


def test_this_machine_gets_every_figure(world: World) -> None:
    SimpleCase(world).start()
    sequence_all()
    found = scraped(Client(SERVER_NAME="localhost"))
    assert found["liuhen_ledger_waiting"] == 0
    assert found["liuhen_ledger_entries"] > 0
    assert found["liuhen_database_up"] == 1
    assert found['liuhen_sign{sign="worker"}'] == 2
    assert found['liuhen_disk_free_bytes{which="home"}'] > 0


@pytest.mark.parametrize(
    "headers", [{}, {"authorization": "Bearer liuhen_wrong"}, {"authorization": "Bearer"}]
)
def test_somebody_outside_gets_none(world: World, headers: dict[str, str]) -> None:
    client = Client(SERVER_NAME="localhost", REMOTE_ADDR="10.1.2.3")
    answer = client.get(reverse("metrics"), headers=headers)
    assert answer.status_code == 401
    assert "liuhen_ledger" not in answer.content.decode()


def test_a_proxy_of_this_machine_does_not_open_them(world: World) -> None:
    client = Client(SERVER_NAME="localhost")
    answer = client.get(reverse("metrics"), headers={"x-forwarded-for": "10.1.2.3"})
    assert answer.status_code == 401


def test_a_token_opens_them_until_its_end_and_only_one_for_them(world: World) -> None:
    client = Client(SERVER_NAME="localhost", REMOTE_ADDR="10.1.2.3")
    until = clock.now() + dt.timedelta(days=1)
    right = issue_token(actor=world.system, name="watch", scope="metrics", until=until)
    assert scraped(client, authorization=f"Bearer {right.secret}")
    other = issue_token(actor=world.system, name="beta", scope="replica", until=until)
    for secret, at in ((other.secret, clock.now()), (right.secret, until)):
        with clock.frozen(at):
            header = {"authorization": f"Bearer {secret}"}
            assert client.get(reverse("metrics"), headers=header).status_code == 401


# --- the log


@pytest.fixture
def lines() -> trace.Line:
    formatters: dict[str, dict[str, str]] = settings.LOGGING["formatters"]  # type: ignore[assignment]
    told = formatters["line"]
    return trace.Line(told["format"], style="{")


def record(message: str, *args: object) -> logging.LogRecord:
    made = logging.LogRecord("liuhen.request", logging.INFO, "", 0, message, args, None)
    assert trace.Ids().filter(made)
    return made


def test_a_line_names_request_act_and_person_by_id(lines: trace.Line) -> None:
    act, person = new_id(), new_id()
    with trace.through("web", request="abc"), trace.acting(act, person):
        line = lines.format(record("GET /"))
    assert line == f"INFO liuhen.request request=abc act={act} person={person} GET /"


def test_a_line_break_in_an_address_makes_no_second_line(lines: trace.Line) -> None:
    line = lines.format(record("GET %s", "/x\nINFO liuhen.request request=- act=- fake\r"))
    assert len(line.splitlines()) == 1 and "\\n" in line


def test_a_request_is_logged_with_the_person_and_no_query(
    browser: Browser, caplog: pytest.LogCaptureFixture, world: World
) -> None:
    case = SimpleCase(world).start().case
    with caplog.at_level(logging.INFO, "liuhen.request"):
        browser("officer").get(f"{reverse('case', args=[case.id])}?q=张三")
    (told,) = [one for one in caplog.records if one.name == "liuhen.request"]
    assert vars(told)["person_id"] == str(world["officer"].id)
    assert "张三" not in told.getMessage()
    assert Case.objects.count() == 1 and re.search(r"/cases/[0-9a-f-]{36}/ 200", told.getMessage())


def test_a_home_nobody_founded_yet_has_no_failing_job(db: str) -> None:
    assert warn_of_expiry() == 0
