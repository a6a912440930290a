"""The way in and the person's own page: where signing in leads, passwords, demo accounts."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from liuhen.demo import days, people
from liuhen.demo.people import World
from liuhen.ledger.models import Entry
from liuhen.web import sign_in
from tests.web.conftest import Browser, words

NEW = "xin-mima-2026"


def anybody() -> Client:
    return Client(SERVER_NAME="localhost")


def status_of_try(client: Client, username: str, password: str) -> int:
    data = {"login": username, "password": password}
    return client.post(reverse("account_login"), data).status_code


def test_who_is_not_signed_in_is_led_back_to_where_they_wanted(world: World) -> None:
    sent = anybody().get("/cases/").headers["Location"]
    assert sent == "/accounts/login/?next=/cases/"
    data = {"login": "officer", "password": days.PASSWORD_OF_DEMO, "next": "/cases/"}
    assert anybody().post(sent, data).headers["Location"] == "/cases/"
    away = {**data, "next": "https://evil.example/"}
    assert anybody().post(sent, away).headers["Location"] == "/"


def test_nobody_signs_up_or_resets_a_password_by_themselves(world: World) -> None:
    for name in ("account_signup", "account_reset_password"):
        assert anybody().get(reverse(name)).status_code == 404


def test_a_changed_password_ends_the_other_sessions_and_stands_in_no_record(
    world: World, browser: Browser
) -> None:
    here, there = browser("officer"), anybody()
    status_of_try(there, "officer", days.PASSWORD_OF_DEMO)
    assert there.get("/").status_code == 200
    data = {"old": days.PASSWORD_OF_DEMO, "new": NEW, "again": NEW}
    assert here.post(reverse("account_change_password"), data).status_code == 302
    assert (here.get("/").status_code, there.get("/").status_code) == (200, 302)
    entry = Entry.objects.get(event="person.password_changed")
    assert json.loads(bytes(entry.body))["actor"]["name"] == "张示例"
    assert not any(NEW.encode() in bytes(one.body) for one in Entry.objects.all())
    assert status_of_try(anybody(), "officer", days.PASSWORD_OF_DEMO) == 200
    assert status_of_try(anybody(), "officer", NEW) == 302


@pytest.fixture
def demo_home() -> Iterator[None]:
    """The home says that it is a demonstration."""
    place = settings.HOME.path / "home.toml"
    text = place.read_text()
    place.write_text(text.replace("demo = false", "demo = true"))
    yield
    place.write_text(text)


def test_a_demonstration_offers_its_accounts_to_who_signs_in(world: World, demo_home: None) -> None:
    page = words(anybody().get(reverse("account_login")))
    assert page.count("data-fill-login=") == len(people.ACCOUNTS)
    assert page.index('data-fill-login="officer"') < page.index('data-fill-login="operator"')
    assert status_of_try(anybody(), "archivist", sign_in.DEMO_PASSWORD) == 302


def test_a_real_home_offers_no_accounts(world: World) -> None:
    page = words(anybody().get(reverse("account_login")))
    assert "data-fill-login" not in page
    assert days.PASSWORD_OF_DEMO not in page


def test_the_offered_password_is_the_demonstrations() -> None:
    assert sign_in.DEMO_PASSWORD == days.PASSWORD_OF_DEMO
