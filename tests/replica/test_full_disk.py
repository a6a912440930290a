"""The replica's disk is full: clear words here, an alarm at the primary, and on with space."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from liuhen.host.signs import GREEN, RED, Sign
from liuhen.kernel.refusals import Refused, explain
from liuhen.ledger.models import Entry
from liuhen.replica import checking
from liuhen.replica.folder import ReplicaFolder
from liuhen.upkeep.signs import record_signs
from tests.kill.disk import Disk, disk  # noqa: F401 - a fixture
from tests.replica.conftest import Pair

FULL = "磁盘已满"
PARTLY = 1 << 20


def lamp() -> Sign:
    """What the primary's operator sees of the replica."""
    (found,) = [one for one in record_signs() if one.name == "replica.beta"]
    return found


def test_nothing_held_is_lost_and_it_goes_on_where_it_stood(pair: Pair, disk: Disk) -> None:  # noqa: F811
    moved = Path(shutil.copytree(pair.folder.path, disk.path / "replica"))
    pair.folder = ReplicaFolder(moved).open()
    pair.pull()
    held = pair.folder.state()
    pair.act(3)
    sha256 = pair.keep(b"three" * PARTLY)
    # no room at all, then as much as entries take and a part of the original
    for room, lacks in ((0, []), (PARTLY, [sha256])):
        disk.leave(room)
        with pytest.raises(Refused) as refused:
            pair.pull()
        assert refused.value.code == "host.disk_full"
        assert FULL in explain(refused.value).message
        assert pair.folder.state().size >= held.size
        found = [one["record"].rpartition("/")[2] for one in checking.differences(pair.folder)]
        assert found == lacks, "only what did not fit"
        assert (lamp().lamp, FULL in lamp().words) == (RED, True)
    disk.leave(0)
    with pair.witnessed():
        pair.act()
        assert pair.ask() == 0, "what it can't keep it doesn't cosign"
    assert not Entry.objects.filter(event="witness.refused").exists(), "nor is it a refusal"
    disk.empty()
    begun = (pair.folder.intake_dir / sha256).stat().st_size
    assert 0 < begun < 5 * PARTLY, "a part of it came"
    assert pair.pull().differences == []
    assert pair.folder.store.digest(sha256) == sha256
    assert list(checking.differences(pair.folder)) == []
    assert lamp().lamp == GREEN
