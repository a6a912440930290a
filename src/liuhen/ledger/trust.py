"""The home's trust policy: every key this log ever had, its witnesses, how many are enough.

A file outside the database (C2SP tlog-policy), so that whoever owns the rows does not thereby
choose the keys they are held against. Not for private keys (`signing`).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

from liuhen.host.home import Home
from liuhen.host.locks import FileLock
from liuhen.host.secret_files import write_durably
from liuhen.kernel.refusals import Refused
from liuhen.tlog.cosignatures import CosignatureVerifier
from liuhen.tlog.keys import Verifier
from liuhen.tlog.policy import Policy, TrustedLog, TrustedWitness, parse_policy


def policy() -> Policy:
    """What the home trusts; made from its first key when no file is there yet.

    Raises:
        Refused: `policy.malformed`, `key.malformed`.
    """
    home: Home = settings.HOME
    try:
        return parse_policy(home.policy_path.read_bytes())
    except FileNotFoundError:
        first = Verifier(home.facts.origin, home.log_key().public_key().public_bytes_raw())
        made = Policy(logs=(TrustedLog(first),))
        write_durably(home.policy_path, _bytes(made), mode=0o644, replace=False)
        return made


def trust_log_key(key: Verifier) -> None:
    """Take a further key of our own log into the file; one that is there already stays."""
    with _alone():
        now = policy()
        if key not in now.log_keys(key.name):
            _write(dataclasses.replace(now, logs=(*now.logs, TrustedLog(key))))


def add_witness(name: str, key: CosignatureVerifier, url: str) -> Policy:
    """Take a witness into the file; one witness alone is the quorum, with more the file decides.

    Raises:
        Refused: `witness.exists`.
    """
    with _alone():
        now = policy()
        known = {witness.name for witness in now.witnesses} | set(now.groups)
        keys = {witness.key.public_key for witness in now.witnesses}
        if name in known or key.public_key in keys:
            raise Refused("witness.exists", name=name)
        witnesses = (*now.witnesses, TrustedWitness(name, key, url))
        quorum = now.quorum if now.witnesses else name
        changed = dataclasses.replace(now, witnesses=witnesses, quorum=quorum)
        _write(changed)
        return changed


def remove_witness(name: str) -> Policy:
    """Take a witness out of the file; a quorum that rested on it alone becomes `none`.

    Raises:
        Refused: `witness.unknown`; `witness.grouped` while a group names it.
    """
    with _alone():
        now = policy()
        if name not in {witness.name for witness in now.witnesses}:
            raise Refused("witness.unknown", name=name)
        if any(name in group.members for group in now.groups.values()):
            raise Refused("witness.grouped", name=name)
        left = tuple(witness for witness in now.witnesses if witness.name != name)
        quorum = "none" if now.quorum == name else now.quorum
        changed = dataclasses.replace(now, witnesses=left, quorum=quorum)
        _write(changed)
        return changed


@contextmanager
def _alone() -> Iterator[None]:
    """One writer of the file at a time."""
    lock = FileLock(settings.HOME.run_dir / "policy.lock")
    if not lock.take(wait_seconds=10.0):
        raise Refused("policy.busy")
    try:
        yield
    finally:
        lock.close()


def _write(changed: Policy) -> None:
    write_durably(settings.HOME.policy_path, _bytes(changed), mode=0o644)


def _bytes(one: Policy) -> bytes:
    return one.text.encode("utf-8", "surrogateescape")
