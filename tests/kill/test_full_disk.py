"""The disk is full: a clear refusal, nothing half-written, what was begun goes on afterwards."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from liuhen.host.home import Home
from tests.kill.cycle import Workplace, workplace
from tests.kill.disk import Disk
from tests.kill.officer import PIECE_TYPE, STEPS, Answer, Officer, footage
from tests.kill.tree import copied_home, status_of, until

CHINESE_FULL = "存储空间已满"


@contextmanager
def on(home: Home) -> Iterator[Workplace]:
    with workplace(home) as place:
        yield place
        assert place.holding.hold(place.notes()).problems == []


@dataclass
class Begun:
    """An upload and a paper that stand half way when the disk fills up."""

    officer: Officer
    whole: bytes
    upload: str
    offset: int
    activity: str = ""

    @classmethod
    def of_upload(cls, officer: Officer) -> Begun:
        """An upload of which nothing has come yet."""
        whole = footage(officer.video, officer.chance.getrandbits(48), 3 << 20)
        headers = {"Upload-Length": str(len(whole)), "Upload-Metadata": "filename eC5tcDQ="}
        answer = officer.line.ask("POST", "/api/v1/uploads/", None, **headers)
        assert answer.status == 201, answer.body
        return cls(officer, whole, answer.headers["Location"], 0)

    @classmethod
    def by(cls, place: Workplace) -> Begun:
        officer = place.officer("officer")
        officer.resume()
        activity = officer.begin()
        for step in ("facts", "oral_notice", "statement", "decision"):
            officer.step(activity, step)
        begun = cls.of_upload(officer)
        begun.activity = activity
        answer = begun.send(1 << 20)
        assert (answer.status, begun.offset) == (204, 1 << 20)
        return begun

    def send(self, size: int) -> Answer:
        """The next bytes of the upload."""
        piece = self.whole[self.offset : self.offset + size]
        headers = {"Upload-Offset": str(self.offset), "Content-Type": PIECE_TYPE}
        answer = self.officer.line.ask("PATCH", self.upload, piece, **headers)
        if answer.status == 204:
            self.offset = int(answer.headers["Upload-Offset"])
        return answer

    def sign(self) -> Answer:
        """Sign and issue the decision."""
        return self.officer.line.post(f"/simple/{self.activity}/signing/", STEPS["signing"][0])

    def finish_upload(self) -> None:
        """The same upload goes on where it stood."""
        head = self.officer.line.ask("HEAD", self.upload)
        assert head.status == 200
        assert int(head.headers["Upload-Offset"]) >= self.offset
        self.offset = int(head.headers["Upload-Offset"])
        answer = self.send(len(self.whole))
        assert answer.status == 204, answer.body.decode()
        assert self.offset == len(self.whole)
        assert answer.headers["Liuhen-Recording"]

    def finish(self) -> None:
        """Space is back: the upload goes on, the paper is issued."""
        self.finish_upload()
        answer = self.sign()
        assert answer.status == 302, answer.body.decode()
        for step in ("handing_over", "collection", "ending"):
            self.officer.step(self.activity, step)


def files(home: Home) -> dict[str, int]:
    """Every file of vault and intake with its size."""
    found = {}
    for folder in (home.vault_dir, home.intake_dir):
        for path in folder.rglob("*"):
            if path.is_file():
                found[str(path)] = path.stat().st_size
    return found


def test_a_full_vault_refuses_uploads_and_papers_and_goes_on_with_space(
    pattern: Home, tmp_path: Path, disk: Disk
) -> None:
    home = copied_home(pattern, tmp_path / "home")
    for folder in (home.vault_dir, home.intake_dir):
        moved = disk.path / folder.name
        folder.rename(folder.with_suffix(".before"))
        subprocess.run(["cp", "-a", str(folder.with_suffix(".before")), str(moved)], check=True)
        folder.symlink_to(moved)
    with on(home) as place:
        begun = Begun.by(place)
        before = files(home)
        disk.fill()

        answer = begun.send(len(begun.whole))
        assert answer.status == 507
        problem = json.loads(answer.body)
        assert problem["title"] == "storage.full"
        assert CHINESE_FULL in problem["detail"] and problem["remedy"]
        more = begun.officer.line.ask(
            "POST", "/api/v1/uploads/", None, **{"Upload-Length": "1000000"}
        )
        assert json.loads(more.body)["title"] in ("storage.too_small", "storage.full")
        answer = begun.sign()
        page = answer.body.decode()
        assert answer.status == 507
        assert CHINESE_FULL in page and "Traceback" not in page
        # not a file more, and none has grown beyond what fits
        after = files(home)
        assert set(after) == set(before)
        assert place.holding.hold(place.notes()).problems == []

        disk.empty()
        begun.finish()


def test_a_home_on_a_full_disk_refuses_or_waits_and_loses_nothing(
    pattern: Home, disk: Disk
) -> None:
    """Database, log and vault on one disk: then the database itself may have to stop."""
    home = copied_home(pattern, disk.path / "there" / "home")
    with on(home) as place:
        begun = Begun.by(place)
        disk.fill()
        for _ in range(3):
            for answer in (begun.send(len(begun.whole)), begun.sign()):
                told = answer.body.decode()
                assert answer.status in (503, 507), told
                assert "Traceback" not in told

        disk.empty()
        until(lambda: status_of(f"{place.tree.url}/healthz") == 200, "pages are answered")
        begun.finish()


def test_a_device_that_is_full_from_the_first_byte_refuses_and_goes_on_with_space(
    place: Workplace,
) -> None:
    """Without a file system of its own: the one device that is always full."""
    officer = place.officer("officer2")
    officer.resume()
    begun = Begun.of_upload(officer)
    file = place.home.intake_dir / begun.upload.rstrip("/").rsplit("/", 1)[1]
    file.unlink()
    file.symlink_to("/dev/full")
    answer = begun.send(1 << 20)
    file.unlink()
    file.touch()
    assert answer.status == 507
    assert json.loads(answer.body)["title"] == "storage.full"
    assert begun.send(1 << 20).status == 204
    begun.finish_upload()
    assert place.holding.hold(place.notes()).problems == []
