"""Throwaway homes with the fictional authority, set up in this process. Touches no other home."""

from __future__ import annotations

import logging
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django

from liuhen.host.home import Home
from liuhen.host.server import migration


@contextmanager
def empty_home() -> Iterator[Home]:
    """A new home for the block; nothing runs in it."""
    with tempfile.TemporaryDirectory(prefix="liuhen-bench-") as folder:
        yield Home(Path(folder) / "home").create()


@contextmanager
def founded(home: Home) -> Iterator[None]:
    """Its database runs for the block, with the fictional authority founded in it.

    Django of this process is connected to it; one process can do this once.
    """
    os.environ["LIUHEN_HOME"] = str(home.path)
    os.environ["DJANGO_SETTINGS_MODULE"] = "liuhen.settings"
    os.environ["LIUHEN_REQUESTS_PER_MINUTE"] = "1000000"  # one stands for many here
    with home.cluster().running():
        step = migration(home)
        environment = {**os.environ, **step.environment}
        subprocess.run(step.command, env=environment, check=True, stdout=subprocess.DEVNULL)
        django.setup()
        logging.getLogger("liuhen.request").setLevel(logging.WARNING)
        from django.db import connection  # noqa: PLC0415 - needs the set-up

        from liuhen.demo.people import found_world  # noqa: PLC0415

        found_world()
        try:
            yield
        finally:
            connection.close()


@contextmanager
def scratch_home() -> Iterator[Path]:
    """A new founded home whose database runs for the block."""
    with empty_home() as home, founded(home):
        yield home.path
