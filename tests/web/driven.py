"""A browser driven from a thread of its own, so that acts can be done beside it. Not a test."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from playwright.sync_api import BrowserContext, Page, sync_playwright

from tests.chromium import CHROMIUM

T = TypeVar("T")
FLAGS = [
    "--no-sandbox",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
    "--host-resolver-rules=MAP phone.test 127.0.0.1",
]
PATIENCE_MS = 60_000


class Phone:
    """A phone's browser, driven from a thread of its own."""

    def __init__(self, port: int) -> None:
        self.origin = f"http://127.0.0.1:{port}"
        self.pool = ThreadPoolExecutor(1)
        self.context: BrowserContext
        self.page: Page

    def do(self, work: Callable[[Page], T]) -> T:
        return self.pool.submit(lambda: work(self.page)).result(120)

    def start(self, *more: str) -> None:
        """Begin, with more flags for the browser."""

        def work() -> None:
            self.playwright = sync_playwright().start()
            self.chromium = self.playwright.chromium.launch(
                executable_path=CHROMIUM, args=[*FLAGS, *more]
            )

        self.pool.submit(work).result(60)

    def open(
        self,
        headers: dict[str, str],
        origin: str = "",
        path: str = "/phone/",
        width: int = 390,
        **query: str,
    ) -> None:
        """A fresh browser, signed in, on the capture page or another."""
        address = (origin or self.origin) + path
        if query:
            address += "?" + "&".join(f"{key}={value}" for key, value in query.items())
        cookies: Any = [
            {"name": name, "value": value, "url": origin or self.origin}
            for name, _, value in (pair.partition("=") for pair in headers["Cookie"].split("; "))
        ]

        def work() -> None:
            self.context = self.chromium.new_context(
                viewport={"width": width, "height": 844},
                permissions=["camera", "microphone", "geolocation"],
                geolocation={"latitude": 39.1, "longitude": 117.2, "accuracy": 25},
            )
            self.context.add_cookies(cookies)
            self.page = self.context.new_page()
            self.page.set_default_timeout(PATIENCE_MS)
            self.page.goto(address)

        self.pool.submit(work).result(120)

    def close(self) -> None:
        self.pool.submit(lambda: self.context.close()).result(60)

    def stop(self) -> None:
        def work() -> None:
            self.chromium.close()
            self.playwright.stop()

        self.pool.submit(work).result(60)
        self.pool.shutdown()

    def press(self, words: str) -> None:
        self.do(lambda page: page.get_by_role("button", name=words, exact=True).click())

    def stop_filming(self) -> None:
        self.press("停止")
        self.says("已存入手机")

    def says(self, words: str) -> None:
        self.do(lambda page: page.get_by_text(words).first.wait_for())

    def waits(self, count: int) -> None:
        """So many things are on the phone and not in the vault."""
        place = f".lh-cap-queue[data-waiting='{count}']"
        self.do(lambda page: page.wait_for_selector(place, state="attached"))

    def is_ready_for_no_network(self) -> None:
        self.do(lambda page: page.evaluate("navigator.serviceWorker.ready.then(() => true)"))

    def goes_off_line(self, is_off: bool = True) -> None:
        self.do(lambda page: page.context.set_offline(is_off))
