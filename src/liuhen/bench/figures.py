"""What a benchmark reports: named figures with unit, and the table of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One measured value. `beside` names the limit or peer measured in the same run."""

    name: str
    value: float
    unit: str
    beside: str = ""


def percentile(values: Sequence[float], share: float) -> float:
    """The nearest-rank percentile of at least one value; `share` between 0 and 1."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, math.ceil(share * len(ordered)) - 1))]


def table(figures: Sequence[Figure]) -> str:
    """The figures as lines of text, values aligned."""
    width = max((len(figure.name) for figure in figures), default=0)
    return "\n".join(
        f"{figure.name:<{width}}  {figure.value:>12,.2f} {figure.unit:<10} {figure.beside}".rstrip()
        for figure in figures
    )
