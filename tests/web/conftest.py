"""Browsers of the fictional authority's people, for tests of pages."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from liuhen.demo.people import World

Browser = Callable[[str], Client]


@pytest.fixture
def browser(world: World) -> Browser:
    """A signed-in browser by user name; the same one each time a name is asked for."""
    opened: dict[str, Client] = {}

    def of(username: str) -> Client:
        if username not in opened:
            opened[username] = Client(SERVER_NAME="localhost")
            opened[username].force_login(world[username])
        return opened[username]

    return of
