"""The token of one opening: signed, short-lived, good for one viewer and one recording.

It carries the number of the register's row, so that every byte shown belongs to a viewing that
was registered first. Not for who may open (`access.queries`, `actions.access`).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.core.signing import BadSignature, Signer

from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused

LASTS = dt.timedelta(hours=2)
_SIGNER = Signer(salt="liuhen.access.opening")


@dataclass(frozen=True)
class Opening:
    """What may be shown: the bytes of one original. `found` is its type by its content."""

    viewing_id: int
    recording_id: UUID
    sha256: str
    size: int
    name: str
    found: str


def make_token(viewing_id: int, viewer_id: UUID, at: dt.datetime) -> str:
    """The token of a registered viewing; safe in an address."""
    until = int((at + LASTS).timestamp())
    return _SIGNER.sign(f"{viewing_id}.{viewer_id.hex}.{until}")


def read_token(token: str, viewer_id: UUID) -> int:
    """The number of the viewing.

    Raises:
        Refused: `viewing.expired`; of a token of ours it names the viewing.
    """
    try:
        viewing, viewer, until = _SIGNER.unsign(token).split(".")
    except (BadSignature, ValueError):
        raise Refused("viewing.expired") from None
    if viewer != viewer_id.hex or clock.now().timestamp() >= int(until):
        raise Refused("viewing.expired", viewing=int(viewing))
    return int(viewing)
