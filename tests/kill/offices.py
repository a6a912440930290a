"""Every office at every list of the product, by HTTP, as the machines of an installation answer.

Not a test, and not the whole matrix (`tests.web.test_matrix`), which asks the views themselves.
"""

from __future__ import annotations

import json
import tomllib
from http import HTTPStatus
from importlib import resources

from tests.kill.officer import Line

SHUT = (HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND)
# Sessions of everybody, opened on one machine; and which permissions each of them has.
SESSIONS = """
import json
from liuhen.demo.people import ACCOUNTS
from liuhen.people.models import Person
from liuhen.people.queries import is_allowed
from tests.api.conftest import signed_in
from tests.kill.offices import asked
told = {}
for username, *_ in ACCOUNTS:
    person = Person.objects.get(username=username)
    may = [one for one in sorted(set(asked().values())) if one == "*" or is_allowed(person, one)]
    told[username] = [signed_in(person)["Cookie"], may]
print(json.dumps(told))
"""
LISTS = """
import json
from django.urls import NoReverseMatch, reverse
from tests.kill.offices import asked
found = {}
for name in asked():
    try:
        found[name] = reverse(name)
    except NoReverseMatch:
        pass
print(json.dumps(found))
"""


def asked() -> dict[str, str]:
    """What each address that names no record asks for."""
    told = tomllib.loads(resources.files("liuhen.web").joinpath("pages.toml").read_text("utf-8"))
    return dict(told["lists"])


def doors(port: int, sessions: str, addresses: dict[str, str]) -> dict[tuple[str, str], bool]:
    """Which address opens to whom on one machine."""
    found = {}
    for username, (cookie, _) in json.loads(sessions).items():
        line = Line(port)
        line.cookies = dict(one.split("=", 1) for one in cookie.split("; "))
        for name, path in addresses.items():
            answer = line.ask("GET", path)
            assert answer.status < 500, (username, path, answer.status)
            if answer.status == HTTPStatus.METHOD_NOT_ALLOWED:
                continue  # nothing to look at, only to send
            # who is sent to sign in is not known here
            to = str(answer.headers["Location"] or "")
            assert not to.startswith("/accounts/login"), (username, path)
            found[username, name] = answer.status not in SHUT
    return found


def expected(sessions: str, addresses: dict[str, str]) -> dict[tuple[str, str], bool]:
    """What the permissions say."""
    asks = asked()
    return {
        (username, name): asks[name] in may
        for username, (_, may) in json.loads(sessions).items()
        for name in addresses
    }
