"""Originals come back from a replica and the ledger says so; a whole home is rebuilt from it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from liuhen.host.home import Home
from liuhen.kernel.refusals import Refused
from liuhen.ledger.models import Entry
from liuhen.recovery.repair import MENDED, NOT_HELD, FolderSource, ServedSource, repair
from liuhen.vault import keeping
from liuhen.vault.checks import differences
from liuhen.vault.models import Replica
from tests.kill.tree import in_home, run_liuhen
from tests.replica.conftest import Pair, served


def damaged(sha256: str, content: bytes | None) -> None:
    place = keeping.local_store().place(sha256)
    place.chmod(0o640)
    if content is None:
        place.unlink()
    else:
        place.write_bytes(content)


@pytest.mark.parametrize("way", ["folder", "served"])
def test_altered_and_lost_originals_come_back_and_each_is_entered(pair: Pair, way: str) -> None:
    pair.pull()
    one, two = pair.originals
    damaged(one, b"ONE")
    damaged(two, None)
    assert {found.code for found in differences()} == {"original.altered", "original.missing"}
    with served(pair.folder) as address:
        folder = FolderSource(pair.folder.path)
        source = folder if way == "folder" else ServedSource(address, pair.folder.repair_token())
        done = {found.sha256: found for found in repair(pair.world.system, source)}
    assert {found.state for found in done.values()} == {MENDED}
    assert done[two].was == ""
    assert list(differences()) == []
    told = [
        json.loads(bytes(entry.body))["data"]
        for entry in Entry.objects.filter(event="original.repaired")
    ]
    assert {data["sha256"] for data in told} == {one, two}
    (kept_as,) = [data["kept_as"] for data in told if data["kept_as"]]
    aside = keeping.intake_path().parent / "quarantine" / kept_as
    assert aside.read_bytes() == b"ONE"
    aside.unlink()
    assert list(repair(pair.world.system, folder)) == []


def test_what_the_replica_lacks_stays_damaged_and_is_said(pair: Pair) -> None:
    damaged(pair.originals[0], None)
    (found,) = repair(pair.world.system, FolderSource(pair.folder.path))
    assert (found.sha256, found.state) == (pair.originals[0], NOT_HELD)
    assert not Entry.objects.filter(event="original.repaired").exists()


def test_a_replica_whose_bytes_are_wrong_mends_nothing(pair: Pair) -> None:
    pair.pull()
    sha256 = pair.originals[0]
    held = pair.folder.store.place(sha256)
    held.chmod(0o640)
    held.write_bytes(b"one, nearly")
    damaged(sha256, b"ONE")
    with pytest.raises(Refused) as refused:
        list(repair(pair.world.system, FolderSource(pair.folder.path)))
    assert refused.value.code == "repair.source_damaged"
    assert keeping.local_store().place(sha256).read_bytes() == b"ONE"


def test_a_wrong_repair_token_is_refused(pair: Pair) -> None:
    damaged(pair.originals[0], None)
    with served(pair.folder) as address, pytest.raises(Refused) as refused:
        list(repair(pair.world.system, ServedSource(address, "guessed")))
    assert refused.value.code == "repair.source_refused"


def test_a_drill_rebuilds_a_home_that_verifies_and_is_recorded_at_the_primary(
    pair: Pair, tmp_path: Path
) -> None:
    pair.act(3)
    pair.pull()
    home = tmp_path / "drill" / "home"
    done = run_liuhen("restore", "--from", pair.folder.path, "--home", home, "--drill", "--json")
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    state = pair.folder.state()
    assert (figures["entries"], figures["originals"]) == (state.size, 2)
    assert figures["differences"] == 0 and figures["rows"] > 20
    assert not home.exists()
    pair.pull()
    pair.pull()
    (entry,) = Entry.objects.filter(event="restore.drilled")
    assert json.loads(bytes(entry.body))["data"]["entries"] == state.size
    assert Replica.objects.get(name="beta").drill == figures


def test_a_restored_home_goes_on_under_a_new_key_that_is_entered(
    pair: Pair, tmp_path: Path
) -> None:
    pair.pull()
    home = tmp_path / "restored" / "home"
    done = run_liuhen("restore", "--from", pair.folder.path, "--home", home)
    assert done.returncode == 0, done.stderr
    place = Home(home).open()
    with place.cluster().running():
        verified = run_liuhen("verify", "--home", home, "--json")
        assert json.loads(verified.stdout) == {"differences": []}
        names = in_home(
            place,
            "from liuhen.people.models import Person\n"
            "from liuhen.ledger.signing import rotations\n"
            "officer = Person.objects.get(username='officer')\n"
            "print(Person.objects.count(), officer.has_usable_password(), len(rotations()))",
        )
    assert names.split() == [str(len(pair.world.people) + 1), "True", "1"]


def test_a_folder_that_is_not_empty_is_refused(pair: Pair, tmp_path: Path) -> None:
    pair.pull()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").write_text("x")
    done = run_liuhen("restore", "--from", pair.folder.path, "--home", tmp_path / "full")
    assert done.returncode == 2 and "另选一个空目录" in done.stderr


def test_a_replica_altered_on_its_own_disk_is_not_restored(pair: Pair, tmp_path: Path) -> None:
    pair.pull()
    (path,) = pair.folder.images_dir.glob("*.images")
    raw = bytearray(path.read_bytes())
    raw[100] ^= 1
    path.write_bytes(bytes(raw))
    done = run_liuhen("replica", "verify", "--home", pair.folder.path, "--json")
    assert done.returncode == 1
    assert "image.altered" in {one["code"] for one in json.loads(done.stdout)["differences"]}
    done = run_liuhen("restore", "--from", pair.folder.path, "--home", tmp_path / "h", "--drill")
    assert done.returncode == 2
