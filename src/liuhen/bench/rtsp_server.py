"""RTSP cameras for benchmarks and tests: GStreamer's server on the Python of Debian's gi.

    /usr/bin/python3 rtsp_server.py PORT [--sound none|alaw|aac]
        [--user NAME --password WORD] [--mounts 1] [--size 320x240] [--rate 10]

Says "ready" when it listens. Never imported: it runs outside our environment.
"""

import argparse
import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402 - the versions come first

SOUNDS = {
    "none": "",
    "alaw": "audiotestsrc is-live=true wave=ticks ! audio/x-raw,rate=8000,channels=1 ! alawenc"
    " ! rtppcmapay name=pay1 pt=8",
    "aac": "audiotestsrc is-live=true wave=ticks ! audio/x-raw,rate=16000,channels=1 ! avenc_aac"
    " ! aacparse ! rtpmp4gpay name=pay1 pt=97",
}


def launch(given: argparse.Namespace, number: int) -> str:
    width, height = given.size.split("x")
    return (
        f"( videotestsrc is-live=true pattern={(number % 3 and 'ball') or 'smpte'}"
        f" ! video/x-raw,width={width},height={height},framerate={given.rate}/1"
        f" ! x264enc tune=zerolatency speed-preset=ultrafast bitrate={given.bitrate}"
        f" key-int-max={given.rate} bframes=0"
        " ! rtph264pay name=pay0 pt=96 config-interval=-1 "
        f" {SOUNDS[given.sound]} )"
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("port")
    parser.add_argument("--sound", choices=SOUNDS, default="none")
    parser.add_argument("--user")
    parser.add_argument("--password", default="")
    parser.add_argument("--mounts", type=int, default=1)
    parser.add_argument("--size", default="160x120")
    parser.add_argument("--rate", type=int, default=10)
    parser.add_argument("--bitrate", type=int, default=256)
    given = parser.parse_args()
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(given.port)
    if given.user:
        protect(server, given.user, given.password)
    mounts = server.get_mount_points()
    for number in range(given.mounts):
        factory = GstRtspServer.RTSPMediaFactory()
        factory.set_launch(launch(given, number))
        factory.set_shared(True)
        if given.user:
            roles = GstRtspServer.RTSPPermissions()
            roles.add_role("viewer")
            for right in ("media.factory.access", "media.factory.construct"):
                roles.add_permission_for_role("viewer", right, True)
            factory.set_permissions(roles)
        mounts.add_factory(f"/camera{number}", factory)
    if server.attach(None) == 0:
        sys.exit("the port is taken")
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    GLib.MainLoop().run()


def protect(server: GstRtspServer.RTSPServer, user: str, password: str) -> None:
    """Digest sign-in for every mount."""
    auth = GstRtspServer.RTSPAuth()
    token = GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", "viewer")
    auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
    auth.add_digest(user, password, token)
    server.set_auth(auth)


if __name__ == "__main__":
    main()
