"""Words in pictures, read by a machine in the confined child: how many it gets right."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from difflib import SequenceMatcher
from pathlib import Path

import pytest
from PIL import Image

from liuhen.kernel.refusals import Refused
from liuhen.media.words import read_words, reader_version
from tests.media import written
from tests.media.samples import make_sample


def right(read: str, meant: Sequence[str]) -> float:
    """The share of the characters meant that were read, in their order."""
    wanted, found = "".join("".join(meant).split()), "".join(read.split())
    same = SequenceMatcher(None, wanted, found, autojunk=False).get_matching_blocks()
    return sum(block.size for block in same) / len(wanted)


@pytest.mark.parametrize(
    ("draw", "meant", "least"),
    [
        (written.street_sign, written.SIGN, 0.95),
        (written.card, written.CARD, 0.95),
        (written.paper, written.PAPER, 0.95),
    ],
    ids=["street sign", "card", "scanned paper"],
)
def test_words_are_read_as_they_stand(
    draw: Callable[[], Image.Image], meant: Sequence[str], least: float, tmp_path: Path
) -> None:
    path = tmp_path / "photo.jpg"
    draw().save(path, quality=80)
    words = read_words(path)
    assert right(words.text, meant) >= least, words.text
    assert all(0 <= line.confidence <= 100 for line in words.lines)
    assert all(line.left < line.right and line.top < line.bottom for line in words.lines)


def test_a_picture_without_words_has_none_and_is_no_failure(tmp_path: Path) -> None:
    Image.new("RGB", (640, 480), (90, 110, 130)).save(tmp_path / "wall.png")
    assert read_words(tmp_path / "wall.png").lines == ()


def test_what_is_no_picture_is_refused_with_its_cause(tmp_path: Path) -> None:
    half = tmp_path / "half.jpg"
    whole = make_sample("photo.jpg", tmp_path).read_bytes()
    half.write_bytes(whole[:400])
    film = tmp_path / "film.jpg"
    film.write_bytes(b"\x00\x00\x00\x18ftypmp42" + bytes(64))
    for path in (half, film, tmp_path / "missing.jpg"):
        with pytest.raises(Refused) as refused:
            read_words(path)
        assert refused.value.code == "media.no_words" and refused.value.data["cause"]


def test_the_version_that_read_is_told() -> None:
    assert reader_version().startswith("rapidocr 3.")
