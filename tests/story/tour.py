"""The guided tour the stories tell while they run: pictures and docs/tour.md. Not a test."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "docs" / "pictures" / "tour"
COLOURS = 256
HEAD = """# A tour: two cases, from the street and from a complaint to the archive

This page is written by the story tests (`LIUHEN_TOUR=1 .venv/bin/pytest tests/story`), which click
the cases through in a real browser on the demonstration. Everybody and everything is fictional.
"""


@dataclass
class Chapter:
    """What one story showed so far. Without `is_kept` nothing is written."""

    title: str
    is_kept: bool
    parts: list[str] = field(default_factory=list)

    def show(self, page: Page, name: str, title: str, words: str) -> None:
        """Take a picture of a page as it stands."""
        if self.is_kept:
            page.wait_for_load_state("networkidle")
            PICTURES.mkdir(parents=True, exist_ok=True)
            with Image.open(io.BytesIO(page.screenshot())) as taken:
                small = taken.convert("RGB").quantize(COLOURS, Image.Quantize.FASTOCTREE)
                small.save(PICTURES / f"{name}.png", optimize=True)
        self.parts.append(f"### {title}\n\n{words}\n\n![{title}](pictures/tour/{name}.png)\n")

    def tell(self, title: str, words: str, output: str = "") -> None:
        """Say something, with what a command printed."""
        printed = f"\n```text\n{output.strip()}\n```\n" if output else ""
        self.parts.append(f"### {title}\n\n{words}\n{printed}")


@dataclass
class Tour:
    """The chapters in their order, whichever story ran first."""

    is_kept: bool
    chapters: dict[int, Chapter] = field(default_factory=dict)

    def chapter(self, place: int, title: str) -> Chapter:
        """Begin a chapter."""
        return self.chapters.setdefault(place, Chapter(title, self.is_kept))

    def write(self) -> None:
        """Write docs/tour.md when the tour is kept; it takes all stories."""
        if not self.is_kept:
            return
        assert set(self.chapters) == {1, 2}, "the tour is told by all of tests/story"
        told = [self.chapters[place] for place in sorted(self.chapters)]
        texts = [f"## {one.title}\n\n" + "\n".join(one.parts) for one in told]
        (ROOT / "docs" / "tour.md").write_text("\n".join([HEAD, *texts]), "utf-8")
