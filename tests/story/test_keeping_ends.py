"""Article 41 to its end, in the browser: what is past its period is listed, approved by two,
cooled off, destroyed and certified. The clock of a demonstration is put on; it runs by itself.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
import re
import time
from pathlib import Path

import pypdf
from playwright.sync_api import Browser, expect

from liuhen.host.home import Home
from tests.story.conftest import DemoHome, Served, serving
from tests.story.person import DESKTOP, Person
from tests.story.test_demo import differences

JOBS_SECONDS = 600
# The one recording of the demonstration that belongs to no case: two years.
FILM = "DEMO-0004_20260319_133000.mp4"
_SWITCH = "/law/figures/measures.retention_disposal_allowed/"


def put_on(home: Path, **lasts: int) -> None:
    """Let time pass for a home that is not served."""
    facts = Home(home).facts
    assert facts.clock_offset is not None
    later = dataclasses.replace(facts, clock_offset=facts.clock_offset + dt.timedelta(**lasts))
    (home / "home.toml").write_text(later.to_toml(), "utf-8")


def test_article_41_what_is_past_its_period_ends_by_list_two_approvals_cooling_off_and_certificate(
    browser: Browser, demo_home: DemoHome, tmp_path: Path
) -> None:
    home = demo_home.copied(tmp_path / "home")
    put_on(home, days=800)
    with serving(home) as served:
        number, film = _listed_and_approved(browser, served)
    put_on(home, days=31)
    with serving(home) as served:
        digest = _destroyed_and_certified(browser, served, number, film)
    assert [path for path in home.rglob(f"*{digest}*") if "postgres" not in path.parts] == []
    assert differences(home) == [], "what went by an order is not lost"


def _listed_and_approved(browser: Browser, served: Served) -> tuple[str, str]:
    who = Person(browser, served, "records", DESKTOP)
    who.go("/retention/")
    who.sees("期满处置没有启用")
    assert who.page.get_by_role("checkbox").count() == 0
    head = Person(browser, served, "head", DESKTOP)
    head.go(_SWITCH)
    head.follow("设定")
    head.page.get_by_label("取值").select_option(label="是")
    head.fill("生效日", served.now().date().isoformat())
    head.fill("理由", "主任办公会议决定启用期满处置。")
    head.press("设定")
    head.sees("已登记")
    who.go("/retention/")
    film = str(who.page.get_by_role("link", name=FILM).get_attribute("href"))
    who.page.get_by_label(f"选择 {FILM}").check()
    who.fill("处置理由", "两年期满，没有继续保存的价值。")
    who.press("列入处置清单")
    who.sees("待第一人批准")
    number = who.page.get_by_role("heading", level=1).inner_text()
    for username, office, left in (
        ("archivist", "档案", "待第二人批准"),
        ("supervisor", "监督", "期间可以撤回"),
    ):
        one = Person(browser, served, username, DESKTOP)
        one.take_up(f"批准处置 {number}", "两年期满")
        one.follow("批准")
        held = one.page.get_by_label("以何职务批准")
        expect(held).to_contain_text(office)
        held.select_option(index=held.locator("option").count() - 1)
        one.fill("意见", "同意。")
        one.confirm("批准")
        one.sees(re.compile(left))
        one.leave()
    who.page.reload()
    who.sees("冷静期")
    assert who.page.get_by_role("link", name="下令销毁").count() == 0, "not before it has cooled"
    who.leave()
    head.leave()
    return number, film


def _destroyed_and_certified(browser: Browser, served: Served, number: str, film: str) -> str:
    who = Person(browser, served, "records", DESKTOP)
    who.take_up(f"下令销毁 {number}", "冷静期已过")
    who.follow("下令销毁")
    who.choose("以上是全部系统外副本；没有填写的就是没有")
    who.confirm("销毁")
    until = time.monotonic() + JOBS_SECONDS
    while not who.page.get_by_text("全部证明灭失").count() and time.monotonic() < until:
        who.page.wait_for_timeout(2000)
        who.page.reload()
    who.sees("每一份副本都已证明灭失")
    link = who.page.get_by_role("link", name="处置证明").get_attribute("href")
    pdf = who.page.request.get(served.url + str(link)).body()
    certificate = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)
    found = re.search("[0-9a-f]{64}", re.sub(r"\s", "", certificate))
    assert found and number in certificate
    who.go(f"/search/?q={FILM}")
    who.sees("没有找到")
    who.go(film)
    who.sees("已依批准销毁")
    assert who.page.locator("video, .lh-pl-watermark").count() == 0
    who.leave()
    return found.group()
