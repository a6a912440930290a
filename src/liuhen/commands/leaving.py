"""Ending while the database is away: what waits for an answer would wait for ever.

Not for what runs and can be ended: that is waited for as long as the database answers.
"""

from __future__ import annotations

import logging
import os
import threading
import time

from django.db import InterfaceError, OperationalError, connection

LOOK_SECONDS = 3.0
log = logging.getLogger(__name__)


def leave_without_database() -> None:
    """From now on end this process, as a kill would, once the database does not answer.

    Nothing is lost: what was committed stands, and jobs go to another worker.
    """
    threading.Thread(target=_watch, name="leaving", daemon=True).start()


def _watch() -> None:
    while True:
        time.sleep(LOOK_SECONDS)
        try:
            connection.ensure_connection()
            connection.close()
        except (OperationalError, InterfaceError) as error:
            log.warning("asked to end while the database is away: %s", error)
            logging.shutdown()
            os._exit(0)
