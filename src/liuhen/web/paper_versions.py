"""What was changed in a paper, by whom and when: version against version, field by field.

Read from the images in the ledger; nothing here can be changed.
"""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from liuhen.assembly.document_types import DocumentType
from liuhen.documents.versions import Data, Version, versions_of
from liuhen.web.acting import signed_in
from liuhen.web.paper_fields import in_words
from liuhen.web.papers import paper_crumbs, visible_paper

# Versions one person saves with less than this between them are told as one.
_TOGETHER = dt.timedelta(minutes=10)
_MOST = 300  # versions looked at; older ones are in the ledger still
_LETTER_BY_LETTER = 3_000
_SENTENCES = re.compile(r"[^。；！？\n]*[。；！？\n]?")


@dataclass
class Change:
    """What one person changed in one go: from the version before it to its last version."""

    first: int
    last: int
    by: str
    since: dt.datetime
    until: dt.datetime
    fields: list[dict[str, Any]]


@signed_in
@require_safe
def paper_versions(request: HttpRequest, paper_id: UUID) -> HttpResponse:
    """All changes of a paper, newest first; with `from` and `to`, two versions beside another."""
    found = visible_paper(request, paper_id)
    kind = found.document_type
    read = list(islice(versions_of(found), _MOST))
    chosen = {one.number: one for one in read}
    first, last = (chosen.get(_number(request.GET.get(name))) for name in ("from", "to"))
    both = (first, last) if first and last else None
    context = {
        "paper": found,
        "title": kind.title,
        "case": found.case,
        "versions": read,
        "compared": both,
        "differences": differences(kind, both[0].data, both[1].data) if both else [],
        "changes": list(changes(kind, read)),
        "crumbs": paper_crumbs(found, "修改记录"),
    }
    return render(request, "paper_versions.html", context)


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() else 0


def changes(kind: DocumentType, newest_first: Sequence[Version]) -> Iterator[Change]:
    """Versions told together where one person saved them in one go, newest first."""
    place = 0
    while place < len(newest_first):
        last = newest_first[place]
        end = place
        while end + 1 < len(newest_first) and _is_one_go(newest_first[end + 1], newest_first[end]):
            end += 1
        first = newest_first[end]
        before = newest_first[end + 1].data if end + 1 < len(newest_first) else {}
        told = differences(kind, before, last.data)
        yield Change(first.number, last.number, last.by, first.at, last.at, told)
        place = end + 1


def _is_one_go(earlier: Version, later: Version) -> bool:
    """Whether a version continues the one before; the first stands alone: it is the drawing up."""
    return earlier.by == later.by and later.at - earlier.at < _TOGETHER and earlier.number > 1


def differences(kind: DocumentType, before: Data, after: Data) -> list[dict[str, Any]]:
    """The fields whose content differs, each with what was taken out and what was put in."""
    found = []
    for one in kind.fields:
        was, now = in_words(one, before.get(one.key)), in_words(one, after.get(one.key))
        if was != now:
            found.append({"label": one.label, "pieces": list(pieces(was, now))})
    return found


def pieces(was: str, now: str) -> Iterator[tuple[str, str]]:
    """A text as pieces that stayed, went ("del") or came ("ins"), in reading order."""
    is_short = max(len(was), len(now)) <= _LETTER_BY_LETTER
    old = list(was) if is_short else _SENTENCES.findall(was)
    new = list(now) if is_short else _SENTENCES.findall(now)
    for tag, i, j, k, m in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            yield "", _joined(old[i:j])
            continue
        if j > i:
            yield "del", _joined(old[i:j])
        if m > k:
            yield "ins", _joined(new[k:m])


def _joined(parts: Iterable[str]) -> str:
    return "".join(parts)
