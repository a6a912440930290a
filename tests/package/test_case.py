"""The case manifest and the proofs in a package: a stranger with the log's key can check both."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from liuhen.kernel import canonical
from liuhen.kernel.digests import sha256_file
from liuhen.kernel.refusals import Refused
from liuhen.package.case import CaseManifest, PackedFile, write_case_package
from liuhen.package.writer import BagFile
from liuhen.tlog.entry import parse_entry
from liuhen.tlog.entry_proof import verify_proof
from liuhen.tlog.receipt import open_receipt

from .packages import DAY, LOG, PAPER_PATH, RECORDING_PATH, case_parts, write_example


def test_every_record_of_a_package_is_proved_by_the_log_alone(tmp_path: Path) -> None:
    folder = write_example(tmp_path / "package").folder
    case = json.loads((folder / "data/case.json").read_bytes())
    events = {event["id"]: event for event in case["events"]}
    records = [*case["papers"], *case["recordings"]]
    assert len(records) == 2
    for record in records:
        digest = sha256_file(folder / record["file"]["path"])
        event = events[record["recorded_by"]]
        proof = (folder / event["proof"]["path"]).read_bytes()
        proved = verify_proof(proof, origin=LOG.name, keys=[LOG.verifier])
        assert proved.entry == (folder / event["entry"]["path"]).read_bytes()
        assert parse_entry(proved.entry).data["sha256"] == digest
    receipt = open_receipt(
        (folder / case["recordings"][0]["receipt"]["path"]).read_bytes(), [LOG.verifier]
    )
    assert receipt.receipt.sha256 == sha256_file(folder / RECORDING_PATH)


def test_the_manifest_is_canonical_json(tmp_path: Path) -> None:
    folder = write_example(tmp_path / "package").folder
    raw = (folder / "data/case.json").read_bytes()
    assert canonical.dumps(json.loads(raw)) == raw
    info = (folder / "bag-info.txt").read_text("utf-8")
    assert "External-Identifier: 虚城简罚〔2026〕1号\n" in info


def test_a_manifest_without_records_is_a_package_too(tmp_path: Path) -> None:
    parts = case_parts()
    bare = CaseManifest(parts.manifest.case, parts.manifest.packed_at)
    bag = write_case_package(tmp_path / "package", bare, [], bagged_on=DAY)
    assert bag.payload_files == 1


def test_a_file_the_manifest_does_not_describe_is_not_packed(tmp_path: Path) -> None:
    parts = case_parts()
    files = [*parts.files, BagFile.of_bytes("data/extra", b"x")]
    with pytest.raises(Refused) as refusal:
        write_case_package(tmp_path / "package", parts.manifest, files, bagged_on=DAY)
    assert refusal.value.code == "package.undescribed"
    assert refusal.value.data == {"path": "data/extra"}
    tags = [*parts.files, BagFile.of_bytes("extra", b"x")]
    assert write_case_package(tmp_path / "package", parts.manifest, tags, bagged_on=DAY)


def test_a_described_file_that_is_missing_or_differs_stops_the_package(tmp_path: Path) -> None:
    parts = case_parts()
    missing = [file for file in parts.files if file.path != PAPER_PATH]
    another = [*missing, BagFile.of_bytes(PAPER_PATH, b"another")]
    paper = parts.manifest.papers[0]
    longer = PackedFile(paper.file.path, paper.file.sha256, paper.file.size + 1)
    wrong_size = dataclasses.replace(
        parts.manifest, papers=(dataclasses.replace(paper, file=longer),)
    )
    for manifest, files in (
        (parts.manifest, missing),
        (parts.manifest, another),
        (wrong_size, parts.files),
    ):
        with pytest.raises(Refused) as refusal:
            write_case_package(tmp_path / "package", manifest, files, bagged_on=DAY)
        assert (refusal.value.code, refusal.value.data) == (
            "package.incomplete",
            {"path": PAPER_PATH},
        )
    assert not list(tmp_path.iterdir())
