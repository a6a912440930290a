"""What every page's frame shows: authority, person, navigation. Not for a page's own content."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from liuhen.kernel import clock
from liuhen.people.models import Office, Person
from liuhen.people.queries import offices_held, permissions

# label, icon, url name, permission that shows it ("" = everybody), in the phone's bottom bar
_ENTRIES: tuple[tuple[str, str, str, str, bool], ...] = (
    ("我的工作台", "home", "desk", "", True),
    ("简易程序", "gavel", "simple_start", "simple_case.start", True),
    ("案件", "folders", "cases", "case.list", True),
    ("音像记录", "video", "recordings", "recording.list", True),
    ("待我审批", "checks", "approvals", "approval.decide", True),
    ("调阅批准", "eye-check", "viewing_approvals", "viewing.approve", False),
    ("违规线索", "alert-triangle", "suspicions", "suspicion.list", False),
    ("信任与核验", "shield-check", "trust", "", False),
)


def shell(request: HttpRequest) -> dict[str, Any]:
    """The variable `shell` of shell.html; small for people who have not signed in."""
    facts = settings.HOME.facts
    base = {"is_demo": facts.is_demo, "now": clock.now()}
    person = getattr(request, "user", None)
    if not isinstance(person, Person):
        return {"shell": base}
    held = list(offices_held(person))
    kinds = frozenset(office.kind for office in held)
    entries = [
        {
            "label": label,
            "icon": icon,
            "href": reverse(name),
            "is_current": getattr(request.resolver_match, "url_name", "") == name,
            "on_phone": on_phone,
        }
        for label, icon, name, permission, on_phone in _ENTRIES
        if not permission or kinds & permissions()[permission].offices
    ]
    unit = person.unit
    authority = unit.profile.get("authority", unit.name) if unit else ""
    return {
        "shell": {
            **base,
            "authority": authority,
            "person": person.name,
            "unit": unit.name if unit else "",
            "role": "、".join(Office.Kind(k).label for k in sorted(kinds)),
            "navigation": [{"label": "", "entries": entries}],
            "bottom": [entry for entry in entries if entry["on_phone"]][:5],
            "account_href": reverse("account_change_password"),
            "sign_out_href": reverse("account_logout"),
        }
    }
