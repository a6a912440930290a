"""Parts drawn by the server: stage bar and coverage bar. Not for the timeline (an island).

Positions are SVG attributes, never style attributes: the pages' policy allows no inline style.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from liuhen.web.templatetags.marks import read
from liuhen.web.templatetags.wording import clock_time, span_exact

register = template.Library()

STAGE_WORDS = {
    "done": "已完成",
    "current": "进行中",
    "todo": "未开始",
    "blocked": "受阻",
    "skipped": "不适用",
}


@register.inclusion_tag("parts/stage_bar.html")
def stage_bar(stages: Iterable[Any], label: str = "办案环节") -> dict[str, Any]:
    """`{% stage_bar stages %}`: each stage with `name`, `state` and optionally `note`, `href`.

    `state`: done, current, todo, blocked, skipped. On a phone only the current one is named.
    """
    shown = [
        {
            "name": read(stage, "name"),
            "state": read(stage, "state"),
            "words": STAGE_WORDS[read(stage, "state")],
            "note": read(stage, "note") or "",
            "href": read(stage, "href") or "",
        }
        for stage in stages
    ]
    position = next(
        (n for n, stage in enumerate(shown, 1) if stage["state"] in {"current", "blocked"}),
        len(shown),
    )
    current = shown[position - 1] if shown else None
    return {"stages": shown, "label": label, "position": position, "current": current}


# More recordings than this are drawn as the spans they cover together.
BARS = 40
_MS = dt.timedelta(milliseconds=1)


def _share(part: dt.timedelta, whole: dt.timedelta) -> str:
    return f"{max(0.0, min(1.0, part / whole)) * 100:.3f}%"


def _bars(spans: Iterable[Any], start: dt.datetime, whole: dt.timedelta) -> list[dict[str, Any]]:
    """Position and width of each span that has both ends, cut to the activity."""
    placed = []
    for one in spans:
        began, ended = read(one, "started_at"), read(one, "ended_at")
        if began is None or ended is None or ended <= start or began >= start + whole:
            continue
        first, last = max(began, start), min(ended, start + whole)
        placed.append(
            {
                "x": _share(first - start, whole),
                "width": _share(last - first, whole),
                "told": f"{clock_time(began)} 至 {clock_time(ended)}",
                "length": span_exact(ended - began),
                "thing": one,
            }
        )
    return placed


def _run(recordings: Iterable[Any], track: str) -> list[Any]:
    """Where a track of the recordings runs, as far as their files told; else the recordings."""
    found: list[Any] = []
    for one in recordings:
        began = read(one, "started_at")
        spans = (read(one, "media") or {}).get(f"{track}_spans")
        if began is None or not spans:
            found.append(one)
            continue
        found += [
            {"started_at": began + _MS * start, "ended_at": began + _MS * end}
            for start, end in spans
        ]
    return found


def _joined(recordings: list[Any]) -> list[Any]:
    """The recordings; of very many, the spans they cover together."""
    spans = [(read(one, "started_at"), read(one, "ended_at")) for one in recordings]
    if len(spans) <= BARS:
        return recordings
    joined: list[dict[str, Any]] = []
    for began, ended in sorted((a, b) for a, b in spans if a is not None and b is not None):
        if joined and began <= joined[-1]["ended_at"]:
            joined[-1]["ended_at"] = max(joined[-1]["ended_at"], ended)
        else:
            joined.append({"started_at": began, "ended_at": ended})
    return joined


def _rects(bars: list[dict[str, Any]], css_class: str, y: int, height: int) -> SafeString:
    return format_html_join(
        "",
        '<rect class="{}" x="{}" width="{}" y="{}" height="{}"><title>{}</title></rect>',
        ((css_class, bar["x"], bar["width"], y, height, bar["told"]) for bar in bars),
    )


@register.inclusion_tag("parts/coverage_bar.html")
def coverage_bar(
    activity: Any, recordings: Iterable[Any], gaps: Iterable[Any], flaws: Iterable[Any] = ()
) -> dict[str, Any]:
    """`{% coverage_bar activity recordings gaps flaws %}`: picture, sound, gaps of an activity.

    `activity`, each recording and each gap carry `started_at`, `ended_at`; recordings also
    `has_video`, `has_audio` and, when their file was read, `media`; gaps optionally `cause_words`
    and `explanation`; flaws `words`: what is recorded and still not whole. An activity without an
    end is drawn up to its last recording.
    """
    recordings, gaps = list(recordings), list(gaps)
    start = read(activity, "started_at")
    ends = [read(one, "ended_at") for one in (*recordings, *gaps)]
    end = read(activity, "ended_at") or max(filter(None, ends), default=None)
    if start is None or end is None or end <= start:
        return {"is_empty": True}
    whole = end - start
    holes = _bars(gaps, start, whole)
    missing = sum(
        (read(hole["thing"], "ended_at") - read(hole["thing"], "started_at") for hole in holes),
        dt.timedelta(),
    )
    seen = _joined(_run((one for one in recordings if read(one, "has_video")), "video"))
    heard = _joined(_run((one for one in recordings if read(one, "has_audio")), "audio"))
    return {
        "is_empty": False,
        "start": start,
        "end": end,
        "is_open": read(activity, "ended_at") is None,
        "holes": holes,
        "flaws": _bars(flaws, start, whole),
        "missing": missing,
        "covered_percent": f"{max(0.0, 1 - missing / whole) * 100:.1f}",
        "video": _rects(
            _bars(seen, start, whole),
            "lh-track-video",
            2,
            12,
        ),
        "audio": _rects(
            _bars(heard, start, whole),
            "lh-track-audio",
            18,
            12,
        ),
        "gaps": _rects(holes, "lh-track-gap", 0, 32),
    }


@register.inclusion_tag("parts/day_bar.html")
def day_bar(
    start: dt.datetime,
    held: Iterable[Any],
    missing: Iterable[Any],
    destroyed: Iterable[Any] = (),
) -> dict[str, Any]:
    """`{% day_bar start held missing destroyed %}`: what a camera recorded of the day from `start`.

    Each carries `started_at`, `ended_at`; what is none of them was not to be recorded.
    """
    whole, holes = dt.timedelta(days=1), _bars(missing, start, dt.timedelta(days=1))
    gone = _bars(destroyed, start, whole)
    return {
        "missing": holes,
        "gone": gone,
        "destroyed": _rects(gone, "lh-track-destroyed", 4, 16),
        "held": _rects(_bars(held, start, whole), "lh-track-video", 4, 16),
        "gaps": _rects(holes, "lh-track-gap is-narrow", 0, 24),
        "ticks": [f"{part * 25}%" for part in range(5)],
    }
