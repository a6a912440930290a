"""A password that somebody else set: good for one sign-in, and for a while only."""

from __future__ import annotations

import datetime as dt

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from liuhen.actions.leaving import deactivate_person
from liuhen.actions.people import appoint, register_person, reset_password
from liuhen.demo.people import World
from liuhen.host.home import HomeFacts
from liuhen.kernel import clock
from liuhen.people.models import Person
from tests.web.conftest import Browser, words
from tests.web.test_second_factor import enrolled
from tests.web.test_sign_in import PASSWORD, anybody, data_of, is_in, sign_in

GIVEN, OWN = "handed-over-7", "xin-mima-2026"
SPAN = dt.timedelta(hours=72)


def given(world: World, username: str) -> Person:
    """Somebody whose password the security administrator has just set."""
    reset_password(actor=world["security"], person_id=world[username].id, new=GIVEN)
    return Person.objects.get(username=username)


def choose(client: Client, new: str = OWN) -> str:
    """Choose another password; where that leads, or what the page says."""
    told = {"old": GIVEN, "new": new, "again": new}
    answer = client.post(reverse("account_change_password"), told)
    return str(answer.headers["Location"]) if answer.status_code == 302 else words(answer)


def test_a_first_password_opens_nothing_but_the_choice_of_ones_own(world: World) -> None:
    given(world, "officer")
    client = anybody()
    assert sign_in(client, "officer", GIVEN).status_code == 302
    page = reverse("account_change_password")
    for place in ("/", reverse("cases"), reverse("second_factor")):
        assert client.get(place).headers["Location"] == page
    answer = client.get("/api/v1/recordings/unlabelled")
    assert answer.status_code == 403 and answer.json()["title"] == "password.first"
    shown = words(client.get(page))
    assert "初始密码" in shown and "登录的设备" not in shown
    assert "与原密码相同" in choose(client, GIVEN)
    assert not is_in(client)
    assert choose(client) == reverse("desk")
    assert is_in(client) and "登录的设备" in words(client.get(page))
    assert len(data_of("person.password_changed")) == 1
    again = anybody()
    assert sign_in(again, "officer", GIVEN).status_code == 200
    sign_in(again, "officer", OWN)
    assert is_in(again)


@pytest.mark.parametrize(
    ("after", "opens"), [(SPAN, True), (SPAN + dt.timedelta(seconds=1), False)]
)
def test_a_first_password_ends_after_its_hours(
    world: World, browser: Browser, after: dt.timedelta, opens: bool
) -> None:
    person = given(world, "officer")
    line = reverse("person", args=[person.id])
    assert "有效至 2026-03-13 09:00" in words(browser("security").get(line))
    with clock.frozen(clock.now() + after):
        answer = sign_in(anybody(), "officer", GIVEN)
        assert answer.status_code == (302 if opens else 200)
        told = [one["username"] for one in data_of("session.refused")]
        assert told == ([] if opens else ["officer"])
        if not opens:
            assert "初始密码已经过期" in words(answer)
            assert "初始密码已过期" in words(browser("security").get(line))
            given(world, "officer")
            assert sign_in(anybody(), "officer", GIVEN).status_code == 302


def test_who_is_registered_chooses_and_then_enrols_the_second_step(world: World) -> None:
    new = register_person(
        actor=world["security"],
        username="head2",
        name="郑主任",
        unit=world.units["JG"],
        password=GIVEN,
    )
    appoint(actor=world["security"], person=new, kind="authority_head")
    client = anybody()
    sign_in(client, "head2", GIVEN)
    assert client.get("/").headers["Location"] == reverse("account_change_password")
    choose(client)
    assert client.get("/").headers["Location"] == reverse("second_factor")
    enrolled(client)
    assert is_in(client)


def test_that_of_the_only_security_administrator_does_not_run_out(world: World) -> None:
    second = register_person(
        actor=world["security"],
        username="security2",
        name="周安全",
        unit=world.units["JG"],
        password=GIVEN,
    )
    appoint(actor=world["security"], person=second, kind="security_administrator")
    with clock.frozen(clock.now() + 2 * SPAN):
        assert sign_in(anybody(), "security2", GIVEN).status_code == 200
        deactivate_person(actor=second, person_id=world["security"].id, reason="退休")
        client = anybody()
        assert sign_in(client, "security2", GIVEN).status_code == 302
        assert client.get("/").headers["Location"] == reverse("account_change_password")


def test_a_demonstration_keeps_its_password(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    given(world, "officer")
    facts = HomeFacts("demo.liuhen.invalid/simulated-time", is_demo=True)
    monkeypatch.setattr(type(settings.HOME), "facts", facts)
    with clock.frozen(clock.now() + 2 * SPAN):
        client = anybody()
        sign_in(client, "officer", GIVEN)
        assert is_in(client)


def test_what_was_ones_own_before_stays_so(world: World) -> None:
    client = anybody()
    sign_in(client, "officer", PASSWORD)
    assert is_in(client)
