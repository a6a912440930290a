"""The footage of a double-random draw: handed in once, it stands in the file of every case drawn.

Not for the draw itself (`inspection_draws`), nor for handing in (`recordings`).
"""

from __future__ import annotations

from uuid import UUID

from liuhen.actions import recording_rows as rows
from liuhen.actions.act import Draft, act
from liuhen.actions.deferring import defer_reading
from liuhen.actions.recordings import settle_gaps
from liuhen.cases.draws import visible_draws
from liuhen.cases.models import Activity, Case, InspectionDraw
from liuhen.cases.queries import DRAW
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Person
from liuhen.recordings.models import Recording
from liuhen.recordings.uploads import Intent
from liuhen.vault import keeping

_HEAD = 64  # bytes that tell what a file is


@act(permission="inspection.draw", event="inspection_draw.footage_shared")
def share_draw_footage(draft: Draft, *, actor: Person, draw_id: UUID) -> list[Recording]:
    """Put the draw's footage, handed in for one case drawn, into the files of the others, too.

    Each gets a recording of its own of the same original; no byte is stored twice.

    Raises:
        Refused: `record.not_found`, `draw.not_drawer`, `draw.no_footage`, `draw.footage_shared`.
    """
    found = visible_draws(actor).filter(id=draw_id).first()
    if found is None:
        raise Refused("record.not_found")
    if actor.id not in (found.drawn_by_id, found.drawn_with_id):
        raise Refused("draw.not_drawer")
    cases = [draft.opens(case) for case in _cases_of(found)]
    scenes = list(
        Activity.objects.filter(kind=DRAW, case__in=cases).select_related("case").order_by("id")
    )
    given = Recording.objects.filter(activity__in=scenes).select_related("original", "device")
    first = {one.original_id: one for one in given.order_by("-stored_at", "-id")}
    if not first:
        raise Refused("draw.no_footage")
    held = {(one.activity_id, one.original_id) for one in given}
    made = [
        _shared(draft, one, scene)
        for scene in scenes
        for one in first.values()
        if (scene.id, one.original_id) not in held
    ]
    if not made:
        raise Refused("draw.footage_shared")
    draft.about(found)
    draft.entry.case_id = None  # it is about all of them
    draft.note(sha256=sorted(first), cases=len({one.case_id for one in made}))
    return made


def _cases_of(found: InspectionDraw) -> list[Case]:
    return list(Case.objects.select_for_update().filter(drawn__draw=found).order_by("id"))


def _shared(draft: Draft, one: Recording, scene: Activity) -> Recording:
    """A recording of the same original in the file of another case drawn."""
    with keeping.local_store().open(one.original_id) as stream:
        head = stream.read(_HEAD)
    intent = Intent(
        name=one.name,
        activity_id=scene.id,
        started_at=one.started_at,
        ended_at=one.ended_at,
        returned_at=one.returned_at,
    )
    made = rows.new_recording(
        draft,
        one.original,
        intent,
        probe=None,
        head=head,
        activity=scene,
        device=one.device,
        made_by=one.made_by,
    )
    made.save(force_insert=True)
    settle_gaps(draft, scene)
    defer_reading(made)
    return made
