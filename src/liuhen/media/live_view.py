"""What a camera sends, made playable for a browser while it comes, in a confined child.

For looking only: what goes through is stored nowhere. Not for copies of recordings (`proxy`), nor
for who may look (`actions.camera_viewing`).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Generator, Iterable
from contextlib import suppress
from dataclasses import asdict
from threading import Thread

from liuhen.media.limits import LIVE_VIEW

_PIECE = 64 << 10
# What every browser takes in an MP4; other pictures and sound are made anew.
_PICTURES, _SOUND = frozenset({"h264"}), frozenset({"", "aac", "mp3", "opus"})


def is_played(video: str, audio: str, also: frozenset[str] = frozenset()) -> bool:
    """Whether a browser plays these codecs as they come; `also`: what this one takes besides."""
    return video in _PICTURES | also and audio in _SOUND


def playable(
    source: Iterable[bytes], video: str, *, also: frozenset[str] = frozenset(), height: int = 720
) -> Generator[bytes]:
    """A fragmented MP4 (H.264, AAC) of the fragmented MP4 or MOV that comes, as it comes.

    Ends with the source, or when the child can make nothing of it. The one who stops reading
    ends the child, and the source is read no further.
    """
    copies = video in _PICTURES | also
    child, into, out = _started({"copies": copies, "height": height})
    feeding = Thread(target=_feed, args=(source, into), daemon=True)
    feeding.start()
    try:
        while piece := os.read(out, _PIECE):
            yield piece
    finally:
        child.kill()
        child.wait()
        os.close(out)


def _started(arguments: dict[str, object]) -> tuple[subprocess.Popen[bytes], int, int]:
    """The child, where its input goes in and where its output comes out."""
    theirs_in, into = os.pipe()
    out, theirs_out = os.pipe()
    request = {
        "job": "show", "limits": asdict(LIVE_VIEW), "input": theirs_in, "output": theirs_out,
        "arguments": arguments, "without": [], "parent": os.getpid(),
    }  # fmt: skip
    try:
        child = subprocess.Popen(
            [sys.executable, "-I", "-X", "utf8", "-m", "liuhen.media.worker"],
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            pass_fds=[theirs_in, theirs_out], cwd="/", env={}, start_new_session=True,
        )  # fmt: skip
    except OSError:
        os.close(into)
        os.close(out)
        raise
    finally:
        os.close(theirs_in)
        os.close(theirs_out)
    assert child.stdin
    with suppress(BrokenPipeError), child.stdin:
        child.stdin.write(json.dumps(request).encode())
    return child, into, out


def _feed(source: Iterable[bytes], into: int) -> None:
    """Put what comes into the pipe until either side has enough."""
    try:
        for piece in source:
            left = memoryview(piece)
            while left:
                left = left[os.write(into, left) :]
    except BrokenPipeError:
        pass
    finally:
        os.close(into)
