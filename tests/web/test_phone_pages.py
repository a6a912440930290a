"""What a phone is given before it films: page, worker, manifest, trust."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cryptography import x509
from django.conf import settings
from django.test import Client

from liuhen.demo.people import World
from liuhen.host import tls
from liuhen.kernel.ids import new_id
from tests.recordings import street
from tests.web.conftest import Browser, words

HOST = "phone.example.org"


@pytest.fixture
def over_tls(monkeypatch: pytest.MonkeyPatch) -> Path:
    """As `liuhen serve --tls` leaves it; yields the authority's certificate."""
    monkeypatch.setattr(settings, "TLS_HOST", HOST)
    monkeypatch.setattr(settings, "ALLOWED_HOSTS", [*settings.ALLOWED_HOSTS, HOST])
    found = tls.server_files(settings.HOME.secrets, HOST, {}).authority
    assert found is not None
    return found


def test_every_file_the_worker_keeps_can_be_fetched(browser: Browser) -> None:
    client = browser("officer")
    script = words(client.get("/phone/worker.js"))
    told = json.loads(script.split("\n", 1)[0].removeprefix("self.PHONE_FILES = ").rstrip(";"))
    assert len(told["files"]) >= 8
    for address in told["files"]:
        answer = client.get(address)
        assert answer.status_code == 200, address
        answer.close()


def test_the_manifest_installs_the_page_alone(db: str) -> None:
    told = json.loads(Client(SERVER_NAME="localhost").get("/phone/app.webmanifest").content)
    assert told["start_url"] == told["scope"] == "/phone/"
    assert told["display"] == "standalone"
    assert {icon["sizes"] for icon in told["icons"]} == {"192x192", "512x512"}


def test_the_page_holds_no_record_and_asks_for_the_permission(
    browser: Browser, world: World
) -> None:
    activity = street.begin(world)
    page = words(browser("officer").get("/phone/"))
    assert str(activity.id) not in page and "张示例" not in page
    assert browser("operator").get("/phone/").status_code == 403
    assert Client(SERVER_NAME="localhost").get("/phone/").status_code == 302


def test_without_tls_the_trust_page_says_what_the_operator_must_do(db: str) -> None:
    client = Client(SERVER_NAME="localhost")
    assert "liuhen serve --tls" in words(client.get("/phone/trust/"))
    assert client.get("/phone/authority.crt").status_code == 404


def test_the_trust_page_gives_certificate_fingerprint_and_address(db: str, over_tls: Path) -> None:
    client = Client(SERVER_NAME=HOST)
    page = words(client.get("/phone/trust/", secure=True))
    assert tls.fingerprint(over_tls) in page
    assert f"https://{HOST}/phone/" in page and "<svg" in page and "style=" not in page
    given = client.get("/phone/authority.crt", secure=True).content
    assert x509.load_pem_x509_certificate(given).subject


def test_facts_for_the_phone_are_its_persons_own(browser: Browser, world: World) -> None:
    mine = street.begin(world)
    told = browser("officer").get("/api/v1/capture/").json()
    assert [one["id"] for one in told["activities"]] == [str(mine.id)]
    assert told["person"]["name"] == "张示例"
    assert {one["value"] for one in told["moments"]} >= {"certificate", "rights", "refusal"}
    assert browser("operator").get("/api/v1/capture/").status_code == 403
    assert Client(SERVER_NAME="localhost").get("/api/v1/capture/").status_code == 401


def test_a_thing_that_cannot_be_entered_is_told_why(browser: Browser, world: World) -> None:
    told = {
        "id": str(new_id()),
        "activity": str(street.begin(world).id),
        "name": "遮阳伞",
        "quantity": " ",
        "listed_at": "2026-03-10T01:00:00Z",
    }
    client = browser("officer")
    answer = client.post("/api/v1/capture/things", told, content_type="application/json")
    assert answer.status_code == 400 and "名称和数量" in answer.json()["detail"]
    told["quantity"] = "1把"
    for _ in range(2):
        answer = client.post("/api/v1/capture/things", told, content_type="application/json")
        assert answer.json() == {"id": told["id"]}
