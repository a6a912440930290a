"""`liuhen doctor`: examines an installation, running, stopped or broken; says what to do."""

from __future__ import annotations

import dataclasses
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import django
from django.db import ProgrammingError

from liuhen.commands import home_option
from liuhen.host import telling
from liuhen.host.examining import examine
from liuhen.host.home import Home
from liuhen.host.signs import GREEN, RED, UNKNOWN, YELLOW, Sign
from liuhen.kernel.refusals import Refused, explain
from liuhen.vault.s3 import S3Store, place_of

_MARKS = {GREEN: "✓", YELLOW: "!", RED: "✗", UNKNOWN: "·"}
_WORST_FIRST = (RED, YELLOW, UNKNOWN, GREEN)


@click.command(name="doctor")
@home_option
@click.option("--json", "as_json", is_flag=True, help="Print the signs as JSON.")
@click.option("--tell", "is_told", is_flag=True, help="Send a trial alarm through every channel.")
def command(home: Path, as_json: bool, is_told: bool) -> None:
    """Examine an installation and say what to do; exit 1 when something needs somebody."""
    place = Home(home)
    found = examine(place)
    if place.is_created() and not _is_unreadable(found):
        found += [*_of_database(place), *_of_bucket(place), telling.telling_sign(place)]
        if is_told:
            found.append(_trial(place))
    click.echo(
        json.dumps([dataclasses.asdict(one) for one in found], ensure_ascii=False)
        if as_json
        else _words(found)
    )
    sys.exit(1 if any(one.lamp in (RED, YELLOW) for one in found) else 0)


def _is_unreadable(found: list[Sign]) -> bool:
    return any(one.name in ("home", "secrets", "folders") and one.lamp == RED for one in found)


def _of_database(place: Home) -> list[Sign]:
    """What a running database knows; without one a single sign that says so."""
    try:
        django.setup()
        from liuhen.upkeep.database_signs import schema_sign  # noqa: PLC0415 - needs Django
        from liuhen.upkeep.signs import all_signs  # noqa: PLC0415

        known = [one for one in all_signs() if one.name not in _MACHINE]
        is_up = not any(one.name == "database" and one.figures.get("up") == 0 for one in known)
        return [*known, *([schema_sign()] if is_up else [])]
    except ProgrammingError:
        words = "表还没有建好，或者与这个版本的程序不合"
        remedy = "服务正在启动的，等它就绪后再查；否则停止服务后重新启动。"
        return [Sign("schema", "数据库版本", YELLOW, words, remedy)]
    except Refused as refused:
        text = explain(refused)
        return [Sign("database", "数据库", RED, text.message, text.remedy)]


def _of_bucket(place: Home) -> Iterator[Sign]:
    """What the bucket of originals says when asked now; nothing where none is named."""
    title = "对象存储的设置"
    try:
        named = place_of(os.environ, place.secrets)
        if named is None:
            return
        S3Store(named).check()
        words = f"{named.bucket}：版本和锁定都已启用"
        yield Sign("bucket.settings", title, GREEN, words)
    except Refused as refused:
        text = explain(refused)
        yield Sign("bucket.settings", title, RED, text.message, text.remedy)


# `examine` has told these already.
_MACHINE = frozenset(
    {"secrets", "identity_keys", "certificate", "paper_certificate", "content_certificate"}
    | {"clock", "processes", "telling"}
    | {f"disk.{name}" for name in ("home", "database", "vault", "second")}
)


def _trial(place: Home) -> Sign:
    title = "告警试发"
    to = telling.channels()
    if not to.is_set:
        return Sign(
            "trial", title, YELLOW, "没有设定告警通道，什么也没有发出", "见 docs/operate/watch.md。"
        )
    trouble = telling.tell(place, to, [], [])
    if trouble:
        return Sign("trial", title, RED, trouble, "检查地址、密码和网络后再试。")
    return Sign("trial", title, GREEN, "已经发出，请到收件处核对")


def _words(found: list[Sign]) -> str:
    ordered = sorted(found, key=lambda one: _WORST_FIRST.index(one.lamp))
    lines = []
    for one in ordered:
        lines.append(f"{_MARKS[one.lamp]} {one.lamp_words}  {one.title}：{one.words}")
        if one.remedy:
            lines.append(f"    → {one.remedy}")
    count = sum(one.lamp in (RED, YELLOW) for one in found)
    lines.append(f"有 {count} 项要处理。" if count else "没有要处理的事项。")
    return "\n".join(lines)
