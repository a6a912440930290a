"""Kept questions, lists taken away by approval, places on a map of our own."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import openpyxl
import pytest
from django.conf import settings
from django.urls import reverse

from liuhen.actions.recordings import take_in_recording
from liuhen.host.home import Home
from liuhen.host.outlines import NAME, load_outlines
from liuhen.kernel.digests import sha256_hex
from liuhen.kernel.refusals import Refused
from liuhen.ledger.models import Entry
from liuhen.ledger.sequencing import sequence_all
from liuhen.recordings.intake import ReceivedFile
from liuhen.recordings.models import Recording
from liuhen.recordings.positions import position_of
from liuhen.recordings.uploads import Intent
from liuhen.search.indexing import follow_all
from liuhen.search.models import ListExport, SavedSearch
from liuhen.vault.keeping import intake_path
from liuhen.web.places_map import Point, places
from tests.web.conftest import Street, picture, words

SQUARE = [[117.0, 39.0], [117.4, 39.0], [117.4, 39.3], [117.0, 39.3], [117.0, 39.0]]
DISTRICT = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "properties": {"name": "示例区"},
            "geometry": {"type": "Polygon", "coordinates": [SQUARE]},
        }
    ],
}


def photographed(street: Street, name: str, latitude: float, longitude: float) -> Recording:
    """A photo of the phone's page that knows its place, of the activity of the filed case."""
    content = picture(77)
    path = intake_path()
    path.write_bytes(content)
    position = {
        "latitude": f"{latitude:.7f}",
        "longitude": f"{longitude:.7f}",
        "accuracy_m": 12,
        "at": "2026-03-10T01:00:00Z",
    }
    captured = {"position": position, "clock_offset_ms": None, "break": ""}
    return take_in_recording(
        actor=street.world["officer"],
        received=ReceivedFile(path, sha256_hex(content), len(content), name),
        intent=Intent(name=name, activity_id=street.scene(street.filed).id, captured=captured),
        probe=None,
        head=content[:64],
    )


def test_answers_are_kept_drawn_and_taken_away_by_approval_alone(street: Street) -> None:
    recording = photographed(street, '=HYPERLINK("x").png', 39.1234567, 117.2)
    sequence_all()
    follow_all()
    officer, deputy = street.browser("officer"), street.browser("deputy")
    asked = {"kind": "recording", "q": "HYPERLINK"}

    # -- a kept question
    assert officer.post(reverse("search_save"), {"name": "可疑"}).status_code == 400
    assert officer.post(reverse("search_save"), {**asked, "name": " "}).status_code == 400
    assert officer.post(reverse("search_save"), {**asked, "name": "可疑"}).status_code == 302
    page = words(officer.get(reverse("search")))
    assert "可疑" in page and "q=HYPERLINK" in page
    assert "可疑" not in words(deputy.get(reverse("search")))

    # -- the other looks
    timeline = words(officer.get(reverse("search"), {**asked, "view": "timeline"}))
    assert "is-timeline" in timeline and "2026年3月10日" in timeline
    drawn = words(officer.get(reverse("search"), {**asked, "view": "map"}))
    assert "<circle" in drawn and "39.12346, 117.20000" in drawn and "没有导入区划轮廓" in drawn
    assert "http" not in drawn.partition("lh-map")[2].partition("</svg>")[0]
    load_outlines(settings.HOME, json.dumps(DISTRICT).encode())
    try:
        drawn = words(officer.get(reverse("search"), {**asked, "view": "map"}))
    finally:
        (settings.HOME.path / NAME).unlink()
    assert "lh-map-area" in drawn and "示例区 <b>1</b> 条" in drawn
    without = {"kind": "paper", "view": "map"}
    assert "这些记录都没有坐标" in words(officer.get(reverse("search"), without))
    figures = words(street.browser("supervisor").get(reverse("figures"), {"since": "2026-03-01"}))
    # an activity was where its film was begun, whatever a later picture says
    assert "执法活动地点" in figures and "39.93100, 116.48380" in figures
    assert "误差约 12 米" in words(officer.get(reverse("recording", args=[recording.id])))

    # -- the list
    ask = f"{reverse('search_export_ask')}?kind=recording&q=HYPERLINK"
    assert officer.get(reverse("search_export_ask")).status_code == 400
    assert officer.post(ask, {"purpose": " "}).status_code == 400
    assert officer.post(ask, {"purpose": "核对清单"}).status_code == 302
    row = ListExport.objects.get()
    take = reverse("search_export_take", args=[row.id])
    answer = reverse("search_export_answer", args=[row.id])
    yes = {"outcome": "approved", "opinion": "同意。"}
    assert officer.post(take).status_code == 403, "not before it is approved"
    assert officer.post(answer, yes).status_code in (403, 404)
    assert "批准导出检索结果" in words(deputy.get(reverse("desk")))
    assert "核对清单" in words(deputy.get(reverse("search_exports")))
    assert deputy.post(answer, {"outcome": "approved", "opinion": ""}).status_code >= 400
    assert deputy.post(answer, yes).status_code == 302
    assert deputy.post(answer, yes).status_code == 404, "answered once"
    assert deputy.post(take).status_code == 404, "another's list does not exist"
    sheet = officer.post(take, {"form": "xlsx"})
    book = openpyxl.load_workbook(io.BytesIO(sheet.content))
    cell = book.worksheets[0]["B2"]
    assert (cell.value, cell.data_type) == ('=HYPERLINK("x").png', "s")
    entry = Entry.objects.get(event="list_export.taken")
    told = json.loads(bytes(entry.body))["data"]
    assert told["number"] == 1 and told["sha256"] == sha256_hex(sheet.content)
    table = officer.post(take, {"form": "csv"}).content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(table)))
    assert rows[-1][1] == '\'=HYPERLINK("x").png' and ["用途", "核对清单"] in rows
    entered = set(Entry.objects.values_list("event", flat=True))
    assert {"search.saved", "list_export.asked", "list_export.answered"} <= entered

    # -- both end
    (kept,) = SavedSearch.objects.filter(person=street.world["officer"])
    remove = reverse("search_remove", args=[kept.id])
    assert deputy.post(remove).status_code == 404
    assert officer.post(remove).status_code == 302 and officer.post(remove).status_code == 404
    assert "可疑" not in words(officer.get(reverse("search")))
    assert Entry.objects.filter(event="search.removed").count() == 1
    street.clock.move(minutes=7 * 24 * 60)
    late = officer.post(take, {"form": "csv"})
    assert late.status_code in (302, 403) and late.content.find(b"HYPERLINK") < 0


@pytest.mark.parametrize(("wide", "is_whole"), [(0.05, True), (0.06, False)])
def test_an_outline_is_drawn_whole_where_the_places_fill_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wide: float, is_whole: bool
) -> None:
    west, south = 117.0, 39.0
    corners = [(0, 0), (wide, 0), (wide, wide), (0, wide), (0, 0)]
    ring = [[west + x, south + y] for x, y in corners]
    monkeypatch.setattr(settings, "HOME", Home(tmp_path))
    load_outlines(settings.HOME, json.dumps({"type": "Polygon", "coordinates": [ring]}).encode())
    points = [Point(south + at, west + at, "检查", "/") for at in (0.005, 0.0275)]
    drawn = places(points, unknown=0)["map"]
    (area,) = drawn["outlines"]
    told = [float(one) for one in re.findall(r"-?[0-9.]+", area["d"])]
    inside = all(0 <= one <= max(drawn["width"], drawn["height"]) for one in told)
    assert inside is is_whole


def test_each_district_bears_its_name_clear_of_borders_and_spots_and_counts_its_records(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "HOME", Home(tmp_path))
    sides = {"西区": (117.0, 117.02), "东区": (117.02, 117.04), "": (117.04, 117.041)}
    features = []
    for name, (west, east) in sides.items():
        ring = [[west, 39.0], [east, 39.0], [east, 39.03], [west, 39.03], [west, 39.0]]
        shape = {"type": "Polygon", "coordinates": [ring]}
        features.append({"type": "Feature", "properties": {"name": name}, "geometry": shape})
    told = {"type": "FeatureCollection", "features": features}
    load_outlines(settings.HOME, json.dumps(told).encode())
    at = [(117.010, 5), (117.0101, 4), (117.0119, 4), (117.030, 2), (117.05, 1)]
    points = [Point(39.015, east, "检查", "/") for east, number in at for _ in range(number)]
    shown = places(points, unknown=0)
    assert shown["districts"] == [("西区", 13), ("东区", 2), ("", 1)]
    spots = [tuple(float(one[key]) for key in ("x", "y", "r")) for one in shown["map"]["spots"]]
    assert len(spots) == 3, "spots that would lie over one another are one"
    west, east, narrow = shown["map"]["outlines"]
    assert narrow["label"] is None
    for area, (left, right) in ((west, (0, spots[1][0])), (east, (spots[0][0], 720))):
        x, y = float(area["label"]["x"]), float(area["label"]["y"])
        assert left < x - 14 and x + 14 < right
        assert all(abs(y - b) > r or abs(x - a) > r + 14 for a, b, r in spots)


def test_a_place_is_where_the_recording_says_it_was() -> None:
    file = {"place": {"latitude_e7": 391_234_567, "longitude_e7": 1_172_000_000}}
    found = position_of(Recording(media=file))
    assert found is not None and (found.latitude, found.longitude) == (39.1234567, 117.2)
    assert found.source == "file" and "误差" not in str(found)
    phone = {"position": {"latitude": "39.1", "longitude": "117.1", "accuracy_m": 5, "at": ""}}
    first = position_of(Recording(media=file, captured=phone))
    assert first is not None and first.source == "phone"
    nowhere = {"place": {"latitude_e7": 0, "longitude_e7": 0}}
    beyond = {"place": {"latitude_e7": 910_000_000, "longitude_e7": 0}}
    for media in ({}, {"place": None}, nowhere, beyond):
        assert position_of(Recording(media=media, captured={"position": None})) is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"", "outlines.invalid"),
        (b"\xff\xfe", "outlines.invalid"),
        (b"[]", "outlines.invalid"),
        (b'{"type": "Point", "coordinates": [117, 39]}', "outlines.invalid"),
        (b'{"type": "Polygon", "coordinates": [[[117, 39], [117, 91], [1, 1], [117, 39]]]}',
         "outlines.invalid"),
        (b'{"type": "Polygon", "coordinates": [[[0, 0], [1, 1]]]}', "outlines.invalid"),
        (json.dumps({"type": "Polygon", "coordinates": [SQUARE * 5000]}).encode(),
         "outlines.large"),
    ],
)  # fmt: skip
def test_what_is_no_outline_is_refused_and_the_old_ones_stay(
    tmp_path: Path, text: bytes, code: str
) -> None:
    home = Home(tmp_path)
    kept = load_outlines(home, json.dumps(DISTRICT).encode())
    with pytest.raises(Refused) as refused:
        load_outlines(home, text)
    assert refused.value.code == code
    assert kept[0].name == "示例区" and (tmp_path / NAME).exists()
