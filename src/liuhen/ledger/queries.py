"""Reads of the ledger: size, tiles, checkpoints, proofs, a row's history. Not for writes."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from liuhen.kernel.refusals import Refused
from liuhen.ledger.models import Checkpoint, Entry, Pending, RowImage, Sequenced, Tile
from liuhen.tlog.audit import inclusion_path
from liuhen.tlog.entry_proof import EntryProof, ProofExtra
from liuhen.tlog.notes import add_signatures, parse_signature_lines


def latest_checkpoint() -> Checkpoint | None:
    """The newest signed checkpoint, None while the log is empty."""
    return Checkpoint.objects.order_by("-size").first()


def witnessed_checkpoint() -> Checkpoint | None:
    """The newest checkpoint that a witness has cosigned, None while there is none."""
    return Checkpoint.objects.filter(cosignatures__isnull=False).order_by("-size").first()


def published_note(checkpoint: Checkpoint) -> str:
    """The checkpoint's note with the cosignatures that have come in for it."""
    lines = checkpoint.cosignatures.order_by("id").values_list("line", flat=True)
    return add_signatures(checkpoint.note, [one for x in lines for one in parse_signature_lines(x)])


def best_checkpoint(size: int) -> Checkpoint | None:
    """The checkpoint proofs are made under: the newest witnessed one that covers `size` entries.

    Without such a one the newest at all; None when that is too small.
    """
    for found in (witnessed_checkpoint(), latest_checkpoint()):
        if found is not None and found.size >= size:
            return found
    return None


def checkpoint_after(entry_id: UUID) -> Checkpoint | None:
    """The first checkpoint that covers an entry; None while the entry waits for its index.

    Nobody knew its root when the entry was made: the seed of draws (`kernel.draws`).
    """
    place = Sequenced.objects.filter(entry_id=entry_id).values_list("index", flat=True).first()
    if place is None:
        return None
    return Checkpoint.objects.filter(size__gt=place).order_by("size").first()


def latest_size() -> int:
    """Number of sequenced entries, as the newest checkpoint says."""
    checkpoint = latest_checkpoint()
    return checkpoint.size if checkpoint else 0


def waiting_count() -> int:
    """Entries recorded and not yet sequenced: the published lag."""
    return Pending.objects.count()


def read_tile(level: int, index: int, width: int) -> bytes:
    """The stored hashes of a tile, empty when there is none (`tlog.edges.ReadTile`)."""
    hashes = Tile.objects.filter(level=level, index=index).values_list("hashes", flat=True).first()
    return bytes(hashes) if hashes is not None else b""


def proof_of(entry_id: UUID, checkpoint: Checkpoint | None = None) -> EntryProof:
    """Proof that an entry stands in the log under a checkpoint, by default the best there is.

    The text form is docs/formats/proof.md.

    Raises:
        Refused: `entry.unsequenced` while the entry waits for its index.
    """
    place = Sequenced.objects.filter(entry_id=entry_id).values_list("index", flat=True).first()
    if place is None:
        raise Refused("entry.unsequenced")
    under = checkpoint or best_checkpoint(place + 1)
    if under is None or under.size <= place:
        raise Refused("entry.unsequenced")
    body = Entry.objects.values_list("body", flat=True).get(id=entry_id)
    path = inclusion_path(place, under.size, read_tile)
    stamps = tuple(map(bytes, under.stamps.order_by("id").values_list("token", flat=True)))
    return EntryProof(place, path, published_note(under), ProofExtra(bytes(body), stamps).encode())


# Hides no entry.
NOTHING = Q(pk__in=())


def entries_of_case(case_id: UUID, hidden: Q = NOTHING) -> QuerySet[Entry]:
    """The entries of one case, oldest first, but for those the reader is not told of."""
    rows = Entry.objects.filter(case_id=case_id).exclude(hidden)
    return rows.order_by("recorded_at", "id")


@dataclass(frozen=True, slots=True)
class Happened:
    """An entry of a case without its bytes: what happened, when, and its place in the log."""

    event: str
    recorded_at: dt.datetime
    index: int | None


def events_of_case(case_id: UUID, hidden: Q = NOTHING) -> list[Happened]:
    """What happened in a case, oldest first. One query that reads no entry's bytes."""
    rows = entries_of_case(case_id, hidden).values_list("event", "recorded_at", "sequenced__index")
    return [Happened(*row) for row in rows]


def newest_entries(case_id: UUID, hidden: Q = NOTHING) -> QuerySet[Entry]:
    """The entries of a case, newest first, with their places in the log."""
    rows = entries_of_case(case_id, hidden).select_related("sequenced")
    return rows.order_by("-recorded_at", "-id")


def history_of(table: str, row_id: str) -> QuerySet[RowImage]:
    """The images of one row, newest first, with their entries."""
    return (
        RowImage.objects.filter(table=table, row_id=row_id).select_related("entry").order_by("-id")
    )
