"""More time for handing recordings in (Art. 39): asked for an activity, given by the unit's head.

Asked and answered within the period that is to be extended; never after a conflict at the scene or
a sudden incident, also when that is learned later (the duty judges it: `law.measures.a39`).
"""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from liuhen.actions.act import Draft, act
from liuhen.actions.asking import ask, opinion_of
from liuhen.actions.drawing_up import draw_up, issue
from liuhen.actions.recording_rows import locked_activity
from liuhen.approvals.models import Approval
from liuhen.cases.models import Activity, Case
from liuhen.documents.models import Paper
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.law.catalogue import catalogue
from liuhen.people.models import Person
from liuhen.rulebook.queries import rulebook

TYPE, KIND = "extension_consent", "recording_extension"
HEATED = ("has_conflict", "is_sudden_incident")


@act(permission="recording.ask_extension", event="recording.extension_asked")
def ask_extension(
    draft: Draft,
    *,
    actor: Person,
    activity_id: UUID,
    returned_at: dt.datetime,
    reason: str,
    has_conflict: bool,
    is_sudden_incident: bool,
) -> Approval:
    """Ask the unit's head for two working days instead of twenty-four hours.

    What the person says of the scene is put down with the activity, where nobody said it before.

    Raises:
        Refused: `record.not_found`, `reason.missing`, `extension.heated`, `extension.return`,
            `extension.late`, `extension.given`, `approval.pending`.
    """
    activity = locked_activity(draft, activity_id)
    if not reason.strip():
        raise Refused("reason.missing")
    if activity.ended_at is None or not activity.ended_at <= returned_at <= draft.at:
        raise Refused("extension.return")
    said = {"has_conflict": has_conflict, "is_sudden_incident": is_sudden_incident}
    activity.facts = said | activity.facts
    if any(said.values()) or any(activity.facts[key] for key in HEATED):
        raise Refused("extension.heated")
    refuse_late(returned_at, draft.at)
    if is_extended(activity):
        raise Refused("extension.given")
    activity.save(update_fields=["facts"])
    paper = _paper(draft, activity, returned_at, reason.strip())
    draft.about(activity)
    return ask(draft, activity.case, kind=KIND, subject=paper, opinion=reason.strip())


def is_extended(activity: Activity) -> bool:
    """Whether more time was given for an activity's recordings."""
    return activity.papers.filter(type=TYPE, state=Paper.State.ISSUED).exists()


def refuse_late(returned_at: dt.datetime, at: dt.datetime) -> None:
    """Consent comes before the period it extends has ended. Raises `Refused("extension.late")`."""
    due = _due("measures.store_recording", returned_at)
    if at > due:
        raise Refused("extension.late", due=clock.end_text(due))


def give_extension(draft: Draft, case: Case, approval: Approval) -> None:
    """The unit's head consents: the paper is issued.

    Raises:
        Refused: `extension.late`.
    """
    paper = Paper.objects.select_for_update(of=("self",)).get(id=approval.subject_id)
    paper.case = case
    refuse_late(dt.datetime.fromisoformat(paper.data["returned_at"]), draft.at)
    paper.data["unit_opinion"] = opinion_of(draft, approval)
    issue(draft, paper)


def _paper(draft: Draft, activity: Activity, returned_at: dt.datetime, reason: str) -> Paper:
    """The draft of the consent; one that was returned before is filled anew."""
    until = _due("measures.store_recording_extended", returned_at)
    kind = catalogue().activities[activity.kind].name
    given = {
        "officer": draft.actor.name,
        "returned_at": clock.iso(returned_at),
        "recordings": f"{kind}（{clock.local(activity.started_at):%Y-%m-%d %H:%M} 开始）的音像记录",
        "reason": reason,
        "extended_until": clock.iso(until),
    }
    paper = activity.papers.filter(type=TYPE, state=Paper.State.DRAFT).first()
    if paper is None:
        return draw_up(draft, activity.case, TYPE, activity=activity, given=given)
    paper.data |= given
    paper.save(update_fields=["data"])
    return paper


def _due(name: str, returned_at: dt.datetime) -> dt.datetime:
    book = rulebook()
    figure = book.parameters.on(name, clock.local_date(returned_at))
    if figure.unit == "hours":
        return book.calendar.after_hours(returned_at, int(figure.value or 0)).due_at
    return book.calendar.after_workdays(
        clock.local_date(returned_at), int(figure.value or 0)
    ).due_at
