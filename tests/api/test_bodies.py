"""Who sends slowly is waited for by few threads, not for long; who sends too much, not at all."""

from __future__ import annotations

import socket
import time
from http.client import HTTPConnection, HTTPResponse

import pytest
from django.conf import settings

from liuhen.demo.people import World
from liuhen.kernel.refusals import Refused
from liuhen.recordings.streams import streams
from liuhen.web import bodies
from tests.api.conftest import Caller, Server, signed_in
from tests.kill.tree import until

FORM = b"login=nobody&password=wrong"
PAGE = "/accounts/login/"
HURRY_S = 0.3


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same bounds with few places, and with much patience: who hurries says so."""
    monkeypatch.setattr(bodies, "PATIENCE_S", 120.0)
    monkeypatch.setattr(bodies, "PIECE", 1)
    monkeypatch.setattr(bodies, "places", bodies.Places(3, 2))


def begun(server: Server, path: str = PAGE, length: int = len(FORM)) -> socket.socket:
    """A form of which nothing came yet but its headers."""
    line = socket.create_connection(("127.0.0.1", server.port), timeout=30)
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n"
    kind = "Content-Type: application/x-www-form-urlencoded\r\n\r\n"
    line.sendall((head + kind).encode())
    return line


def answer(line: socket.socket) -> tuple[int, str | None, str]:
    read = HTTPResponse(line)
    read.begin()
    return read.status, read.headers["Retry-After"], read.read().decode()


def test_a_form_that_comes_at_some_pace_is_waited_for_and_one_that_does_not_is_given_up(
    server: Server, few: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with begun(server) as slow:
        until(lambda: bodies.places.taken == 1, "it is waited for", 30)
        slow.sendall(FORM[:5])
        slow.sendall(FORM[5:])
        assert answer(slow)[0] == 403, "read whole: it lacks the value of the page it came from"
    monkeypatch.setattr(bodies, "PATIENCE_S", HURRY_S)
    with begun(server) as never, begun(server, "/api/v1/cases/") as program:
        until(lambda: bodies.places.taken == 2, "both are waited for", 30)
        time.sleep(HURRY_S + 0.1)
        for line in (never, program):
            line.sendall(b"a")
        told = [answer(never), answer(program)]
    assert [status for status, *_ in told] == [408, 408]
    assert {retry for _, retry, _ in told} == {"5"}
    assert "没有及时传完" in told[0][2] and "server.too_slow" in told[1][2]
    until(lambda: bodies.places.taken == 0, "their places are free", 30)


def test_one_address_does_not_take_all_places_and_pages_need_none(
    server: Server, few: None
) -> None:
    with begun(server), begun(server):
        until(lambda: bodies.places.taken == 2, "both are waited for", 30)
        with begun(server) as third:
            status, _, page = answer(third)
        assert status == 503 and "稍候" in page
        with bodies.places.take("10.0.0.2"), pytest.raises(Refused):
            bodies.places.take("10.0.0.3").__enter__()
        line = HTTPConnection("127.0.0.1", server.port, timeout=30)
        line.request("GET", PAGE)
        assert line.getresponse().status == 200
        line.close()
    until(lambda: bodies.places.taken == 0, "whose line ended is waited for no more", 30)


def test_files_with_a_form_have_the_place_of_a_stream_and_come_from_somebody_known(
    server: Server, world: World
) -> None:
    much = b"x" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
    told = {"Content_Type": "application/x-www-form-urlencoded"}
    stranger, officer = Caller(server, {}), Caller(server, signed_in(world["officer"]))
    assert stranger("POST", PAGE, much, **told)[0] == 413
    taken = [streams.take() for _ in range(streams.places)]
    try:
        assert officer("POST", "/simple/", much, **told)[0] == 503
    finally:
        for slot in taken:
            slot.release()
    assert officer("POST", "/simple/", much, **told)[0] == 413, "a form without files"
