"""A plainly fictional case with gaps, as the view of the case's page would give it.

For: tests of components and the gallery. Not for anything that needs a database.
"""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from tests.web.component_samples import DIGEST, NOW, at, iso, later


def recording(key: str, began: dt.datetime, ended: dt.datetime, **more: Any) -> dict[str, Any]:
    """One recording as cards and bars take it."""
    return {
        "id": key,
        "name": f"DSJ-0007_{key}.mp4",
        "kind": "video",
        "kind_words": "录像",
        "thumbnail": "/static/sample.svg",
        "started_at": began,
        "ended_at": ended,
        "length": ended - began,
        "has_video": True,
        "has_audio": True,
        "device": "执法记录仪 DSJ-0007",
        "size": 812_345_678,
        "sha256": DIGEST,
        "lamp": "green",
        "lamp_words": "按时入库",
        "activity": {"label": "简易程序", "href": "#activity-1"},
        "href": f"/r/{key}",
    } | more


def activity() -> dict[str, Any]:
    """The scene of a simple case: two recordings, one gap, one without sound."""
    first = recording("140112", at(4, 14, 1, 12), at(4, 14, 7, 20))
    second = recording(
        "141040",
        at(4, 14, 10, 40),
        at(4, 14, 24, 5),
        has_audio=False,
        lamp="red",
        lamp_words="逾期入库",
    )
    photo = recording(
        "p1",
        at(4, 14, 5, 30),
        at(4, 14, 5, 30),
        kind="photo",
        kind_words="照片",
        length=None,
        has_video=None,
        has_audio=None,
        name="现场照片_01.jpg",
        thumbnail="",
        size=3_412_000,
    )
    return {
        "id": "1",
        "name": "简易程序",
        "place": "虚构市示例区样板路8号门前",
        "started_at": at(4, 14, 1, 5),
        "ended_at": at(4, 14, 24, 30),
        "requires": "全程同步录音录像",
        "lamp": "red",
        "lamp_words": "有缺口",
        "href": "/a/1",
        "upload_href": "/u/1",
        "recordings": [first, photo, second],
        "bars": [first, photo, second],
        "gaps": [
            {
                "started_at": at(4, 14, 7, 20),
                "ended_at": at(4, 14, 10, 40),
                "cause_words": "设备故障",
                "explanation": "记录仪电池脱落，更换后继续",
            },
            {"started_at": at(4, 14, 24, 5), "ended_at": at(4, 14, 24, 30)},
        ],
    }


def timeline() -> dict[str, Any]:
    """The whole simple case for the island."""
    scene = activity()
    spans = ("started_at", "ended_at")
    plain = ("id", "name", "kind", "has_video", "has_audio", "device", "href")
    drawn = {key: scene[key] for key in ("id", "name", "place", "requires", "lamp", "href")}
    drawn |= {key: iso(scene[key]) for key in spans}
    drawn |= {
        "lamp_words": "音像有缺口，声音缺失",
        "officers": ["陈示例", "王样本"],
        "recordings": [
            {key: one[key] for key in plain} | {key: iso(one[key]) for key in spans}
            for one in scene["recordings"]
        ],
        "gaps": [
            {key: iso(gap[key]) for key in spans} | {"words": gap.get("explanation", "")}
            for gap in scene["gaps"]
        ],
    }
    marks = [
        ("p1", "paper", "行政处罚决定书（当场）", at(4, 14, 18), "已签发", None),
        ("p2", "paper", "罚款收据", at(4, 14, 23), "50.00 元", None),
        ("a1", "approval", "备案", at(5, 10, 12), "单位负责人同意", None),
        ("s1", "service", "直接送达决定书", at(4, 14, 22), "当事人签收", "green"),
        ("d1", "deadline", "音像入库期限", at(5, 15, 40), "办法第39条", "yellow"),
        ("d2", "deadline", "罚款交回期限", at(6, 24 - 1, 59, 59), "处罚法第71条", None),
    ]
    events = [
        (at(4, 14, 1, 5), "出示执法证件，活动开始"),
        (at(4, 14, 4, 40), "记录违法事实"),
        (at(4, 14, 9, 10), "口头告知"),
        (at(4, 14, 12), "记录陈述申辩"),
        (at(4, 14, 18), "签发决定书"),
        (at(4, 14, 22), "当场交付"),
        (at(4, 14, 23), "当场收缴罚款"),
        (at(5, 9, 2), "音像入库"),
        (at(5, 10, 12), "备案"),
    ]
    return {
        "label": "虚城管执一案〔2026〕0007号 占用道路堆放物料",
        "started_at": iso(at(4, 14, 1, 5)),
        "ended_at": None,
        "now": iso(NOW),
        "stages": [
            {"name": name, "started_at": iso(began), "ended_at": iso(ended), "state": state}
            for name, began, ended, state in (
                ("当场程序", at(4, 14, 1, 5), at(4, 14, 24, 30), "done"),
                ("备案", at(4, 14, 24, 30), at(5, 10, 12), "done"),
                ("履行与结案", at(5, 10, 12), None, "current"),
            )
        ],
        "activities": [drawn],
        "unlabelled": [],
        "marks": [
            {"id": key, "lane": lane, "label": label, "at": iso(when), "note": note}
            | {"lamp": lamp, "href": f"/m/{key}"}
            for key, lane, label, when, note, lamp in marks
        ],
        "ledger": [
            {"index": 120 + n, "at": iso(when), "event": event, "actor": "陈示例"}
            for n, (when, event) in enumerate(events)
        ],
    }


def duty(lamp: str, text: str, **more: Any) -> dict[str, Any]:
    """One duty with an explanation."""
    return {
        "lamp": lamp,
        "text": text,
        "column": "text",
        "reason": "依据下列事实与期限认定。",
        "facts": [{"label": "返回单位", "value": "2026-03-04 15:40", "href": "#"}],
        "href": "/finding/1",
    } | more


def duties() -> dict[str, Any]:
    """Duties of every lamp."""
    return {
        "open": [
            {
                "article": "27.1",
                "title": "简易程序全程记录",
                "duties": [
                    duty(
                        "red",
                        "当场处罚的全过程应有音像记录",
                        reason="活动历时 23 分 25 秒，其中 3 分 45 秒没有任何录像覆盖。",
                        subject={"label": "简易程序 14:01", "href": "#activity-1"},
                        is_curable=False,
                        act={"label": "书面说明", "href": "/explain"},
                    ),
                    duty(
                        "red",
                        "录像应当有声音",
                        column="product",
                        lamp_words="不符建议",
                        subject={"label": "DSJ-0007_141040", "href": "#"},
                    ),
                ],
            },
            {
                "article": "39.1",
                "title": "音像及时入库",
                "duties": [
                    duty(
                        "yellow",
                        "返回单位后二十四小时内将音像存入专用存储",
                        due_at=later(minutes=20),
                        warn_at=later(hours=-6),
                        started_at=later(hours=-23, minutes=-40),
                        length_words="24 小时（连续计算）",
                        act={"label": "上传", "href": "/u/1"},
                        parameters=[
                            {
                                "label": "入库期限",
                                "value": "24 小时",
                                "source": "办法第39条",
                                "needs_confirmation": False,
                            }
                        ],
                    ),
                    duty(
                        "unknown",
                        "音像入库前的返回时间应当明确",
                        missing=["返回单位的时间"],
                        reason="没有记录返回时间，无法起算。",
                    ),
                ],
            },
            {
                "article": "41.1(3)",
                "title": "保管期限",
                "duties": [
                    duty(
                        "blue",
                        "发生争议的现场记录永久保存",
                        decider="承办机构负责人",
                        reason="是否发生争议需要认定。",
                    )
                ],
            },
            {
                "article": "38.1",
                "title": "立卷归档",
                "duties": [
                    duty(
                        "open",
                        "行为终结之日起三十日内立卷归档",
                        due_at=later(days=29),
                        warn_at=later(days=19),
                    )
                ],
            },
        ],
        "settled": [
            {
                "article": "12.1",
                "title": "二人执法与证件",
                "duties": [duty("green", "执法人员不少于两人，出示有效证件", lamp_words="已履行")],
            },
            {
                "article": "19.1",
                "title": "听证",
                "duties": [duty("grey", "听证全程录音录像")],
            },
        ],
    }


def papers() -> list[dict[str, Any]]:
    """An issued and a drafted paper."""
    return [
        {
            "title": "行政处罚决定书（当场）",
            "number": "虚城管执一当罚〔2026〕0007号",
            "state": "已签发",
            "state_tone": "green",
            "issued_at": at(4, 14, 18),
            "pages": 2,
            "href": "/p/1",
            "pdf_href": "/p/1.pdf",
            "sha256": DIGEST,
            "signatures": [
                {"role": "当事人", "words": "拒绝签字", "is_refusal": True},
                {"role": "执法人员", "words": "陈示例、王样本", "is_refusal": False},
            ],
        },
        {
            "title": "当场收缴罚款凭证记录",
            "number": "",
            "state": "草稿",
            "state_tone": "yellow",
            "issued_at": None,
            "href": "/p/2",
            "signatures": [],
        },
    ]


def case() -> dict[str, Any]:
    """The page of a simple case with gaps."""
    names = "表明身份 认定事实 口头告知 陈述申辩与复核 当场决定 当场交付 当场收缴"
    stages = [
        {"name": name, "state": "done" if n < 8 else "current" if n == 8 else "todo"}
        for n, name in enumerate((names + " 备案 履行 结案 立卷 归档").split())
    ]
    return {
        "crumbs": [
            {"label": "我的工作台", "href": "/"},
            {"label": "案件", "href": "/cases"},
            {"label": "虚城管执一案〔2026〕0007号"},
        ],
        "case": {
            "id": UUID(int=7),
            "number": "虚城管执一案〔2026〕0007号",
            "cause": "占用道路堆放物料",
            "kind_words": "行政处罚·简易程序",
            "state_words": "履行",
            "lamp": "red",
        },
        "facts": [
            {"label": "当事人", "value": "刘样例（公民）"},
            {"label": "承办机构", "value": "虚构市城管执法一大队"},
            {"label": "承办人", "value": "陈示例"},
            {"label": "执法人员", "value": "陈示例、王样本"},
            {"label": "地点", "value": "虚构市示例区样板路8号门前"},
            {"label": "启动时间", "value": "2026-03-04 14:01"},
            {"label": "行为终结", "value": None},
        ],
        "stages": stages,
        "step": {
            "label": "将剩余录像存入专用存储",
            "reason": "两段录像中有一段尚未入库。",
            "article": "39.1",
            "due_at": later(minutes=20),
            "warn_at": later(hours=-6),
            "href": "/u/1",
            "act": "去上传",
        },
        "timeline": timeline(),
        "duties": duties(),
        "duty_counts": {"red": 2, "yellow": 1, "blue": 1, "unknown": 1, "open": 1, "green": 1},
        "papers": papers(),
        "activities": [activity()],
        "unlabelled": [],
        "approvals": [
            {
                "label": "简易程序备案",
                "asked_by": "陈示例",
                "asked_at": at(5, 9, 30),
                "office": "承办机构负责人",
                "outcome_words": "同意",
                "outcome_tone": "green",
                "opinion": "事实清楚，同意备案。",
                "decided_by": "赵虚构",
                "decided_at": at(5, 10, 12),
            }
        ],
        "services": [
            {
                "paper": "《行政处罚决定书（当场）》",
                "mode_words": "直接送达",
                "recipient": "刘样例",
                "served_at": at(4, 14, 22),
                "received_at": at(4, 14, 22),
                "place": "虚构市示例区样板路8号门前",
                "lamp": "green",
                "lamp_words": "有记录",
            }
        ],
        "ledger": [
            {
                "index": 128 - n,
                "at": later(hours=-n * 3),
                "event": event,
                "actor": "陈示例",
                "digest": DIGEST,
                "href": "/log/1",
            }
            for n, event in enumerate(("备案", "音像入库", "收缴罚款", "当场交付", "签发决定书"))
        ],
        "ledger_count": 23,
        "acts": [
            {"label": "写文书", "icon": "pencil", "href": "/w"},
            {"label": "打印", "icon": "printer", "href": "/print"},
        ],
    }
