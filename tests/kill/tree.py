"""`liuhen serve` as its operator has it: started, asked, killed with its whole tree. Not a test.

Every wait is for a condition; the limits are for a machine that is busy with something else.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from liuhen.host.home import Home
from liuhen.host.postgres import PostmasterFile
from liuhen.host.processes import marked_processes

LIUHEN = Path(sys.executable).with_name("liuhen")
ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 240.0


def environment(**more: str) -> dict[str, str]:
    """Ours without what the suite's own set-up put there; nothing spends time reading pictures."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("LIUHEN_")}
    return {**kept, "LIUHEN_READ_WORDS": "0", "LIUHEN_REQUESTS_PER_MINUTE": "1000000", **more}


def until(condition: Callable[[], object], what: str, seconds: float = PATIENCE) -> None:
    """Wait until `condition` holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"it did not come about: {what}"
        time.sleep(0.05)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def run_liuhen(*arguments: str | Path, **more: str) -> subprocess.CompletedProcess[str]:
    """A command of the product, to its end."""
    command = [str(LIUHEN), *map(str, arguments)]
    return subprocess.run(
        command, env=environment(**more), capture_output=True, text=True, check=False
    )


def status_of(url: str, patience_s: float = 10) -> int:
    """What an address answers; 0 when nobody does."""
    try:
        with urllib.request.urlopen(url, timeout=patience_s) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that waits to be buried doesn't."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


def below(pid: int) -> set[int]:
    """A process and its descendants that are alive."""
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            with suppress(OSError):
                parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
                children.setdefault(parent, []).append(int(folder.name))
    found, waiting = set[int](), [pid]
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += children.get(one, [])
    return {one for one in found if is_alive(one)}


def _signal_all(pids: set[int], how: signal.Signals) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, how)


def kill_all(pids: set[int]) -> None:
    """kill -9 of some processes."""
    _signal_all(pids, signal.SIGKILL)
    until(lambda: not any(map(is_alive, pids)), "the killed processes are gone")


@dataclass
class Tree:
    """One `liuhen serve` and everything it started."""

    home: Home
    port: int
    process: subprocess.Popen[bytes]
    log: Path
    variables: Mapping[str, str] = field(default_factory=dict)

    def again(self) -> Tree:
        """The same once more, not awaited."""
        return start(self.home, self.port, self.variables)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def await_ready(self) -> Tree:
        """Wait until pages are answered."""

        def answers() -> bool:
            assert self.process.poll() is None, self.said()
            return status_of(f"{self.url}/healthz") == 200

        until(answers, f"/healthz answers 200; {self.log}")
        return self

    def said(self) -> str:
        """The end of the log, without the requests that went well."""
        lines = self.log.read_text("utf-8", "replace").splitlines()
        told = [line for line in lines if "liuhen.request" not in line or "ERROR" in line]
        return "\n".join(told[-120:]) + "\n"

    def postmaster(self) -> int | None:
        """The database's first process while it lives."""
        written = PostmasterFile.read(self.home.postgres_dir)
        alive = written is not None and written.is_live_in(self.home.postgres_dir)
        return written.pid if written is not None and alive else None

    def child(self, name: str) -> int | None:
        """The process id of a child while it lives."""
        if name == "postgres":
            return self.postmaster()
        try:
            noted = json.loads((self.home.run_dir / "processes.json").read_text("utf-8"))
        except FileNotFoundError:
            return None
        pid = noted.get(name, {}).get("pid")
        return pid if pid is not None and is_alive(pid) else None

    def pids(self) -> set[int]:
        """Every living process of the tree, the database's as well."""
        roots = {self.process.pid, *marked_processes(str(self.home.path))}
        if (postmaster := self.postmaster()) is not None:
            roots.add(postmaster)
        return {pid for root in roots for pid in below(root)}

    def database(self) -> set[int]:
        """Every living process of the database."""
        postmaster = self.postmaster()
        return below(postmaster) if postmaster is not None else set()

    def kill(
        self, others: Collection[int] = (), meanwhile: Callable[[], object] = lambda: None
    ) -> int:
        """kill -9 of everything at one moment, and of `others`; how many processes that were.

        `meanwhile` happens at that moment: nobody moves any more.
        """
        stopped = set[int]()
        # first nobody may move, so that no process sees another one die
        while new := {*self.pids(), *filter(is_alive, others)} - stopped:
            _signal_all(new, signal.SIGSTOP)
            stopped |= new
        meanwhile()
        _signal_all(stopped, signal.SIGKILL)
        self.process.wait()
        until(lambda: not any(map(is_alive, stopped)), "the killed processes are gone")
        return len(stopped)

    def kill_all_of(self, pids: set[int]) -> None:
        """kill -9 of some of the tree."""
        kill_all(pids)

    def interrupt(self) -> int:
        """Ctrl-C; returns the exit code."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(PATIENCE)


def start(
    home: Home,
    port: int | None = None,
    variables: Mapping[str, str] | None = None,
    more: Sequence[str] = (),
    before: Sequence[str] = (),
) -> Tree:
    """`liuhen serve`, not awaited; `before` is what runs it in its place."""
    port = port or free_port()
    log = home.path.parent / "serve.log"
    command = (str(LIUHEN), "serve", "--home", str(home.path), "--port", str(port))
    with log.open("ab") as stream:
        process = subprocess.Popen(
            [*before, *command, *more],
            env=environment(**(variables or {})),
            stdout=stream,
            stderr=subprocess.STDOUT,
        )
    return Tree(home, port, process, log, variables or {})


def in_home(home: Home, code: str, **more: str) -> str:
    """Run Python with the product set up on a home whose database runs; what it printed."""
    named = {"LIUHEN_HOME": str(home.path), "DJANGO_SETTINGS_MODULE": "liuhen.settings"}
    done = subprocess.run(
        [sys.executable, "-c", f"import django\ndjango.setup()\n{code}"],
        env=environment(**named, **more),
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


# An hour ago, so that a case of the last minutes has officers who were appointed before it; or more
# than a year, for records whose period is over (`old_records`).
AN_HOUR, MORE_THAN_A_YEAR = 1, 451 * 24
FOUND_WORLD = """
import datetime as dt
from liuhen.demo.people import found_world
from liuhen.kernel import clock
with clock.frozen(clock.now() - dt.timedelta(hours={hours})):
    found_world()
"""


def founded(home: Home, **more: str) -> None:
    """Register the fictional authority in a home whose database runs and is migrated."""
    in_home(home, FOUND_WORLD.format(hours=AN_HOUR), **more)


def made_home(path: Path, hours: int = AN_HOUR) -> Home:
    """A real home with its own durable database and the fictional authority; not served.

    It was founded so many hours ago.
    """
    home = Home(path).create()
    with home.cluster().running():
        done = run_liuhen("migrate", "--home", path, LIUHEN_AS_OWNER="1")
        assert done.returncode == 0, done.stderr[-3000:]
        in_home(home, FOUND_WORLD.format(hours=hours))
    return home


def copied_home(pattern: Home, path: Path) -> Home:
    """A copy of a home that isn't served, with owners and modes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["cp", "-a", str(pattern.path), str(path)], check=True)
    return Home(path)


def sockets_of(home: Home) -> list[Path]:
    """What is left of the folders of the database's socket."""
    from liuhen.host.postgres_socket import socket_names  # noqa: PLC0415 - one use

    return [path for path in socket_names(home.postgres_dir) if path.exists()]
