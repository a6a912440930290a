"""One proof file proves one entry, and not one byte of it can change."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liuhen.kernel.refusals import Refused
from liuhen.tlog.audit import inclusion_path
from liuhen.tlog.checkpoints import Checkpoint, sign_checkpoint
from liuhen.tlog.cosignatures import Cosigner
from liuhen.tlog.entry_proof import (
    EntryProof,
    ProofExtra,
    parse_extra,
    parse_proof,
    verify_proof,
)
from liuhen.tlog.growth import tree_root
from liuhen.tlog.hashing import leaf_hash
from liuhen.tlog.keys import Signer
from liuhen.tlog.notes import add_signatures

from .trees import TileStore

LOG = Signer("log.example/demo", bytes(range(32)))
WITNESS = Cosigner("witness.example", bytes(32))
ORIGIN = "log.example/demo"
ENTRIES = [f'{{"n":{n},"名":"留痕"}}'.encode() for n in range(300)]
STORE = TileStore()
STORE.append([leaf_hash(entry) for entry in ENTRIES])


def proof_of(index: int, size: int = 300, *, extra: bool = True, stamps: int = 0) -> EntryProof:
    checkpoint = Checkpoint(ORIGIN, size, tree_root(size, STORE.read))
    carried = ProofExtra(ENTRIES[index], tuple(bytes([n]) for n in range(stamps)))
    return EntryProof(
        index,
        inclusion_path(index, size, STORE.read),
        sign_checkpoint(checkpoint, LOG),
        carried.encode() if extra else None,
    )


RAW = proof_of(42).text.encode()


@given(st.integers(1, 300), st.data())
@settings(max_examples=40, deadline=None)
def test_a_proof_of_any_entry_at_any_size_verifies(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    proved = verify_proof(proof_of(index, size).text, origin=ORIGIN, keys=[LOG.verifier])
    assert (proved.index, proved.entry) == (index, ENTRIES[index])
    assert proved.opened.checkpoint.size == size


def test_the_text_has_the_specified_shape() -> None:
    proof = proof_of(4, 7, extra=False)
    lines = proof.text.split("\n")
    assert lines[:2] == ["c2sp.org/tlog-proof@v1", "index 4"]
    assert [base64.b64decode(line) for line in lines[2:5]] == list(proof.path)
    assert lines[5:8] == ["", ORIGIN, "7"]
    assert parse_proof(proof.text) == proof
    carried = proof_of(4, 7)
    assert carried.text.split("\n")[1].startswith("extra ")
    assert parse_proof(carried.text.encode()) == carried


def test_a_proof_without_the_entry_needs_it_from_outside() -> None:
    raw = proof_of(42, extra=False).text
    proved = verify_proof(raw, origin=ORIGIN, keys=[LOG.verifier], entry=ENTRIES[42])
    assert proved.index == 42
    with pytest.raises(Refused, match="extra"):
        verify_proof(raw, origin=ORIGIN, keys=[LOG.verifier])
    with pytest.raises(Refused, match=r"inclusion\.wrong"):
        verify_proof(raw, origin=ORIGIN, keys=[LOG.verifier], entry=ENTRIES[43])


def test_a_proof_that_carries_another_entry_than_the_one_asked_for_is_refused() -> None:
    with pytest.raises(Refused, match=r"proof\.other_entry"):
        verify_proof(RAW, origin=ORIGIN, keys=[LOG.verifier], entry=ENTRIES[43])
    assert verify_proof(RAW, origin=ORIGIN, keys=[LOG.verifier], entry=ENTRIES[42]).index == 42


@given(st.integers(0, len(RAW) - 1), st.integers(1, 255))
@settings(max_examples=400, deadline=None)
def test_any_altered_byte_is_found(place: int, mask: int) -> None:
    altered = bytearray(RAW)
    altered[place] ^= mask
    with pytest.raises(Refused):
        verify_proof(bytes(altered), origin=ORIGIN, keys=[LOG.verifier])


def test_any_cut_and_anything_added_is_found() -> None:
    for length in range(len(RAW)):
        with pytest.raises(Refused):
            verify_proof(RAW[:length], origin=ORIGIN, keys=[LOG.verifier])
    for added in (b"\n", b" ", b"x", "— name AAAA\n".encode()):
        with pytest.raises(Refused):
            verify_proof(RAW + added, origin=ORIGIN, keys=[LOG.verifier])


def test_the_log_s_key_and_origin_come_from_the_verifier_not_from_the_proof() -> None:
    stranger = Signer(ORIGIN, bytes(32))
    with pytest.raises(Refused, match=r"note\.unsigned"):
        verify_proof(RAW, origin=ORIGIN, keys=[stranger.verifier])
    with pytest.raises(Refused, match=r"checkpoint\.foreign"):
        verify_proof(RAW, origin="log.example/other", keys=[LOG.verifier])


def test_witnesses_that_signed_are_reported() -> None:
    plain = proof_of(42)
    checkpoint = Checkpoint(ORIGIN, 300, tree_root(300, STORE.read))
    note = add_signatures(plain.checkpoint, [WITNESS.cosign(checkpoint.text, 1_700_000_000)])
    witnessed = EntryProof(plain.index, plain.path, note, plain.extra).text
    proved = verify_proof(
        witnessed, origin=ORIGIN, keys=[LOG.verifier], witnesses=[WITNESS.verifier]
    )
    assert [s.timestamp for s in proved.opened.cosignatures] == [1_700_000_000]
    unwitnessed = verify_proof(
        RAW, origin=ORIGIN, keys=[LOG.verifier], witnesses=[WITNESS.verifier]
    )
    assert unwitnessed.opened.cosignatures == ()


def test_time_stamps_travel_along() -> None:
    proof = parse_proof(proof_of(42, stamps=2).text)
    assert parse_extra(proof.extra) == ProofExtra(ENTRIES[42], (b"\0", b"\1"))


HASH = base64.b64encode(bytes(32)).decode()
HEAD = "c2sp.org/tlog-proof@v1\n"


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "blank line"),
        (HEAD + "index 0\n", "blank line"),
        ("c2sp.org/tlog-proof@v2\nindex 0\n\nx", "first line"),
        ("\n\n", "first line"),
        (HEAD + "\nx", "index"),
        (HEAD + f"{HASH}\n\nx", "index"),
        (HEAD + "index\n\nx", "index"),
        (HEAD + "index 00\n\nx", "index"),
        (HEAD + "index -1\n\nx", "index"),
        (HEAD + "index 1 \n\nx", "index"),
        (HEAD + f"index {2**63}\n\nx", "index"),
        (HEAD + f"index {2**63 - 1}\n\nx", "index"),
        (HEAD + f"index {'9' * 9000}\n\nx", "index"),
        (HEAD + "extra \nindex 0\n\nx", "empty extra"),
        (HEAD + "extra AB==\nindex 0\n\nx", "extra"),
        (HEAD + "extra AA==\nextra AA==\nindex 0\n\nx", "index"),
        (HEAD + "index 0\nextra AA==\n\nx", "path hash"),
        (HEAD + "index 0\nAAAA\n\nx", "path hash"),
        (HEAD + f"index 0\n{HASH}=\n\nx", "path hash"),
        (HEAD + "index 0\n" + f"{HASH}\n" * 64 + "\nx", "path length"),
        (HEAD.replace("\n", "\r\n") + "index 0\n\nx", "first line"),
    ],
)
def test_a_malformed_proof_is_refused_by_name(text: str, what: str) -> None:
    with pytest.raises(Refused) as refusal:
        parse_proof(text)
    assert refusal.value.code == "proof.malformed"
    assert what in refusal.value.data["what"]


@pytest.mark.parametrize(
    "extra",
    [
        None,
        b"\xff",
        b"{}",
        b"[]",
        b"null",
        b'{"entry":"x","stamps":[]}',
        b'{"entry":"x","stamps":[],"v":2}',
        b'{"entry":"x","stamps":[],"v":1} ',
        b'{"entry":1,"stamps":[],"v":1}',
        b'{"entry":"x","stamps":[1],"v":1}',
        b'{"entry":"x","stamps":["A"],"v":1}',
        b'{"entry":"x","stamps":[],"v":1,"w":1}',
        b'{"entry":"\\ud800","stamps":[],"v":1}',
        b'{"entry":"' + b"x" * 65_536 + b'","stamps":[],"v":1}',
        b"[" * 50_000,
    ],
)
def test_an_extra_line_that_is_not_ours_is_refused(extra: bytes | None) -> None:
    with pytest.raises(Refused, match=r"proof\.malformed"):
        parse_extra(extra)


def test_a_proof_with_numbers_out_of_range_can_t_be_made() -> None:
    for index, path in ((-1, ()), (2**63 - 1, ()), (0, (b"short",)), (0, (bytes(32),) * 64)):
        with pytest.raises(Refused, match=r"proof\.malformed"):
            EntryProof(index, path, "")
