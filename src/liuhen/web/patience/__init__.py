"""A page waits for the database only so long, also for one that takes everything and says nothing.

The server ends a statement after `STATEMENT_LIMIT`, or what the address says; a server that has
stopped ends nothing, and its machine still acknowledges each byte. So we look at the clock as well,
give the line up and answer 503. Not for jobs, whose statements may take their time.
"""

from __future__ import annotations

import re

STATEMENT_LIMIT = "60s"
# The server's own word is waited for a little longer.
BEYOND_S = 5.0
_TOLD = re.compile(r"-c\s*statement_timeout=(\d+)\s*(us|ms|s|min|h|d|)(?=\s|$)")
_SECONDS = {"us": 1e-6, "": 1e-3, "ms": 1e-3, "s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0}


def limit_of(options: str) -> float | None:
    """How long we wait for one answer, seconds; None when these options set no limit.

    `options` are a connection's as PostgreSQL reads them: what comes last wins.
    """
    told = _TOLD.findall(options)
    if not told or not int(told[-1][0]):
        return None
    number, unit = told[-1]
    return int(number) * _SECONDS[unit] + BEYOND_S
