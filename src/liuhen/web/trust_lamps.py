"""How it stands with everything that vouches for the records, each as a lamp with words and age.

A lamp says what is known and how old that is; what nobody set up is unknown, never green. Reads
only. Not for proving anything (`proofs`, `vault.checks`).
"""

from __future__ import annotations

from typing import Any

from django.conf import settings

from liuhen.kernel import clock
from liuhen.ledger import attesting, stamping
from liuhen.ledger.models import Attestation, Checkpoint, Stamp
from liuhen.ledger.trust import policy
from liuhen.upkeep.signs import DRILL_LATE, SCRUB_LATE, SILENT
from liuhen.vault.checks import CHECKS
from liuhen.vault.models import Alarm, Replica, Scrub
from liuhen.vault.queries import standing_alarms
from liuhen.web.events import event_title

ALARMS_SHOWN = 50
# Away says nothing about the log; the others say that the witness does not agree with it.
_TROUBLES = {
    attesting.AWAY: ("yellow", "暂时连不上，没有拒绝"),
    attesting.AHEAD: ("red", "拒绝见证：它见过更长的账本"),
    attesting.REFUSED: ("red", "拒绝见证"),
    attesting.ANSWER: ("red", "答复不成立"),
}
_STAMP_TROUBLES = {
    stamping.AWAY: ("yellow", "暂时连不上"),
    stamping.WRONG: ("red", "时间戳不成立"),
    stamping.ASTRAY: ("yellow", "本机时钟与机构相差过大"),
}


def witnesses(checkpoint: Checkpoint | None) -> list[dict[str, Any]]:
    """Each witness of the trust policy."""
    states = Attestation.objects.in_bulk([one.name for one in policy().witnesses])
    return [_witness(one.name, states.get(one.name), checkpoint) for one in policy().witnesses]


def _witness(name: str, state: Attestation | None, checkpoint: Checkpoint | None) -> dict[str, Any]:
    if state is None:
        lamp, words = "unknown", "还没有问过"
    elif state.trouble:
        lamp, words = _TROUBLES.get(state.trouble, ("red", state.trouble))
    elif state.answered_at is None:
        lamp, words = "unknown", "还没有见证过"
    else:
        is_current = checkpoint is not None and state.size == checkpoint.size
        lamp, words = "green", "已见证最新检查点" if is_current else "正在见证"
    return {"name": name, "lamp": lamp, "words": words, "state": state}


def stamp() -> dict[str, Any]:
    """The stamping authority: its last stamp, and what troubles it."""
    state = Attestation.objects.filter(name=stamping.NAME).first()
    newest = Stamp.objects.order_by("-id").first()
    if not settings.TSA_URL:
        lamp, words = "unknown", "没有配置"
    elif state is not None and state.trouble:
        lamp, words = _STAMP_TROUBLES.get(state.trouble, ("red", state.trouble))
    elif newest is None:
        lamp, words = "unknown", "还没有盖过"
    else:
        lamp, words = "green", "正常"
    return {"lamp": lamp, "words": words, "newest": newest, "state": state}


def replicas() -> list[dict[str, Any]]:
    """Each replica that ever reported, and its restore drill."""
    return [_replica(one) for one in Replica.objects.order_by("name")]


def _replica(one: Replica) -> dict[str, Any]:
    """What it holds, whether it agrees, how old its word is; how old its drill is."""
    age = clock.now() - one.reported_at
    if one.differences or one.missing:
        lamp, words = "red", "有差异"
    elif age > SILENT:
        lamp, words = "yellow", "久未报告"
    else:
        lamp, words = "green", "一致"
    return {"row": one, "lamp": lamp, "words": words, "age": age, "drill": _drill(one)}


def _drill(one: Replica) -> dict[str, Any]:
    if one.drilled_at is None:
        return {"lamp": "unknown", "words": "没有做过", "age": None}
    age = clock.now() - one.drilled_at
    if one.drill.get("differences"):
        return {"lamp": "red", "words": "恢复后有差异", "age": age}
    if age > DRILL_LATE:
        return {"lamp": "yellow", "words": "该再做一次", "age": age}
    return {"lamp": "green", "words": "恢复成功", "age": age}


def scrubs() -> list[dict[str, Any]]:
    """Each check of the continuous scrub: when it last came to its end, what stands."""
    states = Scrub.objects.in_bulk([check.name for check in CHECKS])
    alarmed = set(standing_alarms().values_list("check_name", flat=True))
    return [_scrub(check.title, states.get(check.name), check.name in alarmed) for check in CHECKS]


def _scrub(title: str, state: Scrub | None, is_alarmed: bool) -> dict[str, Any]:
    finished = state.finished_at if state else None
    age = clock.now() - finished if finished else None
    if is_alarmed:
        lamp, words = "red", "有不一致"
    elif settings.SCRUB_SECONDS <= 0:
        lamp, words = "unknown", "已停用"
    elif age is None:
        lamp, words = "unknown", "第一遍还没有读完"
    elif age > SCRUB_LATE:
        lamp, words = "yellow", "太久没有读完一遍"
    else:
        lamp, words = "green", "一致"
    return {"title": title, "lamp": lamp, "words": words, "age": age, "state": state}


def alarms() -> list[dict[str, Any]]:
    """What stands, newest first, with who touched the record last according to the log."""
    return [{"row": one, "touched": _touched(one)} for one in standing_alarms()[:ALARMS_SHOWN]]


def _touched(one: Alarm) -> str:
    told = one.last_touched
    if not told:
        return ""
    at = clock.local(clock.parse_iso(told["at"]))
    return f"{told['actor']}，{at:%Y-%m-%d %H:%M:%S} {event_title(told['event'])}"


def copies() -> dict[str, Any]:
    """How many originals have how many copies, as the scrub counted last."""
    state = Scrub.objects.filter(check_name="originals").first()
    told = state.told if state else {}
    counts = {int(number): many for number, many in told.get("copies", {}).items()}
    age = clock.now() - state.finished_at if state and state.finished_at else None
    if not told:
        lamp, words = "unknown", "还没有清点"
    elif counts.get(1) or counts.get(0):
        lamp, words = "yellow", "有原件只有一份"
    else:
        lamp, words = "green", "每份至少两处"
    return {"lamp": lamp, "words": words, "counts": sorted(counts.items()), "age": age}
