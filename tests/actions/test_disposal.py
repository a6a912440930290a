"""The one way anything recorded goes: approved by two, cooled off, every copy proven gone."""

from __future__ import annotations

import datetime as dt
import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import psycopg
import pypdf
import pytest
from django.conf import settings
from django.db import DatabaseError, connection

from liuhen.actions import destroying
from liuhen.actions.access import grant_standing_approval
from liuhen.actions.act import Draft, act
from liuhen.actions.deputising import name_deputy
from liuhen.actions.destroying import (
    destroy_ordered,
    finish_disposal,
    prove_copy_gone,
    prove_outside_copy_gone,
    record_copies_gone,
    take_gone,
)
from liuhen.actions.disposal import (
    approve_disposal,
    begin_disposal,
    propose_disposal,
    remove_from_disposal,
    withdraw_disposal,
)
from liuhen.actions.replicas import record_copies
from liuhen.actions.retention import lift_hold, place_hold
from liuhen.actions.second_copies import make_missing_copies
from liuhen.actions.texts import confirm_text
from liuhen.archive.models import Disposal, DisposalItem
from liuhen.archive.retention import obstacles
from liuhen.demo.people import World
from liuhen.jobs.media import make_thumbnail
from liuhen.kernel import clock as clocks
from liuhen.kernel.clock import FrozenClock
from liuhen.ledger.models import Entry
from liuhen.ledger.sequencing import sequence_all
from liuhen.people.models import Office, Person
from liuhen.recordings.derivatives import (
    REDACTED,
    THUMBNAIL,
    bring_in,
    derivative_path,
)
from liuhen.recordings.models import Derivative, DraftText, Recording
from liuhen.recordings.texts import put_draft
from liuhen.recovery.repair import repair
from liuhen.search.indexing import follow_all, rebuild
from liuhen.search.models import Indexed
from liuhen.vault import destroying as vault_destroying
from liuhen.vault.checks import differences
from liuhen.vault.keeping import local_store
from liuhen.vault.models import Copy, CopyGone, Destruction, Original
from tests.actions import keeping
from tests.actions.keeping import code_of
from tests.web.conftest import hand_in, picture
from tests.world import MORNING


@pytest.fixture
def clock(world: World) -> Iterator[FrozenClock]:
    with clocks.frozen(MORNING) as stopped:
        yield stopped


@act(permission="unit.register", event="test.forged")
def forge(draft: Draft, *, actor: Person, sha256: str, disposal: Disposal) -> None:
    """An order that no approved disposal stands behind."""
    Destruction.objects.create(
        original_id=sha256, disposal=disposal.id, number=disposal.number, ordered_at=draft.at
    )


def test_a_disposal_leaves_no_byte_and_everything_that_was_recorded(
    world: World, clock: FrozenClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "SECOND_STORE", tmp_path)
    recordings = keeping.old_recordings(world, clock, 2)
    one = recordings[0]
    content = picture(4_000_001)
    make_thumbnail(one.original_id)
    keeping.everything_made_from(one, content)
    put_draft(one.original_id, "picture", text="刻着样例二字的石碑", model="m", version="1")
    confirming: dict[str, Any] = {"source": "picture", "text": "刻着样例二字的石碑"}
    _may_look(world, clock)
    confirm_text(actor=world["records"], recording_id=one.id, **confirming)
    make_missing_copies()
    sequence_all()
    follow_all()
    assert Indexed.objects.filter(record_id=one.id).count() == 2, "what it shows is found too"
    assert len(keeping.files_with(content, tmp_path)) == 2 + len(keeping.MADE_KINDS)
    thumbnail = derivative_path(one.original_id, THUMBNAIL).read_bytes()
    keeping.switch_on(world, clock)
    listed = keeping.propose(world, recordings)
    keeping.approve(world, listed.id)
    clock.move(days=31)
    keeping.begin(world, listed.id)
    assert list(differences()) == [], "under way, nothing is lost yet"
    assert destroy_ordered() == 4
    done = Disposal.objects.get(id=listed.id)
    assert done.state == "destroyed" and done.certificate_id is not None
    certificate = pypdf.PdfReader(local_store().place(done.certificate_id)).pages[0]
    assert "本机存储、第二存储" in certificate.extract_text(), "in people's words"
    assert "经人确认的文字" in certificate.extract_text().replace("\n", "")
    assert keeping.files_with(thumbnail, tmp_path) == []
    for recording, seed in zip(recordings, (4_000_001, 4_000_002), strict=True):
        assert keeping.files_with(picture(seed), tmp_path) == []
        assert Original.objects.filter(sha256=recording.original_id).exists()
    assert not Derivative.objects.filter(original=one.original_id).exists()
    assert not DraftText.objects.filter(original=one.original_id).exists()
    assert not list(settings.HOME.derived_dir.rglob(f"{one.original_id}*"))
    sequence_all()
    follow_all()
    rebuild()
    assert not Indexed.objects.filter(record_id=one.id).exists(), "nor what a person confirmed"
    told = {"recordings_confirmedtext", "ledger_rowimage"}
    assert keeping.tables_with("样例二字") == told, "what a person said stays, and where is known"
    entries = Entry.objects.filter(event__startswith="disposal.")
    assert sorted(one.event for one in entries) == [
        *("disposal.approved", "disposal.approved", "disposal.begun"),
        *("disposal.finished", "disposal.proposed"),
    ]
    assert list(differences()) == [], "destroyed by certificate is not lost"
    make_missing_copies()  # of the papers of the disposal
    assert destroy_ordered() == 0 and keeping.files_with(content, tmp_path) == []
    _never_back(world, one, content)


def _may_look(world: World, clock: FrozenClock) -> None:
    grant_standing_approval(
        actor=world["deputy"],
        group="records_manager",
        purpose="核对文字",
        scope="all_cases",
        until=clock.instant + 30 * keeping.DAY,
    )


def _never_back(world: World, one: Recording, content: bytes) -> None:
    class Everything:
        name = "replica:everything"

        def fetch(self, sha256: str, target: Path) -> bool:
            raise AssertionError("a destroyed original is asked for")

    assert list(repair(world.system, Everything())) == []
    assert code_of(lambda: hand_in(world, 4_000_001)) == "original.destroyed"
    (refused,) = keeping.files_with(content)  # the upload, which its sender may take away
    assert refused.parent == settings.HOME.intake_dir
    refused.unlink()
    late = settings.HOME.intake_dir / "late"  # a copy that took long to be made
    late.write_bytes(content)
    assert code_of(lambda: bring_in(one.original_id, REDACTED, late)) == "original.destroyed"
    assert keeping.files_with(content) == []
    place = local_store().place(one.original_id)
    place.write_bytes(content)
    (found,) = differences()
    assert found.code == "original.back"
    place.unlink()


def test_nothing_is_disposed_of_until_the_authority_switches_it_on(
    world: World, clock: FrozenClock
) -> None:
    recordings = keeping.old_recordings(world, clock, 1)
    proposing: dict[str, Any] = {
        "actor": world["records"],
        "recording_ids": [one.id for one in recordings],
        "reason": keeping.REASON,
    }
    assert code_of(propose_disposal, **proposing) == "disposal.off"
    keeping.switch_on(world, clock)
    assert code_of(propose_disposal, **{**proposing, "actor": world["officer"]}) == (
        "permission.missing"
    )
    assert code_of(propose_disposal, **{**proposing, "reason": ""}) == "reason.missing"
    assert code_of(propose_disposal, **{**proposing, "recording_ids": []}) == "disposal.empty"
    young = hand_in(world, 99)
    assert code_of(propose_disposal, **{**proposing, "recording_ids": [young.id]}) == (
        "disposal.kept"
    )
    assert code_of(propose_disposal, **proposing) == "done"
    assert code_of(propose_disposal, **proposing) == "disposal.listed"


def test_two_persons_of_different_offices_approve_and_nobody_their_own(
    world: World, clock: FrozenClock
) -> None:
    recordings = keeping.old_recordings(world, clock, 1)
    keeping.switch_on(world, clock)
    listed = keeping.propose(world, recordings)
    asked: dict[str, Any] = {"disposal_id": listed.id, "opinion": "同意。"}
    deputy: dict[str, Any] = {**asked, "actor": world["deputy"]}
    assert code_of(approve_disposal, **deputy, office="archivist") == "disposal.office"
    approve_disposal(**deputy, office="commission_leader")
    assert code_of(approve_disposal, **deputy, office="deputy_in_charge") == "disposal.own"
    other = Office.objects.get(person=world["deputy"], kind="deputy_in_charge")
    name_deputy(
        actor=world["deputy"],
        office_id=other.id,
        deputy=world["handler"],
        until=clock.instant + dt.timedelta(days=1),
        reason="外出",
    )
    acting: dict[str, Any] = {**asked, "actor": world["handler"]}
    assert code_of(approve_disposal, **acting, office="deputy_in_charge") == "disposal.own"
    head: dict[str, Any] = {**asked, "actor": world["head"], "office": "authority_head"}
    assert code_of(approve_disposal, **{**head, "opinion": " "}) == "approval.opinion"
    ordering: dict[str, Any] = {
        "actor": world["records"],
        "disposal_id": listed.id,
        "outside": (),
        "is_outside_complete": True,
    }
    assert code_of(begin_disposal, **ordering) == "disposal.state"
    cooled = approve_disposal(**head).cooling_until
    assert cooled is not None
    clock.instant = cooled
    assert code_of(begin_disposal, **ordering) == "disposal.cooling"
    clock.move(seconds=1)
    assert code_of(begin_disposal, **{**ordering, "is_outside_complete": False}) == (
        "disposal.outside"
    )
    assert code_of(begin_disposal, **ordering) == "done"
    told: dict[str, Any] = {"actor": world["deputy"], "disposal_id": listed.id, "reason": "再等等"}
    assert code_of(withdraw_disposal, **told) == "disposal.state"


def test_a_hold_stops_a_list_that_is_already_approved_and_what_is_removed_stays(
    world: World, clock: FrozenClock
) -> None:
    kept, gone = keeping.old_recordings(world, clock, 2)
    keeping.switch_on(world, clock)
    listed = keeping.propose(world, [kept, gone])
    keeping.approve(world, listed.id)
    clock.move(days=31)
    hold = place_hold(actor=world["deputy"], recording_id=kept.id, reason="法院调取")
    assert code_of(keeping.begin, world=world, disposal_id=listed.id) == "disposal.kept"
    item = DisposalItem.objects.get(original=kept.original_id)
    remove_from_disposal(actor=world["records"], item_id=item.id, reason="已暂缓处置")
    keeping.begin(world, listed.id)
    destroy_ordered()
    assert local_store().has(kept.original_id) and not local_store().has(gone.original_id)
    lift_hold(actor=world["head"], hold_id=hold.id, reason="已调取")
    again = keeping.propose(world, [kept])
    withdraw_disposal(actor=world["archivist"], disposal_id=again.id, reason="另有用途")
    keeping.propose(world, [kept])


def test_the_database_lets_through_exactly_an_approved_disposal(
    world: World, clock: FrozenClock, owner: psycopg.Connection
) -> None:
    recordings = keeping.old_recordings(world, clock, 2)
    keeping.switch_on(world, clock)
    listed = keeping.propose(world, recordings)
    sha256 = recordings[0].original_id
    forging: dict[str, Any] = {"actor": world.system, "sha256": sha256, "disposal": listed}
    with pytest.raises(DatabaseError, match="no approved disposal"):
        forge(**forging)
    keeping.approve(world, listed.id)
    with pytest.raises(DatabaseError, match="no approved disposal"):
        forge(**forging)
    with pytest.raises(psycopg.Error, match="liuhen"):
        owner.execute(
            "INSERT INTO vault_destruction (original_id, disposal, number, ordered_at)"
            " VALUES (%s, %s, 'x', now())",
            (sha256, listed.id),
        )
    for table in ("vault_original", "vault_copy", "recordings_recording"):
        with pytest.raises(psycopg.Error, match="liuhen"):
            owner.execute(f"DELETE FROM {table}")
    clock.move(days=31)
    keeping.begin(world, listed.id)
    destroy_ordered()
    assert Destruction.objects.count() == 2
    with pytest.raises(psycopg.Error, match="liuhen"):
        owner.execute("DELETE FROM vault_destruction")


def test_two_lists_of_the_same_records_at_once_leave_one(world: World, clock: FrozenClock) -> None:
    recordings = keeping.old_recordings(world, clock, 3)
    keeping.switch_on(world, clock)
    barrier, outcomes = Barrier(2), []

    def run() -> None:
        barrier.wait()
        outcomes.append(code_of(keeping.propose, world=world, recordings=recordings))
        connection.close()

    threads = [Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["disposal.listed", "done"]
    assert Disposal.objects.count() == 1


def test_killed_in_the_middle_it_goes_on_and_ends(world: World, clock: FrozenClock) -> None:
    ordered, recordings = keeping.ordered(world, clock, 3)
    connection.close()
    child = os.fork()
    if child == 0:
        taken: list[None] = []
        take_away = vault_destroying.take_away

        def die_after_one(sha256: str) -> None:
            if taken:
                os.kill(os.getpid(), signal.SIGKILL)
            take_away(sha256)
            taken.append(None)

        destroying.take_away = die_after_one  # type: ignore[attr-defined]
        destroy_ordered()
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    left = [one for one in recordings if local_store().has(one.original_id)]
    assert len(left) == 2 and not CopyGone.objects.exists()
    assert list(differences()) == []
    assert destroy_ordered() == 3
    assert Disposal.objects.get(id=ordered.id).state == "destroyed"
    assert not any(local_store().has(one.original_id) for one in recordings)


def test_it_stays_under_way_while_a_copy_outside_or_away_is_left(
    world: World, clock: FrozenClock
) -> None:
    recordings = keeping.old_recordings(world, clock, 1)
    sha256 = recordings[0].original_id
    record_copies(actor=world.system, replica="far", sha256s=[sha256])
    assert code_of(take_gone, actor=world.system, replica="far", sha256s=[sha256]) == (
        "copy.not_ordered"
    )
    keeping.switch_on(world, clock)
    listed = keeping.propose(world, recordings)
    keeping.approve(world, listed.id)
    clock.move(days=31)
    until = clock.instant.date() + 40 * keeping.DAY
    outside = [{"kind": "backup", "place": "磁带 A-17", "expires_on": until}]
    ordered = keeping.begin(world, listed.id, outside=outside)
    destroy_ordered()
    assert not local_store().has(sha256)
    assert Disposal.objects.get(id=ordered.id).state == "destroying"
    far = Copy.objects.get(original=sha256, store="replica:far")
    here = Copy.objects.get(original=sha256, store="local")
    assert record_copies_gone(actor=world.system, copy_ids=[here.id], how="再看一次") == []
    assert code_of(prove_copy_gone, actor=world["officer"], copy_id=far.id, proof="x") == (
        "permission.missing"
    )
    assert code_of(prove_copy_gone, actor=world["records"], copy_id=far.id, proof=" ") == (
        "reason.missing"
    )
    assert take_gone(world.system, "far", [sha256]) == 1
    tape = ordered.outside.get()
    proving: dict[str, Any] = {
        "actor": world["records"],
        "outside_id": tape.id,
        "proof": "轮换记录 2029-17",
    }
    assert code_of(prove_outside_copy_gone, **proving) == "outside_copy.unexpired"
    finishing: dict[str, Any] = {"actor": world.system, "disposal_id": ordered.id}
    assert code_of(finish_disposal, **finishing) == "disposal.left"
    clock.move(days=41)
    prove_outside_copy_gone(**proving)
    assert code_of(prove_outside_copy_gone, **proving) == "outside_copy.gone"
    destroy_ordered()
    assert Disposal.objects.get(id=ordered.id).state == "destroyed"
    told = json.loads(bytes(Entry.objects.get(event="outside_copy.proven_gone").body))
    assert told["data"]["proof"] == "轮换记录 2029-17"


def test_an_original_with_several_owners_lives_as_long_as_the_longest(
    world: World, clock: FrozenClock
) -> None:
    (old,) = keeping.old_recordings(world, clock, 1)
    keeping.switch_on(world, clock)
    assert obstacles(old.original_id, clock.instant) == []
    _second_owner(actor=world.system, recording=old)
    assert code_of(keeping.propose, world=world, recordings=[old]) == "disposal.kept"


@act(permission="unit.register", event="test.second_owner")
def _second_owner(draft: Draft, *, actor: Person, recording: Recording) -> None:
    """The same bytes as another recording, filmed a moment ago."""
    Recording.objects.create(
        original=recording.original,
        kind=recording.kind,
        name="又一件.png",
        ended_at=draft.at,
        stored_at=draft.at,
    )
