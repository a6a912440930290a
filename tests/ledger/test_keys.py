"""The log's key can change, with a record; a retired key signs nothing more; SM2 beside."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from tests.replica.attacker import unguarded

from liuhen.actions.log_keys import rotate_log_key
from liuhen.demo.people import World
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.ledger.models import Checkpoint, Entry
from liuhen.ledger.queries import latest_checkpoint, proof_of
from liuhen.ledger.sequencing import sequence_all
from liuhen.ledger.signing import bridging_checkpoints, log_keys, origin, signer, sm2_key
from liuhen.tlog.checkpoints import Checkpoint as Told
from liuhen.tlog.checkpoints import open_checkpoint, sign_checkpoint
from liuhen.tlog.entry_proof import verify_proof
from liuhen.tlog.keys import Signer
from liuhen.tlog.notes import parse_note
from liuhen.vault.checks import differences


@pytest.fixture(autouse=True)
def clean_keys(world: World) -> Iterator[None]:
    """The home is the same for all tests: what this one puts there goes again."""
    yield
    settings.HOME.policy_path.unlink(missing_ok=True)
    settings.HOME.sm2_key_path.unlink(missing_ok=True)
    for name in settings.HOME.log_key_names():
        if name != "log.pem":
            (settings.HOME.secrets.folder / name).unlink()


def newest() -> Checkpoint:
    found = latest_checkpoint()
    assert found is not None
    return found


def found_codes() -> set[str]:
    return {difference.code for difference in differences()}


def rotated(world: World) -> tuple[Signer, Signer]:
    """The signers before and after a rotation whose entry has its index."""
    sequence_all()
    before = signer()
    rotate_log_key(actor=world["operator"], reason="例行更换")
    sequence_all()
    return before, signer()


def act(world: World) -> None:
    with suppress(Refused):  # the refusal is an entry
        rotate_log_key(actor=world["officer"], reason="无权")
    sequence_all()


def test_the_covering_checkpoint_is_signed_by_both_and_the_next_by_the_new_alone(
    world: World,
) -> None:
    before, after = rotated(world)
    assert before.verifier != after.verifier
    names = {before.verifier.key_id, after.verifier.key_id}
    assert {line.key_id for line in parse_note(newest().note).lines} == names
    assert [one.size for one in bridging_checkpoints()] == [newest().size]
    act(world)
    assert {line.key_id for line in parse_note(newest().note).lines} == {after.verifier.key_id}
    assert found_codes() == set()
    assert set(log_keys()) == {before.verifier, after.verifier}


def test_an_old_entry_is_proved_under_the_new_key(world: World) -> None:
    rotated(world)
    act(world)
    entry = Entry.objects.order_by("recorded_at", "id")[0]
    proof = proof_of(entry.id).text
    assert verify_proof(proof, origin=origin(), keys=[signer().verifier])


def test_a_checkpoint_signed_with_a_retired_key_is_found_and_named(
    world: World, owner: psycopg.Connection
) -> None:
    before, _ = rotated(world)
    act(world)
    last = newest()
    forged = sign_checkpoint(Told(origin(), last.size, bytes(last.root)), before)
    unguarded(owner, "UPDATE ledger_checkpoint SET note = %s WHERE size = %s", forged, last.size)
    (difference,) = differences()
    assert difference.code == "checkpoint.old_key"
    assert difference.record == f"ledger_checkpoint/{last.size}"


def test_a_key_the_policy_does_not_know_is_found(world: World) -> None:
    rotated(world)
    settings.HOME.policy_path.unlink()
    assert "key.unknown" in found_codes()


def test_a_rotation_needs_a_reason_an_office_and_the_one_before_in_the_log(world: World) -> None:
    sequence_all()
    for who, reason, code in (
        ("operator", " ", "reason.missing"),
        ("records", "x", "permission.missing"),
    ):
        with pytest.raises(Refused) as refused:
            rotate_log_key(actor=world[who], reason=reason)
        assert refused.value.code == code
    rotate_log_key(actor=world["operator"], reason="例行更换")
    with pytest.raises(Refused) as refused:
        rotate_log_key(actor=world["operator"], reason="又一次")
    assert refused.value.code == "log_key.waiting"


def test_an_sm2_signature_stands_beside_and_openssl_accepts_it(
    world: World, tmp_path: Path
) -> None:
    path = settings.HOME.sm2_key_path
    subprocess.run(
        ["openssl", "genpkey", "-algorithm", "SM2", "-out", str(path)],
        check=True,
        capture_output=True,
    )
    path.chmod(0o600)
    sequence_all()
    key = sm2_key()
    assert key is not None
    opened = open_checkpoint(newest().note, origin=origin(), keys=[*log_keys(), key])
    assert opened.is_signed_by(key) and opened.is_signed_by(signer().verifier)
    (line,) = [s.line for s in opened.signatures if s.line.key_id == key.key_id]
    for name, content in (
        ("text", parse_note(newest().note).text.encode()),
        ("sig", line.signature),
        ("pub", key.public_key),
    ):
        (tmp_path / name).write_bytes(content)
    told = subprocess.run(
        [
            *("openssl", "pkeyutl", "-verify", "-rawin", "-digest", "sm3"),
            *("-pkeyopt", "distid:1234567812345678", "-pubin", "-keyform", "DER"),
            *("-inkey", "pub", "-in", "text", "-sigfile", "sig"),
        ],
        cwd=tmp_path,
        capture_output=True,
    )
    assert told.returncode == 0, told.stderr
    assert not key.is_valid("another text\n", line.signature)
    assert found_codes() == set()
    # a file that is no SM2 key stops the log with a plain word, before anything is signed
    path.write_text("not a key")
    act_refused = None
    try:
        act(world)
    except Refused as refused:
        act_refused = refused.code
    assert act_refused == "key.sm2_unusable"
    assert clock.now() >= newest().signed_at
