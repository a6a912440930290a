"""A real server on a real port, and persons signed in to it. Not a test."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.core.servers.basehttp import (
    ThreadedWSGIServer,
    WSGIRequestHandler,
    get_internal_wsgi_application,
)
from django.db import connection
from django.middleware.csrf import _get_new_csrf_string

from liuhen.demo.people import World
from liuhen.people.models import Person
from liuhen.recordings.streams import streams
from tests.serving import at_work


class QuietHandler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:
        pass


@dataclass(frozen=True)
class Server:
    """Where a server of this test listens."""

    port: int

    @property
    def uploads(self) -> str:
        return f"http://127.0.0.1:{self.port}/api/v1/uploads/"


@pytest.fixture(autouse=True)
def clean_intake() -> None:
    """Nothing of the test before lies in the intake folder."""
    for left in settings.HOME.intake_dir.iterdir():
        shutil.rmtree(left) if left.is_dir() else left.unlink()


@pytest.fixture(autouse=True)
def free_places(monkeypatch: pytest.MonkeyPatch) -> None:
    """All places among the streams: tests of pages in this process leave answers half read."""
    monkeypatch.setattr(streams, "taken", 0)


@contextmanager
def served_here() -> Iterator[Server]:
    """Django's own threaded server in this process: it shares the database and the clock."""
    running = ThreadedWSGIServer(("127.0.0.1", 0), QuietHandler)
    running.set_app(get_internal_wsgi_application())
    with at_work(running):
        yield Server(running.server_port)


@pytest.fixture
def server(world: World) -> Iterator[Server]:
    """One for the authority as it is founded."""
    with served_here() as found:
        yield found


def signed_in(person: Person) -> dict[str, str]:
    """The headers of a browser in which the person has signed in."""
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.save()
    token = _get_new_csrf_string()
    connection.close()
    return {
        "Cookie": f"sessionid={session.session_key}; csrftoken={token}",
        "X-CSRFToken": token,
    }


@dataclass
class Caller:
    """Sends single requests, from the address `source`, and closes each line afterwards."""

    server: Server
    headers: dict[str, str]
    source: str = "127.0.0.1"

    def __call__(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        **headers: str,
    ) -> tuple[int, dict[str, str], bytes]:
        """Send one request; header names with _ for -. Gives status, headers, body."""
        line = HTTPConnection(
            "127.0.0.1", self.server.port, timeout=30, source_address=(self.source, 0)
        )
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        line.request(method, path, body, {**self.headers, **told})
        answer: HTTPResponse = line.getresponse()
        read = answer.read()
        line.close()
        return answer.status, {k.lower(): v for k, v in answer.getheaders()}, read


@pytest.fixture
def officer(server: Server, world: World) -> Caller:
    return Caller(server, {**signed_in(world["officer"]), "Tus-Resumable": "1.0.0"})
