"""Pages of people in Chromium: they fit a phone, hinder nobody, and keep the real policy.

Drawn by the product for the authority's people and served as files: links lead nowhere here.
"""

from __future__ import annotations

import datetime as dt
import functools
import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import sync_playwright

from liuhen.actions import people as acts
from liuhen.actions.deputising import end_office
from liuhen.actions.offences import register_offence
from liuhen.demo.people import World
from liuhen.web.middleware import CSP
from liuhen.web.templatetags import assets
from tests.chromium import HEADLESS
from tests.web.conftest import Browser, words

DESKTOP, PHONE = 1280, 390
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa"]}


def furnish(world: World) -> None:
    """Something of every kind the pages show: all lamps, ended offices, a second offence."""
    operator, person = world["security"], world["officer2"]
    for number, first, last in (
        ("虚证700001", dt.date(2020, 1, 1), dt.date(2026, 1, 1)),
        ("虚证700002", dt.date(2025, 1, 1), dt.date(2026, 4, 20)),
        ("虚证700003", dt.date(2026, 5, 1), dt.date(2030, 1, 1)),
    ):
        acts.register_certificate(
            actor=operator,
            person=person,
            number=number,
            issuer="虚构市人民政府",
            valid_from=first,
            valid_until=last,
        )
    held = person.certificates.get(number="虚证000002")
    acts.revoke_certificate(actor=operator, certificate_id=held.id, reason="遗失")
    ended = acts.appoint(actor=operator, person=person, kind="handler")
    end_office(actor=operator, office_id=ended.id, reason="轮岗")
    register_offence(
        actor=world["legal"],
        code="SR-01",
        cause="占用道路堆放物料",
        breached="《虚构市市容环境卫生管理条例》第二十条",
        basis="《虚构市市容环境卫生管理条例》第五十条",
        conditions="对公民二百元以下、对法人或者其他组织三千元以下罚款的，可以当场决定。",
    )


def drawn(world: World, browser: Browser) -> dict[str, str]:
    """The pages as the product draws them, by name."""
    furnish(world)
    one = [world["officer2"].id]
    pages = {
        "people": ("security", reverse("people")),
        "person": ("security", reverse("person", args=one)),
        "self": ("security", reverse("person", args=[world["security"].id])),
        "register": ("security", reverse("person_register")),
        "office": ("security", reverse("person_appoint", args=one)),
        "certificate": ("security", reverse("person_certificate", args=one)),
        "password": ("security", reverse("person_password", args=one)),
        "units": ("security", reverse("units")),
        "unit": ("security", reverse("unit_register")),
        "devices": ("records", reverse("devices")),
        "hand_out": ("records", reverse("device_hand_out", args=[world.devices["DEMO-0001"].id])),
        "audit": ("auditor", reverse("audit")),
        "search": ("head", reverse("search")),
        "tokens": ("records", reverse("tokens")),
        "token": ("records", reverse("token_issue")),
        "offences": ("legal", reverse("offences")),
        "offence": ("legal", reverse("offence_register")),
    }
    found = {name: words(browser(who).get(address)) for name, (who, address) in pages.items()}
    refused = browser("security").post(
        reverse("person_deactivate", args=[world["officer"].id]), {"reason": "调离"}
    )
    return {**found, "refused": words(refused)}


class Served(http.server.SimpleHTTPRequestHandler):
    """Files under the policy of the real pages; silent."""

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", CSP)
        super().end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: a test tells by failing."""


@contextmanager
def serving(pages: dict[str, str], folder: Path) -> Iterator[str]:
    """The pages as files, with the built assets; yields their address."""
    (folder / "static").symlink_to(assets.BUILT.parent)
    for name, page in pages.items():
        (folder / f"{name}.html").write_text(page, "utf-8")
    handler = functools.partial(Served, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_the_pages_fit_their_width_and_hinder_nobody(
    world: World, browser: Browser, tmp_path: Path
) -> None:
    pages = drawn(world, browser)
    wrong: list[tuple[object, ...]] = []
    with serving(pages, tmp_path) as address, sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=HEADLESS, args=["--no-sandbox"])
        for width in (DESKTOP, PHONE):
            # The checker is a script of its own, which the policy would rightly stop.
            context = chromium.new_context(
                viewport={"width": width, "height": 860}, locale="zh-CN", bypass_csp=True
            )
            page = context.new_page()
            for name in pages:
                page.goto(f"{address}/{name}.html")
                if page.evaluate("document.documentElement.scrollWidth") > width:
                    wrong.append((name, width, "too wide"))
                found = Axe().run(page, options=RULES).response["violations"]
                wrong += [(name, width, v["id"], v["nodes"][0]["html"]) for v in found]
        chromium.close()
    assert wrong == []


def test_a_grave_act_asks_first_and_the_policy_is_kept(
    world: World, browser: Browser, tmp_path: Path
) -> None:
    pages = drawn(world, browser)
    complaints: list[str] = []
    with serving(pages, tmp_path) as address, sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=HEADLESS, args=["--no-sandbox"])
        page = chromium.new_page(viewport={"width": PHONE, "height": 800})
        page.on("console", lambda told: complaints.append(f"{told.type}: {told.text}"))
        page.goto(f"{address}/password.html")
        page.get_by_role("button", name="重置密码").click()
        dialog = page.get_by_role("dialog")
        dialog.wait_for()
        told = dialog.inner_text()
        chromium.close()
    assert "确认重置密码？立即生效，并且留痕。" in told
    assert [told for told in complaints if told.startswith("error")] == []
