"""Choosing officers of a unit, each shown with the certificate they hold today.

Who has none in force is listed and named so: the act says what follows. Not for registering
people (`people_forms`).
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms

from liuhen.kernel import clock
from liuhen.people.models import Certificate, Office, Person, Unit
from liuhen.people.queries import Validity, holders, validity_of
from liuhen.web.one_form import PlacedForm

_STANDINGS = {
    Validity.NOT_YET: "证件尚未生效",
    Validity.EXPIRED: "证件已过期",
    Validity.REVOKED: "证件已吊销",
}


def _best(certificates: list[Certificate], today: dt.date) -> tuple[Validity, Certificate] | None:
    """The certificate that stands best on a day, and how."""
    ranks = list(Validity)
    found = [(validity_of(one, today), one) for one in certificates]
    return min(found, key=lambda each: ranks.index(each[0]), default=None)


def certificate_words(certificates: list[Certificate], today: dt.date) -> str:
    """The number of the certificate in force, or how the best of them stands."""
    best = _best(certificates, today)
    if best is None:
        return "没有执法证件"
    standing, certificate = best
    return _STANDINGS.get(standing, f"证号 {certificate.number}")


def certificate_lamp(certificates: list[Certificate], today: dt.date) -> str:
    """Green in force, yellow in its last sixty days, red otherwise."""
    best = _best(certificates, today)
    lamps = {Validity.VALID: "green", Validity.EXPIRING: "yellow"}
    return lamps.get(best[0], "red") if best else "red"


def officer_choices(unit: Unit) -> dict[str, tuple[Person, str]]:
    """The officers of a unit by id, with the words to choose them by. Two queries."""
    today = clock.local_date(clock.now())
    people = holders(Office.Kind.OFFICER, unit).prefetch_related("certificates").order_by("name")
    return {
        str(one.id): (
            one,
            f"{one.name}（{certificate_words(list(one.certificates.all()), today)}）",
        )
        for one in people
    }


class OfficersForm(PlacedForm):
    """Two officers or more; with `has_handler` one of them carries the case."""

    handler = forms.TypedChoiceField(label="承办人", empty_value=None)
    officers = forms.TypedMultipleChoiceField(
        label="执法人员",
        widget=forms.CheckboxSelectMultiple,
        help_text="至少两人，承办人在内，都要持有有效执法证件",
        error_messages={"required": "请选择执法人员。"},
    )

    def __init__(self, *args: Any, unit: Unit, **options: Any) -> None:
        super().__init__(*args, **options)
        known = officer_choices(unit)
        choices = [(key, label) for key, (_, label) in known.items()]
        for name in ("handler", "officers"):
            field = self.fields.get(name)
            if field is not None:
                field.choices = choices  # type: ignore[attr-defined]
                field.coerce = lambda key: known[key][0]  # type: ignore[attr-defined]
        if "handler" in self.fields:
            self.fields["handler"].choices = [("", "请选择"), *choices]  # type: ignore[attr-defined]
