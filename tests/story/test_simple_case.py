"""A fine on the spot, from the street to the verified package, clicked in a real browser.

With LIUHEN_TOUR set, the story also writes docs/tour.md and its pictures.
"""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import bagit
from playwright.sync_api import Browser, Page, expect

from liuhen.kernel import clock
from liuhen.media.scene import Scene
from liuhen.media.synthetic import make_video
from tests.story.conftest import Served, liuhen, package
from tests.story.person import DESKTOP, PHONE, Person
from tests.story.tour import Chapter, Tour

CHARACTERS_A_MINUTE = 40  # of Chinese, by somebody who is not quick on a phone


def begin_on_the_spot(officer: Person) -> None:
    page = officer.go("/simple/")
    page.get_by_label("协办执法人员").select_option(label="李示例")
    officer.fill("地点", "虚构市示例区故事路1号门前")
    page.get_by_label("两名执法人员均已向当事人出示执法证件").check()
    officer.press("开始执法活动")


def record_facts(officer: Person, tour: Chapter) -> None:
    page = officer.page
    page.get_by_label("公民", exact=True).check()
    officer.fill("姓名或者名称", "史故事")
    page.get_by_label("常见违法行为").select_option(label="占用道路堆放物料")
    officer.fill("违法事实", "当事人在故事路1号门前人行道堆放砖块约一平方米。")
    tour.show(officer.page, "facts", "认定事实", "A common offence fills in the law by itself.")
    officer.press("记下并继续")


def test_a_fine_on_the_spot_runs_from_the_street_to_the_verified_package(
    browser: Browser, served: Served, tmp_path: Path, tour: Tour
) -> None:
    chapter = tour.chapter(1, "从街头到归档：简易程序")
    officer = Person(browser, served, "officer", PHONE)
    chapter.show(officer.page, "desk", "执法人员的工作台", "The officer's desk on a phone.")
    begin_on_the_spot(officer)
    record_facts(officer, chapter)
    officer.press("已口头告知")
    officer.page.get_by_label("口头表示放弃").check()
    officer.press("记下并继续")
    decide(officer)
    sign_and_hand_over(officer, chapter)
    collect_and_end(officer)
    tell_typing(officer, chapter)
    case_path = leave_for_the_office(officer, served, tmp_path, chapter)
    approve_filing(browser, served, officer, case_path)
    number = close_and_bind(browser, served, officer, case_path, chapter)
    archive(browser, served, officer, case_path, chapter)
    officer.leave()
    verify_package(served, number, tmp_path / "package", chapter)


def decide(officer: Person) -> None:
    page = officer.page
    page.get_by_label("罚款", exact=True).check()
    officer.fill("罚款金额", "50")
    page.get_by_label("当场收缴", exact=True).check()
    page.get_by_label("一百元以下罚款").check()
    officer.press("起草决定书")


def sign_and_hand_over(officer: Person, tour: Chapter) -> None:
    page = officer.page
    expect(page.get_by_role("heading", name=re.compile("阅看并签字"))).to_be_visible()
    for legend in ("当事人 史故事", "执法人员 张示例", "执法人员 李示例"):
        officer.sign(legend)
    tour.show(page, "simple", "阅看并签字", "The party reads the decision and signs on glass.")
    officer.press("签字完毕，制作决定书")
    expect(page.get_by_text(re.compile("虚城管当罚字")).first).to_be_visible()
    officer.press("已交付")


def collect_and_end(officer: Person) -> None:
    officer.fill("票据号", "虚财票故事0001")
    officer.press("登记收缴")
    officer.choose("平稳：没有争执冲突，不是突发事件，当事人配合")
    officer.press("结束活动")
    expect(officer.page.get_by_text("当场处罚已办结")).to_be_visible()


def tell_typing(officer: Person, tour: Chapter) -> None:
    """What must be typed on the street stays under two minutes of typing on a phone."""
    fields, characters = len(officer.typed), sum(map(len, officer.typed))
    seconds = round(characters / CHARACTERS_A_MINUTE * 60)
    assert characters <= 2 * CHARACTERS_A_MINUTE, officer.typed
    words = (
        f"Typed on the phone from the certificate to the end: {fields} fields, {characters} "
        f"characters, {seconds} seconds at {CHARACTERS_A_MINUTE} characters a minute. "
        "All else is chosen, ticked or signed."
    )
    tour.tell("打字的分量", words)


def leave_for_the_office(officer: Person, served: Served, folder: Path, tour: Chapter) -> str:
    """Back at the office: the footage of the whole activity is uploaded and labelled."""
    page = officer.page
    page.get_by_role("link", name=re.compile("案件与入库")).click()
    case_path = page.url.removeprefix(served.url).partition("#")[0]
    started, ended = activity_span(page)
    video = folder / f"DEMO-0001_{clock.local(started):%Y%m%d_%H%M%S}.mp4"
    length = round((ended - started).total_seconds() * 1000)
    make_video(video, Scene(started_at=started), duration_ms=length, pictures_per_second=2)
    page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
    officer.go(f"{case_path}upload/")
    page.locator("input[type=file]").first.set_input_files(video)
    expect(page.locator(".lh-up-row").get_by_text("已入库")).to_be_visible(timeout=60_000)
    label(officer, case_path, ended)
    officer.go(case_path)
    expect(page.locator("#recordings").get_by_text("无缺口")).to_be_visible()
    tour.show(page, "case", "案件全过程", "The case: stages, activity, footage, papers, ledger.")
    return case_path


def activity_span(page: Page) -> tuple[dt.datetime, dt.datetime]:
    """The activity's span as the page tells it (whole seconds), a little widened."""
    head = page.locator("#recordings .lh-activity-head").first.inner_text()
    found = re.search(r"(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) 至 (\d\d:\d\d:\d\d)", head)
    assert found is not None, head
    day, begin, end = found.groups()
    margin = dt.timedelta(seconds=2)
    started = dt.datetime.fromisoformat(f"{day}T{begin}").replace(tzinfo=clock.CHINA)
    ended = dt.datetime.fromisoformat(f"{day}T{end}").replace(tzinfo=clock.CHINA)
    return started - margin, ended + margin


def label(officer: Person, case_path: str, returned: dt.datetime) -> None:
    """The label of Art. 39: party, handler, place and kind of event; the return to the office."""
    page = officer.go(case_path)
    page.locator("#recordings .lh-recording h3 a").first.click()
    page.get_by_role("button", name="保存标注").click()
    expect(page.get_by_text("标注已保存")).to_be_visible()
    page.locator("input[name$=returned_at]").fill(f"{clock.local(returned):%Y-%m-%dT%H:%M:%S}")
    page.get_by_role("button", name="登记返回时间").click()
    expect(page.get_by_text("返回时间已").first).to_be_visible()


def answer(
    browser: Browser, served: Served, username: str, opinion: str, *, is_signed: bool = False
) -> None:
    """Somebody else comes to the desk and approves what waits for them."""
    person = Person(browser, served, username, DESKTOP)
    page = person.go("/approvals/")
    page.get_by_role("row", name=re.compile("占用道路堆放物料")).last.get_by_role(
        "link", name=re.compile("审批")
    ).last.click()
    page.get_by_label("同意", exact=True).check()
    page.get_by_label("审批意见").fill(opinion)
    if is_signed:
        person.sign("签名")
    person.press(re.compile("提交"))
    expect(page.get_by_text("审批已记录")).to_be_visible()
    person.leave()


def approve_filing(browser: Browser, served: Served, officer: Person, case_path: str) -> None:
    page = officer.go(f"{case_path}performance/")
    officer.confirm("登记已交")
    page.wait_for_load_state()
    officer.confirm("登记已缴")
    officer.go(f"{case_path}filing/")
    officer.press(re.compile("报请备案"))
    answer(browser, served, "unit_head", "同意备案。")


def close_and_bind(
    browser: Browser, served: Served, officer: Person, case_path: str, tour: Chapter
) -> str:
    page = officer.go(f"{case_path}closing/")
    officer.sign("经办人")
    officer.press("报请结案")
    expect(page.get_by_text("报告已报送")).to_be_visible()
    answer(browser, served, "deputy", "同意结案。", is_signed=True)
    officer.go(f"{case_path}binding/")
    page.get_by_label("检查人").select_option(label="赵队长")
    officer.confirm(re.compile("立卷"))
    expect(page.get_by_text("已立卷").first).to_be_visible()
    tour.show(page, "binding", "立卷", "The bound file: cover, catalogue, page numbers, end note.")
    officer.go(case_path)
    return str(page.locator(".lh-case-number").inner_text()).split()[0]


def archive(
    browser: Browser, served: Served, officer: Person, case_path: str, tour: Chapter
) -> None:
    page = officer.go(f"{case_path}hand-over/")
    page.get_by_label(re.compile("留存案卷复制件")).check()
    officer.press(re.compile("移交"))
    archivist = Person(browser, served, "archivist", DESKTOP)
    room = archivist.go(f"{case_path}hand-over/")
    room.get_by_label("归档号").fill("虚档〔2026〕9001")
    archivist.press(re.compile("接收"))
    expect(room.get_by_text("虚档〔2026〕9001").first).to_be_visible()
    tour.show(archivist.go("/trust/"), "verify", "信任与核验", "The log behind every record.")
    archivist.leave()


def verify_package(served: Served, number: str, folder: Path, tour: Chapter) -> None:
    """The package is valid for the common tool; the whole system verifies."""
    written = package(number, folder, served.home)
    assert bagit.Bag(str(folder)).validate()
    assert list((folder / "data" / "proofs").glob("*.tlog-proof"))
    verified = liuhen("verify", "--home", served.home)
    assert verified.returncode == 0, verified.stdout
    tour.tell(
        "核验",
        "`liuhen package` and `liuhen verify` at the end of the story.",
        written.replace(str(folder), "package") + verified.stdout,
    )
