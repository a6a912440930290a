"""What a child takes from itself before it touches untrusted bytes. Linux only.

Layers, each tried on its own so that one refusal leaves the others standing; what is in force
is told, never assumed (`confine` returns it, `selfcheck` proves it):

- resource limits: memory, processor time, written file size, processes, no core dump;
- no new descriptors: RLIMIT_NOFILE equals the number already open, so nothing can be opened
  and no socket made while decoding. Works for everybody everywhere; it stops a decoder that is
  talked into opening something, not code that has taken the process over, for that code could
  close one of the few open descriptors and use its number;
- identity: root becomes a fresh number that owns nothing; an ordinary user keeps its own;
- namespaces: own network without interfaces, own mounts with an empty read-only root; as root
  directly, otherwise by a user namespace where the kernel permits them;
- Landlock: no file system, no TCP, no signals or abstract sockets outwards, as far as the
  kernel's version goes; needs no privilege and is the fallback where namespaces are refused;
- no sockets: a filter of the system call that makes them (`sockets`);
- no new privileges, no capabilities, dies with its parent.

A child that reads from a camera keeps one doorway: a listener on its own loopback whose other
side its parent holds. One descriptor more, a TCP socket and connecting to that one port stay
allowed. Where there are no namespaces that port could be another machine's as well.

Other system calls are not filtered. Where namespaces, the filter and Landlock's network rules
are all missing, only "no new descriptors" keeps the network away; `network` then says
"no_new_descriptors", or "open" of a camera's child. Not for choosing limits (`limits`) and not
used outside the child.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import resource
import signal
import socket
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Final

from liuhen.media.limits import Limits
from liuhen.media.protections import Layer, Protections
from liuhen.media.sockets import restrict_sockets

_libc = ctypes.CDLL(None, use_errno=True)

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 1, 4, 38
_CLONE_NEWNS, _CLONE_NEWUTS, _CLONE_NEWIPC = 0x00020000, 0x04000000, 0x08000000
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_MS_RDONLY, _MS_NOSUID, _MS_NODEV, _MS_NOEXEC = 1, 2, 4, 8
_MS_REC, _MS_PRIVATE = 0x4000, 0x40000
_SYS_LANDLOCK_CREATE, _SYS_LANDLOCK_ADD, _SYS_LANDLOCK_RESTRICT = 444, 445, 446
_RULE_NET_PORT, _ACCESS_CONNECT_TCP = 2, 2
_SIOCSIFFLAGS, _IFF_UP, _IFF_RUNNING = 0x8914, 0x1, 0x40
_CAPABILITY_VERSION_3: Final = 0x20080522
_FRESH_IDENTITIES: Final = (0x6C690000, 61184, 65534)


def limit_resources(limits: Limits) -> None:
    """Set what holds from the first moment: memory, processor time, no core dump."""
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory, limits.memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_s, limits.cpu_s + 1))


def die_with_parent(parent: int) -> bool:
    """Ask the kernel to kill this process when the parent ends; false if it can't be had.

    Must be renewed after a change of identity, which clears it.
    """
    asked: int = _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)
    return asked == 0


def confine(
    parent: int,
    limits: Limits,
    without: frozenset[Layer] = frozenset(),
    doorway: Callable[[], int] | None = None,
) -> Protections:
    """Give up everything decoding does not need; returns what is in force.

    Descriptors 0..n must be open without a hole and all code loaded: nothing can be opened
    afterwards. `without` leaves layers out, to prove that each of the others holds alone.
    `doorway` is called inside the namespaces, with their own loopback up: it makes the one
    listener there is and returns its TCP port; one socket may be opened to it afterwards.
    """
    # Not earlier: Python would store the modules it compiles cut off at the limit.
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits.file_size, limits.file_size))
    is_namespaced = "namespaces" not in without and _enter_namespaces()
    port = _make_doorway(doorway, is_namespaced=is_namespaced) if doorway else 0
    has_empty_root = is_namespaced and _enter_empty_root()
    identity = _leave_identity() if "identity" not in without else "unchanged"
    _drop_capabilities()
    dies = die_with_parent(parent)
    no_new: int = _libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    _libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    landlock = _apply_landlock(port) if "landlock" not in without else 0
    has_filter = "sockets" not in without and restrict_sockets(has_tcp=port != 0)
    _limit_processes(limits, is_alone=identity in {"fresh_user", "nobody"} or is_namespaced)
    is_sealed = "descriptors" not in without and _seal_descriptors(spare=1 if port else 0)
    fallback = "no_new_descriptors" if is_sealed and not port else "open"
    sockets = "any" if not has_filter else "tcp" if port else "none"
    return Protections(
        network="namespace" if is_namespaced else _network(sockets, landlock, port, fallback),
        files="empty_root" if has_empty_root else "landlock" if landlock else fallback,
        identity=identity,
        sockets=sockets,
        landlock=landlock,
        has_no_new_descriptors=is_sealed,
        has_no_new_privileges=no_new == 0,
        dies_with_parent=dies,
        has_no_capabilities=_has_no_capabilities(),
    )


def _limit_processes(limits: Limits, *, is_alone: bool) -> None:
    if limits.threads == 0 or is_alone:  # otherwise the user's other processes would count too
        count = limits.threads + 1 if limits.threads else 0
        resource.setrlimit(resource.RLIMIT_NPROC, (count, count))


def _network(sockets: str, landlock: int, port: int, fallback: str) -> str:
    """What keeps a child from the network that has one."""
    if sockets == "none":
        return "no_sockets"
    # Landlock leaves datagrams alone; a camera's child could make a socket for them.
    is_held = landlock >= 4 and (sockets == "tcp" or not port)
    return "landlock_tcp" if is_held else fallback


def _make_doorway(doorway: Callable[[], int], *, is_namespaced: bool) -> int:
    if is_namespaced:
        request = struct.pack("16sh14x", b"lo", _IFF_UP | _IFF_RUNNING)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
            fcntl.ioctl(asking, _SIOCSIFFLAGS, request)
    return doorway()


def _enter_namespaces() -> bool:
    own = _CLONE_NEWNS | _CLONE_NEWNET | _CLONE_NEWIPC | _CLONE_NEWUTS
    if os.geteuid() == 0 and _libc.unshare(own) == 0:
        return True
    user, group = os.geteuid(), os.getegid()
    if _libc.unshare(own | _CLONE_NEWUSER) != 0:
        return False
    try:
        Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1", encoding="ascii")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1", encoding="ascii")
    except OSError:
        return True  # the namespaces stand; only the file system can't be emptied
    return True


def _enter_empty_root() -> bool:
    """Make an empty read-only file system the root; seen by nobody else."""
    mounted: Callable[..., int] = _libc.mount
    if mounted(b"none", b"/", None, _MS_REC | _MS_PRIVATE, None) != 0:
        return False
    flags = _MS_RDONLY | _MS_NOSUID | _MS_NODEV | _MS_NOEXEC
    if mounted(b"none", b"/tmp", b"tmpfs", flags, b"size=4k") != 0:
        return False
    try:
        os.chroot("/tmp")  # noqa: S108 - the empty mount just made
        os.chdir("/")
    except OSError:
        return False
    return True


def _leave_identity() -> str:
    """As root, become a number nobody else has; the database may be running as `nobody`."""
    if os.geteuid() != 0:
        return "same_user"
    for base in _FRESH_IDENTITIES:
        span = 0xFFFF if base > 0xFFFF else 4000 if base < 65534 else 1
        number = base + os.getpid() % span
        try:
            os.setgroups([])
            os.setresgid(number, number, number)
            os.setresuid(number, number, number)
        except OSError:
            continue
        return "fresh_user" if base < 65534 or base > 0xFFFF else "nobody"
    return "unchanged"


def _drop_capabilities() -> None:
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    _libc.capset(header, (ctypes.c_uint32 * 6)())


def _has_no_capabilities() -> bool:
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    data = (ctypes.c_uint32 * 6)()
    read: int = _libc.capget(header, data)
    return read == 0 and not any(data[at] for at in (0, 1, 3, 4))


def _apply_landlock(port: int) -> int:
    """Deny all files, TCP, signals and abstract sockets; the kernel's version, 0 if refused.

    Connecting to the TCP port given, unless it is 0, stays allowed. Source: the kernel's
    userspace-api/landlock document; a ruleset denies everything it handles and no rule allows.
    """
    version: int = _libc.syscall(_SYS_LANDLOCK_CREATE, None, 0, 1)
    if version < 1:
        return 0
    rights = 13 + (version >= 2) + (version >= 3) + (version >= 5)
    words = [(1 << rights) - 1, 3 if version >= 4 else 0, 3 if version >= 6 else 0]
    attribute = (ctypes.c_uint64 * 3)(*words)
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    ruleset: int = _libc.syscall(_SYS_LANDLOCK_CREATE, attribute, size, 0)
    if ruleset < 0:
        return 0
    if port and version >= 4:
        rule = (ctypes.c_uint64 * 2)(_ACCESS_CONNECT_TCP, port)
        _libc.syscall(_SYS_LANDLOCK_ADD, ruleset, _RULE_NET_PORT, rule, 0)
    restricted: int = _libc.syscall(_SYS_LANDLOCK_RESTRICT, ruleset, 0)
    os.close(ruleset)
    return version if restricted == 0 else 0


def _seal_descriptors(spare: int) -> bool:
    """Allow exactly the descriptors now open, and `spare` more; they must be 0..n, no hole."""
    count = 0
    while _is_open(count):
        count += 1
    resource.setrlimit(resource.RLIMIT_NOFILE, (count + spare, count + spare))
    return not any(_is_open(number) for number in range(count, count + 64))


def _is_open(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return False
    return True
