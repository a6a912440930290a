"""How much a child that reads untrusted bytes may use. Not for enforcing it (`confinement`)."""

from __future__ import annotations

from dataclasses import dataclass, replace

MIB = 1024 * 1024

MAX_VIDEO_PIXELS = 8192 * 8192
MAX_PHOTO_PIXELS = 120_000_000
MAX_SCAN_PAGES = 500
MAX_STREAMS = 64
MAX_PACKETS = 12_000_000


@dataclass(frozen=True)
class Limits:
    """Ceilings of one child.

    Attributes:
        memory: bytes of address space (RLIMIT_AS), interpreter and codecs included (~200 MB).
        cpu_s: seconds of processor time (RLIMIT_CPU; killed one second later).
        wall_s: seconds until the parent kills it.
        file_size: bytes the child may write to any one file (RLIMIT_FSIZE); 0 = no file at all.
        reply: bytes of JSON the parent accepts.
        threads: further threads or processes the child may start (RLIMIT_NPROC).
    """

    memory: int = 1024 * MIB
    cpu_s: int = 60
    wall_s: int = 120
    file_size: int = 0
    reply: int = 4 * MIB
    threads: int = 0

    def for_size(self, size: int) -> Limits:
        """The same limits with time enough to read `size` bytes from a slow disk once."""
        return replace(
            self,
            cpu_s=self.cpu_s + size // (50 * MIB),
            wall_s=self.wall_s + size // (10 * MIB),
        )


PROBE = Limits()
# The HEIC decoder can't work without threads of its own.
PHOTO = Limits(memory=1536 * MIB, file_size=32 * MIB, threads=16)
SCAN = Limits(memory=1536 * MIB, file_size=32 * MIB)
# As long as the camera sends: a stream has no end that processor time could be measured by.
CAMERA = Limits(memory=768 * MIB, cpu_s=1_000_000_000)
DEEP_PROBE = Limits(cpu_s=1800, wall_s=3600)
PICTURE = Limits(file_size=32 * MIB)
SOUND = Limits(cpu_s=600, wall_s=1200, reply=16 * MIB)
VOICES = Limits(cpu_s=1800, wall_s=3600)
DARKNESS = Limits(cpu_s=900, wall_s=1800)
# Coding pictures anew takes about as long as they last.
PROXY = Limits(memory=1536 * MIB, cpu_s=6 * 3600, wall_s=12 * 3600, file_size=32 * 1024 * MIB)
# As long as somebody looks: one piece of a camera's stream, then the next in a child of its own.
LIVE_VIEW = Limits(memory=1536 * MIB, cpu_s=3600)
# The models of words take 400 MB of memory and three times that of addresses.
WORDS = Limits(memory=2048 * MIB, cpu_s=180, wall_s=600, threads=16)
# Models of speech take up to a gigabyte and map as much again; hearing takes a part of the length.
SPEECH = Limits(memory=6144 * MIB, cpu_s=3600, wall_s=7200, threads=16)
# A code is looked for in ten pictures at most.
CODES = Limits(memory=2048 * MIB, threads=16)
FACES = replace(WORDS, cpu_s=6 * 3600, wall_s=12 * 3600, file_size=32 * MIB, reply=64 * MIB)
REDACTING = replace(FACES, file_size=32 * 1024 * MIB)
BLANKING = Limits(memory=1536 * MIB, cpu_s=600, wall_s=1200, file_size=512 * MIB)
CLIP = Limits(cpu_s=120, wall_s=300, file_size=8 * 1024 * MIB)
