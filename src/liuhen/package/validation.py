"""Validates a package: every file against the manifests, nothing missing, nothing added.

Written from RFC 8493 and docs/formats/package.md; shares only digests with the writer. It is
stricter than the RFC: SHA-256 only, nothing to fetch, every tag file listed. It reports all
faults and stops at none. Not for signatures and proofs (`tlog`).
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path

from liuhen.kernel.digests import sha256_and_sm3_file, sha256_file
from liuhen.package.case_check import Payload, case_findings
from liuhen.package.findings import Finding, Validation

_MANIFEST = "manifest-sha256.txt"
_TAG_MANIFEST = "tagmanifest-sha256.txt"
_DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
_LINE = re.compile(r"([0-9a-f]{64})[ \t]+(.+)", re.DOTALL)
_OXUM = re.compile(r"([0-9]{1,18})\.([0-9]{1,18})\Z")
_OTHER_MANIFEST = re.compile(r"(?:fetch|(?:tag)?manifest-[^/]*)\.txt\Z", re.IGNORECASE)
_MAX_TAG_BYTES = 1 << 26
_DECODED = {"%25": "%", "%0D": "\r", "%0A": "\n"}


def validate_package(
    folder: Path, *, on_file: Callable[[str, int], None] | None = None
) -> Validation:
    """Check a package as it lies in a folder, reading every file once.

    Args:
        folder: the package.
        on_file: called with path and size before each file is hashed, to show progress.

    Returns:
        Every finding, by path. A folder that is no package at all is a finding too.
    """
    return _Reading(folder, on_file).validated()


class _Reading:
    """One validation under way: the files found and the findings so far."""

    def __init__(self, folder: Path, on_file: Callable[[str, int], None] | None) -> None:
        self.folder = folder
        self.on_file = on_file
        self.findings: list[Finding] = []
        self.present: dict[str, str] = {}
        self.sizes: dict[str, int] = {}
        self.digests: dict[str, str] = {}

    def validated(self) -> Validation:
        if not self.folder.is_dir():
            self.add("bag.missing", ".")
            return Validation(tuple(self.findings), 0, 0)
        self.list_files()
        self.check_declaration()
        self.check_manifest(_MANIFEST, is_payload=True)
        self.check_manifest(_TAG_MANIFEST, is_payload=False)
        self.check_oxum()
        for path in self.present:
            if _OTHER_MANIFEST.match(path) and path not in (_MANIFEST, _TAG_MANIFEST):
                self.add("manifest.unexpected", path)
        self.findings += case_findings(Payload(self.sizes, self.digests, self.read, self.sm3))
        ordered = sorted(self.findings, key=lambda finding: (finding.path, finding.code))
        return Validation(tuple(ordered), len(self.sizes), sum(self.sizes.values()))

    def add(self, code: str, path: str, **data: object) -> None:
        self.findings.append(Finding(code, path, data))

    def list_files(self) -> None:
        """Fill `present` (NFC path to path on disk) and `sizes`; links are never followed."""
        for path in sorted(self.walked()):
            name = unicodedata.normalize("NFC", path)
            entry = self.folder / path
            if entry.is_symlink() or not entry.is_file() or _shown(path) != path:
                self.add("file.irregular", _shown(path))
            elif name in self.present:
                self.add("path.twice", _shown(path), other=_shown(self.present[name]))
            else:
                self.present[name] = path
                self.sizes[name] = entry.stat().st_size

    def walked(self) -> Iterator[str]:
        """Paths below the folder of everything that is no plain folder."""
        for parent, folders, files in os.walk(self.folder, onerror=self.add_unreadable):
            inside = Path(parent).relative_to(self.folder)
            linked = [name for name in folders if (Path(parent) / name).is_symlink()]
            yield from ((inside / name).as_posix() for name in (*files, *linked))

    def add_unreadable(self, error: OSError) -> None:
        path = Path(os.fsdecode(error.filename)).relative_to(self.folder).as_posix()
        self.add("file.unreadable", _shown(path), error=error.strerror)

    def read(self, path: str, limit: int) -> bytes:
        """The beginning of a file. No more is asked for than is there: asking reserves memory."""
        limit = min(limit, self.sizes[path])
        with (self.folder / self.present[path]).open("rb") as stream:
            return stream.read(limit)

    def sm3(self, path: str) -> str:
        """The SM3 digest of a file that is there."""
        return sha256_and_sm3_file(self.folder / self.present[path])[1]

    def read_tag_file(self, path: str) -> bytes | None:
        """Its bytes, or None when it is not there."""
        if path not in self.present:
            return None
        try:
            return self.read(path, _MAX_TAG_BYTES)
        except OSError as error:
            self.add_unreadable(error)
            return b""

    def check_declaration(self) -> None:
        found = self.read_tag_file("bagit.txt")
        if found != _DECLARATION:
            self.add("file.missing" if found is None else "bagit.malformed", "bagit.txt")

    def check_manifest(self, manifest: str, *, is_payload: bool) -> None:
        """Every listed file exists with its digest, and every existing file is listed."""
        raw = self.read_tag_file(manifest)
        if raw is None:
            self.add("manifest.missing", manifest)
            return
        listed = self.parsed_manifest(manifest, raw, is_payload)
        for path, expected in listed.items():
            self.check_file(path, expected)
        for path in self.present.keys() - listed.keys():
            if _is_payload(path) == is_payload and path != _TAG_MANIFEST:
                self.add("file.additional", _shown(path))

    def parsed_manifest(self, manifest: str, raw: bytes, is_payload: bool) -> dict[str, str]:
        listed: dict[str, str] = {}
        try:
            lines = raw.decode("utf-8").removesuffix("\n").split("\n") if raw else []
        except UnicodeDecodeError:
            self.add("manifest.malformed", manifest, line="UTF-8")
            return listed
        for number, line in enumerate(lines, 1):
            match = _LINE.fullmatch(line.removesuffix("\r"))
            path = _decoded(match[2]) if match else None
            if match is None or path is None:
                self.add("manifest.malformed", manifest, line=number)
            elif _is_dangerous(path) or _is_payload(path) != is_payload:
                self.add("path.dangerous", manifest, line=number, found=_shown(path))
            elif unicodedata.normalize("NFC", path) in listed:
                self.add("path.twice", manifest, line=number, found=path)
            else:
                listed[unicodedata.normalize("NFC", path)] = match[1]
        return listed

    def check_file(self, path: str, expected: str) -> None:
        if path not in self.present:
            self.add("file.missing", path)
            return
        if self.on_file is not None:
            self.on_file(path, self.sizes[path])
        try:
            found = sha256_file(self.folder / self.present[path])
        except OSError as error:
            self.add_unreadable(error)
            return
        self.digests[path] = found
        if found != expected:
            self.add("file.altered", path, expected=expected, found=found)

    def check_oxum(self) -> None:
        raw = self.read_tag_file("bag-info.txt")
        if raw is None:
            self.add("file.missing", "bag-info.txt")
            return
        values = [value for label, value in self.parsed_info(raw) if label == "payload-oxum"]
        match = _OXUM.match(values[0]) if len(values) == 1 else None
        if match is None:
            code = "oxum.malformed" if values else "oxum.missing"
            self.add(code, "bag-info.txt", found=values)
            return
        payload = [size for path, size in self.sizes.items() if _is_payload(path)]
        if (sum(payload), len(payload)) != (int(match[1]), int(match[2])):
            found = f"{sum(payload)}.{len(payload)}"
            self.add("oxum.wrong", "bag-info.txt", expected=values[0], found=found)

    def parsed_info(self, raw: bytes) -> Iterator[tuple[str, str]]:
        try:
            lines = raw.decode("utf-8").removesuffix("\n").split("\n")
        except UnicodeDecodeError:
            self.add("info.malformed", "bag-info.txt", line="UTF-8")
            return
        for number, line in enumerate(lines, 1):
            label, colon, value = line.partition(":")
            if colon and label.strip() == label:
                yield label.lower(), value.strip()
            elif not line.startswith((" ", "\t")):
                self.add("info.malformed", "bag-info.txt", line=number)


def _is_payload(path: str) -> bool:
    return path.startswith("data/")


def _is_dangerous(path: str) -> bool:
    """Whether following the path could lead out of the package."""
    parts = path.split("/")
    is_outside = path.startswith(("/", "~")) or "\\" in path or "\0" in path
    return is_outside or bool({"", ".", ".."} & set(parts)) or ":" in parts[0]


def _decoded(path: str) -> str | None:
    """The path a manifest line means, None when a percent sign stands alone."""
    pieces = re.split(r"(%..)", path, flags=re.DOTALL)
    if any(piece.startswith("%") and piece.upper() not in _DECODED for piece in pieces):
        return None
    if path.count("%") != sum(piece.startswith("%") for piece in pieces):
        return None
    return "".join(_DECODED.get(piece.upper(), piece) for piece in pieces)


def _shown(path: str) -> str:
    """A path that can be printed even when its name is no Unicode."""
    return path.encode(errors="backslashreplace").decode()
