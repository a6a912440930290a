"""Signatures, refusals and seals on paper."""

from __future__ import annotations

import datetime as dt
import io
import math
from typing import Any

import pytest
from PIL import Image
from pypdf import PdfReader

from liuhen.assembly import Refusal, Seal, Signature, fill, render
from liuhen.assembly.signing import MOST_POINTS, checked_picture, stroke_drawing
from liuhen.kernel.refusals import Refused
from tests.assembly.case_facts import AUTHORITY, FACTS
from tests.assembly.reading import pages_of, squeezed, text_of

AT = dt.datetime(2026, 11, 23, 2, 0, tzinfo=dt.UTC)
DAY = dt.date(2026, 11, 23)
WAVE: list[list[tuple[float, float, float]]] = [
    [(x, 40 + 20 * math.sin(x / 9), x * 8) for x in range(0, 160, 2)],
    [(80, 10, 0)],
]


def picture(width: int = 300, height: int = 100) -> bytes:
    """A PNG of that size."""
    out = io.BytesIO()
    Image.new("RGBA", (width, height), (20, 30, 60, 200)).save(out, "png")
    return out.getvalue()


def decision(*signatures: Signature, seal: Seal | None = None) -> bytes:
    """A decision on the spot with these signatures."""
    data = fill("simple_decision", FACTS)
    return render("simple_decision", data, timestamp=AT, signatures=signatures, seal=seal)


def images_in(pdf: bytes) -> int:
    """How many raster images the pages hold."""
    return sum(len(page.images) for page in PdfReader(io.BytesIO(pdf)).pages)


def test_strokes_are_drawn_as_lines_with_name_and_day() -> None:
    plain, signed = decision(), decision(Signature("party", "王五", DAY, WAVE))
    assert "（王五）2026年11月23日" in text_of(signed)
    assert "（王五）" not in text_of(plain)
    assert images_in(signed) == 0
    assert len(signed) > len(plain)


def test_an_opinion_bears_the_signature_of_whose_it_is() -> None:
    data = fill("initiation_approval", FACTS)
    both = [Signature("handler", name, DAY, WAVE) for name in ("张三", "李四")]
    text = text_of(render("initiation_approval", data, timestamp=AT, signatures=both))
    assert (text.count("（张三）"), text.count("（李四）")) == (2, 1)


def test_a_scanned_signature_is_an_image() -> None:
    signed = decision(Signature("party", "王五", DAY, picture=picture()))
    assert images_in(signed) >= 1
    assert "（王五）2026年11月23日" in text_of(signed)


def test_a_line_nobody_must_sign_stays_open_only_while_nobody_has_signed() -> None:
    data = fill("inspection_record", FACTS)
    officer = Signature("officer", "张三", DAY, WAVE)
    unsigned = text_of(render("inspection_record", data, timestamp=AT))
    signed = text_of(render("inspection_record", data, timestamp=AT, signatures=[officer]))
    assert "见证人（签名）：" in unsigned
    assert "见证人（签名）：" not in signed


def test_two_officers_sign_in_turn() -> None:
    text = text_of(
        decision(Signature("officer", "张三", DAY, WAVE), Signature("officer", "李四", DAY, WAVE))
    )
    assert text.index("（张三）2026年") < text.index("（李四）2026年")


def test_a_refusal_stands_in_place_of_the_signature() -> None:
    refusal = Refusal("认为处罚过重", "张三")
    text = text_of(decision(Signature("party", "王五", DAY, refusal=refusal)))
    assert "王五拒绝签名。原因：认为处罚过重。记录人：张三2026年11月23日" in text


def test_a_refusal_is_pointed_to_on_each_page_that_is_signed() -> None:
    data = fill("inquiry_record", FACTS)
    refused = Signature("party", "王五", DAY, refusal=Refusal("不愿签名", "李四"))
    pages = pages_of(render("inquiry_record", data, timestamp=AT, signatures=[refused]))
    assert all("拒绝签名（情况见末页）" in squeezed(page) for page in pages)
    assert "原因：不愿签名。记录人：李四" in squeezed(pages[-1])


def test_an_approver_signs_under_the_opinion() -> None:
    data = fill("closing_report", FACTS)
    ink = Signature("leader", "吴八", DAY, WAVE)
    text = text_of(render("closing_report", data, timestamp=AT, signatures=[ink]))
    assert "委领导签名：（吴八）2026年11月27日" in text


def test_a_signer_the_paper_has_no_place_for_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        decision(Signature("passer_by", "路人", DAY, WAVE))
    assert refused.value.code == "signature.role"


def test_what_a_signer_writes_is_no_markup() -> None:
    refusal = Refusal("#panic() *x*", "$a$")
    text = text_of(decision(Signature("party", "#x", DAY, refusal=refusal)))
    assert "#x拒绝签名。原因：#panic()*x*。记录人：$a$" in text


def test_a_drawing_is_cropped_to_its_ink() -> None:
    near = stroke_drawing(WAVE)
    far = stroke_drawing([[(x + 4_096, y + 512, t) for x, y, t in stroke] for stroke in WAVE])
    assert near == far
    assert near is not None
    assert near.count("M") == 2


def test_no_ink_draws_nothing() -> None:
    assert stroke_drawing([]) is None
    assert stroke_drawing([[]]) is None


def test_a_single_dot_is_ink() -> None:
    drawing = stroke_drawing([[(5, 5, 0)]])
    assert drawing is not None
    assert "M0.0 0.0l0.1 0" in drawing


def test_a_dense_stroke_is_thinned_and_keeps_both_ends() -> None:
    line = [(float(x), 0.0, 0.0) for x in range(MOST_POINTS)]
    drawing = stroke_drawing([line])
    assert drawing is not None
    assert drawing.count("L") < 2_000
    assert "M0.0 0.0" in drawing
    assert "L1000.0 0.0" in drawing
    with pytest.raises(Refused):
        stroke_drawing([[*line, (0.0, 0.0, 0.0)]])


@pytest.mark.parametrize(
    "strokes",
    [
        [[(math.nan, 1, 0)]],
        [[(1, math.inf, 0)]],
        [[(1e6, 1, 0)]],
        [[(1,)]],
        [[("a", "b", 0)]],
        [[None]],
        [7],
    ],
)
def test_strokes_that_are_no_points_are_refused(strokes: Any) -> None:
    with pytest.raises(Refused) as refused:
        stroke_drawing(strokes)
    assert refused.value.code == "signature.unreadable"


def test_a_picture_of_the_largest_size_passes_and_one_pixel_more_does_not() -> None:
    assert checked_picture(picture(4_096, 1))
    for png in (picture(4_097, 1), picture(1, 4_097)):
        with pytest.raises(Refused):
            checked_picture(png)


def test_a_picture_that_is_cut_off_or_altered_is_refused() -> None:
    whole = picture()
    altered = whole[:40] + bytes([whole[40] ^ 1]) + whole[41:]
    for png in (b"", b"GIF89a", whole[:20], whole[:60], whole[:-1], altered):
        with pytest.raises(Refused) as refused:
            checked_picture(png)
        assert refused.value.code == "signature.unreadable"


def test_a_seal_without_a_picture_says_it_is_for_demonstration() -> None:
    text = text_of(decision(seal=Seal(AUTHORITY)))
    assert "演示专用" in text
    assert "（印章）" not in text


def test_a_registered_seal_is_laid_over_the_name() -> None:
    pdf = decision(seal=Seal(AUTHORITY, picture(400, 400)))
    assert images_in(pdf) >= 1
    assert "演示专用" not in text_of(pdf)


def test_without_a_seal_its_place_is_marked() -> None:
    assert f"{AUTHORITY}（印章）" in text_of(decision())


def test_papers_without_a_seal_show_none() -> None:
    data = fill("closing_report", FACTS)
    pdf = render("closing_report", data, timestamp=AT, seal=Seal(AUTHORITY))
    assert "演示专用" not in text_of(pdf)
