"""Checks `data/case.json` against the package it lies in: files, references, entries.

Reads the JSON as docs/formats/package.md describes it, without the code that writes it. Not for
the bag's own manifests (`validation`), nor for proofs (`tlog`).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from liuhen.package.findings import Finding

CASE_PATH = "data/case.json"
MAX_CASE_BYTES = 1 << 26
MAX_ENTRY_BYTES = 1 << 16
_FORMAT = "liuhen case package v1"
_MEMBERS: Mapping[str, type] = {
    "case": dict,
    "packed_at": str,
    "papers": list,
    "recordings": list,
    "people": list,
    "events": list,
    "files": list,
}


@dataclass(frozen=True)
class Payload:
    """What was found on disk, by path in the package: sizes of all files, digests of those read.

    `read` returns at most so many bytes of a file that is in `sizes`, `sm3` its SM3 digest.
    """

    sizes: Mapping[str, int]
    digests: Mapping[str, str]
    read: Callable[[str, int], bytes]
    sm3: Callable[[str], str]


def case_findings(payload: Payload) -> list[Finding]:
    """What is wrong between the case manifest and the payload."""
    if CASE_PATH not in payload.sizes:
        return [Finding("case.missing", CASE_PATH)]
    findings: list[Finding] = []
    try:
        # One by one, so that what was found before a fault in the JSON stays.
        for finding in _findings(json.loads(payload.read(CASE_PATH, MAX_CASE_BYTES)), payload):
            findings.append(finding)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        findings.append(_malformed(f"{type(error).__name__}: {error}"))
    return findings


def _findings(value: Any, payload: Payload) -> Iterator[Finding]:
    if value["format"] != _FORMAT:
        yield _malformed("format")
        return
    for member, kind in _MEMBERS.items():
        if not isinstance(value[member], kind):
            yield _malformed(member)
            return
    described = list(_described(value))
    for file in described:
        yield from _file_findings(file, payload)
    known = {CASE_PATH, *(file["path"] for file in described)}
    for path in payload.digests:
        if path.startswith("data/") and path not in known:
            yield Finding("case.file_undescribed", path)
    yield from _reference_findings(value)
    yield from _entry_findings(value, payload)


def _described(value: Any) -> Iterator[dict[str, Any]]:
    for record in (*value["papers"], *value["recordings"], *value["files"]):
        yield record["file"]
    optional = [recording["receipt"] for recording in value["recordings"]]
    for event in value["events"]:
        yield event["entry"]
        optional.append(event["proof"])
    optional.append(value["log"]["checkpoint"] if value["log"] else None)
    yield from (file for file in optional if file is not None)


def _file_findings(file: dict[str, Any], payload: Payload) -> Iterator[Finding]:
    path = file["path"]
    if path not in payload.sizes:
        yield Finding("case.file_missing", path)
        return
    for name, found in (("sha256", payload.digests.get(path)), ("size", payload.sizes[path])):
        if found is not None and found != file[name]:
            yield Finding(
                "case.file_differs", path, {"member": name, "expected": file[name], "found": found}
            )
    if "sm3" in file and (found := payload.sm3(path)) != file["sm3"]:
        told = {"member": "sm3", "expected": file["sm3"], "found": found}
        yield Finding("case.file_differs", path, told)


def _reference_findings(value: Any) -> Iterator[Finding]:
    records = (*value["papers"], *value["recordings"])
    objects = [value["case"]["id"], *(record["id"] for record in records)]
    agents = [agent["id"] for agent in value["people"]]
    events = [event["id"] for event in value["events"]]
    for group in (objects, agents, events):
        for one, times in Counter(group).items():
            if times > 1:
                yield Finding("case.id_twice", CASE_PATH, {"id": one})
    for event in value["events"]:
        for member, known in (("agents", agents), ("objects", objects)):
            for link in event[member]:
                if link["id"] not in known:
                    yield _unknown(member, link["id"])
    for record in records:
        if record["recorded_by"] is not None and record["recorded_by"] not in events:
            yield _unknown("recorded_by", record["recorded_by"])


def _entry_findings(value: Any, payload: Payload) -> Iterator[Finding]:
    """An event says what its entry says, and an entry that records a file names its digest."""
    entries: dict[str, bytes] = {}
    for event in value["events"]:
        path = event["entry"]["path"]
        if path in payload.sizes:
            entries[event["id"]] = raw = payload.read(path, MAX_ENTRY_BYTES)
            if not _is_entry_of(event, raw):
                yield Finding("case.entry_differs", path)
    for record in (*value["papers"], *value["recordings"]):
        entry_id, file = record["recorded_by"], record["file"]
        if entry_id in entries and file["sha256"].encode() not in entries[entry_id]:
            yield Finding("case.entry_silent", file["path"], {"entry": entry_id})


def _is_entry_of(event: dict[str, Any], raw: bytes) -> bool:
    try:
        entry = json.loads(raw)
        said = (entry["id"], entry["event"], entry["at"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return False
    return said == (event["id"], event["type"], event["at"])


def _malformed(error: str) -> Finding:
    return Finding("case.malformed", CASE_PATH, {"error": error})


def _unknown(member: str, found: object) -> Finding:
    return Finding("case.unknown_reference", CASE_PATH, {"member": member, "found": found})
