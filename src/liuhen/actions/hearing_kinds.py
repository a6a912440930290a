"""How each kind of case calls, opens and records its hearings: papers, gate, figure, stage.

Penalty Law 63, 64; Licensing Law 46 to 48. Not acts by themselves (`actions.hearing`).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from liuhen.actions.simple_procedure import figure
from liuhen.cases.models import Case
from liuhen.compliance.facts import facts_of_case
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.law.facts import HearingRequest
from liuhen.law.phrases import is_given_up
from liuhen.rulebook.queries import rulebook


@dataclass(frozen=True, slots=True)
class HearingKind:
    """The papers of a hearing, the gate before it, the days before it, the stage it is.

    `asked` and `law` are what a refusal cites: of the request, of the hearing.
    """

    notice: str
    record: str
    report: str
    gate: str
    days: str  # working days between notice and hearing
    agents: str  # the most agents of a party; "" where no law says
    stage: str
    asked: str
    law: str


_KINDS: Mapping[str, HearingKind] = {
    Case.Kind.PENALTY: HearingKind(
        notice="hearing_notice",
        record="hearing_record",
        report="hearing_report",
        gate="hold_hearing",
        days="penalty_law.hearing_notice",
        agents="penalty_law.hearing_agents",
        stage="defence",
        asked="行政处罚法第63条、第64条",
        law="行政处罚法第64条",
    ),
    Case.Kind.LICENSING: HearingKind(
        notice="licence_hearing_notice",
        record="licence_hearing_record",
        report="licence_hearing_report",
        gate="hold_licensing_hearing",
        days="licensing_law.hearing_notice",
        agents="",
        stage="hearing",
        asked="行政许可法第46条、第47条",
        law="行政许可法第48条",
    ),
}
CHAIRED = frozenset(_KINDS)
"""Kinds of case in which the chair opens a hearing, and nobody else."""
REPORTS = frozenset(kind.report for kind in _KINDS.values())


def hearing_kind(case: Case) -> HearingKind:
    """How the case holds a hearing. Raises `Refused("record.not_found")` where it has none."""
    kind = _KINDS.get(case.kind)
    if kind is None:
        raise Refused("record.not_found")
    return kind


def standing_request(case: Case) -> HearingRequest | None:
    """The request for a hearing that still stands; None for one the law prescribes itself (46).

    Raises:
        Refused: `hearing.not_asked`.
    """
    requests = facts_of_case(case.id).hearing_requests or ()
    standing = [one for one in requests if not one.is_waived and not is_given_up(one, requests)]
    if standing:
        return standing[-1]
    if case.kind == Case.Kind.LICENSING and case.circumstances.get("is_hearing_public") is True:
        return None
    raise Refused("hearing.not_asked", law=hearing_kind(case).asked)


def is_hearing_due(case: Case) -> bool:
    """Whether somebody asked for a hearing and still wants it, or the law prescribes one."""
    try:
        standing_request(case)
    except Refused:
        return False
    return True


def answered_id(case: Case) -> UUID | None:
    """The request a hearing answers. Raises what `standing_request` does."""
    asked = standing_request(case)
    return None if asked is None else UUID(asked.key)


def refuse_agents(case: Case, names: str, at: dt.datetime) -> None:
    """A party of a penalty has one or two agents (64). Raises `Refused("hearing.agents")`."""
    name = hearing_kind(case).agents
    most = figure(name, at) if name else None
    if most is not None and len([one for one in re.split("[、；;\n]+", names) if one]) > most:
        raise Refused("hearing.agents", most=most)


def refuse_other_moment(case: Case, held_at: dt.datetime, at: dt.datetime) -> None:
    """Not before the time that was told, nor on another day. Raises `hearing.other_time`."""
    if at < held_at or clock.local_date(at) != clock.local_date(held_at):
        told = f"{clock.local(held_at):%Y-%m-%d %H:%M}"
        raise Refused("hearing.other_time", held_at=told, law=hearing_kind(case).law)


def days_before(case: Case, at: dt.datetime) -> int:
    """Working days between the notice and the hearing, as they hold at an instant."""
    return figure(hearing_kind(case).days, at)


def earliest_day(case: Case, at: dt.datetime) -> dt.date:
    """The first day on which a hearing may be held that all are told of at an instant."""
    last = rulebook().calendar.after_workdays(clock.local_date(at), days_before(case, at)).last_on
    return last + dt.timedelta(days=1)
