"""Acts on any activity: its end. Not for the steps inside a particular kind."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from uuid import UUID

from liuhen.actions.act import Draft, act
from liuhen.actions.hearing_kinds import hearing_kind
from liuhen.actions.joining import refuse_overlap
from liuhen.actions.recordings import settle_gaps
from liuhen.actions.simple_procedure import KIND, running_activity
from liuhen.cases.models import Activity
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Person

# What may have come about at a scene, as its officers say it at the end.
SCENE = ("has_conflict", "is_sudden_incident", "is_uncooperative")


@act(permission="activity.end", event="activity.ended")
def end_activity(
    draft: Draft,
    *,
    actor: Person,
    activity_id: UUID,
    ended_at: dt.datetime | None = None,
    scene: Collection[str] | None = None,
) -> Activity:
    """End an activity; from now on what no recording covers of it is a gap.

    `scene` names which of `SCENE` came about, none when it was calm; None leaves it unsaid. It
    decides how long the footage is kept (Art. 41) and whether its hand-in can be put off (39).

    Raises:
        Refused: `activity.ends_before_start`, `activity.ends_in_future`, `activity.ended`,
            `activity.overlaps` when an officer of it had begun another by then,
            `hearing.chair_only` for a hearing, whose chair says how it ends.
    """
    activity = running_activity(draft, activity_id)
    if "chair_id" in activity.facts:
        chair, law = activity.facts["hearing"]["chair"], hearing_kind(activity.case).law
        raise Refused("hearing.chair_only", name=chair, law=law)
    if scene is not None:
        activity.facts |= {name: name in scene for name in SCENE}
        activity.save(update_fields=["facts"])
        draft.note(scene=sorted(scene))
    return finish(draft, activity, ended_at)


def finish(draft: Draft, activity: Activity, ended_at: dt.datetime | None) -> Activity:
    """End a locked activity that goes on, and settle its gaps. Refuses as `end_activity` does."""
    end = ended_at or draft.at
    if end <= activity.started_at:
        raise Refused("activity.ends_before_start")
    if end > draft.at:
        raise Refused("activity.ends_in_future")
    if activity.kind != KIND:
        refuse_overlap(activity, end)
    activity.ended_at = end
    activity.save(update_fields=["ended_at"])
    settle_gaps(draft, activity)
    return activity
