"""Pictures in small beside answers, where viewing is approved: each one shown is a viewing.

Measures 42 and 43 know no exception for small pictures: without an approval none is shown, and
whoever has them shown gives a reason and stands in the register. Not for the bytes (`media`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.urls import reverse

from liuhen.access.queries import viewable_recordings
from liuhen.actions.access import open_recording
from liuhen.people.models import Person
from liuhen.people.queries import is_allowed
from liuhen.recordings.derivatives import THUMBNAIL
from liuhen.recordings.models import Derivative
from liuhen.search.models import Indexed

_OF_RECORDINGS = (Indexed.Kind.RECORDING, Indexed.Kind.TEXT)


def with_pictures(
    person: Person, items: Sequence[dict[str, Any]], reason: str | None
) -> dict[str, Any]:
    """What the page needs to offer or show the pictures of answers, as `search._line` made them.

    Sets `picture` of each answer that is a recording: {"words", "src"}; with a `reason` those that
    may be viewed are opened, each by its act.

    Raises:
        Refused: `viewing.reason` and what else `open_recording` refuses.
    """
    asked = [one["record_id"] for one in items if one["kind"] in _OF_RECORDINGS]
    may = _may_be_shown(person, asked) if asked else {}
    shown: dict[UUID, str] = {}
    if reason is not None:
        shown = {key: _opened(person, key, reason) for key, has_one in may.items() if has_one}
    for one in items:
        if one["kind"] in _OF_RECORDINGS:
            key = one["record_id"]
            one["picture"] = {"src": shown.get(key), "words": "" if key in may else _NOT_APPROVED}
    return {"may_show": any(may.values()) and not shown, "are_shown": bool(shown)}


_NOT_APPROVED = "未获调阅批准，不显示画面"


def _may_be_shown(person: Person, ids: Sequence[UUID]) -> dict[UUID, bool]:
    """Which of the recordings the person may view now, and whether each has a picture."""
    if not is_allowed(person, "recording.open"):
        return {}
    small = Derivative.objects.filter(original=OuterRef("original"), kind=THUMBNAIL)
    rows = viewable_recordings(person).filter(id__in=set(ids), disposed_at=None)
    return dict(rows.annotate(has_small=Exists(small)).values_list("id", "has_small"))


def _opened(person: Person, recording_id: UUID, reason: str) -> str:
    token = open_recording(actor=person, recording_id=recording_id, reason=reason).token
    return reverse("media-derivative", kwargs={"token": token, "kind": THUMBNAIL})
