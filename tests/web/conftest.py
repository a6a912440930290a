"""Browsers of the fictional authority's people, and a street with cases, for tests of pages."""

from __future__ import annotations

import datetime as dt
import struct
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

import psycopg
import pytest
from django.db import connection
from django.test import Client

from liuhen.actions.access import grant_standing_approval
from liuhen.actions.recordings import take_in_recording
from liuhen.cases.models import Activity, Case
from liuhen.demo.footage import film
from liuhen.demo.ordinary_case import OrdinaryCase
from liuhen.demo.people import World, known_world
from liuhen.demo.simple_case import SimpleCase
from liuhen.host.postgres import Cluster
from liuhen.host.postgres_roles import OWNER, SERVER
from liuhen.kernel import clock
from liuhen.kernel.clock import FrozenClock
from liuhen.kernel.digests import sha256_hex
from liuhen.ledger.sequencing import sequence_all
from liuhen.recordings.intake import ReceivedFile
from liuhen.recordings.models import Recording
from liuhen.recordings.uploads import Intent
from liuhen.vault.keeping import intake_path
from tests.actions.ordinary import Remembered
from tests.database import clone, point_at
from tests.web.ordinary import Kept, Ordinary, lived, standing
from tests.world import MORNING

Browser = Callable[[str], Client]
STREET_TEMPLATE = "liuhen_street"


def browsers(world: World) -> Browser:
    """Signed-in browsers by user name; the same one each time a name is asked for."""
    opened: dict[str, Client] = {}

    def of(username: str) -> Client:
        if username not in opened:
            opened[username] = Client(SERVER_NAME="localhost")
            opened[username].force_login(world[username])
        return opened[username]

    return of


@pytest.fixture
def browser(world: World) -> Browser:
    """Signed-in browsers of the authority's people, without any case yet."""
    return browsers(world)


@pytest.fixture
def ordinary(cluster: Cluster, world: World) -> Iterator[OrdinaryCase]:
    """An ordinary case nobody has begun; its clock stands at the world's morning."""
    with clock.frozen(MORNING) as stopped:
        yield Remembered(world, stopped, cluster=cluster)


class Answer(Protocol):
    """What the test client gives back."""

    @property
    def content(self) -> bytes: ...


def words(response: Answer) -> str:
    """The page as text."""
    return response.content.decode()


def picture(seed: int) -> bytes:
    """A small true PNG, another one for each seed."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        checked = kind + data
        return struct.pack(">I", len(data)) + checked + struct.pack(">I", zlib.crc32(checked))

    line = b"\x00" + seed.to_bytes(3, "big") * 8
    header = struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(line * 8)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def hand_in(
    world: World, seed: int, activity: Activity | None = None, *, officer: str = "officer"
) -> Recording:
    """A photograph handed in; nobody has looked into the file yet, so that it costs little."""
    content = picture(seed)
    path = intake_path()
    path.write_bytes(content)
    name = f"IMG_{seed:04d}.png"
    return take_in_recording(
        actor=world[officer],
        received=ReceivedFile(path, sha256_hex(content), len(content), name),
        intent=Intent(name=name, activity_id=activity.id if activity else None),
        probe=None,
        head=content[:64],
    )


@dataclass(frozen=True)
class Street:
    """What happened before the test begins.

    `archived` is bound and waits for the archive room; `filed` waits for the unit's head, with
    a gap nobody explained and money nobody handed in; `running` is under way, its decision drafted.
    """

    world: World
    browser: Browser
    clock: FrozenClock
    archived: UUID
    filed: UUID
    running: UUID

    def case(self, case_id: UUID) -> Case:
        """A case as it stands now."""
        return Case.objects.get(id=case_id)

    def scene(self, case_id: UUID) -> Activity:
        """The activity of a case."""
        return Activity.objects.get(case=case_id)


def _tell(world: World, stopped: FrozenClock) -> None:
    """The three cases, by real acts, a few seconds apart."""
    grant_standing_approval(
        actor=world["deputy"],
        group="officer",
        purpose="办理本人承办的案件",
        scope="own_open_cases",
        until=stopped.instant + dt.timedelta(days=300),
    )
    archived = closed(world, stopped, minutes=5)
    archived.bind()
    filed = _decided(world, stopped, is_fined=True)
    film(world, filed.activity, pauses=[(20_000, 40_000)])
    filed.ask_filing()
    running = SimpleCase(world)
    running.start()
    running.violation()
    running.notice()
    running.waive()
    running.decide()
    sequence_all()


def closed(world: World, stopped: FrozenClock, **on_the_way: float) -> SimpleCase:
    """A warning on the spot, filmed, filed and closed: it waits to be bound."""
    simple = _decided(world, stopped, is_fined=False)
    film(world, simple.activity, returned_at=stopped.move(**on_the_way))
    simple.correct()
    simple.file()
    simple.close()
    return simple


def _decided(world: World, stopped: FrozenClock, *, is_fined: bool) -> SimpleCase:
    """A decision made, served and, when it is a fine, collected on the spot."""
    simple = SimpleCase(world)
    stopped.move(seconds=10)
    simple.start()
    stopped.move(seconds=80)
    simple.violation()
    simple.notice()
    simple.waive()
    if is_fined:
        simple.decide()
    else:
        simple.decide(penalty=["warning"])
    simple.sign()
    simple.issue_and_serve()
    if is_fined:
        simple.collect()
    stopped.move(seconds=10)
    simple.end()
    stopped.move(seconds=10)
    return simple


@pytest.fixture(scope="session")
def street_template(cluster: Cluster, world_template: str) -> str:
    """A template database in which the three cases happened, made once."""
    clone(cluster, world_template, STREET_TEMPLATE)
    point_at(cluster.dsn(STREET_TEMPLATE, SERVER))
    with clock.frozen(MORNING) as stopped:
        _tell(known_world(), stopped)
    connection.close()
    return STREET_TEMPLATE


@pytest.fixture
def street(cluster: Cluster, street_template: str) -> Iterator[Street]:
    """A fresh copy of the street; the clock stands some minutes after it all."""
    name = "liuhen_one_street"
    clone(cluster, street_template, name)
    point_at(cluster.dsn(name, SERVER))
    with clock.frozen(MORNING + dt.timedelta(minutes=30)) as stopped:
        world = known_world()
        archived, filed, running = Case.objects.order_by("started_at").values_list("id", flat=True)
        yield Street(world, browsers(world), stopped, archived, filed, running)
    connection.close()


@pytest.fixture
def street_owner(cluster: Cluster, street: Street) -> Iterator[psycopg.Connection]:
    """The attacker's hands on the street's database."""
    dsn = cluster.dsn("liuhen_one_street", OWNER)
    with psycopg.connect(dsn, autocommit=True) as opened:
        yield opened


@pytest.fixture(scope="session")
def ordinary_kept(cluster: Cluster, world_template: str) -> Kept:
    """Templates of one ordinary case, one for each of its moments, made once."""
    return lived(cluster, world_template)


@pytest.fixture
def at(cluster: Cluster, ordinary_kept: Kept) -> Iterator[Callable[[str], Ordinary]]:
    """The ordinary case as it stood at a moment: `at("heard")`."""
    with ExitStack() as open_until_the_end:
        yield lambda moment: open_until_the_end.enter_context(
            standing(cluster, ordinary_kept, moment, browsers)
        )
