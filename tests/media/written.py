"""Pictures with Chinese words in them, of a fictional city: drawn, tilted, blurred. Not a test."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw, ImageFilter, ImageFont

FONTS: Final = Path(__file__).resolve().parents[2] / "node_modules" / "@expo-google-fonts"
SANS: Final = "noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf"
SERIF: Final = "noto-serif-sc/400Regular/NotoSerifSC_400Regular.ttf"
SIGN: Final = ("样板路", "YANGBAN ROAD", "前方200米 禁止停车")
CARD: Final = (
    "姓名 刘样例",
    "性别 女 民族 汉",
    "出生 1949年12月31日",
    "住址 虚构市示例区样板路8号",
    "公民身份号码 11010519491231002X",
)
PAPER: Final = (
    "责令改正通知书",
    "虚城管责改字〔2026〕第17号",
    "当事人：虚构市样例建材有限公司",
    "经查，你单位在样板路8号门前人行道堆放装修物料",
    "约三平方米，占用道路。现责令你单位于2026年3月9日",
    "前清除堆放的物料，恢复道路原状。逾期不改正的，",
    "本机关将依法处理。",
    "虚构市城市管理委员会",
    "2026年3月5日",
)


def font(size: int, name: str = SANS) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONTS / name), size)


def noisy(picture: Image.Image, seed: int, share: float = 0.12) -> Image.Image:
    """As a small sensor in poor light sees it."""
    grains = random.Random(seed).randbytes(picture.width * picture.height)
    grain = Image.frombytes("L", picture.size, grains)
    return Image.blend(picture, grain.convert("RGB"), share)


def street_sign() -> Image.Image:
    """A sign on a post before houses and sky, seen from the side, by a camera that moves."""
    scene = Image.new("RGB", (1600, 1000), (150, 180, 210))
    draw, chance = ImageDraw.Draw(scene), random.Random(5)
    for left in range(0, 1600, 160):
        grey = chance.randrange(70, 150)
        draw.rectangle((left, chance.randrange(200, 600), left + 150, 1000), fill=(grey,) * 3)
    sign = Image.new("RGB", (700, 330), (10, 60, 150))
    drawn = ImageDraw.Draw(sign)
    drawn.rectangle((8, 8, 691, 321), outline="white", width=5)
    for text, size, top in zip(SIGN, (96, 40, 48), (30, 160, 230), strict=True):
        drawn.text((350, top), text, font=font(size), fill="white", anchor="ma")
    corners = (0, 0, -20, 330, 700, 355, 700, -25)
    tilted = sign.transform(sign.size, Image.Transform.QUAD, corners, Image.Resampling.BICUBIC)
    scene.paste(tilted, (430, 260))
    draw.rectangle((770, 590, 795, 1000), fill=(90, 90, 90))
    return noisy(scene.filter(ImageFilter.GaussianBlur(1.2)), 1)


def card() -> Image.Image:
    """A card of a fictional person on a table, turned a little."""
    face = Image.new("RGB", (860, 540), (222, 232, 238))
    drawn = ImageDraw.Draw(face)
    for number, text in enumerate(CARD):
        drawn.text((40, 40 + 96 * number), text, font=font(36), fill=(30, 30, 40))
    drawn.rectangle((640, 40, 820, 270), fill=(160, 170, 180))
    table = Image.new("RGB", (1300, 900), (110, 84, 60))
    table.paste(face, (210, 170))
    return noisy(table.rotate(4, Image.Resampling.BICUBIC, fillcolor=(110, 84, 60)), 2)


def paper() -> Image.Image:
    """A printed page off a scanner, a degree askew, with dust."""
    page, top = Image.new("RGB", (1240, 1754), "white"), 190
    drawn = ImageDraw.Draw(page)
    for number, text in enumerate(PAPER):
        size = 52 if number == 0 else 34
        if number in (0, 1):
            drawn.text((620, top), text, font=font(size, SERIF), fill=(20, 20, 20), anchor="ma")
        else:
            left = 130 if number not in (7, 8) else 760
            drawn.text((left, top), text, font=font(size, SERIF), fill=(20, 20, 20))
        top += 90
    return noisy(page.rotate(1, Image.Resampling.BICUBIC, fillcolor="white"), 3, 0.08)


def scanned(path: Path) -> Path:
    """A PDF of two pages off a scanner, of pictures alone."""
    sign = Image.new("RGB", (1240, 1754), "white")
    sign.paste(street_sign().resize((1120, 700)), (60, 200))
    paper().save(path, "PDF", save_all=True, append_images=[sign], resolution=150)
    return path
