"""The folder of a replica: its few fixed facts, its secrets, its state. Not for pulling.

replica.toml   primary, name, log and its first key: fixed when made
secrets/       0700: the token for the primary, the witness's key, the token for repairs
log/           checkpoint and tiles as C2SP tlog-tiles names them, entries included
images/        row images, one file per entry bundle
vault/         originals by digest, read-only
evidence/      checkpoints that contradict each other, and what else did not agree
state.json     how far everything is verified
"""

from __future__ import annotations

import json
import secrets as random
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from liuhen.host.disk import refusing
from liuhen.host.locks import FileLock
from liuhen.host.secret_files import SecretFiles, make_folder, write_durably
from liuhen.kernel.refusals import Refused
from liuhen.tlog.cosignatures import Cosigner
from liuhen.tlog.hashing import EMPTY_ROOT
from liuhen.tlog.keys import Verifier
from liuhen.vault.store import LocalStore

FORMAT = 1
_FOLDERS = ("log", "images", "vault", "intake", "evidence", "run")
_TOKEN, _WITNESS, _REPAIR = "primary.token", "witness.seed", "repair.token"


@dataclass(frozen=True)
class ReplicaFacts:
    """What `replica.toml` says. `vkey` is the key trusted at first; later ones the log brings.

    `waits_days`: so long the replica has held a disposal's approval before it destroys anything.
    """

    primary: str
    origin: str
    name: str
    vkey: str
    ca_file: str | None = None
    waits_days: int = 30

    def to_toml(self) -> str:
        """The file's text."""
        told = {
            "primary": self.primary,
            "origin": self.origin,
            "name": self.name,
            "vkey": self.vkey,
            "ca_file": self.ca_file,
            "waits_days": self.waits_days,
        }
        lines = [f"format = {FORMAT}"]
        lines += [
            f"{key} = {json.dumps(value)}" for key, value in told.items() if value is not None
        ]
        return "\n".join([*lines, ""])


@dataclass
class State:
    """How far the replica has verified. Sizes are numbers of entries, instants RFC 3339.

    `keys` are the log's keys in the order they came in force: [size from which, vkey]. `approved`
    are disposals by the instant at which their approval was first held here, `ordered` originals
    whose destruction waits, each with its disposal. `destroyed` are those destroyed, in order;
    `destroyed_told` of them the primary knows are gone here.
    """

    size: int = 0
    root: str = EMPTY_ROOT.hex()
    note: str = ""
    images: int = 0
    originals: int = 0
    confirmed: int = 0
    pulled_at: str | None = None
    primary_size: int = 0
    keys: list[tuple[int, str]] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    approved: dict[str, str] = field(default_factory=dict)
    ordered: dict[str, str] = field(default_factory=dict)
    destroyed: list[str] = field(default_factory=list)
    destroyed_told: int = 0
    differences: list[dict[str, str]] = field(default_factory=list)
    drilled_at: str | None = None
    drill: dict[str, int] = field(default_factory=dict)


class ReplicaFolder:
    """The folder everything of one replica stands in."""

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self.secrets = SecretFiles(self.path / "secrets")
        self.log_dir = self.path / "log"
        self.images_dir = self.path / "images"
        self.intake_dir = self.path / "intake"
        self.evidence_dir = self.path / "evidence"
        self.run_dir = self.path / "run"
        self.store = LocalStore(self.path / "vault")

    def create(self, facts: ReplicaFacts, token: str) -> ReplicaFolder:
        """Make the folder; it must not be one yet.

        Raises:
            Refused: `replica.exists`, `replica.not_empty`, `key.malformed`, and as `host.disk`.
        """
        origin = Verifier.from_vkey(facts.vkey).name
        if origin != facts.origin:
            raise Refused("replica.other_log", expected=facts.origin, found=origin)
        if self.is_created():
            raise Refused("replica.exists", path=str(self.path))
        with refusing(self.path):
            make_folder(self.path)
            foreign = {one.name for one in self.path.iterdir()} - {*_FOLDERS, "secrets"}
            if foreign:
                raise Refused("replica.not_empty", path=str(self.path), found=min(foreign))
            for name in _FOLDERS:
                make_folder(self.path / name)
            self.secrets.create_folder()
            write_durably(self.secrets.folder / _TOKEN, token.encode())
            self.cosigner(facts)
            self.repair_token()
            write_durably(self.path / "replica.toml", facts.to_toml().encode())
        return self

    def is_created(self) -> bool:
        """Whether a replica was made here."""
        return (self.path / "replica.toml").exists()

    def open(self) -> ReplicaFolder:
        """Check an existing folder. Raises `Refused`: `replica.missing`, `home.secrets_open`."""
        _ = self.facts
        self.secrets.check()
        return self

    @property
    def facts(self) -> ReplicaFacts:
        """What `replica.toml` says. Raises `Refused("replica.missing")`."""
        try:
            raw = tomllib.loads((self.path / "replica.toml").read_text("utf-8"))
            if raw.pop("format") != FORMAT:
                raise ValueError("format")
            return ReplicaFacts(**raw)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise Refused("replica.missing", path=str(self.path)) from error

    def token(self) -> str:
        """The secret the primary knows us by."""
        return (self.secrets.read(_TOKEN) or b"").decode().strip()

    def repair_token(self) -> str:
        """The secret by which the primary fetches originals back."""
        made = self.secrets.read_or_make(_REPAIR, lambda: random.token_urlsafe(32).encode())
        return made.decode()

    def cosigner(self, facts: ReplicaFacts | None = None) -> Cosigner:
        """The witness's key; its name is the replica's under the log's own."""
        known = facts or self.facts
        seed = self.secrets.read_or_make(_WITNESS, lambda: random.token_bytes(32))
        return Cosigner(f"{known.origin}/witness/{known.name}", seed)

    # --- state

    def state(self) -> State:
        """How far we are; everything from nothing when there was no pull yet."""
        try:
            raw: dict[str, Any] = json.loads((self.path / "state.json").read_bytes())
        except FileNotFoundError:
            return State(keys=[(0, self.facts.vkey)])
        raw["keys"] = [(size, vkey) for size, vkey in raw["keys"]]
        return State(**raw)

    def keep_state(self, state: State) -> None:
        """Keep how far we are, durably; what it speaks of is durable already."""
        text = json.dumps(vars(state), ensure_ascii=False, indent=1)
        write_durably(self.path / "state.json", text.encode())

    def keep_unbound(self, lines: bytes) -> None:
        """Keep what no image holds; the ledger can't vouch for it."""
        write_durably(self.unbound_path, lines)

    @property
    def unbound_path(self) -> Path:
        """Where that lies, one JSON object a line."""
        return self.path / "unbound.jsonl"

    def held_originals(self) -> int:
        """How many originals lie in the vault."""
        vault = self.store.folder
        return sum(1 for path in vault.glob("??/??/*") if path.is_file())

    @contextmanager
    def alone(self, name: str) -> Iterator[None]:
        """One process at a time for `name` (`pull`, `witness`).

        Raises:
            Refused: `replica.busy`.
        """
        lock = FileLock(self.run_dir / f"{name}.lock")
        if not lock.take(wait_seconds=10.0):
            raise Refused("replica.busy")
        try:
            yield
        finally:
            lock.close()
