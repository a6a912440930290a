"""What a statement on a broken recording is filled from: the gap it is about (Art. 21).

Not for finding or explaining gaps (`recordings`, `actions.recordings`).
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from liuhen.recordings.models import Gap, Recording

# A recording that went on after a while, and one that could not.
INTERRUPTION, IMPOSSIBILITY = "interruption_statement", "impossibility_statement"
STATEMENTS = frozenset({INTERRUPTION, IMPOSSIBILITY})
_TOLD = {
    None: None,
    True: "已在恢复后的画面开头说明中断原因。",
    False: "恢复记录时没有说明中断原因。",
}


def statement_of(gap: Gap) -> str:
    """Which of the two a gap asks for: it ends with the activity when nothing was resumed."""
    ended_at = gap.activity.ended_at
    resumed = ended_at is None or gap.ended_at < ended_at
    return INTERRUPTION if resumed else IMPOSSIBILITY


def gap_facts(type_key: str, subject_id: UUID | None) -> dict[str, Any]:
    """Sections `gap` and `recording`; empty for papers of other types."""
    if type_key not in STATEMENTS or subject_id is None:
        return {}
    gap = (
        Gap.objects.select_related("activity", "explained_by", "reported_to")
        .filter(id=subject_id)
        .first()
    )
    if gap is None:
        return {}
    reported = gap.reported_at or gap.explained_at
    return {
        "gap": {
            "span": {"started_at": gap.started_at, "ended_at": gap.ended_at},
            "started_at": gap.started_at,
            "cause": gap.cause or None,
            "explanation": gap.explanation or None,
            "explained_on_resuming": _TOLD[gap.is_told_on_resumption],
            "reporter": gap.explained_by.name if gap.explained_by else None,
            "reported_to": gap.reported_to.name if gap.reported_to else None,
            "reported_at": gap.reported_at if type_key == IMPOSSIBILITY else reported,
        },
        "recording": {"device": _devices(gap)},
    }


def _devices(gap: Gap) -> str | None:
    """The cameras that recorded the activity; unknown where no recording names one."""
    held = Recording.objects.filter(activity=gap.activity, device__isnull=False)
    serials = held.order_by("device__serial").values_list("device__serial", flat=True).distinct()
    return "、".join(f"执法记录仪{serial}" for serial in serials) or None
