"""Plainly fictional contexts for the page templates, as the views would give them.

For: tests of components and the gallery. Not for anything that needs a database.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from liuhen.kernel import clock

NOW = dt.datetime(2026, 3, 5, 15, 20, tzinfo=clock.CHINA).astimezone(dt.UTC)
DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


def at(day: int, hour: int, minute: int = 0, second: int = 0, month: int = 3) -> dt.datetime:
    """An instant of 2026 on the authority's wall clock."""
    return dt.datetime(2026, month, day, hour, minute, second, tzinfo=clock.CHINA)


def later(**span: float) -> dt.datetime:
    """An instant some time after (before, when negative) the samples' present."""
    return NOW + dt.timedelta(**span)


def iso(instant: dt.datetime | None) -> str | None:
    """RFC 3339 for islands."""
    return None if instant is None else clock.iso(instant)


def shell() -> dict[str, Any]:
    """The frame of every page."""
    items = [
        {"label": "我的工作台", "icon": "home", "href": "/desk", "is_current": True, "count": 3},
        {"label": "简易程序", "icon": "gavel", "href": "/simple", "is_current": False},
        {"label": "案件", "icon": "folders", "href": "/cases", "is_current": False},
        {"label": "音像记录", "icon": "video", "href": "/recordings", "is_current": False},
        {"label": "待我审批", "icon": "checks", "href": "/approvals", "is_current": False},
    ]
    others = [
        {"label": "违规线索", "icon": "alert-triangle", "href": "/s", "is_current": False},
        {"label": "信任与核验", "icon": "shield-check", "href": "/t", "is_current": False},
    ]
    return {
        "authority": "虚构市城市管理委员会",
        "person": "陈示例",
        "unit": "虚构市城管执法一大队",
        "role": "执法人员、承办人",
        "is_demo": True,
        "now": NOW,
        "navigation": [
            {"label": "", "entries": items},
            {"label": "监督与核验", "entries": others},
        ],
        "bottom": items,
        "account_href": "/account",
        "sign_out_href": "/out",
    }


def desk() -> dict[str, Any]:
    """My desk of a handler with something of every kind."""
    case = {"number": "虚城管执一案〔2026〕0007号", "cause": "占用道路堆放物料", "href": "/c/7"}
    other = {"number": "虚城管执一案〔2026〕0011号", "cause": "擅自张贴宣传品", "href": "/c/11"}
    tasks: list[dict[str, Any]] = [
        {
            "label": "上传并标注现场录像",
            "lamp": "red",
            "lamp_words": "已逾期",
            "article": "39.1",
            "due_at": later(hours=-2, minutes=-5),
            "case": case,
            "reason": "返回单位后24小时内存入专用存储",
            "act": "上传",
        },
        {
            "label": "说明录像中断的原因",
            "lamp": "red",
            "lamp_words": "违反",
            "article": "21.3",
            "case": other,
            "reason": "14:07:20 起缺 3 分 20 秒",
            "act": "填写说明",
        },
        {
            "label": "将当场收缴的罚款交回机关",
            "lamp": "yellow",
            "article": "penalty_law:71",
            "due_at": later(hours=5, minutes=40),
            "case": case,
            "act": "登记",
        },
        {
            "label": "提请备案",
            "lamp": "open",
            "article": "27.1(7)",
            "due_at": later(days=1, hours=20),
            "case": other,
        },
        {
            "label": "立卷并移交档案室",
            "lamp": "open",
            "article": "38.1",
            "due_at": later(days=21),
            "case": case,
            "act": "立卷",
        },
    ]
    for task in tasks:
        task.setdefault("href", "/do")
        if task.get("due_at"):
            task["warn_at"] = task["due_at"] - dt.timedelta(hours=16)
    return {
        "today": clock.local_date(NOW),
        "counts": {"red": 2, "yellow": 1, "open": 2},
        "lamp": "",
        "tasks": tasks,
        "starts": [
            {"label": "当场处罚", "hint": "简易程序", "icon": "gavel", "href": "/simple"},
            {"label": "上传音像", "hint": "录像、录音、照片", "icon": "cloud-upload", "href": "/u"},
            {"label": "登记案源", "hint": "投诉、举报、移送", "icon": "flag", "href": "/l"},
            {"label": "查找案件", "hint": "当事人、地点、文号", "icon": "search", "href": "/q"},
        ],
        "cases": [
            case
            | {
                "party": "刘样例",
                "kind_words": "行政处罚·简易程序",
                "stage_words": "备案",
                "position": 8,
                "stages": 12,
                "lamp": "red",
                "lamp_words": "1 项违反",
            },
            other
            | {
                "party": "虚构市样板贸易有限公司",
                "kind_words": "行政处罚·一般程序",
                "stage_words": "调查取证",
                "position": 4,
                "stages": 17,
                "lamp": "green",
            },
        ],
        "cases_href": "/cases",
        "uploads": [
            {
                "name": "DSJ-0007_20260305_140112.mp4",
                "returned_at": later(hours=-10),
                "due_at": later(hours=14),
                "warn_at": later(hours=6),
                "state_words": "待标注",
                "href": "/r/1",
            },
            {
                "name": "手机录音 03-05 14:31",
                "returned_at": None,
                "state_words": "未入库",
                "href": "/r/2",
            },
        ],
        "role_panels": [],
    }
