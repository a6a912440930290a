"""A record is verified by the reader's own browser; the slider of past states by keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.core.servers.basehttp import ThreadedWSGIServer, get_internal_wsgi_application
from django.db import connection
from django.urls import reverse
from playwright.sync_api import Page, expect

from liuhen.cases.models import Case
from liuhen.compliance.states import moments
from liuhen.demo.people import World, known_world
from liuhen.documents.models import Paper
from liuhen.host.postgres import Cluster
from liuhen.host.postgres_roles import SERVER
from liuhen.kernel import clock
from liuhen.ledger.sequencing import sequence_all
from liuhen.ledger.signing import origin, signer
from liuhen.recordings.models import Recording
from liuhen.tlog.keys import Signer
from liuhen.vault.keeping import local_store
from tests.api.conftest import QuietHandler, signed_in
from tests.database import clone, point_at
from tests.disc.conftest import on_the_spot
from tests.serving import at_work
from tests.web.driven import Phone
from tests.world import MORNING


@dataclass(frozen=True)
class Spot:
    """An authority and one case of it."""

    world: World
    case: Case


@pytest.fixture(scope="module")
def spot(cluster: Cluster, world_template: str) -> Iterator[Spot]:
    """One case done, its papers and recordings proved."""
    clone(cluster, world_template, "liuhen_verify")
    point_at(cluster.dsn("liuhen_verify", SERVER))
    with clock.frozen(MORNING) as stopped:
        world = known_world()
        case = on_the_spot(world, stopped).case
        sequence_all()
        yield Spot(world, case)
    connection.close()


@pytest.fixture(scope="module")
def browser(spot: Spot) -> Iterator[Phone]:
    running = ThreadedWSGIServer(("127.0.0.1", 0), QuietHandler)
    running.set_app(get_internal_wsgi_application())
    with at_work(running):
        driven = Phone(running.server_port)
        driven.start()
        yield driven
        driven.stop()


@pytest.fixture
def paper(spot: Spot) -> Paper:
    return Paper.objects.filter(case=spot.case).exclude(number=None)[0]


def state_of(browser: Phone, key: str = "") -> str:
    """Press the button; the whole lamp's state and the words of the steps."""

    def work(page: Page) -> str:
        page.fill("#verify-key", key)
        page.get_by_role("button", name="当面核验").click()
        whole = page.locator(".lh-verify-whole")
        whole.wait_for()
        return f"{whole.get_attribute('data-state')} {page.inner_text('.lh-verify-steps')}"

    return browser.do(work)


def on_trust_page(browser: Phone, spot: Spot, record: str) -> None:
    browser.open(signed_in(spot.world["officer"]), path=reverse("trust"), width=1280, record=record)


def test_a_chosen_paper_is_verified_in_the_browser_itself(
    browser: Phone, spot: Spot, paper: Paper
) -> None:
    on_trust_page(browser, spot, str(paper.original_id))
    told = state_of(browser)
    assert told.startswith("green") and f"浏览器算得 {paper.original_id}" in told
    assert "尚未与外部核对" in told
    assert "用的是您填入的公钥" in state_of(browser, signer().verifier.vkey)
    other = Signer.generated(origin()).verifier.vkey
    assert state_of(browser, other).startswith("red")
    assert state_of(browser, "nonsense").startswith("red")
    browser.close()


def test_a_paper_altered_in_the_vault_turns_red_in_the_browser(
    browser: Phone, spot: Spot, paper: Paper
) -> None:
    place = local_store().place(str(paper.original_id))
    whole = place.read_bytes()
    place.chmod(0o640)
    try:
        place.write_bytes(whole[:-1] + b"\0")
        on_trust_page(browser, spot, str(paper.original_id))
        told = state_of(browser)
        assert told.startswith("red") and f"登记的是 {paper.original_id}" in told
    finally:
        place.write_bytes(whole)
        browser.close()


def test_a_recording_is_verified_from_a_file_one_holds_and_without_it_by_its_digest(
    browser: Phone, spot: Spot, tmp_path: Path
) -> None:
    found = Recording.objects.filter(case=spot.case)[0]
    on_trust_page(browser, spot, str(found.original_id))
    assert "没有读文件" in state_of(browser)
    held = local_store().place(str(found.original_id))
    browser.do(lambda page: page.set_input_files("#verify-file", str(held)))
    told = state_of(browser)
    assert told.startswith("green") and str(found.original_id) in told
    other = tmp_path / "other.mp4"
    other.write_bytes(b"another")
    browser.do(lambda page: page.set_input_files("#verify-file", str(other)))
    assert state_of(browser).startswith("red")
    browser.close()


def test_the_slider_is_moved_by_keyboard_and_says_in_words_where_it_stands(
    browser: Phone, spot: Spot
) -> None:
    known = moments(spot.case)
    browser.open(
        signed_in(spot.world["officer"]), path=reverse("case_past", args=[spot.case.id]), at="3"
    )

    def work(page: Page) -> tuple[str, str]:
        page.focus("#past-at")
        page.keyboard.press("ArrowRight")
        expect(page.locator("#difference-title")).to_have_text("第 3 次与第 4 次办理之间")
        said = page.get_attribute("#past-at", "aria-valuetext") or ""
        page.get_by_role("button", name="前一次办理").click()
        expect(page.locator("#difference-title")).to_have_text("第 2 次与第 3 次办理之间")
        focused = str(page.evaluate("document.activeElement.closest('form')?.className ?? ''"))
        assert not page.evaluate(
            "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        )
        return said, focused

    said, focused = browser.do(work)
    assert said.startswith(f"第 {known[3].number} 次办理后") and "lh-past" in focused
    browser.close()
