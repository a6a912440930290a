"""The guided tour a story tells while it runs: pictures and docs/tour.md. Not a test."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "docs" / "pictures" / "tour"
HEAD = """# A tour: a fine on the spot, from the street to the archive

This page is written by the story test (`LIUHEN_TOUR=1 .venv/bin/pytest tests/story`), which clicks
the case through in a real browser on the demonstration. Everybody and everything is fictional.
"""


@dataclass
class Tour:
    """What was shown so far. Without `is_kept` nothing is written."""

    is_kept: bool
    parts: list[str] = field(default_factory=list)

    def show(self, page: Page, name: str, title: str, words: str) -> None:
        """Take a picture of a page as it stands."""
        page.wait_for_load_state("networkidle")
        if self.is_kept:
            PICTURES.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=PICTURES / f"{name}.png", full_page=False)
        self.parts.append(f"## {title}\n\n{words}\n\n![{title}](pictures/tour/{name}.png)\n")

    def tell(self, title: str, words: str, output: str) -> None:
        """Show what a command printed."""
        self.parts.append(f"## {title}\n\n{words}\n\n```text\n{output.strip()}\n```\n")

    def write(self) -> None:
        """Write docs/tour.md when the tour is kept."""
        if self.is_kept and self.parts:
            (ROOT / "docs" / "tour.md").write_text("\n".join([HEAD, *self.parts]), "utf-8")
