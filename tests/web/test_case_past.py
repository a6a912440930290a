"""A case as it stood after each act: on the page with its slider, and by API."""

from __future__ import annotations

import datetime as dt
from uuid import uuid4

import psycopg
import pytest
from django.urls import reverse

from liuhen.actions.recordings import label_recording
from liuhen.cases.models import Case
from liuhen.compliance.states import difference, moments, state_at
from liuhen.kernel import clock
from liuhen.recordings.models import Recording
from tests.web.conftest import Street, words
from tests.web.test_lists_and_counts import queries


def kept(street: Street) -> Case:
    return Case.objects.select_related("unit", "handler").get(id=street.archived)


def test_each_moment_shows_what_its_act_changed(street: Street) -> None:
    case, client = kept(street), street.browser("officer")
    address = reverse("case_past", args=[case.id])
    assert address in words(client.get(reverse("case", args=[case.id])))
    known = moments(case)
    assert [one.number for one in known] == list(range(1, len(known) + 1))
    assert [one.at for one in known] == sorted({one.at for one in known})
    page = words(client.get(address, {"at": 1}))
    assert "第 1 次办理后" in page and "没有可比较的时刻" in page and "行政处罚决定书" not in page
    bound = next(one.number for one in known if "case.bound" in one.events)
    page = words(client.get(address, {"at": bound}))
    assert f"第 {bound - 1} 次与第 {bound} 次办理之间" in page
    assert "立卷时间" in page and "<ins>" in page


def test_a_value_changed_later_is_told_as_it_was_then_and_as_a_difference(street: Street) -> None:
    case = kept(street)
    found = Recording.objects.filter(case=case)[0]
    before = clock.now()
    street.clock.move(minutes=1)
    label_recording(
        actor=street.world["officer"],
        recording_id=found.id,
        handler=street.world["officer"],
        case_id=case.id,
        lead_number="",
        party_id=found.party_id,
        place="另一处",
        event_kind="",
    )
    now = state_at(case)
    then = state_at(case, before)
    key = f"recordings/{found.id}"
    places = [
        next(one.fields.get("地点", "") for one in state.things if one.key == key)
        for state in (then, now)
    ]
    assert places[0] != "另一处" and places[1] == "另一处"
    (change,) = [one for one in difference(then, now).changes if one.thing.key == key]
    assert change.how == "changed"
    (place,) = [one for one in change.fields if one.label == "地点"]
    assert (place.before, place.after) == (places[0], "另一处")
    page = words(street.browser("officer").get(reverse("case_past", args=[case.id])))
    assert "<ins>另一处</ins>" in page


def test_what_is_altered_behind_the_system_s_back_does_not_change_the_past(
    street: Street, street_owner: psycopg.Connection
) -> None:
    case = kept(street)
    at = moments(case)[-1].at
    then = state_at(case, at)
    street_owner.execute("ALTER TABLE cases_case DISABLE TRIGGER USER")
    street_owner.execute("UPDATE cases_case SET cause = '改了' WHERE id = %s", (case.id,))
    assert state_at(case, at).things == then.things


def test_two_moments_are_compared_in_the_order_of_time_whichever_is_chosen(street: Street) -> None:
    case, client = kept(street), street.browser("officer")
    address, last = reverse("case_past", args=[case.id]), len(moments(case))
    forth = words(client.get(address, {"at": last, "since": 2}))
    back = words(client.get(address, {"at": 2, "since": last}))
    for page in (forth, back):
        assert "新增" in page and "不再有" not in page


@pytest.mark.parametrize(
    ("asked", "number"),
    [({"at": "0"}, 1), ({"at": "9999"}, None), ({"at": "x"}, None), ({"at": "3", "step": "on"}, 4)],
)
def test_a_place_beyond_the_slider_shows_the_nearest_or_the_present(
    street: Street, asked: dict[str, str], number: int | None
) -> None:
    case = kept(street)
    page = words(street.browser("officer").get(reverse("case_past", args=[case.id]), asked))
    assert f'aria-valuetext="第 {number or len(moments(case))} 次办理后' in page


def test_the_past_of_what_one_may_not_see_is_not_there(street: Street) -> None:
    for who, case_id in (("operator", street.archived), ("officer", uuid4())):
        client = street.browser(who)
        assert client.get(reverse("case_past", args=[case_id])).status_code == 404
        for path in ("moments", "state", f"difference?since={clock.iso(clock.now())}"):
            assert client.get(f"/api/v1/cases/{case_id}/{path}").status_code == 404


def test_the_number_of_queries_does_not_follow_the_moments(street: Street) -> None:
    case, client = kept(street), street.browser("officer")
    address = reverse("case_past", args=[case.id])
    early = queries(client, f"{address}?at=4&since=3")
    assert queries(client, f"{address}?at={len(moments(case))}&since=4") <= early + 4 < 80


def test_programs_get_moments_states_and_differences(street: Street) -> None:
    case, client = kept(street), street.browser("supervisor")
    base = f"/api/v1/cases/{case.id}"
    told = client.get(f"{base}/moments").json()
    assert len(told) == len(moments(case))
    first, last = told[0]["at"], told[-1]["at"]
    state = client.get(f"{base}/state", {"at": first}).json()
    assert (state["basis"], state["erased_rows"]) == ("past_rows", 0)
    (head,) = [one for one in state["things"] if one["key"] == f"case/{case.id}"]
    assert head["title"] == case.number and "立卷时间" not in head["fields"]
    found = client.get(f"{base}/difference", {"since": first, "until": last}).json()
    (change,) = [one for one in found["changes"] if one["key"] == head["key"]]
    assert {"立卷时间"} <= {one["label"] for one in change["fields"]}
    assert found["findings"]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"at": "yesterday"}, 422),
        ({"at": "2026-03-10T09:00:00"}, 422),
        ({"at": "2020-01-01T00:00:00Z"}, 404),
    ],
)
def test_an_instant_that_is_none_or_too_early_is_refused(
    street: Street, query: dict[str, str], status: int
) -> None:
    client = street.browser("officer")
    answer = client.get(f"/api/v1/cases/{street.archived}/state", query)
    assert answer.status_code == status


@pytest.mark.parametrize(
    ("at", "status"),
    [
        ("0377-01-02T14:45:43-20:37", 404),
        ("2026-03-10T14:45:43-23:59", 200),
        ("0002-01-01T00:00:00Z", 404),
        ("0001-12-31T23:59:59Z", 422),
        ("0001-01-01T00:00:00+08:00", 422),
        ("9998-12-31T23:59:59Z", 200),
        ("9999-01-01T00:00:00Z", 422),
        ("9998-12-31T23:59:59-08:00", 422),
    ],
)
def test_an_instant_of_any_offset_is_taken_and_one_of_no_calendar_is_refused(
    street: Street, at: str, status: int
) -> None:
    client, base = street.browser("officer"), f"/api/v1/cases/{street.archived}"
    assert client.get(f"{base}/state", {"at": at}).status_code == status
    assert client.get(f"{base}/difference", {"until": at}).status_code == status


def test_beyond_now_the_present_rows_are_judged_as_of_then(street: Street) -> None:
    client, at = street.browser("officer"), clock.now() + dt.timedelta(days=400)
    state = client.get(f"/api/v1/cases/{street.filed}/state", {"at": clock.iso(at)}).json()
    assert state["basis"] == "present_rows_later"
