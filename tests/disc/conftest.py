"""One real case copied onto discs, once for all tests of a module. Not a test."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.db import connection

from liuhen.archive.disc import pages
from liuhen.commands.disc import make_discs
from liuhen.demo.footage import film, photograph
from liuhen.demo.people import World, known_world
from liuhen.demo.simple_case import SimpleCase
from liuhen.host.postgres import Cluster
from liuhen.host.postgres_roles import SERVER
from liuhen.kernel import clock
from liuhen.kernel.clock import FrozenClock
from liuhen.ledger.signing import signer
from tests.database import clone, point_at
from tests.disc.asked import approved
from tests.world import MORNING

NAME = "liuhen_disc"


@dataclass(frozen=True)
class Discs:
    """A case as an image and as a folder, and what one would know of it from elsewhere."""

    image: Path
    folder: Path
    number: str
    case_id: str
    vkey: str
    verifier_sha256: str

    def copy(self, to: Path) -> Path:
        """The folder once more, for an attacker to work on."""
        return Path(shutil.copytree(self.folder, to))


def on_the_spot(world: World, stopped: FrozenClock) -> SimpleCase:
    """A fine on the spot, filmed for twelve seconds and photographed."""
    simple = SimpleCase(world)
    for step in (
        simple.start,
        simple.violation,
        simple.notice,
        simple.waive,
        simple.decide,
        simple.sign,
        simple.issue_and_serve,
        simple.collect,
        simple.end,
    ):
        step()
        stopped.move(seconds=1.5)
    film(world, simple.activity)
    photograph(world, simple.activity)
    return simple


@pytest.fixture(scope="module")
def discs(
    cluster: Cluster, world_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Discs]:
    clone(cluster, world_template, NAME)
    point_at(cluster.dsn(NAME, SERVER))
    folder = tmp_path_factory.mktemp("discs")
    with clock.frozen(MORNING) as stopped:
        world = known_world()
        case = on_the_spot(world, stopped).case
        approved(world, case, "虚构市人民法院", "行政诉讼举证")
        (image,) = make_discs(world["records"], case.number, folder / "case.iso")
        approved(world, case, "虚构市人民法院", "行政诉讼举证")
        (copied,) = make_discs(world["records"], case.number, folder / "case", is_folder=True)
        vkey = signer().verifier.vkey
    connection.close()
    yield Discs(image, copied, case.number, str(case.id), vkey, pages().verifier_sha256)
