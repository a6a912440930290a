"""Erases from a camera what is safe in the vault, and nothing else.

A file goes only when its bytes, read from the camera once more, are those of an original with a
valid signed receipt and a second copy on other disks. That it will be erased is entered before it
is. Not for deleting anything of the vault.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from liuhen.actions.act import Draft, act
from liuhen.actions.bucket_copies import make_bucket_copies
from liuhen.actions.second_copies import make_second_copies
from liuhen.kernel.digests import sha256_file
from liuhen.kernel.refusals import Refused
from liuhen.ledger.signing import origin, signer
from liuhen.people.models import Device, Person
from liuhen.people.queries import require
from liuhen.recordings.camera_folder import FoundFile, Outcome
from liuhen.tlog.receipt import open_receipt
from liuhen.vault.keeping import s3_store, second_store
from liuhen.vault.queries import copied_elsewhere, newest_receipts
from liuhen.vault.store import fsync_folder

log = logging.getLogger(__name__)

# What one entry may tell: well under the ledger's longest.
_TOLD = 50_000


def require_erasing(actor: Person) -> None:
    """Raises `Refused`: `permission.missing`, `storage.second`: neither second store nor bucket."""
    require(actor, "device.erase")
    if second_store() is None and s3_store() is None:
        raise Refused("storage.second")


def erase_taken(
    outcomes: Sequence[Outcome], files: Iterable[FoundFile], device: Device, actor: Person
) -> list[Outcome]:
    """Erase what was taken in or held before; each outcome says whether, or why not."""
    counted = Counter(found.shown for found in files)
    # Two files whose names look alike can't be told apart by an outcome: both stay.
    found = {one.shown: one for one in files if counted[one.shown] == 1}
    safe = [one for one in outcomes if one.state in {"taken", "held"} and one.path in found]
    _copy([one.sha256 for one in safe])
    held = copied_elsewhere(one.sha256 for one in safe)
    receipts = newest_receipts(one.sha256 for one in safe)
    fate: dict[str, Outcome] = {}
    for batch in _batches(safe):
        allowed = []
        for one in batch:
            why_not = _objection(one, found[one.path], receipts.get(one.sha256), held)
            fate[one.path] = replace(one, kept=why_not)
            allowed += [] if why_not else [one]
        if allowed:
            erase_from_device(actor=actor, device=device, files=allowed)
        for one in allowed:
            fate[one.path] = _erased(one, found[one.path])
    return [fate.get(one.path, one) for one in outcomes]


def kept_of_stranger(outcome: Outcome) -> Outcome:
    """The outcome of a file on a camera of which nobody knows yet whose it is: nothing goes."""
    is_safe = outcome.state in {"taken", "held"}
    return replace(outcome, kept="erase.strange") if is_safe else outcome


def _copy(digests: Sequence[str]) -> None:
    """Make the copies that are wanted; what there is no room for, or no bucket now, waits."""
    make_copies = make_bucket_copies if second_store() is None else make_second_copies
    try:
        make_copies(digests)
    except Refused as refused:
        log.error("originals wait for their second copy: %s", refused)


def _batches(outcomes: Iterable[Outcome]) -> Iterator[list[Outcome]]:
    batch: list[Outcome] = []
    told = 0
    for one in outcomes:
        weight = len(one.path.encode()) * 2 + 120
        if batch and told + weight > _TOLD:
            yield batch
            batch, told = [], 0
        batch.append(one)
        told += weight
    if batch:
        yield batch


def _objection(one: Outcome, found: FoundFile, receipt: str | None, held: set[str]) -> str:
    """Why a file must stay on the camera; empty when it may go."""
    if one.sha256 not in held:
        return "erase.no_second_copy"
    try:
        told = open_receipt(receipt or "", [signer().verifier]).receipt
        is_ours = (told.sha256, told.size, told.origin) == (one.sha256, found.size, origin())
        if not is_ours:
            return "erase.no_receipt"
        return "" if sha256_file(found.path) == one.sha256 else "dock.changed"
    except Refused:
        return "erase.no_receipt"
    except OSError:
        return "erase.failed"


def _erased(one: Outcome, found: FoundFile) -> Outcome:
    try:
        found.path.unlink()
        fsync_folder(found.path.parent)
    except OSError:
        return replace(one, kept="erase.failed")
    return replace(one, erased=True)


@act(permission="device.erase", event="device.erased")
def erase_from_device(
    draft: Draft, *, actor: Person, device: Device, files: Sequence[Outcome]
) -> None:
    """Enter which files are about to be erased from a camera, each with its digest."""
    draft.about(device)
    draft.note(files=[{"path": one.path, "sha256": one.sha256} for one in files])
