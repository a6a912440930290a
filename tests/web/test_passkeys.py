"""Passkeys in Chromium with its virtual authenticator: enrolled, opening, removed, forged."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.servers.basehttp import ThreadedWSGIServer, get_internal_wsgi_application
from django.db import connection
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, expect

from liuhen.actions.people import appoint, register_person
from liuhen.actions.second_factor import (
    ask_second_factor_reset,
    confirm_second_factor_reset,
    remove_passkey,
)
from liuhen.demo.people import World, known_world
from liuhen.host.postgres import Cluster
from liuhen.host.postgres_roles import SERVER
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Office
from tests.api.conftest import QuietHandler
from tests.database import clone, point_at
from tests.serving import at_work
from tests.web.driven import Phone
from tests.web.test_sign_in import PASSWORD, anybody, data_of, sign_in

KEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture(scope="module")
def world_now(cluster: Cluster, world_template: str) -> Iterator[World]:
    """The authority, on the machine's own running clock."""
    clone(cluster, world_template, "liuhen_passkeys")
    point_at(cluster.dsn("liuhen_passkeys", SERVER))
    yield known_world()
    connection.close()


@pytest.fixture(scope="module")
def chromium(world_now: World) -> Iterator[Phone]:
    running = ThreadedWSGIServer(("127.0.0.1", 0), QuietHandler)
    running.set_app(get_internal_wsgi_application())
    with at_work(running):
        driven = Phone(running.server_port)
        driven.start()
        driven.origin = f"http://localhost:{running.server_port}"
        yield driven
        driven.stop()


@pytest.fixture
def page(chromium: Phone) -> Iterator[Phone]:
    """A browser on a device that can keep passkeys."""

    def begin() -> None:
        chromium.context = chromium.chromium.new_context(viewport={"width": 390, "height": 844})
        chromium.page = chromium.context.new_page()
        chromium.page.set_default_timeout(60_000)
        told = chromium.context.new_cdp_session(chromium.page)
        told.send("WebAuthn.enable")
        told.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})

    chromium.pool.submit(begin).result(60)
    yield chromium
    chromium.close()


def by_password(chromium: Phone, username: str) -> None:
    def work(page: Page) -> None:
        page.goto(chromium.origin + reverse("account_login"))
        page.fill("#id_login", username)
        page.fill("#id_password", PASSWORD)
        page.get_by_role("button", name="登录", exact=True).click()
        # else the next address would cut the sign-in off
        page.wait_for_url(lambda url: not url.endswith(reverse("account_login")))

    chromium.do(work)


def enrol(chromium: Phone, name: str) -> None:
    def work(page: Page) -> None:
        page.goto(chromium.origin + reverse("second_factor"))
        page.fill("#passkey-name", name)
        page.get_by_role("button", name="登记这台设备").click()
        expect(page.locator("#passkeys")).to_contain_text(name)

    chromium.do(work)


def signed_out(context: BrowserContext) -> None:
    context.clear_cookies()


def test_a_passkey_is_enrolled_at_first_sign_in_and_opens_without_a_password(
    page: Phone, world_now: World
) -> None:
    by_password(page, "head")
    assert page.do(lambda p: p.url).endswith(reverse("second_factor"))
    enrol(page, "办公电脑")
    assert [told["name"] for told in data_of("passkey.enrolled")] == ["办公电脑"]
    page.do(lambda p: signed_out(p.context))
    before = len(data_of("session.started"))

    def work(p: Page) -> None:
        p.goto(page.origin + reverse("account_login"))
        p.get_by_role("button", name="用通行密钥登录").click()
        expect(p).to_have_url(page.origin + "/")

    page.do(work)
    assert len(data_of("session.started")) == before + 1
    kept = Authenticator.objects.get(user_id=world_now["head"].id)
    assert kept.type == Authenticator.Type.WEBAUTHN


def test_after_the_password_a_passkey_is_the_second_step(page: Phone, world_now: World) -> None:
    by_password(page, "deputy")
    enrol(page, "手机")
    page.do(lambda p: signed_out(p.context))
    by_password(page, "deputy")

    def work(p: Page) -> None:
        expect(p).to_have_url(page.origin + reverse("mfa_authenticate"))
        p.goto(page.origin + "/")
        expect(p).to_have_url(page.origin + reverse("mfa_authenticate"))
        p.get_by_role("button", name="用通行密钥").click()
        expect(p).to_have_url(page.origin + "/")

    page.do(work)


def test_a_device_without_the_key_is_told_so_and_nobody_is_in(page: Phone) -> None:
    def work(p: Page) -> None:
        p.goto(page.origin + reverse("account_login"))
        p.get_by_role("button", name="用通行密钥登录").click()
        expect(p.locator("[data-passkey-words]")).to_contain_text("没有本系统的通行密钥")
        p.goto(page.origin + "/")
        assert p.url.startswith(page.origin + reverse("account_login"))

    page.do(work)


def test_who_must_have_a_second_step_keeps_the_last_device(page: Phone, world_now: World) -> None:
    by_password(page, "legal")
    enrol(page, "办公电脑")
    row = Authenticator.objects.get(user_id=world_now["legal"].id)
    with pytest.raises(Refused, match=r"passkey\.last"):
        remove_passkey(actor=world_now["legal"], passkey_id=row.id)
    with pytest.raises(Refused, match=r"record\.not_found"):
        remove_passkey(actor=world_now["records"], passkey_id=row.id)


def test_a_passkey_that_two_administrators_took_away_opens_nothing(
    page: Phone, world_now: World
) -> None:
    by_password(page, "unit_head")
    enrol(page, "丢失的手机")
    person, first = world_now["unit_head"], world_now["security"]
    row = ask_second_factor_reset(actor=first, person_id=person.id, reason="手机丢失")
    with pytest.raises(Refused, match=r"second_factor\.same_person"):
        confirm_second_factor_reset(actor=first, reset_id=row.id)
    assert first.unit is not None
    second = register_person(
        actor=world_now.system,
        username="security2",
        name="安全乙",
        unit=first.unit,
        password=PASSWORD,
    )
    appoint(actor=world_now.system, person=second, kind=Office.Kind.SECURITY)
    confirm_second_factor_reset(actor=second, reset_id=row.id)

    def work(p: Page) -> None:
        p.goto(page.origin + "/")
        assert p.url.startswith(page.origin + reverse("account_login")), "the session ended too"
        p.get_by_role("button", name="用通行密钥登录").click()
        expect(p.locator("[data-passkey-words]")).to_contain_text("没有通过核对")
        p.goto(page.origin + "/")
        assert p.url.startswith(page.origin + reverse("account_login"))

    page.do(work)
    assert not Authenticator.objects.filter(user_id=person.id).exists()


def test_an_officer_removes_a_device(page: Phone, world_now: World) -> None:
    by_password(page, "officer")
    enrol(page, "旧手机")

    def work(p: Page) -> None:
        p.get_by_role("button", name="移除").click()
        p.get_by_role("button", name="确认办理").click()
        expect(p.locator("#passkeys")).to_contain_text("没有登记")

    page.do(work)
    assert [told["name"] for told in data_of("passkey.removed")] == ["旧手机"]


@pytest.mark.parametrize("forged", ["", "{}", "[]", '{"id": "x"}', '{"response": 1}'])
def test_what_no_device_answered_opens_and_enrols_nothing(world_now: World, forged: str) -> None:
    client = anybody()
    before = len(data_of("session.refused"))
    client.get(reverse("mfa_login_webauthn"), headers={"X-Requested-With": "XMLHttpRequest"})
    answer = client.post(reverse("mfa_login_webauthn"), {"credential": forged})
    assert answer.headers["Location"].endswith("?passkey=refused")
    assert len(data_of("session.refused")) == before + 1
    sign_in(client, "officer2")
    begun: dict[str, Any] = client.get(reverse("passkey_options")).json()
    assert json.dumps(begun["creation_options"])
    told = {"name": "电脑", "credential": forged}
    assert client.post(reverse("passkey_add"), told).status_code == 400
    assert not Authenticator.objects.filter(user_id=world_now["officer2"].id).exists()
