"""Signed notes: what the specification's examples and openssl accept, and nothing looser."""

from __future__ import annotations

import base64
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from liuhen.kernel.refusals import Refused
from liuhen.tlog.cosignatures import CosignatureVerifier, Cosigner
from liuhen.tlog.keys import Signer, Verifier
from liuhen.tlog.notes import (
    MAX_SIGNATURES,
    SignatureLine,
    add_signatures,
    open_note,
    parse_note,
    parse_signature_lines,
    sign_note,
)

# The example of C2SP signed-note.
SPEC_VKEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
SPEC_NOTE = (
    "This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2O"
    "NncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
)
# The example of golang.org/x/mod/sumdb/note.
GO_SECRET = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
GO_VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFup"
    "LLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
SIGNER = Signer("log.example/demo", bytes(range(32)))
OTHER = Signer("other.example", bytes(32))
NOTE = sign_note("first line\n\nthird line\n", SIGNER)
texts = st.text(st.characters(codec="utf-8", min_codepoint=32))
note_texts = st.lists(texts, min_size=1).map(lambda lines: "\n".join(lines) + "\n")


def test_the_specification_s_example_verifies() -> None:
    opened = open_note(SPEC_NOTE, [Verifier.from_vkey(SPEC_VKEY)])
    assert opened.text == "This is an example message.\n"
    assert Verifier.from_vkey(SPEC_VKEY).vkey == SPEC_VKEY


def test_the_go_library_s_example_is_made_byte_for_byte() -> None:
    signer = Signer.from_secret(GO_SECRET)
    assert signer.secret == GO_SECRET
    assert signer.verifier.vkey == GO_VKEY
    assert sign_note(GO_NOTE.partition("\n\n")[0] + "\n", signer) == GO_NOTE


def test_openssl_verifies_our_signature(tmp_path: Path) -> None:
    note = parse_note(NOTE)
    message = note.text.encode()
    assert _openssl_accepts(tmp_path, SIGNER.verifier.public_key, message, note.lines[0].signature)
    altered = message.replace(b"third", b"Third")
    assert not _openssl_accepts(
        tmp_path, SIGNER.verifier.public_key, altered, note.lines[0].signature
    )


def test_openssl_verifies_our_cosignature_over_the_specified_message(tmp_path: Path) -> None:
    witness = Cosigner("witness.example", bytes(range(32)))
    line = witness.cosign("origin\n1\nroot\n", 1_679_315_147)
    assert line.signature[:8] == (1_679_315_147).to_bytes(8, "big")
    message = b"cosignature/v1\ntime 1679315147\norigin\n1\nroot\n"
    assert _openssl_accepts(tmp_path, witness.verifier.public_key, message, line.signature[8:])


@given(note_texts)
def test_any_text_signs_and_opens_unchanged(text: str) -> None:
    raw = sign_note(text, SIGNER, OTHER)
    opened = open_note(raw.encode(), [SIGNER.verifier, OTHER.verifier])
    assert opened.text == text
    assert [s.line.name for s in opened.verified] == [SIGNER.name, OTHER.name]
    assert str(parse_note(raw)) == raw


@given(st.integers(0, len(NOTE.encode()) - 1), st.integers(1, 255))
@settings(max_examples=300)
def test_any_altered_byte_is_found(place: int, mask: int) -> None:
    raw = bytearray(NOTE.encode())
    raw[place] ^= mask
    with pytest.raises(Refused, match=r"note\."):
        open_note(bytes(raw), [SIGNER.verifier])


@given(st.integers(0, len(NOTE.encode()) - 1))
def test_any_cut_is_found(length: int) -> None:
    with pytest.raises(Refused, match=r"note\."):
        open_note(NOTE.encode()[:length], [SIGNER.verifier])


def test_unknown_keys_are_ignored_but_one_known_key_must_have_signed() -> None:
    both = sign_note("text\n", SIGNER, OTHER)
    opened = open_note(both, [SIGNER.verifier])
    assert [line.name for line in opened.unknown] == [OTHER.name]
    stranger = Signer("third.example", bytes(32)).verifier
    for keys in ([], [stranger]):
        with pytest.raises(Refused, match=r"note\.unsigned"):
            open_note(both, keys)


def test_a_key_of_the_same_name_and_another_id_is_unknown() -> None:
    namesake = Signer(SIGNER.name, bytes(32)).verifier
    with pytest.raises(Refused, match=r"note\.unsigned"):
        open_note(NOTE, [namesake])
    assert open_note(sign_note("text\n", SIGNER, OTHER), [namesake, OTHER.verifier]).verified


def test_one_wrong_signature_of_a_known_key_spoils_the_note() -> None:
    wrong = SignatureLine(OTHER.name, OTHER.verifier.key_id, bytes(64))
    raw = add_signatures(NOTE, [wrong])
    assert open_note(raw, [SIGNER.verifier]).verified
    with pytest.raises(Refused) as refusal:
        open_note(raw, [SIGNER.verifier, OTHER.verifier])
    assert (refusal.value.code, refusal.value.data) == ("note.signature_wrong", {"key": OTHER.name})


def test_a_cosignature_carries_its_time_and_a_changed_time_is_found() -> None:
    witness = Cosigner("witness.example", bytes(range(32)))
    line = witness.cosign(parse_note(NOTE).text, 1_700_000_000)
    opened = open_note(add_signatures(NOTE, [line]), [SIGNER.verifier, witness.verifier])
    assert [s.timestamp for s in opened.verified] == [None, 1_700_000_000]
    later = SignatureLine(line.name, line.key_id, b"\0" * 7 + b"\1" + line.signature[8:])
    with pytest.raises(Refused, match="signature_wrong"):
        open_note(add_signatures(NOTE, [later]), [SIGNER.verifier, witness.verifier])


@pytest.mark.parametrize("seconds", [-1, 2**63])
def test_a_cosignature_s_time_stays_in_range(seconds: int) -> None:
    witness = Cosigner("witness.example", bytes(range(32)))
    with pytest.raises(Refused, match="time"):
        witness.cosign("text\n", seconds)
    assert not witness.verifier.is_valid("text\n", b"\xff" * 72)
    assert not witness.verifier.is_valid("text\n", b"")


def test_signatures_are_added_once() -> None:
    lines = parse_signature_lines(str(OTHER.sign("first line\n\nthird line\n")))
    once = add_signatures(NOTE, lines)
    assert add_signatures(once, [*lines, *lines]) == once
    assert len(parse_note(once).lines) == 2


@pytest.mark.parametrize(
    ("raw", "what"),
    [
        (b"", "no blank line"),
        (b"text\n", "no blank line"),
        (b"text\n\n", "no signatures"),
        (b"text\n\n\n", "no signatures"),
        (b"text\n\n- name AAAAAAA=\n", "signature line"),
        ("text\n\n—name AAAAAAA=\n".encode(), "signature line"),
        ("text\n\n— name\n".encode(), "signature"),
        ("text\n\n—  AAAAAAA=\n".encode(), "key name"),
        ("text\n\n— a+b AAAAAAA=\n".encode(), "key name"),
        ("text\n\n— a\u00a0b AAAAAAA=\n".encode(), "key name"),
        ("text\n\n— name AAAAAA==\n".encode(), "signature"),
        ("text\n\n— name AAAAAAB=\n".encode(), "signature"),
        ("text\n\n— name AAAAAAA\n".encode(), "signature"),
        ("text\n\n— name AAAA_AA=\n".encode(), "signature"),
        ("text\n\n— name AAAA AAA=\n".encode(), "signature"),
        ("text\n\n— name AAAAAAA=".encode(), "cut-off"),
        ("text\n\n— name AAAAAAA= \n".encode(), "signature"),
        ("text\r\n\n— name AAAAAAA=\n".encode(), "control character"),
        ("te\txt\n\n— name AAAAAAA=\n".encode(), "control character"),
        (b"\xff\n\n\xe2\x80\x94 name AAAAAAA=\n", "UTF-8"),
        (b"x" * 1_000_001, "length"),
        (("text\n\n" + "— name AAAAAAA=\n" * (MAX_SIGNATURES + 1)).encode(), "number of"),
    ],
)
def test_a_malformed_note_is_refused_by_name(raw: bytes, what: str) -> None:
    with pytest.raises(Refused) as refusal:
        parse_note(raw)
    assert refusal.value.code == "note.malformed"
    assert what in refusal.value.data["what"]


def test_sixteen_signatures_and_more_are_read() -> None:
    raw = "text\n\n" + "— name AAAAAAA=\n" * MAX_SIGNATURES
    assert len(parse_note(raw).lines) == MAX_SIGNATURES >= 16


@pytest.mark.parametrize("text", ["", "no newline", "tab\t\n", "return\r\n", "nul\0\n", "\ud800\n"])
def test_a_text_that_can_t_stand_in_a_note_is_not_signed(text: str) -> None:
    with pytest.raises(Refused, match=r"note\.malformed"):
        sign_note(text, SIGNER)


def test_a_note_needs_a_signer() -> None:
    with pytest.raises(Refused, match="no signatures"):
        sign_note("text\n")


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\u3000b", "a\nb", "a\0", "\ud800"])
def test_a_forbidden_key_name_is_refused(name: str) -> None:
    for make in (lambda: Signer(name, bytes(32)), lambda: Verifier(name, bytes(32))):
        with pytest.raises(Refused, match=r"key\.malformed"):
            make()


@pytest.mark.parametrize(
    ("vkey", "what"),
    [
        ("", "three parts"),
        ("example.com/foo+530d903a", "three parts"),
        (SPEC_VKEY.replace("530d903a", "530d903b"), "key id"),
        (SPEC_VKEY.replace("530d903a", "530D903A"), "key id"),
        (SPEC_VKEY.replace("foo", "fop"), "key id"),
        (SPEC_VKEY + "=", "public key"),
        (SPEC_VKEY[:-4], "public key"),
        (SPEC_VKEY.replace("+Aek", "+Bek"), "signature type"),
        ("example.com/foo+530d903a+", "signature type"),
        ("exa mple+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", "name"),
    ],
)
def test_a_malformed_vkey_is_refused_by_name(vkey: str, what: str) -> None:
    with pytest.raises(Refused) as refusal:
        Verifier.from_vkey(vkey)
    assert refusal.value.code == "key.malformed"
    assert what in refusal.value.data["what"]


def test_the_two_kinds_of_vkey_are_kept_apart() -> None:
    witness = Cosigner("witness.example", bytes(range(32))).verifier
    assert CosignatureVerifier.from_vkey(witness.vkey) == witness
    assert witness.key_id != Verifier(witness.name, witness.public_key).key_id
    with pytest.raises(Refused, match="signature type"):
        Verifier.from_vkey(witness.vkey)
    with pytest.raises(Refused, match="signature type"):
        CosignatureVerifier.from_vkey(SPEC_VKEY)


@pytest.mark.parametrize(
    "text", [GO_SECRET[1:], GO_SECRET[:-4], GO_SECRET + "!", GO_SECRET.replace("c7", "c8"), GO_VKEY]
)
def test_a_malformed_private_key_is_refused_without_showing_it(text: str) -> None:
    with pytest.raises(Refused, match=r"key\.malformed") as refusal:
        Signer.from_secret(text)
    assert "AYEKFALV" not in str(refusal.value)


def test_a_signer_does_not_show_its_secret() -> None:
    signer = Signer.generated("log.example")
    assert repr(signer) == "Signer('log.example')"
    assert Signer.from_secret(signer.secret) == signer
    assert signer.seed != Signer.generated("log.example").seed


def _openssl_accepts(folder: Path, public_key: bytes, message: bytes, signature: bytes) -> bool:
    pem = Ed25519PublicKey.from_public_bytes(public_key).public_bytes(
        Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
    )
    for name, content in (("key.pem", pem), ("message", message), ("signature", signature)):
        (folder / name).write_bytes(content)
    command = "openssl pkeyutl -verify -pubin -inkey key.pem -rawin -in message -sigfile signature"
    return subprocess.run(command.split(), cwd=folder, capture_output=True).returncode == 0


def test_key_ids_follow_the_formula() -> None:
    name, identity, encoded = SPEC_VKEY.split("+", 2)
    verifier = Verifier(name, base64.b64decode(encoded)[1:])
    assert f"{verifier.key_id:08x}" == identity
