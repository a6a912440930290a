"""Scans: pages counted, drawn and read in a confined child, however they come."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from pypdf import PdfReader, PdfWriter

from liuhen.kernel.refusals import Refused
from liuhen.media.pictures import page_picture, thumbnail
from liuhen.media.probe import probe
from liuhen.media.words import read_words
from tests.media import written


@pytest.fixture(scope="module")
def scan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written.scanned(tmp_path_factory.mktemp("scan") / "材料.pdf")


def test_a_whole_scan_tells_its_pages_and_has_neither_sound_nor_moving_picture(scan: Path) -> None:
    found = probe(scan)
    assert (found.kind, found.pages, found.findings) == ("scan", 2, ())
    assert (found.width, found.height) == (595, 842)
    assert found.tracks == () and found.duration_ms is None
    assert not found.is_playable_in_browser, "its pages are drawn for the browser"


def test_each_page_is_drawn_and_no_other(scan: Path, tmp_path: Path) -> None:
    out = tmp_path / "page.jpg"
    first, second = (_grey(scan, out, page) for page in (1, 2))
    assert first != second
    for none in (0, 3):
        with pytest.raises(Refused) as refused:
            page_picture(scan, out, none, 600)
        assert refused.value.code == "media.no_picture"
    assert thumbnail(scan, out, 320).width == 320


def test_words_are_read_page_by_page_and_one_that_cannot_be_drawn_keeps_no_other_from_it(
    scan: Path, tmp_path: Path
) -> None:
    first, second = PdfReader(scan).pages
    writer = PdfWriter()
    writer.add_page(first)
    writer.add_blank_page(9, 900_000_000)
    writer.add_page(second)
    writer.write(tmp_path / "three.pdf")
    words = read_words(tmp_path / "three.pdf")
    assert words.unread == (2,)
    assert words.text.index("责令改正通知书") < words.text.index("样板路8号")
    assert words.text.index("2026年3月5日") < words.text.index("前方200米")
    assert words.text.count("前方200米") == 1


@pytest.mark.parametrize("share", [0, 10, 40, 60, 90, 99])
def test_a_scan_that_was_cut_off_is_told_and_crashes_nothing(
    share: int, scan: Path, tmp_path: Path
) -> None:
    whole = scan.read_bytes()
    cut = tmp_path / "cut.pdf"
    cut.write_bytes(whole[: max(20, len(whole) * share // 100)])
    found = probe(cut)
    assert found.kind == "scan" and found.has("truncated")
    assert found.has("unreadable") == (found.pages is None or found.width is None)


def test_a_locked_scan_and_one_that_is_none_are_unreadable(tmp_path: Path) -> None:
    none = tmp_path / "none.pdf"
    none.write_bytes(b"%PDF-1.7\n" + b"\0" * 4000)
    assert probe(none).has("unreadable")
    with pytest.raises(Refused) as refused:
        read_words(none)
    assert refused.value.code == "media.no_words"


def test_a_page_of_absurd_dimensions_is_told_and_not_drawn(scan: Path, tmp_path: Path) -> None:
    huge = tmp_path / "huge.pdf"
    huge.write_bytes(
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 900000000]>>endobj\n"
        b"trailer<</Root 1 0 R/Size 4>>\n%%EOF"
    )
    assert probe(huge).has("hostile")
    with pytest.raises(Refused):
        page_picture(huge, tmp_path / "out.jpg", 1, 600)
    assert not (tmp_path / "out.jpg").exists()


def _grey(scan: Path, out: Path, page: int) -> bytes:
    made = page_picture(scan, out, page, 600)
    assert made.width == 600
    with Image.open(out) as picture:
        return picture.convert("L").resize((16, 16)).tobytes()
