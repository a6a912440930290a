"""The demonstration's calendar. No models: it is read before the settings are."""

from __future__ import annotations

import datetime as dt

from liuhen.kernel.clock import CHINA

DEMO_NOW = dt.datetime(2026, 3, 20, 15, 0, tzinfo=CHINA)
FOUNDED = dt.datetime(2026, 1, 5, 9, 0, tzinfo=CHINA)
SEED = 20260320
PASSWORD_OF_DEMO = "liuhen-demo"  # noqa: S105 - the demonstration's public password


def at_day(month: int, day: int, hour: int, minute: int = 0) -> dt.datetime:
    """An instant of the demonstration's year, on the authority's clock."""
    return dt.datetime(2026, month, day, hour, minute, tzinfo=CHINA)
