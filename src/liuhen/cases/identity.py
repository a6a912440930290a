"""Numbers that identify a person or an organisation, checked by their own arithmetic.

Pure functions. Sources: GB 11643 (resident identity numbers), GB 32100 (unified social credit
codes). Not for whether such a person or organisation exists.
"""

from __future__ import annotations

import datetime as dt

_RESIDENT_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_RESIDENT_CHECKS = "10X98765432"
# GB 32100: digits and capital letters without I, O, S, V, Z, which are easily misread.
_CREDIT_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_LENGTH = 18


def is_resident_number(text: str, *, on: dt.date) -> bool:
    """Whether a text is a well-formed resident identity number on a day (GB 11643).

    Eighteen characters: division, a day of birth not after `on`, sequence, check character.
    """
    digits, check = text[:17], text[17:]
    if len(text) != _LENGTH or not (digits.isascii() and digits.isdigit()):
        return False
    if text.startswith("0"):
        return False
    try:
        born = dt.date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        return False
    return born <= on and check == resident_check(digits)


def born_on(number: str) -> dt.date:
    """The day of birth that a well-formed resident identity number tells."""
    return dt.date(int(number[6:10]), int(number[10:12]), int(number[12:14]))


def resident_check(digits: str) -> str:
    """The check character of the first seventeen digits: weighted sum modulo 11."""
    total = sum(int(d) * w for d, w in zip(digits, _RESIDENT_WEIGHTS, strict=True))
    return _RESIDENT_CHECKS[total % 11]


def is_credit_code(text: str) -> bool:
    """Whether a text is a well-formed unified social credit code (GB 32100).

    Eighteen characters: department and kind (letters too: A, N, Y, G begin lawful codes), the six
    digits of the division, nine characters of the organisation, check character.
    """
    if len(text) != _LENGTH or any(c not in _CREDIT_CHARACTERS for c in text):
        return False
    return text[2:8].isdigit() and text[17] == credit_check(text[:17])


def credit_check(body: str) -> str:
    """The check character of the first seventeen: weights are powers of 3 modulo 31."""
    total = sum(_CREDIT_CHARACTERS.index(c) * pow(3, i, 31) for i, c in enumerate(body))
    return _CREDIT_CHARACTERS[-total % 31]
