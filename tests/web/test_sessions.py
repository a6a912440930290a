"""A sign-in ends by itself; people see where they are signed in and can end it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.conf import settings
from django.core import signing
from django.urls import reverse

from liuhen.demo.people import World
from liuhen.kernel.refusals import Refused
from liuhen.web.session_limits import RECENT_SECONDS
from tests.web.conftest import Browser, words
from tests.web.test_sign_in import PASSWORD, anybody, data_of, is_in, sign_in


@contextmanager
def later(monkeypatch: pytest.MonkeyPatch, seconds: float) -> Iterator[None]:
    """The real clock, as stamps of sessions are read by it, so much further."""
    real = signing.time.time  # type: ignore[attr-defined]
    with monkeypatch.context() as patch:
        patch.setattr(signing.time, "time", lambda: real() + seconds)  # type: ignore[attr-defined]
        yield


def test_an_hour_without_a_request_ends_the_session(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = anybody()
    sign_in(client, "officer")
    with later(monkeypatch, settings.IDLE_SECONDS - 60):
        assert is_in(client)
    # that request counted: the hour begins anew
    with later(monkeypatch, 2 * settings.IDLE_SECONDS - 180):
        assert is_in(client)
    with later(monkeypatch, 3 * settings.IDLE_SECONDS + 2):
        answer = client.get("/", follow=True)
        assert "60 分钟没有操作" in words(answer)
        assert not is_in(client)
    assert data_of("session.ended") == [{"why": "idle"}]


def test_eight_hours_end_it_even_for_who_is_busy(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = anybody()
    sign_in(client, "officer")
    for minutes in (*range(50, 500, 50), 8 * 60 - 2):
        with later(monkeypatch, minutes * 60):
            assert is_in(client)
    with later(monkeypatch, 8 * 3600 + 2):
        assert client.get("/api/v1/recordings/unlabelled").status_code == 401
        assert not is_in(client)
    assert data_of("session.ended") == [{"why": "absolute"}]


def test_a_stamp_made_elsewhere_is_no_stamp(world: World) -> None:
    client = anybody()
    sign_in(client, "officer")
    session = client.session
    session["last_seen"] = signing.TimestampSigner(key="another").sign("session")
    session.save()
    assert not is_in(client)


def test_people_see_where_they_are_signed_in_and_end_it(world: World) -> None:
    here, there, other = anybody(), anybody(), anybody()
    sign_in(here, "officer")
    sign_in(there, "officer", address="198.51.100.7")
    sign_in(other, "officer2")
    page = words(here.get(reverse("account_change_password")))
    assert "这台设备" in page and "198.51.100.7" in page and page.count("/end/") == 2
    (place,) = [part for part in page.split('"') if "/sessions/" in part and part[-6].isdecimal()]
    assert other.post(place).status_code == 404
    assert is_in(there)
    assert here.post(place).status_code == 302
    assert (is_in(here), is_in(there), is_in(other)) == (True, False, True)
    assert data_of("session.revoked") == [{"address": "198.51.100.7"}]


def test_all_others_end_at_once_and_a_second_time_is_told(world: World) -> None:
    here, there = anybody(), anybody()
    sign_in(there, "officer")
    sign_in(here, "officer")
    here.post(reverse("sessions_end"))
    assert (is_in(here), is_in(there)) == (True, False)
    assert [str(told) for told in data_of("session.others_revoked")] == ["{'count': 1}"]
    answer = here.post(reverse("sessions_end"))
    assert answer.status_code == 409 and "没有其他设备" in words(answer)


def test_a_changed_password_keeps_this_session_in_the_list(world: World) -> None:
    client = anybody()
    sign_in(client, "officer")
    data = {"old": PASSWORD, "new": "ein-anderes-7-wort", "again": "ein-anderes-7-wort"}
    assert client.post(reverse("account_change_password"), data).status_code == 302
    assert "这台设备" in words(client.get(reverse("account_change_password")))


def test_the_operator_ends_all_sessions_of_somebody_with_a_reason(
    world: World, browser: Browser
) -> None:
    client = anybody()
    sign_in(client, "officer")
    page = reverse("person_sessions", args=[world["officer"].id])
    assert browser("security").post(page, {"reason": " "}).status_code == 400
    assert is_in(client)
    assert browser("head").post(page, {"reason": "想看看"}).status_code == 403
    assert browser("security").post(page, {"reason": "手机丢失"}).status_code == 302
    assert not is_in(client)
    assert [told["reason"] for told in data_of("session.all_revoked")] == ["手机丢失"]
    again = browser("security").post(page, {"reason": "手机丢失"})
    assert again.status_code == 409 and "现在没有登录" in words(again)


@pytest.mark.parametrize("told", ["0", "25", "x", "-1", ""])
def test_a_limit_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, told: str) -> None:
    from liuhen.settings import seconds  # noqa: PLC0415 - the settings are read by Django first

    monkeypatch.setenv("LIUHEN_SESSION_HOURS", told)
    with pytest.raises(Refused, match=r"setting\.number"):
        seconds("LIUHEN_SESSION_HOURS", 8, at_most=24, unit=3600)
    monkeypatch.setenv("LIUHEN_SESSION_HOURS", "24")
    assert seconds("LIUHEN_SESSION_HOURS", 8, at_most=24, unit=3600) == 86400


def test_ways_of_signing_in_change_only_shortly_after_signing_in(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = anybody()
    sign_in(client, "officer")
    page, told = reverse("second_factor"), {"code": "000000"}
    doors = {page: told, reverse("passkey_add"): {"credential": "{}"}}
    doors[reverse("passkey_remove", args=[1])] = {}
    with later(monkeypatch, RECENT_SECONDS - 5):
        assert "请先退出，重新登录后办理" not in words(client.get(page))
        for door, posted in doors.items():
            assert "重新登录" not in words(client.post(door, posted, follow=True)), door
    with later(monkeypatch, RECENT_SECONDS + 2):
        assert "请先退出，重新登录后办理" in words(client.get(page))
        for door, posted in doors.items():
            assert "改动登录方式前要重新登录" in words(client.post(door, posted, follow=True)), door


def test_pages_go_from_the_browser_when_the_session_ends_and_nothing_else(world: World) -> None:
    client = anybody()
    sign_in(client, "officer")
    assert "Clear-Site-Data" not in client.get("/").headers
    answer = client.post(reverse("account_logout"))
    assert answer.headers["Clear-Site-Data"] == '"cache"', "not what a phone filmed"
    assert "Clear-Site-Data" not in client.get(reverse("account_login")).headers
