"""How the database does, or who brings it back. Reads only; with its kin in `signs`."""

from __future__ import annotations

import os

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from psycopg.errors import ConnectionTimeout

from liuhen.host import silences
from liuhen.host.postgres import PostmasterFile
from liuhen.host.signs import GREEN, RED, UNKNOWN, YELLOW, Sign, is_served
from liuhen.kernel.refusals import Refused, explain

_CONNECTIONS_SHARE = 0.8


def database_sign() -> Sign:
    """Whether it answers, has room for connections, and met no wrong checksum."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(numbackends), current_setting('max_connections')::int,"
            " coalesce(sum(checksum_failures), 0), pg_database_size(current_database())"
            " FROM pg_stat_database"
        )
        row = cursor.fetchone()
    assert row is not None
    used, most, failures, size = (int(one) for one in row)
    figures = {"up": 1, "connections": used, "checksum_failures": failures, "size_bytes": size}
    title = "数据库"
    if failures:
        remedy = (
            "磁盘可能正在损坏。马上备份，再从备份或者副本恢复到另一块磁盘；"
            "运行 liuhen verify 看受损的记录。"
        )
        return Sign("database", title, RED, f"{failures} 次读到校验和不对的块", remedy, figures)
    if used > most * _CONNECTIONS_SHARE:
        remedy = "减少工作进程，或者在 postgres/site.conf 中提高 max_connections。"
        return Sign("database", title, YELLOW, f"{most} 个连接用了 {used} 个", remedy, figures)
    return Sign("database", title, GREEN, f"{size / 10**6:.0f} MB，{used} 个连接", "", figures)


def schema_sign() -> Sign:
    """Whether the tables are of this version. Takes a moment: for `liuhen doctor`."""
    executor, title = MigrationExecutor(connection), "数据库版本"
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if missing:
        remedy = "停止服务后重新启动：liuhen serve 先更新数据库，再接受访问。"
        return Sign("schema", title, YELLOW, f"还差 {len(missing)} 步更新", remedy)
    return Sign("schema", title, GREEN, "与程序一致")


def away_sign(error: Exception | None = None) -> Sign:
    """The database does not answer: whose it is, and whether anybody starts it.

    `error` is what asking it came to.
    """
    title, noted = "数据库", "期间的请求已记在 spool 中，恢复后补记。"
    is_mute = isinstance(getattr(error, "__cause__", None), ConnectionTimeout)
    is_mute = is_mute or silences.is_silent(settings.HOME)
    words = "只收请求，不应答" if is_mute else "连不上"
    if os.environ.get("LIUHEN_DATABASE_URL"):
        remedy = f"这是本机关自己的 PostgreSQL：请其管理员查看，并检查到它的网络和代理。{noted}"
        return Sign("database", title, RED, words, remedy, {"up": 0})
    if not is_served(settings.HOME):
        words = "服务没有运行，内置数据库也就没有启动"
        remedy = "文件是否完好见“数据库文件”一项；启动 liuhen serve 后再查其余各项。"
        return Sign("database", title, UNKNOWN, words, remedy, {"up": 0})
    remedy = f"内置数据库由服务自动重新启动；一直连不上的，看 log/postgres.log 最后几行。{noted}"
    if is_mute:
        remedy = f"{_why_mute()}{noted}"
    return Sign("database", title, RED, words, remedy, {"up": 0})


def _why_mute() -> str:
    """What to do about an embedded database whose processes are there and don't answer."""
    running = PostmasterFile.read(settings.HOME.postgres_dir)
    try:
        if running is not None:
            running.refuse_paused()
    except Refused as refused:
        text = explain(refused)
        return f"{text.message}{text.remedy}"
    return (
        "它的进程还在：看磁盘是否卡住（dmesg、iostat）、内存是否用尽；磁盘没有问题而仍不应答的，"
        "停止服务后重新启动，已提交的数据不会丢。"
    )
