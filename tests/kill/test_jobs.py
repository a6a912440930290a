"""A worker is killed in the middle of every kind of job, and the next one does it. `make soak`.

Each has begun and asks its first question of the tables, which nobody answers.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from liuhen.host.home import Home
from tests.kill.cycle import made_video
from tests.kill.officer import footage
from tests.kill.tree import in_home, kill_all, made_home, run_liuhen, until
from tests.kill.workers import TAKE_OVER, Queue, Worker
from tests.soak.measured import commit, record

# Fewer than a worker has threads: a job that waits for one is in the middle of nothing.
TOGETHER = 5
FILMS = 5
# A finished case whose footage nobody has looked at yet; of its paper, a copy with a black field
# and a copy for its party, both ordered. Then every kind of job, and what each is asked for; one of
# every minute or so is given the time it was due.
_BEFORE = """
import inspect, json
from liuhen.actions import party_copies as copies
from liuhen.actions.redacting import begin_redaction, change_redaction, order_redaction
from liuhen.demo.people import known_world
from liuhen.documents.models import Paper
from liuhen.kernel import clock
from liuhen.ledger.sequencing import sequence_all
from liuhen.recordings.models import Recording
from procrastinate.contrib.django import app
from tests.disc.conftest import on_the_spot
import liuhen.jobs.tasks
with clock.frozen(clock.now()) as stopped:
    who = known_world()
    case = on_the_spot(who, stopped).case
paper = Paper.objects.get(case=case, type="simple_decision")
made = begin_redaction(actor=who["officer"], paper_id=paper.id, reason="核对", finds_faces=False)
region = {"what": "other", "keys": [[0, 100, 100, 900, 200]], "page": 0}
change_redaction(actor=who["officer"], redaction_id=made.id, regions=[region], sounds=[])
order_redaction(actor=who["officer"], redaction_id=made.id)
asked = copies.receive_copy_application(
    actor=who["officer"],
    case_id=case.id,
    party_id=case.parties.get().id,
    applicant="刘样例",
    identity="居民身份证，人证一致",
    purpose="行政复议",
    paper_ids=[paper.id],
)
ways = {str(paper.id): "whole"}
given = {"application_id": asked.id, "opinion": "可以提供"}
copies.check_copy_secrecy(actor=who["records"], ways=ways, **given)
copies.answer_copy_application(actor=who["deputy"], outcome="approved", **given)
copies.order_party_copies(actor=who["records"], application_id=asked.id)
sequence_all()
film = Recording.objects.get(case=case, kind="video")
subject = {
    "recording_id": str(film.id),
    "sha256": film.original_id,
    "redaction_id": str(made.id),
    "application_id": str(asked.id),
    "folder": "{folder}",
    "device": "DEMO-0001",
    "person": str(who["officer"].id),
    "is_erased_after": False,
    "timestamp": 0,
}
kinds = {}
for name, task in sorted(app.tasks.items()):
    if name.startswith("liuhen."):
        wanted = inspect.signature(task.func).parameters
        kinds[name] = {one: told for one, told in subject.items() if one in wanted}
print(json.dumps(kinds))
"""
_MADE = """
from liuhen.access.models import CopyApplication, Redaction
from liuhen.recordings.models import Recording
print(*Redaction.objects.values_list("state", flat=True), *[
    one.step for one in CopyApplication.objects.all()
], Recording.objects.filter(kind="video").count())
"""
# What has nothing to ask where nobody set up a backup (`tests/kill/test_backup.py` kills that), a
# bucket, a model that hears, mail, or reads words.
AT_ONCE = {
    f"liuhen.jobs.{name}"
    for name in (
        *("backups.back_up", "backups.drill", "copying.bucket"),
        *("recognising.hear", "recognising.read_picture", "noticing.tell"),
    )
}


@dataclass(frozen=True)
class Office:
    """A home whose database runs, and nothing else of it; in the middle of what workers died."""

    home: Home
    queue: Queue
    kinds: dict[str, dict[str, object]]
    jobs: list[int] = field(default_factory=list)
    died: Counter[str] = field(default_factory=Counter)


@pytest.fixture(scope="module")
def office() -> Iterator[Office]:
    folder = Path(tempfile.mkdtemp(prefix="liuhen-jobs-", dir="/tmp"))
    home, camera = made_home(folder / "home"), folder / "camera"
    camera.mkdir()
    base = made_video(folder / "footage.mp4").read_bytes()
    for number in range(FILMS):
        (camera / f"REC_{number:04d}.mp4").write_bytes(footage(base, number, 65536))
    with home.cluster().running():
        told = json.loads(in_home(home, _BEFORE.replace("{folder}", str(camera))))
        del told[TAKE_OVER]  # it is the one that helps
        queue = Queue(home)
        queue.forget()  # ours ask for the same, and two never make one copy at once
        yield Office(home, queue, told)
    shutil.rmtree(folder, ignore_errors=True)


def hired(office: Office) -> tuple[Worker, int]:
    """A new worker, which keeps second copies as well, and its number."""
    before, second = office.queue.workers(), office.home.path.parent / "second"
    second.mkdir(exist_ok=True)
    found = Worker(office.home, TOGETHER, LIUHEN_SECOND_STORE=str(second))
    return found, office.queue.sign_on(before)


def kill(office: Office, worker: Worker, number: int) -> None:
    """Kill a worker, and note in the middle of which kinds that was."""
    office.died.update(office.queue.doing(number).values())
    kill_all(worker.processes())
    worker.process.wait()


def killed_at_its_first_question(
    office: Office, group: list[tuple[str, dict[str, object]]]
) -> None:
    """Kill a worker that has begun all of some jobs and waits in each of them for a table."""
    queue = office.queue
    with queue.held():
        jobs = queue.put(group)
        office.jobs.extend(jobs)
        worker, number = hired(office)

        def is_in_the_middle() -> bool:
            has_begun = "todo" not in queue.states(jobs).values()
            return has_begun and queue.waiting() >= len(queue.doing(number))

        until(is_in_the_middle, "it has begun them all")
        kill(office, worker, number)


def test_every_kind_of_job_is_done_after_its_worker_was_killed(office: Office) -> None:
    every = list(office.kinds.items())
    for at in range(0, len(every), TOGETHER):
        killed_at_its_first_question(office, every[at : at + TOGETHER])
    assert set(office.kinds) - set(office.died) <= AT_ONCE
    queue, jobs = office.queue, office.jobs
    queue.long_silent()
    worker, _ = hired(office)
    until(lambda: not {"todo", "doing"} & set(queue.states(jobs).values()), "all is done", 600)
    worker.stop()
    assert queue.states(jobs) == {}, "what succeeds leaves no row"
    assert in_home(office.home, _MADE).split() == ["made", "hand_over", str(1 + FILMS)]
    verified = run_liuhen("verify", "--home", office.home.path)
    assert verified.returncode == 0, verified.stdout + verified.stderr

    figures = {
        f"Workers killed in the middle of {len(office.died)} kinds of job": (
            f"{office.died.total()} jobs begun anew, all done, none failed"
        )
    }
    record("Jobs", figures, commit())
