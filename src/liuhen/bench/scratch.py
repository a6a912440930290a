"""A throwaway home with a running database and the fictional authority, set up in this process."""

from __future__ import annotations

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
def scratch_home() -> Iterator[Path]:
    """A home whose database runs for the block; Django of this process is connected to it."""
    with tempfile.TemporaryDirectory(prefix="liuhen-bench-") as folder:
        home = Home(Path(folder) / "home").create()
        os.environ["LIUHEN_HOME"] = str(home.path)
        with home.cluster().running():
            step = migration(home)
            environment = {**os.environ, **step.environment}
            subprocess.run(step.command, env=environment, check=True, stdout=subprocess.DEVNULL)
            django.setup()
            from django.db import connection  # noqa: PLC0415 - needs the set-up

            from liuhen.demo.people import found_world  # noqa: PLC0415

            found_world()
            yield home.path
            connection.close()
