"""What a benchmark reports: named figures with unit and limit, a line of each, and the load."""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One measured value. `beside` says what bounds it, or what it is measured beside."""

    name: str
    value: float
    unit: str
    beside: str


def percentile(values: Sequence[float], share: float) -> float:
    """The nearest-rank percentile of at least one value; `share` between 0 and 1."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, math.ceil(share * len(ordered)) - 1))]


def spread(name: str, seconds: Sequence[float], high: float, beside: str) -> list[Figure]:
    """The median and a high percentile of measured seconds, in ms."""
    return [
        Figure(f"{name}: p{share * 100:.0f}", percentile(seconds, share) * 1000, "ms", beside)
        for share in (0.5, high)
    ]


def load(when: str) -> Figure:
    """How busy the machine is with whatever runs on it: the load average of the last minute."""
    return Figure(f"load average {when}", os.getloadavg()[0], f"of {os.cpu_count()}", "the machine")


def line(figure: Figure) -> str:
    """A figure as a line of text; names as long as most are stand with their values in a column."""
    told = f"{figure.name:<64}  {figure.value:>12,.2f} {figure.unit:<10} {figure.beside}"
    return told.rstrip()
