"""Workers beside the served one, and the queue as its owner sees it. Not a test.

What is put here comes before everything the product queued: a worker has so many places, and
whatever was left by earlier work would else take them all.
"""

from __future__ import annotations

import subprocess
import uuid
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
from psycopg.types.json import Jsonb

from liuhen.host.home import Home
from liuhen.host.postgres_roles import OWNER
from tests.kill.tree import LIUHEN, below, environment, until

TAKE_OVER = "liuhen.jobs.taking_over.all"
# Each runs a command in a process of its own; its worker is killed in `test_backup`.
COMMANDS = {"liuhen.jobs.backups.back_up", "liuhen.jobs.backups.drill"}
FIRST = 100
_PUT = """
INSERT INTO procrastinate_jobs (queue_name, task_name, priority, lock, queueing_lock, args)
VALUES ('default', %(task)s, %(priority)s, %(alone)s, %(alone)s, %(asked)s) RETURNING id
"""
# Who took which job, each time: what is done successfully leaves no row.
_WATCH = """
CREATE TABLE test_taken (job bigint, task text, worker bigint);
CREATE FUNCTION test_note() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN INSERT INTO test_taken VALUES (NEW.id, NEW.task_name, NEW.worker_id); RETURN NEW; END $$;
CREATE TRIGGER test_note AFTER UPDATE OF status ON procrastinate_jobs FOR EACH ROW
WHEN (NEW.status = 'doing' AND OLD.status <> 'doing') EXECUTE FUNCTION test_note();
"""
_UNWATCH = """
DROP TRIGGER test_note ON procrastinate_jobs; DROP FUNCTION test_note(); DROP TABLE test_taken;
"""


@dataclass(frozen=True)
class Taken:
    """A job that somebody began."""

    job: int
    task: str
    worker: int


class Worker:
    """One `liuhen worker` of a home, beside the one that is served."""

    def __init__(self, home: Home, concurrency: int = 2, **variables: str) -> None:
        command = ("worker", "--home", str(home.path), "--concurrency", str(concurrency))
        with (home.path.parent / "worker.log").open("ab") as stream:
            self.process = subprocess.Popen(
                [str(LIUHEN), *command], env=environment(**variables), stdout=stream, stderr=stream
            )

    def processes(self) -> set[int]:
        """It and what reads media for it."""
        return below(self.process.pid)

    def stop(self) -> None:
        """Let it end what it does."""
        self.process.terminate()
        self.process.wait(120)


class Queue:
    """The jobs of a home."""

    def __init__(self, home: Home) -> None:
        self.home = home

    def owner(self) -> psycopg.Connection:
        """A connection of the tables' owner; each statement its own transaction."""
        return psycopg.connect(self.home.cluster().dsn(role=OWNER), autocommit=True)

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Note for the block who takes what."""
        with self.owner() as owner:
            owner.execute(_WATCH)
        try:
            yield
        finally:
            with self.owner() as owner:
                owner.execute(_UNWATCH)

    def taken(self) -> list[Taken]:
        """Everything that was begun since it is watched."""
        with self.owner() as owner:
            rows = owner.execute("SELECT job, task, worker FROM test_taken").fetchall()
        return [Taken(*row) for row in rows]

    def put(
        self, jobs: Sequence[tuple[str, Mapping[str, object]]], priority: int = FIRST
    ) -> list[int]:
        """Queue jobs, none of which waits for another; their ids."""
        with self.owner() as owner:
            return [
                owner.execute(
                    _PUT,
                    {
                        "task": task,
                        "priority": priority,
                        "alone": str(uuid.uuid4()),
                        "asked": Jsonb(asked),
                    },
                ).fetchall()[0][0]
                for task, asked in jobs
            ]

    def forget(self) -> None:
        """Nothing waits any more."""
        with self.owner() as owner:
            owner.execute("DELETE FROM procrastinate_jobs WHERE status = 'todo'")

    def states(self, jobs: Collection[int]) -> dict[int, str]:
        """What is left of some jobs; those that were done have gone."""
        asked = "SELECT id, status FROM procrastinate_jobs WHERE id = ANY(%s)"
        with self.owner() as owner:
            return dict(owner.execute(asked, (list(jobs),)).fetchall())

    def doing(self, worker: int) -> dict[int, str]:
        """Jobs a worker is at, and their kinds."""
        asked = (
            "SELECT id, task_name FROM procrastinate_jobs WHERE status = 'doing' AND worker_id = %s"
        )
        with self.owner() as owner:
            return dict(owner.execute(asked, (worker,)).fetchall())

    def waiting(self) -> int:
        """How many lines of the product wait for a table that somebody holds."""
        asked = (
            "SELECT count(DISTINCT pid) FROM pg_locks JOIN pg_stat_activity USING (pid)"
            " WHERE NOT granted AND usename <> current_user"
        )
        with self.owner() as owner:
            row = owner.execute(asked).fetchone()
        return int(row[0]) if row else 0

    def workers(self) -> set[int]:
        """Who has signed on and not off."""
        with self.owner() as owner:
            return {int(one) for (one,) in owner.execute("SELECT id FROM procrastinate_workers")}

    def sign_on(self, before: Collection[int]) -> int:
        """Wait until somebody new has signed on; who that is."""
        until(lambda: self.workers() - set(before), "the worker signs on")
        return max(self.workers() - set(before))

    def left(self) -> list[str]:
        """Kinds of jobs that wait or are being done."""
        asked = "SELECT task_name FROM procrastinate_jobs WHERE status IN ('todo', 'doing')"
        with self.owner() as owner:
            return [str(name) for (name,) in owner.execute(asked)]

    def long_silent(self) -> None:
        """Whoever is at a job gave a sign of life two minutes ago, and the look at it is due."""
        with self.owner() as owner:
            owner.execute(
                "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '2 min'"
                " WHERE id IN (SELECT worker_id FROM procrastinate_jobs WHERE status = 'doing')"
            )
        self.put([(TAKE_OVER, {"timestamp": 0})])

    @contextmanager
    def held(self, is_held: Callable[[str], bool] = lambda _: True) -> Iterator[Callable[[], None]]:
        """Nobody reads or writes a table but those of the queue, for the block.

        Only such as `is_held` names, where it is told; what is given holds the rest for all who
        come later.
        """
        asked = (
            "SELECT quote_ident(tablename) FROM pg_tables"
            " WHERE schemaname = 'public' AND tablename NOT LIKE 'procrastinate%'"
            " AND tablename <> 'test_taken' ORDER BY tablename"
        )
        waiters = list[psycopg.Connection]()
        with self.owner() as owner, owner.transaction():
            tables = [str(name) for (name,) in owner.execute(asked)]
            held = [one for one in tables if is_held(one)]

            def hold_rest() -> None:
                for one in sorted(set(tables) - set(held)):
                    lock = f"LOCK TABLE {one} IN ACCESS EXCLUSIVE MODE"
                    try:
                        with owner.transaction():
                            owner.execute(f"{lock} NOWAIT")
                    except psycopg.errors.LockNotAvailable:
                        # who comes later waits behind one that waits
                        waiters.append(self.owner())
                        waiters[-1].pgconn.send_query(f"BEGIN; {lock}".encode())

            owner.execute(f"LOCK TABLE {','.join(held)} IN ACCESS EXCLUSIVE MODE")
            yield hold_rest
        for one in waiters:
            one.close()
