"""Firefox opens the disc from file://, plays it, verifies it, and turns red for altered ones.

Where there is no Firefox (Debian: `firefox-esr`) there is nothing to test it with.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.disc.conftest import Discs
from tests.disc.firefox import FIREFOX, PATIENCE_S, Firefox, firefox
from tests.disc.test_disc import ALTERATIONS
from tests.waiting import until

pytestmark = pytest.mark.skipif(FIREFOX is None, reason="no Firefox here")


@pytest.fixture(scope="module")
def page(discs: Discs, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firefox]:
    """After the discs are made, as with Chromium."""
    with firefox(tmp_path_factory.mktemp("profile")) as driven:
        yield driven


def verified(page: Firefox, disc: Path, key: str) -> tuple[str, str]:
    """What the verifier comes to once it has read the folder: its colour and its words."""
    page.go(disc / "核验.html")
    page.run("document.getElementById('key').value = arguments[0];", key)
    page.choose_folder("label.pick span", disc)
    result = "const one = document.getElementById('result'); return "
    until(lambda: page.run(f"{result} !one.hidden;"), PATIENCE_S)
    state, told = page.run(f"{result} [one.dataset.state, one.innerText];")
    return state, told


def test_the_case_opens_and_its_video_plays_from_a_file(page: Firefox, discs: Discs) -> None:
    page.go(discs.folder / "打开案卷.html")
    assert discs.number in page.run("return document.getElementById('number').innerText;")
    page.run("const one = document.querySelector('video'); one.muted = true; one.play();")
    until(lambda: page.run("return document.querySelector('video').currentTime > 0.5;"))


def test_an_untouched_disc_is_green_with_the_key_from_elsewhere(
    page: Firefox, discs: Discs
) -> None:
    state, told = verified(page, discs.folder, discs.vkey)
    assert state == "green", told
    assert "核验通过" in told and discs.number in told and "尚未与外部核对" not in told


@pytest.mark.parametrize("how", ALTERATIONS)
def test_an_altered_disc_turns_red_and_what_and_where_is_said(
    page: Firefox, discs: Discs, tmp_path: Path, how: str
) -> None:
    disc = discs.copy(tmp_path / "disc")
    name = ALTERATIONS[how](disc)
    state, told = verified(page, disc, discs.vkey)
    assert state == "red"
    assert name in told
