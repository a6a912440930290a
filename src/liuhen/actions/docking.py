"""Taking in a whole camera: every file, batch by batch, each batch durable before its one act.

Resumable: what the vault holds already is recognised by its digest and skipped. Nothing on the
camera is changed, unless it is erased in the end (`actions.erasing`). Not for single uploads
(`actions.taking_in`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from django.conf import settings

from liuhen.actions.act import Draft, act
from liuhen.actions.deferring import DOCK, READ_RECORDING, defer, defer_each
from liuhen.actions.devices import measure_device_clock
from liuhen.actions.erasing import erase_taken, kept_of_stranger, require_erasing
from liuhen.actions.recording_rows import lock_digests, new_recording
from liuhen.actions.strange_cameras import camera_to_dock, twin_of
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.ledger.signing import origin, signer
from liuhen.people.models import Device, Person
from liuhen.people.queries import certified, registered_serials, require
from liuhen.recordings.batch import Beside, adopt_all, working_folder
from liuhen.recordings.camera_copies import DockedFile, Tell, copy_new
from liuhen.recordings.camera_folder import (
    Listing,
    Outcome,
    alone_with,
    list_camera,
    named_devices,
)
from liuhen.recordings.docking_log import DockingLog, TwinError
from liuhen.recordings.file_names import name_facts
from liuhen.recordings.models import Recording
from liuhen.recordings.queries import held_digests
from liuhen.recordings.uploads import Intent
from liuhen.tlog.receipt import Receipt as ReceiptText
from liuhen.tlog.receipt import sign_receipt
from liuhen.vault.keeping import first_store
from liuhen.vault.models import Copy, Original, Receipt
from liuhen.vault.store import relative_path

# One batch is one act: small enough for the ledger's longest entry, whatever the paths.
BATCH_FILES, BATCH_BYTES, BATCH_TOLD = 64, 4 << 30, 56_000
# What one file adds to the entry beside its path: four row images, digest, size.
_TOLD_OF_EACH = 800


@dataclass
class DockReport:
    """Expected against taken, file by file in the camera's order.

    `doubt` says why nobody knows which device it is; empty where that is known.
    """

    device: str
    doubt: str = ""
    outcomes: list[Outcome] = field(default_factory=list)

    def of(self, state: str) -> list[Outcome]:
        """The files in one state."""
        return [one for one in self.outcomes if one.state == state]

    def put_in_order(self, listing: Listing) -> None:
        """Files come in the order they were settled; put them in the camera's."""
        order = {found.shown: place for place, found in enumerate(listing.files)}
        first, last = -1, len(order)
        self.outcomes.sort(
            key=lambda one: order.get(one.path, last if one.state == "left_out" else first)
        )

    @property
    def found(self) -> int:
        """How many files lie on the camera, outside folders that can't be read."""
        return len(self.outcomes) - len(self.unread_folders)

    @property
    def unread_folders(self) -> list[Outcome]:
        """Folders that can't be read."""
        return [one for one in self.outcomes if one.is_folder]

    @property
    def kinds(self) -> Counter[str]:
        """How many files were left on the camera as what, those that are no media among them."""
        return Counter(one.kind for one in self.outcomes if one.kind and not one.is_folder)

    @property
    def is_complete(self) -> bool:
        """Whether every recording the camera lists is in the vault."""
        return not self.of("not_taken")


def dock_folder(
    folder: Path,
    device_serial: str,
    *,
    actor: Person,
    is_erased_after: bool = False,
    tell: Tell = lambda outcome: None,
) -> DockReport:
    """Take in every recording below a folder; `tell` hears of each file as soon as it is settled.

    Several cameras may be taken in at once, one folder each. What nobody registered, what nothing
    names (an empty serial), and what says it is a device that is being taken in from another
    folder is taken in as a strange camera. With `is_erased_after` files leave the camera in the
    end, if `actions.erasing` allows it; never those of a strange one.

    Raises:
        Refused: `dock.nothing`, `dock.running`, `dock.patterns`, `dock.unnamed`,
            `device.no_unit`, `permission.missing`, and as `erasing.require_erasing`. Troubles
            with single files are outcomes, not refusals.
    """
    require(actor, "recording.dock")
    if is_erased_after:
        require_erasing(actor)
    with alone_with(folder):
        listing = list_camera(folder)
        device, log = _begun(folder, device_serial, listing, actor)
        doubt = device.get_doubt_display() if device.is_strange else ""
        report = DockReport(device.serial, doubt)

        def settle(outcome: Outcome) -> None:
            report.outcomes.append(outcome)
            log.settled(outcome)
            tell(outcome)

        try:
            _dock(listing, device, actor, log, settle)
            report.put_in_order(listing)
            if is_erased_after and device.is_strange:
                report.outcomes = [kept_of_stranger(one) for one in report.outcomes]
            elif is_erased_after:
                report.outcomes = erase_taken(report.outcomes, listing.files, device, actor)
                log.erased(sum(one.erased for one in report.outcomes))
        finally:
            log.close()
    return report


def _begun(folder: Path, serial: str, listing: Listing, actor: Person) -> tuple[Device, DockingLog]:
    """Whose camera it is, and its row."""
    device = camera_to_dock(serial, listing, actor=actor)
    try:
        return device, DockingLog(device, str(folder), listing, actor)
    except TwinError:
        twin = twin_of(device, actor=actor)
        return twin, DockingLog(twin, str(folder), listing, actor)


def begin_docking(
    folder: Path,
    device_serial: str,
    *,
    actor: Person,
    offset_ms: int | None = None,
    is_erased_after: bool = False,
) -> None:
    """Let a job take in a mounted camera; `offset_ms` is what its clock was ahead just now.

    Raises:
        Refused: as `dock_folder` and `measure_device_clock`.
    """
    require(actor, "recording.dock")
    if is_erased_after:
        require_erasing(actor)
    with alone_with(folder):
        serial = camera_to_dock(device_serial, list_camera(folder), actor=actor).serial
        if offset_ms is not None:
            measure_device_clock(actor=actor, device_serial=serial, offset_ms=offset_ms)
    defer(
        DOCK,
        folder=str(folder),
        device=serial,
        person=str(actor.id),
        is_erased_after=is_erased_after,
    )


def _dock(listing: Listing, device: Device, actor: Person, log: DockingLog, settle: Tell) -> None:
    names = _Names(listing, device)
    for outcome in listing.settled:
        settle(outcome)
    with working_folder(settings.HOME.intake_dir) as working, Beside[list[Outcome]]() as beside:
        copied = copy_new(listing.files, device, working, log, settle)
        with closing(copied):
            for batch in _batches(copied):
                new = _not_held(batch, settle)
                for outcome in beside.result() or ():
                    settle(names.doubted(outcome))
                beside.begin(_take_in_batch, new, device, actor, names.makers)
        for outcome in beside.result() or ():
            settle(names.doubted(outcome))


class _Names:
    """What the names of a camera's files say of the device and of who bore it.

    `makers` are the officers, by the path of the file, whose certificate's number a name tells.
    Where a device is allocated to somebody, that person counts, and another name is a doubt.
    """

    def __init__(self, listing: Listing, device: Device) -> None:
        facts = ((found.shown, name_facts(found.shown)) for found in listing.files)
        self._facts = {shown: told for shown, told in facts if told is not None}
        self._holder = device.holder
        # A twin's names tell the serial it claims: that doubt stands by the camera.
        named = named_devices(listing.files)
        self._others = set(registered_serials(named)) - {device.serial, device.claims}
        numbers = {told.officer for told in self._facts.values() if told.officer}
        bearers = certified(numbers, clock.local_date(clock.now()))
        borne = ((shown, bearers.get(told.officer)) for shown, told in self._facts.items())
        self.makers = {shown: bearer for shown, bearer in borne if bearer is not None}

    def doubted(self, outcome: Outcome) -> Outcome:
        """The outcome with a doubt when the name tells another registered device or officer."""
        told, bearer = self._facts.get(outcome.path), self.makers.get(outcome.path)
        if outcome.state != "taken" or told is None:
            return outcome
        if told.device in self._others:
            return replace(outcome, code="dock.other_device", detail=told.device)
        if bearer is not None and self._holder is not None and bearer != self._holder:
            return replace(outcome, code="dock.other_officer", detail=bearer.name)
        return outcome


def _batches(files: Iterator[DockedFile]) -> Iterator[list[DockedFile]]:
    batch: list[DockedFile] = []
    size = told = 0
    for docked in files:
        weight = _TOLD_OF_EACH + len(docked.found.shown.encode())
        if batch and told + weight > BATCH_TOLD:
            yield batch
            batch, size, told = [], 0, 0
        batch.append(docked)
        size, told = size + docked.received.size, told + weight
        if len(batch) >= BATCH_FILES or size >= BATCH_BYTES:
            yield batch
            batch, size, told = [], 0, 0
    if batch:
        yield batch


def _not_held(batch: Sequence[DockedFile], settle: Tell) -> list[DockedFile]:
    """What of a batch is new; the rest came in before by another way."""
    held = held_digests(one.received.sha256 for one in batch)
    for one in batch:
        if one.received.sha256 in held:
            one.received.path.unlink()
            sha256 = one.received.sha256
            settle(Outcome(one.found.shown, one.found.size, "held", sha256=sha256))
    return [one for one in batch if one.received.sha256 not in held]


def _take_in_batch(
    batch: Sequence[DockedFile], device: Device, actor: Person, makers: Mapping[str, Person]
) -> list[Outcome]:
    if not batch:
        return []
    try:
        adopt_all([docked.received for docked in batch])
        notes = take_in_from_device(actor=actor, device=device, files=batch, makers=makers)
    except (Refused, OSError) as error:
        code = error.code if isinstance(error, Refused) else "unreadable"
        detail = "" if isinstance(error, Refused) else str(error.strerror)
        return [
            Outcome(one.found.shown, one.found.size, "not_taken", code=code, detail=detail)
            for one in batch
        ]
    return [
        Outcome(
            one.found.shown,
            one.received.size,
            "taken",
            sha256=one.received.sha256,
            receipt=notes[one.received.sha256],
        )
        for one in batch
    ]


@act(permission="recording.dock", event="device.docked")
def take_in_from_device(
    draft: Draft,
    *,
    actor: Person,
    device: Device,
    files: Sequence[DockedFile],
    makers: Mapping[str, Person],
) -> dict[str, str]:
    """Register a batch of a camera's files whose bytes are durable in the vault.

    Who made them is who has the device, or of one that nobody has whom `makers` tells by path.
    Returns the signed receipt of each by its SHA-256.
    """
    lock_digests(one.received.sha256 for one in files)
    held = held_digests(one.received.sha256 for one in files)
    receipts = _register_all(draft, device, files)
    recordings = Recording.objects.bulk_create(
        _recording_of(draft, one, device, makers)
        for one in files
        if one.received.sha256 not in held  # somebody may have handed it in meanwhile
    )
    defer_each(READ_RECORDING, ({"recording_id": str(one.id)} for one in recordings))
    draft.about(device)
    draft.note(files=[_told(one) for one in files])
    return {receipt.original_id: receipt.note for receipt in receipts}


def _recording_of(
    draft: Draft, one: DockedFile, device: Device, makers: Mapping[str, Person]
) -> Recording:
    recording = new_recording(
        draft,
        Original(sha256=one.received.sha256),
        Intent(one.found.name, path=one.found.shown, device_serial=device.serial),
        probe=None,
        head=one.head,
        activity=None,
        device=device,
        made_by=device.holder or makers.get(one.found.shown),
    )
    recording.written_at = one.found.written_at
    return recording


def _told(one: DockedFile) -> dict[str, Any]:
    return {"path": one.found.shown, "sha256": one.received.sha256, "size": one.received.size}


def _register_all(draft: Draft, device: Device, files: Sequence[DockedFile]) -> list[Receipt]:
    """Originals, copies and receipts of a batch in one statement each."""
    originals = [
        Original(
            sha256=one.received.sha256,
            size=one.received.size,
            received_at=draft.at,
            received_by=draft.actor.id,
        )
        for one in files
    ]
    Original.objects.bulk_create(originals, ignore_conflicts=True)
    Copy.objects.bulk_create(
        [
            Copy(
                original=original,
                store=first_store(),
                path=relative_path(original.sha256),
                stored_at=draft.at,
            )
            for original in originals
        ],
        ignore_conflicts=True,
    )
    key = signer()
    return Receipt.objects.bulk_create(
        Receipt(original_id=text.sha256, note=sign_receipt(text, key), issued_at=draft.at)
        for text in (
            ReceiptText(
                origin(),
                one.received.sha256,
                one.received.size,
                draft.at,
                one.received.name,
                device.serial,
            )
            for one in files
        )
    )
