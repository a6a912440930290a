"""The database goes away in mid-act: a clear 503, a note on disk, an entry when it is back."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

import psycopg
import pytest

from liuhen.host import silences
from liuhen.host.postgres_roles import OWNER
from liuhen.host.signs import RED
from liuhen.kernel.clock import parse_iso
from tests.kill.cycle import Workplace
from tests.kill.officer import STEPS, Officer
from tests.kill.tree import run_liuhen, status_of, until

EVENT = "request.unanswered"


@contextmanager
def owner_of(place: Workplace) -> Iterator[psycopg.Connection]:
    with psycopg.connect(place.home.cluster().dsn(role=OWNER)) as connection:
        yield connection


@contextmanager
def no_restart(place: Workplace) -> Iterator[None]:
    """The supervisor looks away for the block: what dies stays dead."""
    os.kill(place.tree.process.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(place.tree.process.pid, signal.SIGCONT)


def entries(place: Workplace, event: str) -> list[dict[str, object]]:
    with owner_of(place) as owner:
        rows = owner.execute("SELECT body FROM ledger_entry WHERE event = %s", (event,)).fetchall()
    return [json.loads(bytes(body)) for (body,) in rows]


@pytest.fixture
def officer(place: Workplace) -> Officer:
    made = place.officer("officer")
    made.resume()
    return made


def test_an_act_cut_off_by_the_database_is_told_noted_and_can_be_repeated(
    place: Workplace, officer: Officer
) -> None:
    activity = officer.begin()
    officer.step(activity, "facts")
    told_before = len(entries(place, "notice.told"))
    path, form = f"/simple/{activity}/oral_notice/", STEPS["oral_notice"][0]

    # the row is held by somebody else, so the act has begun and waits
    with (
        ThreadPoolExecutor(1) as pool,
        suppress(psycopg.OperationalError),
        owner_of(place) as holder,
    ):
        holder.execute("SELECT 1 FROM cases_case FOR UPDATE")
        answering = pool.submit(officer.line.post, path, form)
        until(lambda: _waits_for_lock(place), "the act is under way")
        with no_restart(place):
            place.tree.kill_all_of(place.tree.database())
            answer = answering.result(120)
            assert officer.line.ask("GET", "/healthz").status == 503
            from_api = officer.line.ask("GET", "/api/v1/recordings/unlabelled")
    page = answer.body.decode()
    assert answer.status == 503
    assert answer.headers["Retry-After"]
    assert "系统暂时不能办理" in page and "Traceback" not in page
    assert from_api.status == 503
    assert from_api.headers["Content-Type"].startswith("application/")

    until(lambda: status_of(f"{place.tree.url}/healthz") == 200, "the database is back")
    assert len(entries(place, "notice.told")) == told_before
    noted = await_entries(place, {answer.request, from_api.request})
    note = noted[answer.request]["data"]["note"]  # type: ignore[index]
    assert (note["method"], note["path"]) == ("POST", path)
    assert parse_iso(note["at"]) < parse_iso(str(noted[answer.request]["at"]))
    # emptied only when the entries stand
    until(lambda: not (place.home.spool_dir / "unanswered.jsonl").stat().st_size, "it is empty")

    officer.step(activity, "oral_notice")
    assert len(entries(place, "notice.told")) == told_before + 1
    assert place.holding.hold(place.notes()).problems == []


def _waits_for_lock(place: Workplace) -> bool:
    with owner_of(place) as other:
        asked = "SELECT 1 FROM pg_locks WHERE NOT granted"
        return other.execute(asked).fetchone() is not None


def await_entries(place: Workplace, requests: set[str]) -> dict[str, dict[str, object]]:
    """The entries of unanswered requests, by request, once all are there."""
    found: dict[str, dict[str, object]] = {}

    def are_there() -> bool:
        for entry in entries(place, EVENT):
            found[entry["data"]["note"]["request"]] = entry  # type: ignore[index]
        return requests <= set(found)

    until(are_there, "the unanswered requests are entries")
    return found


def test_an_embedded_database_that_hangs_is_noticed_and_named_and_goes_on(
    place: Workplace, officer: Officer
) -> None:
    activity, stopped = officer.begin(), place.tree.database()
    first = place.tree.postmaster()
    for pid in stopped:
        os.kill(pid, signal.SIGSTOP)
    try:
        until(lambda: silences.is_silent(place.home), "somebody has found out")
        told = run_liuhen("doctor", "--home", place.home.path, "--json")
    finally:
        for pid in stopped:
            os.kill(pid, signal.SIGCONT)
    found = {one["name"]: one for one in json.loads(told.stdout)}
    assert told.returncode == 1 and found["database"]["words"] == "只收请求，不应答"
    for name in ("database", "database.files"):
        assert found[name]["lamp"] == RED and f"kill -CONT {first}" in found[name]["remedy"]
    until(lambda: not silences.is_silent(place.home), "it is heard again")
    officer.line.connection.close()  # idle so long, it may have ended as well
    officer.step(activity, "facts")
    until(lambda: not _pending(place), "the sequencer goes on")


def _pending(place: Workplace) -> bool:
    with owner_of(place) as owner:
        return owner.execute("SELECT 1 FROM ledger_pending").fetchone() is not None


def test_a_request_while_the_database_is_away_is_answered_at_once(
    place: Workplace, officer: Officer
) -> None:
    with no_restart(place):
        place.tree.kill_all_of(place.tree.database())
        answers = [officer.line.ask("GET", path) for path in ("/", "/cases/", "/simple/")]
        spool = (place.home.spool_dir / "unanswered.jsonl").read_text("utf-8")
    assert [answer.status for answer in answers] == [503] * 3
    for answer in answers:
        assert answer.request in spool
        assert "系统暂时不能办理" in answer.body.decode()
    until(lambda: status_of(f"{place.tree.url}/healthz") == 200, "the database is back")
    await_entries(place, {answer.request for answer in answers})
