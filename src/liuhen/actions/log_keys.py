"""Changing the log's signing key, with a record of it in the log itself."""

from __future__ import annotations

import secrets

from django.conf import settings

from liuhen.actions.act import Draft, act
from liuhen.kernel.refusals import Refused
from liuhen.ledger.signing import ROTATED, origin, rotations, signer
from liuhen.ledger.trust import trust_log_key
from liuhen.people.models import Person
from liuhen.tlog.keys import Verifier


@act(permission="log_key.rotate", event="log_key.rotated")
def rotate_log_key(
    draft: Draft, *, actor: Person, reason: str, lost: str | None = None
) -> Verifier:
    """Give the log a new key; the checkpoint that covers this is signed by the old and the new.

    `lost` is the public key in force when its private half is gone (after a restore): then the
    new key alone signs, and whoever relies on the log must be told of it by other ways.

    Raises:
        Refused: `reason.missing`; `log_key.waiting` while an earlier change waits for its index.
    """
    if not reason.strip():
        raise Refused("reason.missing")
    if any(one.index is None for one in rotations()):
        raise Refused("log_key.waiting")
    old = lost or signer().verifier.vkey
    new = _made()
    # Before the act commits: a key in force that the policy lacks would look like a forgery.
    trust_log_key(new)
    draft.note(old=old, new=new.vkey, reason=reason.strip(), is_old_lost=lost is not None)
    assert draft.entry.event == ROTATED
    return new


def _made() -> Verifier:
    key = settings.HOME.log_key(f"log-{secrets.token_hex(4)}.pem")
    return Verifier(origin(), key.public_key().public_bytes_raw())
