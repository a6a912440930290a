"""How far the rereading is of what earlier versions kept too little of. Not for it (`jobs`).

The page asks for one row, which the job writes; what waits is counted up to a bound.
"""

from __future__ import annotations

import datetime as dt

from liuhen.host.signs import GREEN, UNKNOWN, YELLOW, Sign
from liuhen.kernel import clock
from liuhen.vault.models import StoreState
from liuhen.vault.store import REREADING

# What waits so long without one being read can't be read: lost, or no reader.
STUCK = dt.timedelta(days=1)
SILENT = dt.timedelta(hours=6)
COUNTED_TO = 10_000


def rereading_sign() -> Sign:
    """How many recordings and derivatives wait, and when one was read last."""
    title, state = "旧版本记录补读", StoreState.objects.filter(store=REREADING).first()
    if state is None:
        return Sign("rereading", title, UNKNOWN, "还没有查过", "稍后再看；后台任务每五分钟接着读。")
    now = clock.now()
    still = now - state.well_at if state.waiting and state.well_at else dt.timedelta()
    figures = {"waiting": state.waiting, "stuck_seconds": still.total_seconds()}
    words = "没有需要补读的"
    if state.waiting:
        more = "以上" if state.waiting >= COUNTED_TO else ""
        words = f"{state.waiting} 件{more}等待补读，读完之前有声有画按不明处理"
    if now - state.tried_at > SILENT:
        remedy = "看 log/liuhen.log 中 worker 的行：补读的任务没有运行。"
        return Sign("rereading", title, YELLOW, f"{words}，久未补读", remedy, figures)
    if still > STUCK:
        remedy = (
            "看日志中 to be read again、no reader 的行；原件缺失或者受损的，用 liuhen repair 修复。"
        )
        return Sign("rereading", title, YELLOW, f"{words}，一天没有进展", remedy, figures)
    return Sign("rereading", title, GREEN, words, "", figures)
