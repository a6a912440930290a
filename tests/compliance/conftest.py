"""The clock of the world, to be moved by tests of what time alone changes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from liuhen.demo.people import World
from liuhen.kernel import clock
from liuhen.kernel.clock import FrozenClock
from tests.world import MORNING


@pytest.fixture
def stopped(world: World) -> Iterator[FrozenClock]:
    """The clock at the world's morning."""
    with clock.frozen(MORNING) as frozen:
        yield frozen
