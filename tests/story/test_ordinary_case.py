"""A named complaint, from its registration to the verified package, through every desk.

Each act is clicked by the person whose office it is, from My desk wherever there is a button for
it; the hearing is waived, a signature is refused. With LIUHEN_TOUR set, the story also writes its
part of docs/tour.md.
"""

from __future__ import annotations

import re

import bagit
import pytest
from playwright.sync_api import Browser, expect

from tests.story.conftest import Served, liuhen, package
from tests.story.investigation import Investigation
from tests.story.person import Person
from tests.story.tour import Tour

ASPECTS = (
    *("执法主体和执法人员资格", "执法程序", "事实和证据", "法律适用和裁量", "执法权限"),
    *("执法文书", "是否涉嫌犯罪需要移送"),
)
REFUSAL = "曹样例看过决定书后称处罚过重，拒绝签收。"


class Story(Investigation):
    """The second half: review, decision, service, performance, archive."""

    # -- review, discussion, decision ----------------------------------------------------------

    def review(self) -> None:
        """The legal reviewer goes through the case, aspect by aspect."""
        who = self["handler"]
        who.take_up("办理法制审核", self.number)
        who.confirm("提请法制审核")
        who.sees("已提请法制审核")
        legal = self["legal"]
        self.show_desk(
            legal, "desk-legal", "法制审核人员的工作台", "What was handed in for review."
        )
        legal.take_up("法制审核", self.number)
        for aspect in ASPECTS:
            legal.fill(re.compile(f"^{aspect}"), "符合规定。")
        legal.choose("审核通过")
        legal.fill("审核建议", "无。")
        legal.sign("审核人")
        self.tour.show(legal.page, "review", "法制审核", "The review, beside what the law finds.")
        legal.press("出具审核意见")
        legal.sees("审核意见书已制作")

    def discuss(self) -> None:
        """The committee discusses the case; the minutes are signed."""
        who = self["handler"]
        who.take_up("组织集体讨论", self.number)
        who.fill("讨论地点", "委机关第二会议室")
        who.press("开始讨论")
        present = who.page.get_by_role("group", name="出席人员")
        for name in ("周主任", "钱审核"):
            present.get_by_label(re.compile(f"^{name}")).check()
            who.fill(f"{name}的意见", "同意拟处罚意见。")
        chair = who.page.get_by_label("主持人")
        chair.select_option(label=chair.locator("option", has_text="周主任").inner_text())
        who.fill("讨论结论", "同意承办机构的拟处罚意见。")
        self.tour.show(who.page, "discussion", "集体讨论", "Who was there and what each said.")
        who.press("记下")
        who.sees("讨论情况已记下")
        who.confirm("结束讨论")
        who.press("起草会议纪要")
        who.issue()
        self.hand_in()

    def decide(self) -> None:
        """The form of the decision goes along its route; then the decision is made."""
        who = self["handler"]
        who.take_up("制作决定审批表", self.number)
        who.press("起草行政处罚决定审批表")
        who.fill(re.compile("^承办人意见"), "事实清楚，证据充分，建议按拟处罚内容作出决定。")
        who.send()
        head = self["head"]
        self.answer("unit_head", "决定审批", "同意承办人意见。")
        self.show_desk(head, "desk-head", "机关负责人的工作台", "What waits for a signature.")
        self.answer("head", "决定审批", "同意处罚。", shown="approval")
        who.take_up("作出决定", self.number)
        who.press("起草行政处罚决定书")
        who.issue(is_signed=False)
        self.tour.show(who.page, "paper", "处罚决定书", "Numbered, sealed, frozen.")

    # -- service, performance, archive -----------------------------------------------------------

    def serve(self) -> None:
        """At the door the party refuses to sign: the decision is left there, before a witness."""
        door = self.phone
        door.take_up("登记送达", self.number)
        self.arrive(door)
        door.choose("法定代表人或者负责人")
        door.press("制作送达回证")
        recipient = door.page.get_by_role("group", name=re.compile("^受送达人"))
        recipient.get_by_role("radio", name="拒绝签名").check()
        door.fill("拒签情况与理由", REFUSAL)
        door.press("记下拒签时刻")
        self.tour.show(door.page, "refusal", "拒绝签名", "The refusal is noted at its moment.")
        for officer in ("何示例", "王承办"):
            door.sign(f"^送达人 {officer}")
        door.press("签字完毕，登记送达")
        door.confirm("改为留置送达")
        door.choose("已出示执法证件")
        door.press("到达，开始送达")
        door.fill("拒收事由", REFUSAL)
        door.fill("见证人及其单位、职务", "程见证（样板路社区居民委员会工作人员）")
        door.press("制作送达回证")
        self.sign_receipt(door, "送达人 何示例", "送达人 王承办", "见证人 程见证")
        self.tour.show(door.page, "service", "留置送达", "Effect and record of a service, apart.")
        self.hand_in(latest=2)

    def pay_and_close(self) -> None:
        """The fine is paid and recorded; the leader approves the closing."""
        who = self["handler"]
        who.take_up("登记履行情况", self.number)
        who.fill("票据号", "虚财票故事0002")
        who.press("登记")
        who.sees("已登记")
        who.press(re.compile("^起草"))
        who.issue()
        self.show_desk(
            who, "desk-handler", "承办人的工作台", "The next step of each case, one by one."
        )
        self.close(shown="closing")

    def show_desk(self, who: Person, name: str, title: str, words: str) -> None:
        who.go("/")
        self.tour.show(who.page, name, title, words)


@pytest.fixture(scope="module")
def heard(
    browser: Browser, served: Served, tmp_path_factory: pytest.TempPathFactory, tour: Tour
) -> Story:
    """Registered, initiated, investigated; the party notified and heard."""
    folder = tmp_path_factory.mktemp("ordinary")
    story = Story(browser, served, folder, tour.chapter(2, "从投诉到归档：一般程序"))
    story.register()
    story.assign()
    story.check()
    story.initiate()
    story.open_case()
    story.inspect()
    story.inquire()
    story.conclude()
    story.notify()
    story.hear()
    return story


@pytest.fixture(scope="module")
def served_at_the_door(heard: Story) -> Story:
    """Reviewed, discussed, decided; the decision left at the residence."""
    heard.review()
    heard.discuss()
    heard.decide()
    heard.serve()
    return heard


@pytest.fixture(scope="module")
def archived(served_at_the_door: Story) -> Story:
    """Performed, closed, bound, received by the archive room; everybody has left."""
    story = served_at_the_door
    story.state_return()
    story.pay_and_close()
    story.archive("虚档〔2026〕9002")
    who = story["handler"]
    story.tour.show(who.page, "ordinary", "案件全过程", "The whole case, with nothing left to do.")
    for person in story.people.values():
        person.leave()
    return story


def test_a_named_complaint_is_investigated_and_its_party_heard(heard: Story) -> None:
    who = heard["handler"]
    who.take_up("办理法制审核", heard.number)
    who.sees("应当审核")


def test_the_case_is_reviewed_discussed_decided_and_left_at_the_door(
    served_at_the_door: Story,
) -> None:
    who = served_at_the_door["handler"]
    who.go(f"{served_at_the_door.path}service/")
    left = who.page.get_by_role("row").filter(has_text="留置送达")
    expect(left.get_by_text(re.compile("日送达$"))).to_be_visible()
    expect(left.get_by_text("记录完整")).to_be_visible()


def test_the_case_is_archived_and_its_package_verifies(archived: Story, served: Served) -> None:
    folder = archived.folder / "package"
    written = package(archived.number, folder, served.home)
    assert bagit.Bag(str(folder)).validate()
    verified = liuhen("verify", "--home", served.home)
    assert verified.returncode == 0, verified.stdout
    printed = written.replace(str(folder), "package") + verified.stdout
    archived.tour.tell("核验", "`liuhen package` and `liuhen verify` at the end.", printed)
