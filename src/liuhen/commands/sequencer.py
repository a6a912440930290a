"""`liuhen sequencer`: gives entries their index and signs checkpoints, until it is stopped."""

from __future__ import annotations

import logging
import signal
import threading
import time
from types import FrameType
from typing import TYPE_CHECKING

import click
import django
from django.db import InterfaceError, OperationalError, connection

from liuhen.commands import home_option
from liuhen.commands.leaving import leave_without_database
from liuhen.commands.silence import watch_for_silence
from liuhen.host.telling import Watch, channels
from liuhen.kernel.refusals import Refused

if TYPE_CHECKING:
    from liuhen.ledger.recording import Who

PAUSE_SECONDS = 0.25
AWAY_SECONDS = 2.0
ATTEST_SECONDS = 2.0
WATCH_SECONDS = 30.0
log = logging.getLogger("liuhen.sequencer")


@click.command(name="sequencer")
@home_option
def command(home: object) -> None:
    """Run the sequencer; several may run, one works at a time."""
    django.setup()
    from liuhen.actions import deferring  # noqa: PLC0415 - models need a set-up Django
    from liuhen.ledger import spool  # noqa: PLC0415
    from liuhen.ledger.clock_watch import ClockWatch  # noqa: PLC0415
    from liuhen.ledger.sequencing import sequence_batch  # noqa: PLC0415

    stopping: list[int] = []

    def stop(number: int, frame: FrameType | None) -> None:
        stopping.append(number)
        leave_without_database()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    watch_for_silence()
    watch: ClockWatch | None = None
    Attestor().start()
    Watcher.start_if_set()
    while not stopping:
        try:
            watch = watch or ClockWatch()
            done = sequence_batch()
            if done:
                deferring.defer_once(deferring.FOLLOW_LEDGER)
            system = who_is_system()
            if system is not None:
                watch.look(system)
                spool.enter_all(system)
        except (OperationalError, InterfaceError) as error:
            log.warning("database away, trying again: %s", error)
            connection.close()
            time.sleep(AWAY_SECONDS)
            continue
        if not done:
            time.sleep(PAUSE_SECONDS)


def who_is_system() -> Who | None:
    """The system's person, None before the authority is founded."""
    from liuhen.ledger.recording import Who  # noqa: PLC0415 - models need a set-up Django
    from liuhen.people.models import Person  # noqa: PLC0415

    found = Person.objects.filter(username="system").values_list("id", "name").first()
    return Who(*found) if found else None


class Attestor(threading.Thread):
    """Asks witnesses and the stamping authority, beside the sequencer and never in its way."""

    def __init__(self) -> None:
        super().__init__(name="attestor", daemon=True)

    def run(self) -> None:
        """Ask again and again; a trouble is told by `attesting` and `stamping` themselves."""
        from liuhen.ledger.attesting import ask_witnesses  # noqa: PLC0415 - needs Django
        from liuhen.ledger.stamping import stamp_newest  # noqa: PLC0415

        while True:
            try:
                ask_witnesses(who_is_system())
                stamp_newest()
            except (OperationalError, InterfaceError) as error:
                log.warning("database away, attesting later: %s", error)
                connection.close()
            except Exception:
                log.exception("attesting failed")
                connection.close()
            time.sleep(ATTEST_SECONDS)


class Watcher(threading.Thread):
    """Tells people outside of red signs; not a job, for the worker may be the trouble."""

    def __init__(self, watch: Watch) -> None:
        super().__init__(name="watcher", daemon=True)
        self._watch = watch

    @classmethod
    def start_if_set(cls) -> None:
        """Start it where an alarm has somewhere to go; say so where a setting can't be used."""
        from django.conf import settings  # noqa: PLC0415 - needs a set-up Django

        try:
            to = channels()
        except Refused as refused:
            log.error("no alarms leave: %s", refused)
            return
        if to.is_set:
            cls(Watch(settings.HOME, to)).start()

    def run(self) -> None:
        """Look again and again; what fails is tried at the next look."""
        from liuhen.upkeep.signs import all_signs  # noqa: PLC0415 - needs Django

        while True:
            time.sleep(WATCH_SECONDS)
            try:
                self._watch.look(all_signs())
            except Exception:
                log.exception("watching failed")
                connection.close()
