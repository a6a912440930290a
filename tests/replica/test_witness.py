"""A witness signs what continues the log it knows, refuses the rest, and keeps the evidence."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest

from liuhen.kernel import clock
from liuhen.ledger import attesting, trust
from liuhen.ledger.attesting import AHEAD, AWAY
from liuhen.ledger.models import Attestation, Checkpoint, Cosignature, Entry
from liuhen.ledger.queries import latest_checkpoint, proof_of, published_note, read_tile
from liuhen.ledger.signing import log_keys, origin, signer
from liuhen.ledger.trust import policy
from liuhen.replica import evidence
from liuhen.replica.witness import answer, witnessed
from liuhen.tlog.audit import consistency_path
from liuhen.tlog.checkpoints import Checkpoint as Told
from liuhen.tlog.checkpoints import open_checkpoint, sign_checkpoint
from liuhen.tlog.entry_proof import verify_proof
from liuhen.tlog.hashing import EMPTY_ROOT
from liuhen.tlog.keys import Signer
from liuhen.tlog.witnessing import AddCheckpoint, parse_add_checkpoint
from tests.replica.attacker import cut_to
from tests.replica.conftest import Pair


def newest() -> Checkpoint:
    found = latest_checkpoint()
    assert found is not None
    return found


def request(old: int, note: str, size: int | None = None) -> bytes:
    path = consistency_path(old, size or newest().size, read_tile)
    return AddCheckpoint(old, path, note).text.encode()


def test_the_newest_checkpoint_is_cosigned_and_the_proof_carries_it(pair: Pair) -> None:
    with pair.witnessed():
        assert pair.ask() == 1
        assert pair.ask() == 0
        pair.act()
        assert pair.ask() == 1
        entry = Entry.objects.order_by("recorded_at", "id").first()
        assert entry is not None
        keys = policy().witness_keys
        proved = verify_proof(
            proof_of(entry.id).text, origin=origin(), keys=log_keys(), witnesses=keys
        )
        (signature,) = proved.opened.cosignatures
        assert signature.timestamp == int(clock.now().timestamp())
        assert policy().is_met_by([(signature.line.name, signature.line.key_id)])
    assert witnessed(pair.folder) == proved.opened.checkpoint


def test_a_witness_that_is_away_delays_nothing_and_is_shown(pair: Pair) -> None:
    with pair.witnessed():
        pass
    trust.add_witness("replica", pair.folder.cosigner().verifier, "http://127.0.0.1:9")
    assert pair.ask() == 0
    assert Attestation.objects.get(name="replica").trouble == AWAY
    assert not Cosignature.objects.exists()
    assert not Entry.objects.filter(event="witness.refused").exists()


def test_a_witness_that_knows_another_size_is_asked_from_there(pair: Pair) -> None:
    pair.pull()  # the replica cosigns for itself what it has pulled
    pair.act(3)
    with pair.witnessed():
        assert pair.ask() == 1


@pytest.mark.parametrize("is_overtaken", [False, True], ids=["as far as ours", "past ours"])
def test_a_replica_that_pulls_between_two_requests_is_no_refusal(
    pair: Pair, monkeypatch: pytest.MonkeyPatch, is_overtaken: bool
) -> None:
    """What it pulls it cosigns, so that it knows another size each time it is asked."""
    pair.pull()
    pair.act()
    ask = attesting._post
    meanwhile: list[Callable[[], object]] = [pair.act] * is_overtaken + [pair.pull]

    def asked(*given: Any) -> tuple[int, bytes]:
        told = ask(*given)
        while meanwhile:
            meanwhile.pop(0)()
        return told

    monkeypatch.setattr(attesting, "_post", asked)
    with pair.witnessed():
        assert pair.ask() == (0 if is_overtaken else 1)
        assert pair.ask() == (1 if is_overtaken else 0)
    assert not Entry.objects.filter(event="witness.refused").exists()
    assert Attestation.objects.get(name="replica").trouble == ""


def test_a_pull_goes_on_past_what_was_cosigned_ahead_of_it(pair: Pair) -> None:
    """The checkpoint cosigned in between lies inside a bundle that only comes wider."""
    pair.pull()
    pair.act(3)
    with pair.witnessed():
        assert pair.ask() == 1
    cosigned = newest().size
    pair.act(3)
    pulled = pair.pull()
    assert pulled.differences == []
    assert pair.folder.state().size == newest().size > cosigned


def test_the_statuses_are_those_of_the_specification(pair: Pair) -> None:
    now, folder = newest(), pair.folder
    other = Signer.generated("other.example/log")
    foreign = sign_checkpoint(Told(other.name, now.size, bytes(now.root)), other)
    assert answer(folder, request(0, foreign)).status == 404
    forged = sign_checkpoint(Told(origin(), now.size, bytes(now.root)), Signer.generated(origin()))
    assert answer(folder, request(0, forged)).status == 403
    assert answer(folder, b"old 1\nnonsense").status == 400
    assert answer(folder, b"old 01\n\n" + now.note.encode()).status == 400
    beyond = AddCheckpoint(now.size + 1, (), now.note).text.encode()
    assert answer(folder, beyond).status == 400
    conflict = answer(folder, request(1, now.note))
    assert (conflict.status, conflict.body) == (409, "0\n")
    assert conflict.content_type == "text/x.tlog.size"
    needless = AddCheckpoint(0, (EMPTY_ROOT,), now.note).text.encode()
    assert answer(folder, needless).status == 422
    good = answer(folder, request(0, now.note))
    assert good.status == 200 and good.body.startswith("— ")
    empty = f"{origin()}\n0\n{'A' * 43}=\n\n— x AAAAAAAA\n"
    assert answer(folder, b"old 0\n\n" + empty.encode()).status == 422
    again = answer(folder, request(now.size, now.note))
    assert again.status == 200


def test_a_request_is_read_as_it_is_written(pair: Pair) -> None:
    asked = AddCheckpoint(5, (EMPTY_ROOT, EMPTY_ROOT), newest().note)
    assert parse_add_checkpoint(asked.text.encode()) == asked


def test_over_http_the_witness_answers_and_shows_what_it_signed(pair: Pair) -> None:
    with pair.witnessed() as address:
        pair.ask()
        line = http.client.HTTPConnection(urlsplit(address).netloc)
        line.request("GET", f"/{sha256(origin().encode()).hexdigest()}/checkpoint")
        told = line.getresponse()
        note = told.read().decode()
        line.close()
        assert told.status == 200
        opened = open_checkpoint(
            note, origin=origin(), keys=log_keys(), witnesses=policy().witness_keys
        )
        assert opened.cosignatures and opened.checkpoint.size == newest().size
        assert published_note(newest()) in (note, published_note(newest()))
        for method, path, status in (
            ("GET", "/add-checkpoint", 405),
            ("GET", "/nothing", 404),
            ("POST", "/healthz", 405),
            ("GET", "/healthz", 200),
            ("GET", f"/originals/{pair.originals[0]}", 401),
        ):
            line.request(method, path)
            reply = line.getresponse()
            reply.read()
            line.close()
            assert reply.status == status, path


@pytest.mark.parametrize("growth", [0, 5])
def test_a_fork_is_refused_with_422_entered_and_both_checkpoints_kept(
    pair: Pair, growth: int
) -> None:
    with pair.witnessed():
        pair.ask()
        held = newest()
        pair.act(growth)
        size = newest().size
        forked = sign_checkpoint(Told(origin(), size, b"\1" * 32), signer())
        told = answer(pair.folder, request(held.size, forked, size))
        assert told.status == 422
    (name,) = evidence.kept(pair.folder)
    kept = json.loads((pair.folder.evidence_dir / name).read_text())
    assert kept["code"] == "log.forked"
    for note in (kept["held"], kept["found"]):
        assert open_checkpoint(note, origin=origin(), keys=log_keys())
    assert witnessed(pair.folder) is not None
    assert witnessed(pair.folder).size == held.size  # type: ignore[union-attr]


def test_a_log_cut_short_hears_that_its_witness_is_ahead(
    pair: Pair, owner: psycopg.Connection
) -> None:
    with pair.witnessed():
        pair.act(2)
        pair.ask()
        later = newest()
        # an old backup put back: the newest checkpoint and its entry are gone
        cut_to(owner, Checkpoint.objects.order_by("-size")[1].size)
        assert newest().size < later.size
        assert pair.ask() == 0
        state = Attestation.objects.get(name="replica")
        assert (state.trouble, state.detail) == (AHEAD, str(later.size))
        pair.ask()
    (entry,) = Entry.objects.filter(event="witness.refused")
    assert json.loads(bytes(entry.body))["data"]["why"] == AHEAD
