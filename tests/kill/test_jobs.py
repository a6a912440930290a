"""A worker is killed in the middle of every kind of job five times over, and the next one does it.

Before each kill every job has begun and waits for a table that nobody gives it: the first time for
the first it asks for, later for whatever its seed holds back, so it has come further. What a seed
lets go to its end is asked for once more. A new kind of job is here by itself: it has to be told
what it is asked for, and that it was killed. Kinds that run a command: `test_backup`.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from liuhen.host.home import Home
from tests.kill.cycle import made_video
from tests.kill.officer import footage
from tests.kill.tree import copied_home, in_home, kill_all, run_liuhen, until
from tests.kill.workers import COMMANDS, TAKE_OVER, Queue, Worker

SEEDS = range(5)
FILMS = 5
# A finished case whose footage nobody has looked at yet; of its paper, a copy with a black field
# and a copy for its party, and of a bound case the archive's package, each ordered. Then every kind
# of job, and what each is asked for; one of every minute or so is given the time it was due.
_BEFORE = """
import datetime as dt, inspect, json
from liuhen.actions import case_copies, party_copies as copies
from liuhen.actions.archive import bind_case
from liuhen.actions.case_packages import order_case_package
from liuhen.actions.redacting import begin_redaction, change_redaction, order_redaction
from liuhen.demo.people import known_world
from liuhen.documents.models import Paper
from liuhen.kernel import clock
from liuhen.ledger.sequencing import sequence_all
from liuhen.recordings.models import Recording
from procrastinate.contrib.django import app
from tests.disc.conftest import on_the_spot
from tests.web.conftest import closed
import liuhen.jobs.tasks
with clock.frozen(clock.now() - dt.timedelta(minutes=5)) as stopped:
    who = known_world()
    case = on_the_spot(who, stopped).case
    bound = closed(who, stopped, seconds=1).case
bind_case(actor=who["officer"], case_id=bound.id, checked_by=who["records"])
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
told = {"recipient": "委档案室", "purpose": "归档", "audience": "archive"}
packed = case_copies.ask_case_copy(actor=who["archivist"], case_id=bound.id, **told)
answer = {"request_id": packed.id, "outcome": "approved", "opinion": "同意"}
case_copies.answer_case_copy(actor=who["deputy"], **answer)
order_case_package(actor=who["archivist"], request_id=packed.id)
sequence_all()
film = Recording.objects.get(case=case, kind="video")
subject = {
    "recording_id": str(film.id),
    "sha256": film.original_id,
    "redaction_id": str(made.id),
    "application_id": str(asked.id),
    "request_id": str(packed.id),
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
from liuhen.archive.models import CaseCopyRequest
from liuhen.recordings.models import Recording
print(*Redaction.objects.values_list("state", flat=True))
print(*[one.step for one in CopyApplication.objects.all()])
print(CaseCopyRequest.objects.exclude(made_at=None).count())
print(Recording.objects.filter(kind="video").count())
"""
# So that whatever is optional has something to ask for: nobody listens on that port.
NOBODY = "127.0.0.1:9"
OPTIONS = {
    "LIUHEN_READ_WORDS": "1",
    "LIUHEN_NOTICE_FROM": "liuhen@office.example",
    "LIUHEN_SMTP": f"smtp://{NOBODY}",
    "LIUHEN_S3_ENDPOINT": f"http://{NOBODY}",
    "LIUHEN_S3_BUCKET": "originals",
    "LIUHEN_S3_KEY": "key",
    "LIUHEN_S3_SECRET": "secret",
}
# A model that doesn't load: whoever hears says so in its draft.
MODEL = 'name = "none"\nkind = "sense_voice"\n[files]\nmodel = "model.toml"\n'


@dataclass(frozen=True)
class Office:
    """A home whose database runs, and nothing else of it; in the middle of what workers died."""

    home: Home
    queue: Queue
    kinds: dict[str, dict[str, object]]
    jobs: dict[int, str] = field(default_factory=dict)
    died: Counter[str] = field(default_factory=Counter)

    def left(self) -> dict[int, str]:
        """What was asked for and is not done, as the queue has it."""
        return self.queue.states(self.jobs)

    def errors(self) -> str:
        """What the workers said of jobs that failed."""
        lines = (self.home.path.parent / "worker.log").read_text("utf-8").splitlines()
        return "\n".join([one for one in lines if '"level": "error"' in one.lower()] or lines[-40:])

    def at_work(self, worker: int) -> set[str]:
        """The kinds of our jobs that a worker is at."""
        return {self.jobs[job] for job in self.queue.doing(worker) if job in self.jobs}

    def ask_again(self) -> None:
        """Queue every kind that waits for nobody any more."""
        there = {self.jobs[job] for job in self.left()}
        missing = [(kind, told) for kind, told in self.kinds.items() if kind not in there]
        put = self.queue.put(missing)
        self.jobs.update(zip(put, (kind for kind, _ in missing), strict=True))


@pytest.fixture(scope="module")
def office(pattern: Home, kill_folder: Path) -> Iterator[Office]:
    folder = kill_folder / "jobs"
    home, camera = copied_home(pattern, folder / "home"), folder / "camera"
    for made in (camera, folder / "second", folder / "model"):
        made.mkdir()
    (folder / "model" / "model.toml").write_text(MODEL, "utf-8")
    base = made_video(folder / "footage.mp4").read_bytes()
    for number in range(FILMS):
        (camera / f"REC_{number:04d}.mp4").write_bytes(footage(base, number, 65536))
    with home.cluster().running():
        told = json.loads(in_home(home, _BEFORE.replace("{folder}", str(camera))))
        del told[TAKE_OVER]  # it is the one that helps
        queue = Queue(home)
        queue.forget()  # ours ask for the same, and two never make one copy at once
        yield Office(home, queue, told)


def hired(office: Office) -> tuple[Worker, int]:
    """A new worker with a place for each kind, which does whatever can be set up; its number."""
    before, folder = office.queue.workers(), office.home.path.parent
    options = {
        **OPTIONS,
        "LIUHEN_SECOND_STORE": str(folder / "second"),
        "LIUHEN_SPEECH_MODEL": str(folder / "model"),
        # so many threads of a busy machine all ask for a line at once
        "LIUHEN_DATABASE_URL": f"{office.home.cluster().dsn()}&connect_timeout=60",
    }
    found = Worker(office.home, 2 * len(office.kinds), **options)
    return found, office.queue.sign_on(before)


def killed_in_the_middle(office: Office, seed: int) -> None:
    """Kill a worker that has begun every kind of job and waits in each of them for a table."""
    queue, chance = office.queue, random.Random(seed)
    office.ask_again()
    queue.long_silent()
    with queue.held(lambda _: not seed or chance.random() < 0.5) as hold_rest:
        worker, number = hired(office)

        def waits_in_all() -> bool:
            doing = queue.doing(number)
            return "todo" not in office.left().values() and queue.waiting() >= len(doing)

        until(waits_in_all, "it has begun them all")
        assert "failed" not in office.left().values(), office.errors()
        hold_rest()
        office.ask_again()
        until(waits_in_all, "it has begun anew what had ended")
        while office.kinds.keys() - office.at_work(number) - COMMANDS:
            # one had read all it needs and ended nevertheless; now each waits at its first table
            office.ask_again()
            until(waits_in_all, "it has begun that anew as well")
        office.died.update(office.at_work(number))
        kill_all(worker.processes())
        worker.process.wait()


def test_every_kind_of_job_is_done_after_its_worker_was_killed(office: Office) -> None:
    for seed in SEEDS:
        killed_in_the_middle(office, seed)
    assert {kind for kind in office.kinds if office.died[kind] < len(SEEDS)} == COMMANDS
    office.queue.long_silent()
    worker, _ = hired(office)
    until(lambda: not {"todo", "doing"} & set(office.left().values()), "all is done")
    worker.stop()
    failed = {office.jobs[job]: state for job, state in office.left().items()}
    assert failed == {}, "what succeeds leaves no row; " + office.errors()
    assert in_home(office.home, _MADE).split() == ["made", "hand_over", "1", str(2 + FILMS)]
    verified = run_liuhen("verify", "--home", office.home.path)
    assert verified.returncode == 0, verified.stdout + verified.stderr
