"""The installation's signing keys and name. Not for keys of persons or of TLS.

Private keys are files below `secrets/`. Which one is in force is said by the ledger itself: by the
last entry `log_key.rotated`, and before the first by `log.pem`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from django.conf import settings

from liuhen.host.home import Home
from liuhen.kernel.refusals import Fault
from liuhen.ledger.models import Checkpoint, Entry
from liuhen.ledger.trust import policy
from liuhen.tlog.keys import Signer, Verifier
from liuhen.tlog.notes import NoteSigner
from liuhen.tlog.sm2 import Sm2Signer, Sm2Verifier

ROTATED = "log_key.rotated"


@dataclass(frozen=True)
class Rotation:
    """A change of the log's key. `index` is the entry's place, None while it waits for one."""

    index: int | None
    old: str
    new: str


@cache
def origin() -> str:
    """The log's origin: the name of this installation in checkpoints and receipts."""
    return _home().facts.origin


def rotations() -> list[Rotation]:
    """Every change of the key, oldest first."""
    found = []
    entries = Entry.objects.filter(event=ROTATED).select_related("sequenced")
    for entry in entries.order_by("sequenced__index", "recorded_at"):
        data = json.loads(bytes(entry.body))["data"]
        place = getattr(entry, "sequenced", None)
        found.append(Rotation(place.index if place else None, data["old"], data["new"]))
    return found


def bridging_checkpoints() -> list[Checkpoint]:
    """The first checkpoint that covers each change: signed by the old key and the new."""
    places = [one.index for one in rotations() if one.index is not None]
    firsts = (Checkpoint.objects.filter(size__gt=at).order_by("size").first() for at in places)
    return [one for one in firsts if one is not None]


def vkey_at(size: int, changes: Sequence[Rotation]) -> str:
    """The key in force for a checkpoint of `size`: that of the last rotation it covers."""
    covered = [one for one in changes if one.index is not None and one.index < size]
    if covered:
        return covered[-1].new
    return changes[0].old if changes else log_keys()[0].vkey


def key_in_force() -> str:
    """The public key in force now, whether or not its private half is here."""
    changes = rotations()
    return changes[-1].new if changes else log_keys()[0].vkey


def signer() -> Signer:
    """The key that signs receipts now, and the next checkpoint unless that one changes it."""
    return signer_of(key_in_force())


def signer_of(vkey: str) -> Signer:
    """The private key to a public one.

    Raises:
        Fault: no file below `secrets/` holds it; nothing can be signed until it is back.
    """
    for name in _home().log_key_names():
        found = _signer(name)
        if found.verifier.vkey == vkey:
            return found
    raise Fault(f"no secret for the log key in force: {vkey}")


def checkpoint_signers(before: int, after: int) -> list[NoteSigner]:
    """Who signs the checkpoint that grows the log: across a change, the old key and the new.

    Beside them the SM2 key, when the operator has put one there.
    """
    changes = rotations()
    names = dict.fromkeys((vkey_at(before, changes), vkey_at(after, changes)))
    known: list[NoteSigner] = [signer_of(vkey) for vkey in names if _is_held(vkey)]
    if not known:
        raise Fault("no secret for the log key in force")
    sm2 = sm2_signer()
    return [*known, sm2] if sm2 is not None else known


def log_keys() -> tuple[Verifier, ...]:
    """Every key the log ever had, by the trust policy outside the database."""
    return policy().log_keys(origin())


def sm2_signer() -> Sm2Signer | None:
    """The SM2 key beside, None when none was supplied."""
    path = _home().sm2_key_path
    return Sm2Signer(origin(), path) if path.exists() else None


def sm2_key() -> Sm2Verifier | None:
    """The public half of the SM2 key, None when none was supplied."""
    found = sm2_signer()
    return found.verifier if found else None


def _is_held(vkey: str) -> bool:
    return any(_signer(name).verifier.vkey == vkey for name in _home().log_key_names())


def _home() -> Home:
    home: Home = settings.HOME
    return home


@cache
def _signer(name: str) -> Signer:
    return Signer(_home().facts.origin, _home().log_key(name).private_bytes_raw())
