"""Small marks of a page: lamp, article badge, deadline, pill, person, digest.

A colour never stands alone: every lamp has its own sign and its words. Not for judging: which lamp
a thing gets is decided below the pages.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from liuhen.kernel import clock
from liuhen.web.templatetags.assets import icon
from liuhen.web.templatetags.wording import deadline_words, due_instant, machine_instant

register = template.Library()

# state -> (tone of the style sheet, sign, words unless told)
LAMPS: dict[str, tuple[str, str, str]] = {
    "green": ("green", "circle-check-filled", "正常"),
    "yellow": ("yellow", "alert-triangle-filled", "临期"),
    "red": ("red", "alert-octagon-filled", "违反"),
    "blue": ("blue", "scale", "待认定"),
    "grey": ("grey", "minus", "不适用"),
    "unknown": ("unknown", "help", "缺少事实"),
    "open": ("open", "circle-dashed", "待履行"),
}
# The outcomes of the law engine; a view that knows the clock says green, yellow or red itself.
OUTCOMES = {
    "met": ("green", "已履行"),
    "breached": ("red", "违反"),
    "pending": ("open", "待履行"),
    "not_applicable": ("grey", "不适用"),
    "unknown": ("unknown", "缺少事实"),
    "judgement": ("blue", "待认定"),
}
LAWS = {
    "measures": "办法",
    "penalty_law": "处罚法",
    "coercion_law": "强制法",
    "licensing_law": "许可法",
    "civil_procedure": "民诉法",
    "archives": "档案法",
    "business_environment": "营商环境条例",
    "evidence_rules": "行政诉讼证据规定",
    "transfer_rules": "移送规定",
    "order55": "处罚程序规定",
    "reconsideration_law": "复议法",
    "litigation_law": "行政诉讼法",
    "cybersecurity_law": "网络安全法",
    "personal_information_law": "个人信息保护法",
    "archives_order": "档案保管期限规定",
    "three_systems": "三项制度指导意见",
}
_IN_PARTS = frozenset({"three_systems"})  # counted in parts, not in articles
PILL_TONES = frozenset({"green", "yellow", "red", "blue", "grey", "plain"})

_CLAUSE = re.compile(
    r"(?:(?P<law>[a-z_0-9]+):)?(?P<article>\d+)(?:\.(?P<par>\d+))?(?:\((?P<item>\d+)\))?"
)


def clause_label(
    value: object, *, law: str = "", paragraph: int | str = "", item: int | str = ""
) -> str:
    """办法第27条 of 27 or "27.1"; "41.2" is 办法第41条第2款, "8.1(2)" 办法第8条第2项.

    Ids are those of `law/clauses.toml`; a first paragraph is not named. Other text stays as it is.
    """
    match = _CLAUSE.fullmatch(str(value))
    if match is None:
        return str(value)
    source = law or match["law"] or "measures"
    par, point = str(paragraph or match["par"] or ""), item or match["item"]
    return (
        f"{LAWS.get(source, source)}第{match['article']}{'部分' if source in _IN_PARTS else '条'}"
        + (f"第{par}款" if par not in {"", "1"} else "")
        + (f"第{point}项" if point else "")
    )


def read(thing: Any, name: str, default: Any = None) -> Any:
    """A value of a mapping or an object, as a template would read it; None when `thing` is None."""
    if isinstance(thing, dict):
        return thing.get(name, default)
    return getattr(thing, name, default)


@register.simple_tag
def lamp(state: str, words: str = "", css_class: str = "") -> SafeString:
    """`{% lamp 'yellow' '剩 3 小时' %}`: a sign and words.

    `state`: green, yellow, red, blue (judgement), grey (not applicable), unknown, open (pending,
    far from due), or an outcome of the law engine.
    """
    if state in OUTCOMES:
        state, usual = OUTCOMES[state]
        words = words or usual
    tone, sign, usual = LAMPS[state]
    return format_html(
        '<span class="lh-lamp is-{} {}">{}<span>{}</span></span>',
        tone,
        css_class,
        icon(sign, "lh-lamp-sign"),
        words or usual,
    )


@register.simple_tag
def words(state: str, what: str, count: int) -> SafeString:
    """`{% words 'red' '违反' 3 %}`: a lamp that counts, 违反 3."""
    return lamp(state, f"{what} {count}")


@register.simple_tag
def article(
    value: Any, law: str = "", paragraph: int | str = "", item: int | str = "", href: str = ""
) -> SafeString:
    """`{% article 27 %}` 办法第27条; `{% article 8 item=2 %}`; `law='penalty_law'`.

    Takes a number, a clause id ("41.2", "8.1(2)", "penalty_law:51"), a ready label, or anything
    with `label` and `href`. Nothing at all gives nothing.
    """
    if value in (None, ""):
        return SafeString("")
    label = read(value, "label") or clause_label(value, law=law, paragraph=paragraph, item=item)
    address = href or read(value, "href") or ""
    if address:
        return format_html('<a class="lh-article" href="{}">{}</a>', address, label)
    return format_html('<span class="lh-article">{}</span>', label)


def deadline_tone(due_at: dt.datetime, warn_at: dt.datetime | None, now: dt.datetime) -> str:
    """Colour of a running clock; without `warn_at` it warns in the last day."""
    if now > due_at:
        return "red"
    return "yellow" if now >= (warn_at or due_at - dt.timedelta(days=1)) else "green"


@register.simple_tag
def deadline(due_at: dt.datetime | None, warn_at: dt.datetime | None = None) -> SafeString:
    """`{% deadline due_at warn_at %}`: 剩 3 天 or 已逾期 2 小时, kept fresh on the open page.

    `due_at` is the last lawful instant; from `warn_at` (one day before, unless told) it is yellow.
    None gives 无期限.
    """
    if due_at is None:
        return SafeString('<span class="lh-deadline is-none">无期限</span>')
    now = clock.now()
    tone = deadline_tone(due_at, warn_at, now)
    return format_html(
        '<time class="lh-deadline is-{}" datetime="{}" data-due data-warn="{}" title="期限 {}">'
        "{}<span data-due-words>{}</span></time>",
        tone,
        machine_instant(due_at),
        machine_instant(warn_at or due_at - dt.timedelta(days=1)),
        due_instant(due_at),
        icon("clock", "lh-deadline-sign"),
        deadline_words(due_at, now),
    )


@register.simple_tag
def pill(words: str, tone: str = "plain") -> SafeString:
    """`{% pill '调查取证' 'blue' %}`: a state in words; tones green yellow red blue grey plain."""
    if tone not in PILL_TONES:
        raise ValueError(f"no pill of tone {tone!r}")
    return format_html('<span class="lh-pill is-{}">{}</span>', tone, words)


@register.simple_tag
def person(who: Any, role: str = "", number: str = "") -> SafeString:
    """`{% person officer role='承办人' number=… %}`: who, as what, with what certificate.

    Takes a name or anything with `name` (and `unit`, whose name is told to a pointer).
    """
    if who is None:
        return SafeString('<span class="lh-person is-nobody">未指定</span>')
    name = read(who, "name") or str(who)
    unit = read(who, "unit")
    unit_name = (read(unit, "name") or str(unit)) if unit else ""
    return format_html(
        '<span class="lh-person" title="{}">'
        '<span class="lh-person-mark" aria-hidden="true">{}</span>'
        '<span class="lh-person-name">{}</span>{}{}</span>',
        unit_name,
        name[:1],
        name,
        format_html('<span class="lh-person-role">{}</span>', role) if role else "",
        format_html('<span class="lh-person-number">证号 {}</span>', number) if number else "",
    )


@register.simple_tag
def digest(value: str, label: str = "SHA-256") -> SafeString:
    """`{% digest original.sha256 %}`: first and last eight figures; the whole to copy."""
    if not value:
        return format_html('<span class="lh-digest is-none">{} 计算中</span>', label)
    return format_html(
        '<span class="lh-digest"><span class="lh-digest-label">{}</span>'
        '<code title="{}">{}…{}</code>'
        '<button type="button" class="lh-copy" data-copy="{}" aria-label="复制完整{}摘要">{}'
        "<span>复制</span></button></span>",
        label,
        value,
        value[:8],
        value[-8:],
        value,
        f" {label} " if label else "",
        icon("copy"),
    )
