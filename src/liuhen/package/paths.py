"""Paths inside a package, as the writer lets them be. Not used by the validator.

A path must mean the same file on every file system the package may reach: Linux, Windows,
macOS, a disc. What can't is refused here; `portable_name` makes a name that can.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from liuhen.kernel.refusals import Refused

MAX_NAME_BYTES = 255
MAX_PATH_BYTES = 1024
_KEPT_NAME_BYTES = 180
_WINDOWS = frozenset('<>:"\\|?*')
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\..*)?\Z", re.IGNORECASE)
_BAGIT_FILES = re.compile(
    r"(?:bagit\.txt|bag-info\.txt|fetch\.txt|(?:tag)?manifest-[^/]*\.txt)\Z", re.IGNORECASE
)
# Order-changing characters make a name read as another: "gpj.exe" shown as "exe.jpg".
_REORDERING = frozenset(map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A))))
_PERCENT_ENCODED = {"%": "%25", "\r": "%0D", "\n": "%0A"}


def check_path(path: str) -> None:
    """Refuse a path that could not be written or would not read back the same elsewhere.

    CR, LF and percent signs are allowed, because RFC 8493 says how to write them; some readers
    of packages get them wrong nevertheless, so `portable_name` avoids them.

    Raises:
        Refused: `package.path_dangerous`, with `path` and `what`.
    """
    if unicodedata.normalize("NFC", path) != path:
        raise _dangerous(path, "not in NFC")
    if any("\ud800" <= character <= "\udfff" for character in path):
        raise _dangerous(path, "not Unicode")
    if len(path.encode()) > MAX_PATH_BYTES:
        raise _dangerous(path, "too long")
    if path.startswith(("/", "~")):
        raise _dangerous(path, "absolute")
    for name in path.split("/"):
        _check_name(path, name)
    if path.casefold() == "data" or _BAGIT_FILES.match(path):
        raise _dangerous(path, "reserved by BagIt")


def check_together(paths: Iterable[str]) -> None:
    """Refuse paths that can't stand in one folder on a system that ignores case.

    Raises:
        Refused: `package.path_twice`, with `path` and `other`.
    """
    files: dict[str, str] = {}
    folders: dict[str, str] = {"data": "data"}
    for path in paths:
        if (key := _folded(path)) in files:
            raise Refused("package.path_twice", path=path, other=files[key])
        files[key] = path
        parts = path.split("/")[:-1]
        for depth in range(1, len(parts) + 1):
            folder = "/".join(parts[:depth])
            if (other := folders.setdefault(_folded(folder), folder)) != folder:
                raise Refused("package.path_twice", path=path, other=other)
    for key in files.keys() & folders.keys():
        raise Refused("package.path_twice", path=files[key], other=folders[key])


def encoded_path(path: str) -> str:
    """The path as a manifest spells it: CR, LF and percent percent-encoded, nothing else."""
    return "".join(_PERCENT_ENCODED.get(character, character) for character in path)


def portable_name(original: str) -> str:
    """A file name for the package made from a name as it came: never empty, never dangerous.

    NFC; forbidden characters, percent signs and line breaks become an underscore; long names
    are shortened before their extension to 180 bytes. Two names may come out the same.
    """
    name = unicodedata.normalize("NFC", original)
    name = "".join("_" if _is_forbidden(c) or c in "/%\r\n" else c for c in name)
    name = name.strip().rstrip(". ")
    if not name or name.startswith("~") or _DEVICES.match(name):
        name = f"_{name}"
    stem, dot, extension = name.rpartition(".")
    if not stem or len(extension.encode()) > 16:
        stem, dot, extension = name, "", ""
    room = _KEPT_NAME_BYTES - len((dot + extension).encode())
    return stem.encode()[:room].decode(errors="ignore").strip() + dot + extension


def _check_name(path: str, name: str) -> None:
    if name in ("", ".", ".."):
        raise _dangerous(path, "empty or dots")
    if len(name.encode()) > MAX_NAME_BYTES:
        raise _dangerous(path, "too long")
    if name != name.strip() or name.endswith("."):
        raise _dangerous(path, "space or dot at an end")
    if _DEVICES.match(name):
        raise _dangerous(path, "reserved by Windows")
    if any(_is_forbidden(character) for character in name if character not in "\r\n"):
        raise _dangerous(path, "forbidden character")


def _is_forbidden(character: str) -> bool:
    if character in _WINDOWS or character in _REORDERING:
        return True
    return unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp")


def _folded(path: str) -> str:
    return unicodedata.normalize("NFC", path.casefold())


def _dangerous(path: str, what: str) -> Refused:
    return Refused("package.path_dangerous", path=path, what=what)
