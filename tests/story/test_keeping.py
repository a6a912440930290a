"""Articles 40 to 43 and 45 to 47 in the browser, on the demonstration: found, asked for, looked at,
kept, classified, copied for a party and for a court, put right. Articles 38, 39 and 44 are in the
other stories.
"""

from __future__ import annotations

import datetime as dt
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.chromium import CHROMIUM
from tests.story.conftest import Served, liuhen
from tests.story.person import DESKTOP, Person

# What waits for a job waits behind all that the demonstration left to do, on a slow machine longer.
JOBS_SECONDS = 600
# Parties of filed cases of the demonstration that no other story touches.
PARTY, OTHER, CLOSED = "刘样例", "马演示", "何虚构"
COURT = "虚构市中级人民法院"


class Screens:
    """Everybody at their screens, and the filed case of the demonstration."""

    def __init__(self, browser: Browser, served: Served) -> None:
        self.browser, self.served = browser, served
        self.people: dict[str, Person] = {}
        self.recording = ""

    def __getitem__(self, username: str) -> Person:
        if username not in self.people:
            self.people[username] = Person(self.browser, self.served, username, DESKTOP)
        return self.people[username]

    def day(self, after: int) -> str:
        """A day by the clock of the demonstration."""
        return (self.served.now() + dt.timedelta(days=after)).date().isoformat()

    def path(self, who: Person) -> str:
        """Where somebody is, without the server's address."""
        return who.page.url.removeprefix(self.served.url)

    def agree(self, who: Person, words: str) -> None:
        """Say yes, with an opinion."""
        who.page.locator("main").get_by_label("意见").last.fill(words)
        with who.page.expect_navigation():
            who.page.get_by_role("button", name="同意", exact=True).last.click()

    def wait_for_job(self, who: Person, label: str) -> None:
        """Load the page again until a job has done what offers this field."""
        late = time.monotonic() + JOBS_SECONDS
        while not who.page.get_by_label(label).count() and time.monotonic() < late:
            who.page.wait_for_timeout(3000)  # a page drawn again keeps the job waiting
            who.page.reload()

    def case(self, party: str = PARTY) -> str:
        """The address of a party's case, found by the records manager."""
        who = self["records"]
        who.go(f"/search/?party={party}&kind=case")
        who.page.locator(".lh-found a").first.click()
        expect(who.page).to_have_url(re.compile("/cases/"))
        return self.path(who)


@pytest.fixture(scope="module")
def screens(browser: Browser, served: Served) -> Iterator[Screens]:
    made = Screens(browser, served)
    yield made
    for one in made.people.values():
        one.leave()


def test_article_40_a_record_is_found_by_its_party_with_its_picture(screens: Screens) -> None:
    who = screens["records"]
    who.go("/search/")
    who.fill("关键词", PARTY)
    who.page.get_by_text("更多条件").click()
    who.page.get_by_label("记录", exact=True).select_option(label="音像记录")
    who.page.get_by_label("案件环节").select_option(label="归档")
    who.fill("承办人姓名", "张示例")
    who.press("查找")
    who.sees(re.compile("共 . 条"))
    screens.wait_for_job(who, "显示缩略图的事由")
    assert who.page.locator(".lh-found-picture").count() == 0
    who.fill("显示缩略图的事由", "辨认现场")
    who.press("登记调阅并显示缩略图")
    who.sees("已逐件登记调阅")
    picture = who.page.locator(".lh-found-picture").first
    expect(picture).to_be_visible()
    assert picture.evaluate("one => one.decode().then(() => one.naturalWidth)") > 0
    for view in ("时间线", "地图", "列表"):
        who.follow(view)
        expect(who.page.locator("#found-title")).to_be_visible()
    who.page.locator(".lh-found li").filter(has_text=".mp4").locator("a").first.click()
    expect(who.page).to_have_url(re.compile("/recordings/"))
    screens.recording = screens.path(who)
    who.sees("辨认现场")


def test_article_40_who_leaves_hands_over_what_is_listed_before_the_account_closes(
    screens: Screens,
) -> None:
    security, head = screens["security"], screens["unit_head"]
    mover, taker = screens["mover"], screens["officer3"]
    security.go("/people/?q=蒋调动")
    security.follow("蒋调动")
    security.sees("变动前须移交")
    account = screens.path(security)

    def close_account() -> None:
        security.go(f"{account}deactivate/")
        security.fill("理由", "调离本机关")
        security.confirm("停用账号")

    close_account()
    held = security.page.locator(".lh-refusal")
    for what in ("案件 1 件", "未标注的音像记录 1 份", "DEMO-0004", "未答复的审批 1 件"):
        expect(held).to_contain_text(what)
    head.go("/hand-overs/new/")
    head.page.get_by_label("移交人").select_option(label="蒋调动")
    head.page.get_by_label("接收人").select_option(label="何示例")
    head.fill("事由", "调离本机关")
    head.press("列出")
    head.sees("待移交")
    for kind, what in (
        *(("案件", "未保持责任区整洁"), ("未标注音像", ".mp4")),
        *(("执法设备", "DEMO-0004"), ("待答复的审批", "备案")),
    ):
        row = head.page.get_by_role("row").filter(has_text=kind).filter(has_text=what)
        expect(row.first).to_be_visible()
    mover.take_up("移交手里的事项", "何示例")
    mover.press("全部移交")
    mover.sees("待接收")
    taker.take_up("接收移交的事项", "蒋调动")
    taker.press("核对无误，接收")
    taker.sees("待监交")
    close_account()
    expect(held).to_contain_text("没有经过监交")
    head.take_up("监交人员交接", "蒋调动")
    head.press("监交")
    head.sees("交接清单")
    taker.go("/")
    taker.sees("未保持责任区整洁")
    close_account()
    security.sees("账号已停用")
    mover.go("/")
    expect(mover.page.get_by_label("密码")).to_be_visible()


def test_articles_42_and_43_no_approval_no_look_and_each_look_in_the_register(
    screens: Screens,
) -> None:
    officer, leader = screens["officer"], screens["deputy"]
    officer.go(screens.recording)
    officer.sees("您现在没有可用的调阅批准")
    officer.follow("申请调阅")
    officer.fill("用途", "答复复议申请人")
    officer.fill("期限至", screens.day(3))
    officer.press("报分管负责同志")
    officer.sees("待批准")
    leader.go("/viewing-requests/")
    screens.agree(leader, "同意调阅")
    officer.go(screens.recording)
    officer.fill("调阅事由", "核对当时的告知")
    officer.press("登记并查看")
    mark = officer.page.locator(".lh-pl-watermark")
    expect(mark).to_be_visible()
    assert "张示例" in (mark.text_content() or "") and "调阅已登记" in (mark.text_content() or "")
    supervisor = screens["supervisor"]
    supervisor.go(screens.recording)
    row = supervisor.page.get_by_role("row").filter(has_text="核对当时的告知")
    expect(row.filter(has_text="张示例").filter(has_text="孙分管")).to_be_visible()
    supervisor.go("/register/?show=viewed")
    expect(row.filter(has_text="张示例").filter(has_text="孙分管")).to_be_visible()


def test_article_41_a_class_rises_with_the_facts_never_falls_and_what_is_held_stays(
    screens: Screens,
) -> None:
    who, officer = screens["records"], screens["officer"]
    case = screens.case(CLOSED)
    who.page.locator("#recordings .lh-recording h3 a").first.click()
    expect(who.page).to_have_url(re.compile("/recordings/"))
    recording = screens.path(who)
    kept = who.page.locator("section", has=who.page.locator("#kept-title"))
    expect(kept).to_contain_text("随案卷保管")
    expect(kept).to_contain_text("许可、处罚、强制、征收案件的记录随案卷保管")
    officer.go(f"{case}activities/")
    officer.page.get_by_role("table").get_by_role("link").first.click()
    officer.follow("说明情况")
    officer.sees("说明活动的情况")
    scene = screens.path(officer)

    def learned(answer: str, how: str) -> None:
        officer.go(scene)
        told = officer.page.get_by_role("group", name=re.compile("当事人有异议"))
        told.get_by_label(answer, exact=True).check()
        officer.fill("怎样得知、理由", how)
        officer.press("记下")
        officer.sees("已记下")
        who.go(recording)
        expect(kept).to_contain_text("永久")

    def ask_to_lower() -> None:
        who.follow("更正类别")
        who.fill("理由", "登记有误")
        who.press("提出")

    learned("是", "当事人来信投诉。")
    expect(kept).to_contain_text("当事人有异议")
    ask_to_lower()
    expect(who.page.locator(".lh-refusal")).to_contain_text("不能更正")
    learned("否", "来信说的是另一件事，登记错了。")
    ask_to_lower()
    expect(kept).to_contain_text("待第二人确认")
    expect(kept).to_contain_text("永久")
    who.follow("暂缓处置")
    who.fill("理由", "复议期间")
    who.press("暂缓处置")
    who.go(recording)
    who.sees("复议期间")
    who.go("/retention/")
    who.sees("期满处置没有启用")


def test_articles_42_and_43_a_court_gets_a_disc_approved_registered_and_verified_without_the_house(
    screens: Screens, tmp_path: Path
) -> None:
    officer, leader, reader = screens["officer"], screens["deputy"], screens["supervisor"]
    officer.go(screens.case())
    officer.follow("复制案卷")
    number = officer.page.locator(".lh-case-number").inner_text()
    officer.follow("申请复制")
    officer.fill("交给", COURT)
    officer.page.get_by_label("内容").select_option(label="人民法院、复议机关，正卷和副卷")
    officer.fill("用途", "调卷函〔2026〕9号")
    officer.press("报分管负责同志")
    asked = officer.page.get_by_role("listitem").filter(has_text=COURT)
    expect(asked).to_contain_text("待批准")
    leader.take_up("批准复制案卷", COURT)
    row = leader.page.get_by_role("listitem").filter(has_text=COURT)
    row.get_by_label("意见").fill("同意复制")
    row.get_by_role("button", name="同意", exact=True).click()
    leader.sees("已同意")
    disc = tmp_path / "disc"
    by = ("--recipient", COURT, "--home", screens.served.home)
    written = liuhen("disc", number, "--out", disc, "--folder", *by)
    assert written.returncode == 0, written.stderr
    officer.page.reload()
    expect(asked).to_contain_text("已复制")
    reader.go("/register/?show=copied")
    registered = reader.page.get_by_role("row").filter(has_text=COURT)
    expect(registered.filter(has_text=number).filter(has_text="孙分管")).to_be_visible()
    # The browser people have, with no server to ask.
    court = screens.browser.browser_type.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
    page = court.new_page(locale="zh-CN")
    page.goto((disc / "核验.html").as_uri())
    page.set_input_files("#folder", disc)
    result = page.locator("#result")
    expect(result).to_have_attribute("data-state", "green")
    expect(result).to_contain_text(number)
    court.close()


def test_article_46_a_party_gets_copies_checked_approved_and_receipted(screens: Screens) -> None:
    officer, keeper, leader = screens["officer"], screens["records"], screens["deputy"]
    officer.go(f"{screens.case()}copies/new/")
    officer.fill("申请人", PARTY)
    officer.fill("身份核对", "居民身份证，人证一致")
    officer.fill("用途", "行政复议")
    officer.page.get_by_label(re.compile("当场行政处罚决定书")).first.check()
    officer.press("受理")
    officer.sees("已受理")
    page = screens.path(officer)
    keeper.go(page)
    keeper.page.get_by_label(re.compile("怎样提供")).select_option(label="可以提供")
    keeper.fill("保密审查意见", "不涉密")
    keeper.press("提交审查意见")
    leader.go(page)
    screens.agree(leader, "同意复制")
    keeper.go(page)
    with keeper.page.expect_navigation():
        keeper.press("制作复制件")
    screens.wait_for_job(keeper, "领取人")
    keeper.fill("身份核对", "居民身份证")
    keeper.press("登记交付并生成回执")
    keeper.sees("回执")


def test_article_47_a_breach_is_decided_ordered_put_right_and_checked(screens: Screens) -> None:
    supervisor, head = screens["supervisor"], screens["unit_head"]
    supervisor.go("/suspicions/new/")
    supervisor.page.get_by_label("情形").select_option(label="未按规定进行记录")
    unit = supervisor.page.get_by_label("涉及的机构")
    value = unit.locator("option").filter(has_text="一支队").get_attribute("value")
    unit.select_option(value)
    supervisor.fill("依据的事实", "三月十二日的检查没有携带记录仪，由投诉得知。")
    supervisor.press("登记")
    supervisor.sees("已登记")
    found = screens.path(supervisor)
    supervisor.follow("逐项认定")
    for label, answer in (("行为是否属实", "是"), ("情节是否严重", "否")):
        group = supervisor.page.get_by_role("group", name=re.compile(label))
        group.get_by_label(answer, exact=True).check()
    for one in supervisor.page.get_by_label("理由").all():
        one.fill("有出警记录，当事人陈述一致。")
    supervisor.press("认定")
    supervisor.follow("责令限期整改")
    supervisor.fill("整改要求", "补记说明，检查全队记录仪。")
    supervisor.fill("整改期限", screens.day(10))
    supervisor.press("下达")
    supervisor.sees("已下达")
    head.go(found)
    head.follow("报告整改结果")
    head.fill("整改情况", "已补记说明，记录仪全部检查。")
    head.fill("防止再次发生的措施", "出勤前逐台核对。")
    if head.page.locator("canvas").count():
        head.sign("签名")
    head.press("签名并报告")
    head.sees("等待复查")
    supervisor.go(found)
    supervisor.follow("复查")
    supervisor.page.get_by_label("整改到位，了结").check()
    supervisor.fill("复查情况", "现场核对属实。")
    supervisor.press("提交复查")
    supervisor.sees("整改到位")


def test_article_45_a_case_that_touches_privacy_is_gone_for_who_need_not_know(
    screens: Screens,
) -> None:
    officer, reader = screens["officer"], screens["supervisor"]
    case = screens.case(OTHER)
    reader.go(case)
    reader.sees(OTHER)
    officer.go(f"{case}secrecy/class/")
    for touched, reason in (("国家秘密", "试填"), ("个人隐私", "有病历")):
        officer.page.get_by_label(re.compile("^涉及")).select_option(label=touched)
        officer.fill("理由", reason)
        officer.press("确定密级")
        if touched == "国家秘密":
            expect(officer.page.locator(".lh-refusal")).to_be_visible()
    officer.sees("密级已登记")
    reader.go(case)
    reader.sees("没有找到这个页面")
    reader.go(f"/search/?party={OTHER}")
    reader.sees("没有找到")
