"""One person, or one address without a person, does not take all answers for itself."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from liuhen.demo.people import World
from liuhen.kernel import clock
from liuhen.web.request_limits import Allowance
from tests.web.conftest import Browser

LIMIT = 3


@pytest.fixture
def limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "REQUESTS_PER_MINUTE", LIMIT)


def statuses(client: Client, address: str, times: int = LIMIT + 1) -> list[int]:
    return [client.get(address).status_code for _ in range(times)]


def test_a_person_is_held_back_and_nobody_else(
    world: World, limited: None, browser: Browser
) -> None:
    officer = browser("officer")
    assert statuses(officer, reverse("account_change_password")) == [200] * LIMIT + [429]
    refused = officer.get(reverse("account_change_password"))
    assert refused.headers["Retry-After"] == "5"
    assert "稍候" in refused.content.decode()
    told = officer.get("/api/v1/cases/")
    assert told.status_code == 429 and told.json()["title"] == "server.too_often"
    assert officer.get("/healthz").status_code == 200
    assert officer.head("/api/v1/uploads/none").status_code != 429, (
        "uploads have places of their own"
    )


def test_an_address_without_a_person_is_held_back_and_no_other(world: World, limited: None) -> None:
    page = reverse("account_login")
    here, there = (Client(SERVER_NAME="localhost", REMOTE_ADDR=f"10.0.0.{n}") for n in (1, 2))
    assert statuses(here, page) == [200] * LIMIT + [429]
    assert statuses(there, page, LIMIT) == [200] * LIMIT


def test_what_a_minute_allows_comes_back_bit_by_bit_and_is_not_saved_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now, allowance = [0.0], Allowance()
    monkeypatch.setattr(clock, "monotonic", lambda: now[0])

    def taken(most: int = 200) -> int:
        return sum(allowance.take("a", 60) for _ in range(most))

    assert taken() == 60
    now[0] = 0.9
    assert taken() == 0
    now[0] = 1.0
    assert taken() == 1
    now[0] = 3600.0
    assert taken() == 60
