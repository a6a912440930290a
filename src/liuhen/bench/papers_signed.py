"""Ten pages to a signed PDF, a thousand papers in a batch, and WeasyPrint beside.

What is measured is the way of the pure core: data to PDF/A by Typst, then two signatures on the
file; numbering, ledger and vault are the act's (`acts`). WeasyPrint sets the facts of that paper
alone, which are fewer pages, on the same sheet in a font of the same kind, and signs nothing: it
has less to do. Not for docassemble: it needs a server of its own.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from html import escape
from importlib import util
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from liuhen.assembly.document_types import document_type
from liuhen.assembly.fonts import find_fonts
from liuhen.assembly.rendering import page_count, render
from liuhen.assembly.samples import sample_data
from liuhen.assembly.sealing import FileSignature, sealed
from liuhen.assembly.signing import Seal
from liuhen.bench.figures import Figure, spread
from liuhen.host.paper_certificates import PaperCertificate, demonstration_certificate
from liuhen.host.secret_files import SecretFiles
from liuhen.kernel import clock
from liuhen.kernel.refusals import Fault

TYPE = "penalty_decision"
PAGES, TIMES, TIMES_BESIDE = 10, 40, 8
BATCH, WORKERS = 1_000, 2
AUTHORITY = "虚构市城市管理委员会"
_LINE = "当事人在人行道上摆放桌椅从事经营，占用人行道约六平方米，经执法人员当场指出后承认上述事实。"
_WHO = (
    FileSignature("signer-1", "张示例", "承办人签字"),
    FileSignature("seal", AUTHORITY, "加盖印章"),
)
_STYLE = """
@page { size: A4; margin: 37mm 26mm 35mm 28mm;
  @bottom-center { content: "第" counter(page) "页　共" counter(pages) "页"; font-size: 10pt }
}
@font-face { font-family: paper; src: url("FONT") }
body { font-family: paper; font-size: 16pt; line-height: 28.5pt; text-align: justify }
h1 { font-size: 22pt; text-align: center } p { margin: 0; text-indent: 2em }
"""


def run() -> list[Figure]:
    """p50 and p99 of ten pages signed, the batch, WeasyPrint in turns with ours."""
    data = ten_pages()
    paragraphs = data["facts"].split("\n")
    _signed(data)  # fonts and imports are paid for once
    less = page_count(_weasy(paragraphs))
    ours = [_seconds(lambda: _signed(data)) for _ in range(TIMES)]
    plain, beside = [], []
    for _ in range(TIMES_BESIDE):
        plain.append(_seconds(lambda: _unsigned(data)))
        beside.append(_seconds(lambda: _weasy(paragraphs)))
    taken = _batch()
    return [
        *spread("ten pages to signed PDF/A, two signatures", ours, 0.99, "Typst, then pyHanko"),
        *spread("the same without signatures", plain, 0.99, "in turns with WeasyPrint"),
        *spread(
            f"its facts alone by WeasyPrint, {less} pages, unsigned",
            beside,
            0.99,
            "in turns with ours",
        ),
        Figure(
            f"{BATCH:,} papers of one page, signed, {WORKERS} processes", taken, "s", "processors"
        ),
        Figure("papers a second in that batch", BATCH / taken, "papers/s", "processors"),
    ]


def ten_pages() -> dict[str, Any]:
    """A decision whose facts are so long that it takes ten pages."""
    data = sample_data(document_type(TYPE))
    for count in range(20, 400, 5):
        data["facts"] = "\n".join([_LINE] * count)
        if page_count(_unsigned(data)) == PAGES:
            return data
    raise Fault("no number of paragraphs gives ten pages")


def _seconds(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def _unsigned(data: dict[str, Any]) -> bytes:
    return render(TYPE, data, timestamp=clock.now(), seal=Seal(AUTHORITY), fonts=find_fonts())


def _signed(data: dict[str, Any]) -> bytes:
    found = _certificate()
    at = clock.now()
    return sealed(_unsigned(data), _WHO, key=found.key, chain=found.chain, at=at)


@cache
def _certificate() -> PaperCertificate:
    with tempfile.TemporaryDirectory(prefix="liuhen-bench-") as folder:
        secrets = SecretFiles(Path(folder) / "secrets")
        secrets.create_folder()
        return demonstration_certificate(secrets, clock.now())


def _weasy(paragraphs: list[str]) -> bytes:
    from weasyprint import HTML  # noqa: PLC0415 - of the development set, and slow to import

    body = "".join(f"<p>{escape(one)}</p>" for one in paragraphs)
    title = document_type(TYPE).title
    page = f"<style>{_STYLE.replace('FONT', _font())}</style><h1>{title}</h1>{body}"
    made: bytes = HTML(string=page).write_pdf()
    return made


@cache
def _font() -> str:
    """The address of the file our body text is set from."""
    spec = util.find_spec("pylopdf_fonts_cjk")
    if spec is None or spec.origin is None:
        raise Fault("the package of fonts is not there")
    found = sorted(Path(spec.origin).parent.rglob("*erif*.[ot]t[fc]"))
    if not found:
        raise Fault("no serif font in the package of fonts")
    return found[0].as_uri()


def _batch() -> float:
    """Seconds for a thousand one-page papers, made and signed by two processes."""
    # Spawned: Typst keeps threads, which a fork would lose.
    with ProcessPoolExecutor(WORKERS, get_context("spawn")) as pool:
        list(pool.map(_one, range(WORKERS * 2)))  # each has its fonts and its key
        started = time.perf_counter()
        done = sum(pool.map(_one, range(BATCH), chunksize=BATCH // WORKERS // 10))
        taken = time.perf_counter() - started
    if done != BATCH:
        raise Fault(f"{done} of {BATCH} papers were made")
    return taken


def _one(number: int) -> int:
    """Make one paper; 1 when it was."""
    found = _certificate()
    key = "rectification_order"
    data = {**sample_data(document_type(key)), "number": f"虚城管责改字〔2026〕第{number}号"}
    pdf = render(key, data, timestamp=clock.now(), seal=Seal(AUTHORITY), fonts=find_fonts())
    signed = sealed(pdf, _WHO, key=found.key, chain=found.chain, at=clock.now())
    return int(signed.startswith(pdf))
