"""What camera file names say, and what they can't be made to say."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liuhen.media.patterns import (
    Pattern,
    beside_recordings,
    common_patterns,
    load_patterns,
    read_name,
)

CHINA = dt.timezone(dt.timedelta(hours=8))
TAKEN = "2025-03-03T09:15:02"


@pytest.mark.parametrize(
    ("path", "device", "officer", "taken", "part", "mark"),
    [
        ("DSJ12345_061234_20250303091502_0001.MP4", "DSJ12345", "061234", TAKEN, 1, ""),
        ("DSJ-A9_061234_20250303_091502_0002.mp4", "DSJ-A9", "061234", TAKEN, 2, ""),
        ("a/b/DSJ12345_061234_20250303091502.MP4", "DSJ12345", "061234", TAKEN, None, ""),
        ("DSJ12345@061234_20250303091502.mp4", "DSJ12345", "061234", TAKEN, None, ""),
        ("061234@DSJ12345_20250303091502_3.mp4", "DSJ12345", "061234", TAKEN, 3, ""),
        ("DSJ12345_20250303-091502.MP4", "DSJ12345", "", TAKEN, None, ""),
        ("DSJ12345_20250303091502_0007.wav", "DSJ12345", "", TAKEN, 7, ""),
        ("IMP_DSJ12345_20250303091502.MP4", "DSJ12345", "", TAKEN, None, "important"),
        ("IMP_DSJ12345_061234_20250303091502.MP4", "DSJ12345", "061234", TAKEN, None, "important"),
        ("DSJ12345/20250303/091502.MP4", "DSJ12345", "", TAKEN, None, ""),
        ("DSJ12345\\20250303\\091502.MP4", "DSJ12345", "", TAKEN, None, ""),
        ("2025-03-03/DSJ12345_09-15-02.avi", "DSJ12345", "", TAKEN, None, ""),
        ("DCIM/Camera/VID_20250303_091502.mp4", "", "", TAKEN, None, ""),
        ("IMG_20250303_091502.heic", "", "", TAKEN, None, ""),
        ("2025-03-03 09-15-02.avi", "", "", TAKEN, None, ""),
        ("20250303091502_0004.MP4", "", "", TAKEN, 4, ""),
        ("DCIM/100MEDIA/MOVI0012.AVI", "", "", "", 12, ""),
    ],
)
def test_common_layouts_are_understood(
    path: str, device: str, officer: str, taken: str, part: int | None, mark: str
) -> None:
    facts = read_name(path)
    assert facts is not None
    assert (facts.device, facts.officer, facts.taken) == (device, officer, taken)
    assert (facts.part, facts.mark) == (part, mark)


@pytest.mark.parametrize(
    "path",
    ["", "video.mp4", "DSJ12345_20251303091502.MP4", "DSJ12345_20250230091502.MP4",
     "DSJ12345_20250303246060.MP4", "会议.mp4", "../../../etc/passwd", "x" * 5000],
)  # fmt: skip
def test_what_fits_no_pattern_or_is_no_time_says_nothing(path: str) -> None:
    assert read_name(path) is None


def test_the_time_is_the_devices_own_until_a_zone_is_given() -> None:
    facts = read_name("DSJ12345_20250303091502.MP4")
    assert facts is not None
    assert facts.taken_at(CHINA) == dt.datetime(2025, 3, 3, 1, 15, 2, tzinfo=dt.UTC)
    numbered = read_name("DCIM/100MEDIA/MOVI0012.AVI")
    assert numbered is not None and numbered.taken_at(CHINA) is None


def test_an_authority_puts_its_own_patterns_in_front(tmp_path: Path) -> None:
    own = tmp_path / "patterns.toml"
    own.write_text(
        '[[pattern]]\nname = "局内"\ntemplate = "{officer:6}-{device:7}-{time}"\n', "utf-8"
    )
    patterns = load_patterns(own)
    assert patterns[1:] == common_patterns()
    facts = read_name("061234-AB-1234-20250303091502.mp4", patterns)
    assert facts is not None and (facts.pattern, facts.device) == ("局内", "AB-1234")


@pytest.mark.parametrize(
    "template",
    ["{nothing}", "{device", "plain", "{device}_{device}", "{time:5}", "{device}}"],
)
def test_a_wrong_template_is_named(template: str, tmp_path: Path) -> None:
    own = tmp_path / "patterns.toml"
    own.write_text(f'[[pattern]]\nname = "x"\ntemplate = "{template}"\n', "utf-8")
    with pytest.raises(ValueError, match="template"):
        load_patterns(own)


@pytest.mark.parametrize("text", ["", "[pattern]\n", '[[pattern]]\nname = "x"\n'])
def test_a_file_without_patterns_is_named(text: str, tmp_path: Path) -> None:
    own = tmp_path / "patterns.toml"
    own.write_text(text, "utf-8")
    with pytest.raises(ValueError, match="pattern"):
        load_patterns(own)


@given(st.dates(dt.date(2000, 1, 1), dt.date(2099, 12, 31)), st.times(), st.integers(0, 9999))
def test_a_written_time_reads_back(day: dt.date, clock: dt.time, part: int) -> None:
    written = f"DSJ00001_{day:%Y%m%d}{clock:%H%M%S}_{part:04}.mp4"
    facts = read_name(written)
    assert facts is not None
    assert facts.taken == f"{day:%Y-%m-%d}T{clock:%H:%M:%S}"
    assert facts.part == part


@given(st.text(max_size=60))
def test_no_name_breaks_the_reading(name: str) -> None:
    read_name(name)
    read_name(name, [Pattern("any", "{any}")])


@pytest.mark.parametrize(
    ("names", "left_as"),
    [
        (("A.MP4", "A.xyz", "A"), ""),
        (("A.THM", "a.lrv", "A.IFO"), "companion"),
        ((".A.MP4", ".A"), "hidden"),
        (("Thumbs.db", "desktop.INI", "._A.MP4", ".DS_Store"), "system"),
    ],
)
def test_what_lies_beside_recordings_is_told_by_its_kind_and_the_unknown_is_taken(
    names: tuple[str, ...], left_as: str
) -> None:
    assert {beside_recordings(name) for name in names} == {left_as}
