"""Which of the log's keys is in force at which size, as the replica has verified it.

The first key is trusted at the start; each later one is named by an entry of the log itself and
thereby vouched for by the key before. A key that nobody vouched for, as after a restore without
the old secrets, is trusted by the operator's own word (`liuhen replica trust`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from liuhen.kernel.refusals import Refused
from liuhen.replica.folder import ReplicaFolder, State
from liuhen.tlog.checkpoints import OpenedCheckpoint, open_checkpoint
from liuhen.tlog.keys import Verifier

# As `ledger.signing.ROTATED`: the replica shares no code with the primary's database.
ROTATED = b'"event":"log_key.rotated"'
Keys = Sequence[tuple[int, str]]


def open_signed(folder: ReplicaFolder, state: State, raw: bytes | str) -> OpenedCheckpoint:
    """A checkpoint signed by any key we know of. Raises as `open_checkpoint`."""
    keys = [Verifier.from_vkey(vkey) for _, vkey in state.keys]
    return open_checkpoint(raw, origin=folder.facts.origin, keys=keys)


def learn_keys(keys: Keys, entries: Iterable[bytes], first: int) -> list[tuple[int, str]]:
    """The keys with those that new entries, from index `first` on, bring in force."""
    known = list(keys)
    for index, entry in enumerate(entries, start=first):
        if ROTATED in entry:
            told = json.loads(entry)
            if told["event"] == "log_key.rotated":
                known = [one for one in known if one[1] != told["data"]["new"]]
                known.append((index + 1, told["data"]["new"]))
    return known


def is_signed_in_force(keys: Keys, opened: OpenedCheckpoint) -> bool:
    """Whether the key in force at the checkpoint's size signed it: the last that came in by then.

    A retired key's signature alone is worth nothing for what came after it.
    """
    in_force = [vkey for since, vkey in keys if since <= opened.checkpoint.size]
    try:
        key = Verifier.from_vkey(in_force[-1])
        open_checkpoint(opened.note, origin=opened.checkpoint.origin, keys=[key])
    except (IndexError, Refused):
        return False
    return True
