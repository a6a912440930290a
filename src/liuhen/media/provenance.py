"""What a copy says of itself: a C2PA manifest, signed, inside the file.

It names the original by its digest and what was done to it. Only files we wrote are signed or
read here. Not for the proof of an original (`tlog`).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import c2pa

from liuhen.kernel.refusals import Fault

# Types that can carry a manifest.
SIGNED = frozenset({"video/mp4", "image/jpeg", "application/pdf"})
_SOURCE = "http://cv.iptc.org/newscodes/digitalsourcetype/humanEdits"  # a name, never asked for
_ORIGIN = "cn.liuhen.origin"


@dataclass(frozen=True)
class Told:
    """What a manifest tells: the original's digest, what was done, by whom and why."""

    sha256: str
    actions: Sequence[str]
    by: str
    reason: str
    at: str


def sign(path: Path, out: Path, kind: str, told: Told, *, chain: bytes, key: bytes) -> None:
    """Write `path` to `out` with a signed manifest; `kind` is its content type.

    Raises:
        Fault: the library refused our own file or key.
    """
    signer = c2pa.Signer.from_info(c2pa.C2paSignerInfo(b"es256", chain, key, None))
    try:
        with path.open("rb") as source, out.open("w+b") as target:
            c2pa.Builder(_manifest(told)).sign(signer, kind, source, target)
    except c2pa.C2paError as error:
        raise Fault(f"no manifest on {kind}: {error}") from error


def read(path: Path, kind: str) -> tuple[Told, str] | None:
    """What a copy says of itself, and the library's word on it: `Valid`, `Trusted`, `Invalid`.

    None: it says nothing.
    """
    try:
        with path.open("rb") as source:
            found = json.loads(c2pa.Reader(kind, source).json())
    except c2pa.C2paError:
        return None
    active = found["manifests"][found["active_manifest"]]
    for one in active.get("assertions", ()):
        if one["label"] == _ORIGIN:
            return Told(**one["data"]), str(found.get("validation_state", ""))
    return None


def _manifest(told: Told) -> dict[str, Any]:
    data = {
        "sha256": told.sha256,
        "actions": list(told.actions),
        "by": told.by,
        "reason": told.reason,
        "at": told.at,
    }
    edited = [{"action": name, "when": told.at} for name in told.actions]
    opened = {"action": "c2pa.created", "when": told.at, "digitalSourceType": _SOURCE}
    return {
        "claim_generator_info": [{"name": "Liuhen"}],
        "assertions": [
            {"label": "c2pa.actions", "data": {"actions": [opened, *edited]}},
            {"label": _ORIGIN, "data": data},
        ],
    }
