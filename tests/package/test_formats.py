"""The worked examples of docs/formats, recomputed from what the documents say.

By plain hashlib, base64 and json where a few lines do, and by our own code, which must agree.
The four documents share one running example, so they are tested together.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
import re
import subprocess
import sys
import unicodedata
from functools import cache
from hashlib import sha256
from pathlib import Path

import bagit
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from liuhen.archive import verify
from liuhen.kernel import canonical
from liuhen.kernel.refusals import Refused
from liuhen.package.validation import validate_package
from liuhen.package.writer import BagFile, write_bag
from liuhen.replica.images import split_images
from liuhen.tlog.entry import parse_entry
from liuhen.tlog.entry_proof import ProofExtra, parse_proof, verify_proof
from liuhen.tlog.keys import Signer, Verifier
from liuhen.tlog.receipt import open_receipt, sign_receipt

FORMATS = Path(__file__).parents[2] / "docs/formats"
_BLOCK = re.compile(r"^```[a-z]+ ([a-z-]+)\n(.*?)\n```$", re.DOTALL | re.MULTILINE)


@cache
def block(document: str, name: str) -> str:
    """A named code block, without its last newline."""
    found = dict(_BLOCK.findall((FORMATS / f"{document}.md").read_text("utf-8")))
    return str(found[name])


def entry() -> bytes:
    return block("entry", "entry").encode()


def note(document: str, name: str) -> str:
    return block(document, name) + "\n"


def signature_line(text: str) -> str:
    """The signature line of the example's key, by hand from C2SP signed-note."""
    vkey = block("receipt", "vkey")
    name, identity, encoded = vkey.split("+", 2)
    key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(block("receipt", "seed")))
    public = key.public_key().public_bytes_raw()
    assert base64.b64decode(encoded) == b"\x01" + public
    assert sha256(name.encode() + b"\n\x01" + public).hexdigest()[:8] == identity
    raw = bytes.fromhex(identity) + key.sign(text.encode())
    return f"— {name} {base64.b64encode(raw).decode()}\n"


def test_the_entry_is_canonical_and_has_its_leaf_hash() -> None:
    assert canonical.dumps(json.loads(entry())) == entry()
    assert sha256(b"\0" + entry()).hexdigest() == block("entry", "leaf-hash")
    body = parse_entry(entry())
    assert body.encode() == entry()
    assert sha256(block("entry", "image").encode()).hexdigest() == body.images[0].sha256


def test_the_entry_has_the_members_of_the_table() -> None:
    text = (FORMATS / "entry.md").read_text("utf-8")
    members = set(re.findall(r"^\| `([a-z]+)` \|", text, re.MULTILINE))
    assert members == {*json.loads(entry()), "via"}


def test_the_receipt_is_made_of_its_seven_lines() -> None:
    content = note("receipt", "file").encode()
    lines = [
        "liuhen receipt v1",
        block("receipt", "vkey").split("+")[0],
        sha256(content).hexdigest(),
        str(len(content)),
        "2026-03-02T06:30:00.000000Z",
        json.dumps(unicodedata.normalize("NFC", "现场 1.mp4"), ensure_ascii=False),
        "DEMO-0001",
    ]
    text = "".join(f"{line}\n" for line in lines)
    receipt = note("receipt", "receipt")
    assert receipt == text + "\n" + signature_line(text)
    signer = Signer("log.liuhen.example/demo", bytes.fromhex(block("receipt", "seed")))
    opened = open_receipt(receipt, [Verifier.from_vkey(block("receipt", "vkey"))])
    assert sign_receipt(opened.receipt, signer) == receipt


def test_the_proof_is_that_of_its_leaves() -> None:
    leaves = [bytes.fromhex(line) for line in block("proof", "leaves").split("\n")]
    assert leaves[2].hex() == block("entry", "leaf-hash")

    def node(left: bytes, right: bytes) -> bytes:
        return sha256(b"\1" + left + right).digest()

    left = node(leaves[0], leaves[1])
    root = node(node(left, node(leaves[2], leaves[3])), leaves[4])
    path = [leaves[3], left, leaves[4]]
    extra = canonical.dumps({"v": 1, "entry": entry().decode(), "stamps": []})
    checkpoint = f"log.liuhen.example/demo\n5\n{base64.b64encode(root).decode()}\n"
    lines = ["c2sp.org/tlog-proof@v1", f"extra {base64.b64encode(extra).decode()}", "index 2"]
    lines += [base64.b64encode(value).decode() for value in path]
    text = "\n".join(lines) + "\n\n" + checkpoint + "\n" + signature_line(checkpoint)
    assert note("proof", "proof") == text


def test_our_verifier_accepts_the_proof() -> None:
    key = Verifier.from_vkey(block("receipt", "vkey"))
    proof = note("proof", "proof")
    proved = verify_proof(proof, origin=key.name, keys=[key], entry=entry())
    assert proved.index == 2
    assert parse_proof(proof).extra == ProofExtra(entry()).encode()
    digest = sha256(note("receipt", "file").encode()).hexdigest()
    assert parse_entry(proved.entry).data["sha256"] == digest


def package_files() -> list[BagFile]:
    """The payload, each file at the place the case manifest gives it."""
    case = json.loads(block("package", "case"))
    recording, event = case["recordings"][0], case["events"][0]
    proof = note("proof", "proof")
    contents = {
        recording["file"]["path"]: note("receipt", "file").encode(),
        recording["receipt"]["path"]: note("receipt", "receipt").encode(),
        event["entry"]["path"]: entry(),
        event["proof"]["path"]: proof.encode(),
        case["log"]["checkpoint"]["path"]: proof.partition("\n\n")[2].encode(),
        "data/case.json": canonical.dumps(case),
    }
    return [BagFile.of_bytes(path, content) for path, content in contents.items()]


def test_the_manifest_s_digests_are_those_of_the_files() -> None:
    expected = {file.path: file.sha256 for file in package_files()}
    lines = block("package", "manifest").split("\n")
    assert dict(line.split("  ", 1)[::-1] for line in lines) == expected


def test_the_package_of_the_document_is_written_and_valid(tmp_path: Path) -> None:
    info = [line.split(": ", 1) for line in block("package", "bag-info").split("\n")][:-2]
    folder = tmp_path / "package"
    pairs = [(label, value) for label, value in info]
    write_bag(folder, package_files(), pairs, bagged_on=dt.date(2026, 3, 3))
    for name, file in (
        ("manifest", "manifest-sha256.txt"),
        ("bag-info", "bag-info.txt"),
        ("tagmanifest", "tagmanifest-sha256.txt"),
    ):
        assert (folder / file).read_text("utf-8") == note("package", name)
    assert validate_package(folder).findings == ()
    assert bagit.Bag(str(folder)).is_valid()


def test_the_case_manifest_has_the_members_of_the_table() -> None:
    text = (FORMATS / "package.md").read_text("utf-8")
    members = set(re.findall(r"^\| `([a-z_]+)` \|", text, re.MULTILINE))
    assert members == set(json.loads(block("package", "case")))


def test_the_disc_s_facts_are_canonical_and_have_their_digest() -> None:
    facts = block("disc", "facts").encode()
    assert canonical.dumps(json.loads(facts)) == facts
    assert block("disc", "line") == f"{sha256(facts).hexdigest()}  disc.json"
    text = (FORMATS / "disc.md").read_text("utf-8")
    members = set(
        re.findall(r"`([a-z_]+)`", text.split("## `disc.json`")[1].split("## Verifying")[0])
    )
    assert set(json.loads(facts)) <= members


def test_verify_py_accepts_the_package_of_the_documents_as_a_disc(tmp_path: Path) -> None:
    disc = tmp_path / "disc"
    script = Path(verify.__file__).read_bytes()
    files = [
        *package_files(),
        BagFile.of_bytes("disc.json", block("disc", "facts").encode()),
        BagFile.of_bytes("verify.py", script),
    ]
    write_bag(disc, files, [], bagged_on=dt.date(2026, 3, 3))
    told = subprocess.run(
        [sys.executable, "-I", "-S", str(disc / "verify.py"), "--key", block("receipt", "vkey")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stdout


def test_the_images_of_the_replica_are_split_as_the_document_says() -> None:
    raw = bytes.fromhex(block("replica", "images-hex"))
    assert list(split_images(raw)) == [b"{}", None]
    with pytest.raises(Refused):
        list(split_images(raw[:5]))


@pytest.mark.parametrize("document", ["entry", "receipt", "proof", "package", "disc", "replica"])
def test_a_document_stays_short(document: str) -> None:
    text = (FORMATS / f"{document}.md").read_text("utf-8")
    assert len(_BLOCK.sub("", text).split()) < 700
