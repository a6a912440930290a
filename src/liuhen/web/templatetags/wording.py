"""Instants, spans, sizes and money in the words of the screens. Not for arithmetic of deadlines.

The same rules are spoken by `frontend/text/spans.ts`, which keeps deadlines fresh on an open page;
`tests/web/span_vectors.json` binds both.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django import template

from liuhen.kernel import clock
from liuhen.law.explanations import due_text

register = template.Library()

MINUTE, HOUR, DAY = 60, 3600, 86400


def span_words(seconds: float) -> str:
    """A length of time in at most two units, rounded down: 3 天, 1 天 5 小时, 2 小时, 20 分钟."""
    whole = int(abs(seconds))
    if whole < MINUTE:
        return "不足 1 分钟"
    if whole < HOUR:
        return f"{whole // MINUTE} 分钟"
    if whole < DAY:
        hours, minutes = divmod(whole // MINUTE, 60)
        return f"{hours} 小时 {minutes} 分" if minutes and hours < 6 else f"{hours} 小时"
    days, hours = divmod(whole // HOUR, 24)
    return f"{days} 天 {hours} 小时" if hours and days < 3 else f"{days} 天"


def deadline_words(due_at: dt.datetime, now: dt.datetime) -> str:
    """剩 3 天, 已逾期 2 小时. The due instant itself is the last that is in time."""
    seconds = (due_at - now).total_seconds()
    words = span_words(seconds)
    return f"已逾期 {words}" if seconds < 0 else f"剩 {words}"


def local_instant(instant: dt.datetime | None) -> dt.datetime | None:
    """The instant on the authority's wall clock, or None."""
    return None if instant is None else instant.astimezone(clock.CHINA)


@register.filter
def instant(value: dt.datetime | None) -> str:
    """2026-03-05 14:02, the form of tables; — when not known."""
    local = local_instant(value)
    return "—" if local is None else f"{local:%Y-%m-%d %H:%M}"


@register.filter
def instant_exact(value: dt.datetime | None) -> str:
    """2026-03-05 14:02:11, for records of a moment."""
    local = local_instant(value)
    return "—" if local is None else f"{local:%Y-%m-%d %H:%M:%S}"


@register.filter
def clock_time(value: dt.datetime | None) -> str:
    """14:02:11 of the authority's wall clock."""
    local = local_instant(value)
    return "—" if local is None else f"{local:%H:%M:%S}"


@register.filter
def day(value: dt.date | dt.datetime | None) -> str:
    """2026年3月5日; an instant is taken on the authority's wall clock."""
    if value is None:
        return "—"
    date = local_instant(value) if isinstance(value, dt.datetime) else value
    assert date is not None
    return f"{date.year}年{date.month}月{date.day}日"


@register.filter
def due_instant(value: dt.datetime | None) -> str:
    """A deadline in full: 2026年3月5日 14:02; midnight is 24:00 of the day before."""
    return "—" if value is None else due_text(value)


@register.filter
def end_instant(value: dt.datetime | None) -> str:
    """The end of a period in the form of tables: 2026-03-05 14:02, 2026-03-04 24:00."""
    return "—" if value is None else clock.end_text(value)


@register.filter
def machine_instant(value: dt.datetime | None) -> str:
    """RFC 3339 in UTC, for `datetime` attributes and islands."""
    return "" if value is None else clock.iso(value)


@register.filter
def span(value: dt.timedelta | float | None) -> str:
    """A length of time in words; takes a timedelta or seconds."""
    if value is None:
        return "—"
    return span_words(value.total_seconds() if isinstance(value, dt.timedelta) else value)


@register.filter
def span_exact(value: dt.timedelta | None) -> str:
    """A length to the millisecond, as gaps are told: 3分20.480秒, 20秒, 1小时0分5秒."""
    if value is None:
        return "—"
    milliseconds = round(abs(value) / dt.timedelta(milliseconds=1))
    seconds, rest = divmod(milliseconds, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    tail = f"{seconds}.{rest:03d}秒" if rest else f"{seconds}秒"
    if hours:
        return f"{hours}小时{minutes}分{tail}"
    return f"{minutes}分{tail}" if minutes else tail


@register.filter
def milliseconds(value: int) -> str:
    """A length given in milliseconds: 1.100秒."""
    return span_exact(dt.timedelta(milliseconds=value))


@register.filter
def clock_offset(milliseconds: float) -> str:
    """How far a device's clock is ahead of true time, in words: 快 3分20.480秒, 慢 120 毫秒."""
    if abs(milliseconds) < 1:
        return "没有偏差"
    word, size = "快" if milliseconds > 0 else "慢", dt.timedelta(milliseconds=abs(milliseconds))
    if size < dt.timedelta(seconds=1):
        return f"{word} {abs(milliseconds):.0f} 毫秒"
    is_short = size < dt.timedelta(days=1)
    return f"{word} {span_exact(size) if is_short else span_words(size.total_seconds())}"


@register.filter
def size(value: int | None) -> str:
    """Bytes in the unit that reads best: 512 B, 3.2 MB, 1.25 GB (1 KB = 1024 B)."""
    if value is None:
        return "—"
    amount = float(value)
    for unit in ("B", "KB", "MB", "GB"):
        if amount < 1024:
            return f"{value} B" if unit == "B" else f"{_short(amount)} {unit}"
        amount /= 1024
    return f"{_short(amount)} TB"


def _short(amount: float) -> str:
    return f"{amount:.2f}" if amount < 10 else f"{amount:.1f}" if amount < 100 else f"{amount:.0f}"


@register.filter
def yuan(value: Decimal | int | None) -> str:
    """Money with two decimals and thousands: 3,000.00 元."""
    return "—" if value is None else f"{Decimal(value):,.2f} 元"


@register.simple_tag
def server_now() -> str:
    """The system's present instant; scripts reckon deadlines by it, not by their own clock."""
    return clock.iso(clock.now())


@register.simple_tag
def server_instant() -> dt.datetime:
    """The system's present instant, for pages drawn without any context."""
    return clock.now()
