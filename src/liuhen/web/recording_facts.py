"""What is known of one recording and its file, in words. Not for reading media (`media`)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from django.urls import reverse

from liuhen.media.damage import Stretch
from liuhen.media.facts import finding_text
from liuhen.people.models import Person
from liuhen.recordings.damage import DamageTold, is_lasting, unsure_in
from liuhen.recordings.derivatives import FILMED_CLOCK
from liuhen.recordings.filmed_clock import Unused, may_show_clock
from liuhen.recordings.media_facts import PROBING, UNREADABLE
from liuhen.recordings.models import Recording
from liuhen.recordings.positions import position_of
from liuhen.recordings.queries import derivative_of, visible_recordings
from liuhen.recordings.timing import TimeSource
from liuhen.recordings.wording import SOURCES
from liuhen.web.recording_forms import event_words
from liuhen.web.templatetags.wording import clock_offset, instant, instant_exact, span_exact

DOUBTS = {
    "clock_unset": "设备时钟未设置",
    "in_future": "记载的时间在未来",
    "ends_before_it_begins": "记载的结束早于开始",
}
UNUSED = {
    Unused.FUTURE: "比收到这份记录的时间还晚",
    Unused.OLD: "比收到这份记录早三天以上",
    Unused.STILL: "画面中的时间没有随摄录走动",
    Unused.UNTIMED: "这份记录没有设备自己的时间，或者设备时钟未设置",
}
_SPANS_TOLD = 12
_WORD = re.compile(r"[a-z0-9]{2,}")
_TRACKS = {"video": "画面", "audio": "声音"}


def facts(found: Recording) -> list[dict[str, Any]]:
    """The label and the times, for `parts/facts.html`."""
    return [
        {"label": "案件", "value": found.case.number if found.case else found.lead_number or None,
         "href": reverse("case", args=[found.case_id]) if found.case_id else None},
        {"label": "当事人", "value": found.party.name if found.party else None},
        {"label": "承办人", "value": found.handler.name if found.handler else None},
        {"label": "地点", "value": found.place or None},
        {"label": "坐标", "value": str(where) if (where := position_of(found)) else None},
        {"label": "事件类型", "value": event_words(found.event_kind) or None},
        {"label": "摄录人", "value": found.made_by.name if found.made_by else None},
        {"label": "设备", "value": found.device.serial if found.device else None},
        {"label": "起止时间", "value": _span(found)},
        {"label": "时间来源", "value": _source(found)},
        *_phone_clock(found),
        {"label": "返回单位", "value": instant(found.returned_at) if found.returned_at else None},
        {"label": "存入存储", "value": instant_exact(found.stored_at)},
    ]  # fmt: skip


def part_facts(person: Person, found: Recording) -> list[dict[str, str]]:
    """The files before and behind this one where a camera split a recording, as far as visible."""
    seen = visible_recordings(person).filter(Q(follows=found) | Q(id=found.follows_id))
    return [
        {
            "label": "上一分段" if other.id == found.follows_id else "下一分段",
            "value": other.name,
            "href": reverse("recording", args=[other.id]),
        }
        for other in seen.order_by("started_at", "written_at")
    ]


def _span(found: Recording) -> str | None:
    if found.started_at is None:
        return None
    if found.ended_at is None or found.ended_at == found.started_at:
        return instant_exact(found.started_at)
    length = span_exact(found.ended_at - found.started_at)
    return f"{instant_exact(found.started_at)} 至 {instant_exact(found.ended_at)}，长{length}"


def _phone_clock(found: Recording) -> list[dict[str, Any]]:
    """How far the clock of the phone was off that made it, as far as the phone knew."""
    captured: dict[str, Any] | None = found.captured
    if captured is None:
        return []
    offset, within = captured.get("clock_offset_ms"), captured.get("clock_within_ms")
    if offset is None:
        return [{"label": "手机时钟", "value": None}]
    told = f"比系统{'快' if offset >= 0 else '慢'}{_seconds(abs(offset))}，已校正"
    told += f"，误差不超过{_seconds(within)}" if within is not None else "，误差未知"
    if (age := captured.get("clock_age_ms")) is not None:
        told += f"；拍摄{'前' if age >= 0 else '后'}{_seconds(abs(age))}核对"
    return [{"label": "手机时钟", "value": told}]


def clock_facts(found: Recording) -> list[dict[str, Any]]:
    """What a recording of our clock page tells of its camera's clock, or why it tells nothing."""
    if not may_show_clock(found):
        return []
    held = derivative_of(found.original_id, FILMED_CLOCK)
    if held is None:
        return []
    how: dict[str, Any] = held.how
    told = f"画面中的时间是 {instant_exact(dt.datetime.fromisoformat(how['code']))}"
    if how["unused"]:
        return [{"label": "画面校时", "value": f"{told}；{UNUSED[how['unused']]}，没有采用"}]
    told += f"，设备时钟{clock_offset(how['offset_ms'])}，误差不超过{_seconds(how['within_ms'])}"
    return [{"label": "画面校时", "value": told}]


def _seconds(milliseconds: int) -> str:
    return span_exact(dt.timedelta(milliseconds=milliseconds))


def _source(found: Recording) -> str:
    doubts = [DOUBTS.get(one, one) for one in found.media.get("time_doubts") or ()]
    told = SOURCES[TimeSource(found.time_source)]
    return f"{told}（{'；'.join(doubts)}）" if doubts else told


def file_facts(found: Recording) -> list[dict[str, Any]]:
    """What the file holds, as far as somebody has looked."""
    media: dict[str, Any] = found.media
    if media.get("state") == PROBING:
        return [{"label": "文件", "value": "正在读取，稍后刷新本页"}]
    if media.get("state") == UNREADABLE:
        return [{"label": "文件", "value": "无法读取，原件按收到的样子保存"}]
    if media.get("pages"):
        return [{"label": "格式", "value": "PDF"}, {"label": "页数", "value": str(media["pages"])}]
    form = {"label": "格式", "value": str(media.get("found", "")).upper() or None}
    if found.kind == Recording.Kind.PHOTO:  # it has no length, and no tracks
        return [form, {"label": "像素", "value": _size(media) or None}]
    length = dt.timedelta(milliseconds=media.get("duration_ms") or 0)
    tracks = media.get("tracks") or ()
    return [
        form,
        {"label": "时长", "value": span_exact(length) if length else None},
        {"label": "轨道", "value": "、".join(map(_track, tracks)) or None},
        *_several(media.get("spans") or ()),
    ]  # fmt: skip


def _track(track: dict[str, Any]) -> str:
    return f"{_TRACKS.get(track['kind'], '其他')} {track['codec']} {_size(track)}".strip()


def _size(seen: dict[str, Any]) -> str:
    return f"{seen['width']}×{seen['height']}" if seen.get("width") else ""


def _several(spans: Sequence[Sequence[int]]) -> list[dict[str, str]]:
    """Where the file holds anything, if not one piece: 0秒 至 24秒、41.500秒 至 1分44秒."""
    if len(spans) < 2:
        return []
    told = [
        " 至 ".join(span_exact(dt.timedelta(milliseconds=one)) for one in span)
        for span in spans[:_SPANS_TOLD]
    ]
    more = " 等" if len(spans) > _SPANS_TOLD else ""
    return [{"label": "有内容处", "value": "、".join(told) + more}]


def file_findings(found: Recording, damage: DamageTold | None) -> list[str]:
    """What is wrong with the file, each told once."""
    codes = [one["code"] for one in found.media.get("findings") or ()]
    told = [finding_text(code) for code in dict.fromkeys(codes)]
    told += _other_model(found)
    if damage is not None and damage.count:
        told.append(f"从头到尾解码，有{damage.count}处出错{_places(damage.stretches)}。")
    if damage is not None and not damage.is_whole:
        told.append("文件没有能够解码到底：其余部分是否完好，不知道。")
    return told


def damage_facts(found: Recording, damage: DamageTold | None) -> list[dict[str, Any]]:
    """Whether somebody decoded the whole file, and what that can't tell."""
    if found.disposed_at is not None or found.media.get("state") == PROBING:
        return []
    if is_lasting(found):
        if damage is None:
            return [{"label": "通读", "value": "还没有从头到尾解码，排在后台任务中"}]
        told = f"{instant(damage.looked_at)}，{_outcome(damage)}"
    elif found.kind == Recording.Kind.PHOTO and not found.media.get("findings"):
        told = "已完整解码，没有出错"
    else:
        return []
    unsure = "、".join(unsure_in(found))
    doubt = f"；{unsure} 编码不带校验，个别字节的改动不一定看得出来" if unsure else ""
    return [{"label": "通读", "value": told + doubt}]


def _outcome(damage: DamageTold) -> str:
    if not damage.is_whole:
        return "没有能够解码到底"
    return f"解码到底，{damage.count}处出错" if damage.count else "解码到底，没有出错"


def _other_model(found: Recording) -> list[str]:
    tag, device = found.media.get("device") or "", found.device
    if device is None or not is_other_model(tag, device.model):
        return []
    return [f"文件内记载由“{tag}”摄录，与登记的型号“{device.model}”不一致，请核对设备。"]


def is_other_model(tag: str, model: str) -> bool:
    """Whether what a file says of its device has no word of the model in the register.

    Names written in different scripts can't be compared, so nothing is said of them.
    """
    told, registered = (set(_WORD.findall(one.casefold())) for one in (tag, model))
    return bool(told and registered) and not told & registered


def _places(stretches: Sequence[Stretch]) -> str:
    """Where damage lies: ：画面 3秒 至 5秒、声音 7秒 处."""
    told = []
    for one in stretches[:_SPANS_TOLD]:
        start, end = (
            span_exact(dt.timedelta(milliseconds=at)) for at in (one.start_ms, one.end_ms)
        )
        where = f"{start} 处" if start == end else f"{start} 至 {end}"
        told.append(f"{_TRACKS.get(one.track, '')} {where}".strip())
    more = " 等" if len(stretches) > _SPANS_TOLD else ""
    return f"：{'、'.join(told)}{more}" if told else ""
