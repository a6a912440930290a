"""Chromium opens the disc from file://, plays it, verifies it, and turns red for altered ones."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.chromium import CHROMIUM
from tests.disc.conftest import Discs
from tests.disc.test_disc import ALTERATIONS
from tests.waiting import until

PATIENCE_MS = 120_000


@pytest.fixture(scope="module")
def chromium(discs: Discs) -> Iterator[Browser]:
    """After the discs are made: the database is not for a thread that drives a browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A page whose every complaint, the policy's too, fails the test."""
    opened = chromium.new_page(viewport={"width": 1280, "height": 900}, locale="zh-CN")
    complaints: list[str] = []
    opened.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    yield opened
    opened.close()
    assert complaints == []


def verified(page: Page, disc: Path, key: str = "") -> Page:
    """The verifier's page after it has read the disc."""
    page.goto((disc / "核验.html").as_uri())
    page.fill("#key", key)
    page.set_input_files("#folder", disc)
    page.wait_for_selector("#result:not([hidden])", timeout=PATIENCE_MS)
    return page


def test_the_case_opens_and_its_video_plays_from_a_file(page: Page, discs: Discs) -> None:
    page.goto((discs.folder / "打开案卷.html").as_uri())
    assert discs.number in page.inner_text("#number")
    for part in ("timeline", "recordings", "papers", "register", "ledger"):
        assert page.locator(f"#{part}").count() == 1
    assert "虚构市人民法院" in page.inner_text("#register")
    assert page.locator("#timeline li.recording").count() == 2
    video = page.locator("video").first
    video.evaluate("one => { one.muted = true; return one.play(); }")
    until(lambda: video.evaluate("one => one.currentTime > 0.5"))
    picture = page.locator(".card img").first
    picture.scroll_into_view_if_needed()
    until(lambda: picture.evaluate("one => one.naturalWidth > 0"))
    paper = page.locator("#papers a").first.get_attribute("href")
    assert paper and (discs.folder / Path(paper).parent.name).parent.exists()


def test_an_untouched_disc_is_green_with_the_key_from_elsewhere(page: Page, discs: Discs) -> None:
    verified(page, discs.folder, discs.vkey)
    assert page.get_attribute("#result", "data-state") == "green", page.inner_text("#result")
    told = page.inner_text("#result")
    assert "核验通过" in told and discs.number in told and "尚未与外部核对" not in told
    assert page.locator(".advice").count() == 0


def test_without_a_key_from_elsewhere_the_page_says_so(page: Page, discs: Discs) -> None:
    verified(page, discs.folder)
    assert page.get_attribute("#result", "data-state") == "green"
    assert "尚未与外部核对" in page.inner_text("#result")


@pytest.mark.parametrize("how", ALTERATIONS)
def test_an_altered_disc_turns_red_and_what_and_where_is_said(
    page: Page, discs: Discs, tmp_path: Path, how: str
) -> None:
    disc = discs.copy(tmp_path / "disc")
    name = ALTERATIONS[how](disc)
    verified(page, disc, discs.vkey)
    assert page.get_attribute("#result", "data-state") == "red"
    assert name in page.inner_text("#result tbody")


def test_another_log_s_key_turns_it_red(page: Page, discs: Discs) -> None:
    from liuhen.tlog.keys import Signer  # noqa: PLC0415 - one use

    other = Signer.generated(discs.vkey.split("+")[0]).verifier.vkey
    verified(page, discs.folder, other)
    assert page.get_attribute("#result", "data-state") == "red"
    assert "note.unsigned" in page.inner_text("#result")


def test_a_folder_that_is_no_disc_turns_red(page: Page, discs: Discs, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "file.txt").write_text("x")
    page.goto((discs.folder / "核验.html").as_uri())
    page.set_input_files("#folder", tmp_path / "other")
    page.wait_for_selector("#result:not([hidden])", timeout=PATIENCE_MS)
    assert page.get_attribute("#result", "data-state") == "red"
    assert "manifest.missing" in page.inner_text("#result")


def test_the_pages_load_nothing_from_elsewhere(page: Page, discs: Discs) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    verified(page, discs.folder)
    page.goto((discs.folder / "打开案卷.html").as_uri())
    time.sleep(0.5)
    assert asked and all(url.startswith(("file:", "blob:")) for url in asked)
