"""A replica destroys what an approved disposal orders, nothing else, and says so."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from liuhen.actions.destroying import destroy_ordered
from liuhen.archive.disposals import replicas_behind
from liuhen.archive.models import Disposal
from liuhen.host.home import Home
from liuhen.kernel import clock
from liuhen.ledger.sequencing import sequence_all
from liuhen.recovery.repair import FolderSource, repair
from liuhen.recovery.restore import _copy_originals
from liuhen.replica import checking
from liuhen.replica.orders import _is_lawful
from liuhen.vault.keeping import local_store
from liuhen.vault.models import Copy
from liuhen.vault.store import LocalStore
from tests.actions import keeping
from tests.replica.conftest import Pair
from tests.web.conftest import picture
from tests.world import MORNING


def test_a_disposal_is_over_only_when_the_replica_has_destroyed_its_copies_too(
    pair: Pair,
) -> None:
    with clock.frozen(MORNING) as stopped:
        pair.waits(0)
        recordings = keeping.old_recordings(pair.world, stopped, 2)
        gone = [one.original_id for one in recordings]
        stopped.move(days=-795)  # the token is good for a month
        sequence_all()
        pair.pull()
        assert all(pair.folder.store.has(sha256) for sha256 in gone)
        assert Copy.objects.filter(original__in=gone, store="replica:beta").count() == 2
    with clock.frozen(MORNING + dt.timedelta(days=800)) as stopped:
        _order(pair, stopped, recordings)
        destroy_ordered()
        disposal = Disposal.objects.get()
        assert disposal.state == "destroying"
        assert not any(local_store().has(sha256) for sha256 in gone)
    with clock.frozen(MORNING + dt.timedelta(days=6)):
        sequence_all()
        assert replicas_behind(disposal) == ["beta"]
        pair.pull()
        assert not any(pair.folder.store.has(sha256) for sha256 in gone)
        assert keeping.files_with(picture(4_000_001), pair.folder.path) == []
        assert list(checking.differences(pair.folder)) == []
        assert replicas_behind(disposal) == []
        destroy_ordered()
        assert Disposal.objects.get().state == "destroyed"
        assert list(repair(pair.world.system, FolderSource(pair.folder.path))) == []
        sequence_all()
        pair.pull()
        assert pair.folder.state().missing == []


def test_a_replica_waits_by_its_own_clock_since_it_held_the_approval(pair: Pair) -> None:
    with clock.frozen(MORNING) as stopped:
        pair.waits(30)
        recordings = keeping.old_recordings(pair.world, stopped, 1)
        (gone,) = [one.original_id for one in recordings]
        stopped.move(days=-795)  # the token is good for a month
        sequence_all()
        pair.pull()
    with clock.frozen(MORNING + dt.timedelta(days=800)) as stopped:
        _order(pair, stopped, recordings)
        destroy_ordered()
        sequence_all()
    held_since = MORNING + dt.timedelta(days=6)
    for waited, is_held in (
        (dt.timedelta(), True),
        (dt.timedelta(days=30, seconds=-1), True),
        (dt.timedelta(days=30), False),
    ):
        with clock.frozen(held_since + waited):
            pair.renew_token()
            pair.pull()
            assert pair.folder.store.has(gone) == is_held
            assert pair.folder.state().ordered.keys() == ({gone} if is_held else set())
            assert list(checking.differences(pair.folder)) == []
            assert Disposal.objects.get().state == "destroying"
            destroy_ordered()
    assert Disposal.objects.get().state == "destroyed"


def test_a_home_rebuilt_from_a_replica_that_was_away_leaves_the_destroyed_out(
    pair: Pair, tmp_path: Path
) -> None:
    pair.pull()
    home = Home(tmp_path / "home").create()
    gone, stays = pair.originals
    assert _copy_originals(pair.folder, home, {gone}) == 1
    store = LocalStore(home.vault_dir)
    assert store.has(stays) and not store.has(gone)


def _order(pair: Pair, stopped: Any, recordings: Any) -> None:
    keeping.switch_on(pair.world, stopped)
    listed = keeping.propose(pair.world, recordings)
    keeping.approve(pair.world, listed.id)
    stopped.move(days=31)
    keeping.begin(pair.world, listed.id)


LAWFUL = {
    "proposed_by_id": "a",
    "first_by_id": "b",
    "second_by_id": "c",
    "first_office": "archivist",
    "second_office": "supervisor",
    "cooling_until": "2029-01-01T00:00:00+00:00",
}
ORDER = {"ordered_at": "2029-01-01T00:00:00+00:00"}


@pytest.mark.parametrize(
    "changed",
    [
        {"second_by_id": "b"},
        {"second_by_id": "a"},
        {"second_by_id": None},
        {"second_office": "archivist"},
        {"first_office": ""},
        {"cooling_until": None},
        {"cooling_until": "2029-01-01T00:00:01+00:00"},
    ],
)
def test_a_replica_follows_no_order_that_two_did_not_approve_or_that_has_not_cooled(
    changed: dict[str, Any],
) -> None:
    assert _is_lawful(LAWFUL, ORDER)
    assert not _is_lawful(LAWFUL | changed, ORDER)
