"""The clock of the world, to be moved along the days of a case."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from liuhen.demo.ordinary_case import OrdinaryCase
from liuhen.demo.people import World
from liuhen.host.postgres import Cluster
from liuhen.kernel import clock
from liuhen.kernel.clock import FrozenClock
from tests.actions.ordinary import Remembered
from tests.world import MORNING


@pytest.fixture
def stopped(world: World) -> Iterator[FrozenClock]:
    """The clock at the world's morning."""
    with clock.frozen(MORNING) as frozen:
        yield frozen


@pytest.fixture
def ordinary(cluster: Cluster, world: World, stopped: FrozenClock) -> OrdinaryCase:
    """An ordinary case nobody films."""
    return Remembered(world, stopped, cluster=cluster)
