"""`liuhen worker`: runs jobs from the database's queue, until it is stopped."""

from __future__ import annotations

import asyncio
import signal
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import click
import django
from procrastinate.jobs import DEFAULT_QUEUE

from liuhen.commands import home_option
from liuhen.commands.leaving import leave_without_database
from liuhen.commands.silence import watch_for_silence
from liuhen.kernel.portions import end_soon
from liuhen.kernel.precedence import give_way

SIGNALS = (signal.SIGTERM, signal.SIGINT)


@click.command(name="worker")
@home_option
@click.option("--concurrency", default=2, show_default=True, help="Jobs at the same time.")
def command(home: object, concurrency: int) -> None:
    """Run jobs; any number of workers may run, on any machine."""
    django.setup()
    # reading media takes minutes; pages and uploads are waited for
    give_way()
    watch_for_silence()
    from liuhen.actions.deferring import here  # noqa: PLC0415 - models need a set-up Django

    queues = dict.fromkeys((DEFAULT_QUEUE, here()))
    asyncio.run(_work(list(queues), concurrency))


async def _work(queues: list[str], concurrency: int) -> None:
    """Run jobs until a signal; what runs then is ended first."""
    from procrastinate.contrib.django import app  # noqa: PLC0415 - needs a set-up Django

    loop, work = asyncio.get_running_loop(), asyncio.current_task()
    assert work is not None
    # else Python has a few more threads than processors, and what is begun beyond them waits
    loop.set_default_executor(ThreadPoolExecutor(concurrency + 1, "job"))

    def stop() -> None:
        for one in SIGNALS:
            loop.remove_signal_handler(one)
        end_soon()
        leave_without_database()
        work.cancel()

    for one in SIGNALS:
        loop.add_signal_handler(one, stop)
    connector = app.connector.get_worker_connector()  # type: ignore[attr-defined]
    with app.replace_connector(connector), suppress(asyncio.CancelledError):
        async with app.open_async():
            await app.run_worker_async(
                queues=queues,
                concurrency=concurrency,
                # a finished job is no record: what it did is in the ledger or can be done again
                delete_jobs="successful",
                install_signal_handlers=False,
            )
