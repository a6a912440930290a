"""Attempts to serve that came to nothing: each with its reason, for announcements rest on them.

A letter that came back is told by its own act (`actions.service_by_post`).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from liuhen.actions.act import Draft, act
from liuhen.actions.activities import finish
from liuhen.actions.parties import open_case
from liuhen.cases.models import Activity, Case
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.law.catalogue import catalogue
from liuhen.people.models import Person

FAILED = "failed"  # where an activity keeps why it served nothing
SENT = "sent"  # where it keeps what was sent, while its arrival is awaited
KINDS = (
    *("service_in_person", "service_left", "service_by_post", "service_entrusted"),
    *("service_by_fax", "service_electronic", "service_by_announcement"),
)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt that served nothing: how, where, when, why not."""

    activity: Activity
    title: str
    at: dt.datetime
    reason: str

    @property
    def words(self) -> str:
        """The attempt in one phrase, as an announcement tells it."""
        day = clock.local_date(self.activity.started_at)
        return f"{day.year}年{day.month}月{day.day}日{self.title}，{self.reason}"


@act(permission="paper.serve", event="service.failed")
def end_failed_service(draft: Draft, *, actor: Person, activity_id: UUID, reason: str) -> Activity:
    """Say that a service was not made and why: nobody at home, a wrong address, not arrived.

    One that still goes on ends with it.

    Raises:
        Refused: `record.not_found`, `case.closed`, `activity.ended`, `service.mode`,
            `service.failed_reason`, `service.done`, `service.answered`.
    """
    activity = _fruitless(draft, activity_id)
    if not reason.strip():
        raise Refused("service.failed_reason")
    told = {"reason": reason.strip(), "at": clock.iso(draft.at)}
    activity.facts = {**activity.facts, FAILED: told}
    activity.save(update_fields=["facts"])
    draft.note(reason=reason.strip())
    return activity if activity.ended_at is not None else finish(draft, activity, None)


def _fruitless(draft: Draft, activity_id: UUID) -> Activity:
    """A service that goes on, or was sent and waits for its arrival; nobody was served by it."""
    case_id = Activity.objects.filter(id=activity_id).values_list("case_id", flat=True).first()
    if case_id is None:
        raise Refused("record.not_found")
    case = open_case(draft, case_id)
    activity = Activity.objects.select_for_update().get(id=activity_id)
    activity.case = case
    draft.about(activity)
    if activity.kind not in KINDS:
        raise Refused("service.mode")
    if activity.services.exists():
        raise Refused("service.done")
    if FAILED in activity.facts:
        raise Refused("service.answered")
    if activity.ended_at is not None and SENT not in activity.facts:
        raise Refused("activity.ended")
    return activity


def attempts(case: Case) -> list[Attempt]:
    """The attempts of a case that served nothing, oldest first."""
    listed = case.activities.filter(kind__in=KINDS).exclude(ended_at=None).order_by("started_at")
    return [found for one in listed if (found := _attempt(one)) is not None]


def _attempt(activity: Activity) -> Attempt | None:
    told = activity.facts.get(FAILED)
    posted = activity.facts.get("post")
    title = catalogue().activities[activity.kind].name
    if told is not None:
        return Attempt(activity, title, clock.parse_iso(told["at"]), told["reason"])
    if posted is not None and posted["result"] == "returned":
        at = clock.parse_iso(posted["happened_at"])
        return Attempt(activity, title, at, f"邮件退回：{posted['reason']}")
    return None
