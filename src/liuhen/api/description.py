"""Completes the OpenAPI description: refusals, examples, and the upload endpoint (tus 1.0).

The words of examples stand in `examples.toml`. Not for the endpoints themselves.
"""

from __future__ import annotations

import json
import tomllib
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from liuhen.api import tus
from liuhen.api.callers import PersonToken, SignedIn
from liuhen.api.once import PARAMETER
from liuhen.api.problems import PROBLEM

if TYPE_CHECKING:
    from ninja.openapi.schema import OpenAPISchema

# What any endpoint may answer beside success; uploads also say what tus and the disk make of them.
REFUSED = (400, 401, 403, 404, 408, 409, 413, 422, 429, 503)
UPLOAD_REFUSED = (*REFUSED, 410, 412, 415, 423, 460, 507)
_UPLOADS = "/api/v1/uploads/"
_BINARY = {"schema": {"type": "string", "format": "binary"}}
_REF = "#/components/schemas/Problem"

_PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "Problem details (RFC 9457): message and remedy in Chinese, as pages show them.",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string", "description": "The code of the refusal: noun.reason."},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "remedy": {"type": "string"},
        "article": {"type": ["string", "null"]},
        "data": {"type": "object", "additionalProperties": {"type": "string"}},
    },
}


def complete(schema: OpenAPISchema) -> OpenAPISchema:
    """The library's description with what it can't know."""
    components = schema.setdefault("components", {})
    components.setdefault("schemas", {}).update({"Problem": _PROBLEM, "UploadState": _STATE})
    schema["paths"].update(_upload_paths(_security(components)))
    for path, operations in schema["paths"].items():
        statuses = UPLOAD_REFUSED if path.startswith(_UPLOADS) else REFUSED
        for method, operation in operations.items():
            if method != "parameters":
                _refusing(operation, statuses)
                _exemplified(operation)
    return schema


def _security(components: dict[str, Any]) -> list[dict[str, list[str]]]:
    """Session or token, by the names the library gave them."""
    named = (PersonToken.__name__, SignedIn.__name__)
    return [{name: []} for name in named if name in components.get("securitySchemes", {})]


def _refusing(operation: dict[str, Any], statuses: tuple[int, ...]) -> None:
    answers = operation["responses"] = {str(k): v for k, v in operation["responses"].items()}
    for status in statuses:
        answers.setdefault(
            str(status),
            {"description": "Refused", "content": {PROBLEM: {"schema": {"$ref": _REF}}}},
        )


def _exemplified(operation: dict[str, Any]) -> None:
    told = examples().get(operation["operationId"], {})
    if "answer" in told:
        media = operation["responses"]["200"]["content"]["application/json"]
        media["example"] = json.loads(told["answer"])
    if "request" in told:
        operation["requestBody"]["content"]["application/json"]["example"] = json.loads(
            told["request"]
        )


@cache
def examples() -> dict[str, dict[str, str]]:
    """By operation: `request` and `answer` as JSON text."""
    packaged = resources.files("liuhen.api").joinpath("examples.toml")
    return tomllib.loads(packaged.read_text("utf-8"))


def _header(name: str, *, required: bool = True, example: str = "", **kind: Any) -> dict[str, Any]:
    schema = {"type": "string", **kind}
    told = {"example": example} if example else {}
    return {"name": name, "in": "header", "required": required, "schema": schema, **told}


_VERSION = _header("Tus-Resumable", example=tus.VERSION, enum=[tus.VERSION])
_LENGTH = _header("Upload-Length", required=False, example="5242880", pattern="^[0-9]{1,18}$")
_OFFSET = _header("Upload-Offset", example="0", pattern="^[0-9]{1,18}$")
_CHECKSUM = _header("Upload-Checksum", required=False, example="sha256 " + "A" * 43 + "=")
_METADATA = _header(
    "Upload-Metadata",
    required=False,
    example="filename VklEMDAwMS5tcDQ=,device Qk9EWS0wMDE=",
    description="Pairs of key and base64: filename, device, sha256, started_at, returned_at, case.",
)
_CONCAT = _header("Upload-Concat", required=False, example="partial")
_BODY = {"required": True, "content": {tus.BODY_TYPE: _BINARY}}
_STATE: dict[str, Any] = {
    "type": "object",
    "required": ["id", "state", "length", "offset", "sha256"],
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "state": {"enum": ["receiving", "storing", "stored", "refused"]},
        "length": {"type": "integer"},
        "offset": {"type": "integer"},
        "sha256": {"type": ["string", "null"]},
        "recording": {"type": "string", "format": "uuid"},
        "receipt": {"type": "string", "description": "The signed receipt."},
    },
}


_NAMED = {
    "name": "upload_id",
    "in": "path",
    "required": True,
    "schema": {"type": "string", "format": "uuid"},
}
_STATE_MEDIA = {"application/json": {"schema": {"$ref": "#/components/schemas/UploadState"}}}
_NOTHING = {"204": {"description": "Done"}}
_BEGUN = {"201": {"description": "Begun: its address is in Location"}}
_HEAD = {"200": {"description": "What is on disk: Upload-Offset"}}
_TEXT = {"text/plain": {"schema": {"type": "string"}}}


def _upload_paths(security: list[dict[str, list[str]]]) -> dict[str, Any]:
    def does(name: str, summary: str, success: dict[str, Any], **told: Any) -> dict[str, Any]:
        kept = {"operationId": name, "summary": summary, "tags": ["uploads"], **told}
        return {"security": security, **kept, "responses": dict(success)}

    begin = does("upload_begin", "开始上传", _BEGUN, requestBody={**_BODY, "required": False})
    begin["parameters"] = [_VERSION, _LENGTH, _METADATA, _CONCAT, PARAMETER]
    goes_on = does("upload_bytes", "续传", _NOTHING, requestBody=_BODY)
    goes_on["parameters"] = [_VERSION, _OFFSET, _CHECKSUM]
    state = {"200": {"description": "Its state", "content": _STATE_MEDIA}}
    receipt = {"200": {"description": "The signed receipt", "content": _TEXT}}
    return {
        _UPLOADS: {
            "post": begin,
            "options": does("upload_offers", "上传接口的能力", _NOTHING, security=[]),
        },
        _UPLOADS + "{upload_id}": {
            "parameters": [_NAMED],
            "head": does("upload_offset", "已收到多少", _HEAD, parameters=[_VERSION]),
            "patch": goes_on,
            "delete": does("upload_end", "放弃上传", _NOTHING, parameters=[_VERSION]),
            "get": does("upload_state", "上传的状态", state),
        },
        _UPLOADS + "{upload_id}/receipt": {
            "parameters": [_NAMED],
            "get": does("upload_receipt", "入库收据", receipt),
        },
    }
