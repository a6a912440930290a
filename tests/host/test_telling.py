"""Alarms leave by mail and webhook, once when a sign turns red and once when it is well again."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from tests.mailbox import Mailbox, body, mailbox, subject

from liuhen.host.home import Home
from liuhen.host.mailing import mail_server, written
from liuhen.host.signs import GREEN, RED, UNKNOWN, YELLOW, Sign
from liuhen.host.telling import Channels, Watch, channels, read_told, tell, telling_sign
from liuhen.kernel.refusals import Refused

RED_JOBS = Sign("jobs", "后台任务", RED, "3 项在等", "看日志。")
WELL_JOBS = Sign("jobs", "后台任务", GREEN, "没有积压")


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

    mailbox: Mailbox
    posts: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    hook: HTTPServer | None = None
    to: Channels = field(default_factory=Channels)


@pytest.fixture(scope="module")
def outside() -> Iterator[Outside]:
    hook = HTTPServer(("127.0.0.1", 0), _Hook)
    with mailbox() as mail:
        told = Outside(mail, hook=hook)
        hook.got, hook.status = told.posts, 204  # type: ignore[attr-defined]
        told.to = Channels(
            ("ops@example.org",),
            mail.address,
            "liuhen@example.org",
            f"http://127.0.0.1:{hook.server_address[1]}/alarm",
        )
        threading.Thread(target=hook.serve_forever, daemon=True).start()
        yield told
        hook.shutdown()
        hook.server_close()


@pytest.fixture
def home(tmp_path: Path, outside: Outside) -> Home:
    outside.mailbox.clear()
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
    mails = outside.mailbox.mails
    assert len(mails) == len(outside.posts) == 2
    first, second = (subject(one) for one in mails)
    assert first == "【留痕】要处理：后台任务"
    assert second == "【留痕】已恢复：后台任务"
    assert "看日志。" in body(mails[0])


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


def test_an_address_the_server_refuses_is_named_and_the_others_are_told(
    home: Home, outside: Outside
) -> None:
    outside.mailbox.refuses["gone@example.org"] = "550 5.1.1 no such user"
    both = Channels(("gone@example.org", "ops@example.org"), outside.to.smtp, "l@example.org")
    trouble = tell(home, both, [RED_JOBS], [])
    assert "gone@example.org 被拒收" in trouble and "no such user" in trouble
    assert "ops@example.org" not in trouble and len(outside.mailbox.mails) == 1
    nobody = Channels(("gone@example.org",), outside.to.smtp, "l@example.org")
    assert "被拒收" in tell(home, nobody, [RED_JOBS], [])


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


def test_a_line_end_in_a_subject_adds_no_header_and_no_receiver(tmp_path: Path) -> None:
    server = mail_server("smtp://127.0.0.1:25", "liuhen@example.org")
    evil = "督办\r\nBcc: other@example.org\n\nRCPT TO:<other@example.org>"
    mail = written(Home(tmp_path / "home").create(), server, evil, ["正文", ".", "QUIT"])
    assert mail["Bcc"] is None and mail["Subject"].count("\n") == 0
    assert set(mail.keys()) >= {"Subject", "From", "Date", "Message-ID"}
    assert mail.get_content().splitlines() == ["正文", ".", "QUIT"]
