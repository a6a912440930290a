"""A case of 500 pages bound: cover, catalogue, page numbers stamped, end note, one PDF.

The papers are made before and not measured (`papers`). What bounds it is reading and writing every
page once, and setting a page of numbers for each. Not for the act around it (`acts`).
"""

from __future__ import annotations

import io
import time

from pypdf import PdfReader

from liuhen.assembly.binding import Part, bind
from liuhen.assembly.document_types import document_type
from liuhen.assembly.rendering import render
from liuhen.assembly.samples import sample_data
from liuhen.bench.figures import Figure, percentile
from liuhen.bench.papers_signed import TYPE, ten_pages
from liuhen.kernel import clock
from liuhen.kernel.refusals import Fault

PAPERS, PAGES, TIMES = 50, 500, 5
BESIDE = "one processor; each page read, stamped and written once"


def run() -> list[Figure]:
    """Seconds to bind, pages a second, and how large the file is."""
    at = clock.now()
    pdf = render(TYPE, ten_pages(), timestamp=at)
    parts = [Part(f"文书{seq}", pdf, number=f"第{seq}号") for seq in range(1, PAPERS + 1)]
    cover, end_note = (sample_data(document_type(key)) for key in ("case_cover", "end_note"))
    times = []
    for _ in range(TIMES):
        started = time.perf_counter()
        bound = bind(parts, cover=cover, end_note=end_note, timestamp=at)
        times.append(time.perf_counter() - started)
    read = len(PdfReader(io.BytesIO(bound.pdf)).pages)
    if bound.pages != PAGES or read < PAGES:
        raise Fault(f"{bound.pages} pages bound, {read} read")
    middle = percentile(times, 0.5)
    return [
        Figure(f"{PAPERS} papers of {PAGES} pages bound: p50", middle, "s", BESIDE),
        Figure(f"{PAPERS} papers of {PAGES} pages bound: slowest", max(times), "s", BESIDE),
        Figure("pages bound", PAGES / middle, "pages/s", BESIDE),
        Figure("papers before, the bound file after", len(bound.pdf) / 1e6, "MB",
               f"{PAPERS * len(pdf) / 1e6:.1f} MB of papers"),
    ]  # fmt: skip
