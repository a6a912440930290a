"""How far the SM3 digests of originals are. Not for taking them (`actions.sm3_digests`)."""

from __future__ import annotations

import datetime as dt

from liuhen.host.signs import GREEN, UNKNOWN, YELLOW, Sign
from liuhen.kernel import clock
from liuhen.vault.models import StoreState
from liuhen.vault.store import SM3

# A day of footage may wait its turn; what waits longer can't be read, or nothing takes digests.
LATE = dt.timedelta(days=1)
SILENT = dt.timedelta(hours=6)


def sm3_sign() -> Sign:
    """How many originals waited for it when the job last looked, and since when."""
    title, state = "SM3 摘要", StoreState.objects.filter(store=SM3).first()
    if state is None:
        return Sign("sm3", title, UNKNOWN, "还没有计算过", "稍后再看；后台任务每两分钟计算一次。")
    now = clock.now()
    age = now - state.oldest_at if state.waiting and state.oldest_at else dt.timedelta()
    figures = {"waiting": state.waiting, "longest_wait_seconds": age.total_seconds()}
    words = f"{state.waiting} 份原件还没有计算" if state.waiting else "每份原件都已计算"
    if state.waiting and state.oldest_at:
        words = f"{words}，最早的收于 {clock.local(state.oldest_at):%Y-%m-%d %H:%M}"
    if age > LATE:
        remedy = "看日志中 no SM3 digest 的行；原件缺失或者受损的，用 liuhen repair 修复。"
        return Sign("sm3", title, YELLOW, words, remedy, figures)
    if now - state.tried_at > SILENT:
        remedy = "看 log/liuhen.log 中 worker 的行：计算摘要的任务没有运行。"
        return Sign("sm3", title, YELLOW, f"{words}，久未计算", remedy, figures)
    return Sign("sm3", title, GREEN, words, "", figures)
