"""The words of the demonstration's ordinary case: lead, party, findings, proposal. All invented."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from liuhen.cases.models import Party

LEAD: Mapping[str, Any] = {
    "source": "complaint",
    "content": "样例装饰公司夜间将建筑垃圾倒在样板路东侧空地，扬尘很大。",
    "subject": "虚构市样例装饰有限公司",
    "place": "虚构市示例区样板路东侧空地",
    "is_named": True,
    "reporter_name": "卫演示",
    "reporter_contact": "000-00000009",
    "registrar_opinion": "建议派员核查。",
}
PARTY: Mapping[str, str] = {
    "kind": Party.Kind.ORGANISATION,
    "name": "虚构市样例装饰有限公司",
    "identity_kind": "credit_code",
    "identity_number": "91120101MA00000009",
    "representative": "曹样例",
    "address": "虚构市示例区样板路90号",
    "phone": "000-00000002",
}
FINDINGS: Mapping[str, Any] = {
    "cause": "随意倾倒建筑垃圾",
    "violated_place": "虚构市示例区样板路东侧空地",
    "facts": "当事人将装修产生的建筑垃圾约二十立方米倾倒在样板路东侧空地，未办理处置核准。",
    "breached": "《虚构市建筑垃圾管理条例》第十八条",
    "characterisation": "当事人的行为属于随意倾倒建筑垃圾。",
    "course": "接到投诉后核查属实，经批准立案，现场检查并询问当事人，查明上述事实。",
    "evidence": (
        {"name": "现场检查（勘验）笔录", "kind": "勘验笔录", "proves": "倾倒的地点、数量"},
        {"name": "调查询问笔录", "kind": "当事人陈述", "proves": "当事人承认倾倒"},
        {"name": "现场录像", "kind": "视听资料", "proves": "现场状况"},
    ),
}
PENALTY: Mapping[str, Any] = {
    "basis": "《虚构市建筑垃圾管理条例》第四十二条",
    "discretion": "倾倒数量较大，当事人已经清运，按裁量基准一般情节处罚。",
    "kinds": ("fine",),
    "fine_fen": 10_000_000,
    "proposed": "罚款人民币壹拾万元整（¥100000.00）。",
    "performance_terms": "自收到决定书之日起十五日内缴至指定银行。",
}
CIRCUMSTANCES: Mapping[str, Any] = {
    "is_major": False,
    "is_complex": True,
    "is_heavier_penalty": False,
    "has_expert_argument": False,
    "review_grounds": ("difficult",),
}
RIGHTS = "已告知依法享有申请回避、陈述、申辩的权利和如实回答的义务，当事人表示清楚。"
CONFIRMED = "以上笔录已经阅看，与所述相符。"
