"""Webhooks: who registers them, what arrives, in what order, and where nothing may go."""

from __future__ import annotations

import base64
import hashlib
import hmac
import ipaddress
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest
from django.conf import settings

from liuhen.actions.webhooks import RegisteredWebhook, end_webhook, register_webhook
from liuhen.demo.people import World
from liuhen.demo.simple_case import SimpleCase
from liuhen.host.posting import require_address
from liuhen.jobs.webhooks import tell_webhooks
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.ledger.sequencing import sequence_all
from liuhen.people.models import WebhookState


@dataclass
class Hook:
    """A system outside: what it got, and what it answers."""

    address: str = ""
    status: int = 204
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    @property
    def told(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, body in self.got]


@pytest.fixture
def hook(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hook]:
    monkeypatch.setattr(settings, "WEBHOOK_NETWORKS", [ipaddress.ip_network("127.0.0.0/8")])
    there = Hook()

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            there.got.append(({k.lower(): v for k, v in self.headers.items()}, body))
            self.send_response(there.status)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Receiver)
    Thread(target=server.serve_forever, daemon=True).start()
    there.address = f"http://127.0.0.1:{server.server_port}/hook?from=liuhen"
    yield there
    server.shutdown()
    server.server_close()


def registered(world: World, hook: Hook, *events: str, who: str = "records") -> RegisteredWebhook:
    return register_webhook(
        actor=world.system,
        name="协同平台",
        address=hook.address,
        events=events,
        person_id=world[who].id,
    )


def some_case(world: World) -> SimpleCase:
    simple = SimpleCase(world)
    simple.start()
    sequence_all()
    return simple


def test_an_act_on_a_case_is_told_once_and_signed(world: World, hook: Hook) -> None:
    some_case(world)  # before anybody asked
    made = registered(world, hook)
    case = some_case(world).case
    assert tell_webhooks() == len(hook.got) > 0
    assert tell_webhooks() == 0
    assert {one["data"]["case"] for one in hook.told} == {str(case.id)}
    assert [one["data"]["index"] for one in hook.told] == sorted(
        one["data"]["index"] for one in hook.told
    )
    headers, body = hook.got[0]
    key = base64.b64decode(made.secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    digest = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{digest}"


def test_nothing_of_the_content_leaves(world: World, hook: Hook) -> None:
    registered(world, hook)
    case = some_case(world).case
    tell_webhooks()
    said = b"".join(body for _, body in hook.got).decode()
    for word in (case.number, case.cause, case.place, world["officer"].name):
        assert not word or word not in said


def test_only_what_its_person_may_see_is_told(world: World, hook: Hook) -> None:
    registered(world, hook, who="operator")
    some_case(world)
    assert tell_webhooks() == 0
    assert hook.got == []


def test_only_the_events_asked_for_are_told(world: World, hook: Hook) -> None:
    registered(world, hook, "activity.started")
    some_case(world)
    tell_webhooks()
    assert {one["type"] for one in hook.told} <= {"activity.started"}


def test_what_did_not_arrive_comes_again_later_and_in_order(world: World, hook: Hook) -> None:
    registered(world, hook)
    some_case(world)
    hook.status = 500
    assert tell_webhooks() == 0
    assert tell_webhooks() == 0  # not yet
    assert len(hook.got) == 1
    state = WebhookState.objects.get()
    assert (state.failures, state.trouble) == (1, "OSError HTTP 500")
    hook.status = 204
    with clock.frozen(state.next_try_at or clock.now()):
        assert tell_webhooks() > 0
    first, again = hook.got[0], hook.got[1]
    assert first[0]["webhook-id"] == again[0]["webhook-id"]
    assert WebhookState.objects.get().trouble == ""


def test_a_redirect_is_not_followed(world: World, hook: Hook) -> None:
    registered(world, hook)
    some_case(world)
    hook.status = 307
    assert tell_webhooks() == 0
    assert "307" in WebhookState.objects.get().trouble


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "169.254.169.254", "[::1]"])
def test_nothing_goes_to_a_network_nobody_allowed(
    world: World, hook: Hook, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "WEBHOOK_NETWORKS", [ipaddress.ip_network("10.0.0.0/8")])
    hook.address = f"http://{host}:{hook.address.rpartition(':')[2]}"
    registered(world, hook)
    some_case(world)
    assert tell_webhooks() == 0
    assert hook.got == []
    assert "不在允许的网络内" in WebhookState.objects.get().trouble


@pytest.mark.parametrize(
    "address",
    [
        *("ftp://10.0.0.1/", "http://", "10.0.0.1", "http://u:p@10.0.0.1/", "http://10.0.0.1:0/"),
        *("http://10.0.0.1/\r\nX: y", "http://10.0.0.1/ a", "http://10.0.0.1:x/", "file:///etc"),
    ],
)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(Refused, match=r"webhook\.address"):
        require_address(address)


def test_an_ended_webhook_hears_nothing_more(world: World, hook: Hook) -> None:
    made = registered(world, hook)
    with pytest.raises(Refused, match=r"reason\.missing"):
        end_webhook(actor=world["operator"], webhook_id=made.row.id, reason=" ")
    end_webhook(actor=world["operator"], webhook_id=made.row.id, reason="系统下线")
    some_case(world)
    assert tell_webhooks() == 0
    with pytest.raises(Refused, match=r"webhook\.ended"):
        end_webhook(actor=world["operator"], webhook_id=made.row.id, reason="再次")


def test_who_may_register_lends_only_their_own_sight(world: World, hook: Hook) -> None:
    told: dict[str, Any] = {"name": "协同平台", "address": hook.address}
    assert register_webhook(actor=world["records"], **told).row.person == world["records"]
    with pytest.raises(Refused, match=r"token\.other_person"):
        register_webhook(actor=world["records"], person_id=world["head"].id, **told)
    with pytest.raises(Refused, match=r"permission\.missing"):
        register_webhook(actor=world["officer"], **told)
    with pytest.raises(Refused, match=r"webhook\.incomplete"):
        register_webhook(actor=world["records"], events=["a b"], **told)
