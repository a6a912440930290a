"""The page 校时: who opens it, what its codes say, and that a camera could read them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from django.core.servers.basehttp import ThreadedWSGIServer, get_internal_wsgi_application
from django.db import connection
from django.urls import reverse

from liuhen.demo.people import World, known_world
from liuhen.host.postgres import Cluster
from liuhen.host.postgres_roles import SERVER
from liuhen.kernel import clock
from liuhen.recordings.filmed_clock import code_text
from liuhen.web.clock_page import AHEAD_S
from liuhen.web.qr import qr_rows
from tests.api.conftest import QuietHandler, signed_in
from tests.database import clone, point_at
from tests.serving import at_work
from tests.web.conftest import Browser, words
from tests.web.driven import Phone

SECOND = dt.timedelta(seconds=1)
WHO = {"officer": 200, "records": 200, "operator": 200, "unit_head": 403, "archivist": 403}


def test_who_measures_clocks_opens_it_from_docking_and_devices(browser: Browser) -> None:
    for who, status in WHO.items():
        assert browser(who).get(reverse("clock")).status_code == status, who
        assert browser(who).get(reverse("clock_codes")).status_code == status, who
    page = words(browser("officer").get(reverse("clock")))
    assert "用执法记录仪对着下面的二维码拍两秒" in page and reverse("docking") in page
    assert reverse("docking") not in words(browser("operator").get(reverse("clock")))
    for address in ("docking", "devices"):
        assert reverse("clock") in words(browser("officer").get(reverse(address)))
    assert reverse("clock") not in words(browser("unit_head").get(reverse("devices")))


def test_codes_are_of_the_seconds_that_come_and_nobody_keeps_them(browser: Browser) -> None:
    answer = browser("officer").get(reverse("clock_codes"))
    assert answer.headers["Cache-Control"] == "no-store"
    told = answer.json()
    first = clock.now().replace(microsecond=0)
    due = [first + number * SECOND for number in range(AHEAD_S)]
    assert [dt.datetime.fromisoformat(one["at"]) for one in told["codes"]] == due
    assert told["codes"][1]["rows"] == qr_rows(code_text(first + SECOND))
    assert dt.datetime.fromisoformat(told["now"]) == clock.now()


@pytest.fixture(scope="module")
def world_now(cluster: Cluster, world_template: str) -> Iterator[World]:
    """The authority, on the machine's own running clock."""
    clone(cluster, world_template, "liuhen_clock")
    point_at(cluster.dsn("liuhen_clock", SERVER))
    yield known_world()
    connection.close()


@pytest.fixture(scope="module")
def driven(world_now: World) -> Iterator[Phone]:
    running = ThreadedWSGIServer(("127.0.0.1", 0), QuietHandler)
    running.set_app(get_internal_wsgi_application())
    with at_work(running):
        window = Phone(running.server_port)
        window.start()
        yield window
        window.stop()


@pytest.mark.parametrize("width", [1280, 390])
def test_the_code_on_the_page_decodes_to_the_servers_time_and_runs_with_it(
    driven: Phone, world_now: World, width: int
) -> None:
    driven.open(signed_in(world_now["officer"]), path=reverse("clock"), width=width)
    seen = [_seen(driven, number) for number in range(2)]
    driven.close()
    (first, _, _), (second, _, _) = seen
    assert second > first, "it changes"
    for shown, before, after in seen:
        # Floored to its second, and by a page that may be a tenth off.
        assert before - 1.1 * SECOND <= shown <= after + 0.1 * SECOND


def _seen(driven: Phone, number: int) -> tuple[dt.datetime, dt.datetime, dt.datetime]:
    """What a picture of the page says, and when it was taken at the earliest and the latest."""
    import cv2  # noqa: PLC0415 - the detector's library, here alone
    import numpy  # noqa: PLC0415

    code = ".lh-clock-code svg"
    driven.do(lambda page: page.locator(code).wait_for())
    driven.do(lambda page: page.wait_for_timeout(1100 * number))
    before = clock.now()
    picture = driven.do(lambda page: page.screenshot())
    after = clock.now()
    pixels = cv2.imdecode(numpy.frombuffer(picture, numpy.uint8), cv2.IMREAD_GRAYSCALE)
    assert pixels is not None
    text, _, _ = cv2.QRCodeDetector().detectAndDecode(pixels)
    assert text.startswith("LIUHEN-CLOCK "), "the whole code stands in the first window"
    shown = dt.datetime.fromisoformat(text.removeprefix("LIUHEN-CLOCK "))
    assert text == code_text(shown)
    return shown, before, after
