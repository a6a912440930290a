"""The proof of one paper or recording: a page that explains it, and the file to take away.

Everything the page calls right was computed for this answer. Not for one entry by itself (`trust`)
nor for verifying everything (`vault.checks`).
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from liuhen.cases.queries import visible_cases
from liuhen.documents.models import Paper
from liuhen.kernel.digests import is_sha256
from liuhen.kernel.refusals import Refused, explain
from liuhen.ledger.models import Checkpoint, Entry
from liuhen.ledger.queries import proof_of
from liuhen.ledger.signing import log_keys, origin, sm2_key
from liuhen.ledger.stamping import roots
from liuhen.ledger.trust import policy
from liuhen.people.models import Person
from liuhen.recordings.queries import visible_recording, visible_recordings
from liuhen.tlog.entry_proof import EntryProof, ProvedEntry, parse_extra, verify_proof
from liuhen.tlog.hashing import leaf_hash
from liuhen.tlog.notes import NoteKey, parse_note
from liuhen.tlog.sm2 import Sm2Verifier
from liuhen.tlog.stamps import verified_instant
from liuhen.vault.keeping import local_store
from liuhen.vault.models import Original
from liuhen.vault.queries import entry_of_original
from liuhen.web.acting import person_of, signed_in
from liuhen.web.events import event_title
from liuhen.web.papers import paper_crumbs, visible_paper
from liuhen.web.proof_drawing import drawing

# A page computes the digest of a file up to this size anew; of larger ones it says who does.
HASHED_HERE = 32 << 20
SUGGESTED = 8


@dataclass(frozen=True)
class Subject:
    """The record whose proof is asked for. `original` is None while nothing is fixed."""

    kind: str
    id: UUID
    title: str
    original: Original | None
    crumbs: list[dict[str, str]]
    case_id: UUID | None

    @property
    def href(self) -> str:
        """The record's own page."""
        return reverse(self.kind, args=[self.id])

    @property
    def proof_href(self) -> str:
        """The page that explains its proof."""
        return reverse(f"{self.kind}_proof", args=[self.id])

    @property
    def file_href(self) -> str:
        """The proof itself, as a file."""
        return reverse(f"{self.kind}_proof_file", args=[self.id])


def paper_subject(request: HttpRequest, paper_id: UUID) -> Subject:
    """A visible paper. Raises `Refused("record.not_found")`."""
    found = visible_paper(request, paper_id)
    title = f"{found.document_type.title} {found.number or ''}".strip()
    crumbs = paper_crumbs(found, "核验证明")
    return Subject("paper", found.id, title, found.original, crumbs, found.case_id)


def recording_subject(request: HttpRequest, recording_id: UUID) -> Subject:
    """A visible recording. Raises `Refused("record.not_found")`."""
    found = visible_recording(person_of(request), recording_id)
    crumbs = [
        {"label": "音像记录", "href": reverse("recordings")},
        {"label": found.name, "href": reverse("recording", args=[found.id])},
        {"label": "核验证明"},
    ]
    return Subject("recording", found.id, found.name, found.original, crumbs, found.case_id)


def subject_named(request: HttpRequest, text: str) -> Subject | None:
    """A visible record by a paper's number, a recording's name, an id, or a file's SHA-256."""
    papers = Paper.objects.filter(case__in=visible_cases(person_of(request)))
    recordings = visible_recordings(person_of(request))
    by = {"number": text, "name": text}
    if is_sha256(text.lower()):
        by = {"number": "", "name": "", "original": text.lower()}
    with suppress(ValueError):
        by = {"number": "", "name": "", "id": str(UUID(text))}
    paper = papers.filter(_any_of(by, without="name")).order_by("id").first()
    if paper is not None:
        return paper_subject(request, paper.id)
    recording = recordings.filter(_any_of(by, without="number")).order_by("id").first()
    return recording_subject(request, recording.id) if recording is not None else None


def _any_of(by: Mapping[str, str], *, without: str) -> Q:
    given = {name: value for name, value in by.items() if name != without and value}
    return Q(**given) if given else Q(pk__in=[])


def suggested(request: HttpRequest) -> list[str]:
    """Numbers of the papers issued last, to choose one from."""
    papers = Paper.objects.filter(
        case__in=visible_cases(person_of(request)), state=Paper.State.ISSUED
    ).exclude(number="")
    newest = papers.order_by("-issued_at", "id").values_list("number", flat=True)
    return [number for number in newest[:SUGGESTED] if number]


def island_data(subject: Subject) -> dict[str, Any] | None:
    """What the island `verify` needs to verify a record in the reader's browser."""
    if subject.original is None:
        return None
    is_paper = subject.kind == "paper"
    return {
        "title": subject.title,
        "proof_href": subject.file_href,
        "content_href": reverse("paper_pdf", args=[subject.id]) if is_paper else None,
        "sha256": subject.original.sha256,
        "size": subject.original.size,
        "origin": origin(),
        "log_keys": [key.vkey for key in log_keys()],
        "witnesses": [{"name": one.name, "vkey": one.key.vkey} for one in policy().witnesses],
    }


@signed_in
@require_safe
def paper_proof(request: HttpRequest, paper_id: UUID) -> HttpResponse:
    """The proof of one paper, explained."""
    return _page(request, paper_subject(request, paper_id))


@signed_in
@require_safe
def recording_proof(request: HttpRequest, recording_id: UUID) -> HttpResponse:
    """The proof of one recording, explained. Nothing of its content is shown (Art. 42)."""
    return _page(request, recording_subject(request, recording_id))


@signed_in
@require_safe
def paper_proof_file(request: HttpRequest, paper_id: UUID) -> HttpResponse:
    """The proof of one paper as a file (docs/formats/proof.md)."""
    return _file(paper_subject(request, paper_id))


@signed_in
@require_safe
def recording_proof_file(request: HttpRequest, recording_id: UUID) -> HttpResponse:
    """The proof of one recording as a file (docs/formats/proof.md)."""
    return _file(recording_subject(request, recording_id))


def _file(subject: Subject) -> HttpResponse:
    if subject.original is None:
        raise Refused("proof.not_fixed")
    sha256 = subject.original.sha256
    proof = proof_of(entry_of_original(sha256).id)
    answer = HttpResponse(proof.text, content_type="text/plain; charset=utf-8")
    name = f"{subject.kind}-{sha256[:16]}.tlog-proof"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _page(request: HttpRequest, subject: Subject) -> HttpResponse:
    context: dict[str, Any] = {
        "subject": subject,
        "crumbs": subject.crumbs,
        "island_data": island_data(subject),
    }
    if subject.original is not None:
        context |= _told(person_of(request), subject, subject.original)
    return render(request, "record_proof.html", context)


def _told(person: Person, subject: Subject, original: Original) -> dict[str, Any]:
    """Each step from the file to the signed checkpoint, verified here and now."""
    entry = entry_of_original(original.sha256)
    body = json.loads(bytes(entry.body))
    told: dict[str, Any] = {
        "original": original,
        "file": _file_state(original),
        "entry": entry,
        "entry_title": event_title(entry.event),
        "actor": body["actor"]["name"],
        "is_named": original.sha256 in bytes(entry.body).decode(),
        "entry_href": _entry_href(person, subject, entry),
    }
    try:
        proof = proof_of(entry.id)
    except Refused:
        return told | {"state": "waiting"}
    told |= proof_context(proof)
    return told | {"is_whole": _is_whole(told)}


def _is_whole(told: dict[str, Any]) -> bool:
    """Nothing of it failed; what could not be looked at here says so in its own words."""
    lamps = [told["file"]["lamp"], *(one["lamp"] for one in told.get("stamps", ()))]
    return told["state"] == "good" and told["is_named"] and "red" not in lamps


def _entry_href(person: Person, subject: Subject, entry: Entry) -> str:
    """The entry's own page, when it is of the same case or one's own."""
    is_seen = entry.actor_id == person.id or (
        entry.case_id is not None and entry.case_id == subject.case_id
    )
    return reverse("entry", args=[entry.id]) if is_seen else ""


def _file_state(original: Original) -> dict[str, str]:
    if original.size > HASHED_HERE:
        return {"lamp": "grey", "words": "文件较大，本页不重新计算；由持续巡检逐字节核对"}
    found = local_store().digest(original.sha256)
    if found is None:
        return {"lamp": "red", "words": "原件文件不在原件库"}
    if found != original.sha256:
        return {"lamp": "red", "words": "原件内容与登记的摘要不符"}
    return {"lamp": "green", "words": "此刻已重新计算，与登记的摘要一致"}


def proof_context(proof: EntryProof) -> dict[str, Any]:
    """A proof as `record_proof.html` shows it: `state` good or broken, and what it rests on."""
    sm2, trusted = sm2_key(), policy()
    keys: list[NoteKey] = [*log_keys(), *([sm2] if sm2 is not None else [])]
    try:
        proved = verify_proof(
            proof.text, origin=origin(), keys=keys, witnesses=trusted.witness_keys
        )
    except Refused as refused:
        return {"state": "broken", "why": explain(refused).message, "index": proof.index}
    return {"state": "good", **_good(proof, proved)}


def _good(proof: EntryProof, proved: ProvedEntry) -> dict[str, Any]:
    checkpoint, opened = proved.opened.checkpoint, proved.opened
    signed = [(one.line.name, one.line.key_id) for one in opened.cosignatures]
    path = drawing(leaf_hash(proved.entry), proof.index, checkpoint.size, proof.path)
    return {
        "index": proof.index,
        "size": checkpoint.size,
        "root": checkpoint.root.hex(),
        "origin": checkpoint.origin,
        "note": opened.note,
        "signed_at": Checkpoint.objects.get(size=checkpoint.size).signed_at,
        "has_sm2": any(isinstance(one.key, Sm2Verifier) for one in opened.signatures),
        "cosigned": [
            {"name": _witness_name(one.line.key_id), "at": _instant(one.timestamp)}
            for one in opened.cosignatures
        ],
        "quorum": policy().quorum,
        "is_quorum_met": policy().is_met_by(signed),
        "stamps": [*_stamps(proof, opened.note)],
        "path": path,
    }


def _instant(seconds: int | None) -> dt.datetime | None:
    return None if seconds is None else dt.datetime.fromtimestamp(seconds, dt.UTC)


def _witness_name(key_id: int) -> str:
    return next((one.name for one in policy().witnesses if one.key.key_id == key_id), "")


def _stamps(proof: EntryProof, note: str) -> list[dict[str, Any]]:
    """The stamps in the proof: whose time, and whether they hold against the configured roots."""
    trusted = roots() if settings.TSA_ROOTS else []
    found: list[dict[str, Any]] = []
    for stamp in parse_extra(proof.extra).stamps:
        if not trusted:
            found.append({"lamp": "unknown", "words": "没有配置时间戳机构的根证书，未核对"})
            continue
        try:
            at = verified_instant(stamp, parse_note(note).text, trusted)
        except Refused as refused:
            found.append({"lamp": "red", "words": explain(refused).message})
        else:
            found.append({"lamp": "green", "words": "核对无误", "at": at})
    return found
