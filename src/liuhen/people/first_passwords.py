"""Passwords that somebody else set: good for one sign-in, and for a while only. Reads only.

Not for what a password may be (`password_rules`), nor for who sets them (`actions.people`).
"""

from __future__ import annotations

import datetime as dt

from django.conf import settings

from liuhen.kernel import clock
from liuhen.people.models import Office, Person
from liuhen.people.queries import holders


def is_first(person: Person) -> bool:
    """Whether the person has yet to choose a password of their own."""
    return person.password_given_at is not None


def good_until(person: Person) -> dt.datetime | None:
    """When a first password ends; None for one's own, and where nobody could set another one.

    The only security administrator would be shut out for good.
    """
    if person.password_given_at is None:
        return None
    others = holders(Office.Kind.SECURITY).exclude(id=person.id)
    if not others.exists():
        return None
    return person.password_given_at + dt.timedelta(seconds=settings.FIRST_PASSWORD_SECONDS)


def is_over(person: Person) -> bool:
    """Whether nobody comes in by this password any more."""
    until = good_until(person)
    return until is not None and clock.now() > until
