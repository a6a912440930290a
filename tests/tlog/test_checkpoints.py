"""Checkpoints: the specification's example, origins, log keys and witnesses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liuhen.kernel.refusals import Refused
from liuhen.tlog.checkpoints import (
    Checkpoint,
    open_checkpoint,
    parse_checkpoint,
    sign_checkpoint,
)
from liuhen.tlog.cosignatures import Cosigner
from liuhen.tlog.hashing import EMPTY_ROOT, MAX_SIZE
from liuhen.tlog.keys import Signer
from liuhen.tlog.notes import add_signatures, parse_note, sign_note

# The example of C2SP tlog-cosignature, with the lines of a log and a witness.
SPEC_NOTE = (
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcy"
    "v2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
    "— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b"
    "2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n"
)
LOG = Signer("log.example/demo", bytes(range(32)))
WITNESS = Cosigner("witness.example", bytes(32))
CHECKPOINT = Checkpoint("log.example/demo", 7, bytes(range(32)))
lines = st.text(st.characters(codec="utf-8", min_codepoint=32), min_size=1)


def test_the_specification_s_example_reads_and_writes_back() -> None:
    note = parse_note(SPEC_NOTE)
    checkpoint = parse_checkpoint(note.text)
    assert (checkpoint.origin, checkpoint.size) == ("example.com/behind-the-sofa", 20852163)
    assert checkpoint.text == note.text
    assert str(note) == SPEC_NOTE
    assert int.from_bytes(note.lines[1].signature[:8], "big") == 1_679_315_147


@given(lines, st.integers(1, MAX_SIZE), st.binary(min_size=32, max_size=32), st.lists(lines))
def test_any_checkpoint_reads_back(
    origin: str, size: int, root: bytes, extensions: list[str]
) -> None:
    checkpoint = Checkpoint(origin, size, root, tuple(extensions))
    raw = sign_checkpoint(checkpoint, LOG)
    opened = open_checkpoint(raw, origin=origin, keys=[LOG.verifier])
    assert opened.checkpoint == checkpoint
    assert opened.note == raw


def test_cosignatures_of_known_witnesses_are_kept_apart_from_the_log_s_own() -> None:
    raw = sign_checkpoint(CHECKPOINT, LOG)
    raw = add_signatures(raw, [WITNESS.cosign(CHECKPOINT.text, 1_700_000_000)])
    opened = open_checkpoint(
        raw, origin=CHECKPOINT.origin, keys=[LOG.verifier], witnesses=[WITNESS.verifier]
    )
    assert [s.line.name for s in opened.signatures] == [LOG.name]
    assert [(s.line.name, s.timestamp) for s in opened.cosignatures] == [
        (WITNESS.name, 1_700_000_000)
    ]
    alone = open_checkpoint(raw, origin=CHECKPOINT.origin, keys=[LOG.verifier])
    assert alone.cosignatures == ()


def test_a_witness_alone_is_not_the_log() -> None:
    text = CHECKPOINT.text
    raw = f"{text}\n{WITNESS.cosign(text, 1_700_000_000)}"
    with pytest.raises(Refused, match=r"note\.unsigned"):
        open_checkpoint(
            raw, origin=CHECKPOINT.origin, keys=[LOG.verifier], witnesses=[WITNESS.verifier]
        )


def test_a_checkpoint_of_another_log_is_refused() -> None:
    raw = sign_checkpoint(CHECKPOINT, LOG)
    with pytest.raises(Refused) as refusal:
        open_checkpoint(raw, origin="log.example/other", keys=[LOG.verifier])
    assert refusal.value.code == "checkpoint.foreign"
    assert refusal.value.data["found"] == "log.example/demo"


def test_a_signed_text_that_is_no_checkpoint_is_refused() -> None:
    with pytest.raises(Refused, match=r"checkpoint\.malformed"):
        open_checkpoint(sign_note("hello\n", LOG), origin="hello", keys=[LOG.verifier])


ROOT = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "three lines"),
        ("origin\n7\n", "three lines"),
        (f"origin\n7\n{ROOT}", "three lines"),
        (f"\n7\n{ROOT}\n", "origin"),
        (f"origin\n07\n{ROOT}\n", "size"),
        (f"origin\n-7\n{ROOT}\n", "size"),
        (f"origin\n+7\n{ROOT}\n", "size"),
        (f"origin\n7 \n{ROOT}\n", "size"),
        (f"origin\n٧\n{ROOT}\n", "size"),
        (f"origin\n\n{ROOT}\n", "size"),
        (f"origin\n0x7\n{ROOT}\n", "size"),
        (f"origin\n{MAX_SIZE + 1}\n{ROOT}\n", "size"),
        (f"origin\n{'9' * 5000}\n{ROOT}\n", "size"),
        (f"origin\n7\n{ROOT[:-1]}\n", "root"),
        (f"origin\n7\n{ROOT[:-2]}9=\n", "root"),
        (f"origin\n7\n{ROOT}=\n", "root"),
        (f"origin\n7\n {ROOT}\n", "root"),
        ("origin\n7\nAAAA\n", "root"),
        ("origin\n7\n\n", "root"),
        (f"origin\n0\n{ROOT}\n", "root of the empty tree"),
        (f"origin\n7\n{ROOT}\n\n", "extension line"),
        (f"origin\n7\n{ROOT}\nmore\n\nmore\n", "extension line"),
    ],
)
def test_a_malformed_checkpoint_is_refused_by_name(text: str, what: str) -> None:
    with pytest.raises(Refused) as refusal:
        parse_checkpoint(text)
    assert refusal.value.code == "checkpoint.malformed"
    assert what in refusal.value.data["what"]


def test_size_and_root_at_the_edges() -> None:
    assert Checkpoint("origin", 0, EMPTY_ROOT).text.startswith("origin\n0\n47DEQpj8")
    assert parse_checkpoint(f"origin\n{MAX_SIZE}\n{ROOT}\n").size == MAX_SIZE
    for size, root in ((-1, bytes(32)), (MAX_SIZE + 1, bytes(32)), (1, bytes(31)), (0, bytes(32))):
        with pytest.raises(Refused, match=r"checkpoint\.malformed"):
            Checkpoint("origin", size, root)


@pytest.mark.parametrize("origin", ["", "two\nlines", "tab\t", "\ud800"])
def test_an_origin_is_one_plain_line(origin: str) -> None:
    with pytest.raises(Refused, match="origin"):
        Checkpoint(origin, 1, bytes(32))
