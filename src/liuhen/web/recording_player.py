"""The data of the player island (frontend/islands/player/schema.ts): a film, or pages.

Not for bytes (`media`).
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.urls import reverse

from liuhen.actions.access import look_on
from liuhen.cases.models import Activity
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.law.catalogue import catalogue
from liuhen.media.waveform import Waveform
from liuhen.people.models import Person
from liuhen.people.queries import is_allowed
from liuhen.recordings.blanks import LONG_MS
from liuhen.recordings.derivatives import (
    CONTACT_SHEET,
    DARKNESS,
    PROXY,
    THUMBNAIL,
    VOICES,
    WAVEFORM,
    page_key,
    read_account,
)
from liuhen.recordings.models import Bookmark, Gap, Recording
from liuhen.recordings.queries import (
    bookmarks_of,
    derivative_keys,
    derivative_of,
    visible_recordings,
)
from liuhen.web.gap_words import gap_words
from liuhen.web.templatetags.wording import instant

# Columns of the drawn waveform.
POINTS = 900


def player_of(person: Person, found: Recording, token: str) -> dict[str, Any] | None:
    """What the player needs to show a recording opened by `token`; None: it has no player.

    Raises:
        Refused: `viewing.expired`.
    """
    if look_on(token, actor=person).recording_id != found.id:
        raise Refused("viewing.expired")
    if found.kind == Recording.Kind.OTHER:
        return None
    sha256 = found.original_id
    proxy = derivative_of(sha256, PROXY) if found.media.get("browser_obstacle") else None
    if found.kind == Recording.Kind.SCAN:
        return _pages(person, found, token)
    return {
        "kind": found.kind,
        "name": found.name,
        "src": _derived(sha256, PROXY, token) if proxy else reverse("media-original", args=[token]),
        "proxy": {"sha256": proxy.sha256, "original": sha256} if proxy else None,
        "poster": _derived(sha256, THUMBNAIL, token),
        "sheet": _derived(sha256, CONTACT_SHEET, token),
        **strips_of(sha256),
        "started_at": _iso(found.started_at),
        "duration_ms": found.media.get("duration_ms"),
        "frames_per_second": frame_rate(found),
        "activity": _activity(person, found),
        "bookmarks": [bookmark_line(mark) for mark in bookmarks_of(found)],
        **_acts(person, found, token),
        "watermark": watermark_of(person),
    }


def _pages(person: Person, found: Recording, token: str) -> dict[str, Any]:
    """A scan: each page as a picture, null while it isn't drawn."""
    drawn = derivative_keys(found.original_id, PROXY)
    keys = [page_key(page) for page in range(1, int(found.media.get("pages") or 0) + 1)]
    address = {"token": token, "kind": PROXY}
    return {
        "kind": found.kind,
        "name": found.name,
        "pages": [
            reverse("media-excerpt", kwargs={**address, "key": key}) if key in drawn else None
            for key in keys
        ],
        "watermark": watermark_of(person),
    }


def watermark_of(person: Person) -> dict[str, str]:
    """Who looks, and that it is registered: written over the picture."""
    return {
        "viewer": f"{person.name} {person.unit.name if person.unit else ''}".strip(),
        "note": f"调阅已登记 {instant(clock.now())}",
    }


def _acts(person: Person, found: Recording, token: str) -> dict[str, Any]:
    """Addresses of what this person may do with the recording."""
    told: dict[str, Any] = {}
    if is_allowed(person, "recording.bookmark"):
        told["bookmark_url"] = reverse("recording_bookmarks", args=[found.id])
        kinds = Bookmark.Kind.choices
        told["bookmark_kinds"] = [{"value": value, "label": label} for value, label in kinds]
    if is_allowed(person, "recording.excerpt"):
        told["still_url"] = reverse("media-still", args=[token])
        told["clip_url"] = reverse("media-clip", args=[token])
    return told


def bookmark_line(mark: Bookmark) -> dict[str, Any]:
    """A bookmark as the player shows it."""
    label = f"{mark.get_kind_display()}：{mark.note}" if mark.note else mark.get_kind_display()
    return {
        "id": str(mark.id),
        "at_ms": mark.at_ms,
        "label": label,
        "kind": mark.kind,
        "by": mark.made_by.name,
        "withdraw_url": reverse("bookmark_withdraw", args=[mark.id]),
    }


def _derived(sha256: str, kind: str, token: str) -> str | None:
    """The address of something made from the original, when it was made."""
    if derivative_of(sha256, kind) is None:
        return None
    return reverse("media-derivative", kwargs={"token": token, "kind": kind})


def strips_of(sha256: str) -> dict[str, Any]:
    """What is drawn along a recording: its sound, and where it is black for long."""
    dark = (read_account(sha256, DARKNESS) or {}).get("spans", [])
    return {"sound": _sound(sha256), "dark": dark}


def _sound(sha256: str) -> dict[str, Any] | None:
    """The waveform for drawing, with its long silences and where somebody speaks."""
    told = read_account(sha256, WAVEFORM)
    if told is None:
        return None
    wave = Waveform(told["bin_ms"], tuple(told["peaks"]), told["failed_packets"])
    return {
        "length_ms": wave.bin_ms * len(wave.peaks),
        "peaks": list(wave.shrunk(POINTS)),
        "silences": [list(span) for span in wave.silences(LONG_MS)],
        "voices": (read_account(sha256, VOICES) or {}).get("spans", []),
    }


def frame_rate(found: Recording) -> float | None:
    """Pictures a second as the file tells them, when that can be."""
    rates = [
        t.get("rate_millihertz") for t in found.media.get("tracks") or () if t["kind"] == "video"
    ]
    rate = (rates[0] or 0) / 1000 if rates else 0
    return rate if 1 <= rate <= 120 else None


def _iso(at: dt.datetime | None) -> str | None:
    return clock.iso(at) if at else None


def _activity(person: Person, found: Recording) -> dict[str, Any] | None:
    activity: Activity | None = found.activity
    if activity is None:
        return None
    kind = catalogue().activities.get(activity.kind)
    others = (
        visible_recordings(person)
        .filter(activity=activity)
        .exclude(id=found.id)
        .exclude(started_at=None)
    )
    gaps = Gap.objects.filter(activity=activity, filled_at=None).order_by("started_at")
    return {
        "name": kind.name if kind else activity.kind,
        "started_at": clock.iso(activity.started_at),
        "ended_at": _iso(activity.ended_at),
        "watch_href": reverse("activity_watch", args=[activity.id]),
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
