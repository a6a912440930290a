"""What a replica may fetch and tell, with its token: the whole log, images, originals, reports.

Under `/api/v1/replica/log/` stands the log exactly as C2SP tlog-tiles has it, entries included.
Not for the replica's own side (`liuhen.replica`), nor for people.
"""

from __future__ import annotations

import re
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from ninja import Field, Router, Schema
from ninja.security import HttpBearer

from liuhen.actions.destroying import take_gone
from liuhen.actions.replicas import take_copies, take_report
from liuhen.kernel.canonical import LARGEST
from liuhen.kernel.digests import is_sha256
from liuhen.kernel.refusals import Refused
from liuhen.ledger.publishing import entry_bundle, image_bundle, unbound_columns
from liuhen.ledger.queries import latest_checkpoint, published_note, read_tile
from liuhen.ledger.signing import bridging_checkpoints
from liuhen.people.models import ApiToken
from liuhen.people.queries import system_person, token_of
from liuhen.tlog.hashing import HASH_SIZE
from liuhen.tlog.tiles import BundleId, TileId, parse_tile_path
from liuhen.vault.keeping import local_store
from liuhen.vault.models import Original

BYTES = "application/octet-stream"
LINES = "application/x-ndjson"
TEXT = "text/plain; charset=utf-8"
_RANGE = re.compile(r"bytes=(\d{1,18})-\Z")


class ReplicaToken(HttpBearer):
    """Lets in who holds a token for the scope `replica`."""

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken | None:
        """The token's row."""
        return token_of(token, ApiToken.Scope.REPLICA)


router = Router(tags=["replica"], auth=ReplicaToken())


def _answers(media: str, *statuses: int) -> dict[str, Any]:
    """What the description says of an endpoint that answers with bytes."""
    kind = {"schema": {"type": "string", "format": "binary"}}
    told = {status: {"description": "OK", "content": {media: kind}} for status in statuses}
    return {"responses": told}


# as much as an entry can say
Count = Annotated[int, Field(ge=0, le=LARGEST)]


class HeldCopies(Schema):
    """Digests of originals the replica holds, each checked there."""

    sha256s: list[str]


class Report(Schema):
    """How a replica stands: see docs/formats/replica.md."""

    size: Count
    originals: Count
    missing: Count
    differences: list[dict[str, str]]
    drilled_at: str | None
    drill: dict[str, Count]
    trouble: str = ""


@router.get("/log/checkpoint", summary="最新检查点", include_in_schema=False)
def checkpoint(request: HttpRequest) -> HttpResponse:
    """The newest checkpoint with its cosignatures."""
    newest = latest_checkpoint()
    if newest is None:
        raise Refused("tile.missing")
    return HttpResponse(published_note(newest), content_type=TEXT)


@router.get("/log/bridges", response=list[str], summary="更换密钥时的检查点")
def bridges(request: HttpRequest) -> list[str]:
    """The checkpoints that first covered a change of the log's key, oldest first."""
    return [published_note(one) for one in bridging_checkpoints()]


@router.get(
    "/log/tile/{path:path}",
    summary="树片或者条目包",
    openapi_extra=_answers(BYTES, 200),
)
def tile(request: HttpRequest, path: str) -> HttpResponse:
    """A tile of hashes or a bundle of entries (C2SP tlog-tiles)."""
    found = parse_tile_path(f"tile/{path}")
    if isinstance(found, BundleId):
        return HttpResponse(entry_bundle(found), content_type=BYTES)
    hashes = read_tile(found.level, found.index, found.width)[: found.width * HASH_SIZE]
    if len(hashes) < found.width * HASH_SIZE:
        raise Refused("tile.missing")
    return HttpResponse(hashes, content_type=BYTES)


@router.get(
    "/images/{path:path}",
    summary="一包条目的行映像",
    openapi_extra=_answers(BYTES, 200),
)
def images(request: HttpRequest, path: str) -> HttpResponseBase:
    """The row images of a bundle's entries; `path` names the bundle as a tile path does."""
    found = parse_tile_path(f"tile/entries/{path}")
    assert not isinstance(found, TileId)  # the path says entries
    return StreamingHttpResponse(image_bundle(found), content_type=BYTES)


@router.get(
    "/unbound",
    summary="行映像不含的列",
    openapi_extra=_answers(LINES, 200),
)
def unbound(request: HttpRequest) -> HttpResponseBase:
    """Columns that images leave out, one JSON object a line."""
    return StreamingHttpResponse(unbound_columns(), content_type=LINES)


@router.get(
    "/originals/{sha256}",
    summary="一份原件",
    openapi_extra=_answers(BYTES, 200, 206),
)
def original(request: HttpRequest, sha256: str) -> HttpResponseBase:
    """The bytes of an original, from an offset when `Range: bytes=N-` asks for it."""
    known = Original.objects.filter(sha256=sha256).first() if is_sha256(sha256) else None
    if known is None or not local_store().has(sha256):
        raise Refused("record.not_found")
    asked = _RANGE.match(request.headers.get("Range", ""))
    start = min(int(asked[1]), known.size) if asked else 0
    body = local_store().chunks(sha256, start, known.size)
    answer = StreamingHttpResponse(body, content_type=BYTES, status=206 if asked else 200)
    answer.headers["Content-Length"] = str(known.size - start)
    if asked:
        answer.headers["Content-Range"] = f"bytes {start}-{known.size - 1}/{known.size}"
    return answer


@router.post("/copies", response=dict[str, int], summary="登记副本")
def copies(request: HttpRequest, told: HeldCopies) -> dict[str, Any]:
    """Record copies the replica holds."""
    name = _token(request).name
    return {"recorded": take_copies(system_person(), name, told.sha256s)}


@router.post("/copies/gone", response=dict[str, int], summary="登记副本灭失")
def copies_gone(request: HttpRequest, told: HeldCopies) -> dict[str, Any]:
    """Record that the replica destroyed its copies of originals ordered destroyed."""
    name = _token(request).name
    return {"recorded": take_gone(system_person(), name, told.sha256s)}


@router.post("/report", response=dict[str, str], summary="报告副本的状态")
def report(request: HttpRequest, told: Report) -> dict[str, Any]:
    """Take a replica's report."""
    take_report(system_person(), _token(request).name, told.dict())
    return {"state": "kept"}


def _token(request: HttpRequest) -> ApiToken:
    token: ApiToken = request.auth  # type: ignore[attr-defined]
    return token
