"""What is told to another system goes to the one that is named, by a certificate we believe."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
import urllib3

from liuhen.host import tls
from liuhen.host.posting import post
from liuhen.host.secret_files import SecretFiles

HEARD: list[bytes] = []


class Hearing(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        HEARD.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def outside(
    tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """The address of a system under TLS whose certificate says `localhost` and 127.0.0.1."""
    host, is_believed = request.param
    secrets = SecretFiles(tmp_path / "secrets")
    secrets.create_folder()
    files = tls.server_files(secrets, "localhost", {})
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files.certificate, files.key)
    server = HTTPServer((host, 0), Hearing)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    Thread(target=server.serve_forever, daemon=True).start()
    if is_believed:
        monkeypatch.setenv("SSL_CERT_FILE", str(files.authority))
    HEARD.clear()
    yield f"https://{host}:{server.server_port}/"
    server.shutdown()
    server.server_close()


def told(address: str) -> None:
    post(address, b"key", b"{}", message_id="1")


@pytest.mark.parametrize("outside", [("127.0.0.1", True)], indirect=True)
def test_whom_we_believe_under_its_own_name_hears_us(outside: str) -> None:
    told(outside)
    assert HEARD == [b"{}"]


@pytest.mark.parametrize(
    ("outside", "why"),
    [
        (("127.0.0.1", False), "unable to get local issuer|self-signed"),
        (("127.0.0.2", True), "mismatch|doesn't match"),
    ],
    ids=["an authority nobody knows", "another name"],
    indirect=["outside"],
)
def test_who_is_somebody_else_by_certificate_hears_nothing(outside: str, why: str) -> None:
    with pytest.raises(urllib3.exceptions.HTTPError, match=why):
        told(outside)
    assert HEARD == []
