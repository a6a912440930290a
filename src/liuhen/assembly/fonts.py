"""Finding the fonts papers are set in, and telling which characters they can show.

Order: the folder given by argument, the folder named by `LIUHEN_FONTS`, FangSong and its kin
where the host has them, Noto SC as the build provides it, then wide fonts for rare characters.
Nothing is downloaded. Not for choosing sizes or weights: that is `layouts/style.typ`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import util
from pathlib import Path

import typst

from liuhen.assembly.glyphs import covered_characters
from liuhen.kernel.refusals import Refused

ENVIRONMENT = "LIUHEN_FONTS"
_SUFFIXES = frozenset({".ttf", ".otf", ".ttc", ".otc"})
_PROJECT = Path(__file__).resolve().parents[1]
_WEIGHTS = ("400Regular", "700Bold")
_HOST_NAMES = frozenset(  # fonts of the standard for official papers, as their files are called
    {
        "simfang.ttf",
        "stfangso.ttf",
        "simsun.ttc",
        "simsun.ttf",
        "simhei.ttf",
        "fzxbsjw.ttf",
        "fzxbsk.ttf",
    }
)
_HOST_WIDE = frozenset({"NotoSerifCJK-Regular.ttc", "NotoSerifCJK-Bold.ttc"})

# Families by use, best first; what is absent is passed over.
_BODY = ("FangSong", "STFangsong", "Noto Serif SC", "Noto Serif CJK SC", "SimSun")
_TITLE = ("FZXiaoBiaoSong-B05S", "FZXiaoBiaoSong-B05", "Noto Serif SC", "Noto Serif CJK SC")
_HEADING = ("SimHei", "Noto Sans SC", "Noto Sans CJK SC", "Noto Serif SC", "Noto Serif CJK SC")
_ESSENTIAL = frozenset({"FangSong", "STFangsong", "Noto Serif SC", "Noto Serif CJK SC", "SimSun"})


@dataclass(frozen=True, slots=True)
class Places:
    """Where fonts may lie besides what is given: copied by the build, its packages, the host."""

    built: Path = _PROJECT / "web" / "static" / "built" / "fonts"
    packages: Path = _PROJECT.parents[1] / "node_modules" / "@expo-google-fonts"
    host: tuple[Path, ...] = (
        Path("/usr/share/fonts"),
        Path("/usr/local/share/fonts"),
        Path.home() / ".local" / "share" / "fonts",
    )


@dataclass(frozen=True)
class FontSet:
    """The fonts of one installation, loaded once and shared by all threads.

    `folders` are searched by the compiler; `body`, `title` and `heading` are family names in
    order of fallback, each ending in every other family found.
    """

    folders: tuple[Path, ...]
    body: tuple[str, ...]
    title: tuple[str, ...]
    heading: tuple[str, ...]

    @cached_property
    def book(self) -> typst.Fonts:
        """The compiler's own view of these folders, without system fonts."""
        return _book(self.folders)

    @cached_property
    def characters(self) -> frozenset[int]:
        """Every code point at least one of the fonts has a glyph for."""
        found: set[int] = set()
        for file in _files(self.folders):
            found |= covered_characters(file)
        return frozenset(found)

    def missing(self, text: str) -> list[str]:
        """The characters of the text no font can show, each once, in order."""
        return [one for one in dict.fromkeys(text) if not self._shows(ord(one))]

    def file_for(self, text: str) -> Path:
        """A font file that shows the text, or as much of it as any.

        Raises:
            Refused: `fonts.missing`.
        """
        asked = {ord(one) for one in text}
        best = max(
            _files(self.folders), key=lambda one: len(asked & covered_characters(one)), default=None
        )
        if best is None:
            raise Refused("fonts.missing", folders="、".join(map(str, self.folders)))
        return best

    def _shows(self, point: int) -> bool:
        is_selector = 0xFE00 <= point <= 0xFE0F or 0xE0100 <= point <= 0xE01EF
        return point in self.characters or is_selector or point in (0x0A, 0x20, 0x200B, 0x2060)


def find_fonts(
    font_paths: Sequence[Path | str] = (),
    *,
    environ: Mapping[str, str] | None = None,
    places: Places | None = None,
) -> FontSet:
    """The fonts to set papers in.

    `font_paths` are folders with TrueType or OpenType files and come first; wide fonts put
    there also serve rare characters. Found once per process for the same arguments.

    Raises:
        Refused: `fonts.missing`, no font for Chinese body text was found; its data name the
            folders looked into and the variable that can point elsewhere.
    """
    named = (environ if environ is not None else os.environ).get(ENVIRONMENT, "")
    given = [Path(one) for one in (*font_paths, *filter(None, named.split(os.pathsep)))]
    where = places if places is not None else Places()
    found = _font_set(_folders(tuple(given), where))
    if not _ESSENTIAL & set(found.body):
        _folders.cache_clear()  # fonts put there afterwards are found without a restart
        _host_folders.cache_clear()
        looked = "、".join(str(one) for one in (*given, where.built, where.packages, *where.host))
        raise Refused("fonts.missing", places=looked, variable=ENVIRONMENT)
    return found


@cache
def _folders(given: tuple[Path, ...], where: Places) -> tuple[Path, ...]:
    """The folders that hold fonts; looked for once per process."""
    candidates = [*given, *_own_folders(where)]
    return tuple(dict.fromkeys(folder for folder in candidates if _has_fonts(folder)))


def _own_folders(where: Places) -> Iterator[Path]:
    yield from _host_folders(_HOST_NAMES, where.host)
    if _has_fonts(where.built):
        yield where.built
    else:
        for package in ("noto-serif-sc", "noto-sans-sc"):
            yield from (where.packages / package / weight for weight in _WEIGHTS)
    spec = util.find_spec("pylopdf_fonts_cjk")
    if spec is not None and spec.origin is not None:
        yield Path(spec.origin).parent
    yield from _host_folders(_HOST_WIDE, where.host)


@cache
def _host_folders(names: frozenset[str], roots: tuple[Path, ...]) -> tuple[Path, ...]:
    """Folders below the roots that hold one of these files."""
    wanted = {name.lower() for name in names}
    return tuple(
        dict.fromkeys(
            Path(folder)
            for root in roots
            for folder, _, files in sorted(os.walk(root))
            if any(name.lower() in wanted for name in files)
        )
    )


def _has_fonts(folder: Path) -> bool:
    return folder.is_dir() and next(_files((folder,)), None) is not None


def _files(folders: Sequence[Path]) -> Iterator[Path]:
    for folder in folders:
        for file in sorted(folder.rglob("*")):
            if file.suffix.lower() in _SUFFIXES and file.is_file():
                yield file


@cache
def _book(folders: tuple[Path, ...]) -> typst.Fonts:
    return typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(folder) for folder in folders],
    )


@cache
def _font_set(folders: tuple[Path, ...]) -> FontSet:
    families = sorted(_book(folders).families()) if folders else []
    return FontSet(
        folders,
        body=_chain(_BODY, families),
        title=_chain(_TITLE, families),
        heading=_chain(_HEADING, families),
    )


def _chain(preferred: Sequence[str], families: Sequence[str]) -> tuple[str, ...]:
    """The preferred families present, then all others: the more serif-like first."""
    rest = sorted(families, key=lambda name: ("Serif" not in name, name))
    return tuple(dict.fromkeys([name for name in preferred if name in families] + rest))
