"""Counting queries. Not a test."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.db import connection


@pytest.fixture
def django_queries() -> Iterator[Callable[[], int]]:
    """How many queries this thread has sent so far."""
    sent = 0

    def count(execute: Callable[..., object], *args: object) -> object:
        nonlocal sent
        sent += 1
        return execute(*args)

    with connection.execute_wrapper(count):
        yield lambda: sent
