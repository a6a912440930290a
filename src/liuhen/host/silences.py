"""When the database took everything and said nothing: noted in a file, for it can't be told itself.

Each process that finds out notes it for itself (`commands.silence`); what several found at the same
time is one silence. Not for a database that is away, which refuses: its requests are in the spool.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from liuhen.host.home import Home
from liuhen.host.processes import begun_at
from liuhen.host.signs import GREEN, YELLOW, Sign
from liuhen.kernel import clock

COUNTED = dt.timedelta(days=1)
LIMIT_BYTES = 256 << 10
log = logging.getLogger("liuhen.database")


@dataclass(frozen=True)
class Silence:
    """From its first look without an answer to the first with one; None: it goes on."""

    since: dt.datetime
    until: dt.datetime | None


class _Line(NamedTuple):
    """What a process noted; its id alone may have become another's."""

    pid: int
    begun: int
    since: dt.datetime
    seen: dt.datetime
    is_over: bool

    @property
    def is_of_the_living(self) -> bool:
        return begun_at(self.pid) == self.begun


def note(home: Home, since: dt.datetime, seen: dt.datetime, *, is_over: bool) -> None:
    """Note a silence this process sees, now and then, and its end. A full disk costs the note."""
    path = _path(home)
    pid = os.getpid()
    told = {"pid": pid, "begun": begun_at(pid), "since": clock.iso(since), "seen": clock.iso(seen)}
    try:
        with suppress(FileNotFoundError):
            if path.stat().st_size > LIMIT_BYTES:
                path.replace(_older(path))
        with path.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps({**told, "is_over": is_over}) + "\n")
    except OSError as error:
        log.warning("a silence of the database was not noted: %s", error)


def silences(home: Home, since: dt.datetime) -> list[Silence]:
    """Those that ended after `since` or go on, oldest first.

    Of a process that died in the middle nobody knows the end: what it saw last is taken for it.
    """
    path, found = _path(home), dict[tuple[int, dt.datetime], dt.datetime | None]()
    for one in (*_lines(_older(path)), *_lines(path)):
        goes_on = not one.is_over and one.is_of_the_living
        found[one.pid, one.since] = None if goes_on else one.seen
    known = [
        Silence(began, until)
        for (_, began), until in found.items()
        if until is None or until > since
    ]
    return list(_joined(sorted(known, key=lambda one: one.since)))


def is_silent(home: Home) -> bool:
    """Whether a process that lives waits in vain for the database."""
    return any(one.until is None for one in silences(home, clock.now()))


def silence_sign(home: Home) -> Sign:
    """How often and how long the database was silent within a day."""
    name, title, now = "silence", "数据库应答", clock.now()
    found = silences(home, now - COUNTED)
    seconds = sum(((one.until or now) - one.since).total_seconds() for one in found)
    figures = {
        "times": len(found),
        "seconds": round(seconds, 3),
        "now": int(any(one.until is None for one in found)),
    }
    if not found:
        return Sign(name, title, GREEN, "一天来没有只收不答的时候", "", figures)
    last = found[-1]
    until = f"至 {clock.local(last.until):%H:%M:%S}" if last.until else "起，现在仍不应答"
    words = (
        f"一天来有 {len(found)} 次只收请求而不应答，共 {seconds:.0f} 秒；"
        f"最近一次 {clock.local(last.since):%m-%d %H:%M:%S} {until}"
    )
    remedy = (
        "已确认的记录没有丢，中断的由各进程另连后继续。对照这些时刻，看数据库所在机器的磁盘、内存，"
        "以及到它的网络和代理；内置数据库看本机的系统日志（dmesg）。"
    )
    return Sign(name, title, YELLOW, words, remedy, figures)


def _path(home: Home) -> Path:
    return home.log_dir / "silence.jsonl"


def _older(path: Path) -> Path:
    return path.with_suffix(".jsonl.1")


def _lines(path: Path) -> Iterator[_Line]:
    """What the file says; a line cut off by a kill or a full disk says nothing."""
    try:
        lines = path.read_text("utf-8", "replace").splitlines()
    except OSError:
        return
    for line in lines:
        with suppress(ValueError, KeyError, TypeError):
            told = json.loads(line)
            since, seen = (clock.parse_iso(told[name]) for name in ("since", "seen"))
            yield _Line(
                int(told["pid"]), int(told.get("begun", 0)), since, seen, bool(told["is_over"])
            )


def _joined(ordered: Iterable[Silence]) -> Iterator[Silence]:
    """The same with those that touch one another as one."""
    last: Silence | None = None
    for one in ordered:
        if last is not None and (last.until is None or one.since <= last.until):
            ends = None if None in (last.until, one.until) else max(last.until, one.until)  # type: ignore[type-var]
            last = Silence(last.since, ends)
            continue
        if last is not None:
            yield last
        last = one
    if last is not None:
        yield last
