"""Trying, inside the child, what must not work; and using too much, to prove the limits."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import sys
from typing import Any

from liuhen.media.protections import Attempts
from liuhen.media.worker import INPUT_FD, OUTPUT_FD


def try_everything(arguments: dict[str, Any]) -> Attempts:
    """Attempt each forbidden thing once; a confined child fails at all of them."""
    return Attempts(
        could_open_socket=_can(lambda: socket.socket().close()),
        could_connect=_can(_connect),
        could_read_file=_can(lambda: os.close(os.open("/etc/passwd", os.O_RDONLY))),
        could_write_input=_can(lambda: os.pwrite(INPUT_FD, b"x", 0)),
        could_fork=_can(_fork),
        could_signal_parent=_can(lambda: os.kill(os.getppid(), 0)),
    )


def exceed_limit(arguments: dict[str, Any]) -> dict[str, Any]:
    """Use more of one thing than any child may: memory, time, words, descriptors or honesty."""
    match arguments["what"]:
        case "memory":
            held = [bytearray(64 * 1024 * 1024) for _ in range(4096)]
            return {"held": len(held)}
        case "time":
            while True:
                pass
        case "sleep":
            signal.pause()
        case "words":
            sys.stdout.write("x" * arguments["count"])
        case "file":
            left = arguments["count"]
            while left:
                left -= os.write(OUTPUT_FD, b"x" * left)
        case "crash":
            ctypes.string_at(0)
        case "lie":
            return {"could_open_socket": "no", "more": 1}
    return {}


def _can(attempt: Any) -> bool:
    try:
        attempt()
    except OSError:
        return False
    return True


def _connect() -> None:
    """Reach a socket by giving up a descriptor for it, as code that took over would."""
    kept = os.dup2(INPUT_FD, 0)
    os.close(kept)
    with socket.socket() as made:
        made.settimeout(0.2)
        try:
            made.connect(("127.0.0.1", 9))
        except ConnectionRefusedError:
            return  # refused by a listener's absence: the network itself was within reach


def _fork() -> None:
    if os.fork() == 0:
        os._exit(0)
    os.wait()
