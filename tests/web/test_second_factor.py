"""The second step: who must enrol, what it asks, how two operators take it away."""

from __future__ import annotations

import base64
import datetime as dt
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from liuhen.actions.people import appoint, register_person
from liuhen.demo.people import World
from liuhen.host.home import HomeFacts
from liuhen.kernel import clock
from liuhen.people.models import Person, SecondFactorReset
from liuhen.people.queries import must_have_second_factor
from tests.web.conftest import Browser, words
from tests.web.test_sign_in import LOCKED, PASSWORD, anybody, data_of, is_in, sign_in


def code_of(secret: str, steps: int = 0) -> str:
    """The code a device shows now, or so many half minutes later."""
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps)))


def secret_of(client: Client) -> str:
    page = words(client.get(reverse("second_factor")))
    return page.split("密钥：<code>")[1].split("</code>")[0].replace(" ", "")


def enrolled(client: Client) -> str:
    """Enrol the person signed in; the secret."""
    secret = secret_of(client)
    answer = client.post(reverse("second_factor"), {"code": code_of(secret)})
    assert answer.status_code == 302
    return secret


def stepped(client: Client, code: str) -> bool:
    """Give a code at sign-in; whether it let in."""
    client.post(reverse("mfa_authenticate"), {"code": code})
    return is_in(client)


@pytest.fixture
def second(world: World) -> Person:
    """A second security administrator."""
    person = register_person(
        actor=world.system,
        username="security2",
        name="周安全",
        unit=world.units["JG"],
        password=PASSWORD,
    )
    appoint(actor=world.system, person=person, kind="security_administrator")
    return person


def test_who_approves_keeps_or_operates_must_have_one(world: World) -> None:
    needs = {name for name, person in world.people.items() if must_have_second_factor(person)}
    assert {
        "unit_head",
        "legal",
        "deputy",
        "head",
        "records",
        "operator",
        "security",
        "auditor",
    } <= needs
    assert not needs & {"officer", "officer2", "supervisor", "archivist"}


def test_first_sign_in_leads_to_enrolment_and_nowhere_else(world: World) -> None:
    client = anybody()
    sign_in(client, "head")
    for place in ("/", reverse("cases"), reverse("account_change_password")):
        assert client.get(place).headers["Location"] == reverse("second_factor")
    assert client.get("/api/v1/recordings/unlabelled").status_code == 403
    secret = secret_of(client)
    wrong = client.post(reverse("second_factor"), {"code": "000000"})
    assert wrong.status_code == 400 and "不正确" in words(wrong)
    assert secret_of(client) == secret  # what was scanned stays good
    assert not is_in(client)
    enrolled(client)
    assert is_in(client)
    assert len(data_of("second_factor.enrolled")) == 1
    kept = Authenticator.objects.get(user_id=world["head"].id).data["secret"]
    assert secret not in kept


def test_an_officer_is_not_made_to_but_may(world: World) -> None:
    client = anybody()
    sign_in(client, "officer")
    assert is_in(client)
    secret = enrolled(client)
    again = anybody()
    assert sign_in(again, "officer").headers["Location"] == reverse("mfa_authenticate")
    assert not is_in(again)
    assert stepped(again, code_of(secret, 1))


def test_where_the_authority_wants_it_everybody_must_have_one(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "SECOND_FACTOR_FOR_ALL", True)
    client = anybody()
    sign_in(client, "officer")
    assert client.get("/").headers["Location"] == reverse("second_factor")
    enrolled(client)
    assert is_in(client)


def test_each_device_gets_a_secret_of_its_own_of_160_bits(world: World) -> None:
    clients = [anybody() for _ in range(8)]
    for client in clients:
        sign_in(client, "officer")
    secrets = {base64.b32decode(secret_of(client)) for client in clients}
    assert len(secrets) == len(clients)
    assert {len(secret) for secret in secrets} == {20}


def test_the_code_is_asked_wrong_ones_are_on_record_and_lock(world: World) -> None:
    first = anybody()
    sign_in(first, "head")
    secret = enrolled(first)
    client = anybody()
    sign_in(client, "head")
    for wrong in range(5):
        assert not stepped(client, f"00000{wrong}")
    assert [told["username"] for told in data_of("session.refused")] == ["head"] * 5
    locked = client.post(reverse("mfa_authenticate"), {"code": code_of(secret, 1)})
    assert LOCKED in words(locked) and not is_in(client)
    cache.clear()  # what five minutes do
    assert stepped(client, code_of(secret, 1))
    assert len(data_of("session.started")) == 2


def test_a_code_opens_once_and_not_long_after(world: World) -> None:
    first = anybody()
    sign_in(first, "head")
    secret = enrolled(first)
    code = code_of(secret, 1)
    one, two, three = anybody(), anybody(), anybody()
    for client in (one, two, three):
        sign_in(client, "head")
    assert stepped(one, code)
    assert not stepped(two, code)
    assert not stepped(three, code_of(secret, -3))


def test_a_demonstration_makes_nobody_enrol(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    facts = HomeFacts("demo.liuhen.invalid/simulated-time", is_demo=True)
    monkeypatch.setattr(type(settings.HOME), "facts", facts)
    client = anybody()
    sign_in(client, "head")
    assert is_in(client)


# --- taken away by two


def test_two_operators_take_it_away_and_the_sessions_with_it(
    world: World, second: Person, browser: Browser
) -> None:
    client = anybody()
    sign_in(client, "head")
    enrolled(client)
    page = reverse("person_second_factor", args=[world["head"].id])
    assert browser("security").post(page, {"reason": "手机丢失"}).status_code == 302
    (row,) = SecondFactorReset.objects.all()
    confirm = reverse("second_factor_reset_confirm", args=[row.id])
    same = browser("security").post(confirm)
    assert same.status_code == 409 and "不能自己确认" in words(same)
    assert browser("records").post(confirm).status_code == 403
    assert is_in(client)
    other = anybody()
    other.force_login(second)
    assert "手机丢失" in words(other.get(reverse("person", args=[world["head"].id])))
    assert other.post(confirm).status_code == 302
    assert not is_in(client)
    assert other.post(confirm).status_code == 409
    assert len(data_of("second_factor.reset_asked")) == len(data_of("second_factor.reset")) == 1
    again = anybody()
    sign_in(again, "head")
    assert again.get("/").headers["Location"] == reverse("second_factor")


def test_nobody_takes_away_their_own_and_no_request_lives_longer_than_a_day(
    world: World, second: Person, browser: Browser
) -> None:
    client = anybody()
    sign_in(client, "security")
    enrolled(client)
    own = reverse("person_second_factor", args=[world["security"].id])
    assert "另外两名" in words(client.post(own, {"reason": "换手机"}))
    nothing = reverse("person_second_factor", args=[world["officer"].id])
    assert "没有登记" in words(client.post(nothing, {"reason": "换手机"}))
    other = anybody()
    other.force_login(second)
    assert other.post(own, {"reason": "换手机"}).status_code == 302
    (row,) = SecondFactorReset.objects.all()
    confirm = reverse("second_factor_reset_confirm", args=[row.id])
    assert "另外两名" in words(client.post(confirm))
    third = register_person(
        actor=world.system,
        username="security3",
        name="郑安全",
        unit=world.units["JG"],
        password=PASSWORD,
    )
    appoint(actor=world.system, person=third, kind="security_administrator")
    last = anybody()
    last.force_login(third)
    with clock.frozen(row.asked_at + dt.timedelta(hours=24, seconds=1)):
        assert "24 小时" in words(last.post(confirm))
    with clock.frozen(row.asked_at + dt.timedelta(hours=24)):
        assert last.post(confirm).status_code == 302
