"""What the pages of persons show of rows: lamps, spans, lines. Reads only, not for forms."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from liuhen.actions.leaving import words_of
from liuhen.actions.second_factor import CONFIRMED_WITHIN
from liuhen.kernel import clock
from liuhen.people import first_passwords
from liuhen.people.models import Certificate, Office, Person
from liuhen.people.queries import Validity, is_allowed, persons_to_renew, validity_of
from liuhen.recordings.holdings import holdings_of
from liuhen.web.templatetags.wording import instant

SHOWN = (("", "在用"), ("renew", "证件到期"), ("inactive", "已停用"))
_LAMPS = {
    Validity.VALID: "green",
    Validity.EXPIRING: "yellow",
    Validity.NOT_YET: "open",
    Validity.EXPIRED: "red",
    Validity.REVOKED: "grey",
}
# Offices whose holders act towards parties and show a certificate.
_CERTIFIED = frozenset({Office.Kind.OFFICER, Office.Kind.HANDLER})


def chosen(show: str, today: dt.date) -> QuerySet[Person]:
    """The persons of one of the `SHOWN` kinds; anything unknown shows the active ones."""
    humans = Person.objects.filter(nature=Person.Nature.HUMAN)
    if show == "inactive":
        return humans.filter(is_active=False)
    return persons_to_renew(today) if show == "renew" else humans.filter(is_active=True)


def person_line(one: Person, today: dt.date) -> dict[str, Any]:
    """One row of the list. `offices` and `certificates` should be prefetched."""
    held = _held(one.offices.all())
    return {
        "name": one.name,
        "username": one.username,
        "unit": one.unit.name if one.unit else "",
        "offices": "、".join(dict.fromkeys(office.get_kind_display() for office in held)),
        "certificate": _standing(one, held, today),
        "is_active": one.is_active,
        "href": reverse("person", args=[one.id]),
    }


def _held(offices: Iterable[Office]) -> list[Office]:
    now = clock.now()
    return [office for office in offices if office.is_held_at(now)]


def _standing(one: Person, held: list[Office], today: dt.date) -> dict[str, str] | None:
    """The lamp of the certificate that stands best; red when one is needed and there is none."""
    ranks = list(Validity)
    states = [(ranks.index(validity_of(c, today)), c) for c in one.certificates.all()]
    if states:
        _, best = min(states, key=lambda pair: (pair[0], -pair[1].valid_until.toordinal()))
        return certificate_lamp(best, today)
    is_needed = any(office.kind in _CERTIFIED for office in held)
    return {"lamp": "red", "words": "没有证件"} if is_needed and one.is_active else None


def certificate_lamp(certificate: Certificate, today: dt.date) -> dict[str, str]:
    """How a certificate stands, for the tag `lamp`."""
    state = validity_of(certificate, today)
    left = (certificate.valid_until - today).days
    words = {
        Validity.VALID: "有效",
        Validity.EXPIRING: "今日到期" if left == 1 else f"还有 {left} 天到期",
        Validity.NOT_YET: "尚未生效",
        Validity.EXPIRED: "已过期",
        Validity.REVOKED: "已吊销",
    }
    return {"lamp": _LAMPS[state], "words": words[state]}


def person_page(actor: Person, who: Person) -> dict[str, Any]:
    """The context of a person's page."""
    today = clock.local_date(clock.now())
    is_self = actor.id == who.id
    offices = who.offices.select_related("unit", "deputy_for__person").order_by("-since", "-id")
    lines = [_office_line(office, is_self) for office in offices]
    certificates = who.certificates.order_by("-valid_until", "number")
    return {
        "who": who,
        "is_self": is_self,
        "offices": [line for line in lines if line["is_held"]],
        "past_offices": [line for line in lines if not line["is_held"]],
        "certificates": [_certificate_line(one, today) for one in certificates],
        "needs_certificate": any(line["kind"] in _CERTIFIED for line in lines if line["is_held"]),
        "devices": list(who.devices.order_by("serial")),
        "devices_href": reverse("devices") if is_allowed(actor, "device.list") else None,
        "held": words_of(holdings_of(who)) if who.is_active else [],
        "first_password": _first_password(who),
        "second_factor_resets": _resets(actor, who),
        "crumbs": [{"label": "人员与机构", "href": reverse("people")}, {"label": who.name}],
    }


def _first_password(who: Person) -> dict[str, str] | None:
    """The lamp of a password that is not the person's own yet."""
    if not first_passwords.is_first(who):
        return None
    if first_passwords.is_over(who):
        return {"lamp": "red", "words": "初始密码已过期", "more": "没有用过，请重置密码"}
    until = first_passwords.good_until(who)
    more = f"有效至 {instant(until)}" if until is not None else "首次登录时更换"
    return {"lamp": "yellow", "words": "初始密码", "more": more}


def _resets(actor: Person, who: Person) -> list[dict[str, Any]]:
    """What waits for a second administrator; the one who asked can't confirm."""
    asked = who.second_factor_resets.filter(
        confirmed_at=None, asked_at__gte=clock.now() - CONFIRMED_WITHIN
    )
    return [
        {
            "id": one.id,
            "asked_by": one.asked_by,
            "asked_at": one.asked_at,
            "reason": one.reason,
            "may_confirm": one.asked_by_id != actor.id,
        }
        for one in asked.select_related("asked_by").order_by("asked_at")
    ]


def _office_line(office: Office, is_self: bool) -> dict[str, Any]:
    now = clock.now()
    # An office that begins later can be ended as well: before it begins.
    is_over = office.until is not None and office.until <= now
    return {
        "row": office,
        "kind": office.kind,
        "label": office.get_kind_display(),
        "period": _period(office),
        "deputy_for": office.deputy_for.person.name if office.deputy_for else "",
        "is_held": not is_over,
        "is_later": office.since > now,
        "end_href": None if is_over or is_self else reverse("office_end", args=[office.id]),
    }


def _period(office: Office) -> str:
    """2026-02-08 09:00 起，至 2026-12-31 24:00."""
    begun = f"{instant(office.since)} 起"
    if office.until is None:
        return begun
    return f"{begun}，至 {clock.end_text(office.until)}"


def _certificate_line(one: Certificate, today: dt.date) -> dict[str, Any]:
    state = validity_of(one, today)
    is_over = state in (Validity.REVOKED, Validity.EXPIRED)
    return {
        "row": one,
        "last_day": one.valid_until - dt.timedelta(days=1),
        **certificate_lamp(one, today),
        "revoke_href": None if is_over else reverse("certificate_revoke", args=[one.id]),
    }
