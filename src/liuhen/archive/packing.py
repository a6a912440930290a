"""Gathers what the archival package of a case holds. Reads only; `package` writes the folder.

Not for deciding who may take a package out: that is the act `export_case`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from liuhen.archive.models import CaseCopy, CaseFile
from liuhen.cases.models import Case
from liuhen.documents.models import Paper
from liuhen.kernel import clock
from liuhen.kernel.digests import sha256_and_sm3_file
from liuhen.kernel.refusals import Refused
from liuhen.ledger.models import Checkpoint, Entry, Sequenced
from liuhen.ledger.queries import best_checkpoint, entries_of_case, proof_of, published_note
from liuhen.ledger.signing import origin
from liuhen.package.case import (
    CHECKPOINT_PATH,
    Agent,
    CaseHead,
    CaseManifest,
    DestroyedRecord,
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
from liuhen.recordings.models import Recording
from liuhen.vault.keeping import local_store
from liuhen.vault.models import Original
from liuhen.vault.queries import sm3_of


@dataclass
class _Packing:
    """The files gathered so far, each once."""

    files: dict[str, BagFile] = field(default_factory=dict)

    def text(self, path: str, content: bytes) -> PackedFile:
        file = BagFile.of_bytes(path, content)
        self.files[path] = file
        return PackedFile(path, file.sha256, len(content))

    def original(self, path: str, original: Original) -> PackedFile:
        place = local_store().place(original.sha256)
        self.files[path] = BagFile(path, place, original.sha256)
        sm3 = sm3_of(original.sha256) or _sm3_now(place)
        return PackedFile(path, original.sha256, original.size, sm3)


def _sm3_now(place: Path) -> str | None:
    """The digest of an original so new that the job has not taken it; None of a missing file,
    which the writer of the package names."""
    return sha256_and_sm3_file(place)[1] if place.is_file() else None


@dataclass(frozen=True)
class Packed:
    """What a case's package holds: the manifest, and every file it describes."""

    manifest: CaseManifest
    files: list[BagFile]


def write_package(case: Case, folder: Path) -> WrittenBag:
    """Write the BagIt package of a case to `folder`, with every entry and its proof.

    Raises:
        Refused: `entry.unsequenced` while entries of the case wait for their index, and all
            that `package.write_case_package` raises.
    """
    packed = gather(case)
    today = clock.local_date(clock.now())
    return write_case_package(folder, packed.manifest, packed.files, bagged_on=today)


def gather(case: Case) -> Packed:
    """Everything of a case that is recorded now, under one checkpoint: a witnessed one if it can.

    Raises:
        Refused: `entry.unsequenced`.
    """
    entries = list(entries_of_case(case.id))
    checkpoint = best_checkpoint(_needed_size(entries))
    if checkpoint is None:
        raise Refused("entry.unsequenced")
    packing = _Packing()
    note = published_note(checkpoint)
    papers = tuple(_papers(packing, case, entries))
    recordings = tuple(_recordings(packing, case, entries))
    # Subjects that the manifest does not describe, as an activity, stand in the entry alone.
    known = {str(case.id), *(str(one.id) for one in papers), *(str(one.id) for one in recordings)}
    manifest = CaseManifest(
        case=_head(case),
        packed_at=clock.now(),
        papers=papers,
        recordings=recordings,
        people=tuple(_people(entries)),
        events=tuple(_event(packing, entry, checkpoint, known) for entry in entries),
        files=tuple(_files(packing, case)),
        destroyed=tuple(_destroyed(case)),
        log=LogState(origin(), packing.text(CHECKPOINT_PATH, note.encode())),
    )
    return Packed(manifest, list(packing.files.values()))


def _needed_size(entries: list[Entry]) -> int:
    """The least size of a log that holds all of these entries."""
    ids = [entry.id for entry in entries]
    places = Sequenced.objects.filter(entry_id__in=ids).values_list("index", flat=True)
    if not ids or len(places) < len(ids):
        raise Refused("entry.unsequenced")
    return max(places) + 1


def _head(case: Case) -> CaseHead:
    return CaseHead(
        id=case.id,
        number=case.number,
        kind=case.kind,
        procedure=case.procedure,
        cause=case.cause,
        unit=case.unit.name,
        started_at=case.started_at,
        ended_at=case.ended_at,
    )


def _recorders(entries: list[Entry]) -> dict[str, UUID]:
    """The entry that names each digest, so that a file leads to its proof."""
    found: dict[str, UUID] = {}
    for entry in entries:
        told = json.loads(bytes(entry.body))
        if "sha256" in told["data"]:
            found[told["data"]["sha256"]] = entry.id
        for image in told["images"]:
            if image["table"] == Original._meta.db_table:
                found.setdefault(image["row"], entry.id)
    return found


def _papers(packing: _Packing, case: Case, entries: list[Entry]) -> Iterator[PackedPaper]:
    recorders = _recorders(entries)
    issued = case.papers.filter(state=Paper.State.ISSUED).select_related("original")
    for place, paper in enumerate(issued.order_by("issued_at"), start=1):
        if paper.original is None:
            continue
        title = paper.document_type.title
        yield PackedPaper(
            id=paper.id,
            type=paper.type,
            title=title,
            number=paper.number,
            issued_at=paper.issued_at,
            file=packing.original(f"data/papers/{place:03d}-{title}.pdf", paper.original),
            recorded_by=recorders.get(paper.original.sha256),
        )


def _recordings(packing: _Packing, case: Case, entries: list[Entry]) -> Iterator[PackedRecording]:
    recorders = _recorders(entries)
    kept = case.recordings.filter(disposed_at=None).select_related("original")
    held: list[Recording] = list(kept.order_by("started_at", "id"))
    for place, recording in enumerate(held, start=1):
        sha256 = recording.original_id
        receipt = recording.original.receipts.order_by("id").first()
        suffix = Path(recording.name).suffix[:10]
        yield PackedRecording(
            id=recording.id,
            kind=recording.kind,
            label=recording.get_kind_display(),
            original_name=recording.name,
            started_at=recording.started_at,
            ended_at=recording.ended_at,
            file=packing.original(
                f"data/recordings/{place:03d}-{sha256[:12]}{suffix}", recording.original
            ),
            receipt=packing.text(receipt_path(sha256), receipt.note.encode()) if receipt else None,
            recorded_by=recorders.get(sha256),
        )


def _destroyed(case: Case) -> Iterator[DestroyedRecord]:
    """Recordings that an approved disposal destroyed: what they were, and by which number."""
    gone = case.recordings.filter(disposed_at__isnull=False).select_related("original__destruction")
    for recording in gone.order_by("started_at", "id"):
        ordered = recording.original.destruction
        yield DestroyedRecord(
            id=recording.id,
            label=recording.get_kind_display(),
            original_name=recording.name,
            sha256=recording.original_id,
            size=recording.original.size,
            disposal=ordered.number,
            ordered_at=ordered.ordered_at,
        )


def _people(entries: list[Entry]) -> Iterator[Agent]:
    actors = {}
    for entry in entries:
        actor = json.loads(bytes(entry.body))["actor"]
        actors[actor["id"]] = actor["name"]
    for actor_id, name in sorted(actors.items()):
        yield Agent(actor_id, "person", name)


def _event(packing: _Packing, entry: Entry, checkpoint: Checkpoint, known: set[str]) -> PackedEvent:
    told = json.loads(bytes(entry.body))
    proof = proof_of(entry.id, checkpoint)
    subject = told["subject"]["id"]
    return PackedEvent(
        id=entry.id,
        type=entry.event,
        at=entry.recorded_at,
        agents=(Link(told["actor"]["id"], "actor"),),
        objects=(Link(subject, "subject"),) if subject in known else (),
        entry=packing.text(entry_path(entry.id), bytes(entry.body)),
        proof=packing.text(proof_path(entry.id), proof.text.encode()),
    )


def _files(packing: _Packing, case: Case) -> Iterator[OtherFile]:
    file = CaseFile.objects.filter(case=case).select_related("original", "side").first()
    if file is not None:
        yield OtherFile("bound_file", packing.original("data/case-file.pdf", file.original))
    if file is not None and file.side is not None:
        yield OtherFile("bound_file", packing.original("data/case-file-side.pdf", file.side))
    copies = CaseCopy.objects.filter(case=case).select_related("statement").order_by("copied_at")
    for place, copy in enumerate(copies, start=1):
        path = f"data/copies/{place:03d}-复制件说明.pdf"
        yield OtherFile("copy_statement", packing.original(path, copy.statement))
