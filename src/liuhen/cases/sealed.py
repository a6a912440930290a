"""Identity numbers as the database holds them: sealed, and findable by a keyed digest.

A party's number opens in its own row only. In a paper's data it stands sealed among the other
fields, so that a row, its image and a copy of the database tell none. Not for the keys
(`host.identity_keys`), nor for whether a number is well formed (`cases.identity`).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from operator import or_
from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from liuhen.host.identity_keys import MARK, Ring
from liuhen.kernel.refusals import Fault, Refused

# The part of a party's data in a paper that holds its number.
NUMBER = "identity_number"
_PAPER = "a paper"


def ring() -> Ring:
    """The keys of this home, as their files have them now."""
    found: Ring = settings.HOME.identity_keys().ring()
    return found


def number_digest(number: str) -> str:
    """By what a number is looked up; the same however it was typed. "" for none."""
    plain = "".join(number.split()).upper()
    return ring().digest(plain) if plain else ""


def is_sealed(text: str) -> bool:
    """Whether a column's text is a sealed one; before its migration it was plain."""
    return text.startswith(MARK)


def sealed_data(data: Any) -> Any:
    """A paper's data as stored: each party's number sealed, nothing else changed."""
    return _with_numbers(data, lambda one: one if is_sealed(one) else ring().seal(one, _PAPER))


def opened_data(data: Any) -> Any:
    """A paper's data as it was said; a number whose key is not here stays sealed."""
    return _with_numbers(data, _opened)


def refuse_closed(data: Any) -> None:
    """Refuse to print a paper with a number that did not open.

    Raises:
        Refused: `identity_keys.number_closed`.
    """
    _with_numbers(data, _not_closed)


def _opened(number: str) -> str:
    try:
        return ring().open(number, _PAPER) if is_sealed(number) else number
    except Fault:
        return number


def _not_closed(number: str) -> str:
    if is_sealed(number):
        raise Refused("identity_keys.number_closed", name="文书中的当事人")
    return number


def _with_numbers(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, dict):
        return {
            key: change(one)
            if key == NUMBER and isinstance(one, str) and one
            else _with_numbers(one, change)
            for key, one in value.items()
        }
    if isinstance(value, list):
        return [_with_numbers(one, change) for one in value]
    return value


class WithNumber(models.Model):
    """A guarded row with one identity number, which stays out of its images.

    The number opens in this row only; the digest is how equal numbers are found.
    """

    image_excludes: ClassVar[tuple[str, ...]] = ("sealed_number", "number_digest")

    sealed_number = models.TextField("证件号码（密文）", blank=True)
    number_digest = models.CharField("证件号码检索摘要", max_length=64, blank=True)

    class Meta:
        abstract = True

    @property
    def identity_number(self) -> str:
        """The number in plain; "" for none.

        Raises:
            Refused: `identity_keys.number_closed`: changed, or its key is not here.
        """
        if not self.sealed_number:
            return ""
        try:
            return ring().open(self.sealed_number, self._place)
        except Fault:
            raise Refused("identity_keys.number_closed", name=str(self)) from None

    @identity_number.setter
    def identity_number(self, number: str) -> None:
        self.sealed_number = ring().seal(number, self._place) if number else ""
        self.number_digest = number_digest(number)

    @property
    def number_words(self) -> str:
        """The number for a page, which is shown also when it does not open."""
        try:
            return self.identity_number
        except Refused:
            return "打不开（加密密钥不在，请联系系统运维）"

    @classmethod
    def proves_unbound(cls) -> bool:
        """Whether any number was sealed with a key of this home; a restored one may lack them."""
        sealed = cls._default_manager.exclude(sealed_number="")
        marks = [models.Q(sealed_number__startswith=mark) for mark in ring().marks]
        return sealed.filter(reduce(or_, marks)).exists()

    def unbound_fault(self) -> tuple[str, str] | None:
        """What does not hold of number and digest: each must be the one written for this row."""
        if not self.sealed_number:
            gone = ("number.missing", "证件号码的密文不在了，检索摘要还在")
            return gone if self.number_digest else None
        if not self.sealed_number.startswith(ring().marks):
            return "number.key_missing", "证件号码所用的加密密钥不在这里，或者密文的标记被改动"
        try:
            number = ring().open(self.sealed_number, self._place)
        except Fault:
            return "number.altered", "证件号码的密文被改动，或者是从别的记录换来的"
        if self.number_digest != number_digest(number):
            return "number.digest", "证件号码的检索摘要不是这个号码的"
        return None

    @property
    def _place(self) -> str:
        return f"{self._meta.db_table}/{self.pk}"


class DataWithNumbers(models.JSONField):
    """JSON whose identity numbers are sealed in the database and plain in Python."""

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        """Seal on the way in; what a query compares with stays as it is."""
        return super().get_db_prep_save(sealed_data(value), connection)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        """Open on the way out."""
        return opened_data(super().from_db_value(value, expression, connection))
