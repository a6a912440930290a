"""The media samples, made once and read by all tests here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.media.samples import make_sample

Sample = Callable[[str], Path]


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    """Give the path of a sample by its name; made when first asked for."""
    folder = tmp_path_factory.mktemp("samples")

    def given(name: str) -> Path:
        path = folder / name
        return path if path.exists() else make_sample(name, folder)

    return given
