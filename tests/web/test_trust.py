"""The trust page shows witnesses and replicas as lamps and gives the disc's verifier."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.urls import reverse

from liuhen.actions.log_keys import rotate_log_key
from liuhen.actions.replicas import take_report
from liuhen.demo.people import World
from liuhen.ledger import trust
from liuhen.ledger.models import Entry
from liuhen.ledger.sequencing import sequence_all
from liuhen.tlog.cosignatures import Cosigner
from tests.web.conftest import Browser, words


@pytest.fixture(autouse=True)
def clean_home(world: World) -> Iterator[None]:
    yield
    settings.HOME.policy_path.unlink(missing_ok=True)
    for name in settings.HOME.log_key_names():
        if name != "log.pem":
            (settings.HOME.secrets.folder / name).unlink()


def test_the_verifier_is_given_as_a_file_with_the_digest_the_page_tells(browser: Browser) -> None:
    client = browser("officer")
    page = words(client.get(reverse("trust")))
    answer = client.get(reverse("trust_verifier"))
    assert hashlib.sha256(answer.content).hexdigest() in page
    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_a_replica_that_agrees_is_green_and_one_that_differs_is_red(
    world: World, browser: Browser
) -> None:
    report = {"size": 40, "originals": 2, "missing": 0, "differences": []}
    take_report(world.system, "beta", report)
    page = words(browser("officer").get(reverse("trust")))
    assert "副本 beta" in page and "一致" in page and "没有做过" in page
    difference = {"code": "log.forked", "record": "x", "what": "分叉"}
    take_report(world.system, "beta", {**report, "differences": [difference]})
    assert "有差异" in words(browser("officer").get(reverse("trust")))


def test_a_witness_that_never_signed_is_unknown(world: World, browser: Browser) -> None:
    trust.add_witness("gamma", Cosigner("w.example", bytes(32)).verifier, "http://127.0.0.1:9")
    page = words(browser("officer").get(reverse("trust")))
    assert "见证方 gamma" in page and "还没有见证过" in page


def test_an_entry_is_still_proved_after_the_key_has_changed(world: World, browser: Browser) -> None:
    sequence_all()
    rotate_log_key(actor=world["operator"], reason="例行更换")
    sequence_all()
    entry = Entry.objects.order_by("recorded_at", "id")[0]
    client = browser("supervisor")
    assert "核验通过" in words(client.get(reverse("entry", args=[entry.id])))
