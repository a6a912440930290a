"""What `liuhen serve` consists of: which processes, with which commands, for which address.

Not for keeping them running: that is `supervisor`. The list of children is data; another door
(a recorder of cameras) joins by one line in `children`.
"""

from __future__ import annotations

import errno
import http.client
import os
import socket
import ssl
import sys
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

from liuhen.host import tls
from liuhen.host.home import Home
from liuhen.host.logbook import Logbook
from liuhen.host.processes import Child
from liuhen.host.supervisor import Place, Plan, Supervisor
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused

APPLICATION = "liuhen.web.wsgi:application"
BLOCKING_THREADS = 64
# So many of them may wait for those who send: uploads and media, forms (from one address fewer),
# and what is still sent after a refusal. The rest is free for pages.
STREAMS, BODIES, BODIES_OF_ONE, DRAINED = 40, 12, 8, 4
# as much as `recordings.receiving` asks for: more only lies in memory, for each line
READ_BUFFER = 128 << 10
READINESS_SECONDS = 0.5
# What `liuhen serve --only` may name.
PARTS = ("web", "worker", "sequencer", "recorder")
# How often a certificate is looked at, and what a cache holds too long.
TIDY_SECONDS = 600.0
# The C library keeps freed memory for each thread: what many threads once needed would stay with
# the process. Large pieces go back at once, and threads share two heaps. What a heap keeps free at
# its end is enough for the next pieces of a line, which else asked the system for each anew.
FRUGAL = {
    "MALLOC_ARENA_MAX": "2",
    "MALLOC_MMAP_THRESHOLD_": str(1 << 20),
    "MALLOC_TRIM_THRESHOLD_": str(4 << 20),
}


@dataclass(frozen=True)
class Address:
    """Where pages are answered; `files` is None without TLS."""

    host: str
    port: int
    name: str
    files: tls.ServerFiles | None = None

    @property
    def url(self) -> str:
        """What to open in a browser."""
        scheme, default = ("https", 443) if self.files else ("http", 80)
        shown = f"[{self.name}]" if ":" in self.name else self.name
        return f"{scheme}://{shown}" + ("" if self.port == default else f":{self.port}")


def liuhen(command: str, home: Place, *rest: str) -> tuple[str, ...]:
    """The command line of one of our own commands, run by this Python."""
    script = Path(sys.executable).with_name("liuhen")
    # run by its path, because the first line of a script has room for short paths only
    start = [str(script)] if script.exists() else ["-c", "import liuhen.commands as c; c.main()"]
    return (sys.executable, *start, *command.split(), "--home", str(home.path), *rest)


def web_command(address: Address, application: str = APPLICATION) -> tuple[str, ...]:
    """The command line of the web server."""
    options = {
        "interface": "wsgi",
        "host": address.host,
        "port": str(address.port),
        "workers": str(min(4, max(1, (os.cpu_count() or 1) // 2))),
        "blocking-threads": str(BLOCKING_THREADS),
        "http": "1",
        "http1-buffer-size": str(READ_BUFFER),
        "log-level": "error",
    }
    if address.files is not None:
        options |= {
            "ssl-certificate": str(address.files.certificate),
            "ssl-keyfile": str(address.files.key),
            "ssl-protocol-min": "tls1.2",
        }
    flags = [part for name, value in options.items() for part in (f"--{name}", value)]
    return (sys.executable, "-m", "granian", *flags, "--no-ws", application)


def children(home: Home, address: Address, parts: Collection[str] = PARTS) -> list[Child]:
    """The processes beside the database, those of `parts` only.

    Pages leave notes while the database is away, which a sequencer enters: it is with them always.
    """
    # what serves strangers is not given the owner's password
    environment = {
        "LIUHEN_HOME": str(home.path),
        "LIUHEN_DATABASE_OWNER_URL": "",
        "LIUHEN_PUBLIC_URL": os.environ.get("LIUHEN_PUBLIC_URL") or address.url,
    }
    web = {**FRUGAL, **environment}
    if address.files:
        web["LIUHEN_TLS_HOST"] = address.name
    found = [
        Child("web", web_command(address), web),
        # pages first: starting all three at once on two cores makes people wait twice as long
        Child("worker", liuhen("worker", home), environment, stop_seconds=30.0, yields=True),
        Child("sequencer", liuhen("sequencer", home), environment, yields=True),
        Child("recorder", liuhen("recorder", home), environment, stop_seconds=30.0, yields=True),
    ]
    wanted = {*parts, *(("sequencer",) if "web" in parts else ())}
    return [child for child in found if child.name in wanted]


def migration(home: Home) -> Child:
    """The process that brings the database to this version, as the owner of its tables.

    The embedded database must be running.
    """
    environment = {"LIUHEN_HOME": str(home.path), "LIUHEN_AS_OWNER": "1"}
    return Child("migrate", liuhen("migrate", home), environment)


def checking(home: Home) -> Child:
    """The process that looks whether somebody else brought the database to this version."""
    return Child("check", liuhen("migrate", home, "--check"), {"LIUHEN_HOME": str(home.path)})


class Readiness:
    """Asks `/healthz`, not too often; True from the first answer 200."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self._due = 0.0

    def __call__(self) -> bool:
        if clock.monotonic() < self._due:
            return False
        self._due = clock.monotonic() + READINESS_SECONDS
        connection = self._connection()
        try:
            connection.request("GET", "/healthz", headers={"Host": self._address.name})
            return connection.getresponse().status == http.client.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def _connection(self) -> http.client.HTTPConnection:
        here = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self._address.host, self._address.host)  # noqa: S104
        if self._address.files is None:
            return http.client.HTTPConnection(here, self._address.port, timeout=2)
        # our own server under an address its certificate need not carry: only whether it answers
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        return http.client.HTTPSConnection(here, self._address.port, timeout=2, context=context)


def check_port(address: Address) -> None:
    """Refuse an address that can't be listened on.

    Raises:
        Refused: `serve.port_taken`, `serve.port_forbidden`, `serve.host_unknown`.
    """
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address.host, address.port))
        except OSError as error:
            code = {
                errno.EADDRINUSE: "serve.port_taken",
                errno.EACCES: "serve.port_forbidden",
            }.get(error.errno or 0, "serve.host_unknown")
            raise Refused(code, port=address.port, host=address.host) from error


def address_for(home: Home, *, host: str | None, port: int, tls_host: str | None) -> Address:
    """Where to listen: this machine only without TLS, every interface with it, unless told."""
    if tls_host is None:
        chosen = host or "127.0.0.1"
        return Address(chosen, port, "127.0.0.1" if chosen == "0.0.0.0" else chosen)  # noqa: S104
    files = tls.server_files(home.secrets, tls_host)
    return Address(host or "0.0.0.0", port, tls.checked_host(tls_host), files)  # noqa: S104


def serve(
    home: Home,
    address: Address,
    *,
    terminal: Callable[[str], None],
    on_ready: Callable[[], None],
    parts: Collection[str] = PARTS,
    tidy: Callable[[], object] = lambda: None,
) -> None:
    """Run everything, or some `parts` of it, until a signal. The home must exist.

    `tidy` is called now and then. With parts the database is outside and brought to this version
    by whoever has its owner's address.

    Raises:
        Refused: as `Supervisor.run`, `check_port`, `Home.open`.
    """
    home.open()
    outside, pages = os.environ.get("LIUHEN_DATABASE_URL"), "web" in parts
    is_owner = set(parts) == set(PARTS) or bool(os.environ.get("LIUHEN_DATABASE_OWNER_URL"))
    renewal = Renewal(home, address)

    def stale() -> set[str]:
        tidy()
        return renewal() if pages else set()

    plan = Plan(
        children=children(home, address, parts),
        cluster=None if outside else home.cluster(),
        check=(lambda: check_port(address)) if pages else lambda: None,
        preparation=lambda: (migration if is_owner else checking)(home),
        is_ready=Readiness(address) if pages else lambda: True,
        on_ready=on_ready,
        stale=stale,
        stale_seconds=TIDY_SECONDS,
    )
    Supervisor(home, plan, Logbook(home.log_dir / "liuhen.log", terminal)).run()


class Renewal:
    """Renews the certificate when that is due; names the web server when its files have changed."""

    def __init__(self, home: Home, address: Address) -> None:
        self._home = home
        self._address = address
        self._served = address.files and address.files.certificate.read_bytes()

    def __call__(self) -> set[str]:
        if self._address.files is None:
            return set()
        files = tls.server_files(self._home.secrets, self._address.name)
        found = files.certificate.read_bytes()
        changed, self._served = found != self._served, found
        return {"web"} if changed else set()
