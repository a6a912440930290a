"""The bound file: pages, stamps, catalogue, bookmarks, and foreign PDFs."""

from __future__ import annotations

import datetime as dt
import hashlib
import io

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from liuhen.assembly import BoundFile, Part, bind, fill, render
from liuhen.kernel.refusals import Refused
from tests.assembly.case_facts import AUTHORITY, FACTS
from tests.assembly.reading import fonts_in, pages_of, squeezed

AT = dt.datetime(2026, 11, 27, 2, 0, tzinfo=dt.UTC)
COVER, END = fill("case_cover", FACTS), fill("end_note", FACTS)


def paper(key: str) -> bytes:
    """A paper of the case."""
    return render(key, fill(key, FACTS), timestamp=AT)


@pytest.fixture(scope="module")
def parts() -> list[Part]:
    """A decision of three pages, a receipt of two, a disc without pages, a report of two."""
    day = dt.date(2026, 11, 18)
    return [
        Part(
            "行政处罚决定书",
            paper("penalty_decision"),
            "虚城管罚决字〔2026〕第12号",
            AUTHORITY,
            day,
        ),
        Part("送达回证", paper("service_receipt"), "", AUTHORITY, day),
        Part("现场检查录像光盘", None, "", "张三", day, "GP-2026-0031"),
        Part("结案报告", paper("closing_report"), "", AUTHORITY, day),
    ]


@pytest.fixture(scope="module")
def bound(parts: list[Part]) -> BoundFile:
    """These parts bound."""
    return bind(parts, cover=COVER, end_note=END, timestamp=AT)


def foreign(*, width: float = 595, height: float = 842, turned: int = 0) -> PdfWriter:
    """A PDF that came from elsewhere."""
    writer = PdfWriter()
    page = writer.add_blank_page(width, height)
    if turned:
        page.rotate(turned)
    return writer


def written(writer: PdfWriter) -> bytes:
    """Its bytes."""
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def bound_with(pdf: bytes) -> BoundFile:
    """A file of that one part."""
    return bind([Part("来件", pdf)], cover=COVER, end_note=END, timestamp=AT)


def test_page_ranges_follow_one_another(bound: BoundFile, parts: list[Part]) -> None:
    lengths = [len(PdfReader(io.BytesIO(part.pdf)).pages) if part.pdf else 0 for part in parts]
    assert [entry.pages for entry in bound.entries] == ["1-3", "4-5", "—", "6-7"]
    assert bound.pages == sum(lengths) == 7


def test_each_page_of_a_paper_carries_its_number_and_no_other(bound: BoundFile) -> None:
    pages = [squeezed(page) for page in pages_of(bound.pdf)]
    inner = pages[bound.front_pages : bound.front_pages + bound.pages]
    for number, page in enumerate(inner, 1):
        assert f"卷内第{number}页" in page
        assert page.count("卷内第") == 1
    assert not any("卷内第" in page for page in (*pages[: bound.front_pages], pages[-1]))


def test_papers_keep_their_text(bound: BoundFile, parts: list[Part]) -> None:
    assert parts[1].pdf is not None
    before = squeezed(pages_of(parts[1].pdf)[0])
    after = squeezed(pages_of(bound.pdf)[bound.front_pages + 3])
    assert before in after


def test_catalogue_and_cover_count_pieces_and_pages(bound: BoundFile) -> None:
    cover, catalogue, *_, end = (squeezed(page) for page in pages_of(bound.pdf))
    assert "件数页数保管期限密级4730年" in cover
    assert "1行政处罚决定书虚城管罚决字〔2026〕第12号虚构市城市管理委员会2026-11-181-3" in catalogue
    assert "3现场检查录像光盘张三2026-11-18—GP-2026-0031" in catalogue
    assert "本卷共4件、7页" in end


def test_originals_are_named_by_their_digests(bound: BoundFile, parts: list[Part]) -> None:
    for entry, part in zip(bound.entries, parts, strict=True):
        expected = hashlib.sha256(part.pdf).hexdigest() if part.pdf else None
        assert entry.sha256 == expected


def test_bookmarks_lead_to_the_first_page_of_each_piece(bound: BoundFile) -> None:
    reader = PdfReader(io.BytesIO(bound.pdf))
    marks = {
        str(mark.title): reader.get_destination_page_number(mark)
        for mark in reader.outline
        if not isinstance(mark, list)
    }
    assert marks == {
        "封面": 0,
        "卷内目录": 1,
        "1 行政处罚决定书": 2,
        "2 送达回证": 5,
        "4 结案报告": 7,
        "卷内备考表": 9,
    }


def test_the_readers_page_labels_agree_with_the_stamps(bound: BoundFile) -> None:
    labels = PdfReader(io.BytesIO(bound.pdf)).page_labels
    assert labels == ["i", "ii", "1", "2", "3", "4", "5", "6", "7", "iii"]


def test_fonts_stay_embedded(bound: BoundFile) -> None:
    fonts = fonts_in(bound.pdf)
    assert all({"/FontFile2", "/FontFile3"} & set(font["descriptor"]) for font in fonts)


def test_the_same_parts_give_the_same_bytes(bound: BoundFile, parts: list[Part]) -> None:
    assert bind(parts, cover=COVER, end_note=END, timestamp=AT) == bound


def test_many_pieces_run_the_catalogue_over_pages(parts: list[Part]) -> None:
    one = parts[1]
    file = bind([one] * 60, cover=COVER, end_note=END, timestamp=AT)
    assert file.front_pages > 2
    assert file.entries[-1].pages == "119-120"
    assert "卷内第120页" in squeezed(pages_of(file.pdf)[file.front_pages + 119])


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
def test_a_turned_page_is_stamped_where_it_is_read(turned: int) -> None:
    file = bound_with(written(foreign(width=400, height=600, turned=turned)))
    page = PdfReader(io.BytesIO(file.pdf)).pages[file.front_pages]
    assert page.rotation == 0
    assert (page.mediabox.width > page.mediabox.height) == (turned in (90, 270))
    assert "卷内第1页" in squeezed(pages_of(file.pdf)[file.front_pages])


def test_a_receipt_strip_is_stamped_too() -> None:
    file = bound_with(written(foreign(width=164, height=300)))
    assert "卷内第1页" in squeezed(pages_of(file.pdf)[file.front_pages])


def test_scripts_of_a_foreign_pdf_do_not_enter_the_file() -> None:
    writer = foreign()
    script = DictionaryObject(
        {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app()")}
    )
    page = writer.pages[0]
    page[NameObject("/AA")] = DictionaryObject({NameObject("/O"): script})
    for action in (script, DictionaryObject({NameObject("/S"): NameObject("/Launch")})):
        link = DictionaryObject(
            {NameObject("/Subtype"): NameObject("/Link"), NameObject("/A"): action}
        )
        writer.add_annotation(0, link)
    assert b"/JavaScript" in written(writer)
    assert b"/JavaScript" not in bound_with(written(writer)).pdf
    assert b"/Launch" not in bound_with(written(writer)).pdf


@pytest.mark.parametrize("pdf", [b"", b"%PDF-1.7", b"plain text", b"%PDF-1.7\n" + b"\x00" * 900])
def test_what_is_no_pdf_is_refused_by_its_title(pdf: bytes) -> None:
    with pytest.raises(Refused) as refused:
        bound_with(pdf)
    assert refused.value.code == "binding.unreadable"
    assert refused.value.data["title"] == "来件"


def test_a_truncated_paper_is_refused() -> None:
    whole = paper("service_receipt")
    with pytest.raises(Refused):
        bound_with(whole[: len(whole) // 3])


def test_a_locked_pdf_is_refused() -> None:
    writer = foreign()
    writer.encrypt("secret", algorithm="RC4-128")
    with pytest.raises(Refused) as refused:
        bound_with(written(writer))
    assert refused.value.code == "binding.encrypted"


def test_a_file_without_pages_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        bind([Part("光盘", None)], cover=COVER, end_note=END, timestamp=AT)
    assert refused.value.code == "binding.empty"
