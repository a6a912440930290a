"""The trust page, one entry of the ledger, its proof, and the public log. Reads only."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from liuhen.access.looks import hidden_looks
from liuhen.archive.disc import pages
from liuhen.cases.queries import visible_cases
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused, explain
from liuhen.ledger.models import Entry
from liuhen.ledger.queries import (
    latest_checkpoint,
    proof_of,
    published_note,
    read_tile,
    waiting_count,
)
from liuhen.ledger.signing import log_keys, origin, signer
from liuhen.people.models import Person
from liuhen.people.queries import is_allowed
from liuhen.recordings.queries import is_entry_secret
from liuhen.tlog.checkpoints import open_checkpoint
from liuhen.tlog.hashing import HASH_SIZE, leaf_hash
from liuhen.tlog.tiles import BundleId, parse_tile_path
from liuhen.tlog.verification import verify_inclusion
from liuhen.upkeep.signs import LATE, backup_signs, oldest_waiting
from liuhen.vault.queries import standing_alarms
from liuhen.web import proofs
from liuhen.web import trust_lamps as lamps
from liuhen.web.acting import person_of, signed_in
from liuhen.web.events import event_title

DOORS = {"web": "网页", "api": "接口", "command": "命令行", "job": "后台任务"}


@signed_in
@require_safe
def trust(request: HttpRequest) -> HttpResponse:
    """What stands behind the records, how old each of it is, and one record verified at sight."""
    person, checkpoint, now = person_of(request), latest_checkpoint(), clock.now()
    oldest, asked = (
        oldest_waiting(),
        request.GET.get("record", "").replace("\0", "").strip()[:200],
    )
    chosen = proofs.subject_named(request, asked) if asked else None
    context = {
        "checkpoint": checkpoint,
        "age": now - checkpoint.signed_at if checkpoint else None,
        "waiting": waiting_count(),
        "lag": now - oldest if oldest else None,
        "is_late": oldest is not None and now - oldest > LATE,
        "origin": origin(),
        "vkey": signer().verifier.vkey,
        "root": bytes(checkpoint.root).hex() if checkpoint else "",
        "witnesses": lamps.witnesses(checkpoint),
        "stamp": lamps.stamp(),
        "replicas": lamps.replicas(),
        "scrubs": lamps.scrubs(),
        "copies": lamps.copies(),
        "backups": backup_signs(),
        "alarm_count": standing_alarms().count(),
        "alarms": lamps.alarms() if is_allowed(person, "alarm.read") else [],
        "may_see_rows": is_allowed(person, "ledger.read"),
        "asked": asked,
        "chosen": chosen,
        "chosen_data": proofs.island_data(chosen) if chosen else None,
        "suggested": proofs.suggested(request),
        "verifier": pages().verifier_sha256,
        "crumbs": [{"label": "信任与核验"}],
    }
    return render(request, "trust.html", context)


@signed_in
@require_safe
def verifier(request: HttpRequest) -> HttpResponse:
    """The page that verifies a case disc, byte for byte as it lies on each; to be kept, not shown.

    It runs from a file only: as an attachment it never becomes a page of ours.
    """
    answer = HttpResponse(pages().verifier, content_type="application/octet-stream")
    answer.headers["Content-Disposition"] = 'attachment; filename="liuhen-verifier.html"'
    return answer


def _visible_entry(person: Person, entry_id: UUID) -> Entry:
    told = Entry.objects.filter(id=entry_id).exclude(hidden_looks(person))
    entry = told.select_related("sequenced").first()
    if entry is None:
        raise Refused("record.not_found")
    is_own = entry.actor_id == person.id
    is_of_case = (
        entry.case_id is not None and visible_cases(person).filter(id=entry.case_id).exists()
    )
    may_read = is_own or is_of_case or is_allowed(person, "ledger.read")
    if not may_read or is_entry_secret(person, entry.case_id, entry.subject_kind, entry.subject_id):
        raise Refused("record.not_found")
    return entry


@signed_in
@require_safe
def entry(request: HttpRequest, entry_id: UUID) -> HttpResponse:
    """One entry: what its bytes say, and whether it stands in the signed log."""
    person = person_of(request)
    found = _visible_entry(person, entry_id)
    body = json.loads(bytes(found.body))
    case_id = found.case_id
    case = visible_cases(person).filter(id=case_id).first() if case_id is not None else None
    context = {
        "entry": found,
        "title": event_title(found.event),
        "body": body,
        "told": json.dumps(body, ensure_ascii=False, indent=2),
        "case": case,
        "door": DOORS.get(body.get("via", {}).get("door", ""), "系统内部"),
        "image_count": len(body.get("images", ())),
        "leaf": bytes(found.leaf_hash).hex(),
        "is_intact": leaf_hash(bytes(found.body)) == bytes(found.leaf_hash),
        "proof": _proof(found),
        "proof_href": reverse("entry_proof", args=[found.id]),
        "crumbs": [
            {"label": "信任与核验", "href": reverse("trust")},
            {"label": event_title(found.event)},
        ],
    }
    return render(request, "entry.html", context)


def _proof(found: Entry) -> dict[str, Any]:
    """The proof, verified here and now: `state` is waiting, good or broken."""
    try:
        proof = proof_of(found.id)
    except Refused:
        return {"state": "waiting"}
    try:
        opened = open_checkpoint(proof.checkpoint, origin=origin(), keys=log_keys())
        told = opened.checkpoint
        leaf = leaf_hash(bytes(found.body))
        verify_inclusion(leaf, proof.index, told.size, proof.path, told.root)
    except Refused as refused:
        return {"state": "broken", "index": proof.index, "why": explain(refused).message}
    return {
        "state": "good",
        "index": proof.index,
        "size": told.size,
        "hashes": [one.hex() for one in proof.path],
        "root": told.root.hex(),
    }


@signed_in
@require_safe
def entry_proof(request: HttpRequest, entry_id: UUID) -> HttpResponse:
    """The proof as a file of the public format (docs/formats/proof.md)."""
    found = _visible_entry(person_of(request), entry_id)
    answer = HttpResponse(proof_of(found.id).text, content_type="text/plain; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{found.id}.tlog-proof"'
    return answer


@require_safe
def log_checkpoint(request: HttpRequest) -> HttpResponse:
    """The newest checkpoint (C2SP tlog-tiles)."""
    checkpoint = latest_checkpoint()
    if checkpoint is None:
        raise Http404
    return HttpResponse(published_note(checkpoint), content_type="text/plain; charset=utf-8")


@require_safe
def log_tile(request: HttpRequest, path: str) -> HttpResponse:
    """A tile of hashes. Entries themselves are not public: their bundles do not exist here."""
    try:
        tile = parse_tile_path(f"tile/{path}")
    except Refused as refused:
        raise Http404 from refused
    if isinstance(tile, BundleId):
        raise Http404
    hashes = read_tile(tile.level, tile.index, tile.width)[: tile.width * HASH_SIZE]
    if len(hashes) < tile.width * HASH_SIZE:
        raise Http404
    return HttpResponse(hashes, content_type="application/octet-stream")
