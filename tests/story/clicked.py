"""What every story clicks: answering, filming, serving, closing, the archive. Not a test."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, expect

from liuhen.kernel import clock
from liuhen.media.scene import Scene
from liuhen.media.synthetic import make_video
from tests.story.conftest import Served
from tests.story.person import DESKTOP, PHONE, Person
from tests.story.tour import Chapter


def span_told(page: str) -> tuple[dt.datetime, dt.datetime]:
    """The first activity's span as a page tells it (whole seconds), a little widened."""
    found = re.search(r"(\d{4}-\d\d-\d\d) (\d\d:\d\d(?::\d\d)?) 至 (\d\d:\d\d:\d\d)", page)
    assert found is not None, page
    day, begin, end = found.groups()
    margin = dt.timedelta(seconds=2)
    started = dt.datetime.fromisoformat(f"{day}T{begin}").replace(tzinfo=clock.CHINA)
    ended = dt.datetime.fromisoformat(f"{day}T{end}").replace(tzinfo=clock.CHINA)
    return started - margin, ended + margin


@dataclass
class Clicked:
    """A case under way, and everybody at their screens; several cases may share the screens."""

    browser: Browser
    served: Served
    folder: Path
    tour: Chapter
    people: dict[str, Person] = field(default_factory=dict)
    number: str = ""
    path: str = ""
    filmed: int = 0
    handler: str = "handler"

    @property
    def phone(self) -> Person:
        """The handler's phone."""
        name = f"{self.handler}'s phone"
        if name not in self.people:
            self.people[name] = Person(self.browser, self.served, self.handler, PHONE)
        return self.people[name]

    def __getitem__(self, username: str) -> Person:
        if username not in self.people:
            self.people[username] = Person(self.browser, self.served, username, DESKTOP)
        return self.people[username]

    def answer(self, username: str, task: str, opinion: str, *, shown: str = "") -> None:
        """Somebody approves what waits on their desk."""
        who = self[username]
        who.take_up(task, self.number)
        who.choose("同意")
        who.fill("审批意见", opinion)
        who.sign("签名")
        if shown:
            self.tour.show(who.page, shown, "审批", "The paper, the route, the opinion, signed.")
        who.press(re.compile("提交"))
        who.sees("审批已记录")

    # -- activities ----------------------------------------------------------------------------

    def begin(self, kind: str) -> Person:
        """The handler begins an activity."""
        who = self.phone
        who.go(self.path)
        who.follow("执法活动")
        who.follow(kind)
        who.choose("已向对方出示执法证件，说明身份")
        return who

    def leave_activity(self, who: Person) -> None:
        """The record is made; the activity ends."""
        who.follow("回到活动")
        who.follow(re.compile("^结束"))
        who.press("结束活动")
        who.sees("活动已结束")

    def hand_in(self, *, latest: int = 1) -> None:
        """Back at the office, what was recorded of the latest activities is uploaded."""
        who = self[self.handler]
        who.take_up("上传音像", self.number)
        places = who.page.locator("section.lh-card").filter(
            has=who.page.locator("input[type=file]")
        )
        who.page.wait_for_load_state("networkidle")
        count = places.count()
        for at in range(count - latest, count):
            started, ended = span_told(places.nth(at).inner_text())
            self.filmed += 1
            media = (
                self.folder / f"DEMO-0003_{clock.local(started):%Y%m%d_%H%M%S}_{self.filmed}.mp4"
            )
            length = round((ended - started).total_seconds() * 1000)
            scene = Scene(started, seed=self.filmed)
            make_video(media, scene, duration_ms=length, pictures_per_second=2)
            places.nth(at).locator("input[type=file]").set_input_files(media)
            stored = places.nth(at).locator(".lh-up-row").get_by_text("已入库")
            expect(stored).to_be_visible(timeout=60_000)

    # -- service -------------------------------------------------------------------------------

    def arrive(self, door: Person) -> None:
        """Certificates shown at the door."""
        door.follow("去送达")
        door.choose("已出示执法证件")
        door.press("到达，开始送达")

    def sign_receipt(self, door: Person, *signers: str) -> None:
        """Recipient and servers sign the receipt; the service ends."""
        for signer in signers:
            door.sign(f"^{signer}")
        door.press("签字完毕，登记送达")
        door.confirm("结束送达")
        door.sees("送达已结束")

    # -- the end -------------------------------------------------------------------------------

    def state_return(self) -> None:
        """When the cameras came back, for all recordings at once (Art. 39)."""
        who = self[self.handler]
        who.go("/")
        who.follow("登记返回时间")
        others = who.page.get_by_role("group", name="哪些音像").get_by_label(re.compile("^IMG_"))
        for at in range(others.count()):
            others.nth(at).uncheck()
        who.press("刚刚返回")
        who.press("登记返回时间")
        who.sees(re.compile("已登记.件音像的返回时间"))

    def close(self, *, shown: str = "") -> None:
        """The closing report, signed, approved by the leader in charge."""
        who = self[self.handler]
        who.take_up("报请结案", self.number)
        who.sees("没有妨碍结案的事项")
        who.sign("经办人")
        if shown:
            self.tour.show(who.page, shown, "报请结案", "Nothing is left to be made good.")
        who.press("报请结案")
        who.sees("报告已报送")
        self.answer("deputy", "结案审批", "同意结案。")

    def archive(self, number: str) -> None:
        """Bound, handed over, received."""
        who = self[self.handler]
        who.take_up("立卷", self.number)
        who.page.get_by_label("检查人").select_option(label="赵队长")
        who.confirm("立卷")
        who.sees("已立卷")
        self.tour.show(who.page, "file", "案卷", "The catalogue of the bound file.")
        who.take_up("移交档案室", self.number)
        who.page.get_by_label(re.compile("留存案卷复制件")).check()
        who.press("移交档案室")
        who.sees("等待档案室接收")
        room = self["archivist"]
        room.take_up("接收案卷", self.number)
        room.fill("归档号", number)
        self.tour.show(room.page, "archive", "档案室接收", "The archive room checks and receives.")
        room.press("核对并接收")
        room.sees("案卷已接收归档")
        who.go(self.path)
        expect(who.page.locator(".lh-lamp.is-red")).to_have_count(0)
