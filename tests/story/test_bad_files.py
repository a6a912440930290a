"""Files that are no recordings, or no new ones: what the person at the screen is told.

On the demonstration, in a real browser, with real files.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

from liuhen.kernel import clock
from liuhen.media.scene import Scene
from liuhen.media.synthetic import make_video
from tests.story.conftest import Served
from tests.story.person import DESKTOP, Person

EMOJI = "现场😀录像.mp4"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A film under a name with an emoji, the same once more, half of another, text, nothing."""
    folder = tmp_path_factory.mktemp("files")
    taken = clock.now() - dt.timedelta(days=400)
    make_video(folder / EMOJI, Scene(started_at=taken), duration_ms=2000)
    (folder / "重复.mp4").write_bytes((folder / EMOJI).read_bytes())
    make_video(folder / "截断.mp4", Scene(started_at=taken), duration_ms=4000)
    whole = (folder / "截断.mp4").read_bytes()
    (folder / "截断.mp4").write_bytes(whole[: len(whole) // 2])
    (folder / "说明.mp4").write_text("这不是录像。" * 100, "utf-8")
    (folder / "空.mp4").touch()
    return folder


def test_each_file_that_cannot_be_stored_says_why_and_what_to_do_and_the_others_are_stored(
    browser: Browser, served: Served, files: Path
) -> None:
    officer = Person(browser, served, "officer", DESKTOP)
    page = officer.go("/cases/")
    page.locator("main a[href^='/cases/0']").first.click()
    page.goto(page.url.partition("#")[0] + "upload/")

    def handed_in(*names: str) -> None:
        page.locator("input[type=file]").first.set_input_files([files / name for name in names])

    def row(name: str) -> Locator:
        return page.locator(".lh-up-row").filter(has_text=name).last

    handed_in(EMOJI, "截断.mp4", "说明.mp4", "空.mp4")
    expect(row(EMOJI)).to_contain_text("已入库", timeout=60_000)
    expect(row("截断.mp4")).to_contain_text("已入库", timeout=60_000)
    expect(row("说明.mp4")).to_contain_text(
        "不是录音、录像、照片，也不是扫描件（PDF），不能作为音像记录保存。请核对", timeout=60_000
    )
    expect(row("空.mp4")).to_contain_text("文件是空的（0 字节）。请在设备上确认")
    for refused in ("说明.mp4", "空.mp4"):
        expect(row(refused)).to_contain_text("未入库")
        expect(row(refused).get_by_role("button")).to_have_text(["移除"])
    handed_in("重复.mp4")
    expect(row("重复.mp4")).to_contain_text("逐字节相同，没有重复保存", timeout=60_000)
    row("重复.mp4").get_by_role("link", name="查看与标注").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(EMOJI)
    officer.leave()
