"""The words of the demonstration's ordinary cases: lead, party, findings, penalty. Invented."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from liuhen.cases.models import Party


@dataclass(frozen=True)
class Words:
    """What is said in one case. `person` speaks and signs for the party, as `relation` says."""

    lead: Mapping[str, Any]
    party: Mapping[str, str]
    person: str
    relation: str
    scene: str
    dialogue: tuple[tuple[str, str], ...]
    findings: Mapping[str, Any]
    penalty: Mapping[str, Any]
    defence: str
    reasons: str


RIGHTS = "已告知依法享有申请回避、陈述、申辩的权利和如实回答的义务，当事人表示清楚。"
CONFIRMED = "以上笔录已经阅看，与所述相符。"
CIRCUMSTANCES: Mapping[str, Any] = {
    "is_major": False,
    "is_complex": True,
    "is_heavier_penalty": False,
    "has_expert_argument": False,
    "review_grounds": ("difficult",),
}
FOOTAGE = "视听资料"
_EVIDENCE = (
    {"name": "现场检查（勘验）笔录", "kind": "勘验笔录", "proves": "现场状况和违法事实"},
    {"name": "调查询问笔录", "kind": "当事人的陈述", "proves": "当事人承认违法事实"},
    {"name": "现场录像", "kind": FOOTAGE, "proves": "现场状况"},
)
_CORRECTION = "立即停止违法行为，不得再犯"
_TERMS = "自收到决定书之日起十五日内缴至指定银行。"

DUMPING = Words(
    lead={
        "source": "complaint",
        "content": "样例装饰公司夜间将建筑垃圾倒在样板路东侧空地，扬尘很大。",
        "subject": "虚构市样例装饰有限公司",
        "place": "虚构市示例区样板路东侧空地",
        "is_named": True,
        "reporter_name": "卫演示",
        "reporter_contact": "000-00000009",
        "registrar_opinion": "建议派员核查。",
    },
    party={
        "kind": Party.Kind.ORGANISATION,
        "name": "虚构市样例装饰有限公司",
        "identity_kind": "credit_code",
        "identity_number": "91120101MA00000009",
        "representative": "曹样例",
        "address": "虚构市示例区样板路90号",
        "phone": "000-00000002",
    },
    person="曹样例",
    relation="系当事人的法定代表人",
    scene="空地上有装修垃圾一堆，约二十立方米，未遮盖。",
    dialogue=(
        ("空地上的建筑垃圾是谁倾倒的？", "是我公司工人倒的。"),
        ("办理处置核准了吗？", "没有办理。"),
    ),
    findings={
        "cause": "随意倾倒建筑垃圾",
        "violated_place": "虚构市示例区样板路东侧空地",
        "facts": "当事人将装修产生的建筑垃圾约二十立方米倾倒在样板路东侧空地，未办理处置核准。",
        "breached": "《虚构市建筑垃圾管理条例》第十八条",
        "characterisation": "当事人的行为属于随意倾倒建筑垃圾。",
        "course": "接到投诉后核查属实，经批准立案，现场检查并询问当事人，查明上述事实。",
        "evidence": _EVIDENCE,
    },
    penalty={
        "basis": "《虚构市建筑垃圾管理条例》第四十二条",
        "discretion": "倾倒数量较大，当事人已经清运，按裁量基准一般情节处罚。",
        "kinds": ("fine",),
        "fine_fen": 10_000_000,
        "proposed": "罚款人民币壹拾万元整（¥100,000.00）。",
        "performance_terms": _TERMS,
        "correction": _CORRECTION,
    },
    defence="垃圾已经全部清运，希望从轻处罚。",
    reasons="收到告知后两日内自行清运完毕。",
)
BILLBOARD = Words(
    lead={
        "source": "inspection",
        "content": "巡查发现演示街66号楼顶设置大型户外广告，未见设置许可。",
        "subject": "虚构市演示餐饮管理有限公司",
        "place": "虚构市示例区演示街66号",
        "registrar_opinion": "建议核查设置许可情况。",
    },
    party={
        "kind": Party.Kind.ORGANISATION,
        "name": "虚构市演示餐饮管理有限公司",
        "identity_kind": "credit_code",
        "identity_number": "91120101MA0000001C",
        "representative": "袁示范",
        "address": "虚构市示例区演示街66号",
        "phone": "000-00000003",
    },
    person="袁示范",
    relation="系当事人的法定代表人",
    scene="楼顶有金属构架广告一处，长十二米，高三米，画面为餐饮宣传。",
    dialogue=(
        ("楼顶的广告是谁设置的？", "是我公司委托制作后安装的。"),
        ("有设置许可吗？", "没有办理许可。"),
    ),
    findings={
        "cause": "未经许可设置大型户外广告",
        "violated_place": "虚构市示例区演示街66号",
        "facts": "当事人未经许可在演示街66号楼顶设置长十二米、高三米的户外广告一处。",
        "breached": "《虚构市户外广告设置管理办法》第九条",
        "characterisation": "当事人的行为属于未经许可设置大型户外广告。",
        "course": "巡查发现后核查，经批准立案，现场检查并询问当事人，查明上述事实。",
        "evidence": _EVIDENCE,
    },
    penalty={
        "basis": "《虚构市户外广告设置管理办法》第三十条",
        "discretion": "限期内未改正，按裁量基准一般情节处罚。",
        "kinds": ("fine",),
        "fine_fen": 2_000_000,
        "proposed": "罚款人民币贰万元整（¥20,000.00）。",
        "performance_terms": _TERMS,
        "correction": _CORRECTION,
    },
    defence="已经着手拆除，请求减轻处罚。",
    reasons="制作单位称许可由其办理。",
)
ROADSIDE = Words(
    lead={
        "source": "report",
        "content": "有人长期在试验里临街房前私搭棚子堆货，占了人行道。",
        "subject": "试验里5号楼底商经营者",
        "place": "虚构市示例区试验里5号楼前",
        "is_named": False,
        "registrar_opinion": "建议现场核查。",
    },
    party={
        "kind": Party.Kind.PERSON,
        "name": "蒋样板",
        "identity_kind": "resident_id",
        "identity_number": "110105194912310038",
        "address": "虚构市示例区试验里5号楼1门101",
        "phone": "000-00000004",
    },
    person="蒋样板",
    relation="系当事人本人",
    scene="人行道上搭有彩钢棚一处，约十五平方米，棚内堆放货物。",
    dialogue=(
        ("棚子是谁搭的？", "是我去年搭的。"),
        ("经过批准吗？", "没有。"),
    ),
    findings={
        "cause": "擅自占用人行道搭建棚厦",
        "violated_place": "虚构市示例区试验里5号楼前",
        "facts": "当事人擅自在试验里5号楼前人行道搭建彩钢棚约十五平方米，堆放货物。",
        "breached": "《虚构市市容环境卫生管理条例》第二十三条",
        "characterisation": "当事人的行为属于擅自占用人行道搭建棚厦。",
        "course": "接到举报后核查，经批准立案，现场检查并询问当事人，查明上述事实。",
        "evidence": _EVIDENCE,
    },
    penalty={
        "basis": "《虚构市市容环境卫生管理条例》第五十三条",
        "discretion": "占用面积较小，主动配合调查，按裁量基准较轻情节处罚。",
        "kinds": ("fine",),
        "fine_fen": 300_000,
        "proposed": "罚款人民币叁仟元整（¥3,000.00）。",
        "performance_terms": _TERMS,
        "correction": _CORRECTION,
    },
    defence="棚子已经自行拆除，请求从轻。",
    reasons="收到告知后当天拆除。",
)
