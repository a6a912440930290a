"""The upload endpoint, /api/v1/uploads/: tus 1.0 as unchanged clients speak it.

A whole upload becomes a recording before its last request is answered. Offsets are answered only
when those bytes are fsynced. Others' uploads do not exist. Not for the rules of intake
(`actions.taking_in`) or for how bytes are written (`recordings.receiving`).

Beside tus: GET of an upload tells its state as JSON; an answer that completes one carries the
headers Liuhen-Recording, Liuhen-Sha256 and Liuhen-Receipt (base64 of the signed note).
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt

from liuhen.actions.taking_in import finish_upload
from liuhen.api import tus
from liuhen.api.callers import DOCKING, let_in
from liuhen.api.once import done_once
from liuhen.api.problems import problem, sign_in_first
from liuhen.kernel.canonical import dumps
from liuhen.kernel.refusals import Refused, explain
from liuhen.recordings import running_digest
from liuhen.recordings.concatenation import begin_concatenation
from liuhen.recordings.intake import TurnLostError
from liuhen.recordings.receiving import receive
from liuhen.recordings.staging import AnyTurn
from liuhen.recordings.streams import streams
from liuhen.recordings.uploads import begin_upload, end_upload, owned_upload, take_turn

if TYPE_CHECKING:
    from liuhen.people.models import Person
    from liuhen.recordings.models import Upload

View = Callable[..., HttpResponse]


def answering(view: View) -> View:
    """For every answer, refusals too: signed in, protocol version, tus headers, JSON problems."""

    @wraps(view)
    def answer(request: HttpRequest, **parts: UUID) -> HttpResponse:
        try:
            if not let_in(request, DOCKING):
                response: HttpResponse = sign_in_first()
            else:
                return tus.signed(view(request, **parts))
        except Refused as refused:
            response = problem(refused)
            if refused.code == "upload.version":
                response.headers["Tus-Version"] = tus.VERSION
        except TurnLostError:
            response = problem(Refused("upload.taken_over"))
        return tus.signed(response)

    return answer


@csrf_exempt  # a session's csrf value is asked for in `callers.let_in`, a token needs none
def uploads(request: HttpRequest) -> HttpResponse:
    """The collection: OPTIONS tells what is offered, POST creates an upload."""
    if request.method == "OPTIONS":
        return tus.capabilities()
    if request.method != "POST":
        return tus.signed(HttpResponseNotAllowed(["OPTIONS", "POST"]))
    return _create(request)


@csrf_exempt
def upload(request: HttpRequest, upload_id: UUID) -> HttpResponse:
    """One upload: HEAD its offset, PATCH bytes, DELETE it, GET its state."""
    method = tus.method_of(request)
    if method == "OPTIONS":
        return tus.capabilities()
    handler = {"HEAD": _head, "PATCH": _patch, "DELETE": _delete, "GET": _get}.get(method)
    if handler is None:
        return tus.signed(HttpResponseNotAllowed(["HEAD", "PATCH", "DELETE", "GET", "OPTIONS"]))
    return handler(request, upload_id=upload_id)


@answering
def _create(request: HttpRequest) -> HttpResponse:
    tus.require_version(request)
    part_ids = tus.named_parts(request)
    if part_ids is not None:
        return _put_together(request, part_ids)
    length = tus.upload_length(request)
    brings_bytes = request.content_type == tus.BODY_TYPE
    begun = _begun(request, length)
    response = HttpResponse(status=201)
    response.headers["Location"] = _address(begun.id)
    if brings_bytes:
        with streams.take():
            _receive(request, begun, 0)
        _put_result(response, begun)
    _put_state(response, begun)
    return response


def _begun(request: HttpRequest, length: int) -> Upload:
    """A new upload; the one begun before when its key comes again."""
    told, is_part = tus.metadata(request), tus.is_part(request)

    def begin() -> dict[str, str]:
        return {"id": str(begin_upload(_person(request), length, told, is_part=is_part).id)}

    # as text: a length is refused for what it is, not for what canonical JSON can hold
    content = dumps({"length": str(length), "metadata": told, "is_part": is_part})
    return owned_upload(_person(request), UUID(done_once(request, content, begin)["id"]))


def _put_together(request: HttpRequest, part_ids: list[UUID]) -> HttpResponse:
    begun = begin_concatenation(_person(request), part_ids, tus.metadata(request))
    with streams.take():
        found = finish_upload(begun.id)
    response = HttpResponse(status=201)
    response.headers["Location"] = _address(found.id)
    _put_state(response, found)
    _put_result(response, found)
    return response


@answering
def _head(request: HttpRequest, upload_id: UUID) -> HttpResponse:
    tus.require_version(request)
    found = owned_upload(_person(request), upload_id)
    response = HttpResponse(status=200)
    is_receiving = found.offset < found.length
    if is_receiving and not found.parts:
        # Whoever asks has lost the line: what the old one brought counts, its turn is over.
        take_turn(found).close()
    if not (is_receiving and found.parts):
        # A server that was killed after the last byte left this to do.
        found = finish_upload(found.id)
    _put_state(response, found)
    _put_result(response, found)
    response.headers["Upload-Length"] = str(found.length)
    return response


@answering
def _patch(request: HttpRequest, upload_id: UUID) -> HttpResponse:
    tus.require_version(request)
    tus.require_body_type(request)
    offset = tus.whole_number(request, "Upload-Offset")
    with streams.take():
        found = owned_upload(_person(request), upload_id)
        if found.parts:
            raise Refused("upload.of_parts")
        _receive(request, found, offset)
    response = HttpResponse(status=204)
    _put_state(response, found)
    _put_result(response, found)
    return response


@answering
def _delete(request: HttpRequest, upload_id: UUID) -> HttpResponse:
    tus.require_version(request)
    end_upload(owned_upload(_person(request), upload_id))
    return HttpResponse(status=204)


@answering
def _get(request: HttpRequest, upload_id: UUID) -> HttpResponse:
    found = owned_upload(_person(request), upload_id)
    told: dict[str, object] = {
        "id": str(found.id),
        "state": _state(found),
        "length": found.length,
        "offset": found.offset,
        "sha256": found.sha256 or None,
    }
    if found.result is not None:
        recording_id = found.result["recording"]
        told |= {"recording": recording_id, "receipt": found.result["receipt"]}
        told["recording_href"] = reverse("recording", kwargs={"recording_id": recording_id})
        told["receipt_href"] = reverse("api-receipt", kwargs={"upload_id": found.id})
    if found.refusal is not None:
        told |= _refusal(found.refusal)
    return JsonResponse(told)


def _state(found: Upload) -> str:
    if found.result is not None:
        return "stored"
    if found.refusal is not None:
        return "refused"
    return "storing" if found.offset == found.length else "receiving"


def _refusal(refusal: dict[str, Any]) -> dict[str, object]:
    code, data = refusal["code"], refusal["data"]
    text = explain(Refused(code, **data))
    told: dict[str, object] = {"code": code, "message": text.message, "remedy": text.remedy}
    if code == "recording.duplicate":
        told["is_duplicate"] = True
        told["recording_href"] = reverse("recording", kwargs={"recording_id": data["recording"]})
    return told


@answering
def receipt(request: HttpRequest, upload_id: UUID) -> HttpResponse:
    """The signed receipt of a stored upload, as the text that is signed."""
    found = owned_upload(_person(request), upload_id)
    if found.result is None:
        raise Refused("record.not_found")
    response = HttpResponse(found.result["receipt"], content_type="text/plain; charset=utf-8")
    name = f"receipt-{found.result['sha256'][:12]}.txt"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _person(request: HttpRequest) -> Person:
    return cast("Person", request.user)


def _receive(request: HttpRequest, found: Upload, offset: int) -> None:
    """Take the request's body into the upload; make the recording when it is whole.

    Afterwards `found` tells its new state.
    """
    if found.refusal is not None or found.result is not None or found.offset == found.length:
        _require_offset(offset, found.length)
        finish_upload(found.id)
    else:
        _receive_body(request, found, offset)
        if found.offset == found.length:
            finish_upload(found.id)
    found.refresh_from_db()


def _receive_body(request: HttpRequest, found: Upload, offset: int) -> None:
    length, checksum = tus.body_length(request), tus.checksum(request)
    turn = take_turn(found)
    try:
        _require_offset(offset, turn.offset)
        left = found.length - turn.offset
        if length is not None and length > left:
            raise Refused("upload.too_long")
        # The body may take hours; the connection goes back meanwhile.
        connection.close()
        read = request.environ["wsgi.input"].read if length is None else request.read  # type: ignore[attr-defined]
        came = _receive_checked(turn, read, left if length is None else length, checksum, found.id)
        found.offset = turn.durable
        if length is not None and came < length:
            raise Refused("upload.interrupted", offset=turn.durable)
    finally:
        turn.close()


def _require_offset(claimed: int, held: int) -> None:
    if claimed != held:
        raise Refused("upload.offset", offset=held)


def _receive_checked(
    turn: AnyTurn,
    read: Callable[[int], bytes],
    length: int,
    checksum: tus.Checksum | None,
    upload_id: UUID,
) -> int:
    """Receive, and keep what came only if it is what the sender's checksum says."""
    digest = turn.digest()
    if checksum is None:
        came = receive(turn, read, length, digest)
        running_digest.put_back(upload_id, digest)
        return came
    before, turn.counts = digest.copy(), False
    came = receive(turn, checksum.reading(read), length, digest)
    if not checksum.is_met():
        turn.discard()
        running_digest.put_back(upload_id, before)
        raise Refused(
            "upload.checksum" if came == length else "upload.interrupted", offset=turn.durable
        )
    turn.counts = True
    turn.record(turn.sync(), digest)
    running_digest.put_back(upload_id, digest)
    return came


def _address(upload_id: UUID | str) -> str:
    return reverse("api-upload", kwargs={"upload_id": upload_id})


def _put_state(response: HttpResponse, found: Upload) -> None:
    if found.is_part:
        response.headers["Upload-Concat"] = "partial"
    elif found.parts:
        response.headers["Upload-Concat"] = "final;" + " ".join(map(_address, found.parts))
    if not found.parts or found.offset == found.length:
        response.headers["Upload-Offset"] = str(found.offset)
    tus.put_expiry(response, found.expires_at.timestamp())


def _put_result(response: HttpResponse, found: Upload) -> None:
    if found.result is None:
        return
    response.headers["Liuhen-Recording"] = found.result["recording"]
    response.headers["Liuhen-Sha256"] = found.result["sha256"]
    receipt = base64.b64encode(found.result["receipt"].encode()).decode("ascii")
    response.headers["Liuhen-Receipt"] = receipt
