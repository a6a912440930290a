"""Start and stop one PostgreSQL cluster over a unix socket. Not for what is in the database.

Three locks beside the cluster, all dropped by the kernel when their holder dies:

- `postgres.deciding`: held for the moments in which someone looks, starts or stops;
- `postgres.users`: shared by everyone who uses the cluster; the last one out stops it;
- `postgres.alive`: inherited by the postmaster and its children, so it is free exactly when no
  process of this cluster runs. After `kill -9` this tells adopting from starting, where a process
  id in a file could have been reused.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from time import sleep
from urllib.parse import quote

from liuhen.host import postgres_files, postgres_roles, processes
from liuhen.host.disk import refusing
from liuhen.host.locks import FileLock, is_free
from liuhen.host.postgres_binaries import ENVIRONMENT, Binaries, find_binaries
from liuhen.host.postgres_refusals import refusal_from_log
from liuhen.host.postgres_socket import make_socket_dir, socket_names
from liuhen.host.secret_files import SecretFiles, make_folder
from liuhen.kernel import clock
from liuhen.kernel.refusals import Fault, Refused

START_SECONDS = 1800.0
STOP_SECONDS = 90.0
LOG_LIMIT_BYTES = 16 * 1024 * 1024
# What a throwaway cluster may come to hold: some copies of a small database, and its log.
_THROWAWAY_ROOM = 2 << 30


class GivenUpError(Exception):
    """The start was called off while it waited; the server may still be coming up."""


@dataclass(frozen=True)
class PostmasterFile:
    """What a running postmaster writes about itself into `postmaster.pid`."""

    pid: int
    socket_dir: Path
    status: str

    @classmethod
    def read(cls, data_dir: Path) -> PostmasterFile | None:
        """The file's content; None when there is none or it is still being written."""
        try:
            lines = (data_dir / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return None
        if len(lines) < 8:
            return None
        return cls(int(lines[0]), Path(lines[4]), lines[7].strip())

    def is_live_in(self, data_dir: Path) -> bool:
        """Whether that process lives and works in `data_dir` (a reused id does not)."""
        try:
            return Path(f"/proc/{self.pid}/cwd").samefile(data_dir)
        except (FileNotFoundError, PermissionError, ProcessLookupError):
            return False

    def refuse_paused(self) -> None:
        """Refuse a server of which somebody has stopped a process by a signal: it never answers.

        Raises:
            Refused: `postgres.paused`.
        """
        if found := processes.paused(self.pid):
            raise Refused("postgres.paused", count=len(found), pids=" ".join(map(str, found)))


class Cluster:
    """One PostgreSQL cluster in `data_dir`.

    `throwaway` trades durability for speed and ties the server's life to this process: for tests.
    Without `secrets`, `run_dir` and `log_path` they stand beside `data_dir`. `is_called_off` is
    asked while a start waits; when it says True, the start ends with `GivenUpError`.
    """

    def __init__(
        self,
        data_dir: Path,
        *,
        secrets: SecretFiles | None = None,
        run_dir: Path | None = None,
        log_path: Path | None = None,
        throwaway: bool = False,
    ) -> None:
        beside = data_dir.absolute().parent
        self.data_dir = data_dir.absolute()
        self.secrets = secrets or SecretFiles(beside / "secrets")
        self.run_dir = run_dir or beside / "run"
        self.log_path = log_path or beside / "log" / "postgres.log"
        self.throwaway = throwaway
        self.is_called_off: Callable[[], bool] = lambda: False
        self._users = FileLock(self.run_dir / "postgres.users")
        self._process: subprocess.Popen[bytes] | None = None
        self._found: Binaries | None = None

    @property
    def is_running(self) -> bool:
        """Whether a postmaster serves this folder and accepts connections."""
        written = self._live()
        return written is not None and written.status == "ready"

    def ensure_initialised(self) -> None:
        """Make the cluster's files when there are none. Safe to call again and from two processes.

        Raises:
            Refused: `postgres.other_version`, `postgres.damaged`, `postgres.no_binaries`,
                `postgres.no_account`, `host.disk_full`, `host.not_writable`.
        """
        with self._deciding():
            self._initialise_if_needed()

    def start(self) -> None:
        """Use the cluster: adopt a live postmaster or start one, and wait until it answers.

        Roles and database exist afterwards. Calling it again is harmless.

        Raises:
            Refused: as `ensure_initialised`, and `postgres.busy`, `postgres.not_started`,
                `postgres.paused`.
        """
        with self._deciding():
            if not self._users.is_held:
                self._users.take(shared=True)
            try:
                self._initialise_if_needed()
                self._run_until_it_answers()
            except BaseException:
                self._users.close()
                raise

    def stop(self) -> None:
        """Stop using the cluster; the last user of all processes shuts it down (fast, clean).

        Raises:
            Fault: the server neither stops nor lets itself be stopped.
        """
        with self._deciding():
            self._users.close()
            with is_free(self._users.path) as is_last:
                if is_last:
                    self._shut_down()

    @contextmanager
    def running(self) -> Iterator[Cluster]:
        """Use the cluster for the block: whoever started it, it runs in here."""
        self.start()
        try:
            yield self
        finally:
            self.stop()

    def dsn(self, dbname: str = postgres_roles.DATABASE, role: str = postgres_roles.SERVER) -> str:
        """A connection URL over the socket, password included; roles as in `postgres_roles`."""
        secret = ""
        if role != postgres_roles.SUPERUSER:
            secret = ":" + quote(self.secrets.password(role), safe="")
        host = quote(str(self._socket_dir()), safe="")
        return f"postgresql://{quote(role)}{secret}@/{quote(dbname)}?host={host}"

    @contextmanager
    def _deciding(self) -> Iterator[None]:
        lock = FileLock(self.run_dir / "postgres.deciding")
        with refusing(self.data_dir):
            make_folder(self.run_dir)
            make_folder(self.log_path.parent)
            self.secrets.create_folder()
            if not lock.take(wait_seconds=START_SECONDS, pause=self._pause):
                raise Refused("postgres.busy", folder=str(self.data_dir))
            try:
                yield
            finally:
                lock.close()

    def _pause(self, seconds: float) -> None:
        if self.is_called_off():
            raise GivenUpError
        sleep(seconds)

    @property
    def _binaries(self) -> Binaries:
        if self._found is None:
            self._found = find_binaries()
        return self._found

    def _initialise_if_needed(self) -> None:
        if not postgres_files.is_initialised(self.data_dir, self._binaries.major):
            # an earlier start that was killed may still be at it
            with self._holding_alive(wait_seconds=60) as alive:
                postgres_files.initialise(
                    self.data_dir, self._binaries, throwaway=self.throwaway, inherited=alive
                )

    @contextmanager
    def _holding_alive(self, wait_seconds: float) -> Iterator[int]:
        """Hold the lock that says a process of this cluster lives, to be handed to one."""
        alive = FileLock(self._alive_path)
        if not alive.take(wait_seconds=wait_seconds, pause=self._pause):
            raise Refused("postgres.busy", folder=str(self.data_dir))
        try:
            yield alive.fileno()
        finally:
            alive.close()

    # --- starting

    def _run_until_it_answers(self) -> None:
        for attempt in range(3):
            if not self._is_settled_live():
                self._launch()
            try:
                postgres_roles.ensure_roles(self._socket_dir(), self.secrets)
            except Refused:
                # a server that was killed a moment ago still looks alive: look again
                sleep(0.5)
                if attempt == 2 or self.is_running:
                    raise
            else:
                return

    def _is_settled_live(self) -> bool:
        """Wait out a server that is starting or dying; then: True it answers, False none runs."""
        deadline = clock.monotonic() + START_SECONDS
        while clock.monotonic() < deadline:
            written = self._live()
            if written is not None:
                if written.status == "ready":
                    written.refuse_paused()
                    return True
            else:
                with is_free(self._alive_path) as is_dead:
                    if is_dead:
                        # its process id may be somebody else's by now, and would stop PostgreSQL
                        (self.data_dir / "postmaster.pid").unlink(missing_ok=True)
                        return False
            self._pause(0.05)
        raise Refused("postgres.busy", folder=str(self.data_dir))

    @property
    def _alive_path(self) -> Path:
        return self.run_dir / "postgres.alive"

    def _launch(self) -> None:
        account = self._binaries.account
        socket_dir = make_socket_dir(self.data_dir, account)
        postgres_files.write_settings(self.data_dir, account, socket_dir, throwaway=self.throwaway)
        with (
            self._holding_alive(wait_seconds=5) as alive,
            postgres_files.opened_folder(self.data_dir) as (descriptor, name),
            self._opened_log() as log,
        ):
            log_start = os.fstat(log).st_size
            self._process = subprocess.Popen(
                self._command(name),
                cwd="/",
                env=ENVIRONMENT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=(descriptor, alive),
                # the terminal's Ctrl-C is ours to pass on, after everyone has disconnected
                start_new_session=True,
            )
        try:
            self._await_ready(self._process, log_start)
        except Refused:
            shutil.rmtree(socket_dir, ignore_errors=True)
            raise

    def _command(self, data_dir: str) -> list[str]:
        command = self._binaries.command("postgres", "-D", data_dir)
        setpriv = shutil.which("setpriv") if self.throwaway else None
        if setpriv is None:
            return command
        # after the change of account, which would clear it: stop at once when our process dies
        place = len(self._binaries.account.prefix)
        return [*command[:place], setpriv, "--pdeathsig", "QUIT", "--", *command[place:]]

    def _await_ready(self, process: subprocess.Popen[bytes], log_start: int) -> None:
        deadline = clock.monotonic() + START_SECONDS
        while clock.monotonic() < deadline:
            written = PostmasterFile.read(self.data_dir)
            if written is not None and written.status == "ready" and written.pid == process.pid:
                return
            if process.poll() is not None:
                with self.log_path.open("rb") as log:
                    log.seek(log_start)
                    said = log.read().decode("utf-8", "replace")
                raise refusal_from_log(said, self.data_dir)
            self._pause(0.02)
        raise Refused("postgres.busy", folder=str(self.data_dir))

    @contextmanager
    def _opened_log(self) -> Iterator[int]:
        if self.log_path.exists() and self.log_path.stat().st_size > LOG_LIMIT_BYTES:
            self.log_path.replace(self.log_path.with_suffix(".log.1"))
        log = os.open(self.log_path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            yield log
        finally:
            os.close(log)

    def _socket_dir(self) -> Path:
        written = PostmasterFile.read(self.data_dir)
        return written.socket_dir if written is not None else next(socket_names(self.data_dir))

    # --- stopping

    def _shut_down(self) -> None:
        written = self._live()
        # called off right after its start, it has not written its file yet
        pid = written.pid if written else self._process.pid if self._process else None
        socket_dir = self._socket_dir()
        for one in processes.paused(pid) if pid is not None else ():
            with suppress(ProcessLookupError):
                os.kill(one, signal.SIGCONT)
        for how, seconds in ((signal.SIGINT, STOP_SECONDS), (signal.SIGQUIT, STOP_SECONDS / 3)):
            if pid is None or self._is_gone_within(0):
                break
            with suppress(ProcessLookupError):
                os.kill(pid, how)
            if self._is_gone_within(seconds):
                break
        else:
            raise Fault(f"PostgreSQL {pid} does not stop: {self.data_dir}")
        if self._process is not None:
            self._process.wait()
            self._process = None
        shutil.rmtree(socket_dir, ignore_errors=True)

    def _live(self) -> PostmasterFile | None:
        written = PostmasterFile.read(self.data_dir)
        return written if written is not None and written.is_live_in(self.data_dir) else None

    def _is_gone_within(self, seconds: float) -> bool:
        deadline = clock.monotonic() + seconds
        while True:
            if self._live() is None:
                with is_free(self._alive_path) as is_dead:
                    if is_dead:
                        return True
            if clock.monotonic() >= deadline:
                return False
            sleep(0.02)


@contextmanager
def throwaway_cluster() -> Iterator[Cluster]:
    """A fast cluster without durability in a temporary folder, gone after the block: for tests."""
    folder = Path(tempfile.mkdtemp(prefix="liuhen-throwaway-", dir=_throwaway_place()))
    try:
        with Cluster(folder / "postgres", throwaway=True).running() as cluster:
            yield cluster
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _throwaway_place() -> str:
    """Memory where it has room: copying a database there costs a twentieth of what a disk asks."""
    memory = Path("/dev/shm")  # noqa: S108 - the folder made there has a random name
    with suppress(OSError):
        told = os.statvfs(memory)
        if told.f_bavail * told.f_frsize >= _THROWAWAY_ROOM and os.access(memory, os.W_OK):
            return str(memory)
    return "/tmp"  # noqa: S108
