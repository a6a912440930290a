"""RTSP cameras for benchmarks and tests: GStreamer's server on the Python of Debian's gi.

    /usr/bin/python3 rtsp_server.py PORT [--video h264|hevc|vp8|none] [--sound none|alaw|mulaw|aac]
        [--user NAME --password WORD] [--mounts 1] [--size 320x240] [--rate 10] [--obey]
        [--bitrate 256] [--snow]

Says "ready" when it listens. With --obey it takes orders, one a line: `drop` and `pass` keep
pictures back and let them through, `jump MS` moves the clock of its pictures. Never imported: it
runs outside our environment.
"""

import argparse
import sys
from typing import TextIO

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402 - the versions come first

VIDEOS = {
    "none": "",
    "h264": "x264enc tune=zerolatency speed-preset=ultrafast bitrate={bitrate} key-int-max={rate}"
    " bframes=0 ! rtph264pay name=pay0 pt=96 config-interval=-1",
    "hevc": "x265enc tune=zerolatency speed-preset=ultrafast bitrate={bitrate} key-int-max={rate}"
    " ! h265parse ! rtph265pay name=pay0 pt=96 config-interval=-1",
    "vp8": "vp8enc deadline=1 keyframe-max-dist={rate} ! rtpvp8pay name=pay0 pt=96",
}
SOUNDS = {
    "none": "",
    "alaw": "audiotestsrc is-live=true wave=ticks ! audio/x-raw,rate=8000,channels=1 ! alawenc"
    " ! rtppcmapay name=pay1 pt=8",
    "mulaw": "audiotestsrc is-live=true wave=ticks ! audio/x-raw,rate=8000,channels=1 ! mulawenc"
    " ! rtppcmupay name=pay1 pt=0",
    "aac": "audiotestsrc is-live=true wave=ticks ! audio/x-raw,rate=16000,channels=1 ! avenc_aac"
    " ! aacparse ! rtpmp4gpay name=pay1 pt=97",
}


def launch(given: argparse.Namespace, number: int) -> str:
    width, height = given.size.split("x")
    # snow can't be coded small: whatever bit rate is asked for is reached
    pattern = "snow" if given.snow else ((number % 3 and "ball") or "smpte")
    pictures = (
        f"videotestsrc is-live=true pattern={pattern}"
        f" ! video/x-raw,width={width},height={height},framerate={given.rate}/1"
        f" ! valve name=valve ! {VIDEOS[given.video].format(**vars(given))}"
    )
    sound = SOUNDS[given.sound]
    if given.video == "none":  # the payloaders are numbered without a gap
        return f"( {sound.replace('pay1', 'pay0')} )"
    return f"( {pictures} {sound} )"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("port")
    parser.add_argument("--video", choices=VIDEOS, default="h264")
    parser.add_argument("--sound", choices=SOUNDS, default="none")
    parser.add_argument("--user")
    parser.add_argument("--password", default="")
    parser.add_argument("--mounts", type=int, default=1)
    parser.add_argument("--size", default="160x120")
    parser.add_argument("--rate", type=int, default=10)
    parser.add_argument("--bitrate", type=int, default=256)
    parser.add_argument("--snow", action="store_true")
    parser.add_argument("--obey", action="store_true")
    return parser.parse_args()


def main() -> None:
    given = arguments()
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(given.port)
    if given.user:
        protect(server, given.user, given.password)
    playing: list[Gst.Element] = []
    mounts = server.get_mount_points()
    for number in range(given.mounts):
        factory = GstRtspServer.RTSPMediaFactory()
        factory.set_launch(launch(given, number))
        factory.set_shared(True)
        factory.connect("media-configure", lambda _, media: playing.append(media.get_element()))
        if given.user:
            roles = GstRtspServer.RTSPPermissions()
            roles.add_role("viewer")
            for right in ("media.factory.access", "media.factory.construct"):
                roles.add_permission_for_role("viewer", right, True)
            factory.set_permissions(roles)
        mounts.add_factory(f"/camera{number}", factory)
    if server.attach(None) == 0:
        sys.exit("the port is taken")
    if given.obey:
        GLib.io_add_watch(sys.stdin, GLib.PRIORITY_DEFAULT, GLib.IOCondition.IN, obey, playing)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    GLib.MainLoop().run()


def obey(orders: TextIO, _: GLib.IOCondition, playing: list[Gst.Element]) -> bool:
    """Do what one line says to the streams that play."""
    match orders.readline().split():
        case ["drop" | "pass" as what]:
            for stream in playing:
                stream.get_by_name("valve").set_property("drop", what == "drop")
        case ["jump", ms]:
            for stream in playing:
                pad = stream.get_by_name("pay0").get_static_pad("sink").get_peer()
                pad.set_offset(pad.get_offset() + int(ms) * Gst.MSECOND)
        case _:
            return False
    return True


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
