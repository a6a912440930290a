"""The four other kinds of case, clicked from their beginning to the archive by whose office it is.

An inspection drawn at random, a licence applied for at the counter, a seizure, a levy. They share
one home, one browser and everybody's screens.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import bagit
import pytest
from playwright.sync_api import Browser

from liuhen.demo import coercion_words as said
from liuhen.demo.inspection_case import BASIS, MATTER, OBJECTS
from liuhen.demo.licensing_case import MATTER as LICENCE
from liuhen.demo.licensing_case import PROPOSAL
from tests.story.clicked import Clicked
from tests.story.conftest import Served, liuhen, package
from tests.story.person import Person
from tests.story.tour import Chapter

Begun = Callable[[type[Clicked]], Any]
HANDLER, SECOND = "王承办（证号 虚证000003）", "何示例（证号 虚证000012）"
HEAD = "袁代人"
ITEM_COLUMNS = (
    *(("编号", "number"), ("名称", "name"), ("种类", "kind")),
    *(("规格", "specification"), ("数量", "quantity")),
)
SERVERS = ("送达人 何示例", "送达人 王承办")


class Kind(Clicked):
    """A case of another kind under way."""

    def opened(self, who: Person) -> None:
        """The case is there; its number and page."""
        self.number = who.page.locator(".lh-case-number").inner_text().split()[0]
        href = who.page.locator(".lh-case-number a").first.get_attribute("href")
        assert href is not None
        self.path = href

    def course(self, *, on_phone: bool = False) -> Person:
        """The page of the case's own steps, from the case's page."""
        who = self.phone if on_phone else self[self.handler]
        who.go(self.path)
        who.follow(re.compile("^(办理过程|行政检查|行政许可)$"))
        return who

    def name_party(self, who: Person) -> None:
        """The firm the case is about."""
        who.fill("姓名或者名称", said.PARTY["name"])
        who.page.get_by_label("证件类别").select_option(label="统一社会信用代码")
        who.fill("证件号码", said.PARTY["identity_number"])
        who.fill("法定代表人或者负责人", said.PARTY["representative"])

    def describe(self, who: Person, label: str, words: str) -> None:
        """What the officers saw, who writes it down, that rights were told."""
        who.page.get_by_label("记录人").select_option(label="何示例")
        who.page.get_by_label("权利告知").select_option(label="已告知，当事人表示清楚")
        who.fill(label, words)
        who.press("记下")
        who.sees("已记下")

    def set_out(self, task: str) -> Person:
        """At the door: who leads the firm is to sign for the paper."""
        door = self.phone
        door.take_up(task, self.number)
        door.page.locator("main").get_by_role("link", name="去送达").last.click()
        door.choose("已出示执法证件")
        door.press("到达，开始送达")
        door.choose("法定代表人或者负责人")
        return door

    def hand_over(self, task: str, person: str) -> None:
        """A paper is handed over, its receipt signed."""
        self.receive(self.set_out(task), person)

    def receive(self, door: Person, person: str) -> None:
        """Who takes the paper says their name and signs."""
        door.fill("签收人姓名", person)
        door.press("制作送达回证")
        self.sign_receipt(door, "受送达人", *SERVERS)

    def publish(self, task: str) -> None:
        """The result is made public."""
        who = self[self.handler]
        who.take_up(task, self.number)
        who.fill("在哪里公开", "虚构市人民政府网站")
        who.press("登记")
        who.sees("结果公开已经登记")

    def finish(self) -> None:
        """Cameras back, closed, archived; the page of the case asks for nothing more."""
        self.state_return()
        self.close()
        self.archive(f"虚档{self.number.removeprefix('虚城管')}")
        self[self.handler].sees("目前没有要办的事")  # nor any advice


class Inspection(Kind):
    """A batch drawn at random, and the inspection of the one object drawn."""

    def announce(self) -> None:
        """The unit's head fixes both lists."""
        who = self["unit_head"]
        who.go("/")
        who.follow("行政检查")
        who.follow("公布抽取名录")
        who.fill("检查事项", MATTER)
        who.fill("检查依据", BASIS)
        begin = self.served.now() + dt.timedelta(minutes=1)
        who.fill("计划检查起", f"{begin:%Y-%m-%dT%H:%M}")
        who.fill("计划检查止", f"{begin + dt.timedelta(days=7):%Y-%m-%dT%H:%M}")
        who.fill("检查对象名录", "\n".join(f"{one['name']}，{one['address']}" for one in OBJECTS))
        for officer in (HANDLER, SECOND):
            who.choose(officer)
        who.fill("抽取户数", "1")
        who.press("公布")
        who.sees("名录自此固定")
        self.number = who.page.locator(".lh-case-number").inner_text().split()[0]

    def draw(self) -> None:
        """Drawn before a witness, signed by the three."""
        who = self["handler"]
        who.take_up("双随机抽取", self.number)
        who.page.get_by_label("第二抽取人").select_option(label=SECOND)
        who.fill("见证人", "程见证")
        who.fill("抽取地点", "委机关二楼会议室")
        who.press("开始抽取")
        who.confirm("抽取")
        for signer in ("抽取人 王承办", "抽取人 何示例", "见证人 程见证"):
            who.sign(signer)
        who.press("制作抽取记录")
        who.sees("抽取记录已制作")
        drawn = who.page.get_by_role("row").filter(has=who.page.locator("td.is-number"))
        first = drawn.locator("td").nth(2).inner_text().split("、")[0]
        self.handler = {"王承办": "handler", "何示例": "officer3"}[first]
        path = drawn.get_by_role("link").last.get_attribute("href")
        assert path is not None
        self.path, self.number = path, drawn.get_by_role("link").last.inner_text()

    def approve(self) -> None:
        """The inspection is approved before the object hears of it."""
        who = self[self.handler]
        who.take_up("报请检查审批", self.number)
        who.press("起草审批表")
        who.send(is_signed=False)
        self.answer("unit_head", "程序启动审批", "同意检查。")
        self.answer("head", "程序启动审批", "同意检查。")

    def notify(self) -> None:
        """The notice, handed over at the object's door."""
        who = self[self.handler]
        who.take_up("通知被检查人", self.number)
        who.press("起草行政检查通知书")
        who.issue(is_signed=False)
        door = self.set_out("通知被检查人")
        door.press("制作送达回证")
        door.sees("不知道是谁签收")  # the list of objects names no representative
        self.receive(door, HEAD)

    def inspect(self) -> None:
        """On the spot: certificates shown, the scene described, the record signed."""
        who = self.begin("检查、勘验")
        who.press(re.compile("^开始"))
        who.sees("检查、勘验已开始")
        self.describe(who, "现场情况", "车辆密闭运输，出口路面整洁。")
        who.press(re.compile("起草《现场检查"))
        who.issue()
        self.leave_activity(who)

    def tell(self) -> None:
        """What was found, told to the object and made public."""
        who = self[self.handler]
        who.take_up("认定检查结果", self.number)
        who.choose("未发现问题")
        who.fill("检查结果", "未发现问题。")
        who.fill("处理意见", "继续保持，不作处理。")
        who.press("认定")
        who.sees("检查结果已经认定")
        who.press("起草行政检查结果告知书")
        who.issue(is_signed=False)
        self.hand_over("告知检查结果", HEAD)
        self.hand_in(latest=4)
        self.publish("公开检查结果")


class Licence(Kind):
    """An application at the counter, supplemented, verified on site, granted, delivered."""

    def apply(self) -> None:
        """The applicant hands in what there is; both sign."""
        who = self["handler"]
        who.go("/")
        who.follow("许可申请")
        who.fill("申请事项", LICENCE)
        who.choose("书面")
        who.fill("申请内容", "申请处置建筑垃圾约三千立方米。")
        who.fill("提交的材料", "处置申请表，2，原件\n运输合同，1")
        who.choose("法人或者其他组织")
        self.name_party(who)
        who.fill("住址或者住所", said.PARTY["address"])
        who.page.get_by_label("协办执法人员").select_option(label=SECOND)
        who.fill("到场办理的人", said.PERSON)
        who.sign("申请人签名")
        who.sign("受理人员 王承办")
        who.press("登记申请")
        who.sees("申请已经登记")
        self.opened(who)

    def supplement(self) -> None:
        """What is missing is told once, handed in, accepted."""
        who = self["handler"]
        who.take_up("答复申请", self.number)
        who.press(re.compile("补正材料告知书"))
        who.fill_first("材料", "消纳场所证明")
        who.fill_first("需要补正的内容", "未提交")
        who.issue(is_signed=False)
        who.take_up("收取补正材料", self.number)
        who.press("申请人离开，结束受理")
        who.follow("收取补正材料")
        who.fill("补正的材料", "消纳场所证明，1，原件")
        who.press("登记")
        who.press(re.compile("^受理通知书|行政许可受理"))
        who.issue(is_signed=False)

    def verify(self) -> None:
        """Two officers on the site; each point checked."""
        who = self.begin("现场核查")
        who.press(re.compile("^开始"))
        self.describe(who, "现场情况", "与申请一致。")
        who.press(re.compile("起草《行政许可现场核查"))
        who.fill("核查结论", "与申请相符。")
        who.fill_first("核查内容", "消纳场所")
        who.fill_first("核查结果", "一致")
        who.issue()
        self.leave_activity(who)
        self.hand_in(latest=2)

    def decide(self) -> None:
        """Proposed, approved, granted, delivered, made public."""
        who = self["handler"]
        who.take_up("提出审查结论", self.number)
        who.follow("提出审查结论")
        who.choose("准予行政许可")
        for label, key in (
            *(("审查情况", "facts"), ("理由", "reasons"), ("依据", "basis")),
            *(("决定内容", "content"), ("要求", "terms")),
        ):
            who.fill(label, PROPOSAL[key])
        today = self.served.now().date()
        who.fill("有效期起", f"{today}")
        who.fill("有效期止", f"{today + dt.timedelta(days=180)}")
        who.press("提出")
        who.press("起草决定审批表")
        who.send(is_signed=False)
        self.answer("unit_head", "决定审批", "同意准予。")
        self.answer("head", "决定审批", "同意准予。")
        who.take_up("颁发、送达决定书", self.number)
        who.press(re.compile("^起草"))
        who.issue(is_signed=False)
        who.take_up("登记许可", self.number)
        who.press("登记许可，颁发许可证")
        self.hand_over("颁发、送达决定书", said.PERSON)
        self.hand_in()
        self.publish("公开许可决定")


class Measure(Kind):
    """Tools seized on the street and given back."""

    def open(self) -> None:
        """Out of nothing but what was seen: the firm, the two officers, the measure."""
        who = self["handler"]
        who.go("/")
        who.follow("查封、扣押")
        who.fill("案由", "未经核准处置渣土")
        who.fill("地点", said.PLACE)
        who.choose(SECOND)
        who.choose("法人或者其他组织")
        self.name_party(who)
        who.fill("住址或者住所", said.PARTY["address"])
        who.press("启动")
        self.opened(who)
        who.take_up("确认措施", self.number)
        who.choose("扣押")
        for label, key in (
            *(("场所、设施或者财物", "objects"), ("理由", "reason"), ("依据", "basis")),
            ("存放地点和保管要求", "keeping"),
        ):
            who.fill(label, str(said.MEASURE[key]))
        who.page.get_by_label(re.compile("^与违法行为有关")).check()
        who.press("确认")

    def approve(self) -> None:
        """The head approves before anything is touched."""
        who = self["handler"]
        who.press(re.compile("^起草"))
        who.fill(re.compile("^承办人意见"), "情况属实，建议扣押。")
        who.send(is_signed=False)
        self.answer("unit_head", "决定审批", "同意。")
        self.answer("head", "决定审批", "同意扣押。")

    def seize(self) -> None:
        """On the spot: told, heard, listed, signed, handed over."""
        who = self.phone
        who.take_up("到现场实施", self.number)
        who.follow(re.compile("^开始"))
        who.choose("已向对方出示执法证件，说明身份")
        who.press(re.compile("^开始"))
        who.page.get_by_label("记录人").select_option(label="何示例")
        for label, key in (
            *(("通知当事人到场", "called"), ("当场告知", "told"), ("当事人陈述申辩", "heard")),
            *(("现场情况", "content"), ("核对情况", "confirmation")),
        ):
            who.fill(re.compile(label), said.SCENE[key])
        who.press("记下")
        who.sees("已记下")

    def sign_and_hand_over(self) -> None:
        """Decision, list and record are made on the spot, signed and handed over."""
        who = self.phone
        for paper in ("查封（扣押）决定书", "查封（扣押）清单", "实施行政强制措施现场笔录"):
            who.press(f"起草《{paper}》")
            if paper.endswith("清单"):
                for label, key in ITEM_COLUMNS:
                    who.fill_first(label, said.ITEMS[0][key])
            who.issue()
            who.follow("回到活动")
        self.course(on_phone=True)
        for _ in range(2):
            who.follow("登记当场交付")
            who.press("已交付")
            who.sees("已登记交付")

    def leave(self) -> None:
        """Everything is handed over: the officers leave, their footage is handed in."""
        who = self.phone
        who.follow(re.compile("^继续现场记录"))
        who.follow(re.compile("^结束"))
        who.press("结束活动")
        who.sees("活动已结束")
        self.hand_in()

    def lift(self) -> None:
        """The reason is gone: lifted, told, everything given back."""
        who = self["handler"]
        who.take_up("处理或者解除", self.number)
        who.follow("解除并退还")
        who.fill("查清的事实和理由", said.LIFTING)
        who.press("起草处理文书")
        who.issue()
        self.hand_over("送达处理决定", said.PERSON)
        self.hand_in()
        who.take_up("登记返还和处理结果", self.number)
        who.follow("登记返还")
        who.fill("返还情况", "逐件清点，完好。")
        who.press("登记")
        who.sees("返还已登记")


class Levy(Kind):
    """A fee assessed, decided, paid."""

    def open(self) -> None:
        """The payer and what is owed."""
        who = self["handler"]
        who.go("/")
        who.follow("行政征收")
        who.fill("案由", "征收城市生活垃圾处理费")
        who.fill("地点", said.PARTY["address"])
        who.choose("依职权")
        who.choose(SECOND)
        self.name_party(who)
        who.fill("住址或者住所", said.PARTY["address"])
        who.press("启动")
        self.opened(who)
        who.take_up("确认征收事项", self.number)
        for label, key in (
            *(("征收项目", "item"), ("事实", "facts"), ("依据", "basis")),
            *(("征收标准", "standard"), ("计征数量", "quantity")),
        ):
            who.fill(label, str(said.LEVY[key]))
        who.fill("金额（元）", "1800")
        who.fill("缴纳期限", f"{self.served.now().date() + dt.timedelta(days=20)}")
        who.press("确认")

    def decide(self) -> None:
        """Approved, decided, handed over."""
        who = self["handler"]
        who.press(re.compile("^起草.*审批表"))
        who.fill(re.compile("^承办人意见"), "事实清楚，建议征收。")
        who.send(is_signed=False)
        self.answer("unit_head", "决定审批", "同意。")
        self.answer("head", "决定审批", "同意征收。")
        who.take_up("制作征收决定书", self.number)
        who.press(re.compile("^起草.*决定书"))
        who.issue(is_signed=False)
        self.hand_over("送达征收决定书", said.PERSON)
        self.hand_in()

    def pay(self) -> None:
        """Paid in full."""
        who = self["handler"]
        who.take_up("登记缴纳情况", self.number)
        who.fill("票据号", "虚财票故事0009")
        who.press("登记")
        who.sees("已登记")


# -- the stories -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def people() -> dict[str, Person]:
    return {}


@pytest.fixture
def begun(browser: Browser, served: Served, tmp_path: Path, people: dict[str, Person]) -> Begun:
    """A case of a kind, about to begin."""

    def begin(kind: type[Clicked]) -> Clicked:
        return kind(browser, served, tmp_path, Chapter("", is_kept=False), people)

    return begin


def is_packed(case: Clicked) -> bool:
    """The package of the archived case is whole."""
    package(case.number, case.folder / "package", case.served.home)
    return bool(bagit.Bag(str(case.folder / "package")).validate())


def test_an_inspection_is_drawn_carried_out_told_made_public_and_archived(begun: Begun) -> None:
    inspection: Inspection = begun(Inspection)
    inspection.announce()
    inspection.draw()
    inspection.approve()
    inspection.notify()
    inspection.inspect()
    inspection.tell()
    inspection.finish()
    assert is_packed(inspection)


def test_a_licence_is_applied_for_supplemented_verified_granted_and_archived(begun: Begun) -> None:
    licence: Licence = begun(Licence)
    licence.apply()
    licence.supplement()
    licence.verify()
    licence.decide()
    licence.finish()
    assert is_packed(licence)


def test_a_seizure_is_approved_carried_out_lifted_and_archived(begun: Begun) -> None:
    measure: Measure = begun(Measure)
    measure.open()
    measure.approve()
    measure.seize()
    measure.sign_and_hand_over()
    measure.leave()
    measure.lift()
    measure.publish("公开查封（扣押）决定")
    measure.finish()
    assert is_packed(measure)


def test_a_levy_is_decided_served_paid_and_archived(begun: Begun) -> None:
    levy: Levy = begun(Levy)
    levy.open()
    levy.decide()
    levy.pay()
    levy.publish("公开征收决定")
    levy.finish()
    assert is_packed(levy)


def test_nobody_met_a_fault_and_the_home_verifies(
    served: Served, people: dict[str, Person]
) -> None:
    for person in people.values():
        person.leave()
    verified = liuhen("verify", "--home", served.home)
    assert verified.returncode == 0, verified.stdout
