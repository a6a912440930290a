"""The form of a paper in Chromium: two people at it, a broken line, a phone, everybody's access.

The server runs in this process, on the same database and the same stopped clock.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.servers.basehttp import ThreadedWSGIServer, get_internal_wsgi_application
from playwright.sync_api import (
    Browser,
    BrowserContext,
    FilePayload,
    Page,
    expect,
    sync_playwright,
)

from liuhen.actions.papers import issue_paper
from liuhen.vault.keeping import local_store
from tests.api.conftest import QuietHandler, signed_in
from tests.chromium import HEADLESS
from tests.serving import at_work
from tests.waiting import until
from tests.web.papers.conftest import PaperDesk

DESKTOP, PHONE = {"width": 1280, "height": 860}, {"width": 390, "height": 844}
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa"]}
SAVED = "[data-live-state].is-saved"


@dataclass
class Desk:
    """A served desk and the browsers at it."""

    address: str
    cookies: dict[str, list[dict[str, str]]]
    papers: dict[str, str]
    chromium: Browser
    opened: list[BrowserContext]
    complaints: list[str]

    def at(self, username: str, path: str, **options: Any) -> Page:
        """Somebody's own browser at a page."""
        context = self.chromium.new_context(locale="zh-CN", **{"viewport": DESKTOP, **options})
        context.add_cookies(self.cookies[username])  # type: ignore[arg-type]
        self.opened.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.goto(self.address + path)
        return page

    def form(self, username: str, type_key: str = "inquiry_record", **options: Any) -> Page:
        """Somebody at the form of a paper, once it is alive."""
        page = self.at(username, f"/papers/{self.papers[type_key]}/edit/", **options)
        page.wait_for_selector("#paper-form[data-island-state=ready]")
        return page


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser for all tests here; its loop stands still while this thread asks the database."""
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as driver:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        running = driver.chromium.launch(executable_path=HEADLESS, args=["--no-sandbox"])
        yield running
        running.close()


@pytest.fixture
def desk(paper_desk: PaperDesk, chromium: Browser) -> Iterator[Desk]:
    """The desk, served; nobody's page may complain of its script."""
    running = ThreadedWSGIServer(("127.0.0.1", 0), QuietHandler)
    running.set_app(get_internal_wsgi_application())
    with at_work(running):
        address = f"http://127.0.0.1:{running.server_port}"
        cookies = {
            who: [
                {"name": name, "value": value, "url": address}
                for name, _, value in (one.partition("=") for one in headers["Cookie"].split("; "))
            ]
            for who in ("handler", "officer")
            for headers in [signed_in(paper_desk.world[who])]
        }
        types = ("inquiry_record", "investigation_report", "prior_notice")
        papers = {one: str(paper_desk.paper(one).id) for one in types}
        found = Desk(address, cookies, papers, chromium, [], [])
        yield found
        for context in found.opened:
            context.close()
    assert found.complaints == []


def test_what_is_typed_is_saved_and_drawn_and_reaches_the_other(desk: Desk) -> None:
    mine, theirs = desk.form("handler"), desk.form("officer")
    pages = mine.locator("#paper-preview img")
    before = pages.first.get_attribute("src")
    mine.get_by_label("与本案关系").fill("系店铺负责人")
    mine.wait_for_selector(SAVED)
    expect(pages.first).not_to_have_attribute("src", before or "")
    expect(theirs.get_by_label("与本案关系")).to_have_value("系店铺负责人", timeout=8000)
    theirs.get_by_label("核对情况").focus()
    told = mine.locator("[data-paper-others]")
    expect(told).to_contain_text("在填“核对情况”", timeout=12000)


def test_two_contents_of_one_field_are_both_shown_and_one_is_chosen(desk: Desk) -> None:
    mine, theirs = desk.form("handler"), desk.form("officer")
    # Both type before either can hear of the other.
    theirs.get_by_label("与本案关系").fill("乙写的")
    mine.get_by_label("与本案关系").fill("甲写的")
    theirs.wait_for_selector(SAVED)
    both = mine.locator(".lh-paper-both")
    both.wait_for()
    assert "乙写的" in both.inner_text() and "甲写的" in both.inner_text()
    mine.get_by_label("核对情况").fill("另一栏照常保存")
    expect(theirs.get_by_label("核对情况")).to_have_value("另一栏照常保存", timeout=12000)
    expect(theirs.get_by_label("与本案关系")).to_have_value("乙写的")
    both.get_by_role("button", name="用我的").click()
    mine.wait_for_selector(SAVED)
    expect(theirs.get_by_label("与本案关系")).to_have_value("甲写的", timeout=8000)


def test_a_broken_line_loses_nothing(desk: Desk) -> None:
    page = desk.form("handler")
    page.context.set_offline(True)
    page.get_by_label("与本案关系").fill("断网时写的")
    expect(page.locator("[data-live-state]")).to_contain_text("暂存在本机", timeout=8000)
    page.context.set_offline(False)
    page.wait_for_selector(SAVED)
    page.context.set_offline(True)
    page.get_by_label("与本案关系").fill("关页面前写的")
    expect(page.locator("[data-live-state]")).to_contain_text("暂存在本机", timeout=8000)
    page.context.set_offline(False)
    # The tab is torn away before the next try: what it kept is sent by the page that comes after.
    page.evaluate("window.stop()")
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(page.get_by_label("与本案关系")).to_have_value("关页面前写的", timeout=10000)
    page.wait_for_selector("#paper-form[data-island-state=ready]")
    kept = f"sessionStorage.getItem('liuhen-paper-{desk.papers['inquiry_record']}')"
    until(lambda: page.evaluate(kept) is None)


def test_what_cannot_be_read_is_told_at_the_field_and_not_lost(desk: Desk) -> None:
    page = desk.form("handler")
    page.get_by_label("询问次数").fill("第二次")
    group = page.locator("#field-ordinal")
    expect(group.locator("[data-paper-error]")).to_have_text("请填整数。")
    expect(page.locator("[data-live-state]")).to_contain_text("填得不对", timeout=8000)
    expect(page.get_by_label("询问次数")).to_have_value("第二次")
    page.get_by_label("询问次数").fill("2")
    page.wait_for_selector(SAVED)
    expect(group.locator("[data-paper-error]")).to_be_hidden()


def test_rows_are_added_and_taken_out_by_hand_and_by_keyboard(desk: Desk) -> None:
    page = desk.form("handler")
    turns = page.locator("#field-dialogue [data-row]")
    count = turns.count()
    turns.last.get_by_label("问").fill("还有什么要说的？")
    expect(turns).to_have_count(count + 1)
    page.keyboard.press("Tab")
    page.keyboard.type("没有。")
    page.wait_for_selector(SAVED)
    turns.first.get_by_role("button", name="删去").click()
    expect(turns).to_have_count(count)
    page.wait_for_selector(SAVED)
    page.reload()
    expect(turns.nth(count - 2).get_by_label("答")).to_have_value("没有。")


def test_an_act_waits_for_what_is_typed(desk: Desk) -> None:
    page = desk.form("handler", "prior_notice")
    page.get_by_label("违法事实").fill("刚刚改写的事实。")
    page.get_by_role("button", name="制作文书").click()
    page.get_by_role("dialog").get_by_role("button", name="制作", exact=True).click()
    page.wait_for_url(f"{desk.address}/papers/{desk.papers['prior_notice']}/")
    assert "虚城管罚告字〔2026〕第1号" in page.locator("main").inner_text()
    page.goto(f"{desk.address}/papers/{desk.papers['prior_notice']}/edit/")
    assert page.locator("#paper-form").count() == 0


def test_on_a_phone_the_form_comes_first_and_the_preview_is_a_tab(desk: Desk) -> None:
    page = desk.form("handler", viewport=PHONE, has_touch=True, is_mobile=True)
    preview = page.locator("#paper-preview")
    expect(preview).to_be_hidden()
    page.get_by_role("button", name="预览").tap()
    expect(preview).to_be_visible()
    expect(page.locator("#paper-form")).to_be_hidden()
    page.get_by_role("button", name="填写").tap()
    expect(page.locator("#paper-form")).to_be_visible()


def test_the_pages_fit_their_width_and_hinder_nobody(desk: Desk) -> None:
    wrong: list[tuple[object, ...]] = []
    inquiry = desk.papers["inquiry_record"]
    for viewport in (DESKTOP, PHONE):
        for path in (f"/papers/{inquiry}/edit/", f"/papers/{inquiry}/sign/"):
            # The checker is a script of its own, which the policy would rightly stop.
            page = desk.at("handler", path, viewport=viewport, bypass_csp=True)
            page.wait_for_selector("[data-island-state=ready]")
            if page.evaluate("document.documentElement.scrollWidth") > viewport["width"]:
                wrong.append((path, viewport["width"], "too wide"))
            found = Axe().run(page, options=RULES).response["violations"]
            wrong += [(path, viewport["width"], v["id"], v["nodes"][0]["html"]) for v in found]
    assert wrong == []


def test_a_holder_holds_the_file_against_its_digest_without_signing_in(
    desk: Desk, paper_desk: PaperDesk
) -> None:
    draft = paper_desk.paper("prior_notice")
    issued = issue_paper(actor=paper_desk.world["handler"], paper_id=draft.id)
    assert issued.original_id is not None
    with local_store().open(issued.original_id) as stream:
        pdf = stream.read()
    context = desk.chromium.new_context(locale="zh-CN", viewport={"width": 390, "height": 844})
    desk.opened.append(context)
    page = context.new_page()
    page.goto(f"{desk.address}/v/{issued.token}/")
    chosen = page.get_by_label("手里的 PDF 文件")
    kind = "application/pdf"
    chosen.set_input_files(FilePayload(name="a.pdf", mimeType=kind, buffer=pdf))
    expect(page.get_by_text("就是制作时固定的那一份")).to_be_visible()
    chosen.set_input_files(FilePayload(name="b.pdf", mimeType=kind, buffer=pdf + b"\n"))
    expect(page.get_by_text("不是制作时固定的那一份")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    found = Axe().run(page, options=RULES)
    assert found.violations_count == 0, found.generate_report()
