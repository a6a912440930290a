"""A database that takes everything and says nothing: its lines are ended, who waits goes on.

A peer that vanished is found by the driver (`LIVELY`). Who takes bytes and never answers, a proxy
in trouble or a server that hangs, looks well to the network; so a line of its own is asked for now
and then. Not for web processes: there each answer has a limit (`web.patience`).
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
from django.db import connection

# So many looks in a row find nothing but silence, each of five seconds: half a minute in all.
LOOK_SECONDS, LOOKS = 10.0, 2
log = logging.getLogger("liuhen.database")


def watch_for_silence() -> None:
    """From now on end the lines of this process to a database on the network that is silent."""
    told = _address()
    hosts = str(told.get("hostaddr") or told.get("host") or "/").split(",")
    if not all(host.startswith("/") for host in hosts):
        threading.Thread(target=_watch, args=(told,), name="silence", daemon=True).start()


def _address() -> Mapping[str, Any]:
    told = connection.get_connection_params()
    return {name: one for name, one in told.items() if name not in ("cursor_factory", "context")}


def _watch(told: Mapping[str, Any]) -> None:
    silent = 0
    while True:
        time.sleep(LOOK_SECONDS)
        silent = silent + 1 if _is_silent(told) else 0
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
    """Shut down every socket of this process to a port of the database; how many."""
    ports, ended = {int(one) for one in str(told.get("port") or 5432).split(",")}, 0
    for name in [one.name for one in Path("/proc/self/fd").iterdir()]:
        with suppress(OSError):
            if not stat.S_ISSOCK(os.fstat(int(name)).st_mode):
                continue
            with socket.socket(fileno=os.dup(int(name))) as line:
                if line.family != socket.AF_UNIX and line.getpeername()[1] in ports:
                    line.shutdown(socket.SHUT_RDWR)
                    ended += 1
    return ended
