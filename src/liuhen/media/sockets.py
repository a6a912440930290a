"""Which sockets a child may make: none, or TCP only. A filter of two system calls. Linux only.

Landlock knows TCP and nothing beside it, so where there are no namespaces a datagram would still
find its way out. io_uring makes sockets too and is refused with them. Not a list of all that a
decoder may call.

Source: the kernel's userspace-api/seccomp_filter document and its tables of system calls.
"""

from __future__ import annotations

import ctypes
import platform
import struct
from collections.abc import Sequence
from typing import Final

_AF_INET, _SOCK_STREAM, _TYPE, _IPPROTO_TCP = 2, 1, 0xF, 6
_SET_MODE_FILTER, _ALL_THREADS = 1, 1
_IO_URING_SETUP, _OTHER_TABLE = 425, 0x40000000
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050001  # refused as "operation not permitted"
_LOAD, _AND, _IS, _AT_LEAST, _RETURN = 0x20, 0x54, 0x15, 0x35, 0x06
_NUMBER, _MACHINE, _FIRST, _SECOND, _THIRD = 0, 4, 16, 24, 32
# Of each machine: what the kernel calls it, its numbers of `socket` and `seccomp`.
_MACHINES: Final = {
    "x86_64": (0xC000003E, 41, 317),
    "aarch64": (0xC00000B7, 198, 277),
}
_Step = tuple[int, int, int, int]

_libc = ctypes.CDLL(None, use_errno=True)


def restrict_sockets(*, has_tcp: bool) -> bool:
    """From now on no socket can be made, or none but TCP over IPv4; false: it can't be had.

    Needs "no new privileges" or root. Holds for all threads and children, and can't be undone.
    """
    known = _MACHINES.get(platform.machine())
    if known is None:
        return False
    machine, socket_number, seccomp_number = known
    steps = _steps(machine, socket_number, has_tcp=has_tcp)
    program = b"".join(struct.pack("=HBBI", *step) for step in steps)
    held = ctypes.create_string_buffer(program, len(program))
    told = struct.pack("@HP", len(steps), ctypes.addressof(held))
    asked: int = _libc.syscall(seccomp_number, _SET_MODE_FILTER, _ALL_THREADS, told)
    return asked == 0


def _steps(machine: int, socket_number: int, *, has_tcp: bool) -> Sequence[_Step]:
    """The filter: each step is a code, how far to jump if so and if not, and a figure."""
    check: list[_Step] = [
        (_LOAD, 0, 0, _FIRST), (_IS, 0, 7, _AF_INET),
        (_LOAD, 0, 0, _SECOND), (_AND, 0, 0, _TYPE), (_IS, 0, 4, _SOCK_STREAM),
        (_LOAD, 0, 0, _THIRD), (_IS, 1, 0, 0), (_IS, 0, 1, _IPPROTO_TCP),
        (_RETURN, 0, 0, _ALLOW),
    ]  # fmt: skip
    checked = check if has_tcp else []
    end = 7 + len(checked)  # where it is refused
    return [
        (_LOAD, 0, 0, _MACHINE), (_IS, 0, end - 2, machine),
        (_LOAD, 0, 0, _NUMBER), (_AT_LEAST, end - 4, 0, _OTHER_TABLE),
        (_IS, end - 5, 0, _IO_URING_SETUP), (_IS, 1, 0, socket_number), (_RETURN, 0, 0, _ALLOW),
        *checked, (_RETURN, 0, 0, _REFUSE),
    ]  # fmt: skip
