"""Tells people outside, by mail and webhook, when a sign turns red and when it is well again.

What goes out names signs, never a case or a person. What was told is kept in `run/told.json`, so
that it works while the database is away. Not for judging signs (`signs`, `upkeep.signs`).
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import urllib3

from liuhen.host.home import Home
from liuhen.host.mailing import (
    TROUBLES,
    MailServer,
    RefusedAddress,
    is_address,
    mail_server,
    send,
    written,
)
from liuhen.host.posting import post
from liuhen.host.secret_files import write_durably
from liuhen.host.signs import GREEN, RED, UNKNOWN, YELLOW, Sign
from liuhen.kernel import clock
from liuhen.kernel.ids import new_id
from liuhen.kernel.refusals import Refused


@dataclass(frozen=True)
class Channels:
    """Where alarms go: mail addresses with the server that takes them, an address to post to."""

    mail_to: tuple[str, ...] = ()
    smtp: str = ""
    mail_from: str = ""
    webhook: str = ""

    @property
    def is_set(self) -> bool:
        """Whether anybody would hear of anything."""
        return bool(self.mail_to or self.webhook)


def channels(environment: Mapping[str, str] = os.environ) -> Channels:
    """The channels the environment names.

    Raises:
        Refused: `alarm.setting`: an address that can't be one, mail without a server.
    """
    told = Channels(
        tuple(
            one.strip()
            for one in environment.get("LIUHEN_ALARM_MAIL", "").split(",")
            if one.strip()
        ),
        environment.get("LIUHEN_SMTP", "").strip(),
        environment.get("LIUHEN_ALARM_FROM", "").strip(),
        environment.get("LIUHEN_ALARM_WEBHOOK", "").strip(),
    )
    for one in (*told.mail_to, *([told.mail_from] if told.mail_from else [])):
        if not is_address(one):
            raise Refused("alarm.setting", name="LIUHEN_ALARM_MAIL", value=one)
    if told.mail_to:
        _server(told)
    if told.webhook:
        parts = urlsplit(told.webhook)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
            raise Refused("alarm.setting", name="LIUHEN_ALARM_WEBHOOK", value=told.webhook)
    return told


def _server(to: Channels) -> MailServer:
    return mail_server(to.smtp, to.mail_from or to.mail_to[0])


@dataclass
class Told:
    """What is known outside: the red signs told, by name with their title; the last trouble."""

    red: dict[str, str] = field(default_factory=dict)
    trouble: str = ""
    at: str = ""


def read_told(home: Home) -> Told:
    """What was told last; nothing when there is no such file or it can't be read."""
    with suppress(OSError, ValueError, TypeError):
        return Told(**json.loads((home.run_dir / "told.json").read_text("utf-8")))
    return Told()


class Watch:
    """Looks at signs again and again; a sign is told when it was red twice in a row."""

    def __init__(self, home: Home, to: Channels) -> None:
        self.home, self.to = home, to
        self._red_before: set[str] = set()

    def look(self, signs: Sequence[Sign]) -> bool:
        """Tell what changed; returns whether a message left. A failed one is tried next time."""
        told = read_told(self.home)
        red = {one.name: one for one in signs if one.lamp == RED}
        new = [one for name, one in red.items() if name in self._red_before - set(told.red)]
        well = {name: title for name, title in told.red.items() if name not in red}
        self._red_before = set(red)
        if not new and not well:
            return False
        trouble = tell(self.home, self.to, new, sorted(well.values()))
        if not trouble:
            kept = {name: title for name, title in told.red.items() if name in red}
            told.red = kept | {one.name: one.title for one in new}
        told.trouble, told.at = trouble, clock.iso(clock.now())
        write_durably(self.home.run_dir / "told.json", json.dumps(told.__dict__).encode())
        return not trouble


def tell(home: Home, to: Channels, red: Sequence[Sign], well: Sequence[str]) -> str:
    """Send one message through every channel; returns what failed, empty when nothing did."""
    troubles = []
    if to.mail_to:
        try:
            refused = _mail(home, to, red, well)
            troubles += [f"邮件：{one.address} 被拒收，{one.words}" for one in refused]
        except TROUBLES as error:
            troubles.append(f"邮件：{type(error).__name__} {str(error)[:200]}")
    if to.webhook:
        try:
            _post(home, to.webhook, red, well)
        except (OSError, urllib3.exceptions.HTTPError) as error:
            troubles.append(f"回调：{type(error).__name__} {str(error)[:200]}")
    return "；".join(troubles)


def _mail(
    home: Home, to: Channels, red: Sequence[Sign], well: Sequence[str]
) -> list[RefusedAddress]:
    parts = [
        f"要处理：{'、'.join(one.title for one in red)}" if red else "",
        f"已恢复：{'、'.join(well)}" if well else "",
    ]
    lines = [
        f"账本：{home.facts.origin}",
        f"时间：{clock.local(clock.now()):%Y-%m-%d %H:%M:%S}",
        "",
    ]
    for one in red:
        lines += [f"● {one.title}：{one.words}", f"  怎么办：{one.remedy}", ""]
    lines += [f"○ {title}：已恢复" for title in well]
    subject = f"【留痕】{'；'.join(filter(None, parts)) or '告警通道试发'}"
    server = _server(to)
    message = written(home, server, subject, lines)
    message["To"] = ", ".join(to.mail_to)
    return send(home, server, message)


def _post(home: Home, address: str, red: Sequence[Sign], well: Sequence[str]) -> None:
    """Post as the public Standard Webhooks have it, signed by a key both sides keep."""
    body = json.dumps(
        {
            "type": "signs.changed",
            "timestamp": clock.iso(clock.now()),
            "data": {
                "origin": home.facts.origin,
                "red": [
                    {"name": o.name, "title": o.title, "words": o.words, "remedy": o.remedy}
                    for o in red
                ],
                "well": list(well),
            },
        },
        ensure_ascii=False,
    ).encode()
    post(address, home.webhook_key(), body, message_id=f"msg_{new_id().hex}")


def telling_sign(home: Home, environment: Mapping[str, str] = os.environ) -> Sign:
    """Whether somebody would hear of an alarm."""
    title = "告警通知"
    try:
        to = channels(environment)
    except Refused as refused:
        words = f"{refused.data['name']} 的值不对：{refused.data['value']}"
        return Sign("telling", title, YELLOW, words, "改正后重新启动服务。")
    if not to.is_set:
        remedy = (
            "设定 LIUHEN_ALARM_MAIL 和 LIUHEN_SMTP，或者 LIUHEN_ALARM_WEBHOOK，"
            "再用 liuhen doctor --tell 试发。"
        )
        return Sign("telling", title, UNKNOWN, "没有设定，出事时没有人收到消息", remedy)
    told = read_told(home)
    if told.trouble:
        remedy = "检查地址、密码和网络；下一分钟自动再试。"
        return Sign("telling", title, YELLOW, f"最近一次没有送出：{told.trouble}", remedy)
    ways = [*to.mail_to, *(["回调地址"] if to.webhook else [])]
    return Sign("telling", title, GREEN, f"送往 {'、'.join(ways)}")
