"""A database that takes everything and says nothing: its lines are ended, who waits goes on.

A peer that vanished is found by the driver (`LIVELY`). Who takes bytes and never answers, a proxy
in trouble or a server that hangs, the embedded one too, looks well to everybody; so a line of its
own is asked for now and then, and for the operator it is noted (`host.silences`). Not for web
processes: there each answer has a limit (`web.patience`).
"""

from __future__ import annotations

import logging
import os
import socket
import stat
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection

from liuhen.host import silences
from liuhen.host.home import Home
from liuhen.kernel import clock

# So many looks in a row find nothing but silence, each of five seconds: half a minute in all.
LOOK_SECONDS, LOOKS = 10.0, 2
# Of so many looks one is noted while it lasts: about a minute is lost with a process that dies.
NOTED_EACH = 4
log = logging.getLogger("liuhen.database")


def watch_for_silence() -> None:
    """From now on end the lines of this process to a database that is silent, and note when."""
    told = connection.get_connection_params()
    address = {key: one for key, one in told.items() if key not in ("cursor_factory", "context")}
    watching = threading.Thread(
        target=_watch, args=(address, settings.HOME), name="silence", daemon=True
    )
    watching.start()


def _watch(told: Mapping[str, Any], home: Home) -> None:
    silent, since = 0, clock.now()
    while True:
        time.sleep(LOOK_SECONDS)
        began = clock.now()
        if not _is_silent(told):
            if silent >= LOOKS:
                log.warning("the database answers again")
                silences.note(home, since, clock.now(), is_over=True)
            silent = 0
            continue
        since, silent = (since if silent else began), silent + 1
        if silent >= LOOKS and (silent - LOOKS) % NOTED_EACH == 0:
            silences.note(home, since, clock.now(), is_over=False)
        if silent >= LOOKS and (ended := _end_lines(told)):
            log.warning("the database takes everything and says nothing: %d lines ended", ended)


def _is_silent(told: Mapping[str, Any]) -> bool:
    """Whether a new line gets no answer in its time (`connect_timeout`), good or bad."""
    try:
        psycopg.connect(**told).close()
    except psycopg.errors.ConnectionTimeout:
        return True
    except psycopg.OperationalError:
        return False
    return False


def _end_lines(told: Mapping[str, Any]) -> int:
    """Shut down every socket of this process to a place of the database; how many."""
    ports, ended = {int(one) for one in str(told.get("port") or 5432).split(",")}, 0
    names = tuple(f"/.s.PGSQL.{one}" for one in ports)
    for name in [one.name for one in Path("/proc/self/fd").iterdir()]:
        with suppress(OSError):
            if not stat.S_ISSOCK(os.fstat(int(name)).st_mode):
                continue
            with socket.socket(fileno=os.dup(int(name))) as line:
                peer = line.getpeername()
                is_ours = (
                    str(peer).endswith(names) if line.family == socket.AF_UNIX else peer[1] in ports
                )
                if is_ours:
                    line.shutdown(socket.SHUT_RDWR)
                    ended += 1
    return ended
