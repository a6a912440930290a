"""What is true of an activity, said in one's own name, also when it is learned after its end.

A conflict learned later makes a consent to a later hand-in void (Art. 39) and keeps the footage for
ever (41); an act designated for it is recorded with sound and picture (17); who is taken along is
filmed until the room (21). Not for describing what goes on (`investigation`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from uuid import UUID

from liuhen.actions.act import Draft, act
from liuhen.actions.recording_rows import locked_activity
from liuhen.cases.models import Activity
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Person

# What may be so, and what it is called.
STATED = {
    "has_conflict": "发生争执、冲突",
    "is_sudden_incident": "属于突发性、群体性事件",
    "is_uncooperative": "对方不配合",
    "has_objection": "当事人有异议，可能投诉、信访、复议或者诉讼",
    "is_designated": "指定同步录音录像",
    "brought_party": "把当事人带到办案场所",
}
# What is owed the party of a sealing or seizure, and whether it was there (Coercion Law 18).
AT_A_TAKING = {
    "is_party_called": "已通知当事人到场",
    "is_party_present": "当事人到场",
    "is_party_told": "已当场告知理由、依据、权利和救济途径",
    "is_party_heard": "已听取当事人的陈述申辩",
}


def statable(kind: str) -> Mapping[str, str]:
    """What may be stated of an activity of a kind, and what it is called."""
    return {**STATED, **AT_A_TAKING} if kind == "sealing_or_seizure" else STATED


@act(permission="activity.describe", event="activity.circumstances_stated")
def state_scene(
    draft: Draft,
    *,
    actor: Person,
    activity_id: UUID,
    facts: Mapping[str, bool],
    reason: str,
    reached_room_at: dt.datetime | None = None,
) -> Activity:
    """State which of `statable` hold of an activity, going on or over, with how one knows.

    `reached_room_at`: when the party taken along was brought into the room, to which the footage
    has to go on. What is not named stays as it was.

    Raises:
        Refused: `record.not_found`, `activity.fact_unknown`, `activity.nothing_stated`,
            `reason.missing`, `activity.reached_room`.
    """
    activity = locked_activity(draft, activity_id)
    draft.about(activity)
    for key in facts:
        if key not in statable(activity.kind):
            raise Refused("activity.fact_unknown", fact=key)
    if not facts and reached_room_at is None:
        raise Refused("activity.nothing_stated")
    if not reason.strip():
        raise Refused("reason.missing")
    told = {"by": draft.actor.name, "at": clock.iso(draft.at), "reason": reason.strip()}
    stated = {**activity.facts, **facts, "circumstances": told}
    if reached_room_at is not None:
        is_brought = stated.get("brought_party") is True
        if not is_brought or not activity.started_at <= reached_room_at <= draft.at:
            raise Refused("activity.reached_room")
        stated["reached_room_at"] = clock.iso(reached_room_at)
    activity.facts = stated
    activity.save(update_fields=["facts"])
    draft.note(**facts, reason=reason.strip())
    if reached_room_at is not None:
        draft.note(reached_room_at=clock.iso(reached_room_at))
    return activity
