"""What is covered is gone: no face in any picture, no sound in a muted span, no text in a page."""

from __future__ import annotations

from pathlib import Path

import av
import numpy
import pypdfium2
import pytest
from PIL import Image

from liuhen.assembly.fonts import find_fonts
from liuhen.bench import walkers as faces
from liuhen.kernel.refusals import Refused
from liuhen.media.inside import facing
from liuhen.media.inside.covering import place_at
from liuhen.media.redacting import Key, Mark, cover_film, cover_pages, cover_photo, find_faces


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    facing.prepare({})
    return faces.film(tmp_path_factory.mktemp("faces") / "walk.mp4")


def pictures(path: Path) -> list[numpy.ndarray]:
    with av.open(str(path)) as source:
        return [frame.to_ndarray(format="bgr24") for frame in source.decode(video=0)]


def loudness(path: Path, from_s: float, to_s: float) -> float:
    with av.open(str(path)) as source:
        told = numpy.concatenate([one.to_ndarray() for one in source.decode(audio=0)], axis=1)
    return float(numpy.abs(told[:, int(from_s * 48_000) : int(to_s * 48_000)]).max())


def test_no_picture_of_a_covered_film_shows_a_face_the_detector_finds(
    clip: Path, tmp_path: Path
) -> None:
    before = [len(facing.find(one)) for one in pictures(clip)]
    assert before[:9] == [1] * 9 and before[9:] == [0, 0, 0]
    found = find_faces(clip)
    assert found.frames == len(before) and len(found.tracks) == 1
    out = tmp_path / "covered.mp4"
    regions = [one.keys for one in found.tracks]
    made = cover_film(clip, out, regions=regions, sounds=[(400, 800, "mute")], faces=True)
    assert made.frames == len(before)
    assert [len(facing.find(one)) for one in pictures(out)] == [0] * len(before)
    assert loudness(clip, 0.45, 0.75) > 0.3
    assert loudness(out, 0.45, 0.75) < 0.01
    assert loudness(out, 0.05, 0.3) > 0.3, "the rest sounds as before"


def test_of_several_people_who_meet_no_picture_shows_any_face(tmp_path: Path) -> None:
    facing.prepare({})
    clip = faces.film(tmp_path / "meeting.mp4", seconds=2, is_met=True)
    before = [len(facing.find(one)) for one in pictures(clip)]
    assert max(before) == 2 and min(before) >= 1, "somebody is always there, now and then both"
    found = find_faces(clip)
    assert len(found.tracks) >= 2
    out = tmp_path / "covered.mp4"
    regions = [one.keys for one in found.tracks]
    made = cover_film(clip, out, regions=regions, faces=True)
    assert made.frames == len(before)
    assert [len(facing.find(one)) for one in pictures(out)] == [0] * len(before)
    one_left = tmp_path / "one-left.mp4"
    cover_film(clip, one_left, regions=regions[:1], faces=False)
    assert any(facing.find(one) for one in pictures(one_left)), "one covered face is not all"


def test_a_face_nobody_followed_is_covered_in_the_second_look_and_told(
    clip: Path, tmp_path: Path
) -> None:
    out = tmp_path / "covered.mp4"
    made = cover_film(clip, out, regions=[], faces=True)
    assert len(made.late) == 9
    assert not any(facing.find(one) for one in pictures(out))
    left = cover_film(clip, out, regions=[], faces=False)
    assert left.late == ()
    assert any(facing.find(one) for one in pictures(out)), "only what was asked for is covered"


def test_an_altered_voice_keeps_its_strength_and_loses_its_melody(
    clip: Path, tmp_path: Path
) -> None:
    out = tmp_path / "altered.mp4"
    cover_film(clip, out, regions=[], sounds=[(0, 1200, "alter")], faces=False)
    with av.open(str(out)) as source:
        told = numpy.concatenate([one.to_ndarray() for one in source.decode(audio=0)], axis=1)[0]
    middle = told[12_000:36_000]
    assert float(numpy.abs(middle).max()) > 0.1
    strength = numpy.abs(numpy.fft.rfft(middle))
    tone = strength[int(440 * len(middle) / 48_000) - 2 :][:5].max()
    assert tone < 0.9 * numpy.sqrt((strength**2).sum()), "the tone is not all there is"


def test_a_region_drawn_by_hand_moves_between_its_key_frames() -> None:
    keys = [[1000, 0, 0, 100, 100], [2000, 200, 100, 300, 200]]
    assert place_at(keys, 999) is None
    assert place_at(keys, 1000) == (0, 0, 100, 100)
    assert place_at(keys, 1500) == (100, 50, 200, 150)
    assert place_at(keys, 2000) == (200, 100, 300, 200)
    assert place_at(keys, 2001) is None


def test_a_face_too_weak_to_count_is_covered_lest_coding_brings_it_out(tmp_path: Path) -> None:
    facing.prepare({})
    weak, out = tmp_path / "weak.png", tmp_path / "covered.jpg"
    clear, empty = faces.street((280, 110)), faces.street()
    shown = (Image.blend(empty, clear, share / 100) for share in range(10, 60))
    faded = next(one for one in shown if 0.13 < _best(one, 0.02) < facing.LEAST)
    faded.save(weak)
    made = cover_photo(weak, out, found="png", regions=[], faces=True)
    assert made.late == (), "nobody need look at it"
    with Image.open(out) as picture:
        assert _best(picture.convert("RGB"), 0.12) == 0
        assert numpy.asarray(picture.convert("L"))[100:120, 270:290].max() < 20


def _best(picture: Image.Image, least: float) -> float:
    """The score of the best face from a score on; 0 without any."""
    pixels = numpy.asarray(picture)[:, :, ::-1].copy()
    return max((face[4] for face in facing.find(pixels, least)), default=0)


def test_a_photo_loses_its_faces_and_its_tags(tmp_path: Path) -> None:
    facing.prepare({})
    photo, out = tmp_path / "people.jpg", tmp_path / "covered.jpg"
    exif = Image.Exif()
    exif[0x013B] = "somebody"
    faces.street((120, 110), (320, 120)).save(photo, quality=95, exif=exif)
    found = find_faces(photo, found="jpeg")
    assert len(found.tracks) == 2
    cover_photo(photo, out, found="jpeg", regions=[one.keys for one in found.tracks], faces=True)
    with Image.open(out) as picture:
        assert not picture.getexif()
        assert facing.find(numpy.asarray(picture.convert("RGB"))[:, :, ::-1].copy()) == []


def test_nothing_of_a_papers_text_is_left(tmp_path: Path) -> None:
    paper, out = tmp_path / "paper.pdf", tmp_path / "covered.pdf"
    paper.write_bytes(_written("Zhang San 110101199001010000"))
    assert "Zhang" in _text(paper)
    mark = Mark("留痕 遮盖副本", find_fonts().file_for("留痕遮盖副本"))
    cover_pages(paper, out, regions=[[1, 0, 0, 1000, 200]], mark=mark)
    assert _text(out).strip() == ""
    page = pypdfium2.PdfDocument(str(out))[0].render(scale=1).to_numpy()
    assert page[: page.shape[0] // 6].max() < 40, "the part is black"
    assert page[page.shape[0] // 2 : -80].min() > 200, "the rest is as it was"


def test_what_cannot_be_read_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    broken, out = tmp_path / "broken.mp4", tmp_path / "out.mp4"
    broken.write_bytes(b"nothing" * 100)
    for call in (
        lambda: find_faces(broken),
        lambda: cover_film(broken, out, regions=[[Key(0, 0, 0, 9, 9)]], faces=False),
        lambda: cover_pages(broken, out, regions=[]),
    ):
        with pytest.raises(Refused) as refused:
            call()
        assert refused.value.code == "redaction.unreadable"
    assert not list(tmp_path.glob("out*")) and not list(tmp_path.glob("*part"))


def _text(path: Path) -> str:
    return "".join(page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(path))


def _written(text: str) -> bytes:
    """A PDF of one page with a line of text at its top."""
    stream = f"BT /F1 24 Tf 40 780 Td ({text}) Tj ET".encode()
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R"
        b"/Resources<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream),
    ]
    body = b"%PDF-1.4\n"
    for number, content in enumerate(objects, 1):
        body += b"%d 0 obj%s endobj\n" % (number, content)
    return body + b"trailer<</Root 1 0 R/Size 5>>\n%%EOF"
