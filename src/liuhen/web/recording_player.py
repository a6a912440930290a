"""The data of the player island (frontend/islands/player/schema.ts). Not for bytes (`media`)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.urls import reverse

from liuhen.access.queries import opened
from liuhen.cases.models import Activity
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.law.catalogue import catalogue
from liuhen.people.models import Person
from liuhen.recordings.derivatives import THUMBNAIL
from liuhen.recordings.models import Gap, Recording
from liuhen.recordings.queries import derivative_of
from liuhen.web.gap_words import gap_words
from liuhen.web.templatetags.wording import instant


def player_of(person: Person, found: Recording, token: str) -> dict[str, Any] | None:
    """What the player needs to show a recording opened by `token`; None: it has no player.

    Raises:
        Refused: `viewing.expired`.
    """
    if opened(person, token).recording_id != found.id:
        raise Refused("viewing.expired")
    if found.kind == Recording.Kind.OTHER:
        return None
    has_poster = derivative_of(found.original_id, THUMBNAIL) is not None
    poster = {"token": token, "kind": THUMBNAIL}
    return {
        "kind": found.kind,
        "name": found.name,
        "src": reverse("media-original", kwargs={"token": token}),
        "poster": reverse("media-derivative", kwargs=poster) if has_poster else None,
        "started_at": _iso(found.started_at),
        "duration_ms": found.media.get("duration_ms"),
        "frames_per_second": None,
        "activity": _activity(found),
        "bookmarks": [],
        "watermark": {
            "viewer": f"{person.name} {person.unit.name if person.unit else ''}".strip(),
            "note": f"调阅已登记 {instant(clock.now())}",
        },
    }


def _iso(at: dt.datetime | None) -> str | None:
    return clock.iso(at) if at else None


def _activity(found: Recording) -> dict[str, Any] | None:
    activity: Activity | None = found.activity
    if activity is None:
        return None
    kind = catalogue().activities.get(activity.kind)
    others = activity.recordings.exclude(id=found.id).exclude(started_at=None)
    gaps = Gap.objects.filter(activity=activity, filled_at=None).order_by("started_at")
    return {
        "name": kind.name if kind else activity.kind,
        "started_at": clock.iso(activity.started_at),
        "ended_at": _iso(activity.ended_at),
        "others": [
            {
                "name": other.name,
                "started_at": clock.iso(other.started_at),
                "ended_at": clock.iso(other.ended_at),
                "href": reverse("recording", args=[other.id]),
            }
            for other in others.exclude(ended_at=None).order_by("started_at")
            if other.started_at and other.ended_at
        ],
        "gaps": [
            {
                "started_at": clock.iso(gap.started_at),
                "ended_at": clock.iso(gap.ended_at),
                "words": gap_words(gap),
            }
            for gap in gaps
        ],
    }
