"""Sums of money as official papers write them: in Chinese capitals and in figures.

Not for limits of amounts or late-payment arithmetic: those are law (`liuhen.law`).
"""

from __future__ import annotations

from decimal import Decimal

from liuhen.kernel.refusals import Refused

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿")
LARGEST_FEN = 10**14 - 1  # 999,999,999,999.99 yuan: the last sum whose groups end at 亿


def fen(amount: int | Decimal) -> int:
    """The amount in fen: an `int` is fen already, a `Decimal` is yuan.

    Raises:
        Refused: `amount.not_whole_fen` or `amount.out_of_range` (0 to 999,999,999,999.99 yuan).
        TypeError: the amount is a float, a truth value or something else that counts no money.
    """
    if isinstance(amount, bool) or not isinstance(amount, int | Decimal):
        raise TypeError(f"no amount of money: {type(amount).__name__}")
    if isinstance(amount, Decimal) and not amount.is_finite():
        raise Refused("amount.out_of_range", amount=str(amount))
    scaled = amount if isinstance(amount, int) else amount * 100
    if not 0 <= scaled <= LARGEST_FEN:
        raise Refused("amount.out_of_range", amount=str(amount))
    if scaled != int(scaled):
        raise Refused("amount.not_whole_fen", amount=str(amount))
    return int(scaled)


def chinese_amount(amount: int | Decimal) -> str:
    """The amount in Chinese capitals: 贰佰元整, 壹仟零伍元叁角整, 壹元零伍分.

    `int` is fen, `Decimal` is yuan. Whole yuan and whole jiao end in 整; a gap of zeros is read
    as one 零, also between yuan and jiao when the yuan end in nought, so that no digit can be
    slipped in (the stricter of the two forms the central bank's rules for vouchers allow).

    Raises:
        Refused, TypeError: as `fen`.
    """
    yuan, rest = divmod(fen(amount), 100)
    jiao, odd = divmod(rest, 10)
    if not yuan and not rest:
        return "零元整"
    text = f"{_whole(yuan)}元" if yuan else ""
    if jiao:
        text += ("零" if yuan and yuan % 10 == 0 else "") + f"{_DIGITS[jiao]}角"
    elif odd and yuan:
        text += "零"
    return text + (f"{_DIGITS[odd]}分" if odd else "整")


def figures(amount: int | Decimal) -> str:
    """The amount in yuan with two decimals and thousands set apart: 1,234.50."""
    yuan, rest = divmod(fen(amount), 100)
    return f"{yuan:,}.{rest:02d}"


def _whole(number: int) -> str:
    """A positive whole number in capitals, by groups of four digits."""
    groups: list[int] = []
    while number:
        number, group = divmod(number, 10_000)
        groups.append(group)
    text, gap = "", False
    for index in reversed(range(len(groups))):
        group = groups[index]
        if not group:
            gap = True
            continue
        if text and (gap or group < 1_000):
            text += "零"
        text += _group(group) + _GROUPS[index]
        gap = False
    return text


def _group(group: int) -> str:
    """One to four digits in capitals, without a leading 零."""
    text, gap = "", False
    for place in reversed(range(4)):
        digit = group // 10**place % 10
        if not digit:
            gap = bool(text)
            continue
        text += ("零" if gap else "") + _DIGITS[digit] + _PLACES[place]
        gap = False
    return text
