"""Where fonts are looked for, and what is said when there are none."""

from __future__ import annotations

from pathlib import Path

import pytest

from liuhen.assembly import find_fonts
from liuhen.assembly.fonts import Places
from liuhen.kernel.refusals import Refused


def a_font() -> Path:
    """One serif font file of this machine."""
    for folder in find_fonts().folders:
        for file in sorted(folder.rglob("*Serif*")):
            if "SC" in file.name or "CJK" in file.name:
                return file
    raise AssertionError("no serif font")


@pytest.fixture
def nowhere(tmp_path: Path) -> Places:
    """A machine without fonts."""
    return Places(tmp_path / "built", tmp_path / "packages", (tmp_path / "host",))


def test_without_fonts_the_refusal_says_where_they_may_be_put(nowhere: Places) -> None:
    with pytest.raises(Refused) as refused:
        find_fonts(environ={}, places=nowhere)
    assert refused.value.code == "fonts.missing"
    assert refused.value.data["variable"] == "LIUHEN_FONTS"
    assert str(nowhere.built) in refused.value.data["places"]


def test_fonts_put_there_after_a_refusal_are_found(nowhere: Places) -> None:
    with pytest.raises(Refused):
        find_fonts(environ={}, places=nowhere)
    nowhere.built.mkdir()
    (nowhere.built / a_font().name).symlink_to(a_font())
    assert find_fonts(environ={}, places=nowhere).folders[0] == nowhere.built


def test_the_argument_comes_before_the_variable_and_both_before_the_build(tmp_path: Path) -> None:
    given, named, built = tmp_path / "given", tmp_path / "named", tmp_path / "built"
    for folder in (given, named, built):
        folder.mkdir()
        (folder / a_font().name).symlink_to(a_font())
    places = Places(built, tmp_path / "packages", ())
    found = find_fonts([given], environ={"LIUHEN_FONTS": str(named)}, places=places)
    assert found.folders[:3] == (given, named, built)


def test_fangsong_of_the_host_is_taken_before_the_build(tmp_path: Path) -> None:
    host, built = tmp_path / "host", tmp_path / "built"
    for file in (host / "chinese" / "simfang.ttf", built / a_font().name):
        file.parent.mkdir(parents=True)
        file.symlink_to(a_font())
    found = find_fonts(environ={}, places=Places(built, tmp_path / "packages", (host,)))
    assert found.folders[:2] == (host / "chinese", built)


def test_packages_serve_when_the_build_has_copied_nothing(tmp_path: Path) -> None:
    package = tmp_path / "packages" / "noto-serif-sc"
    for weight in ("400Regular", "100Thin"):
        (package / weight).mkdir(parents=True)
        (package / weight / a_font().name).symlink_to(a_font())
    found = find_fonts(environ={}, places=Places(tmp_path / "built", package.parent, ()))
    assert package / "400Regular" in found.folders
    assert package / "100Thin" not in found.folders


def test_rare_names_have_glyphs_and_hieroglyphs_have_none() -> None:
    fonts = find_fonts()
    assert fonts.missing("王五㐂𠮷〔〕〇√") == []
    assert fonts.missing("甲\U00013000乙\U00013000") == ["\U00013000"]
