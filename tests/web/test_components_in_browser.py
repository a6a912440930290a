"""The pages' templates and islands in Chromium, under the real content security policy.

Drawn from the samples and served as files: what a page looks like and does, not what it says of
real cases.
"""

from __future__ import annotations

import functools
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django import forms
from django.template import engines
from playwright.sync_api import Browser, Page, expect, sync_playwright

from liuhen.kernel import clock
from liuhen.web.middleware import CSP
from liuhen.web.one_form import OneForm
from liuhen.web.service_public import PublicationForm
from liuhen.web.templatetags import assets
from tests.chromium import HEADLESS
from tests.web import case_samples, component_samples
from tests.web.component_samples import NOW, at, later

STATIC = assets.BUILT.parent
DESKTOP, PHONE = 1280, 390


class Decision(forms.Form):
    penalty = forms.MultipleChoiceField(
        label="处罚种类",
        choices=[("warning", "警告"), ("fine", "罚款")],
        widget=forms.CheckboxSelectMultiple,
    )
    fine = forms.DecimalField(label="罚款数额", required=False)
    collection = forms.ChoiceField(
        label="收缴方式",
        choices=[("on_the_spot", "当场收缴"), ("bank", "到银行缴纳")],
        widget=forms.RadioSelect,
    )
    collection_ground = forms.ChoiceField(
        label="当场收缴情形", choices=[("small", "一百元以下")], widget=forms.RadioSelect
    )


def step(key: str, title: str, state: str, form: forms.Form | None = None) -> dict[str, Any]:
    """One card of the simple procedure."""
    return {
        "key": key,
        "title": title,
        "article": "27.1",
        "state": state,
        "summary": "已记录",
        "at": at(5, 15, 2),
        "template": f"simple_procedure/{key}.html",
        "form": form,
        "action": "/",
        "edit_href": "/edit",
    }


def wizard(current: str, form: forms.Form | None = None, **more: Any) -> dict[str, Any]:
    """The simple procedure with one step under way."""
    return {
        "case": {"number": "虚城管执一案〔2026〕0012号", "href": "/c"},
        "activity": {"started_at": later(minutes=-9), "place": "虚构市示例区样板路8号"},
        "recording": {"state": "on", "words": "执法记录仪已开启"},
        "position": 2,
        "steps": [
            step("facts", "违法事实", "done"),
            step(current, "当前步骤", "current", form),
            step("ending", "结束活动", "todo"),
        ],
        **more,
    }


PAGES: dict[str, tuple[str, dict[str, Any]]] = {
    "desk": ("desk.html", component_samples.desk()),
    "case": ("case.html", case_samples.case()),
    "decision": (
        "simple_procedure.html",
        wizard("decision", Decision({"penalty": ["warning"]}), limits={"words": "限额二百元"}),
    ),
    "signing": (
        "simple_procedure.html",
        wizard(
            "signing",
            preview=[],
            signers=[{"name": "party", "signer": {"role": "当事人", "name": "刘样例"}}],
        ),
    ),
    "publication": (
        "people_form.html",
        {
            "page": OneForm(
                permission="paper.serve",
                title="登记公告发布",
                submit="登记发布",
                success="",
                crumbs=[],
                captures={"file": "screenshot", "address": "where", "captured": "captured_at"},
            ),
            "form": PublicationForm(initial={"medium": "on_web"}),
            "back_href": "/",
        },
    ),
    "error": ("503.html", {}),
}


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the drawn pages are served, with the policy of the real ones."""
    root = tmp_path_factory.mktemp("pages")
    (root / "static").symlink_to(STATIC)
    for name, (template, context) in PAGES.items():
        with clock.frozen(NOW):
            html = (
                engines["django"]
                .get_template(template)
                .render({"shell": component_samples.shell(), **context})
            )
        (root / f"{name}.html").write_text(str(html), "utf-8")
    handler = functools.partial(Served, directory=str(root))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


class Served(http.server.SimpleHTTPRequestHandler):
    """Files with the policy; silent."""

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", CSP)
        super().end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: a test tells by failing."""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser for all tests here."""
    with sync_playwright() as driver:
        yield driver.chromium.launch(executable_path=HEADLESS, args=["--no-sandbox"])


@pytest.fixture
def complaints() -> list[str]:
    """What the browser complained of during the test."""
    return []


@pytest.fixture
def visit(chromium: Browser, address: str, complaints: list[str]) -> Iterator[Any]:
    """Opens a page at a width; whatever the browser complains of fails the test in the end."""
    contexts = []

    def open_page(name: str, width: int = DESKTOP, *, for_axe: bool = False) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": 860},
            has_touch=width == PHONE,
            is_mobile=width == PHONE,
            locale="zh-CN",
            bypass_csp=for_axe,
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda message: complaints.append(message.text) if message.type == "error" else None,
        )
        page.goto(f"{address}/{name}.html")
        expect(page.locator("[data-island]:not([data-island-state=ready])")).to_have_count(0)
        return page

    yield open_page
    for context in contexts:
        context.close()
    missing = [text for text in complaints if "404" not in text]  # samples have no thumbnails
    assert not missing


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_its_width_and_hinders_nobody(visit: Any, name: str, width: int) -> None:
    page = visit(name, width, for_axe=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa"]})
    assert [(v["id"], v["nodes"][0]["html"]) for v in found.response["violations"]] == []


def test_the_policy_of_the_pages_is_kept(visit: Any) -> None:
    page = visit("case")
    assert page.locator(".lh-tl-drawing [data-item]").count() > 15
    # The style sheet and the icons came through, from our own address alone.
    assert page.evaluate("getComputedStyle(document.querySelector('.lh-header')).position") == (
        "sticky"
    )


def test_the_timeline_is_walked_and_zoomed_by_keyboard(visit: Any) -> None:
    page = visit("case")
    drawing = page.locator(".lh-tl-drawing")
    drawing.focus()
    drawing.press("ArrowRight")
    drawing.press("ArrowDown")
    tip = page.locator(".lh-tl-tip")
    assert "简易程序" in tip.inner_text()
    assert "要求：全程同步录音录像" in tip.inner_text()
    width = float(drawing.get_attribute("width") or 0)
    drawing.press("+")
    assert float(drawing.get_attribute("width") or 0) == pytest.approx(width * 1.5)
    drawing.press("0")
    assert float(drawing.get_attribute("width") or 0) == pytest.approx(width)


def test_the_timeline_says_the_same_as_a_table(visit: Any) -> None:
    page = visit("case", PHONE)
    page.locator(".lh-tl-table summary").click()
    words = page.locator(".lh-tl-table table").inner_text()
    for told in ("缺 3分20秒", "尚未说明原因", "DSJ-0007_141040.mp4", "行政处罚决定书（当场）"):
        assert told in words


def test_a_signature_is_taken_by_touch_and_kept_as_strokes(visit: Any) -> None:
    page = visit("signing", PHONE)
    page.get_by_role("button", name="记下并继续").click()
    assert "还没有签名" in page.locator(".lh-sign-told").inner_text()
    glass = page.locator(".lh-sign-glass")
    glass.scroll_into_view_if_needed()
    box = glass.bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 40)
    page.mouse.down()
    for place in range(20):
        page.mouse.move(box["x"] + 20 + place * 9, box["y"] + 40 + (place % 5) * 20)
    page.mouse.up()
    strokes = page.evaluate("JSON.parse(document.querySelector('[name=party_strokes]').value)")
    assert len(strokes) == 1 and len(strokes[0]) > 15
    assert all(isinstance(number, int) for point in strokes[0] for number in point)
    picture = page.locator("[name=party_picture]").input_value()
    assert picture.startswith("data:image/png;base64,")


def test_a_refusal_to_sign_asks_for_the_reason_and_records_the_moment(visit: Any) -> None:
    page = visit("signing", PHONE)
    page.get_by_role("radio", name="拒绝签名").check()
    assert page.get_by_label("拒签情况与理由").is_visible()
    page.get_by_role("button", name="记下拒签时刻").click()
    moment = page.locator("[name=party_refused_at]").input_value()
    assert moment.startswith("2026-03-05T07:2")  # the system's clock, not this machine's


def test_fields_appear_when_they_apply(visit: Any) -> None:
    page = visit("decision", PHONE)
    assert not page.get_by_label("罚款数额").is_visible()
    page.get_by_label("罚款", exact=True).check()
    assert page.get_by_label("罚款数额").is_visible()
    assert not page.get_by_label("一百元以下").is_visible()
    page.get_by_label("当场收缴", exact=True).check()
    assert page.get_by_label("一百元以下").is_visible()


def test_a_deadline_runs_out_on_the_open_page(visit: Any) -> None:
    page = visit("case")
    running = page.locator(".lh-next time[data-due]")
    assert "is-yellow" in (running.get_attribute("class") or "")
    page.evaluate(
        "document.querySelector('.lh-next time[data-due]')"
        ".setAttribute('datetime', '2026-03-05T07:18:30Z')"
    )
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    assert running.inner_text() == "已逾期 1 分钟"
    assert "is-red" in (running.get_attribute("class") or "")


# The browser's own chooser can't be driven: a live stream of a drawn page stands in for its answer.
_SHOWN = """navigator.mediaDevices.getDisplayMedia = async () => {
  const page = document.createElement("canvas");
  [page.width, page.height] = [320, 200];
  const pen = page.getContext("2d");
  setInterval(() => { pen.fillStyle = "#c00"; pen.fillRect(0, 0, 320, 200); }, 40);
  return page.captureStream(25);
}"""


def test_the_picture_of_a_web_page_bears_address_and_the_systems_time(visit: Any) -> None:
    page = visit("publication")
    page.evaluate(_SHOWN)
    page.get_by_role("button", name="截取网页").click()
    assert "请先填写公告的网址" in page.locator(".lh-island-webshot [role=status]").inner_text()
    page.get_by_label("报纸名称和期次").fill("https://www.example.test/gg/1.html")
    page.get_by_role("button", name="截取网页").click()
    expect(page.get_by_text("已截取：https://www.example.test/gg/1.html")).to_be_visible()
    moment = page.locator("[name=captured_at]").input_value()
    assert moment.startswith("2026-03-05T07:")  # the system's clock, not this machine's
    size = page.evaluate(
        """async () => {
          const file = document.querySelector("[name=screenshot]").files[0];
          const drawn = await createImageBitmap(file);
          return [file.type, drawn.width, drawn.height];
        }"""
    )
    assert size == ["image/png", 320, 244]  # the page as shown, and the strip beneath it
    page.locator("[name=screenshot]").set_input_files(
        {"name": "own.png", "mimeType": "image/png", "buffer": b"own"}
    )
    assert page.locator("[name=captured_at]").input_value() == ""  # not taken by our page


def test_pages_print_their_content_without_their_frame(visit: Any) -> None:
    page = visit("case")
    page.emulate_media(media="print")
    assert not page.locator(".lh-side").is_visible()
    assert not page.locator(".lh-tl-frame").is_visible()
    assert page.locator(".lh-duties").is_visible()


def test_the_samples_lie_beside_the_built_assets() -> None:
    assert (Path(STATIC) / "liuhen" / "seal.svg").is_file()
