"""Days, instants and small numbers as Chinese papers write them.

Not for periods, working days or holidays: those are law (`liuhen.law.calendar`).
"""

from __future__ import annotations

import datetime as dt

from liuhen.kernel import clock

_DIGITS = "〇一二三四五六七八九"
_LARGEST_NUMERAL = 9999


def chinese_numeral(number: int) -> str:
    """A count in plain Chinese numerals, 0 to 9999: 十五, 六十, 一百零三.

    Raises:
        ValueError: the number is outside that range.
    """
    if not 0 <= number <= _LARGEST_NUMERAL:
        raise ValueError(f"no numeral for {number}")
    if number == 0:
        return "零"
    text, gap = "", False
    for place, unit in ((3, "千"), (2, "百"), (1, "十"), (0, "")):
        digit = number // 10**place % 10
        if not digit:
            gap = bool(text)
            continue
        one = "" if unit == "十" and digit == 1 and not text else _DIGITS[digit]
        text += ("零" if gap else "") + one + unit
        gap = False
    return text


def chinese_date(day: dt.date) -> str:
    """A day in figures: 2026年11月23日."""
    return f"{day.year}年{day.month}月{day.day}日"


def formal_date(day: dt.date) -> str:
    """A day in Chinese numerals: 二〇二六年十一月二十三日."""
    year = "".join(_DIGITS[int(digit)] for digit in f"{day.year:04d}")
    return f"{year}年{chinese_numeral(day.month)}月{chinese_numeral(day.day)}日"


def chinese_instant(instant: dt.datetime, *, seconds: bool = False) -> str:
    """An aware instant on the authority's wall clock: 2026年11月23日09时05分, or to the second."""
    return chinese_date(clock.local_date(instant)) + _time_of_day(instant, seconds=seconds)


def chinese_span(
    started_at: dt.datetime, ended_at: dt.datetime | None, *, seconds: bool = False
) -> str:
    """A span of time; an end on the same day gives its time only, an unknown end stays open.

    A period that lasts to the end of a day ends at its 24时.
    """
    start = chinese_instant(started_at, seconds=seconds)
    if ended_at is None:
        return f"{start}至"
    is_last = clock.local(ended_at).time() == dt.time.max
    end = "24时" if is_last else _time_of_day(ended_at, seconds=seconds)
    if clock.local_date(started_at) == clock.local_date(ended_at):
        return f"{start}至{end}"
    return f"{start}至{chinese_date(clock.local_date(ended_at))}{end}"


def _time_of_day(instant: dt.datetime, *, seconds: bool) -> str:
    local = clock.local(instant)
    text = f"{local.hour:02d}时{local.minute:02d}分"
    return f"{text}{local.second:02d}秒" if seconds else text
