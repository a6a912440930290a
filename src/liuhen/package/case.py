"""The case manifest `data/case.json`: what a package holds and how it came to be.

In the manner of PREMIS: objects (papers, recordings, other files), agents (people), and events
that link them; each event is an entry of the ledger with its proof. Specified in
docs/formats/package.md. Not for gathering these facts, and not used by the validator.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from liuhen.kernel import canonical
from liuhen.kernel.refusals import Refused
from liuhen.package.writer import PAYLOAD, BagFile, WrittenBag, completed, write_bag

FORMAT = "liuhen case package v1"
CASE_PATH = "data/case.json"
CHECKPOINT_PATH = "data/proofs/checkpoint"


def entry_path(entry_id: UUID) -> str:
    """Where the stored bytes of a ledger entry stand in the package."""
    return f"data/entries/{entry_id}.json"


def proof_path(entry_id: UUID) -> str:
    """Where the tlog-proof of a ledger entry stands in the package."""
    return f"data/proofs/{entry_id}.tlog-proof"


def receipt_path(sha256: str) -> str:
    """Where the receipt of an original stands in the package."""
    return f"data/receipts/{sha256}.receipt"


@dataclass(frozen=True)
class PackedFile:
    """A file of the payload: path in the package, SHA-256 hex, size in bytes.

    `sm3` is the digest of GB/T 32905 of an original's bytes; None for what the log itself made.
    """

    path: str
    sha256: str
    size: int
    sm3: str | None = None


@dataclass(frozen=True)
class CaseHead:
    """The case itself. Instants are aware UTC; `ended_at` is None while the case is open."""

    id: UUID
    number: str
    kind: str
    procedure: str
    cause: str
    unit: str
    started_at: dt.datetime
    ended_at: dt.datetime | None


@dataclass(frozen=True)
class PackedPaper:
    """A paper. `recorded_by` is the event whose entry names the file's digest."""

    id: UUID
    type: str
    title: str
    number: str | None
    issued_at: dt.datetime | None
    file: PackedFile
    recorded_by: UUID | None = None


@dataclass(frozen=True)
class PackedRecording:
    """A recording's original, with the span it covers on the corrected clock and its receipt."""

    id: UUID
    kind: str
    label: str
    original_name: str
    started_at: dt.datetime | None
    ended_at: dt.datetime | None
    file: PackedFile
    receipt: PackedFile | None = None
    recorded_by: UUID | None = None


@dataclass(frozen=True)
class Agent:
    """Who took part: kind is `person`, `organization` or `software`."""

    id: str
    kind: str
    name: str


@dataclass(frozen=True)
class Link:
    """An agent or object of an event, and the part it had in it."""

    id: str
    role: str


@dataclass(frozen=True)
class PackedEvent:
    """An entry of the ledger: id and type are the entry's; `proof` is None until published."""

    id: UUID
    type: str
    at: dt.datetime
    agents: tuple[Link, ...]
    objects: tuple[Link, ...]
    entry: PackedFile
    proof: PackedFile | None = None


@dataclass(frozen=True)
class OtherFile:
    """A file that is neither paper nor recording: the bound file, a catalogue, a viewer."""

    role: str
    file: PackedFile


@dataclass(frozen=True)
class DestroyedRecord:
    """A recording whose bytes an approved disposal destroyed; the entries that record it stay."""

    id: UUID
    label: str
    original_name: str
    sha256: str
    size: int
    disposal: str
    ordered_at: dt.datetime


@dataclass(frozen=True)
class LogState:
    """The log the proofs are against: its origin, and its checkpoint as packed."""

    origin: str
    checkpoint: PackedFile | None


@dataclass(frozen=True)
class CaseManifest:
    """Everything `case.json` says."""

    case: CaseHead
    packed_at: dt.datetime
    papers: tuple[PackedPaper, ...] = ()
    recordings: tuple[PackedRecording, ...] = ()
    people: tuple[Agent, ...] = ()
    events: tuple[PackedEvent, ...] = ()
    files: tuple[OtherFile, ...] = ()
    log: LogState | None = None
    destroyed: tuple[DestroyedRecord, ...] = ()

    def encode(self) -> bytes:
        """Canonical JSON of the manifest."""
        told = {"format": FORMAT, **_plain(self)}
        if not self.destroyed:
            del told["destroyed"]
        return canonical.dumps(told)

    def packed_files(self) -> Iterator[PackedFile]:
        """Every payload file the manifest describes."""
        yield from (paper.file for paper in self.papers)
        yield from (recording.file for recording in self.recordings)
        yield from (other.file for other in self.files)
        optional = [recording.receipt for recording in self.recordings]
        optional += [file for event in self.events for file in (event.entry, event.proof)]
        optional.append(self.log.checkpoint if self.log else None)
        yield from (file for file in optional if file is not None)


def write_case_package(
    folder: Path,
    manifest: CaseManifest,
    files: Sequence[BagFile],
    *,
    bagged_on: dt.date,
    info: Sequence[tuple[str, str]] = (),
) -> WrittenBag:
    """Write the package of a case: `files` and the manifest that describes each of them.

    `info` goes to `bag-info.txt` after the case number and id, which are set here.

    Raises:
        Refused: `package.undescribed` or `package.incomplete` when payload and manifest differ,
            and all that `write_bag` raises.
    """
    packed, head = _described(manifest, files)
    return write_bag(folder, packed, (*head, *info), bagged_on=bagged_on)


def completed_case(
    manifest: CaseManifest, files: Sequence[BagFile], *, bagged_on: dt.date
) -> list[BagFile]:
    """Every file of a case's package, manifests included, for what is not written as a folder.

    Raises:
        Refused: as `write_case_package`, but for what writing finds.
    """
    packed, head = _described(manifest, files)
    return completed(packed, head, bagged_on)


def _described(
    manifest: CaseManifest, files: Sequence[BagFile]
) -> tuple[list[BagFile], tuple[tuple[str, str], ...]]:
    """The files with the manifest that describes each of them, and the head of `bag-info.txt`."""
    _check_described(manifest, files)
    head = (
        ("External-Identifier", manifest.case.number),
        ("Internal-Sender-Identifier", str(manifest.case.id)),
    )
    return [*files, BagFile.of_bytes(CASE_PATH, manifest.encode())], head


def _check_described(manifest: CaseManifest, files: Sequence[BagFile]) -> None:
    given = {file.path: file for file in files if file.path.startswith(PAYLOAD)}
    described = {file.path: file for file in manifest.packed_files()}
    for path, described_file in described.items():
        file = given.get(path)
        if file is None or (file.sha256, _size(file)) != (
            described_file.sha256,
            described_file.size,
        ):
            raise Refused("package.incomplete", path=path)
    for path in given.keys() - described.keys():
        raise Refused("package.undescribed", path=path)


def _size(file: BagFile) -> int | None:
    if isinstance(file.source, bytes):
        return len(file.source)
    return file.source.stat().st_size if file.source.is_file() else None


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if hasattr(value, "__dataclass_fields__"):
        told = {name: _plain(getattr(value, name)) for name in value.__dataclass_fields__}
        return {name: one for name, one in told.items() if (name, one) != ("sm3", None)}
    return value
