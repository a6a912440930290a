"""The token of one live view: signed, short-lived, good for one viewer and one camera.

It comes from the act that registers the viewing, so nothing is shown that was not. Not for who
may watch (`actions.camera_viewing`).
"""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.core.signing import BadSignature, Signer

from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused

LASTS = dt.timedelta(minutes=30)
_SIGNER = Signer(salt="liuhen.cameras.watching")


def make_token(camera_id: UUID, viewer_id: UUID, at: dt.datetime) -> str:
    """The token of a registered live view; safe in an address."""
    return _SIGNER.sign(f"{camera_id.hex}.{viewer_id.hex}.{int((at + LASTS).timestamp())}")


def read_token(token: str, viewer_id: UUID) -> UUID:
    """The camera's id.

    Raises:
        Refused: `camera.watch_over`.
    """
    try:
        camera, viewer, until = _SIGNER.unsign(token).split(".")
    except (BadSignature, ValueError):
        raise Refused("camera.watch_over") from None
    if viewer != viewer_id.hex or clock.now().timestamp() >= int(until):
        raise Refused("camera.watch_over")
    return UUID(camera)
