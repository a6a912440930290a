"""Forms of the page of a copy with covered parts. They check shape only; rules are the acts'."""

from __future__ import annotations

from typing import Any

from django import forms

from liuhen.access.models import Redaction
from liuhen.recordings.models import Recording
from liuhen.web.one_form import PlacedForm

_AREA = forms.Textarea(attrs={"rows": 2})
_WHAT = (("plate", "车牌"), ("document", "证件、文字"), ("face", "人脸"), ("other", "其他"))
_SIDES = ("left", "top", "right", "bottom")
_LABELS = ("左", "上", "右", "下")


def _share(label: str, **options: Any) -> forms.FloatField:
    return forms.FloatField(label=f"{label}（%）", min_value=0, max_value=100, **options)


class OpenForm(PlacedForm):
    """Why the copy is looked at."""

    reason = forms.CharField(label="查看事由", max_length=200)


class WithdrawForm(PlacedForm):
    """Why a copy is voided."""

    reason = forms.CharField(label="作废理由", max_length=200, widget=_AREA)


class RegionForm(PlacedForm):
    """A box, and where it has moved to at its end; for a paper or a scan a page and a box."""

    halves = frozenset(
        {"what", "page", "from_s", "to_s", *_SIDES, *(f"{side}_to" for side in _SIDES)}
    )

    what = forms.ChoiceField(label="内容", choices=_WHAT)
    page = forms.IntegerField(label="第几页", min_value=1, max_value=2000, required=False)
    from_s = forms.FloatField(label="起（秒）", min_value=0, max_value=86_400, required=False)
    to_s = forms.FloatField(label="止（秒）", min_value=0, max_value=86_400, required=False)
    left, top, right, bottom = (_share(label) for label in _LABELS)
    left_to, top_to, right_to, bottom_to = (
        _share(f"结束时{label}", required=False) for label in _LABELS
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        moved = [data.get(f"{side}_to") for side in _SIDES]
        if any(one is not None for one in moved) and None in moved:
            self.add_error(None, "结束时的位置要么四边都填，要么都不填（不移动）。")
        return data

    @staticmethod
    def region(data: dict[str, Any], *, is_paged: bool) -> dict[str, Any]:
        """The region of a valid form; boxes in thousandths."""
        box = [round(data[side] * 10) for side in _SIDES]
        if is_paged:
            return {"what": data["what"], "keys": [[data["page"] or 1, *box]]}
        moved = [data[f"{side}_to"] for side in _SIDES]
        end = [round(one * 10) for one in moved] if None not in moved else box
        begin_ms = round((data["from_s"] or 0) * 1000)
        to_s = data["to_s"]
        end_ms = round(to_s * 1000) if to_s is not None else 86_400_000
        return {"what": data["what"], "keys": [[begin_ms, *box], [end_ms, *end]]}


class SoundForm(PlacedForm):
    """A span whose sound goes."""

    halves = frozenset({"from_s", "to_s"})

    from_s = forms.FloatField(label="起（秒）", min_value=0, max_value=86_400)
    to_s = forms.FloatField(label="止（秒）", min_value=0, max_value=86_400)
    how = forms.ChoiceField(label="方式", choices=(("mute", "消音"), ("alter", "变声")))


def is_photo(found: Redaction) -> bool:
    """Whether it is of one picture, in which nothing begins, ends or moves."""
    return found.recording is not None and found.recording.kind == Recording.Kind.PHOTO


def region_lines(found: Redaction) -> list[dict[str, str]]:
    """The regions in words."""
    lines = []
    for place, one in enumerate(found.regions):
        first, last = one["keys"][0], one["keys"][-1]
        where = f"{first[1] / 10:g}%–{first[3] / 10:g}% × {first[2] / 10:g}%–{first[4] / 10:g}%"
        when = f"第 {first[0]} 页，" if found.is_paged else f"{_span(first[0], last[0])}，"
        when = "" if is_photo(found) else when
        moves = "，移动" if first[1:] != last[1:] else ""
        what = dict(_WHAT).get(one["what"], one["what"])
        lines.append({"which": f"r{place}", "words": f"{what}：{when}{where}{moves}"})
    return lines


def sound_lines(found: Redaction) -> list[dict[str, str]]:
    """The spans of sound in words."""
    ways = {"mute": "消音", "alter": "变声"}
    return [
        {"which": f"s{place}", "words": f"{ways[how]}：{_span(begin, end)}"}
        for place, (begin, end, how) in enumerate(found.sounds)
    ]


def _span(begin: int, end: int) -> str:
    last = "结束" if end >= 86_400_000 else f"{end / 1000:g} 秒"
    return f"{begin / 1000:g} 秒至{last}"
