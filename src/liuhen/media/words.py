"""The words in a still picture, read by a machine in a confined child. A draft, never a fact.

Not for what a person makes of them (`actions.texts`).
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from liuhen.kernel.refusals import Refused
from liuhen.media import signatures
from liuhen.media.child import Failure, run_job
from liuhen.media.limits import MAX_SCAN_PAGES, WORDS
from liuhen.media.pictures import page_picture
from liuhen.media.probe import probe

# The files of the package's own models, by the part that uses them.
MODELS: Final = (
    ("Det", "PP-OCRv6_det_small.onnx"),
    ("Cls", "ch_ppocr_mobile_v2.0_cls_mobile.onnx"),
    ("Rec", "PP-OCRv6_rec_small.onnx"),
)
MODEL: Final = "PP-OCRv6 small"
MOST_LINES, LONGEST_LINE = 1000, 300
# An A4 page at 200 dots an inch: small print stays legible.
_PAGE_WIDTH: Final = 1654


@dataclass(frozen=True)
class Line:
    """One line: how sure the machine is in percent, and where, in thousandths of the picture."""

    text: str
    confidence: int
    left: int
    top: int
    right: int
    bottom: int


@dataclass(frozen=True)
class Words:
    """The lines of a picture from top to bottom; none when the machine found none.

    `unread` are the pages of a scan, counted from 1, that could not be read.
    """

    lines: tuple[Line, ...]
    unread: tuple[int, ...] = ()

    @property
    def text(self) -> str:
        """One line below the other."""
        return "\n".join(line.text for line in self.lines if line.text)


def reader_version() -> str:
    """The version of what runs the model."""
    return f"rapidocr {version('rapidocr')}"


def read_words(path: Path) -> Words:
    """Read the words in a photo, or on the pages of a scan one after the other.

    Raises:
        Refused: `media.no_words` with `cause`; neither, not decodable, over the limits. Of a scan
            only when no page can be read.
    """
    try:
        with path.open("rb", buffering=0) as file:
            found = signatures.found_type(file.read(signatures.HEAD_BYTES))
    except OSError as error:
        raise Refused("media.no_words", cause=str(error.strerror)) from error
    if found in signatures.SCANS:
        return _words_of_pages(path)
    if found not in signatures.PHOTOS:
        raise Refused("media.no_words", cause=f"{found or 'unknown'} is no photo")
    made = run_job("read_words", Words, WORDS, source=path, arguments={"found": found})
    if isinstance(made, Failure):
        raise Refused("media.no_words", cause=f"{made.kind}: {made.detail}")
    return made.result


def _words_of_pages(path: Path) -> Words:
    """What each page shows, drawn first; lines keep their place on their own page."""
    pages = min(probe(path).pages or 0, MAX_SCAN_PAGES)
    lines, unread = list[Line](), dict[int, Refused]()
    with TemporaryDirectory(prefix="liuhen-pages-") as folder:
        drawn = Path(folder) / "page.jpg"
        for page in range(1, pages + 1):
            try:
                page_picture(path, drawn, page, _PAGE_WIDTH)
                lines += read_words(drawn).lines
            except Refused as refused:
                unread[page] = refused
    if len(unread) == pages:
        causes = [f"page {page}: {refused.data}" for page, refused in unread.items()]
        raise Refused("media.no_words", cause="; ".join(causes) or "no page can be read")
    return Words(tuple(lines[:MOST_LINES]), tuple(unread))
