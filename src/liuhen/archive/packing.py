"""Gathers what the archival package of a case holds. Reads only; `package` writes the folder.

Not for deciding who may take a package out: that is the act `export_case`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from django.db.models import QuerySet

from liuhen.archive.models import CaseCopy, CaseFile
from liuhen.assembly.document_types import MAIN
from liuhen.assembly.file_order import side_activities
from liuhen.cases.models import Case
from liuhen.documents.models import Paper, Service
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
    completed_case,
    entry_path,
    proof_path,
    receipt_path,
    write_case_package,
)
from liuhen.package.paths import portable_name
from liuhen.package.writer import BagFile, WrittenBag
from liuhen.package.zipping import write_zip
from liuhen.recordings.models import Recording
from liuhen.recordings.queries import of_side_file
from liuhen.vault.keeping import local_store
from liuhen.vault.models import Original
from liuhen.vault.queries import sm3_of

# Nouns of events a party may read the entries of, and events among them it may not.
_OF_PARTY = frozenset({"paper", "service", "activity", "recording"})
_OWN = frozenset({"recording.viewed", "recording.classified", "paper.sent_for_approval"})


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
    audience: str = CaseCopy.Audience.COURT


def write_package(case: Case, folder: Path) -> WrittenBag:
    """Write the BagIt package of a case to `folder`, with every entry and its proof.

    Raises:
        Refused: `entry.unsequenced` while entries of the case wait for their index, and all
            that `package.write_case_package` raises.
    """
    packed = gather(case)
    today = clock.local_date(clock.now())
    return write_case_package(folder, packed.manifest, packed.files, bagged_on=today)


def zip_package(packed: Packed, target: Path) -> None:
    """Write the BagIt package of what was gathered to `target` as one ZIP file.

    Raises:
        Refused: as `package.case.completed_case` and `package.zipping.write_zip`.
    """
    today = clock.local_date(clock.now())
    files = completed_case(packed.manifest, packed.files, bagged_on=today)
    write_zip(target, portable_name(packed.manifest.case.number), files)


def gather(case: Case, audience: str = CaseCopy.Audience.COURT) -> Packed:
    """Everything of a case that is recorded now, under one checkpoint: a witnessed one if it can.

    For a party the side file is left out: its papers, the recordings of internal discussions, and
    every entry that is not about something on the disc.

    Raises:
        Refused: `entry.unsequenced`.
    """
    entries = list(entries_of_case(case.id))
    checkpoint = best_checkpoint(_needed_size(entries))
    if checkpoint is None:
        raise Refused("entry.unsequenced")
    packing = _Packing()
    note = published_note(checkpoint)
    has_side = audience != CaseCopy.Audience.PARTY
    papers = tuple(_papers(packing, case, entries, has_side))
    recordings = tuple(_recordings(packing, case, entries, has_side))
    files = tuple(_files(packing, case, has_side))
    subjects = {str(one.id) for one in papers} | {str(one.id) for one in recordings}
    if not has_side:
        held = [one.file for one in papers] + [one.file for one in recordings]
        digests = {one.sha256 for one in held + [one.file for one in files]}
        entries = _of_main_file(case, entries, digests, subjects)
    # Subjects that the manifest does not describe, as an activity, stand in the entry alone.
    known = {str(case.id), *subjects}
    manifest = CaseManifest(
        case=_head(case),
        packed_at=clock.now(),
        papers=papers,
        recordings=recordings,
        people=tuple(_people(entries)),
        events=tuple(_event(packing, entry, checkpoint, known) for entry in entries),
        files=files,
        destroyed=tuple(_destroyed(case)),
        log=LogState(origin(), packing.text(CHECKPOINT_PATH, note.encode())),
    )
    return Packed(manifest, list(packing.files.values()), audience)


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


def _of_main_file(
    case: Case, entries: list[Entry], digests: set[str], subjects: set[str]
) -> list[Entry]:
    """What a party may read: entries about papers and recordings it holds, activities, service.

    The register of looks, approvals, reviews and discussions are the authority's own.
    """
    recorders = {entry for digest, entry in _recorders(entries).items() if digest in digests}
    activities = case.activities.exclude(kind__in=side_activities()).values_list("id", flat=True)
    services = Service.objects.filter(paper__case=case, paper_id__in=subjects)
    known = subjects | {str(one) for one in [*activities, *services.values_list("id", flat=True)]}
    return [
        entry
        for entry in entries
        if entry.id in recorders
        or (
            entry.subject_id in known
            and entry.event.partition(".")[0] in _OF_PARTY
            and entry.event not in _OWN
        )
    ]


def _papers(
    packing: _Packing, case: Case, entries: list[Entry], has_side: bool
) -> Iterator[PackedPaper]:
    recorders = _recorders(entries)
    issued = case.papers.filter(state=Paper.State.ISSUED).select_related("original")
    for place, paper in enumerate(issued.order_by("issued_at"), start=1):
        if paper.original is None or not (has_side or paper.document_type.volume == MAIN):
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


def _recordings(
    packing: _Packing, case: Case, entries: list[Entry], has_side: bool
) -> Iterator[PackedRecording]:
    recorders = _recorders(entries)
    kept = case.recordings.filter(disposed_at=None).select_related("original")
    if not has_side:
        kept = kept.exclude(of_side_file())
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


def _files(packing: _Packing, case: Case, has_side: bool) -> Iterator[OtherFile]:
    file = CaseFile.objects.filter(case=case).select_related("original", "side").first()
    if file is not None:
        yield OtherFile("bound_file", packing.original("data/case-file.pdf", file.original))
    if file is not None and file.side is not None and has_side:
        yield OtherFile("bound_file", packing.original("data/case-file-side.pdf", file.side))
    copies = copies_told(case, has_side=has_side).select_related("statement")
    for place, copy in enumerate(copies, start=1):
        path = f"data/copies/{place:03d}-复制件说明.pdf"
        yield OtherFile("copy_statement", packing.original(path, copy.statement))


def copies_told(case: Case, *, has_side: bool) -> QuerySet[CaseCopy]:
    """The register of copies, oldest first; a party is told of those that held the main file alone.

    The statement of another names papers of the side file.
    """
    copies = CaseCopy.objects.filter(case=case).order_by("copied_at", "id")
    return copies if has_side else copies.filter(audience=CaseCopy.Audience.PARTY)
