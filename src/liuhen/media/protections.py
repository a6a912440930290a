"""Which protections a child has in force: the words, for report and record. Not how they work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Layer = Literal["namespaces", "identity", "landlock", "sockets", "descriptors"]


@dataclass(frozen=True)
class Protections:
    """What held while a child decoded, strongest layer first.

    Attributes:
        network: namespace (no interface at all), no_sockets (none can be made), landlock_tcp (no
            TCP; of a camera's child: TCP to the one port of its doorway and nothing else),
            no_new_descriptors (a decoder can't open a socket), open.
        files: empty_root, landlock, no_new_descriptors, open; the input is read-only always.
        identity: fresh_user and nobody (was root), same_user (was ordinary), unchanged (root).
        sockets: none, tcp (of a camera's child), any: which the kernel lets be made.
        landlock: version of the kernel's Landlock in force, 0 without.
        has_no_new_descriptors, has_no_new_privileges, dies_with_parent, has_no_capabilities:
            as named.
    Memory, processor time, wall clock and written bytes are always limited; processes too, but
    not for root that could not leave its identity, nor for the HEIC decoder, which needs
    threads, where the child shares its user's count.
    """

    network: str
    files: str
    identity: str
    sockets: str
    landlock: int
    has_no_new_descriptors: bool
    has_no_new_privileges: bool
    dies_with_parent: bool
    has_no_capabilities: bool


@dataclass(frozen=True)
class Attempts:
    """What a confined child could do when it tried: every value should be false."""

    could_open_socket: bool
    could_connect: bool
    could_read_file: bool
    could_write_input: bool
    could_fork: bool
    could_signal_parent: bool
