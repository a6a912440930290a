"""The installation's signing key and name. Not for keys of persons or of TLS."""

from __future__ import annotations

from functools import cache

from django.conf import settings

from liuhen.tlog.keys import Signer


@cache
def signer() -> Signer:
    """The key that signs checkpoints and receipts; its name is the log's origin."""
    return Signer(settings.HOME.facts.origin, settings.HOME.log_key().private_bytes_raw())


def origin() -> str:
    """The log's origin: the name of this installation in checkpoints and receipts."""
    return signer().name
