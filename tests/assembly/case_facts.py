"""What one fictional case knows: enough to fill every document type. Not for other suites."""

from __future__ import annotations

import copy
import datetime as dt
from typing import Any

from liuhen.assembly.document_types import DocumentType, document_type
from liuhen.assembly.filling import value_at
from liuhen.assembly.samples import sample_value
from liuhen.kernel.clock import CHINA

AUTHORITY = "虚构市城市管理委员会"


def at(day: int, hour: int, minute: int, second: int = 0) -> dt.datetime:
    """An instant of November 2026 on the authority's wall clock."""
    return dt.datetime(2026, 11, day, hour, minute, second, tzinfo=CHINA)


def opinion(text: str, name: str, office: str, day: int) -> dict[str, Any]:
    """One answered approval."""
    return {"text": text, "name": name, "office": office, "signed_on": dt.date(2026, 11, day)}


OFFICERS = [
    {"name": "张三", "certificate_number": "XG-0001"},
    {"name": "李四", "certificate_number": "XG-0002"},
]

PERSON = {
    "kind": "person",
    "name": "王五",
    "gender": "男",
    "born_on": dt.date(1990, 3, 7),
    "ethnicity": "汉族",
    "identity_number": "11010519491231002X",
    "employer": "虚构市某某小吃店",
    "post": "店员",
    "address": "虚构市甲区乙路1号丙小区2号楼3单元401室",
    "phone": "010-00000000",
}

ORGANISATION = {
    "kind": "organisation",
    "name": "虚构市某某餐饮管理有限公司",
    "identity_number": "91000000MA00000000",
    "representative": "赵六",
    "post": "执行董事",
    "address": "虚构市甲区乙路1号",
    "phone": "010-00000000",
}

FACTS: dict[str, Any] = {
    "authority": {
        "name": AUTHORITY,
        "address": "虚构市甲区府前路8号",
        "phone": "010-00000001",
    },
    "paper": {
        "number": "虚城管罚决字〔2026〕第12号",
        "issued_on": dt.date(2026, 11, 23),
        "remark": "无其他需要说明的事项",
    },
    "case": {
        "number": "虚城管案〔2026〕第108号",
        "cause": "擅自占用城市道路摆摊经营",
        "unit": "综合执法一大队",
        "title": "王五擅自占用城市道路摆摊经营案",
        "kind_label": "行政处罚",
        "handlers": "张三、李四",
        "started_on": dt.date(2026, 11, 2),
        "started_at": at(2, 9, 0),
        "initiated_on": dt.date(2026, 11, 3),
        "closed_on": dt.date(2026, 11, 27),
        "ended_on": dt.date(2026, 11, 25),
        "is_urgent": True,
        "result": "罚款人民币贰佰元整，已履行",
    },
    "lead": {
        "source": "complaint",
        "received_at": at(1, 8, 30),
        "is_named": "named",
        "reporter": {"name": "孙某", "contact": "010-00000002"},
        "subject": "乙路1号门前摆摊人员",
        "place": "虚构市甲区乙路1号门前人行道",
        "content": "每日早晨有人在人行道上摆摊，行人须绕行机动车道。",
        "check": "经现场核查，反映情况属实。",
        "summary": "当事人在人行道上摆放桌椅八套，占用人行道约六平方米。",
        "grounds": "有初步证据证明存在违法行为，属于本机关管辖，未超过追责期限。",
        "outcome": "initiated",
        "outcome_reason": "事实清楚，属于本机关职责范围。",
        "transferred_to": "虚构市某某局",
        "informed": "2026年11月3日电话告知投诉人处理结果。",
    },
    "party": PERSON,
    "officers": OFFICERS,
    "handler": {"name": "张三"},
    "violation": {
        "at": at(2, 9, 10),
        "place": "虚构市甲区乙路1号门前人行道",
        "facts": "当事人在人行道上摆放桌椅八套从事经营，占用人行道约六平方米。\n"
        "经执法人员当场指出后，当事人承认上述事实。",
        "breached": "《虚构市市容环境卫生管理办法》第十条第一款",
        "evidence_summary": "现场检查笔录、现场照片四张、执法记录仪录像一段",
        "characterisation": "当事人的行为属于擅自占用城市道路从事经营活动。",
    },
    "evidence": [
        {"name": "现场检查（勘验）笔录", "kind": "勘验笔录、现场笔录", "proves": "占道经营的事实"},
        {"name": "现场照片四张", "kind": "视听资料", "proves": "占用的位置和面积"},
        {"name": "调查询问笔录", "kind": "当事人的陈述", "proves": "当事人承认违法事实"},
    ],
    "notice": {
        "told": "执法人员当场口头告知违法事实、处罚理由和依据，以及依法享有的陈述、申辩权利。",
        "number": "虚城管罚告字〔2026〕第9号",
        "served_on": dt.date(2026, 11, 12),
        "statement_days": 5,
        "hearing_days": 5,
    },
    "statement": {
        "form": "oral",
        "text": "当事人表示摆摊是为了清理库存，以后不再占道。",
        "reasons": "初次占道，发现后立即收回桌椅。",
        "exhibits": "无书面材料",
        "summary": "当事人口头陈述系初次违法；经复核，已在裁量中予以考虑。",
        "review": "当事人主动改正的情节属实，已在裁量中予以考虑。",
        "adopted": "partly",
        "waived": ["statement"],
        "made_at": at(12, 15, 0),
        "made_on": dt.date(2026, 11, 12),
    },
    "review": {
        "findings": "经复核，当事人立即改正的情节属实。",
        "adopted": "partly",
        "reason": "立即改正属实，但占道事实清楚。",
        "result": "维持拟处罚种类，不因陈述申辩加重处罚。",
        "reviewed_on": dt.date(2026, 11, 14),
        "submitted_on": dt.date(2026, 11, 13),
        "stage": "decision",
        "aspects": [
            {"aspect": aspect, "opinion": "符合要求"}
            for aspect in (
                "执法主体和执法人员资格",
                "执法程序",
                "事实和证据",
                "法律适用和裁量",
                "执法权限",
                "执法文书",
                "是否涉嫌犯罪需要移送",
            )
        ],
        "conclusion": "supplement",
        "suggestions": "补充现场照片的拍摄时间。",
        "reviewer": "周七",
        "qualification": "法律职业资格证书（虚构第0001号）",
        "summary": "审核通过（虚城管法审字〔2026〕第3号）",
    },
    "discussion": {
        "span": {"started_at": at(16, 9, 0), "ended_at": at(16, 10, 20)},
        "place": "委机关第二会议室",
        "chair": "吴八",
        "present": [
            {"name": "吴八", "office": "主任", "is_head": True},
            {"name": "郑九", "office": "副主任", "is_head": True},
        ],
        "attending": "张三、李四、周七",
        "recorder": "冯十",
        "report": "承办机构汇报了案件事实、证据和拟处理意见。",
        "opinions": [
            {"name": "吴八", "opinion": "同意拟处罚意见"},
            {"name": "郑九", "opinion": "同意"},
        ],
        "conclusion": "同意承办机构的拟处罚意见。",
        "reservations": "无保留意见。",
        "summary": "经集体讨论同意（虚城管集讨字〔2026〕第2号）",
    },
    "investigation": {
        "course": "2026年11月2日，执法人员接到投诉后到现场检查，制作了现场检查笔录。",
        "finished_on": dt.date(2026, 11, 10),
    },
    "penalty": {
        "basis": "《虚构市市容环境卫生管理办法》第三十条",
        "kinds": ["fine"],
        "amount_fen": 20_000,
        "discretion": "当事人初次违法，立即改正，适用较轻档次。",
        "suggestion": "建议对当事人处以罚款人民币贰佰元。",
        "proposed": "罚款人民币贰佰元整（¥200.00）。",
        "correction": "立即清除占道物料，不得再犯",
        "performance_terms": "一次缴清",
        "simple_conditions": "违法事实确凿并有法定依据，对公民处以二百元以下罚款。",
    },
    "correction": {"content": "立即收回占道桌椅，恢复道路畅通"},
    "collection": {
        "way": "on_the_spot",
        "ground": "remote",
        "requested": "当事人书面提出到银行缴纳确有困难",
        "payer": "王五",
        "receipts": [
            {
                "number": "00012345",
                "amount": 20_000,
                "collected_on": dt.date(2026, 11, 23),
                "collector": "张三",
            }
        ],
        "late_amount_fen": 600,
        "handed_in_on": dt.date(2026, 11, 24),
        "banked_on": dt.date(2026, 11, 25),
    },
    "payment": {"days": 15, "payee": "虚构市某某银行非税收入专户", "late_percent": 3},
    "remedy": {
        "review_body": "虚构市人民政府",
        "review_days": 60,
        "court": "虚构市甲区人民法院",
        "suit_months": 6,
        "state": "当事人未申请行政复议，未提起行政诉讼",
    },
    "decision": {
        "number": "虚城管罚决字〔2026〕第12号",
        "issued_on": dt.date(2026, 11, 18),
        "made_at": at(23, 9, 40),
        "place": "虚构市甲区乙路1号门前",
        "content": "对当事人处以罚款。",
        "served_on": dt.date(2026, 11, 18),
    },
    "activity": {
        "name": "现场检查",
        "span": {"started_at": at(2, 9, 5), "ended_at": at(2, 9, 50)},
        "place": "虚构市甲区乙路1号门前人行道",
        "recorder": "李四",
        "person_in_charge": "王五（店员）",
        "witness": "钱某（虚构市甲区某某社区居民委员会工作人员）",
        "certificates_shown": "执法人员主动出示执法证件，当事人确认看清。",
        "rights_told": "已告知依法享有申请回避、陈述、申辩的权利和如实回答的义务，当事人表示清楚。",
        "recordings": "LX-20261102-0007",
        "content": "现场摆放桌椅八套。\n占用人行道长四米、宽一点五米。",
        "attachments": "现场平面示意图一张、照片四张",
        "confirmation": "以上笔录已经阅看，记录属实。",
        "ordinal": 1,
        "person": PERSON,
        "relation": "系本案当事人",
        "dialogue": [
            {"question": "请说明你的身份。", "answer": "我叫王五，是店员。"},
            {"question": "桌椅是谁摆放的？", "answer": "是我早上八点摆放的。"},
        ],
    },
    "service": {
        "papers": [
            {"title": "行政处罚决定书", "number": "虚城管罚决字〔2026〕第12号", "copies": 1}
        ],
        "mode": "in_person",
        "place": "虚构市甲区乙路1号",
        "served_at": at(18, 10, 0),
        "received_at": at(18, 10, 2),
        "received_by": "family",
        "agent_name": "王某",
        "agent_relation": "配偶",
        "refusal_reason": "受送达人称与己无关，拒绝接收。",
        "witness": "钱某（社区居民委员会工作人员）",
        "tracking_number": "EMS 1000000000001",
        "through": "受托单位：虚构市乙区城市管理局；原因：受送达人住所在乙区",
        "destination": "010-00000003，接收人王某",
        "announcement": "其他方式均无法送达；在本机关网站发布公告。",
        "servers": OFFICERS,
    },
    "through": {
        "body": "虚构市示例监狱",
        "way": "forwarded",
        "reason": "受送达人正在服刑。",
        "place": "虚构市示例监狱三监区",
    },
    "remote": {
        "mode": "by_fax",
        "destination": "010-00000003",
        "sent_at": at(18, 10, 0),
        "received_at": at(18, 10, 2),
        "receiver": "王某",
        "consent": "受送达人于2026年11月12日签署《电子送达确认书》，确认上述地址。",
    },
    "performance": {
        "summary": "当事人当场缴纳罚款，现场已恢复原状。",
        "disposal": "罚款人民币200元已缴入国库。",
        "obligations": [
            {
                "content": "缴纳罚款200元",
                "due_on": dt.date(2026, 12, 3),
                "performed_on": dt.date(2026, 11, 23),
                "state": "已履行",
                "proof": "票据00012345",
            }
        ],
        "recorded_on": dt.date(2026, 11, 25),
    },
    "closing": {
        "summary": "接到投诉后现场检查，当场查明事实。",
        "gaps": [
            {
                "what": "集体讨论无录像",
                "article": "办法第八条",
                "explanation": "会议室设备故障，仅有照片",
            }
        ],
        "reason": "performed",
    },
    "filing": {"filed_on": dt.date(2026, 11, 24)},
    "recording": {
        "name": "LX-20261102-0007（现场检查录像）",
        "kind": "video",
        "device": "执法记录仪 XB-01（编号 000123）",
        "method": "执法记录仪现场同步录制",
        "maker": "张三",
        "span": {"started_at": at(2, 9, 5, 3), "ended_at": at(2, 9, 49, 58)},
        "carrier": "专用存储服务器，存放于本机关机房",
        "extractor": "冯十",
        "extracted_at": at(10, 14, 0),
        "disc": "GP-2026-0031",
        "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "proves": "当事人占用人行道摆摊经营的事实和现场处置经过。",
        "transcript": [
            {"at": "09:05:03—09:06:10", "text": "执法人员出示证件并说明来意。"},
            {"at": "09:06:11—09:20:00", "text": "当事人：桌子是我摆的。"},
        ],
    },
    "gap": {
        "span": {"started_at": at(2, 9, 20, 5), "ended_at": at(2, 9, 23, 40)},
        "started_at": at(2, 9, 20, 5),
        "cause": "fault",
        "explanation": "设备电池接触不良，自动关机。",
        "explained_on_resuming": "恢复记录时由张三口述中断原因。",
        "reporter": "张三",
        "reported_to": "周七（所属部门负责人）",
        "reported_at": at(2, 9, 25),
        "measures": "改用手机录像并由李四做文字记录。",
    },
    "approvals": {
        "handler": opinion("事实清楚，建议按拟定意见处理。", "张三", "承办人", 13),
        "legal": opinion("主体适格，依据适用正确，同意。", "周七", "法制审核人员", 14),
        "unit": opinion("同意承办人意见。", "褚一", "承办机构负责人", 14),
        "head": opinion("同意。", "吴八", "机关负责人", 17),
        "leader": opinion("同意结案。", "吴八", "委领导", 27),
        "filing": opinion("准予备案。", "褚一", "承办机构负责人", 24),
        "department_head": opinion("情况属实，已另派人员到场。", "周七", "所属部门负责人", 3),
        "legal_office": opinion("同意审核意见。", "卫二", "执法协调监督处负责人", 15),
        "registrar": opinion("建议予以核查。", "冯十", "登记人", 1),
        "lead": opinion("同意立案。", "褚一", "承办机构负责人", 3),
        "made_up_at": at(3, 8, 0),
    },
    "file": {
        "retention": "30年",
        "pieces": 9,
        "pages": 23,
        "archive_number": "20260108",
        "classification": "无",
        "filed_by": "张三",
        "filed_on": dt.date(2026, 11, 27),
        "entries": [
            {
                "title": "立案审批表",
                "number": "虚城管立字〔2026〕第8号",
                "responsible": AUTHORITY,
                "dated_on": dt.date(2026, 11, 3),
                "pages": "1-2",
                "note": "正本",
            }
        ],
        "recordings": 2,
        "discs": 1,
        "statement": "本卷材料齐全，页码连续，无缺损。",
        "checked_by": "冯十",
    },
    "archive": {
        "room": "虚构市城市管理委员会档案室",
        "files": [
            {
                "case_number": "虚城管案〔2026〕第108号",
                "title": "王五擅自占用城市道路摆摊经营案",
                "pieces": 9,
                "pages": 23,
                "discs": 1,
                "retention": "30年",
            }
        ],
        "sha256": "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
        "copy_kept": "承办机构留存复制件一套",
        "handed_over_on": dt.date(2026, 11, 27),
        "check": "件数、页数与目录一致，光盘可读。",
    },
}


def facts_for(key: str) -> dict[str, Any]:
    """The facts as they stand when a paper of this type is drawn up."""
    if key == "waiver":
        waived = {"form": "waiver_written", "text": "本人对拟处罚内容没有异议，自愿放弃上述权利。"}
        return {**FACTS, "statement": {**FACTS["statement"], **waived}}
    return _with_samples(document_type(key))


def _with_samples(found: DocumentType) -> dict[str, Any]:
    """The facts, and a sample at each source of the type that they do not reach."""
    facts = copy.deepcopy(FACTS)
    for one in found.fields:
        if one.source and value_at(facts, one.source) is None:
            *way, last = one.source.split(".")
            place = facts
            for step in way:
                place = place.setdefault(step, {})
            place[last] = sample_value(one)
    return facts
