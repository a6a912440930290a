"""`liuhen worker`: runs jobs from the database's queue, until it is stopped."""

from __future__ import annotations

import click
import django
from django.core.management import call_command
from procrastinate.jobs import DEFAULT_QUEUE

from liuhen.commands import home_option
from liuhen.kernel.precedence import give_way


@click.command(name="worker")
@home_option
@click.option("--concurrency", default=2, show_default=True, help="Jobs at the same time.")
def command(home: object, concurrency: int) -> None:
    """Run jobs; any number of workers may run, on any machine."""
    django.setup()
    # reading media takes minutes; pages and uploads are waited for
    give_way()
    from liuhen.actions.deferring import here  # noqa: PLC0415 - models need a set-up Django

    queues = ",".join(dict.fromkeys((DEFAULT_QUEUE, here())))
    # a finished job is no record: what it did is in the ledger or can be done again
    told = ("--queues", queues, "--concurrency", str(concurrency), "--delete-jobs", "successful")
    call_command("procrastinate", "worker", *told)
