"""The capture page as a phone has it: `liuhen serve --tls`, trusted, in Chromium.

Installed, off line, filmed, back on line, handed in; and over plain http on another address the
page says why it can't film. The whole tree of processes runs, nothing stands for it.
"""

from __future__ import annotations

import base64
import hashlib
import json
import socket
import ssl
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from playwright.sync_api import Error

from liuhen.host import tls
from tests.kill.tree import Tree, free_port, in_home, made_home, start, until
from tests.web.driven import Phone

NAME = "phone.test"
# The cookies of an officer who has signed in, and what came in of what was filmed.
SIGNED_IN = """
import json
from liuhen.demo.people import known_world
from tests.api.conftest import signed_in
print(json.dumps(signed_in(known_world()["officer"])))
"""
MANIFEST = """fetch(document.querySelector('link[rel=manifest]').href)
  .then((answer) => answer.json())"""
HANDED_IN = """
import json
from liuhen.recordings.models import Recording
rows = Recording.objects.order_by("stored_at").values("kind", "captured", "original_id")
print(json.dumps(list(rows)))
"""


def pin_of(certificate: Path) -> str:
    """The digest of a certificate's public key, as Chromium's flag takes it."""
    found = x509.load_pem_x509_certificate(certificate.read_bytes())
    key = found.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(hashlib.sha256(key).digest()).decode()


class Place:
    """A served home and a browser that trusts it alone."""

    def __init__(self, tree: Tree, phone: Phone) -> None:
        self.tree, self.phone = tree, phone

    def asked(self, code: str) -> Any:
        return json.loads(in_home(self.tree.home, code))

    def signed_in(self) -> dict[str, str]:
        """The cookies of an officer; over TLS their names bind them to this host."""
        pairs = self.asked(SIGNED_IN)["Cookie"].split("; ")
        return {"Cookie": "; ".join(f"__Host-{pair}" for pair in pairs)}


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    home = made_home(tmp_path / "home")
    port = free_port()
    tree = start(home, port, more=("--tls", NAME))
    phone = Phone(port)
    try:
        until(lambda: is_answering(tree), "it answers over TLS")
        phone.origin = f"https://{NAME}:{port}"
        certificate = tls.server_files(home.secrets, NAME, {}).certificate
        phone.start(f"--ignore-certificate-errors-spki-list={pin_of(certificate)}")
        yield Place(tree, phone)
        phone.stop()
    finally:
        tree.interrupt()


def is_answering(tree: Tree) -> bool:
    """Whether the host answers to one who trusts the authority of this home and no other."""
    assert tree.process.poll() is None, tree.said()
    authority = tls.server_files(tree.home.secrets, NAME, {}).authority
    trusting = ssl.create_default_context(cafile=authority)
    try:
        with (
            socket.create_connection(("127.0.0.1", tree.port), 5) as line,
            trusting.wrap_socket(line, server_hostname=NAME) as told,
        ):
            told.sendall(
                f"GET /healthz HTTP/1.1\r\nHost: {NAME}\r\nConnection: close\r\n\r\n".encode()
            )
            return told.recv(100).startswith(b"HTTP/1.1 200")
    except ConnectionRefusedError:
        return False


def test_a_phone_that_trusts_the_certificate_films_off_line_and_hands_in(place: Place) -> None:
    phone = place.phone
    phone.open(place.signed_in())
    phone.says("已联网")
    assert phone.do(lambda page: page.evaluate("window.isSecureContext"))
    phone.is_ready_for_no_network()
    manifest = phone.do(lambda page: page.evaluate(MANIFEST))
    assert (manifest["display"], manifest["start_url"]) == ("standalone", "/phone/")
    phone.goes_off_line()
    phone.do(lambda page: page.reload())
    phone.says("没有网络，照常拍摄")
    phone.press("开始录像")
    phone.says("内容每秒存入手机")
    time.sleep(2.5)
    phone.stop_filming()
    phone.waits(1)
    assert place.asked(HANDED_IN) == []
    phone.goes_off_line(False)
    phone.waits(0)
    (row,) = place.asked(HANDED_IN)
    assert row["kind"] == "video"
    assert row["captured"]["clock_within_ms"] is not None
    shown = phone.do(lambda page: page.locator("[data-take] code").inner_text())
    assert shown.startswith(row["original_id"][:8])
    phone.close()


def test_a_certificate_that_is_not_trusted_keeps_the_page_shut(place: Place) -> None:
    """The browser's trust in the test is in this one key, not in all."""
    other = Phone(place.tree.port)
    other.start()
    try:
        with pytest.raises(Error, match="ERR_CERT_AUTHORITY_INVALID"):
            other.open({"Cookie": "a=b"}, place.phone.origin)
    finally:
        other.stop()


def test_over_plain_http_on_another_address_the_page_says_why_it_cannot_film(
    tmp_path: Path,
) -> None:
    tree = start(
        made_home(tmp_path / "home"), variables={"LIUHEN_HOSTS": f"127.0.0.1,{NAME}"}
    ).await_ready()
    phone = Phone(tree.port)
    phone.start()
    try:
        cookies = json.loads(in_home(tree.home, SIGNED_IN))
        phone.open(cookies, f"http://{NAME}:{tree.port}")
        assert not phone.do(lambda page: page.evaluate("window.isSecureContext"))
        phone.says("这个页面是用 http 打开的")
        assert not phone.do(lambda page: page.get_by_role("button", name="开始录像").count())
    finally:
        phone.stop()
        tree.interrupt()
