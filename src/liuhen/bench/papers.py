"""A paper to PDF/A: every paper of one ordinary case, over and over, with its ink.

The limit is the compiler of layouts (Typst) on one processor: it lays out, subsets fonts and
writes the file anew each time. Not for numbering and storing, which are the act's.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from liuhen.bench.figures import Figure, spread
from liuhen.bench.scratch import scratch_home
from liuhen.kernel import clock

if TYPE_CHECKING:
    from liuhen.documents.models import Paper

TIMES = 20
BESIDE = "one processor in Typst"


def run() -> list[Figure]:
    """p50 and p99 of one paper, over all types of paper in an ordinary case."""
    with scratch_home(), clock.frozen(clock.now()) as stopped:
        from liuhen.demo.ordinary_case import OrdinaryCase  # noqa: PLC0415 - models
        from liuhen.demo.people import known_world  # noqa: PLC0415

        case = OrdinaryCase(known_world(), stopped)
        case.until_initiated()
        case.until_notified()
        case.until_reviewed()
        case.until_decided()
        papers = list(case.case.papers.all())
        _seconds(papers)
        times = [taken for _ in range(TIMES) for taken in _seconds(papers)]
    return [
        *spread(f"paper to PDF, {len({one.type for one in papers})} types", times, 0.99, BESIDE),
        Figure("papers rendered", len(times), "papers", BESIDE),
    ]


def _seconds(papers: list[Paper]) -> list[float]:
    from liuhen.actions.drawing_up import rendered  # noqa: PLC0415 - models

    taken = []
    for paper in papers:
        signatures = list(paper.signatures.select_related("noted_by").order_by("signed_at"))
        started = time.perf_counter()
        rendered(paper, signatures, paper.issued_at or paper.drawn_up_at)
        taken.append(time.perf_counter() - started)
    return taken
