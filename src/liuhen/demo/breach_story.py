"""What supervision does in the demonstration: one breach put right, one ordered, one to decide.

Not for what the system finds by itself (`oversight.suspecting`).
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from liuhen.actions.correcting import (
    answer_correction,
    check_correction,
    decide_suspicion,
    order_correction,
)
from liuhen.actions.suspecting import register_suspicion
from liuhen.cases.models import Case
from liuhen.demo.cases import Loader
from liuhen.demo.days import at_day
from liuhen.demo.simple_case import ink
from liuhen.oversight.models import CorrectionOrder, Suspicion


def put_right(loader: Loader) -> None:
    """A camera that failed: registered, decided, ordered, answered, checked."""
    case = Case.objects.get(parties__name="邓示范")
    loader.clock.set(at_day(3, 13, 15, 0))
    found = _registered(
        loader,
        item=1,
        case_number=case.number,
        ground="抽看录像发现，执法记录仪中途关机约十七秒，出勤前没有检查电池。",
    )
    loader.at(
        at_day(3, 16, 10, 0),
        lambda: _decided(loader, found, "录像有中断，当事人陈述和说明一致。"),
        lambda: _ordered(loader, found, "检查全队记录仪电池，更换老化的。", dt.date(2026, 3, 20)),
    )
    order = CorrectionOrder.objects.get(suspicion=found)
    loader.at(
        at_day(3, 18, 16, 0),
        lambda: answer_correction(
            actor=loader.world["unit_head"],
            order_id=order.id,
            done="全队记录仪电池逐台检查，更换三块。",
            measures="出勤前由领用人检查电量并登记。",
            strokes=ink(4),
        ),
    )
    loader.at(
        at_day(3, 19, 10, 0),
        lambda: check_correction(
            actor=loader.world["supervisor"],
            order_id=order.id,
            is_settled=True,
            note="现场抽查五台，电量和登记相符。",
        ),
    )


def ordered(loader: Loader) -> None:
    """Footage stored late: the unit has to answer; a leak somebody reported is to be decided."""
    case = Case.objects.get(parties__name="谢演练")
    loader.clock.set(at_day(3, 16, 14, 0))
    found = _registered(
        loader,
        item=6,
        case_number=case.number,
        ground="音像记录返回单位两日后才存入，罚款没有按时交存。",
    )
    loader.at(
        at_day(3, 18, 10, 0),
        lambda: _decided(loader, found, "存入时间有回执，当事人因此无法及时核对。"),
        lambda: _ordered(loader, found, "按期存入音像，补交罚款。", dt.date(2026, 3, 27)),
    )
    loader.clock.set(at_day(3, 19, 11, 0))
    _registered(
        loader,
        item=2,
        unit=loader.world.units["ZD1"],
        ground="群众反映有人在网上转发现场录像片段，来源待查。",
    )


def _registered(loader: Loader, **given: Any) -> Suspicion:
    return register_suspicion(actor=loader.world["supervisor"], **given)


def _decided(loader: Loader, found: Suspicion, reason: str) -> Suspicion:
    """What makes it up holds, the circumstances are not serious."""
    answers = {"conduct": "yes", "consequence": "yes", "circumstances": "no"}
    told = {key: {"answer": answer, "reason": reason} for key, answer in answers.items()}
    return decide_suspicion(actor=loader.world["supervisor"], suspicion_id=found.id, elements=told)


def _ordered(loader: Loader, found: Suspicion, demand: str, due_on: dt.date) -> CorrectionOrder:
    return order_correction(
        actor=loader.world["supervisor"], suspicion_id=found.id, demand=demand, due_on=due_on
    )


BREACH_STORIES = (put_right, ordered)
