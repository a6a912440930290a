"""Backups of a real home: killed half way, damaged on their disk, restored to a moment."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import psycopg
import pytest

from liuhen.backup.repository import Repository
from liuhen.backup.sealing import Key
from liuhen.backup.sets import original_name, sets_of
from liuhen.host.home import Home
from liuhen.host.postgres_roles import OWNER
from tests.kill.disk import Disk
from tests.kill.tree import (
    LIUHEN,
    copied_home,
    environment,
    in_home,
    kill_all,
    run_liuhen,
    until,
)
from tests.kill.workers import COMMANDS, Queue, Worker

KEEP = """
from liuhen.actions.people import register_unit
from liuhen.kernel import clock
from liuhen.ledger.sequencing import sequence_all
from liuhen.people.queries import system_person
from tests.replica.conftest import keep
system = system_person()
def unit(code):
    register_unit(actor=system, code=code, name="试验队" + code, kind="subordinate")
    sequence_all()
    print(clock.iso(clock.now()))
"""

# What the nightly job comes to, and what its lamp says then.
JOB = """
from liuhen.jobs.backups import back_up
from liuhen.kernel.refusals import Fault
try:
    back_up()
except Fault as fault:
    print(fault)
"""
SIGN = """
from liuhen.upkeep.signs import backup_signs
print(*[(one.lamp, one.words) for one in backup_signs() if one.name == "backup.{name}"])
"""
JOB += SIGN


@dataclass
class Backed:
    """A home whose database runs, and its repository."""

    home: Home
    target: Path
    key: Path
    originals: list[str]
    told_first: dict[str, object] = field(default_factory=dict)

    @property
    def repository(self) -> Repository:
        return Repository.open(self.target, Key.read(self.key))

    def command(self, *options: str | Path) -> list[str | Path]:
        return ["backup", self.target, "--home", self.home.path, "--key", self.key, *options]

    def back_up(self, *options: str | Path) -> dict[str, object]:
        done = run_liuhen(*self.command("--json", *options))
        assert done.returncode == 0, done.stderr
        told: dict[str, object] = json.loads(done.stdout)
        return told

    @property
    def drilled(self) -> Path:
        """Where the monthly drill restores to."""
        return self.target.parent / "liuhen-drill"

    def worker(self) -> Worker:
        """Somebody who does the jobs of the repository."""
        target, key = str(self.target), str(self.key)
        return Worker(self.home, 2, LIUHEN_BACKUP_TARGET=target, LIUHEN_BACKUP_KEY=key)

    def killed_when(self, condition: Callable[[], object], *options: str) -> None:
        """Begin a run and kill it, with everything of its, once the condition holds.

        It gets no further than its base: nobody may read which originals there are.
        """
        with psycopg.connect(self.home.cluster().dsn(role=OWNER)) as owner:
            owner.execute("LOCK TABLE vault_copy IN ACCESS EXCLUSIVE MODE")
            process = subprocess.Popen(
                [str(LIUHEN), *map(str, self.command(*options))],
                env=environment(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
            until(condition, "the moment to kill")
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@contextmanager
def altered(path: Path, content: bytes) -> Iterator[None]:
    """Other bytes in a file while the block runs."""
    whole = path.read_bytes()
    path.chmod(0o640)
    path.write_bytes(content)
    yield
    path.write_bytes(whole)


@contextmanager
def flipped(path: Path, place: int) -> Iterator[None]:
    """One bit of a file turned while the block runs."""
    raw = bytearray(path.read_bytes())
    raw[place] ^= 1
    with altered(path, bytes(raw)):
        yield


@pytest.fixture(scope="module")
def backed(pattern: Home, kill_folder: Path) -> Iterator[Backed]:
    """Two originals and a first, full set."""
    home = copied_home(pattern, kill_folder / "backed" / "home")
    folder = kill_folder / "backed"
    with home.cluster().running():
        told = in_home(
            home,
            KEEP + "import os\n"
            "for content in (b'one' * 400_000, os.urandom(30_000_000), b'three'):\n"
            "    print(keep(actor=system, content=content))\n"
            "sequence_all()",
        )
        place = Backed(home, folder / "repository", folder / "backup.key", told.split())
        third = home.vault_dir / place.originals[2][:2] / place.originals[2][2:4]
        with altered(third / place.originals[2], b"THREE"):
            done = run_liuhen(*place.command("--json", "--new-key"))
        assert done.returncode == 1, done.stderr
        place.told_first = json.loads(done.stdout)
        assert (place.told_first["full"], place.told_first["new_originals"]) == (True, 2)
        yield place


def test_runs_killed_half_way_leave_whole_sets_and_the_next_goes_on(backed: Backed) -> None:
    before = sets_of(backed.repository)
    bases = backed.repository.names("bases")
    backed.killed_when(lambda: list(backed.target.glob("bases/.building-*")), "--full")
    assert sets_of(backed.repository) == before
    # the new base lies there, its set doesn't yet
    backed.killed_when(lambda: len(backed.repository.names("bases")) > len(bases), "--full")
    assert sets_of(backed.repository) == before
    told = backed.back_up()
    assert told["full"] is False and told["new_originals"] == 1
    assert len(sets_of(backed.repository)) == len(before) + 1
    assert backed.repository.names("bases") == bases
    assert not [name for name, refused in backed.repository.check() if refused]


# When the worker of each kind of job is killed, one moment after the other.
MOMENTS: dict[str, tuple[Callable[[Backed], object], ...]] = {
    "liuhen.jobs.backups.back_up": (lambda place: Queue(place.home).waiting(),) * 2,
    "liuhen.jobs.backups.drill": (
        lambda place: (place.drilled / "postgres").exists(),
        lambda place: (place.drilled / "postgres" / "postmaster.pid").exists(),
    ),
}
DRILLS = """
from liuhen.ledger.models import Entry
print(Entry.objects.filter(event="restore.drilled").count())
"""


@pytest.mark.parametrize("kind", sorted(COMMANDS))
def test_a_job_of_the_repository_whose_worker_is_killed_is_done_by_the_next(
    backed: Backed, kind: str
) -> None:
    queue, sets = Queue(backed.home), sets_of(backed.repository)
    drills, (job,) = int(in_home(backed.home, DRILLS)), queue.put([(kind, {"timestamp": 0})])
    for moment in MOMENTS[kind]:
        with psycopg.connect(backed.home.cluster().dsn(role=OWNER)) as owner:
            if kind.endswith("back_up"):
                owner.execute("LOCK TABLE vault_copy IN ACCESS EXCLUSIVE MODE")
            worker = backed.worker()
            until(partial(moment, backed), "the moment to kill")
            kill_all(worker.processes())
            worker.process.wait()
        assert sets_of(backed.repository) == sets and queue.states([job]) == {job: "doing"}
        queue.long_silent()
    worker = backed.worker()
    until(lambda: not queue.states([job]), "the next worker has done it")
    worker.stop()
    is_drill = kind.endswith("drill")
    assert len(sets_of(backed.repository)) == len(sets) + (not is_drill)
    assert int(in_home(backed.home, DRILLS)) == drills + is_drill
    assert not backed.drilled.exists() and not list(backed.target.glob("bases/.building-*"))
    assert not [name for name, refused in backed.repository.check() if refused]


def test_a_home_comes_back_as_it_was_at_a_moment_and_goes_on_as_itself(
    backed: Backed, kill_folder: Path
) -> None:
    first, second = in_home(backed.home, KEEP + "unit('A1')\nunit('B2')").split()
    assert first < second
    backed.back_up()
    home = Home(kill_folder / "restored" / "home")
    options = ("--backup", backed.target, "--key", backed.key, "--home", home.path)
    done = run_liuhen("restore", *options, "--at", first, "--json")
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    assert (figures["originals"], figures["differences"]) == (3, 0)
    assert (home.secrets.folder / "log.pem").read_bytes() == (
        backed.home.secrets.folder / "log.pem"
    ).read_bytes()
    with home.cluster().running():
        told = in_home(
            home,
            KEEP + "from liuhen.people.models import Unit\n"
            "from liuhen.ledger.models import Entry\n"
            "print(*Unit.objects.filter(name__startswith='试验队').values_list('code', flat=True),"
            " Entry.objects.filter(event='home.restored', sequenced__isnull=False).count())\n"
            "unit('C3')",
        )
    assert told.split()[:2] == ["A1", "1"]
    assert not (home.postgres_dir / "restored_wal").exists()


def test_a_flipped_bit_is_named_and_a_drill_says_what_did_not_come_back(backed: Backed) -> None:
    sha256 = backed.originals[0]
    with flipped(backed.repository.place(original_name(sha256)), -100):
        done = run_liuhen(*backed.command("--check", "--json"))
        told = in_home(
            backed.home,
            "import json\nfrom liuhen.jobs.backups import drill\n"
            "from liuhen.ledger.models import Entry\nfrom liuhen.vault.models import BackupPlace\n"
            "assert drill()\n"
            "entry = Entry.objects.filter(event='restore.drilled').latest('recorded_at')\n"
            "print(json.loads(bytes(entry.body))['data']['differences'],"
            " BackupPlace.objects.get().drill['originals'])",
            LIUHEN_BACKUP_TARGET=str(backed.target),
            LIUHEN_BACKUP_KEY=str(backed.key),
        )
    assert done.returncode == 1
    assert json.loads(done.stdout)["damaged"] == [original_name(sha256)]
    assert told.split() == ["1", "2"]
    assert not (backed.target.parent / "liuhen-drill").exists()


def test_a_damaged_base_is_not_restored_and_leaves_the_way_back_told(
    backed: Backed, kill_folder: Path
) -> None:
    target = kill_folder / "never" / "home"
    options = ("--backup", backed.target, "--key", backed.key, "--home", target)
    with flipped(backed.repository.place(backed.repository.names("bases")[0]), 5000):
        done = run_liuhen("restore", *options)
    assert done.returncode == 2 and "损坏" in done.stderr and "异地副本" in done.stderr


def test_an_altered_original_is_named_and_taken_only_when_it_is_mended(backed: Backed) -> None:
    assert backed.told_first["altered"] == [backed.originals[2]]
    # the run after the kills has it
    assert backed.repository.has(original_name(backed.originals[2]))


def test_a_full_disk_is_told_leaves_nothing_half_written_and_the_next_run_has_room(
    backed: Backed, disk: Disk
) -> None:
    key, target = Key.read(backed.key), disk.path / "repository"
    repository = Repository.make(target, key, backed.home.facts.origin)
    told = {"LIUHEN_BACKUP_TARGET": str(target), "LIUHEN_BACKUP_KEY": str(backed.key)}
    disk.leave(1 << 20)
    said = in_home(backed.home, JOB.format(name=repository.facts.name), **told)
    failed, lamp = said.strip().rsplit("\n", 1)
    assert "磁盘已满" in failed and "Traceback" not in failed
    assert "red" in lamp and "磁盘已满" in lamp
    left = {path.name for path in target.rglob("*") if path.is_file()}
    assert left == {"backup.toml", ".lock"}
    disk.empty()
    said = in_home(backed.home, JOB.format(name=repository.facts.name), **told)
    assert said.startswith("('green'"), said
    assert not [name for name, refused in repository.check() if refused]
    assert len(sets_of(repository)) == 1


def test_where_the_disk_is_not_mounted_no_other_repository_is_made(
    backed: Backed, kill_folder: Path
) -> None:
    target, name = kill_folder / "unmounted", backed.repository.facts.name
    target.mkdir()
    backed.back_up()
    told = {"LIUHEN_BACKUP_TARGET": str(target), "LIUHEN_BACKUP_KEY": str(backed.key)}
    said = in_home(backed.home, JOB.format(name=name), **told)
    failed, lamp = said.strip().rsplit("\n", 1)
    assert f"已经有备份库 {name}" in failed and "磁盘没有挂上" in failed
    assert "red" in lamp and "磁盘没有挂上" in lamp
    assert not list(target.iterdir()), "the empty folder stays as it was"

    elsewhere: list[str | Path] = ["backup", target, "--home", backed.home.path]
    elsewhere += ["--key", backed.key]
    assert run_liuhen(*elsewhere).returncode == 2
    begun = run_liuhen(*elsewhere, "--new")
    assert begun.returncode == 0, begun.stderr
    assert (target / "backup.toml").exists()
    other = Repository.open(target, Key.read(backed.key)).facts.name
    backed.back_up()
    said = in_home(backed.home, JOB.format(name=name), **told)
    assert "green" in said, said

    # the other disk is away, though this one was used last
    (target / "backup.toml").rename(kill_folder / "backup.toml")
    backed.back_up()
    said = in_home(backed.home, JOB.format(name=other), **told)
    assert f"已经有备份库 {other}" in said and "red" in said, said
    assert "green" in in_home(backed.home, SIGN.format(name=name))
