"""The process whose children read cameras: `python -m liuhen.media.nursery`.

It has loaded everything a child needs and holds nothing else, so a child is there at once and
shares its memory: one for each connection to a camera. A child confines itself before the first
byte of the camera, and keeps one doorway: a listener of its own whose other side the parent
takes and joins to the camera it is for.

On descriptor 0 lies the line to the recorder (packets): a request as JSON with the child's own
line attached; the answer carries a handle on the child (pidfd). The end of that line ends all
children.
Not for what is sent (`frames`) and never imported by the recorder.
"""

from __future__ import annotations

import array
import json
import os
import signal
import socket

from liuhen.media import confinement
from liuhen.media.inside import remux
from liuhen.media.limits import CAMERA

LINE_FD = 3
_LONGEST = 16 << 10


def main() -> None:
    """Serve until the recorder is gone."""
    parent = os.getppid()
    confinement.die_with_parent(parent)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # children are reaped by the kernel
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    orders = socket.socket(fileno=0)
    while True:
        said, descriptors, _, _ = socket.recv_fds(orders, _LONGEST, 1)
        if not said:
            return
        pid = os.fork()
        if pid == 0:
            _child(json.loads(said), descriptors[0])
        os.close(descriptors[0])
        handle = os.pidfd_open(pid)
        socket.send_fds(orders, [b"P"], [handle])
        os.close(handle)


def _child(request: dict[str, object], line_fd: int) -> None:
    """Confine, read the camera, end; never returns."""
    try:
        os.dup2(line_fd, LINE_FD)
        null = os.open("/dev/null", os.O_RDWR)
        os.dup2(null, 0)
        os.dup2(null, 1)
        os.closerange(4, 4096)
        line = socket.socket(fileno=LINE_FD)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        confinement.limit_resources(CAMERA)
        ports: list[int] = []

        def doorway() -> int:
            ports.append(_listen(line))
            return ports[0]

        in_force = confinement.confine(os.getppid(), CAMERA, doorway=doorway)
        wanted = remux.Wanted(**{**request, "port": ports[0]})  # type: ignore[arg-type]
        remux.record(wanted, line, in_force.network)
    except BrokenPipeError:
        pass  # the recorder has let go of us
    os._exit(0)


def _listen(line: socket.socket) -> int:
    """Make the doorway and hand it to the parent."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(1)
        told = array.array("i", [listener.fileno()])
        line.sendmsg([b"L"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, told)])
        port: int = listener.getsockname()[1]
        return port


if __name__ == "__main__":
    main()
