"""Keeps one tree of processes running: the database, then its children, until told to stop.

Knows nothing of what the children do; `server` says which there are. A child that dies is started
again, later each time. Ctrl-C, SIGTERM and SIGHUP stop everything, the database last.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import sleep
from types import FrameType
from typing import Protocol

from liuhen.host import processes
from liuhen.host.locks import FileLock
from liuhen.host.logbook import Logbook
from liuhen.host.postgres import Cluster, GivenUpError
from liuhen.host.processes import Child
from liuhen.host.secret_files import write_durably
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
TICK_SECONDS = 0.2
FIRST_DELAY_SECONDS = 0.5
LONGEST_DELAY_SECONDS = 30.0
STEADY_SECONDS = 60.0
YIELD_SECONDS = 20.0
GIVE_UP_AFTER = 5
SUPERVISOR = "liuhen"


@dataclass
class Kept:
    """A child and how it has been doing. `process` is None while it waits to be started."""

    child: Child
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    due: float = 0.0
    failures: int = 0
    restarts: int = 0
    said: deque[str] = field(default_factory=lambda: deque(maxlen=15))

    @property
    def delay(self) -> float:
        """Seconds to wait before the next start; doubles with each failure in a row."""
        return float(min(LONGEST_DELAY_SECONDS, FIRST_DELAY_SECONDS * 2 ** (self.failures - 1)))


@dataclass(frozen=True)
class Plan:
    """What to run. `cluster` is None with an outside database.

    `check` may refuse before anything starts. `preparation` names what runs once before the
    children and must succeed. `is_ready` is asked until it says
    True, then `on_ready` is called once. `stale` is asked each `stale_seconds` for the names of
    children to restart, as after a renewed certificate.
    """

    children: Sequence[Child]
    cluster: Cluster | None = None
    check: Callable[[], None] = lambda: None
    preparation: Callable[[], Child] | None = None
    is_ready: Callable[[], bool] = lambda: True
    on_ready: Callable[[], None] = lambda: None
    stale: Callable[[], set[str]] = set
    stale_seconds: float = 3600.0


class Place(Protocol):
    """The folder a tree of processes belongs to: a home, or a replica's."""

    @property
    def path(self) -> Path: ...

    @property
    def run_dir(self) -> Path: ...


class Supervisor:
    """Runs a `Plan` in a home until a signal or `stop()`."""

    def __init__(self, home: Place, plan: Plan, logbook: Logbook) -> None:
        self.home = home
        self.plan = plan
        self.logbook = logbook
        self.kept = [Kept(child) for child in plan.children]
        # a plain flag: an Event's own lock could be held when a signal comes, for ever
        self._is_stopping = False
        self._was_ready = False
        self._stale_checked = clock.monotonic()
        self._database_due = 0.0
        self._began = clock.monotonic()

    def stop(self) -> None:
        """Ask `run` to stop everything and return."""
        self._is_stopping = True

    def run(self) -> None:
        """Start, keep running, stop. Returns after a clean stop.

        Raises:
            Refused: `serve.already_running`, `serve.preparation_failed`, `serve.child_fails`, and
                as `Cluster.start`.
        """
        with self._alone(), self._listening_to_signals():
            try:
                self.plan.check()
                self._start_database()
                self._prepare()
                self._began = clock.monotonic()
                while not self._is_stopping:
                    self._tick()
                    sleep(TICK_SECONDS)
            except GivenUpError:
                self._log("called off")
            finally:
                self._stop_everything()

    # --- who may run

    @contextmanager
    def _alone(self) -> Iterator[None]:
        lock = FileLock(self.home.run_dir / "serve.lock")
        if not lock.take():
            raise Refused("serve.already_running", path=str(self.home.path), by=lock.read_note())
        try:
            lock.note(f"PID {os.getpid()}")
            left = processes.end_leftovers(str(self.home.path))
            if left:
                self._log(f"ended {left} processes left by an earlier run")
            yield
        finally:
            lock.close()

    @contextmanager
    def _listening_to_signals(self) -> Iterator[None]:
        def handle(number: int, frame: FrameType | None) -> None:
            self._is_stopping = True

        before = {number: signal.signal(number, handle) for number in SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    # --- starting

    def _start_database(self) -> None:
        cluster = self.plan.cluster
        if cluster is None:
            return
        self._log("starting the database")
        cluster.is_called_off = lambda: self._is_stopping
        cluster.start()
        self.logbook.follow_file("postgres", cluster.log_path)

    def _prepare(self) -> None:
        if self.plan.preparation is None or self._is_stopping:
            return
        child = self.plan.preparation()
        kept = Kept(child)
        self._launch(kept)
        assert kept.process is not None
        while kept.process.poll() is None and not self._is_stopping:
            sleep(TICK_SECONDS / 4)
        if self._is_stopping:
            processes.stop_all([(child, kept.process)])
        elif kept.process.returncode != 0:
            raise Refused("serve.preparation_failed", name=child.name, said="\n".join(kept.said))

    def _launch(self, kept: Kept) -> None:
        process = processes.start(kept.child, str(self.home.path))
        kept.process, kept.started = process, clock.monotonic()
        if process.stdout is not None:
            self.logbook.follow_stream(kept.child.name, process.stdout, kept.said)
        self._note_processes()

    # --- keeping

    def _tick(self) -> None:
        now = clock.monotonic()
        self._keep_database(now)
        for kept in self.kept:
            self._keep(kept, now)
        if not self._was_ready and self.plan.is_ready():
            self._was_ready = True
            self.plan.on_ready()
        if now - self._stale_checked >= self.plan.stale_seconds:
            self._stale_checked = now
            self._restart_stale()

    def _keep_database(self, now: float) -> None:
        cluster = self.plan.cluster
        if cluster is None or now < self._database_due or cluster.is_running:
            return
        self._log("the database is down, starting it again")
        self._database_due = now + LONGEST_DELAY_SECONDS / 6
        try:
            cluster.start()
        except Refused as refused:
            self._log(f"the database did not start: {refused}")

    def _keep(self, kept: Kept, now: float) -> None:
        process = kept.process
        if process is None:
            is_early = kept.child.yields and now - self._began < YIELD_SECONDS
            if now >= kept.due and (self._was_ready or not is_early):
                self._launch(kept)
            return
        if process.poll() is None:
            if kept.failures and now - kept.started > STEADY_SECONDS:
                kept.failures = 0
            return
        # a server's own children may survive it and hold its port
        processes.kill_group(process.pid)
        kept.process = None
        kept.failures += 1
        kept.restarts += 1
        kept.due = now + kept.delay
        self._log(f"{kept.child.name} ended with {process.returncode}, again in {kept.delay:g} s")
        if kept.failures >= GIVE_UP_AFTER and not self._was_ready:
            raise Refused("serve.child_fails", name=kept.child.name, said="\n".join(kept.said))

    def _restart_stale(self) -> None:
        try:
            names = self.plan.stale()
        except Refused as refused:
            # what runs goes on; the operator reads it here and on the status page
            self._log(f"renewal refused: {refused}")
            return
        for kept in self.kept:
            if kept.child.name in names and kept.process is not None:
                self._log(f"restarting {kept.child.name}")
                processes.stop_all([(kept.child, kept.process)])
                self._launch(kept)

    # --- stopping

    def _stop_everything(self) -> None:
        self._log("stopping")
        running = [(kept.child, kept.process) for kept in self.kept if kept.process is not None]
        for name in processes.stop_all(running):
            self._log(f"{name} did not end in time and was killed")
        if self.plan.cluster is not None:
            self.plan.cluster.is_called_off = lambda: False
            self.plan.cluster.stop()
        (self.home.run_dir / "processes.json").unlink(missing_ok=True)
        self._log("stopped")

    def _log(self, line: str) -> None:
        self.logbook.write(SUPERVISOR, line)

    def _note_processes(self) -> None:
        """For the operator and for `liuhen doctor`: which process is which."""
        noted = {
            kept.child.name: {"pid": kept.process.pid, "restarts": kept.restarts}
            for kept in self.kept
            if kept.process is not None
        }
        write_durably(self.home.run_dir / "processes.json", json.dumps(noted).encode())
