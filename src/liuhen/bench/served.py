"""A throwaway home served for a benchmark, and a signed-in client of it. Loopback only."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

from liuhen.demo.days import PASSWORD_OF_DEMO
from liuhen.kernel.refusals import Fault

SCRIPT = Path(sys.executable).with_name("liuhen")
READY_SECONDS = 180
TEXT = "application/x-www-form-urlencoded"


class Client:
    """A browser's worth of HTTP: one connection, cookies, CSRF."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.cookies: dict[str, str] = {}
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)

    def headers(self, **more: str) -> dict[str, str]:
        """Cookies, CSRF token and what is given."""
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        token = self.cookies.get("csrftoken", "")
        origin = f"http://127.0.0.1:{self.port}"
        return {"Cookie": cookie, "X-CSRFToken": token, "Origin": origin, **more}

    def ask(
        self, method: str, path: str, body: bytes | None = None, **more: str
    ) -> tuple[http.client.HTTPResponse, bytes]:
        """One request; the answer is read whole.

        Like a browser, it asks again where a connection that was kept had been closed meanwhile,
        and posts on a connection of which it knows that it is open.
        """
        if method == "POST":
            self.connection.close()
        try:
            answer = self._asked(method, path, body, more)
        except http.client.RemoteDisconnected:
            if method != "GET":
                raise
            self.connection.close()
            answer = self._asked(method, path, body, more)
        content = answer.read()
        for line in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = line.split(";", 1)[0].partition("=")
            self.cookies[name] = value
        return answer, content

    def _asked(
        self, method: str, path: str, body: bytes | None, more: dict[str, str]
    ) -> http.client.HTTPResponse:
        self.connection.request(method, path, body=body, headers=self.headers(**more))
        return self.connection.getresponse()

    def sign_in(self, username: str) -> None:
        """Sign in with the demonstration's password."""
        _, page = self.ask("GET", "/accounts/login/")
        found = re.search(rb'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        if found is None:
            raise Fault("the sign-in page has no token")
        form = {
            "csrfmiddlewaretoken": found.group(1).decode(),
            "login": username,
            "password": PASSWORD_OF_DEMO,
        }
        answer, _ = self.ask(
            "POST", "/accounts/login/", urlencode(form).encode(), **{"Content-Type": TEXT}
        )
        if answer.status != http.HTTPStatus.FOUND:
            raise Fault(f"sign-in answered {answer.status}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def served_demo() -> Iterator[tuple[int, int, Path]]:
    """A demonstration home served on loopback: (port, process id of the tree, home)."""
    with tempfile.TemporaryDirectory(prefix="liuhen-bench-") as folder:
        home = Path(folder) / "home"
        demo = [sys.executable, str(SCRIPT), "demo", "--home", str(home)]
        subprocess.run(demo, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        with served(home) as (port, tree):
            yield port, tree, home


@contextmanager
def served(home: Path) -> Iterator[tuple[int, int]]:
    """A home served on loopback: (port, process id of the tree). Its database must not run."""
    port = _free_port()
    serve = [sys.executable, str(SCRIPT), "serve", "--home", str(home), "--port", str(port)]
    environment = {key: value for key, value in os.environ.items() if key != "LIUHEN_HOME"}
    environment["LIUHEN_REQUESTS_PER_MINUTE"] = "1000000"  # a few stand for many
    tree = subprocess.Popen(
        serve, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment
    )
    try:
        _await(port)
        yield port, tree.pid
    finally:
        tree.send_signal(signal.SIGTERM)
        tree.wait(60)


def _await(port: int) -> None:
    for _ in range(READY_SECONDS * 4):
        try:
            answer, _ = Client(port).ask("GET", "/healthz")
        except OSError:
            answer = None
        if answer is not None and answer.status == http.HTTPStatus.OK:
            return
        time.sleep(0.25)
    raise Fault("the server did not become ready")


def processes(tree: int, part: str) -> list[int]:
    """The process ids of a tree whose command names `part`, at least one."""
    found = [pid for pid in below(tree) if part in _command(pid)]
    if not found:
        raise Fault(f"no process of {part} runs")
    return found


def memory_mb(pids: Sequence[int]) -> float:
    """Peak resident memory of the largest of these processes, MB."""
    return max(map(_peak_kb, pids)) / 1024


def processor_s(pids: Sequence[int]) -> float:
    """Processor time that these processes have used so far, seconds."""
    ticks = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def held_mb(tree: int) -> float:
    """Memory a whole tree holds now, pages that processes share counted once, MB."""
    return sum(_shared_out_kb(pid) for pid in below(tree)) / 1024


def below(tree: int) -> list[int]:
    """The process ids of a tree, its root first."""
    children: dict[int, list[int]] = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        children.setdefault(int(fields[1]), []).append(int(status.parent.name))
    found, waiting = [], [tree]
    while waiting:
        pid = waiting.pop()
        found.append(pid)
        waiting += children.get(pid, [])
    return found


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def _peak_kb(pid: int) -> int:
    return _kb_in(Path(f"/proc/{pid}/status"), "VmHWM")


def _shared_out_kb(pid: int) -> int:
    return _kb_in(Path(f"/proc/{pid}/smaps_rollup"), "Pss")


def _kb_in(file: Path, line: str) -> int:
    try:
        text = file.read_text()
    except OSError:  # it has ended
        return 0
    found = re.search(rf"^{line}:\s+(\d+) kB", text, re.MULTILINE)
    return 0 if found is None else int(found.group(1))
