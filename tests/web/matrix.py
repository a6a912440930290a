"""Asks every address of the product for somebody, without drawing the page. Not a test.

Only whether the door opens matters here: `shut` when it says that a permission is missing or that
there is no such record, `open` for everything else, a form that lacks its fields included.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Container, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import resources
from typing import Any
from unittest import mock

from allauth.core.context import request_context
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.http import Http404
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver, resolve
from ninja.errors import AuthenticationError

from liuhen.actions.people import appoint, register_person
from liuhen.demo.days import PASSWORD_OF_DEMO
from liuhen.demo.people import World
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Office, Person

SHUT = frozenset({"permission.missing", "record.not_found", "metrics.closed"})
OFFICES = tuple(kind for kind in Office.Kind if kind != Office.Kind.SYSTEM)
# Doors of a library, of the session itself, and the description of the API: none asks an office.
OTHERS = re.compile(r"(accounts/|password/sessions/|api/v1/(docs|openapi|$))")
# Another machine than ours: `metrics` answers programs of this one.
_ELSEWHERE = "203.0.113.7"

# What the tests fill addresses with: a case's records and values they know.
KNOWN = {
    *("case_id", "activity_id", "party_id", "paper_id", "recording_id", "entry_id"),
    *(
        "approval_id",
        "reference",
        "type_key",
        "route_key",
        "kind",
        "rule",
        "subject",
        "name",
        "page",
    ),
    *("way", "step"),
}
PAGES = tomllib.loads(resources.files("liuhen.web").joinpath("pages.toml").read_text("utf-8"))
# Addresses at which no person of an office is expected.
NOBODYS = frozenset({*PAGES["anybody"]["pages"], *PAGES["machines"]})
# Every office to which a page opens, or some of them in turn: a page that opens is read whole.
IS_FULL = bool(os.environ.get("LIUHEN_MATRIX"))


class _Deaf:
    """Takes the messages of a page that nobody reads."""

    def add(self, *_: object, **__: object) -> None:
        """Drop it."""


def addresses(resolver: Any = None, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Name and template of every address that leads to a page, an act or the API."""
    for one in (resolver or get_resolver()).url_patterns:
        route = prefix + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from addresses(one, route)
        elif isinstance(one, URLPattern) and not OTHERS.match(route):
            yield one.name or route, route


def names_in(route: str) -> set[str]:
    """What an address is filled with."""
    return set(re.findall(r"<(?:\w+:)?(\w+)>", route))


def pages() -> dict[str, str]:
    """Name and template of every address that names nothing but what the matrix knows."""
    found: dict[str, str] = {}
    for name, route in addresses():
        if names_in(route) <= KNOWN and name not in NOBODYS:
            found.setdefault(name, route)
    return found


def named() -> dict[str, str]:
    """Name and template of every address that names another record (`[named]` of the pages)."""
    known = {*pages(), *NOBODYS}
    return {name: route for name, route in addresses() if name not in known}


def filled(route: str, records: Mapping[str, object]) -> str:
    """The address that names these records."""
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(records[found[1]]), route)


def door(person: Person | None, address: str, *, token: str = "", also: Container[str] = ()) -> str:
    """`open` or `shut` for somebody, nobody or a token, as the view itself says it.

    `also` are further refusals that mean it is shut.
    """
    who = person or AnonymousUser()
    for method in ("GET", "POST"):
        answer = _asked(who, address, method, token, also)
        if answer != "method":
            return answer
    return "shut"


def _asked(
    who: Person | AnonymousUser, address: str, method: str, token: str, also: Container[str]
) -> str:
    factory = RequestFactory(SERVER_NAME="localhost", REMOTE_ADDR=_ELSEWHERE)
    shown = {"Authorization": f"Bearer {token}"} if token else {}
    request = factory.generic(method, address, headers=shown)
    request.user = who
    request.session = SessionStore()
    request._messages = _Deaf()  # type: ignore[attr-defined]
    request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]
    request.resolver_match = found = resolve(address)
    try:
        with request_context(request):  # as the library's middleware has it
            response = found.func(request, *found.args, **found.kwargs)
    except Refused as refused:
        return "shut" if refused.code in SHUT or refused.code in also else "open"
    except (Http404, AuthenticationError):
        return "shut"
    if response.status_code == 405:
        return "method"
    is_led_to_sign_in = response.status_code == 302 and not request.user.is_authenticated
    return "shut" if is_led_to_sign_in or response.status_code in (401, 403, 404) else "open"


_DRAWING = "django.template.loader.render_to_string"


@contextmanager
def undrawn() -> Iterator[None]:
    """Pages are answered, not drawn."""
    with mock.patch(_DRAWING, lambda *_, **__: ""):
        yield


@contextmanager
def drawn() -> Iterator[None]:
    """Within `undrawn`: pages are drawn after all."""
    with mock.patch(_DRAWING, render_to_string):
        yield


def one_of_each(
    world: World, unit: str, kinds: Sequence[Office.Kind] = OFFICES
) -> dict[str, Person]:
    """Somebody new for each office, who holds only it, in a unit."""
    found = {}
    for kind in kinds:
        person = register_person(
            actor=world.system,
            username=f"{kind.value}_{unit}".lower(),
            name="新来",
            unit=world.units[unit],
            password=PASSWORD_OF_DEMO,
        )
        appoint(actor=world.system, person=person, kind=kind)
        found[kind.value] = person
    return found
