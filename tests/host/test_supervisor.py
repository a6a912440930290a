"""A tree of real processes is started, kept running and stopped whole."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from time import sleep

import pytest
from tests.waiting import until

from liuhen.host.home import Home
from liuhen.host.locks import FileLock
from liuhen.host.postgres import Cluster, PostmasterFile
from liuhen.host.processes import marked_processes

# A supervisor in a process of its own; children and options come as JSON.
RUN = """
import json, sys
from pathlib import Path
from liuhen.host.home import Home
from liuhen.host.logbook import Logbook
from liuhen.host.processes import Child
from liuhen.host.supervisor import Plan, Supervisor
from liuhen.kernel.refusals import Refused

given = json.loads(sys.argv[1])
home = Home(Path(given["home"]))
def child(name, code):
    yields = name in given.get("yields", [])
    return Child(name, (sys.executable, "-c", code), stop_seconds=1, yields=yields)
plan = Plan(
    children=[child(*pair) for pair in given["children"].items()],
    cluster=home.cluster() if given.get("database") else None,
    preparation=(lambda: child("first", given["first"])) if "first" in given else None,
    is_ready=lambda: all((home.run_dir / name).exists() for name in given.get("ready", [])),
    on_ready=lambda: print("READY", flush=True),
)
def terminal(line):
    sys.stdout.write(line)
    sys.stdout.flush()
try:
    Supervisor(home, plan, Logbook(home.log_dir / "liuhen.log", terminal)).run()
except Refused as refused:
    print("REFUSED", refused.code, refused.data, flush=True)
    sys.exit(2)
"""
LIVES = "import time\nwhile True: time.sleep(1)"
STUBBORN = (
    "import os, pathlib, signal\nsignal.signal(15, signal.SIG_IGN)\n"
    "pathlib.Path(os.environ['LIUHEN_TREE'], 'run', 'deaf').touch()\n"
) + LIVES
# a server whose own worker process would outlive it
FORKS = "import os, time\nos.fork()\n" + LIVES


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    made = Home(tmp_path / "home").create()
    yield made
    for process in marked_processes(str(made.path)):
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


def started(home: Home, children: dict[str, str], **given: object) -> subprocess.Popen[str]:
    options = json.dumps({"home": str(home.path), "children": children, **given})
    process = subprocess.Popen(
        [sys.executable, "-c", RUN, options], stdout=subprocess.PIPE, text=True
    )
    return process


def read_until(process: subprocess.Popen[str], word: str) -> str:
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line
        if word in line:
            return said
    raise AssertionError(f"{word} never came: {said}")


def noted(home: Home) -> dict[str, int]:
    try:
        raw = json.loads((home.run_dir / "processes.json").read_text())
    except FileNotFoundError:
        return {}
    return {name: facts["pid"] for name, facts in raw.items()}


def is_alive(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_every_process_cleanly(home: Home, how: signal.Signals) -> None:
    process = started(home, {"web": FORKS, "worker": LIVES, "stubborn": STUBBORN}, ready=["deaf"])
    read_until(process, "READY")
    until(lambda: len(marked_processes(str(home.path))) == 4)
    process.send_signal(how)
    said = process.communicate(timeout=20)[0]
    assert process.returncode == 0
    assert "stubborn did not end in time and was killed" in said
    assert marked_processes(str(home.path)) == []
    assert noted(home) == {}


def test_a_dead_child_is_started_again_and_the_others_go_on(home: Home) -> None:
    process = started(home, {"web": LIVES, "worker": LIVES})
    read_until(process, "READY")
    before = noted(home)
    os.kill(before["worker"], signal.SIGKILL)
    until(lambda: noted(home).get("worker", before["worker"]) != before["worker"])
    assert noted(home)["web"] == before["web"]
    process.terminate()
    assert "worker ended with -9" in process.communicate(timeout=20)[0]


def test_what_a_dead_child_leaves_behind_is_ended_before_it_starts_again(home: Home) -> None:
    process = started(home, {"web": FORKS})
    read_until(process, "READY")
    until(lambda: len(marked_processes(str(home.path))) == 2)
    before = set(marked_processes(str(home.path)))
    os.kill(noted(home)["web"], signal.SIGKILL)
    until(lambda: not before & set(marked_processes(str(home.path))))
    until(lambda: len(marked_processes(str(home.path))) == 2)
    process.terminate()
    process.communicate(timeout=20)


def test_kill_9_of_the_supervisor_ends_its_children(home: Home) -> None:
    process = started(home, {"web": LIVES, "worker": LIVES})
    read_until(process, "READY")
    children = list(noted(home).values())
    process.kill()
    process.communicate()
    until(lambda: not any(is_alive(child) for child in children))


def test_a_start_after_kill_9_ends_what_still_runs(home: Home) -> None:
    process = started(home, {"web": STUBBORN}, ready=["deaf"])
    read_until(process, "READY")
    left = noted(home)["web"]
    process.kill()
    process.communicate()
    assert is_alive(left)
    again = started(home, {"web": LIVES})
    said = read_until(again, "READY")
    assert "ended 1 processes left by an earlier run" in said
    assert not is_alive(left)
    again.terminate()
    again.communicate(timeout=20)


def test_a_second_start_on_one_home_is_refused_and_says_who_holds_it(home: Home) -> None:
    first = started(home, {"web": LIVES})
    read_until(first, "READY")
    second = started(home, {"web": LIVES})
    said = second.communicate(timeout=20)[0]
    assert second.returncode == 2
    assert "serve.already_running" in said
    assert f"PID {first.pid}" in said
    assert is_alive(noted(home)["web"])
    first.terminate()
    first.communicate(timeout=20)


def test_the_preparation_runs_before_the_children(home: Home) -> None:
    process = started(home, {"web": "print('child', flush=True)\n" + LIVES}, first="print('made')")
    said = read_until(process, "child")
    assert said.index("made") < said.index("child")
    process.terminate()
    process.communicate(timeout=20)


def test_a_child_that_yields_starts_when_the_others_are_ready(home: Home) -> None:
    touch = "import os, pathlib, time\ntime.sleep(1)\n"
    touch += "pathlib.Path(os.environ['LIUHEN_TREE'], 'run', 'pages').touch()\n"
    process = started(
        home, {"web": touch + LIVES, "worker": LIVES}, ready=["pages"], yields=["worker"]
    )
    until(lambda: "web" in noted(home))
    assert "worker" not in noted(home)
    read_until(process, "READY")
    until(lambda: "worker" in noted(home))
    process.terminate()
    process.communicate(timeout=20)


def test_a_failed_preparation_is_refused_with_its_last_words(home: Home) -> None:
    process = started(home, {"web": LIVES}, first="raise SystemExit('no room for the tables')")
    said = process.communicate(timeout=20)[0]
    assert process.returncode == 2
    assert "serve.preparation_failed" in said
    assert "no room for the tables" in said.split("REFUSED")[1]
    assert marked_processes(str(home.path)) == []


def test_a_child_that_never_gets_going_ends_the_start_with_its_last_words(home: Home) -> None:
    process = started(
        home, {"web": LIVES, "worker": "raise SystemExit('bad setting')"}, ready=["never"]
    )
    said = process.communicate(timeout=40)[0]
    assert process.returncode == 2
    assert "serve.child_fails" in said
    assert "bad setting" in said.split("REFUSED")[1]
    assert marked_processes(str(home.path)) == []


def test_the_log_has_time_name_and_line_and_shows_control_characters(home: Home) -> None:
    code = "print('one\\x1b[2Jtwo', flush=True)\n" + LIVES
    process = started(home, {"web": code})
    read_until(process, "two")
    process.terminate()
    process.communicate(timeout=20)
    lines = (home.log_dir / "liuhen.log").read_text().splitlines()
    line = next(line for line in lines if "two" in line)
    assert line.endswith("+08:00 web       one\\x1b[2Jtwo")
    assert (home.log_dir / "liuhen.log").stat().st_mode & 0o777 == 0o600


def test_the_database_is_started_first_kept_up_and_stopped_last(home: Home) -> None:
    process = started(home, {"web": LIVES}, database=True)
    read_until(process, "READY")
    cluster = home.cluster()
    written = PostmasterFile.read(cluster.data_dir)
    assert written is not None and cluster.is_running
    os.kill(written.pid, signal.SIGKILL)
    until(lambda: (PostmasterFile.read(cluster.data_dir) or written).pid != written.pid)
    until(lambda: cluster.is_running)
    process.terminate()
    said = process.communicate(timeout=40)[0]
    assert "the database is down, starting it again" in said
    assert process.returncode == 0
    assert not cluster.is_running


def test_a_database_left_by_kill_9_of_the_supervisor_is_adopted(home: Home) -> None:
    first = started(home, {"web": LIVES}, database=True)
    read_until(first, "READY")
    left = PostmasterFile.read(home.postgres_dir)
    first.kill()
    first.communicate()
    assert Cluster(home.postgres_dir).is_running
    second = started(home, {"web": LIVES}, database=True)
    read_until(second, "READY")
    assert PostmasterFile.read(home.postgres_dir) == left
    second.terminate()
    second.communicate(timeout=40)
    assert not Cluster(home.postgres_dir).is_running


def test_ctrl_c_while_the_database_is_being_started_stops_cleanly(home: Home) -> None:
    deciding = FileLock(home.run_dir / "postgres.deciding")
    assert deciding.take()
    process = started(home, {"web": LIVES}, database=True)
    read_until(process, "starting the database")
    sleep(0.3)
    process.send_signal(signal.SIGINT)
    sleep(0.3)
    deciding.close()
    process.communicate(timeout=20)
    assert process.returncode == 0
    assert marked_processes(str(home.path)) == []
