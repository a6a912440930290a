"""Alarms leave by mail and webhook, once when a sign turns red and once when it is well again."""

from __future__ import annotations

import base64
import email
import hashlib
import hmac
import json
import socketserver
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from liuhen.host.home import Home
from liuhen.host.signs import GREEN, RED, UNKNOWN, YELLOW, Sign
from liuhen.host.telling import Channels, Watch, channels, read_told, tell, telling_sign
from liuhen.kernel.refusals import Refused

RED_JOBS = Sign("jobs", "后台任务", RED, "3 项在等", "看日志。")
WELL_JOBS = Sign("jobs", "后台任务", GREEN, "没有积压")


class _Mailbox(socketserver.StreamRequestHandler):
    """As much of RFC 5321 as one message takes."""

    def handle(self) -> None:
        self.wfile.write(b"220 here\r\n")
        for line in self.rfile:
            verb = line[:4].upper()
            if verb == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                body = b""
                for text in self.rfile:
                    if text == b".\r\n":
                        break
                    body += text
                self.server.got.append(email.message_from_bytes(body))  # type: ignore[attr-defined]
            self.wfile.write(b"221 bye\r\n" if verb == b"QUIT" else b"250 ok\r\n")
            if verb == b"QUIT":
                return


class _Hook(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((dict(self.headers), body))  # type: ignore[attr-defined]
        self.send_response(self.server.status)  # type: ignore[attr-defined]
        self.send_header("Location", "http://127.0.0.1:1/elsewhere")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None: ...


@dataclass
class Outside:
    """A mail server and a web server that keep what they get."""

    mails: list[Message] = field(default_factory=list)
    posts: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    hook: HTTPServer | None = None
    to: Channels = field(default_factory=Channels)


@pytest.fixture(scope="module")
def outside() -> Iterator[Outside]:
    mail = socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Mailbox)
    hook = HTTPServer(("127.0.0.1", 0), _Hook)
    told = Outside(hook=hook)
    mail.got, hook.got, hook.status = told.mails, told.posts, 204  # type: ignore[attr-defined]
    told.to = Channels(
        ("ops@example.org",),
        f"smtp://127.0.0.1:{mail.server_address[1]}",
        "liuhen@example.org",
        f"http://127.0.0.1:{hook.server_address[1]}/alarm",
    )
    for server in (mail, hook):
        threading.Thread(target=server.serve_forever, daemon=True).start()
    yield told
    for server in (mail, hook):
        server.shutdown()
        server.server_close()


@pytest.fixture
def home(tmp_path: Path, outside: Outside) -> Home:
    outside.mails.clear()
    outside.posts.clear()
    outside.hook.status = 204  # type: ignore[union-attr]
    return Home(tmp_path / "home").create(origin="log.example.org/x")


def test_a_sign_is_told_when_it_was_red_twice_and_again_when_it_is_well(
    home: Home, outside: Outside
) -> None:
    watch = Watch(home, outside.to)
    assert not watch.look([RED_JOBS])
    assert watch.look([RED_JOBS])
    assert not watch.look([RED_JOBS])
    assert watch.look([WELL_JOBS])
    assert not watch.look([WELL_JOBS])
    assert len(outside.mails) == len(outside.posts) == 2
    first, second = (str(email.header.make_header(email.header.decode_header(one["Subject"])))
                     for one in outside.mails)  # fmt: skip
    assert first == "【留痕】要处理：后台任务"
    assert second == "【留痕】已恢复：后台任务"
    payload = outside.mails[0].get_payload(decode=True)
    assert isinstance(payload, bytes) and "看日志。" in payload.decode()


def test_what_is_posted_can_be_checked_with_the_key(home: Home, outside: Outside) -> None:
    assert tell(home, outside.to, [RED_JOBS], []) == ""
    headers, body = outside.posts[0]
    told = {name.lower(): value for name, value in headers.items()}
    key = base64.b64decode((home.secrets.folder / "webhook.key").read_bytes())
    signed = f"{told['webhook-id']}.{told['webhook-timestamp']}.".encode() + body
    proof = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert told["webhook-signature"] == f"v1,{proof}"
    assert json.loads(body)["data"]["red"][0]["name"] == "jobs"


def test_a_message_that_could_not_leave_is_tried_again_and_shown(
    home: Home, outside: Outside
) -> None:
    watch = Watch(home, outside.to)
    outside.hook.status = 500  # type: ignore[union-attr]
    watch.look([RED_JOBS])
    assert not watch.look([RED_JOBS])
    environment = {"LIUHEN_ALARM_WEBHOOK": outside.to.webhook}
    assert telling_sign(home, environment).lamp == YELLOW
    outside.hook.status = 204  # type: ignore[union-attr]
    assert watch.look([RED_JOBS])
    assert read_told(home).red == {"jobs": "后台任务"}
    assert telling_sign(home, environment).lamp == GREEN


def test_what_was_told_is_known_after_a_restart(home: Home, outside: Outside) -> None:
    first = Watch(home, outside.to)
    first.look([RED_JOBS])
    first.look([RED_JOBS])
    again = Watch(home, outside.to)
    assert not again.look([RED_JOBS])
    assert not again.look([RED_JOBS])
    assert again.look([WELL_JOBS])


def test_a_redirection_is_not_followed(home: Home, outside: Outside) -> None:
    outside.hook.status = 307  # type: ignore[union-attr]
    assert "307" in tell(home, Channels(webhook=outside.to.webhook), [RED_JOBS], [])


def test_a_server_that_is_away_is_named(home: Home) -> None:
    away = Channels(("ops@example.org",), "smtp://127.0.0.1:1")
    assert "邮件" in tell(home, away, [RED_JOBS], [])


@pytest.mark.parametrize(
    "environment",
    [
        {"LIUHEN_ALARM_MAIL": "nobody", "LIUHEN_SMTP": "smtp://mail.example.org"},
        {"LIUHEN_ALARM_MAIL": "a@b.org\r\nBcc: c@d.org", "LIUHEN_SMTP": "smtp://mail.example.org"},
        {"LIUHEN_ALARM_MAIL": "ops@example.org"},
        {"LIUHEN_ALARM_MAIL": "ops@example.org", "LIUHEN_SMTP": "http://mail.example.org"},
        {"LIUHEN_ALARM_MAIL": "ops@example.org", "LIUHEN_SMTP": "smtp://u:secret@mail.example.org"},
        {"LIUHEN_ALARM_MAIL": "ops@example.org", "LIUHEN_SMTP": "smtp://mail.example.org:99999"},
        {"LIUHEN_ALARM_WEBHOOK": "file:///etc/passwd"},
        {"LIUHEN_ALARM_WEBHOOK": "https://user@hooks.example.org/"},
    ],
)
def test_a_setting_that_can_not_work_is_refused(home: Home, environment: dict[str, str]) -> None:
    with pytest.raises(Refused, match=r"alarm\.setting"):
        channels(environment)
    assert telling_sign(home, environment).lamp == YELLOW


def test_without_a_setting_nobody_hears_and_the_sign_says_so(home: Home) -> None:
    assert telling_sign(home, {}).lamp == UNKNOWN
