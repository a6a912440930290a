"""The first half of an ordinary case, clicked: complaint, investigation, defence. Not a test."""

from __future__ import annotations

import re

from liuhen.demo.ordinary_words import DUMPING as WORDS
from tests.story.clicked import Clicked
from tests.story.person import Person

LEAD, PARTY = WORDS.lead, WORDS.party
CIRCUMSTANCES = (
    ("重大案件", "否"),
    ("情节复杂", "是"),
    ("拟给予较重处罚", "否"),
    ("组织过专家论证", "否"),
)
SECOND, HANDLER = "何示例（证号 虚证000012）", "王承办（证号 虚证000003）"


class Investigation(Clicked):
    """The front half: complaint, initiation, investigation, notice, defence."""

    # -- the lead ----------------------------------------------------------------------------

    def register(self) -> None:
        """An officer takes the complaint down."""
        who = self["officer3"]
        who.go("/")
        who.follow("登记线索")
        who.choose("投诉")
        who.choose("实名")
        who.fill("姓名", LEAD["reporter_name"])
        who.fill("联系方式", LEAD["reporter_contact"])
        who.fill("被反映的单位或者个人", LEAD["subject"])
        who.fill("发生地点", LEAD["place"])
        who.fill("线索内容", LEAD["content"])
        who.sign("登记人")
        who.press("登记线索")
        who.sees("线索已登记")
        self.number = who.page.locator(".lh-case-number").inner_text().split()[0]

    def assign(self) -> None:
        """The unit's head hands it to a handler and a second officer."""
        who = self["unit_head"]
        who.take_up("分派线索", self.number)
        who.page.get_by_label("承办人").first.select_option(label=HANDLER)
        who.choose(SECOND)
        who.choose(HANDLER)
        who.press("分派")
        who.sees("线索已分派")

    def check(self) -> None:
        """The handler checks it, and records the party."""
        who = self["handler"]
        who.take_up("处理案源", self.number)
        who.follow("记录核查")
        who.fill("核查情况", "现场查看，反映的情况属实，有初步证据证明存在违法行为。")
        who.press(re.compile("^记"))
        who.sees("核查情况已记录")
        who.follow("报请立案")
        who.follow("去补上")
        who.follow("登记当事人")
        who.choose("当事人")
        who.choose("法人或者其他组织")
        who.fill("姓名或者名称", PARTY["name"])
        who.page.get_by_label("证件类别").select_option(label="统一社会信用代码")
        who.fill("证件号码", PARTY["identity_number"])
        who.fill("法定代表人或者负责人", PARTY["representative"])
        who.fill("住址或者住所", PARTY["address"])
        who.press("登记")
        who.sees("已登记")

    def initiate(self) -> None:
        """The form of initiation: drafted, signed by both officers, approved by the heads."""
        who = self["handler"]
        who.take_up("处理案源", self.number)
        who.follow("报请立案")
        who.fill("事由（案由）", WORDS.findings["cause"])
        who.press("起草立案审批表")
        who.sees("立案审批表已起草")
        who.send()
        self.answer("unit_head", "程序启动审批", "情况属实，同意立案。")
        self.answer("legal", "程序启动审批", "主体适格，属本机关管辖，同意。")
        self.answer("head", "程序启动审批", "同意立案。")

    # -- activities, on a phone ----------------------------------------------------------------

    def open_case(self) -> None:
        """The case has its number; the handler goes on from My desk."""
        who = self.phone
        who.take_up("开展调查", WORDS.findings["cause"])
        who.sees("开始一项活动")
        self.path = who.page.url.removeprefix(self.served.url).removesuffix("activities/")
        self.number = who.page.locator(".lh-case-number").inner_text().split()[0]

    def inspect(self) -> None:
        """On the spot: certificates shown, the scene described, the record signed there."""
        who = self.begin("检查、勘验")
        self.tour.show(who.page, "scene", "到现场", "On the phone: identity first, then the scene.")
        who.press(re.compile("^开始"))
        who.sees("检查、勘验已开始")
        self.describe(who, "现场情况", WORDS.scene)
        who.press(re.compile("起草《现场检查"))
        who.issue(tour=(self.tour, "glass", "在玻璃上签名", "The party signs each page on glass."))
        self.leave_activity(who)
        self.hand_in()

    def describe(self, who: Person, label: str, words: str) -> None:
        who.page.get_by_label("记录人").select_option(label="何示例")
        who.page.get_by_label("权利告知").select_option(label="已告知，当事人表示清楚")
        who.fill(label, words)
        who.press("记下")
        who.sees("已记下")

    def inquire(self) -> None:
        """In the office: questions and answers, signed page by page."""
        who = self.begin("调查询问")
        who.fill("地点", "虚构市城市管理综合行政执法一支队询问室")
        who.choose("在办公场所")
        who.press(re.compile("^开始"))
        who.sees("调查询问已开始")
        self.describe(who, "与本案的关系", WORDS.relation)
        who.press(re.compile("起草《调查询问"))
        who.sees("已起草")
        for at, (question, answer) in enumerate(WORDS.dialogue):
            who.page.get_by_label("问", exact=True).nth(at).fill(question)
            who.page.get_by_label("答", exact=True).nth(at).fill(answer)
        who.issue()
        self.leave_activity(who)
        self.hand_in()

    # -- conclusion, notice, defence -----------------------------------------------------------

    def conclude(self) -> None:
        """Findings, the footage in words, the proposal, the circumstances, the report."""
        who = self["handler"]
        who.take_up("作出调查结论", self.number)
        who.follow("认定事实和证据")
        for label, key in (("违法事实", "facts"), ("违反的规定", "breached")):
            who.fill(label, WORDS.findings[key])
        who.fill("案件定性", WORDS.findings["characterisation"])
        who.fill("调查经过", WORDS.findings["course"])
        for at, proves in enumerate(("现场状况", "当事人承认违法事实", "现场状况和执法经过")):
            who.page.get_by_label("证明内容").nth(at).fill(proves)
        who.press("记下")
        self.explain_footage(who)
        who.follow("提出处罚建议")
        who.fill("处罚依据", WORDS.penalty["basis"])
        who.fill("裁量理由", WORDS.penalty["discretion"])
        who.fill("责令改正", WORDS.penalty["correction"])
        who.choose("罚款")
        who.fill("罚款金额（元）", "100000")
        who.press("记下")
        who.follow("确认案件情形")
        for question, answer in CIRCUMSTANCES:
            who.page.get_by_role("group", name=question).get_by_label(answer, exact=True).check()
        who.choose("案情疑难复杂、涉及多个法律关系")
        who.press("确认")
        self.tour.show(who.page, "conclusion", "调查结论", "Findings, evidence, proposal, report.")
        who.press(re.compile("^起草"))
        who.issue()

    def explain_footage(self, who: Person) -> None:
        """The recording among the evidence gets its words and a disc in the file (Art. 44)."""
        who.follow("音像证据")
        who.press(re.compile("起草文字说明.*DEMO-0003_.*_1"))
        who.fill(re.compile("^制作设备"), "执法记录仪 DEMO-0003")
        who.page.get_by_label("时间段", exact=True).first.fill("全程")
        words = "执法人员出示证件，现场检查并制作笔录。"
        who.page.get_by_label("画面内容、声音文字").first.fill(words)
        who.issue()
        who.go(f"{self.path}evidence/")
        who.follow(re.compile("^登记光盘"))
        who.fill("光盘编号", "盘-1")
        who.press("登记")
        who.sees("光盘已入卷")
        who.go(f"{self.path}conclusion/")

    def notify(self) -> None:
        """The prior notice, with the right to a hearing; served in person, signed for."""
        who = self["handler"]
        who.take_up("制作并送达告知书", self.number)
        who.sees("应当告知听证权利")
        who.press(re.compile("^起草"))
        who.issue(is_signed=False)
        door = self.phone
        door.take_up("制作并送达告知书", self.number)
        door.follow("去送达")
        self.arrive(door)
        door.choose("法定代表人或者负责人")
        door.press("制作送达回证")
        self.sign_receipt(door, "受送达人 曹样例", "送达人 何示例", "送达人 王承办")
        self.hand_in()

    def hear(self) -> None:
        """The party states its defence and waives the hearing."""
        who = self["handler"]
        who.take_up("记录陈述申辩", self.number)
        who.follow("听取陈述申辩")
        who.fill("地点", "虚构市城市管理综合行政执法一支队接待室")
        who.choose("已出示执法证件")
        who.press("开始")
        who.fill("陈述人与当事人关系", WORDS.relation)
        who.fill("陈述申辩意见", WORDS.defence)
        who.fill("事实和理由", WORDS.reasons)
        who.press("记下")
        who.press("起草笔录")
        who.issue()
        who.follow("回到活动")
        who.follow("记录放弃权利")
        who.choose("要求听证的权利")
        who.choose("书面声明")
        who.press("起草声明")
        who.issue()
        who.follow("回到活动")
        self.tour.show(
            who.page, "defence", "陈述申辩", "The defence on record, the hearing waived."
        )
        who.confirm("结束听取")
        who.sees("已明确放弃听证")
        who.follow("去复核")
        who.fill("复核情况", "经复核，当事人已经改正属实。")
        who.choose("部分采纳")
        who.fill("采纳或者不采纳的理由", "及时改正属实，已在裁量中考虑；违法事实清楚，仍应处罚。")
        who.fill("复核后的处理意见", "维持拟处罚内容，不因陈述申辩加重处罚。")
        who.press("起草复核意见书")
        who.send()
        self.answer("unit_head", "陈述申辩复核", "同意复核意见。")
        self.hand_in()
