"""Somebody at a screen: signs in, goes from page to page, presses, signs. Not a test."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.story.conftest import PATIENCE_MS, Served
from tests.story.tour import Chapter

PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}
Name = str | re.Pattern[str]
Shown = tuple[Chapter, str, str, str]


class Person:
    """Somebody at a screen."""

    def __init__(self, browser: Browser, served: Served, username: str, size: dict[str, int]):
        self.context: BrowserContext = browser.new_context(viewport=size, locale="zh-CN")  # type: ignore[arg-type]
        self.context.set_default_timeout(PATIENCE_MS)
        self.page: Page = self.context.new_page()
        self.faults: list[str] = []
        self.typed: list[str] = []
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.url = served.url
        self.page.goto(f"{self.url}/accounts/login/")
        self.page.get_by_label("账号").fill(username)
        self.page.get_by_label("密码").fill("liuhen-demo")
        self.page.get_by_role("button", name="登录", exact=True).click()
        expect(self.page.get_by_role("heading", name="我的工作台")).to_be_visible()

    def go(self, path: str) -> Page:
        self.page.goto(self.url + path)
        return self.page

    def take_up(self, label: str, about: str) -> None:
        """From My desk: press the button of the task of that name about a case or a lead."""
        self.go("/")
        case = self.page.locator(".lh-task").filter(has_text=about)
        named = case.filter(has=self.page.locator(".lh-task-label", has_text=label))
        folded = case.locator(".lh-task-more").get_by_role("link", name=label)
        expect(case.filter(has_text=label).first).to_be_visible()
        if named.count():
            named.first.locator("a.btn").click()
        else:
            case.locator(".lh-task-more summary").first.click()
            folded.first.click()
        self.page.wait_for_load_state()  # the last of several links is known when all are there

    def fill(self, label: Name, words: str) -> None:
        """Type words into a field; what is typed is counted."""
        self.page.get_by_label(label).fill(words)
        self.typed.append(words)

    def fill_first(self, label: Name, words: str) -> None:
        """Type words into the first of several rows."""
        self.page.get_by_label(label, exact=True).first.fill(words)
        self.typed.append(words)

    def choose(self, label: str) -> None:
        """Tick a box or take a choice."""
        self.page.get_by_label(label, exact=True).check()

    def follow(self, name: Name) -> None:
        """Follow the first link of that name in the page's content."""
        self.page.locator("main").get_by_role("link", name=name).first.click()

    def press(self, name: Name) -> None:
        self.page.wait_for_load_state()
        self.page.get_by_role("button", name=name).last.click()

    def confirm(self, name: Name) -> None:
        """Press, and mean it when asked again."""
        self.press(name)
        self.page.get_by_role("dialog").get_by_role("button").last.click()
        expect(self.page.get_by_role("dialog")).to_have_count(0)

    def sees(self, words: Name) -> None:
        expect(self.page.locator("main").get_by_text(words).first).to_be_visible()

    def sign(self, legend: str) -> None:
        """Sign on glass with the mouse."""
        box = self.page.get_by_role("group", name=re.compile(legend)).locator("canvas")
        self.page.wait_for_load_state()  # pictures above move it until they are there
        box.scroll_into_view_if_needed()
        place = box.bounding_box()
        assert place is not None
        x, y = place["x"] + 20, place["y"] + place["height"] / 2
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        for step in range(1, 10):
            self.page.mouse.move(x + step * 21, y + (18 if step % 2 else -18))
        self.page.mouse.up()

    def sign_all(self) -> None:
        """Everybody signs a paper in turn, page by page, on its page of signatures."""
        expect(self.page).to_have_url(re.compile("/sign/"))
        self.page.wait_for_load_state()
        while self.page.locator("#sign").count():
            self.sign("签名")
            with self.page.expect_navigation():
                self.press(re.compile("确认|签好这一页"))

    def issue(self, *, is_signed: bool = True, tour: Shown | None = None) -> None:
        """Finish a draft: everybody signs, then it is made and can't be changed any more."""
        self.sees(re.compile("必填内容已齐"))
        if is_signed:
            self.follow("去签字")
            if tour is not None:
                expect(self.page.locator("#sign canvas")).to_be_visible()
                chapter, *words = tour
                chapter.show(self.page, *words)
            self.sign_all()
        self.confirm("制作文书")
        self.sees("已制作并固定")

    def send(self, *, is_signed: bool = True) -> None:
        """Finish a draft: its officers sign, then it goes to those who approve it."""
        self.sees(re.compile("必填内容已齐"))
        if is_signed:
            self.follow("去签字")
            self.sign_all()
        self.press("报送审批")
        self.sees("已报送审批")

    def leave(self) -> None:
        self.context.close()
        assert self.faults == []
