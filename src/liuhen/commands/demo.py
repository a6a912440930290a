"""`liuhen demo`: a home with the fictional authority and its cases. Never into a real home."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import click
import django

from liuhen.commands import home_option
from liuhen.demo.days import DEMO_NOW
from liuhen.host.home import Home, HomeFacts
from liuhen.host.server import migration
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused

ORIGIN = "demo.liuhen.invalid/simulated-time"


@click.command(name="demo")
@home_option
def command(home: Path) -> None:
    """Make a demonstration in the folder --home, which must not hold a real installation."""
    place = Home(home)
    if place.is_created() and not place.facts.is_demo:
        raise Refused("demo.real_home", path=str(home))
    if not place.is_created():
        offset = DEMO_NOW - clock.now()
        place.create(HomeFacts(ORIGIN, is_demo=True, clock_offset=offset))
    # Its own embedded database, whatever else the environment names.
    os.environ.pop("LIUHEN_DATABASE_URL", None)
    with place.cluster().running():
        step = migration(place)
        subprocess.run(step.command, env={**os.environ, **step.environment}, check=True)
        django.setup()
        from liuhen.demo.loading import load  # noqa: PLC0415 - models need a set-up Django

        load(click.echo)
