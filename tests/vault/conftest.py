"""One real S3 engine for the tests of this folder, one bucket. Not a test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.conf import settings

from liuhen.vault.s3 import S3Place, S3Store
from tests.vault.weed import Engine, engine


@pytest.fixture(scope="session")
def weed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """The engine."""
    with engine(tmp_path_factory.mktemp("weed")) as running:
        yield running


@pytest.fixture(scope="session")
def place(weed: Engine) -> S3Place:
    """A bucket with Object Lock: one for all, for nobody can empty it."""
    return weed.bucket("originals")


@pytest.fixture
def bucket(place: S3Place, monkeypatch: pytest.MonkeyPatch) -> S3Store:
    """The bucket, named in the settings."""
    monkeypatch.setattr(settings, "S3", place)
    return S3Store(place)
