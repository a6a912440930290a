"""Single sign-on against a real OpenID Connect provider in a process of its own."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import pytest
import urllib3
from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from liuhen.actions.leaving import deactivate_person
from liuhen.demo.people import World
from liuhen.host.secret_files import write_durably
from liuhen.kernel.refusals import Refused
from liuhen.settings import single_sign_on
from tests.web.conftest import words
from tests.web.test_second_factor import enrolled
from tests.web.test_sign_in import anybody, data_of, is_in, sign_in


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    """The address of a provider that runs."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = Path(sys.executable).with_name("oidc-provider-mock")
    running = subprocess.Popen(
        [command, "--port", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    address, deadline = f"http://127.0.0.1:{port}", time.monotonic() + 240
    try:
        while True:
            try:
                urllib3.request("GET", f"{address}/.well-known/openid-configuration", retries=False)
                break
            except urllib3.exceptions.HTTPError:
                assert time.monotonic() < deadline
                time.sleep(0.1)
        yield address
    finally:
        running.terminate()
        running.wait(30)


@pytest.fixture
def client(world: World, provider: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    """A browser at a home whose provider is set; the claim is the one this provider fills."""
    kept = settings.HOME.secrets.folder / "oidc.secret"
    write_durably(kept, b"what the provider knows us by\n")
    monkeypatch.setattr(settings, "SOCIALACCOUNT_PROVIDERS", single_sign_on(provider, "liuhen"))
    monkeypatch.setattr(settings, "OIDC_CLAIM", "sub")
    yield anybody()
    kept.unlink()


def begin(client: Client) -> str:
    """The provider's address, with all we ask of it."""
    answer = client.get(reverse("openid_connect_login", args=["sso"]))
    assert answer.status_code == 302
    return str(answer.headers["Location"])


def come_back(client: Client, begun: str, username: str) -> HttpResponse:
    """Sign in at the provider and follow its way back."""
    body = f"sub={username}"
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    there = urllib3.request("POST", begun, body=body, headers=headers, redirect=False)
    back = urlsplit(there.headers["Location"])
    answer = client.get(f"{back.path}?{back.query}", REMOTE_ADDR="192.0.2.1")
    assert isinstance(answer, HttpResponse)
    return answer


def test_whom_the_provider_names_is_in_and_on_record(client: Client, world: World) -> None:
    assert "单位统一登录" in words(client.get(reverse("account_login")))
    begun = begin(client)
    asked = parse_qs(urlsplit(begun).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert come_back(client, begun, "officer").headers["Location"] == "/"
    assert is_in(client)
    assert data_of("session.started") == [{"address": "192.0.2.1"}]


def test_a_name_nobody_is_registered_under_stays_outside(client: Client, world: World) -> None:
    for name in ("nobody", "system"):
        answer = come_back(client, begin(client), name)
        assert answer.headers["Location"].endswith("?sso=unknown")
        assert not is_in(client)
    assert {told["username"] for told in data_of("session.refused")} == {"nobody", "system"}
    assert "没有登记" in words(client.get(reverse("account_login") + "?sso=unknown"))


def test_an_account_switched_off_stays_shut(client: Client, world: World) -> None:
    deactivate_person(actor=world["security"], person_id=world["supervisor"].id, reason="调离")
    come_back(client, begin(client), "supervisor")
    assert not is_in(client)
    assert len(data_of("session.refused")) == 1


def test_our_second_step_is_asked_all_the_same(client: Client, world: World) -> None:
    first = anybody()
    sign_in(first, "head")
    enrolled(first)
    answer = come_back(client, begin(client), "head")
    assert answer.headers["Location"] == reverse("mfa_authenticate")
    assert not is_in(client)


def test_an_answer_that_belongs_to_another_session_opens_nothing(
    client: Client, world: World
) -> None:
    begun = begin(client)
    stranger = anybody()
    answer = come_back(stranger, begun, "officer")
    assert answer.headers["Location"].endswith("?sso=failed")
    assert not is_in(stranger)
    assert len(data_of("session.refused")) == 1


def test_without_a_provider_there_is_no_such_way(world: World) -> None:
    client = anybody()
    assert "单位统一登录" not in words(client.get(reverse("account_login")))
    assert client.get(reverse("openid_connect_login", args=["sso"])).status_code == 404


@pytest.mark.parametrize("address", ["http://sso.example.org", "ftp://127.0.0.1", "sso"])
def test_a_provider_in_the_clear_is_refused(address: str) -> None:
    with pytest.raises(Refused, match=r"setting\.oidc"):
        single_sign_on(address, "liuhen")


@contextmanager
def relay(provider: str, client: str) -> Iterator[str]:
    """The provider through somebody who tells it that we are `client`."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length).replace(
                b"client_id=liuhen", f"client_id={client}".encode()
            )
            path = self.path.replace("client_id=liuhen", f"client_id={client}")
            kept = {k: v for k, v in self.headers.items() if k.lower() != "content-length"}
            answer = urllib3.request(
                self.command, provider + path, body=body, headers=kept, redirect=False
            )
            self.send_response(answer.status)
            for name in ("Content-Type", "Location"):
                if name in answer.headers:
                    self.send_header(name, answer.headers[name])
            self.send_header("Content-Length", str(len(answer.data)))
            self.end_headers()
            self.wfile.write(answer.data)

        do_POST = do_GET  # noqa: N815 - the name http.server asks for

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(("audience", "opens"), [("liuhen", True), ("another", False)])
def test_a_token_that_was_given_for_another_system_opens_nothing(
    client: Client,
    provider: str,
    monkeypatch: pytest.MonkeyPatch,
    audience: str,
    opens: bool,
) -> None:
    with relay(provider, audience) as address:
        monkeypatch.setattr(settings, "SOCIALACCOUNT_PROVIDERS", single_sign_on(address, "liuhen"))
        answer = come_back(client, begin(client), "officer")
    assert answer.headers["Location"].endswith("/" if opens else "?sso=failed")
    assert is_in(client) is opens
