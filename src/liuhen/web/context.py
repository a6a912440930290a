"""What every page's frame shows: authority, person, navigation. Not for a page's own content."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from liuhen.access.queries import requests_waiting
from liuhen.cases.queries import requests_to_answer
from liuhen.kernel import clock
from liuhen.people.models import Office, Person
from liuhen.people.queries import office_kinds, permissions
from liuhen.web.sign_in import demo_accounts

_ON_A_PHONE = 5


@dataclass(frozen=True)
class _Entry:
    """One line of the navigation; `permission` shows it ("": everybody).

    `pages` are the beginnings of the names of the addresses that belong to it.
    """

    label: str
    icon: str
    name: str
    permission: str
    pages: tuple[str, ...]
    is_daily: bool = True


_ENTRIES = (
    _Entry("我的工作台", "home", "desk", "", ("desk",)),
    _Entry("简易程序", "gavel", "simple_start", "simple_case.start", ("simple",)),
    _Entry("线索", "inbox", "leads", "lead.list", ("lead",)),
    _Entry(
        "许可申请", "file-certificate", "application_receive", "licence.receive", ("application",)
    ),
    _Entry("行政检查", "clipboard-check", "inspections", "inspection.list", ("inspection", "draw")),
    _Entry(
        "案件",
        "folders",
        "cases",
        "case.list",
        (
            *("case", "party", "activity", "paper", "bound_file", "side_file", "measure"),
            *("enforcement", "levy", "hand_over_paper", "archive_receipt"),
        ),
    ),
    _Entry("许可证", "file-certificate", "licences", "licence.list", ("licence",)),
    _Entry("手机拍摄", "device-mobile", "phone", "recording.take_in", ("phone",)),
    _Entry("音像记录", "video", "recordings", "recording.list", ("recording",)),
    _Entry("场所监控", "building", "rooms", "camera.list", ("room", "camera")),
    _Entry("检索", "search", "search", "record.search", ("search",)),
    _Entry("设备采集", "device-usb", "docking", "recording.dock", ("docking",)),
    _Entry("待我审批", "checks", "approvals", "approval.decide", ("approval",)),
    _Entry("代行职务", "user-check", "deputies", "office.deputise", ("deput",), False),
    _Entry("调阅申请", "eye", "viewing_requests", "viewing.ask", ("viewing_",), False),
    _Entry(
        "常设批准",
        "eye-check",
        "viewing_approvals",
        "viewing.approve",
        ("viewing_ap",),
        False,
    ),
    _Entry("调阅登记", "list-details", "view_register", "register.read", ("view_register",), False),
    _Entry("监督统计", "chart-bar", "figures", "figures.view", ("figure",), False),
    _Entry("应有与实有", "checklist", "differences", "difference.list", ("difference",), False),
    _Entry("机构履责", "building", "unit_duties", "figures.view", ("unit_duties",), False),
    _Entry("案卷评查", "clipboard-check", "samplings", "sampling.list", ("sampl",), False),
    _Entry("监督平台报送", "upload", "platform", "platform.list", ("platform",), False),
    _Entry(
        "保管与处置",
        "archive",
        "retention",
        "retention.list",
        ("retention", "hold", "disposal"),
        False,
    ),
    _Entry(
        "人员交接",
        "users",
        "hand_overs",
        "",
        ("hand_over_draw_up", "hand_over_list"),
        False,
    ),
    _Entry("复制申请", "package", "copy_applications", "copy.list", ("copy_app",), False),
    _Entry("遮盖副本", "eye-check", "redactions", "redaction.list", ("redaction",), False),
    _Entry("知悉权限", "lock", "clearances", "secrecy.clear", ("clearance",), False),
    _Entry(
        "违规线索",
        "alert-triangle",
        "suspicions",
        "suspicion.list",
        ("suspicion", "correction_", "accountability"),
        False,
    ),
    _Entry(
        "人员与机构",
        "users",
        "people",
        "person.list",
        ("people", "person", "office", "certificate", "unit"),
    ),
    _Entry(
        "执法委托",
        "file-certificate",
        "entrustments",
        "entrustment.list",
        ("entrustment",),
        False,
    ),
    _Entry("执法设备", "camera", "devices", "device.list", ("device",)),
    _Entry("违法行为清单", "book-2", "offences", "offence.list", ("offence",)),
    _Entry(
        "文书式样", "file-text", "document_types", "document_type.list", ("document_type",), False
    ),
    _Entry("审批路线", "checks", "routes", "approval_route.list", ("route",), False),
    _Entry("规定与规则", "book-2", "law_articles", "", ("law_article",), False),
    _Entry("数字与假设", "scale", "law_figures", "", ("law_figure", "year_table"), False),
    _Entry(
        "文号登记", "list-details", "paper_numbers", "paper.list_numbers", ("paper_numbers",), False
    ),
    _Entry("接口令牌", "lock", "tokens", "token.list", ("token",), False),
    _Entry("审计", "list-details", "audit", "audit.read", ("audit",)),
    _Entry("系统状态", "settings", "status", "status.read", ("status",)),
    _Entry("信任与核验", "shield-check", "trust", "", ("trust", "entry"), False),
)


_NAMES = frozenset(one.name for one in _ENTRIES)  # a page with an entry of its own is no other's


def _sign_in_offers(*, is_demo: bool) -> dict[str, Any]:
    """Ways of signing in beside name and password."""
    accounts = demo_accounts() if is_demo else []
    return {
        "demo_accounts": accounts,
        "has_single_sign_on": bool(settings.SOCIALACCOUNT_PROVIDERS),
    }


def shell(request: HttpRequest) -> dict[str, Any]:
    """The variable `shell` of shell.html; small for people who have not signed in."""
    facts = settings.HOME.facts
    base = {"is_demo": facts.is_demo, "now": clock.now()}
    page = getattr(request.resolver_match, "url_name", None) or ""
    person = getattr(request, "user", None)
    if not isinstance(person, Person):
        return {"shell": base, **_sign_in_offers(is_demo=facts.is_demo and page == "account_login")}
    kinds = office_kinds(person)
    allowed = [
        one
        for one in _ENTRIES
        if not one.permission or kinds & permissions()[one.permission].offices
    ]
    shown = {one.name: _item(one, page) for one in allowed}
    if "approvals" in shown:
        shown["approvals"]["count"] = requests_to_answer(person).count()
    if "viewing_approvals" in shown:
        shown["viewing_requests"]["count"] = requests_waiting(person).count()
    daily = [shown[one.name] for one in allowed if one.is_daily]
    others = [shown[one.name] for one in allowed if not one.is_daily]
    unit = person.unit
    authority = unit.profile.get("authority", unit.name) if unit else ""
    return {
        "shell": {
            **base,
            "authority": authority,
            "person": person.name,
            "unit": unit.name if unit else "",
            "role": "、".join(Office.Kind(k).label for k in Office.Kind.values if k in kinds),
            "navigation": [
                {"label": "", "entries": daily},
                {"label": "监督与核验", "entries": others},
            ],
            "bottom": [*daily, *others][:_ON_A_PHONE],
            "account_href": reverse("account_change_password"),
            "sign_out_href": reverse("account_logout"),
        }
    }


def _item(one: _Entry, page: str) -> dict[str, Any]:
    return {
        "label": one.label,
        "icon": one.icon,
        "href": reverse(one.name),
        "is_current": page == one.name or (page.startswith(one.pages) and page not in _NAMES),
    }
