"""The four checks of an electronic file before the archive room takes it (DA/T 70).

Authenticity, completeness, usability, safety: each says what it looked at and what it found. Papers
and the bound file are read whole; of recordings, which may be long, the size is looked at and what
the continuous scrub found of their bytes. Not for the ledger as a whole (`vault.checks`).
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from liuhen.archive.models import CaseFile
from liuhen.documents.models import Paper
from liuhen.recordings.media_facts import UNREADABLE
from liuhen.recordings.models import Recording
from liuhen.vault.keeping import local_store
from liuhen.vault.queries import alarmed_originals, entries_of_originals

# What a PDF may do by itself when it is opened; a file for keeping does nothing.
_ACTIVE = (b"/JavaScript", b"/Launch", b"/EmbeddedFile", b"/SubmitForm")


@dataclass(frozen=True)
class Check:
    """One of the four: its name, what was held against what, what does not hold."""

    title: str
    what: str
    found: tuple[str, ...]

    @property
    def is_sound(self) -> bool:
        """Whether nothing was found."""
        return not self.found


@dataclass(frozen=True)
class _Held:
    """Everything that belongs to a file: names by the digest of their bytes."""

    file: CaseFile
    papers: tuple[Paper, ...]
    recordings: tuple[Recording, ...]

    def names(self) -> dict[str, str]:
        named = {one.original_id: one.name for one in self.recordings}
        named |= {str(one.original_id): str(one.number or one.type) for one in self.papers}
        return {**named, **self.volumes()}

    def volumes(self) -> dict[str, str]:
        """The bound files by digest: the main one, and the side one where there is one."""
        side = {self.file.side_id: "副卷"} if self.file.side_id else {}
        return {self.file.original_id: "案卷", **side}


def four_checks(file: CaseFile) -> tuple[Check, ...]:
    """Check a bound file and all that belongs to it, in the order of the standard."""
    issued = file.case.papers.filter(state=Paper.State.ISSUED).exclude(original=None)
    filmed = file.case.recordings.filter(disposed_at=None).select_related("original")
    recordings = filmed.order_by("started_at", "id")
    held = _Held(file, tuple(issued.order_by("issued_at")), tuple(recordings))
    return (
        Check("真实性", "每个文件的摘要与账本所记一致，每个文件都有账目", tuple(_true(held))),
        Check("完整性", "文书、音像与目录一致，页数与目录一致", tuple(_complete(held))),
        Check("可用性", "案卷能打开、能逐页读取，音像能读取", tuple(_usable(held))),
        Check("安全性", "案卷不含会自行运行的内容，原件只读", tuple(_safe(held))),
    )


def _true(held: _Held) -> Iterator[str]:
    names, store = held.names(), local_store()
    filmed = {one.original_id: one.original.size for one in held.recordings}
    entered, alarmed = entries_of_originals(names), alarmed_originals(names)
    for sha256, name in names.items():
        place, size = store.place(sha256), filmed.get(sha256)
        if size is None:
            is_whole = store.digest(sha256) == sha256
        else:
            is_whole = place.is_file() and place.stat().st_size == size
        if not is_whole or sha256 in alarmed:
            yield f"{name}的内容缺失或者被改动"
        if sha256 not in entered:
            yield f"{name}没有账目"


def _complete(held: _Held) -> Iterator[str]:
    lines = [*held.file.catalogue, *held.file.side_catalogue]
    listed = {line.get("sha256") for line in lines}
    notes = [str(line.get("note") or "") for line in lines]
    for paper in held.papers:
        if paper.original_id not in listed:
            yield f"目录中没有{paper.number or paper.type}"
    for recording in held.recordings:
        if not any(recording.original_id[:8] in note for note in notes):
            yield f"目录中没有音像{recording.name}"


def _usable(held: _Held) -> Iterator[str]:
    counted = {held.file.original_id: held.file.pages, held.file.side_id: held.file.side_pages}
    for sha256, name in held.volumes().items():
        try:
            with local_store().open(sha256) as stream:
                pages = PdfReader(io.BytesIO(stream.read())).pages
                if len(pages) < counted[sha256]:
                    yield f"{name}只有{len(pages)}页，目录为{counted[sha256]}页"
        except (PyPdfError, ValueError, OSError):
            yield f"{name}不能打开"
    for recording in held.recordings:
        if recording.media.get("state") == UNREADABLE:
            yield f"音像{recording.name}不能读取"


def _safe(held: _Held) -> Iterator[str]:
    place = local_store().place(held.file.original_id)
    if place.is_file():
        content = place.read_bytes()
        if any(word in content for word in _ACTIVE):
            yield "案卷含有会自行运行的内容"
    for sha256, name in held.names().items():
        kept = local_store().place(sha256)
        if kept.is_file() and kept.stat().st_mode & 0o222:
            yield f"{name}的文件没有设为只读"
