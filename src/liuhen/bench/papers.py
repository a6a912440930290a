"""A paper to PDF/A, and the preview a form asks for after a key: papers of one ordinary case.

Before them what needs no case: ten pages signed and the batch (`papers_signed`).

The limit is the compiler of layouts (Typst) on one processor: it lays out, subsets fonts and
writes the file anew each time, or draws its pages. Not for numbering and storing, which are
the act's, nor for the browser: it waits 60 ms of quiet before it asks, and then shows the picture.
"""

from __future__ import annotations

import http
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from liuhen.bench import papers_signed
from liuhen.bench.figures import Figure, spread
from liuhen.bench.pages import signed_in
from liuhen.bench.scratch import scratch_home
from liuhen.kernel import clock
from liuhen.kernel.refusals import Fault

if TYPE_CHECKING:
    from liuhen.documents.models import Paper

TIMES = 20
BESIDE = "one processor in Typst"
KEYS = 60
BESIDE_KEYS = "drawing each page as PNG; the browser adds its 60 ms of quiet"


def run() -> Iterator[Figure]:
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
        keys = _keystrokes(case.draw("penalty_decision"))
    name = f"paper to PDF, {len({one.type for one in papers})} types"
    yield from spread(name, times, 0.99, BESIDE)
    yield Figure("papers rendered", len(times), "papers", BESIDE)
    yield from spread("preview of a decision after a key, by the server", keys, 0.99, BESIDE_KEYS)
    yield from papers_signed.run()


def _seconds(papers: list[Paper]) -> list[float]:
    from liuhen.actions.drawing_up import rendered  # noqa: PLC0415 - models

    taken = []
    for paper in papers:
        signatures = list(paper.signatures.select_related("noted_by").order_by("signed_at"))
        started = time.perf_counter()
        rendered(paper, signatures, paper.issued_at or paper.drawn_up_at)
        taken.append(time.perf_counter() - started)
    return taken


def _keystrokes(draft: Paper) -> list[float]:
    """Seconds the server takes for a preview, each with one more character in a field."""
    client, path = signed_in("handler"), f"/papers/{draft.id}/edit/preview/"
    # Whoever types has the page before them, drawn once.
    client.get(f"/papers/{draft.id}/pages/1.png")
    taken = []
    for count in range(KEYS):
        form = {"_field": "facts", "_seen.facts": "1", "facts": draft.data["facts"] + "字" * count}
        started = time.perf_counter()
        answer = client.post(path, form)
        taken.append(time.perf_counter() - started)
        if answer.status_code != http.HTTPStatus.OK:
            raise Fault(f"the preview answered {answer.status_code}")
    return taken
