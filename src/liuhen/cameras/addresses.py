"""Where a camera's stream may be: an address by number in the networks set aside for cameras.

A name would have to be resolved, and could be made to lead anywhere. Not for connecting.
"""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from django.conf import settings

from liuhen.kernel.refusals import Refused
from liuhen.media.feed import Source

RTSP_PORT = 554


def source_of(address: str, username: str = "", password: str = "") -> Source:
    """The parts of an address such as rtsp://10.20.0.5:554/Streaming/Channels/101.

    Raises:
        Refused: `camera.address` (no such address, or a password in it), `camera.network`.
    """
    parts = urlsplit(address.strip())
    try:
        host, port = ipaddress.ip_address(parts.hostname or ""), parts.port or RTSP_PORT
    except ValueError:
        raise Refused("camera.address") from None
    if parts.scheme != "rtsp" or parts.username or parts.password or parts.fragment:
        raise Refused("camera.address")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if not path.isascii() or not path.isprintable() or " " in path:
        raise Refused("camera.address")
    if not any(host in network for network in settings.CAMERA_NETWORKS):
        raise Refused("camera.network", host=str(host))
    return Source(str(host), port, path, username, password)
