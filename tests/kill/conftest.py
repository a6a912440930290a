"""Homes for the kill suite: made once by real acts, then copied; one of them served for all."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from liuhen.host.home import Home
from tests.kill.cycle import Workplace, workplace
from tests.kill.disk import disk  # noqa: F401 - a fixture
from tests.kill.tree import copied_home, made_home


@pytest.fixture(scope="package")
def kill_folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="liuhen-kill-", dir="/tmp"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="package")
def pattern(kill_folder: Path) -> Home:
    """A home of the fictional authority that is never served itself."""
    return made_home(kill_folder / "pattern" / "home")


@pytest.fixture(scope="package")
def one_place(pattern: Home, kill_folder: Path) -> Iterator[Workplace]:
    with workplace(copied_home(pattern, kill_folder / "served" / "home")) as place:
        yield place


@pytest.fixture
def place(one_place: Workplace) -> Workplace:
    """The served home, answering; whatever the test before did to it."""
    if one_place.tree.process.poll() is not None:
        one_place.tree = one_place.tree.again()
    one_place.tree.await_ready()
    return one_place
