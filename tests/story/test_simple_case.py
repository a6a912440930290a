"""A fine on the spot, from the street to the verified package, clicked in a real browser.

With LIUHEN_TOUR set, the story also writes docs/tour.md and its pictures.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import bagit
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from liuhen.kernel import clock
from liuhen.media.scene import Scene
from liuhen.media.synthetic import make_video
from tests.story.conftest import Served, liuhen
from tests.story.tour import Tour

pytestmark = pytest.mark.xdist_group("story")
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}


class Person:
    """Somebody at a screen."""

    def __init__(self, browser: Browser, served: Served, username: str, size: dict[str, int]):
        self.context: BrowserContext = browser.new_context(viewport=size, locale="zh-CN")  # type: ignore[arg-type]
        self.page: Page = self.context.new_page()
        self.faults: list[str] = []
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

    def press(self, name: str | re.Pattern[str]) -> None:
        self.page.get_by_role("button", name=name).last.click()

    def leave(self) -> None:
        self.context.close()
        assert self.faults == []


@pytest.fixture
def tour() -> Iterator[Tour]:
    told = Tour(is_kept=bool(os.environ.get("LIUHEN_TOUR")))
    yield told
    told.write()


def draw_signature(page: Page, legend: str) -> None:
    """Sign on glass with the mouse."""
    box = page.get_by_role("group", name=re.compile(legend)).locator("canvas")
    box.scroll_into_view_if_needed()
    place = box.bounding_box()
    assert place is not None
    x, y = place["x"] + 20, place["y"] + place["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(1, 30):
        page.mouse.move(x + step * 7, y + (18 if step % 2 else -18))
    page.mouse.up()


def begin_on_the_spot(officer: Person) -> None:
    page = officer.go("/simple/")
    page.get_by_label("协办执法人员").select_option(label="李示例")
    page.get_by_label("地点").fill("虚构市示例区故事路1号门前")
    page.get_by_label("两名执法人员均已向当事人出示执法证件").check()
    officer.press("开始执法活动")


def record_facts(officer: Person) -> None:
    page = officer.page
    page.get_by_label("公民", exact=True).check()
    page.get_by_label("姓名或者名称").fill("史故事")
    page.get_by_label("常见违法行为").select_option(label="占用道路堆放物料")
    page.get_by_label("违法事实").fill("当事人在故事路1号门前人行道堆放砖块约一平方米。")
    officer.press("记下并继续")


def test_a_fine_on_the_spot_runs_from_the_street_to_the_verified_package(
    browser: Browser, served: Served, tmp_path: Path, tour: Tour
) -> None:
    officer = Person(browser, served, "officer", PHONE)
    tour.show(officer.page, "desk", "执法人员的工作台", "The officer's desk on a phone.")
    begin_on_the_spot(officer)
    record_facts(officer)
    officer.press("已口头告知")
    officer.page.get_by_label("口头表示放弃").check()
    officer.press("记下并继续")
    decide(officer)
    sign_and_hand_over(officer, tour)
    collect_and_end(officer)
    case_path = leave_for_the_office(officer, served, tmp_path, tour)
    approve_filing(browser, served, officer, case_path)
    number = close_and_bind(browser, served, officer, case_path, tour)
    archive(browser, served, officer, case_path)
    officer.leave()
    package(served, number, tmp_path / "package", tour)


def decide(officer: Person) -> None:
    page = officer.page
    page.get_by_label("罚款", exact=True).check()
    page.get_by_label("罚款金额").fill("50")
    page.get_by_label("当场收缴", exact=True).check()
    page.get_by_label("一百元以下罚款").check()
    officer.press("起草决定书")


def sign_and_hand_over(officer: Person, tour: Tour) -> None:
    page = officer.page
    expect(page.get_by_role("heading", name=re.compile("阅看并签字"))).to_be_visible()
    for legend in ("当事人 史故事", "执法人员 张示例", "执法人员 李示例"):
        draw_signature(page, legend)
    tour.show(page, "simple", "阅看并签字", "The party reads the decision and signs on glass.")
    officer.press("签字完毕，制作决定书")
    expect(page.get_by_text(re.compile("虚城管当罚字"))).to_be_visible()
    officer.press("已交付")


def collect_and_end(officer: Person) -> None:
    officer.page.get_by_label("票据号").fill("虚财票故事0001")
    officer.press("登记收缴")
    officer.press("结束活动")
    expect(officer.page.get_by_text("当场处罚已办结")).to_be_visible()


def leave_for_the_office(officer: Person, served: Served, folder: Path, tour: Tour) -> str:
    """Back at the office: the footage of the whole activity is uploaded to it."""
    page = officer.page
    page.get_by_role("link", name=re.compile("案件与入库")).click()
    case_path = page.url.removeprefix(served.url).partition("#")[0]
    span = page.locator("#recordings time, #recordings .lh-activity-head").first.inner_text()
    del span
    started, ended = activity_span(served, case_path, page)
    video = folder / f"DEMO-0001_{clock.local(started):%Y%m%d_%H%M%S}.mp4"
    length = round((ended - started).total_seconds() * 1000)
    make_video(video, Scene(started_at=started), duration_ms=length, pictures_per_second=2)
    page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
    officer.go(f"{case_path}upload/")
    page.locator("input[type=file]").first.set_input_files(video)
    expect(page.get_by_text(re.compile("已入库")).first).to_be_visible(timeout=60_000)
    officer.go(case_path)
    tour.show(page, "case", "案件全过程", "The case: stages, activity, footage, papers, ledger.")
    return case_path


def activity_span(served: Served, case_path: str, page: Page):  # type: ignore[no-untyped-def]
    """The activity's span as the timeline was given it, a little widened."""
    import datetime as dt
    import json

    told = page.locator("script[type='application/json']").first.inner_text()
    (activity,) = json.loads(told)["activities"]
    margin = dt.timedelta(seconds=2)
    started = clock.parse_iso(activity["started_at"]) - margin
    return started, clock.parse_iso(activity["ended_at"]) + margin
