"""Examines a home from outside, running, stopped or broken, and says what to do. Reads only.

For `liuhen doctor`. Not for signs a running system shows anyway (`signs`, `upkeep.signs`), nor for
mending anything: a broken home is evidence until somebody decided otherwise.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import suppress

from liuhen.host import postgres_files, signs
from liuhen.host.home import FOLDERS, Home
from liuhen.host.locks import FileLock
from liuhen.host.postgres import PostmasterFile
from liuhen.host.postgres_binaries import Binaries, find_binaries
from liuhen.host.processes import marked_processes
from liuhen.host.signs import GREEN, RED, UNKNOWN, YELLOW, Sign
from liuhen.kernel.refusals import Refused, explain

_LOG_BYTES = 64 * 1024
_BAD_BLOCKS = re.compile(r"Bad checksums:\s+(\d+)")
# Named by the way back that keeps most: what is newer is with officers until they have a receipt.
WAY_BACK = (
    "不要在原处修复。先复制整个数据目录留作证据，再用 liuhen restore 从备份或者异地副本恢复到另一个"
    "空目录，运行 liuhen verify，之后补交较新的材料。"
)


def examine(home: Home) -> list[Sign]:
    """Every sign that can be had without a database, worst things first where one hides others.

    A folder that is no home gives one sign.
    """
    try:
        _ = home.facts
    except Refused as refused:
        return [_refused("home", "数据目录", refused)]
    found = [
        Sign("home", "数据目录", GREEN, f"{home.path}（账本 {home.facts.origin}）"),
        _folders(home),
        *_who_runs(home),
        *signs.machine_signs(home),
    ]
    if not os.environ.get("LIUHEN_DATABASE_URL"):
        found += list(_cluster(home))
    return [*found, *_last_words(home)]


def _refused(name: str, title: str, refused: Refused, lamp: str = RED) -> Sign:
    text = explain(refused)
    return Sign(name, title, lamp, text.message, text.remedy)


def _folders(home: Home) -> Sign:
    """Every folder there, writable, and of one owner: ours."""
    title = "目录"
    owner = home.path.stat().st_uid
    if owner != os.geteuid():
        refused = Refused("home.other_owner", path=str(home.path), uid=owner)
        return _refused("folders", title, refused)
    for path in (home.path, *(home.path / name for name in FOLDERS)):
        if not path.is_dir():
            remedy = "目录被移走的，移回原处；确实没有的，启动服务时会重新建立。"
            return Sign("folders", title, YELLOW, f"没有 {path}", remedy)
        if not os.access(path, os.W_OK | os.X_OK):
            return _refused("folders", title, Refused("host.not_writable", path=str(path)))
    return Sign("folders", title, GREEN, "齐全，可以写入")


def _who_runs(home: Home) -> Iterator[Sign]:
    """Whether it runs, once, and whether a killed run left something behind."""
    title = "服务"
    if signs.is_served(home):
        held_by = FileLock(home.run_dir / "serve.lock").read_note() or "没有留名"
        words = f"正在运行（{held_by}）；同一个数据目录不能再启动第二个服务"
        yield Sign("server", title, GREEN, words)
        return
    left = marked_processes(str(home.path))
    if left:
        words = f"服务不在，却还有它的 {len(left)} 个进程：PID {'、'.join(map(str, left[:5]))}"
        remedy = "重新启动 liuhen serve：它会先结束这些进程，再接管数据库。"
        yield Sign("server", title, YELLOW, words, remedy)
        return
    yield Sign("server", title, UNKNOWN, "没有运行", "运行 liuhen serve。")


def _cluster(home: Home) -> Iterator[Sign]:
    """The embedded database: its version, whether it runs, and its files where it doesn't."""
    name, title = "database.files", "数据库文件"
    try:
        binaries = find_binaries()
        is_made = postgres_files.is_initialised(home.postgres_dir, binaries.major)
    except Refused as refused:
        sign = _refused(name, title, refused)
        is_lost = refused.code == "postgres.damaged"
        yield Sign(name, title, RED, sign.words, WAY_BACK if is_lost else sign.remedy)
        return
    if not is_made:
        yield Sign(name, title, UNKNOWN, "还没有建立", "启动 liuhen serve 时建立。")
        return
    running = PostmasterFile.read(home.postgres_dir)
    if running is not None and running.is_live_in(home.postgres_dir):
        try:
            running.refuse_paused()
        except Refused as refused:
            yield _refused(name, title, refused)
            return
        yield Sign(name, title, GREEN, "数据库正在运行；校验和由它边读边查")
        return
    yield _stopped_cluster(home, binaries)


def _stopped_cluster(home: Home, binaries: Binaries) -> Sign:
    """What control file and checksums of a stopped cluster say."""
    name, title = "database.files", "数据库文件"
    with postgres_files.opened_folder(home.postgres_dir) as (descriptor, folder):
        control = binaries.run("pg_controldata", "-D", folder, pass_fds=(descriptor,))
        told = control.stdout
        if control.returncode or "CRC" in told.partition("pg_control version")[0]:
            return Sign(name, title, RED, f"控制文件损坏：{_line(told)}", WAY_BACK)
        if not re.search(r"cluster state:\s+shut down\n", told):
            remedy = "启动 liuhen serve：数据库会自己恢复到断开之前，已经确认的不会丢。"
            return Sign(name, title, YELLOW, "上次没有正常停止（断电或者被强行结束）", remedy)
        checked = binaries.run("pg_checksums", "--check", "-D", folder, pass_fds=(descriptor,))
    if checked.returncode == 0:
        return Sign(name, title, GREEN, "正常停止，每一块的校验和都对")
    counted = _BAD_BLOCKS.search(checked.stdout)
    words = (
        f"{counted[1]} 块的校验和不对：{_line(checked.stdout)}"
        if counted and counted[1] != "0"
        else f"读不完：{_line(checked.stdout)}"
    )
    return Sign(name, title, RED, words, WAY_BACK)


def _line(said: str) -> str:
    """The line that tells, without the folder's passing name."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    telling = [line for line in lines if "error" in line or "WARNING" in line or "FATAL" in line]
    return re.sub(r"/proc/self/fd/\d+/?", "", (telling or lines or ["没有说明"])[0])[:300]


def _last_words(home: Home) -> Iterator[Sign]:
    """What the database said last when it could not go on."""
    path, told = home.log_dir / "postgres.log", ""
    with suppress(OSError), path.open("rb") as stream:
        stream.seek(max(0, path.stat().st_size - _LOG_BYTES))
        told = stream.read().decode("utf-8", "replace")
    after_start = told.rpartition("database system is ready to accept connections")[2]
    grave = [
        line for line in after_start.splitlines() if "PANIC" in line or "FATAL:  could not" in line
    ]
    if grave:
        remedy = "把这一行连同上面几项一起看；数据库能启动的，它已经过去。"
        yield Sign("database.said", "数据库最后的报错", YELLOW, grave[-1].strip()[:300], remedy)
