"""A served primary with originals, a replica that follows it, its witness on a port. Not a test."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from wsgiref.simple_server import WSGIServer, make_server

import pytest
from django.conf import settings

from liuhen.actions.act import Draft, act
from liuhen.actions.people import register_unit
from liuhen.actions.tokens import issue_token
from liuhen.demo.people import World
from liuhen.kernel import clock
from liuhen.ledger import trust
from liuhen.ledger.attesting import ask_witnesses
from liuhen.ledger.recording import Who
from liuhen.ledger.sequencing import sequence_all
from liuhen.ledger.signing import signer
from liuhen.people.models import Unit
from liuhen.replica.application import ReplicaApplication
from liuhen.replica.folder import ReplicaFacts, ReplicaFolder
from liuhen.replica.pulling import Pulled, pull
from liuhen.replica.source import Primary
from liuhen.vault import keeping
from tests.api.conftest import QuietHandler, Server, server  # noqa: F401 - a fixture
from tests.serving import at_work


@act(permission="unit.register", event="test.kept")
def keep(draft: Draft, *, actor: object, content: bytes) -> str:
    """Keep some bytes as an original."""
    kept = keeping.keep_bytes(content, name="a.txt", by=draft.actor.id, at=draft.at)
    draft.note(sha256=kept.sha256)
    return kept.sha256


class ThreadedServer(WSGIServer):
    """The witness's server in this process."""

    daemon_threads = True


@contextmanager
def served(folder: ReplicaFolder) -> Iterator[str]:
    """The replica's own door on a port; its address."""
    running = make_server("127.0.0.1", 0, ReplicaApplication(folder), ThreadedServer, QuietHandler)
    with at_work(running):
        yield f"http://127.0.0.1:{running.server_port}"


@dataclass
class Pair:
    """A primary with entries and two originals, and the replica that follows it."""

    world: World
    server: Server
    folder: ReplicaFolder
    originals: list[str]
    secret: str
    units: int = 0

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server.port}"

    def primary(self) -> Primary:
        return Primary(self.address, self.secret)

    def pull(self) -> Pulled:
        with self.primary() as primary:
            return pull(self.folder, primary)

    def waits(self, days: int) -> None:
        """How long the replica holds an approval before it destroys anything by it."""
        facts = dataclasses.replace(self.folder.facts, waits_days=days)
        (self.folder.path / "replica.toml").write_text(facts.to_toml(), "utf-8")

    def renew_token(self) -> None:
        """Another token, good from now on."""
        until = clock.now() + dt.timedelta(days=30)
        self.secret = issue_token(
            actor=self.world.system, name="beta", scope="replica", until=until
        ).secret

    def act(self, count: int = 1) -> None:
        """So many more entries, sequenced."""
        for _ in range(count):
            self.units += 1
            register_unit(
                actor=self.world.system,
                code=f"T{self.units}",
                name=f"试验{self.units}队",
                kind=Unit.Kind.SUBORDINATE,
            )
        sequence_all()

    def keep(self, content: bytes) -> str:
        sha256 = keep(actor=self.world.system, content=content)
        sequence_all()
        return sha256

    @contextmanager
    def witnessed(self) -> Iterator[str]:
        """The replica serves and the primary asks it for cosignatures."""
        with served(self.folder) as address:
            trust.add_witness("replica", self.folder.cosigner().verifier, address)
            try:
                yield address
            finally:
                settings.HOME.policy_path.unlink()

    def ask(self) -> int:
        return ask_witnesses(Who(self.world.system.id, self.world.system.name))


@pytest.fixture
def pair(world: World, server: Server, tmp_path: Path) -> Iterator[Pair]:  # noqa: F811
    settings.HOME.policy_path.unlink(missing_ok=True)
    until = clock.now() + dt.timedelta(days=30)
    issued = issue_token(actor=world.system, name="beta", scope="replica", until=until)
    originals = [keep(actor=world.system, content=text) for text in (b"one", b"two" * 700_000)]
    sequence_all()
    vkey = signer().verifier.vkey
    address = f"http://127.0.0.1:{server.port}"
    facts = ReplicaFacts(address, signer().name, "beta", vkey)
    folder = ReplicaFolder(tmp_path / "replica").create(facts, issued.secret)
    yield Pair(world, server, folder, originals, issued.secret)
    for sha256 in originals:
        place = keeping.local_store().place(sha256)
        place.unlink(missing_ok=True)
