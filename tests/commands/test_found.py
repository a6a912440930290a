"""`liuhen found`: a new home gets its authority and first operator, once, whatever goes wrong."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from liuhen.host.home import Home
from liuhen.host.locks import FileLock
from liuhen.host.postgres_roles import OWNER

LIUHEN = Path(sys.executable).with_name("liuhen")
PASSWORD = "ju-ti-de-mima-7"
FACTS = (
    "--name", "试验市城市管理委员会", "--code", "JG", "--prefix", "试城管",
    "--security", "sec", "--security-name", "沈安全",
)  # fmt: skip


def environment() -> dict[str, str]:
    """Ours without what the suite's own set-up put there."""
    return {key: value for key, value in os.environ.items() if not key.startswith("LIUHEN_")}


def found(home: Path, *more: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(LIUHEN), "found", "--home", str(home), *FACTS, *map(str, more)],
        env=environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def found_at_terminal(home: Path, *typed: str) -> tuple[int, str]:
    """Exit code and what the terminal showed, when a person types at each prompt in turn."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execve(str(LIUHEN), [str(LIUHEN), "found", "--home", str(home), *FACTS], environment())
    shown = b""
    answers = list(typed)
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        if select.select([terminal], [], [], 1)[0]:
            try:
                part = os.read(terminal, 4096)
            except OSError:  # the other end is closed
                break
            if not part:
                break
            shown += part
        if answers and shown.rstrip().endswith((b":", "：".encode())):
            os.write(terminal, answers.pop(0).encode() + b"\n")
            shown += b"<typed>"  # each prompt is answered once
    else:
        os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    os.close(terminal)
    return os.waitstatus_to_exitcode(status), shown.decode()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """A home as `liuhen serve` makes it; its database has no table yet. Runs for all tests here."""
    place = Home(tmp_path_factory.mktemp("found") / "home").create(origin="log.example.org/found")
    with place.cluster().running():
        yield place


@pytest.fixture
def password(tmp_path: Path) -> Path:
    path = tmp_path / "password"
    path.write_text(f"{PASSWORD}\n", "utf-8")
    return path


def people(home: Home) -> dict[str, str]:
    """Everybody's stored password, by user name; nobody while there is no table."""
    with psycopg.connect(home.cluster().dsn(role=OWNER)) as owner:
        if owner.execute("SELECT to_regclass('people_person')").fetchone() == (None,):
            return {}
        return dict(owner.execute("SELECT username, password FROM people_person").fetchall())


def test_without_a_home_it_says_how_to_make_one(tmp_path: Path) -> None:
    done = found(tmp_path / "nowhere")
    assert (done.returncode, done.stdout) == (2, "")
    assert "不是留痕的数据目录" in done.stderr and "liuhen serve" in done.stderr
    assert not (tmp_path / "nowhere").exists()


def test_while_a_server_is_starting_it_asks_to_wait(home: Home, password: Path) -> None:
    lock = FileLock(home.run_dir / "serve.lock")
    assert lock.take()
    try:
        done = found(home.path, "--password-file", password)
    finally:
        lock.close()
    assert done.returncode == 2
    assert "数据库还没有准备好" in done.stderr
    assert people(home) == {}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"kurz", "至少要10个字符"),
        (b"", "没有内容"),
        (b"\n" + PASSWORD.encode(), "没有内容"),
        (b"\xff\xfe\xff", "无法读取"),
        (None, "无法读取"),
    ],
)
def test_a_password_that_will_not_do_founds_nothing(
    home: Home, tmp_path: Path, content: bytes | None, said: str
) -> None:
    path = tmp_path / "password"
    if content is not None:
        path.write_bytes(content)
    done = found(home.path, "--password-file", path)
    assert done.returncode == 2 and said in done.stderr
    assert "Traceback" not in done.stderr
    assert people(home) == {}


def test_without_terminal_or_file_it_says_what_to_do(home: Home) -> None:
    done = found(home.path)
    assert done.returncode == 2 and "--password-file" in done.stderr
    assert people(home) == {}


def test_two_passwords_that_differ_found_nothing(home: Home) -> None:
    code, shown = found_at_terminal(home.path, PASSWORD, PASSWORD + "8")
    assert code == 2 and "两次输入的新密码不一致" in shown
    assert PASSWORD not in shown
    assert people(home) == {}


def test_typed_at_the_terminal_it_founds_once_and_the_database_keeps_it(
    home: Home, password: Path
) -> None:
    code, shown = found_at_terminal(home.path, PASSWORD, PASSWORD)
    assert (code, PASSWORD in shown) == (0, False), shown
    assert "安全管理员账号为 sec" in shown and "第二名安全管理员" in shown
    stored = people(home)
    assert set(stored) == {"system", "sec"}
    assert stored["sec"].startswith("argon2$argon2id$")
    again = found(home.path, "--password-file", password)
    assert again.returncode == 2 and "已经初始化" in again.stderr
    assert people(home) == stored
    with psycopg.connect(home.cluster().dsn(role=OWNER)) as owner:
        offices = owner.execute(
            "SELECT username, kind FROM people_office o JOIN people_person p ON p.id = o.person_id"
        ).fetchall()
        events = owner.execute("SELECT event FROM ledger_entry").fetchall()
        (profile,) = owner.execute("SELECT profile->>'authority' FROM people_unit").fetchone() or ()
    assert sorted(offices) == [("sec", "security_administrator"), ("system", "system")]
    assert events == [("authority.founded",)]
    assert profile == "试验市城市管理委员会"


def test_with_the_server_stopped_it_starts_the_database_itself(
    tmp_path: Path, password: Path
) -> None:
    place = Home(tmp_path / "home").create(origin="log.example.org/stopped")
    done = found(place.path, "--password-file", password, "--court", "试验市法院")
    assert done.returncode == 0, done.stderr
    assert not place.cluster().is_running
    with place.cluster().running(), psycopg.connect(place.cluster().dsn(role=OWNER)) as owner:
        row = owner.execute("SELECT profile->>'court', number_prefix FROM people_unit").fetchone()
    assert row == ("试验市法院", "试城管")
