"""Signing in: who is let in, who is locked out, what ends a session at once, what is on record."""

from __future__ import annotations

import json

from django.contrib.auth.hashers import Argon2PasswordHasher, check_password
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from liuhen.actions.leaving import deactivate_person
from liuhen.actions.people import reset_password
from liuhen.demo.people import World
from liuhen.ledger.models import Entry
from liuhen.people.models import Person
from tests.web.conftest import words

PASSWORD = "liuhen-demo"
LOCKED = "登录失败次数过多，请稍后重试"


def anybody() -> Client:
    return Client(SERVER_NAME="localhost")


def sign_in(
    client: Client, username: str, password: str = PASSWORD, address: str = "192.0.2.1"
) -> HttpResponse:
    data = {"login": username, "password": password}
    answer = client.post(reverse("account_login"), data, REMOTE_ADDR=address)
    assert isinstance(answer, HttpResponse)
    return answer


def is_in(client: Client) -> bool:
    return client.get("/").status_code == 200


def data_of(event: str) -> list[dict[str, str]]:
    entries = Entry.objects.filter(event=event).order_by("recorded_at", "id")
    return [json.loads(bytes(entry.body))["data"] for entry in entries]


def test_the_right_password_lets_in_and_is_on_record_with_the_address(world: World) -> None:
    client = anybody()
    assert sign_in(client, "officer").status_code == 302
    assert is_in(client)
    assert data_of("session.started") == [{"address": "192.0.2.1"}]
    client.post(reverse("account_logout"))
    assert not is_in(client)
    assert len(data_of("session.ended")) == 1


def test_a_password_kept_by_other_figures_still_opens(world: World) -> None:
    before = Argon2PasswordHasher()
    kept = before.encode("kept-before-the-change", before.salt())
    assert "m=102400" in kept
    assert check_password("kept-before-the-change", kept)
    assert not check_password("something-else", kept)


def test_passwords_are_kept_by_argon2(world: World) -> None:
    for person in Person.objects.exclude(username="system"):
        # 19 MiB a check: Django's own hundred, for each who signs in, fill a server's memory
        assert person.password.startswith("argon2$argon2id$v=19$m=19456,t=3,p=1$")
    assert not Person.objects.get(username="system").has_usable_password()


def test_five_wrong_passwords_lock_the_account_and_each_is_on_record(world: World) -> None:
    client = anybody()
    for _ in range(5):
        answer = sign_in(client, "officer", "wrong-password")
        assert LOCKED not in words(answer)
    # The sixth is not even compared: the right password doesn't open.
    locked = sign_in(client, "officer")
    assert LOCKED in words(locked)
    assert not is_in(client)
    assert data_of("session.refused") == [{"address": "192.0.2.1", "username": "officer"}] * 5


def test_four_wrong_passwords_do_not_lock(world: World) -> None:
    client = anybody()
    for _ in range(4):
        sign_in(client, "officer", "wrong-password")
    assert sign_in(client, "officer").status_code == 302
    assert is_in(client)


def test_the_lock_follows_the_account_from_address_to_address(world: World) -> None:
    for number in range(5):
        sign_in(anybody(), "officer", "wrong-password", address=f"198.51.100.{number}")
    assert LOCKED in words(sign_in(anybody(), "OFFICER", address="203.0.113.9"))


def test_a_lock_is_one_accounts_and_does_not_lock_the_others(world: World) -> None:
    for _ in range(5):
        sign_in(anybody(), "officer", "wrong-password")
    assert LOCKED in words(sign_in(anybody(), "officer"))
    client = anybody()
    assert sign_in(client, "officer2").status_code == 302
    assert is_in(client)


def test_a_whole_office_behind_one_address_signs_in_within_a_minute(world: World) -> None:
    assert {sign_in(anybody(), "officer").status_code for _ in range(40)} == {302}


def test_twenty_wrong_tries_lock_an_address_and_no_other(world: World) -> None:
    for number in range(20):
        assert LOCKED not in words(sign_in(anybody(), f"nobody{number}", "wrong-password"))
    assert LOCKED in words(sign_in(anybody(), "officer"))
    assert sign_in(anybody(), "officer", address="192.0.2.2").status_code == 302


def test_after_the_lock_has_run_out_the_right_password_opens_again(world: World) -> None:
    client = anybody()
    for _ in range(5):
        sign_in(client, "officer", "wrong-password")
    assert LOCKED in words(sign_in(client, "officer"))
    cache.clear()  # what five minutes do
    assert sign_in(client, "officer").status_code == 302
    assert is_in(client)


def test_a_name_nobody_has_is_answered_and_locked_as_any_other(world: World) -> None:
    known = words(sign_in(anybody(), "officer", "wrong-password"))
    unknown = words(sign_in(anybody(), "nobody", "wrong-password"))
    message = "您提供的用户名或密码不正确"
    assert (message in known, message in unknown) == (True, True)
    for _ in range(4):
        sign_in(anybody(), "nobody", "wrong-password")
    assert LOCKED in words(sign_in(anybody(), "nobody"))


def test_who_is_switched_off_is_out_at_once_and_does_not_come_back(world: World) -> None:
    client = anybody()
    sign_in(client, "archivist")
    assert is_in(client)
    deactivate_person(actor=world["security"], person_id=world["archivist"].id, reason="调离")
    assert client.get(reverse("cases")).status_code == 302  # the very next request
    assert not is_in(client)
    assert client.get("/api/v1/recordings/unlabelled").status_code == 401
    again = anybody()
    answer = sign_in(again, "archivist")
    assert answer.headers["Location"] == reverse("account_inactive")
    assert "账号已停用" in words(again.get(reverse("account_inactive")))
    assert not is_in(again)
    assert [told["username"] for told in data_of("session.refused")] == ["archivist"]


def test_a_reset_password_ends_the_persons_sessions_and_only_theirs(world: World) -> None:
    client, other = anybody(), anybody()
    sign_in(client, "officer")
    sign_in(other, "officer2")
    reset_password(actor=world["security"], person_id=world["officer"].id, new="handed-over-7")
    assert (is_in(client), is_in(other)) == (False, True)
    assert sign_in(client, "officer").status_code == 200  # the old one no longer opens
    assert sign_in(client, "officer", "handed-over-7").status_code == 302


def test_the_system_has_no_password_and_cannot_be_signed_in_as(world: World) -> None:
    for password in ("", "!", PASSWORD):
        client = anybody()
        sign_in(client, "system", password)
        assert not is_in(client)
