"""The doctor names what is wrong with a home that is stopped or broken, and what to do."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.waiting import until

from liuhen.host import locks, signs
from liuhen.host.examining import WAY_BACK, examine
from liuhen.host.home import Home
from liuhen.host.locks import FileLock
from liuhen.host.postgres import PostmasterFile
from liuhen.host.signs import GREEN, RED, UNKNOWN, YELLOW, Sign
from liuhen.host.tls import server_files
from liuhen.kernel import clock

LIUHEN = Path(sys.executable).with_name("liuhen")


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose database was made, used and cleanly stopped."""
    home = Home(tmp_path_factory.mktemp("examined") / "home").create(origin="log.example.org/x")
    with home.cluster().running():
        pass
    return home.path


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home whose database nobody made yet."""
    return Home(tmp_path / "home").create(origin="log.example.org/x")


@pytest.fixture
def used(pristine: Path) -> Iterator[Home]:
    folder = Path(tempfile.mkdtemp(prefix="liuhen-examined-"))
    subprocess.run(["cp", "-a", str(pristine), str(folder / "home")], check=True)
    yield Home(folder / "home")
    shutil.rmtree(folder)


def sign(home: Home, name: str) -> Sign:
    (found,) = [one for one in examine(home) if one.name == name]
    return found


def test_a_stopped_sound_home_needs_nobody(used: Home) -> None:
    found = {one.name: one.lamp for one in examine(used)}
    assert found["home"] == found["folders"] == found["secrets"] == GREEN
    assert found["database.files"] == GREEN
    assert found["server"] == UNKNOWN


def test_a_folder_that_is_no_home_is_told_so_and_nothing_else(tmp_path: Path) -> None:
    (only,) = examine(Home(tmp_path))
    assert only.lamp == RED and only.remedy
    assert not list(tmp_path.iterdir())


def test_a_home_toml_of_rubbish_is_told_so(home: Home) -> None:
    (home.path / "home.toml").write_text("format = [", "utf-8")
    (only,) = examine(home)
    assert (only.name, only.lamp) == ("home", RED)


@pytest.mark.parametrize(("mode", "lamp"), [(0o600, GREEN), (0o640, RED), (0o604, RED)])
def test_a_key_others_may_read_is_named(home: Home, mode: int, lamp: str) -> None:
    (home.secrets.folder / "log.pem").chmod(mode)
    found = sign(home, "secrets")
    assert found.lamp == lamp
    assert ("log.pem" in found.words) == (lamp == RED)


def test_a_lost_folder_of_secrets_is_a_matter_of_the_backup(home: Home) -> None:
    shutil.rmtree(home.secrets.folder)
    assert "备份" in sign(home, "secrets").remedy


def test_one_flipped_bit_of_a_table_is_found_and_the_way_back_told(used: Home) -> None:
    table = max(used.postgres_dir.glob("base/*/*"), key=lambda path: path.stat().st_size)
    raw = bytearray(table.read_bytes())
    raw[len(raw) // 2] ^= 1
    table.write_bytes(raw)
    found = sign(used, "database.files")
    assert found.lamp == RED and "1 块" in found.words and table.name in found.words
    assert found.remedy == WAY_BACK


@pytest.mark.parametrize("lost", ["global/pg_control", "PG_VERSION"])
def test_a_lost_file_of_the_cluster_is_found(used: Home, lost: str) -> None:
    (used.postgres_dir / lost).unlink()
    found = sign(used, "database.files")
    assert found.lamp == RED and found.remedy == WAY_BACK


def test_a_control_file_of_zeros_is_found(used: Home) -> None:
    (used.postgres_dir / "global" / "pg_control").write_bytes(bytes(8192))
    assert sign(used, "database.files").lamp == RED


def test_a_cluster_killed_a_moment_ago_mends_itself(used: Home) -> None:
    used.cluster().start()
    written = PostmasterFile.read(used.postgres_dir)
    assert written is not None
    assert sign(used, "database.files").words.startswith("数据库正在运行")
    os.kill(written.pid, signal.SIGKILL)
    until(lambda: not locks.is_held(used.run_dir / "postgres.alive"))
    found = sign(used, "database.files")
    assert found.lamp == YELLOW and "断电" in found.words and "liuhen serve" in found.remedy


def test_a_second_server_on_one_folder_is_told_who_has_it(home: Home) -> None:
    lock = FileLock(home.run_dir / "serve.lock")
    assert lock.take()
    lock.note("PID 4711")
    found = sign(home, "server")
    lock.close()
    assert "4711" in found.words and "不能再启动第二个" in found.words
    assert sign(home, "server").lamp == UNKNOWN


def test_processes_of_a_killed_run_are_named(home: Home) -> None:
    left = subprocess.Popen(
        ["sleep", "60"], env={**os.environ, "LIUHEN_TREE": str(home.path)}, start_new_session=True
    )
    try:
        found = sign(home, "server")
    finally:
        left.kill()
        left.wait()
    assert found.lamp == YELLOW and str(left.pid) in found.words


@pytest.mark.parametrize(
    ("free", "lamp"),
    [(2 * 10**9 - 1, RED), (2 * 10**9, YELLOW), (10**11 - 1, YELLOW), (10**11, GREEN)],
)
def test_a_disk_is_judged_by_what_is_left(
    home: Home, monkeypatch: pytest.MonkeyPatch, free: int, lamp: str
) -> None:
    usage = shutil._ntuple_diskusage(10**12, 10**12 - free, free)
    monkeypatch.setattr(signs.shutil, "disk_usage", lambda path: usage)  # type: ignore[attr-defined]
    (disk,) = [one for one in signs.machine_signs(home, {}) if one.name.startswith("disk.")]
    assert disk.lamp == lamp
    assert bool(disk.remedy) == (lamp != GREEN)


def test_a_second_store_that_is_not_mounted_is_red(home: Home) -> None:
    told = signs.machine_signs(home, {"LIUHEN_SECOND_STORE": str(home.path / "nowhere")})
    (second,) = [one for one in told if one.name == "disk.second"]
    assert second.lamp == RED and "挂载" in second.remedy


def test_what_a_killed_service_noted_of_its_processes_is_old(home: Home) -> None:
    (home.run_dir / "processes.json").write_text('{"worker": {"pid": 4194304, "restarts": 0}}')
    assert "processes" not in {one.name for one in signs.machine_signs(home, {})}
    lock = FileLock(home.run_dir / "serve.lock")
    assert lock.take()
    found = sign(home, "processes")
    lock.close()
    assert found.lamp == RED and "worker" in found.words


def test_who_renews_a_certificate_that_ends_is_told(home: Home) -> None:
    end = server_files(home.secrets, "amt.test", {}).expires_at
    with clock.frozen(end - dt.timedelta(days=8)):
        stopped = certificate(home, {})
        lock = FileLock(home.run_dir / "serve.lock")
        assert lock.take()
        served = certificate(home, {})
        lock.close()
        named = str(home.secrets.folder / "tls-server.crt")
        own = certificate(home, {"LIUHEN_TLS_CERTIFICATE": named})
    assert stopped.lamp == served.lamp == own.lamp == YELLOW
    assert "启动服务时自动续期" in stopped.remedy
    assert "本应自动续期" in served.remedy
    assert "签发机构" in own.remedy and "不用重新启动" in own.remedy


def certificate(home: Home, environment: dict[str, str]) -> Sign:
    (found,) = [one for one in signs.machine_signs(home, environment) if one.name == "certificate"]
    return found


def doctor(home: Home) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("LIUHEN_")}
    return subprocess.run(
        [str(LIUHEN), "doctor", "--home", str(home.path)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_command_asks_nobody_to_look_after_a_service_that_was_stopped(used: Home) -> None:
    done = doctor(used)
    assert "服务没有运行，内置数据库也就没有启动" in done.stdout
    assert "自动重新启动" not in done.stdout, done.stdout
    assert "✗" not in done.stdout, done.stdout


def test_the_command_says_what_to_do_and_exits_with_1(home: Home) -> None:
    (home.secrets.folder / "log.pem").chmod(0o644)
    done = doctor(home)
    assert done.returncode == 1, done.stderr
    first, second = done.stdout.splitlines()[:2]
    assert first.startswith("✗ 要处理") and "log.pem" in first
    assert "chmod" in second or "权限" in second
