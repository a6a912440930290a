"""The drawn street of synthetic media: a picture that looks plausible and is plainly no record.

Not for real footage and not for decoding: it draws with Pillow and reads no file but a font.
"""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

Color = tuple[int, int, int]
Font = ImageFont.FreeTypeFont | ImageFont.ImageFont

_SIGNS = ("演示超市", "示范餐馆", "样例五金", "虚构花店")
_PLAIN_SIGNS = ("DEMO MART", "SAMPLE CAFE", "TEST TOOLS", "MOCK FLORA")
_WALLS: tuple[Color, ...] = ((176, 152, 128), (150, 160, 170), (190, 176, 150), (160, 140, 150))
_BOARDS: tuple[Color, ...] = ((150, 40, 40), (30, 90, 60), (40, 60, 130), (130, 90, 20))


@dataclass(frozen=True)
class Scene:
    """What a synthetic camera sees.

    Attributes:
        started_at: aware instant the burnt-in clock shows at the first picture; it is shown in
            the zone it carries, as a camera shows its own local time.
        label: words that say the picture is staged, e.g. 演示画面.
        device: camera number shown in the corner.
        caption: one line over the clock, e.g. the kind of activity.
        width, height: pixels, both even, at least 64.
        font: a font with Chinese glyphs; without one, or with one that can't be opened, every
            text is ASCII.
        seed: varies shops, colours and the way of the car.
    """

    started_at: dt.datetime
    label: str = "演示画面"
    device: str = "DEMO-0001"
    caption: str = ""
    width: int = 320
    height: int = 180
    font: Path | None = None
    seed: int = 1

    def __post_init__(self) -> None:
        if self.started_at.tzinfo is None:
            raise ValueError("started_at needs a time zone")
        if self.width % 2 or self.height % 2 or min(self.width, self.height) < 64:
            raise ValueError(f"size must be even and at least 64: {self.width}x{self.height}")

    @cached_property
    def letters(self) -> Font:
        """The font of the burnt-in lines, sized to the picture."""
        return self._sized(max(10, self.height // 15))

    @cached_property
    def is_chinese(self) -> bool:
        """Whether Chinese text can be drawn."""
        return self.font is not None and _font_at(self.font, 12) is not None

    @cached_property
    def background(self) -> Image.Image:
        """Everything that stands still: sky, shops, pavement, road, stall."""
        picture = Image.new("RGB", (self.width, self.height), (168, 200, 226))
        draw = ImageDraw.Draw(picture)
        self._draw_shops(draw)
        self._draw_street(draw)
        return picture

    def picture_at(self, moment_ms: int) -> Image.Image:
        """The picture `moment_ms` after the start: moving car, walker and clock; RGB."""
        picture = self.background.copy()
        draw = ImageDraw.Draw(picture)
        self._draw_movement(draw, moment_ms)
        if moment_ms // 500 % 2 == 0:
            draw.ellipse((5, 6, 11, 12), (220, 30, 30))
        shown = self.started_at + dt.timedelta(milliseconds=moment_ms)
        lines = _lines(self, shown.strftime("%Y-%m-%d %H:%M:%S"))
        picture.paste(lines, mask=lines)
        return picture

    def _sized(self, size: int) -> Font:
        found = _font_at(self.font, size) if self.font else None
        return found or ImageFont.load_default(size)

    def _draw_shops(self, draw: ImageDraw.ImageDraw) -> None:
        chance = random.Random(self.seed)  # noqa: S311 - a picture, not a secret
        width, height = self.width, self.height
        signs = _SIGNS if self.is_chinese else _PLAIN_SIGNS
        small = self._sized(max(8, height // 20))
        top, ground, shop = height // 4, height * 11 // 20, width // 4
        for place, first in enumerate(chance.sample(range(4), 4)):
            left = place * shop
            roof = top - chance.randrange(height // 10)
            draw.rectangle((left, roof, left + shop - 2, ground), _WALLS[first])
            draw.rectangle((left + 4, top + 4, left + shop - 6, top + height // 9), _BOARDS[first])
            draw.text((left + 8, top + 5), signs[first], (245, 240, 220), small)
            door = left + shop * 5 // 8
            draw.rectangle((door, ground - height // 6, door + shop // 5, ground), (70, 60, 55))
            draw.rectangle(
                (left + 8, ground - height // 7, door - 8, ground - height // 30), (120, 150, 165)
            )

    def _draw_street(self, draw: ImageDraw.ImageDraw) -> None:
        width, height = self.width, self.height
        ground, road = height * 11 // 20, height * 14 // 20
        draw.rectangle((0, ground, width, road), (176, 172, 164))
        draw.rectangle((0, road, width, height), (84, 86, 90))
        for left in range(0, width, width // 8):
            draw.rectangle(
                (left, height * 17 // 20, left + width // 16, height * 17 // 20 + 2),
                (226, 226, 210),
            )
        for crate in range(3):
            left = width * 2 // 5 + crate * width // 16
            draw.rectangle(
                (left, ground + 2, left + width // 18, ground + height // 11),
                (150, 104, 56),
                (96, 64, 30),
            )

    def _draw_movement(self, draw: ImageDraw.ImageDraw, moment_ms: int) -> None:
        width, height = self.width, self.height
        way = width + width // 3
        car = (moment_ms * width // 6000 + self.seed * 37) % way - width // 4
        low = height * 19 // 20
        draw.rectangle((car, low - height // 9, car + width // 5, low), (196, 60, 48))
        draw.rectangle(
            (car + width // 28, low - height // 6, car + width // 7, low - height // 9),
            (180, 205, 220),
        )
        for wheel in (car + width // 26, car + width // 7):
            draw.ellipse((wheel - 4, low - 4, wheel + 4, low + 4), (30, 30, 30))
        walker = width - (moment_ms * width // 14000 + self.seed * 53) % width
        foot, step = height * 27 // 40, 3 if moment_ms // 400 % 2 else -3
        draw.ellipse(
            (walker - 3, foot - height // 6, walker + 3, foot - height // 6 + 6), (224, 190, 160)
        )
        draw.line((walker, foot - height // 7, walker, foot - height // 15), (36, 54, 96), 4)
        draw.line((walker, foot - height // 15, walker - step, foot), (40, 40, 44), 2)
        draw.line((walker, foot - height // 15, walker + step, foot), (40, 40, 44), 2)

    def draw_lines(self, draw: ImageDraw.ImageDraw, time: str) -> None:
        """Write what is burnt in over a transparent picture."""
        line = self.height // 12 + 2
        self._write(draw, (16, 2), self._drawable(self.label, "DEMO PICTURE"))
        self._write(draw, (self.width - 8, 2), self._drawable(self.device, "DEMO"), "ra")
        if self.caption:
            caption = self._drawable(self.caption, "SYNTHETIC")
            self._write(draw, (5, self.height - 2 * line), caption)
        self._write(draw, (5, self.height - line), time)

    def _write(
        self, draw: ImageDraw.ImageDraw, at: tuple[int, int], text: str, anchor: str = "la"
    ) -> None:
        draw.text(
            at, text, (255, 255, 255), self.letters, anchor, stroke_width=1, stroke_fill=(0, 0, 0)
        )

    def _drawable(self, text: str, otherwise: str) -> str:
        return text if self.is_chinese or text.isascii() else otherwise


@lru_cache(maxsize=2)
def _lines(scene: Scene, time: str) -> Image.Image:
    """What is burnt in for a second, RGBA: letters cost more than all else, and stay for several
    pictures."""
    lines = Image.new("RGBA", (scene.width, scene.height))
    scene.draw_lines(ImageDraw.Draw(lines), time)
    return lines


def _font_at(path: Path, size: int) -> ImageFont.FreeTypeFont | None:
    try:
        return ImageFont.truetype(str(path), size)
    except OSError:
        return None
