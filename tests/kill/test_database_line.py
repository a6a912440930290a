"""The line between a machine and its database is slow, cut at every moment, or carries nothing."""

from __future__ import annotations

import signal
import subprocess
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple

import psycopg
import pytest
from django.db import InterfaceError, OperationalError, connection, connections

from liuhen.actions.people import register_unit
from liuhen.demo.people import World
from liuhen.host.home import Home
from liuhen.host.postgres import Cluster
from liuhen.host.postgres_roles import OWNER, SERVER
from liuhen.host.server import BLOCKING_THREADS
from liuhen.ledger.sequencing import sequence_all
from liuhen.people.models import Unit
from liuhen.people.queries import system_person
from liuhen.vault.checks import differences
from tests.kill.cycle import made_video
from tests.kill.line import DatabaseLine, line_to
from tests.kill.officer import STEPS, Officer
from tests.kill.tree import (
    LIUHEN,
    Tree,
    copied_home,
    environment,
    in_home,
    run_liuhen,
    start,
    status_of,
    until,
)
from tests.mailbox import Mailbox, mailbox, subject

SLOW_S = 0.05
# An operator's own limit, in the address: so nobody here waits for ours.
STATEMENT_S = 2


@contextmanager
def asked_through(line: DatabaseLine) -> Iterator[None]:
    """Django in this process goes through the line, for the block."""
    connection.close()
    settings = connections["default"].settings_dict
    before = {name: settings[name] for name in ("HOST", "PORT")}
    settings |= {"HOST": "127.0.0.1", "PORT": str(line.port)}
    try:
        yield
    finally:
        connection.close()
        settings |= before


def test_an_act_cut_at_any_moment_is_whole_or_absent(cluster: Cluster, world: World) -> None:
    system, told = system_person(), list[tuple[bool, bool]]()
    with line_to(cluster.dsn(connection.settings_dict["NAME"], SERVER)) as line:
        for moment in range(1, 200):
            code = f"cut{moment}"
            with asked_through(line):
                line.cut_after(moment)
                was_told = _is_registered(system, code)
                line.mend()
            told.append((was_told, Unit.objects.filter(code=code).exists()))
            if was_told:
                break
    assert told[-1] == (True, True), "some time nobody cuts it any more"
    assert len(told) > 5, "it was cut again and again"
    assert (False, False) in told and (True, False) not in told
    sequence_all()
    assert not list(differences())
    again = next(at for at, (_, is_there) in enumerate(told, start=1) if not is_there)
    assert _is_registered(system, f"cut{again}"), "and can be repeated"


def _is_registered(system: object, code: str) -> bool:
    try:
        register_unit(actor=system, code=code, name=code, kind="department")  # type: ignore[arg-type]
    except (OperationalError, InterfaceError):
        return False
    return True


class Outside(NamedTuple):
    """A served home whose database is reached through a line."""

    home: Home
    cluster: Cluster
    line: DatabaseLine
    tree: Tree
    mailbox: Mailbox

    def waiting(self) -> int:
        """How many entries no checkpoint covers."""
        with psycopg.connect(self.cluster.dsn(role=OWNER)) as owner:
            row = owner.execute("SELECT count(*) FROM ledger_pending").fetchone()
        return int(row[0]) if row else -1

    def count(self, event: str) -> int:
        """How many entries there are of an event."""
        asked = "SELECT count(*) FROM ledger_entry WHERE event = %s"
        with psycopg.connect(self.cluster.dsn(role=OWNER)) as owner:
            row = owner.execute(asked, (event,)).fetchone()
        return int(row[0]) if row else -1

    def jobs(self) -> set[int]:
        """Jobs that were queued and not done yet."""
        with psycopg.connect(self.cluster.dsn(role=OWNER)) as owner:
            rows = owner.execute("SELECT id FROM procrastinate_jobs WHERE status <> 'failed'")
            return {int(one) for (one,) in rows}


@pytest.fixture(scope="module")
def outside(pattern: Home, kill_folder: Path) -> Iterator[Outside]:
    home = copied_home(pattern, kill_folder / "line" / "home")
    with home.cluster().running(), line_to(home.cluster().dsn()) as line, mailbox() as mail:
        url = f"{line.url(home.cluster().dsn())}&options=-c%20statement_timeout%3D{STATEMENT_S}s"
        variables = {
            "LIUHEN_DATABASE_URL": url,
            "LIUHEN_DATABASE_OWNER_URL": home.cluster().dsn(role=OWNER),
            "LIUHEN_ALARM_MAIL": "ops@example.org",
            "LIUHEN_SMTP": mail.address,
        }
        tree = start(home, variables=variables)
        try:
            yield Outside(home, home.cluster(), line, tree.await_ready(), mail)
        finally:
            line.mend()
            if tree.process.poll() is None:
                tree.process.kill()


@pytest.fixture
def officer(outside: Outside, kill_folder: Path) -> Officer:
    folder = outside.home.path.parent
    made = Officer(
        outside.tree.port, "officer", folder / "officer.notes", made_video(folder / "v.mp4"), 5
    )
    made.resume()
    return made


def test_over_a_slow_line_pages_and_acts_are_answered(outside: Outside, officer: Officer) -> None:
    outside.line.delay_s = SLOW_S
    assert officer.line.ask("GET", "/cases/").status == 200
    activity = officer.begin()
    officer.step(activity, "facts")
    outside.line.mend()
    until(lambda: outside.waiting() == 0, "the sequencer keeps up")


def test_what_a_database_does_not_answer_in_time_is_told_and_absent(
    outside: Outside, officer: Officer
) -> None:
    activity = officer.begin()
    officer.step(activity, "facts")
    before = outside.count("notice.told")
    path, form = f"/simple/{activity}/oral_notice/", STEPS["oral_notice"][0]
    with psycopg.connect(outside.cluster.dsn(role=OWNER)) as holder:
        holder.execute("SELECT 1 FROM cases_case FOR UPDATE")
        answer = officer.line.post(path, form)
    assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
    assert "系统暂时不能办理" in answer.body.decode()
    assert outside.count("notice.told") == before
    officer.step(activity, "oral_notice")
    assert outside.count("notice.told") == before + 1


def test_pages_wait_for_a_statement_a_minute_or_as_long_as_the_address_says(
    outside: Outside,
) -> None:
    asked = "from liuhen.web.wsgi import connections; c = connections['default'].cursor()\n"
    asked += "print(c.execute('SHOW statement_timeout').fetchone()[0])"
    direct = outside.cluster.dsn()
    assert in_home(outside.home, asked, LIUHEN_DATABASE_URL=direct).strip() == "1min"
    own = f"{direct}&options=-c%20statement_timeout%3D5s"
    assert in_home(outside.home, asked, LIUHEN_DATABASE_URL=own).strip() == "5s"


def test_a_cut_line_is_told_at_once_and_everybody_goes_on_when_it_is_back(
    outside: Outside, officer: Officer
) -> None:
    activity, line = officer.begin(), outside.line
    path, form = f"/simple/{activity}/facts/", STEPS["facts"][0]
    with ThreadPoolExecutor(1) as pool, psycopg.connect(outside.cluster.dsn(role=OWNER)) as holder:
        holder.execute("SELECT 1 FROM cases_case FOR UPDATE")
        answering = pool.submit(officer.line.post, path, form)
        until(lambda: _waits(outside), "the act is under way")
        line.cut()
        assert answering.result(60).status == 503
    assert officer.line.ask("GET", "/cases/").status == 503
    assert status_of(f"{outside.tree.url}/healthz") == 503
    line.mend()
    until(lambda: status_of(f"{outside.tree.url}/healthz") == 200, "the database is back")
    officer.step(activity, "facts")
    until(lambda: outside.waiting() == 0, "the sequencer goes on")
    left = outside.jobs()
    until(lambda: not left & outside.jobs(), "the worker goes on")
    verified = run_liuhen(
        "verify", "--home", outside.home.path, LIUHEN_DATABASE_URL=outside.cluster.dsn()
    )
    assert verified.returncode == 0, verified.stdout + verified.stderr


def test_a_database_that_takes_everything_and_says_nothing_is_told_to_more_than_there_are_threads(
    outside: Outside, officer: Officer
) -> None:
    activity, line = officer.begin(), outside.line
    path, form = f"/simple/{activity}/facts/", STEPS["facts"][0]
    line.fall_silent()
    with ThreadPoolExecutor(BLOCKING_THREADS + 6) as pool:
        answering = pool.submit(officer.line.post, path, form)
        asked = [f"{outside.tree.url}/healthz"] * (BLOCKING_THREADS + 5)
        others = list(pool.map(lambda url: status_of(url, 120), asked))
        assert answering.result(120).status == 503
    assert set(others) == {503}
    assert status_of(f"{outside.tree.url}/healthz", 30) == 503
    line.mend()
    until(lambda: status_of(f"{outside.tree.url}/healthz") == 200, "the database is back")
    officer.step(activity, "facts")
    until(lambda: outside.waiting() == 0, "the sequencer goes on")


def test_who_is_never_answered_any_more_ends_the_line_and_goes_on_by_another(
    outside: Outside, officer: Officer
) -> None:
    """Not one of the lines held before carries anything again."""
    line = outside.line
    line.fall_silent_for_good()
    for name in ("worker", "sequencer", "recorder"):
        until(partial(_told_silence, outside.tree, name), f"the {name} has found out")
    assert 'sign="silence"} 1.0' in _metrics(outside.tree), "told while it lasts"
    until(lambda: "要处理" in _mailed(outside), "a mail says so, which asks nobody in the database")
    line.mend()
    until(lambda: status_of(f"{outside.tree.url}/healthz") == 200, "the database is back")
    until(lambda: "liuhen_silence_now 0.0" in _metrics(outside.tree), "its end is noted")
    until(lambda: "已恢复" in _mailed(outside), "and another that it is over")
    assert "liuhen_silence_times 1.0" in _metrics(outside.tree), "three noticed one silence"
    officer.line.connection.close()  # idle so long, it has ended as well
    officer.step(officer.begin(), "facts")
    until(lambda: outside.waiting() == 0, "the sequencer goes on")
    left = outside.jobs()
    until(lambda: not left & outside.jobs(), "the worker goes on")


def _metrics(tree: Tree) -> str:
    with urllib.request.urlopen(f"{tree.url}/metrics", timeout=120) as answer:
        return str(answer.read().decode())


def _mailed(outside: Outside) -> str:
    """The subjects of alarms about the database."""
    told = [subject(mail) for mail in list(outside.mailbox.mails)]
    return "\n".join(one for one in told if "数据库" in one)


def _told_silence(tree: Tree, name: str) -> bool:
    log = (tree.home.path / "log" / "liuhen.log").read_text("utf-8", "replace")
    told = [line for line in log.splitlines() if "says nothing" in line]
    return any(name in line.partition("says nothing")[0] for line in told)


def _waits(outside: Outside) -> bool:
    with psycopg.connect(outside.cluster.dsn(role=OWNER)) as owner:
        return owner.execute("SELECT 1 FROM pg_locks WHERE NOT granted").fetchone() is not None


def test_with_the_line_away_a_service_ends_when_it_is_asked_to(outside: Outside) -> None:
    outside.line.cut()
    until(lambda: status_of(f"{outside.tree.url}/healthz") == 503, "it has seen it")
    outside.tree.process.send_signal(signal.SIGTERM)
    assert outside.tree.process.wait(120) == 0
    assert "did not end in time" not in outside.tree.said()


@pytest.mark.parametrize("command", ["worker", "sequencer"])
def test_who_waits_for_a_silent_database_ends_when_it_is_asked_to(
    pattern: Home, kill_folder: Path, command: str
) -> None:
    home = copied_home(pattern, kill_folder / f"silent-{command}" / "home")
    with home.cluster().running(), line_to(home.cluster().dsn()) as line:
        variables = environment(LIUHEN_DATABASE_URL=line.url(home.cluster().dsn()))
        started = [str(LIUHEN), command, "--home", str(home.path)]
        process = subprocess.Popen(started, env=variables)
        try:
            until(lambda: line.carried > 40, "it is at work")
            line.fall_silent()
            process.terminate()
            assert process.wait(120) == 0
        finally:
            process.kill()
            process.wait()
