"""The audit administrator's page: acts on people, sign-ins, rights and settings. Reads only.

Not for acts on cases: an auditor opens no record, so of a refused act its name and the reason's
code are told, and nothing of what was asked.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable
from contextlib import suppress
from typing import Any
from uuid import UUID

from django import forms
from django.apps import apps
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from liuhen.access.looks import REFUSED_LOOK
from liuhen.actions.act import REFUSED as ACT_REFUSED
from liuhen.actions.act import REGISTRY
from liuhen.kernel import clock
from liuhen.kernel.refusals import texts
from liuhen.ledger.models import Entry
from liuhen.people.models import ApiToken, Office, Person
from liuhen.people.queries import require
from liuhen.web.acting import person_of, signed_in
from liuhen.web.events import event_title, event_titles
from liuhen.web.paging import page_of

REFUSED = (ACT_REFUSED, REFUSED_LOOK)
# What each filter shows: a label, and the nouns of its events.
GROUPS: dict[str, tuple[str, frozenset[str]]] = {
    "people": ("人员和证件", frozenset({"unit", "person", "certificate", "hand_over"})),
    "sessions": ("登录", frozenset({"session", "second_factor", "passkey"})),
    "rights": ("权限", frozenset({"office", "deputy", "clearance", "token", "webhook"})),
    "settings": (
        "设置和密钥",
        frozenset(
            {
                *("authority", "figure", "year_table", "regulation", "log_key", "identity_key"),
                *("identity_number", "backup", "restore", "home", "replica", "scrub"),
            }
        ),
    ),
    "refused": ("被拒绝的操作", frozenset({"act", "look"})),
}
_DAYS = 31
_LABELS = {
    "reason": "理由",
    "why": "原因",
    "name": "名称",
    "username": "登录名",
    "address": "地址",
    "person": "人员",
    "scope": "用途",
    "until": "有效至",
    "count": "数量",
    "code": "拒绝原因",
    "asked_by": "提出人",
    "kind": "职务",
    "key": "密钥",
    "leaver": "移交人",
    "taker": "接收人",
    "rows": "事项数",
    "received": "已接收",
    "paper": "清单摘要",
    "articles": "条数",
    "version": "版本",
    "sha256": "摘要",
    "years": "年份",
    "differences": "不同之处",
    "value": "数值",
    "valid_from": "施行日",
    "notices": "邮件提醒",
    "events": "事项",
    "old": "原公钥",
    "new": "新公钥",
    "is_old_lost": "原密钥遗失",
    "repository": "备份库",
    "set": "备份集",
    "moment": "时点",
    "entries": "账本条数",
    "entries_of_set": "备份集的账本条数",
    "originals": "原件数",
    "replica": "副本",
    "tables": "表数",
    "to": "去向",
}
# A place in a refusal's text where a name or number stands.
_NAMED = re.compile(r"\{[^}]*\}")
_PERSONS = ("person", "asked_by", "holder", "leaver", "taker")
_CHOICES = {"kind": dict(Office.Kind.choices), "scope": dict(ApiToken.Scope.choices)}


class AuditSearch(forms.Form):
    """Which entries; everything given must hold. Without days the last month is shown."""

    who = forms.CharField(label="办理人姓名或者登录名", max_length=60, required=False)
    since = forms.DateField(
        label="日期起", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    until = forms.DateField(
        label="日期止（含）", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        since, until = data.get("since"), data.get("until")
        if since and until and until < since:
            self.add_error("until", "止日早于起日，请改正。")
        return data


@signed_in
@require_safe
def audit(request: HttpRequest) -> HttpResponse:
    """What was done to people, sign-ins, rights and settings, newest first."""
    require(person_of(request), "audit.read")
    form, show = AuditSearch(request.GET), request.GET.get("show", "")
    is_valid = form.is_valid()
    rows = entries(show, form.cleaned_data) if is_valid else Entry.objects.none()
    page = page_of(request, rows.order_by("-recorded_at", "-id"))
    context = {
        "items": _lines(page.rows),
        "form": form,
        "filters": [("", "全部"), *((key, label) for key, (label, _) in GROUPS.items())],
        "show": show if show in GROUPS else "",
        "is_filtered": any(form.cleaned_data.values()),
        "pager": page.pager,
        "crumbs": [{"label": "审计"}],
    }
    return render(request, "audit.html", context, status=200 if is_valid else 400)


def entries(show: str, wanted: dict[str, Any]) -> QuerySet[Entry]:
    """The entries of one group, or of all, in a span of days; none that belongs to a case."""
    nouns = GROUPS[show][1] if show in GROUPS else _all_nouns()
    events = [event for event in event_titles() if event.partition(".")[0] in nouns]
    return within(Entry.objects.filter(case_id=None, event__in=events), wanted)


def within(rows: QuerySet[Entry], wanted: dict[str, Any]) -> QuerySet[Entry]:
    """Those of some entries that a search asks for; without days those of the last month."""
    until = wanted.get("until") or clock.local_date(clock.now())
    since = wanted.get("since") or until - dt.timedelta(days=_DAYS)
    rows = rows.filter(
        recorded_at__gte=_midnight(since),
        recorded_at__lt=_midnight(until + dt.timedelta(days=1)),
    )
    if who := (wanted.get("who") or "").strip():
        named = Person.objects.filter(name__icontains=who)
        named |= Person.objects.filter(username__icontains=who)
        rows = rows.filter(actor_id__in=list(named.values_list("id", flat=True)[:200]))
    return rows


def _all_nouns() -> frozenset[str]:
    return frozenset().union(*(nouns for _, nouns in GROUPS.values()))


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), tzinfo=clock.CHINA)


def _lines(rows: Iterable[Entry]) -> list[dict[str, Any]]:
    told = [(row, json.loads(bytes(row.body))) for row in rows]
    names = _names(told)
    return [_line(row, body, names) for row, body in told]


def _line(row: Entry, body: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    data = body.get("data", {})
    is_refused = row.event in (*REFUSED, "session.refused")
    if row.event in REFUSED:
        title, data = f"{act_title(data['act'])}（未办成）", {"code": _denial(str(data["code"]))}
    else:
        title = event_title(row.event)
    return {
        "at": row.recorded_at,
        "title": title,
        "actor": body["actor"]["name"],
        "about": names.get(row.subject_id, ""),
        "is_refused": is_refused,
        "details": [(_LABELS.get(key, key), _words(key, one, names)) for key, one in data.items()],
        "digest": bytes(row.leaf_hash).hex(),
    }


def _denial(code: str) -> str:
    """What was answered to an act that was refused, without what it named: that may be a case's."""
    known = texts().get(code)
    return code if known is None else f"{_NAMED.sub('…', known.message)}（{code}）"


def act_title(name: str) -> str:
    """An act in the words of its event."""
    return next((event_title(event) for event, one in REGISTRY.items() if one.name == name), name)


def _words(key: str, value: Any, names: dict[str, str]) -> str:
    text = names.get(str(value)) or _CHOICES.get(key, {}).get(str(value)) or str(value)
    try:
        return f"{clock.local(clock.parse_iso(text)):%Y-%m-%d %H:%M}"
    except ValueError:
        return text[:300]


def _names(told: Iterable[tuple[Entry, dict[str, Any]]]) -> dict[str, str]:
    """Names of the persons, and of the holders of the offices, that entries are about or name."""
    kinds: dict[str, set[str]] = {}
    for row, body in told:
        kinds.setdefault(row.subject_kind, set()).add(row.subject_id)
        spoken = {str(one) for key, one in body.get("data", {}).items() if key in _PERSONS}
        kinds.setdefault(Person._meta.label_lower, set()).update(spoken)
    persons = {str(one.id): one.name for one in Person.objects.filter(id__in=_ids(kinds, Person))}
    offices = Office.objects.filter(id__in=_ids(kinds, Office)).select_related("person")
    named = {str(one.id): f"{one.person.name}：{one.get_kind_display()}" for one in offices}
    others = {
        subject: _kind_words(kind)
        for kind, subjects in kinds.items()
        if kind not in (Person._meta.label_lower, Office._meta.label_lower)
        for subject in subjects
    }
    return {**others, **persons, **named}


def _ids(kinds: dict[str, set[str]], model: type[Person] | type[Office]) -> list[UUID]:
    found = []
    for one in kinds.get(model._meta.label_lower, ()):
        with suppress(ValueError):
            found.append(UUID(one))
    return found


def _kind_words(kind: str) -> str:
    try:
        return str(apps.get_model(kind)._meta.verbose_name)
    except (LookupError, ValueError):
        return ""
