"""Asks witnesses to cosign the newest checkpoint (C2SP tlog-witness) and keeps their answers.

Beside the sequencer and never in its way: a witness that is away or slow delays no entry. Not for
the witness's own side (`replica.witness`) nor for time stamps (`stamping`).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import urllib3
from django.db import transaction

from liuhen.kernel import clock
from liuhen.kernel.ids import new_id
from liuhen.kernel.refusals import Refused
from liuhen.ledger import recording
from liuhen.ledger.models import Attestation, Checkpoint, Cosignature
from liuhen.ledger.queries import latest_checkpoint, read_tile
from liuhen.ledger.recording import EntryDraft, Who
from liuhen.ledger.trust import policy
from liuhen.tlog.audit import consistency_path
from liuhen.tlog.notes import SignatureLine, parse_note, parse_signature_lines
from liuhen.tlog.policy import TrustedWitness
from liuhen.tlog.witnessing import AddCheckpoint

EVENT = "witness.refused"
AWAY, AHEAD, REFUSED, ANSWER = "away", "ahead", "refused", "answer"
_TIMEOUT = urllib3.Timeout(connect=3.0, read=10.0)
_LONGEST_ANSWER = 1 << 16
# A replica that pulls cosigns as well: between two requests its witness may know more.
_MOST_REQUESTS = 5


@dataclass(frozen=True)
class _Trouble(Exception):
    """Why there is no cosignature: the witness is away, ahead of us, refuses, or talks nonsense."""

    kind: str
    detail: str = ""


class _Overtaken(Exception):
    """The witness has cosigned a newer checkpoint of ours meanwhile: that one is asked about."""


def ask_witnesses(who: Who | None = None) -> int:
    """Ask every witness that has not cosigned the newest checkpoint; returns how many now did.

    A refusal, or a witness that has seen a longer log than ours, is entered in the ledger once.
    """
    checkpoint = latest_checkpoint()
    if checkpoint is None:
        return 0
    with urllib3.PoolManager(retries=False, timeout=_TIMEOUT) as pool:
        waiting = [w for w in policy().witnesses if w.url and not _has(checkpoint, w)]
        return sum(_asked(pool, checkpoint, witness, who) for witness in waiting)


def _has(checkpoint: Checkpoint, witness: TrustedWitness) -> bool:
    return checkpoint.cosignatures.filter(witness=witness.key.name).exists()


def _asked(
    pool: urllib3.PoolManager, checkpoint: Checkpoint, witness: TrustedWitness, who: Who | None
) -> bool:
    state = Attestation.objects.filter(name=witness.name).first()
    try:
        line = _answer(pool, checkpoint, witness, state.size if state else 0)
    except _Overtaken:
        return False
    except _Trouble as trouble:
        _note_trouble(witness, state, trouble, who)
        return False
    seconds = witness.key.timestamp(line.signature)
    assert seconds is not None  # cosignatures carry their time
    Cosignature.objects.get_or_create(
        checkpoint=checkpoint,
        witness=witness.key.name,
        defaults={"line": str(line), "signed_at": dt.datetime.fromtimestamp(seconds, dt.UTC)},
    )
    now = clock.now()
    Attestation.objects.update_or_create(
        name=witness.name,
        defaults={
            "asked_at": now,
            "answered_at": now,
            "size": checkpoint.size,
            "trouble": "",
            "detail": "",
        },
    )
    return True


def _answer(
    pool: urllib3.PoolManager, checkpoint: Checkpoint, witness: TrustedWitness, known: int
) -> SignatureLine:
    """The witness's line, asked again while it knows another size than we thought."""
    old_size = min(known, checkpoint.size)
    for _ in range(_MOST_REQUESTS):
        status, body = _post(pool, checkpoint, witness, old_size)
        seen = _size(body) if status == 409 else old_size
        if seen > checkpoint.size:
            if _has_published(seen):
                raise _Overtaken
            raise _Trouble(AHEAD, str(seen))
        if seen == old_size:
            break
        old_size = seen
    if status >= 500:
        # its own trouble, as with a full disk: it says nothing of our log
        raise _Trouble(AWAY, f"{status} {body[:200].decode('utf-8', 'replace')}".strip())
    if status != 200:
        raise _Trouble(REFUSED, f"{status} {body[:200].decode('utf-8', 'replace')}".strip())
    try:
        lines = parse_signature_lines(body.decode("utf-8"))
    except (Refused, UnicodeDecodeError):
        raise _Trouble(ANSWER, "no signature lines") from None
    text, key = parse_note(checkpoint.note).text, witness.key
    for line in lines:
        is_theirs = (line.name, line.key_id) == (key.name, key.key_id)
        if is_theirs and key.is_valid(text, line.signature):
            return line
    raise _Trouble(ANSWER, "no valid cosignature")


def _has_published(size: int) -> bool:
    newest = latest_checkpoint()
    return newest is not None and newest.size >= size


def _post(
    pool: urllib3.PoolManager, checkpoint: Checkpoint, witness: TrustedWitness, old_size: int
) -> tuple[int, bytes]:
    path = consistency_path(old_size, checkpoint.size, read_tile)
    request = AddCheckpoint(old_size, path, checkpoint.note)
    address = f"{(witness.url or '').rstrip('/')}/add-checkpoint"
    try:
        answer = pool.request("POST", address, body=request.text.encode(), preload_content=False)
        try:
            return answer.status, answer.read(_LONGEST_ANSWER)
        finally:
            answer.release_conn()
    except (urllib3.exceptions.HTTPError, OSError) as error:
        raise _Trouble(AWAY, type(error).__name__) from error


def _size(body: bytes) -> int:
    text = body.decode("ascii", "replace").removesuffix("\n")
    if not (text.isascii() and text.isdigit() and len(text) < 20):
        raise _Trouble(ANSWER, "409 without a size")
    return int(text)


def _note_trouble(
    witness: TrustedWitness, before: Attestation | None, trouble: _Trouble, who: Who | None
) -> None:
    now = clock.now()
    is_new = before is None or (before.trouble, before.detail) != (trouble.kind, trouble.detail)
    Attestation.objects.update_or_create(
        name=witness.name,
        defaults={"asked_at": now, "trouble": trouble.kind, "detail": trouble.detail[:300]},
    )
    if is_new and who is not None and trouble.kind in (AHEAD, REFUSED):
        data = {"witness": witness.name, "why": trouble.kind, "detail": trouble.detail[:300]}
        with transaction.atomic(durable=True):
            recording.write_entry(EntryDraft(new_id(), EVENT, who, now, data=data))
