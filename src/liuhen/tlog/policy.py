"""C2SP tlog-policy: the logs and witnesses one trusts, and how many witnesses are enough.

Read and written as text. Not for fetching keys, nor for where the file is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from liuhen.tlog.cosignatures import CosignatureVerifier
from liuhen.tlog.keys import Verifier
from liuhen.tlog.strict import refused

NONE = "none"
_CODE = "policy.malformed"
_SHORTHANDS = ("any", "all")


@dataclass(frozen=True)
class TrustedLog:
    """A log's key, and where the log is when that is told."""

    key: Verifier
    url: str | None = None


@dataclass(frozen=True)
class TrustedWitness:
    """A witness by its name in the file, its key, and the submission prefix when that is told."""

    name: str
    key: CosignatureVerifier
    url: str | None = None


@dataclass(frozen=True)
class Group:
    """So many of the members, witnesses or earlier groups, are enough."""

    threshold: int
    members: tuple[str, ...]


@dataclass(frozen=True)
class Policy:
    """What the file says; `quorum` is the name of a witness or group, or `none`."""

    logs: tuple[TrustedLog, ...] = ()
    witnesses: tuple[TrustedWitness, ...] = ()
    groups: Mapping[str, Group] = field(default_factory=dict)
    quorum: str = NONE

    def log_keys(self, origin: str) -> tuple[Verifier, ...]:
        """The keys of one log, in the order of the file: a rotated log has several."""
        return tuple(log.key for log in self.logs if log.key.name == origin)

    @property
    def witness_keys(self) -> tuple[CosignatureVerifier, ...]:
        """The keys of all witnesses."""
        return tuple(witness.key for witness in self.witnesses)

    def is_met_by(self, keys: Iterable[tuple[str, int]]) -> bool:
        """Whether the cosigners, as (name, key id) of verified lines, are the quorum."""
        signed = set(keys)
        met = {w.name for w in self.witnesses if (w.key.name, w.key.key_id) in signed}
        for name, group in self.groups.items():
            if sum(member in met for member in group.members) >= group.threshold:
                met.add(name)
        return self.quorum == NONE or self.quorum in met

    @property
    def text(self) -> str:
        """The file."""
        lines = [_line("log", log.key.vkey, log.url) for log in self.logs]
        lines += [_line("witness", w.name, w.key.vkey, w.url) for w in self.witnesses]
        lines += [
            _line("group", name, str(group.threshold), *group.members)
            for name, group in self.groups.items()
        ]
        return "".join(f"{line}\n" for line in [*lines, f"quorum {self.quorum}"])


def parse_policy(raw: bytes) -> Policy:
    """Read a policy file.

    Raises:
        Refused: `policy.malformed` with `what`, `key.malformed`.
    """
    if any((byte < 0x20 and byte not in b"\t\n") or byte == 0x7F for byte in raw):
        raise refused(_CODE, "control character")
    reader = _Reader()
    # Names are opaque octets; surrogate escapes keep them apart without interpreting them.
    for line in raw.decode("utf-8", "surrogateescape").split("\n"):
        items = line.replace("\t", " ").split(" ")
        items = [item for item in items if item]
        if items and not items[0].startswith("#"):
            reader.take(items[0], items[1:])
    if reader.quorum is None:
        raise refused(_CODE, "no quorum line")
    return Policy(tuple(reader.logs), tuple(reader.witnesses), reader.groups, reader.quorum)


class _Reader:
    """The lines read so far; each may name only what stands before it."""

    def __init__(self) -> None:
        self.logs: list[TrustedLog] = []
        self.witnesses: list[TrustedWitness] = []
        self.groups: dict[str, Group] = {}
        self.quorum: str | None = None
        self._grouped: set[str] = set()

    def take(self, kind: str, items: list[str]) -> None:
        if kind == "log" and len(items) in (1, 2):
            self._log(*items)
        elif kind == "witness" and len(items) in (2, 3):
            self._witness(*items)
        elif kind == "group" and len(items) >= 3:
            self._group(items[0], items[1], items[2:])
        elif kind == "quorum" and len(items) == 1 and self.quorum is None:
            if items[0] != NONE:
                self._check_known(items[0])
            self.quorum = items[0]
        else:
            raise refused(_CODE, "line", f"{kind} {' '.join(items)}")

    def _log(self, vkey: str, url: str | None = None) -> None:
        key = Verifier.from_vkey(vkey)
        if any(log.key.public_key == key.public_key for log in self.logs):
            raise refused(_CODE, "log twice", vkey)
        self.logs.append(TrustedLog(key, url))

    def _witness(self, name: str, vkey: str, url: str | None = None) -> None:
        key = CosignatureVerifier.from_vkey(vkey)
        self._check_new(name)
        if any(one.key.public_key == key.public_key for one in self.witnesses):
            raise refused(_CODE, "witness twice", vkey)
        self.witnesses.append(TrustedWitness(name, key, url))

    def _group(self, name: str, enough: str, members: list[str]) -> None:
        self._check_new(name)
        for member in members:
            self._check_known(member)
            if member in self._grouped:
                raise refused(_CODE, "member twice", member)
            self._grouped.add(member)
        self.groups[name] = Group(_threshold(enough, len(members)), tuple(members))

    def _check_new(self, name: str) -> None:
        if name == NONE or name in self._names():
            raise refused(_CODE, "name twice", name)

    def _check_known(self, name: str) -> None:
        if name not in self._names():
            raise refused(_CODE, "unknown name", name)

    def _names(self) -> set[str]:
        return {*self.groups, *(witness.name for witness in self.witnesses)}


def _threshold(text: str, members: int) -> int:
    if text in _SHORTHANDS:
        return 1 if text == "any" else members
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text) <= members:
        raise refused(_CODE, "threshold", text)
    return int(text)


def _line(*items: str | None) -> str:
    return " ".join(item for item in items if item is not None)
