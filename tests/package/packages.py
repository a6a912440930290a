"""A small real case package: a paper, a recording with receipt, a log with keys and proofs."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from liuhen.kernel.digests import sha256_hex
from liuhen.package.case import (
    CHECKPOINT_PATH,
    Agent,
    CaseHead,
    CaseManifest,
    Link,
    LogState,
    OtherFile,
    PackedEvent,
    PackedFile,
    PackedPaper,
    PackedRecording,
    entry_path,
    proof_path,
    receipt_path,
    write_case_package,
)
from liuhen.package.writer import BagFile, WrittenBag
from liuhen.tlog.audit import inclusion_path
from liuhen.tlog.checkpoints import Checkpoint, sign_checkpoint
from liuhen.tlog.entry import EntryBody
from liuhen.tlog.entry_proof import EntryProof, ProofExtra
from liuhen.tlog.growth import Growth, grow_tree
from liuhen.tlog.hashing import leaf_hash
from liuhen.tlog.keys import Signer
from liuhen.tlog.receipt import Receipt, sign_receipt

DAY = dt.date(2026, 3, 2)
AT = dt.datetime(2026, 3, 2, 6, 30, 0, tzinfo=dt.UTC)
LOG = Signer("log.example/demo", bytes(range(32)))
CASE_ID = UUID("01900000-0000-7000-8000-000000000001")
PAPER_ID = UUID("01900000-0000-7000-8000-000000000002")
RECORDING_ID = UUID("01900000-0000-7000-8000-000000000003")
OFFICER_ID = UUID("01900000-0000-7000-8000-000000000004")
PAPER_ENTRY = UUID("01900000-0000-7000-8000-000000000005")
RECORDING_ENTRY = UUID("01900000-0000-7000-8000-000000000006")
PAPER = "当场处罚决定书（示例）".encode()
RECORDING = bytes(range(256)) * 40
BOUND = b"bound file"
PAPER_PATH = "data/papers/001_当场处罚决定书.pdf"
RECORDING_PATH = "data/recordings/001_现场.mp4"


@dataclass(frozen=True)
class Parts:
    """What a case package is written from."""

    manifest: CaseManifest
    files: list[BagFile]


def packed(path: str, content: bytes) -> tuple[PackedFile, BagFile]:
    """A file as the manifest describes it and as the writer takes it."""
    return PackedFile(path, sha256_hex(content), len(content)), BagFile.of_bytes(path, content)


def case_parts() -> Parts:
    """Manifest and files of the example."""
    entries = [
        _entry(PAPER_ENTRY, "paper.issued", {"sha256": sha256_hex(PAPER)}),
        _entry(RECORDING_ENTRY, "recording.stored", {"sha256": sha256_hex(RECORDING)}),
    ]
    growth = grow_tree(0, lambda *_: b"", [leaf_hash(entry) for entry in entries])
    note = sign_checkpoint(Checkpoint(LOG.name, growth.size, growth.root), LOG)
    paper, paper_file = packed(PAPER_PATH, PAPER)
    recording, recording_file = packed(RECORDING_PATH, RECORDING)
    receipt = Receipt(LOG.name, recording.sha256, recording.size, AT, "现场.mp4", "DEMO-0001")
    receipt_packed, receipt_file = packed(
        receipt_path(recording.sha256), sign_receipt(receipt, LOG).encode()
    )
    checkpoint, checkpoint_file = packed(CHECKPOINT_PATH, note.encode())
    bound, bound_file = packed("data/案卷.pdf", BOUND)
    files = [paper_file, recording_file, receipt_file, checkpoint_file, bound_file]
    events = []
    ids = (
        (PAPER_ENTRY, PAPER_ID, "paper.issued"),
        (RECORDING_ENTRY, RECORDING_ID, "recording.stored"),
    )
    for index, (entry_id, object_id, event) in enumerate(ids):
        event_entry, entry_file = packed(entry_path(entry_id), entries[index])
        text = _proof(index, entries[index], growth, note)
        proof, proof_file = packed(proof_path(entry_id), text.encode())
        files += [entry_file, proof_file]
        who, what = Link(str(OFFICER_ID), "actor"), Link(str(object_id), "outcome")
        events.append(PackedEvent(entry_id, event, AT, (who,), (what,), event_entry, proof))
    manifest = CaseManifest(
        case=CaseHead(
            CASE_ID, "虚城简罚〔2026〕1号", "penalty", "simple", "占道经营", "示例大队", AT, None
        ),
        packed_at=AT,
        papers=(PackedPaper(PAPER_ID, "37", "当场处罚决定书", "1", AT, paper, PAPER_ENTRY),),
        recordings=(
            PackedRecording(
                RECORDING_ID,
                "video",
                "现场",
                "现场.mp4",
                AT,
                AT + dt.timedelta(minutes=3),
                recording,
                receipt_packed,
                RECORDING_ENTRY,
            ),
        ),
        people=(Agent(str(OFFICER_ID), "person", "示例人员甲"),),
        events=tuple(events),
        files=(OtherFile("bound_file", bound),),
        log=LogState(LOG.name, checkpoint),
    )
    return Parts(manifest, files)


def write_example(folder: Path) -> WrittenBag:
    """The example written to `folder`."""
    parts = case_parts()
    info = (("Source-Organization", "虚构市城市管理委员会"),)
    return write_case_package(folder, parts.manifest, parts.files, bagged_on=DAY, info=info)


def _entry(entry_id: UUID, event: str, data: dict[str, str]) -> bytes:
    return EntryBody(
        id=entry_id,
        event=event,
        actor_id=OFFICER_ID,
        actor_name="示例人员甲",
        at=AT,
        case=CASE_ID,
        subject={"kind": event.partition(".")[0], "id": str(entry_id)},
        data=data,
        images=(),
    ).encode()


def _proof(index: int, entry: bytes, growth: Growth, note: str) -> str:
    tiles = {(tile.level, tile.index): tile.hashes for tile in growth.tiles}
    path = inclusion_path(index, growth.size, lambda level, place, _: tiles[level, place])
    return EntryProof(index, path, note, ProofExtra(entry).encode()).text
