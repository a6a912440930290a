"""How far recordings are looked through for damage. Not for looking (`jobs.damage`)."""

from __future__ import annotations

import datetime as dt

from liuhen.host.signs import GREEN, UNKNOWN, YELLOW, Sign
from liuhen.kernel import clock
from liuhen.vault.models import StoreState
from liuhen.vault.store import LOOKED_THROUGH

# Decoding is slow and comes last: a week of footage may wait.
LATE = dt.timedelta(days=7)
SILENT = dt.timedelta(days=1)


def damage_sign() -> Sign:
    """How many recordings were decoded as a whole, what waits the longest, how many are damaged."""
    title, state = "录像通读", StoreState.objects.filter(store=LOOKED_THROUGH).first()
    if state is None or state.done is None:
        return Sign("looked_through", title, UNKNOWN, "还没有通读过", "稍后再看；每五分钟接着读。")
    now = clock.now()
    told = {"looked": state.done, "damaged": state.found or 0}
    age = now - state.oldest_at if state.waiting and state.oldest_at else dt.timedelta()
    figures = {
        **told,
        "waiting": state.waiting,
        "longest_wait_seconds": age.total_seconds(),
    }
    words = f"{told['looked'] + state.waiting} 件录音录像中已从头到尾解码 {told['looked']} 件"
    if told["damaged"]:
        words = f"{words}，{told['damaged']} 件有损坏处"
    if state.waiting and state.oldest_at:
        words = f"{words}，等待最久的收于 {clock.local(state.oldest_at):%Y-%m-%d %H:%M}"
    if now - state.tried_at > SILENT:
        remedy = "看 log/liuhen.log 中 worker 的行：通读的任务没有运行。"
        return Sign("looked_through", title, YELLOW, f"{words}，久未通读", remedy, figures)
    if age > LATE:
        remedy = "处理器不够时再开一台 liuhen worker；日志中 looked through 的行说明哪一件读不了。"
        return Sign("looked_through", title, YELLOW, words, remedy, figures)
    return Sign("looked_through", title, GREEN, words, "", figures)
