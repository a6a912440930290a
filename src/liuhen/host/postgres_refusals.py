"""What PostgreSQL said when it didn't start, as a refusal an operator can act on.

Not for errors of a running database: those belong to the doors.
"""

from __future__ import annotations

from pathlib import Path

from liuhen.kernel.refusals import Refused

_DISK_FULL = ("No space left on device", "Disk quota exceeded", "could not extend file")
_NOT_WRITABLE = ("Permission denied", "Read-only file system", "Operation not permitted")
_DAMAGED = (
    "could not locate a valid checkpoint record",
    "could not locate required checkpoint record",
    "incorrect checksum in control file",
    "database files are incompatible with server",
    "database system identifier",
    "invalid page in block",
    "is not a valid data directory",
    "could not open file",
    "could not open directory",
    "could not read file",
    "could not find",
    "contains invalid data",
    "invalid data in",
    "page verification failed",
    "cluster is corrupted",
    "requested timeline",
    "PANIC",
)


def refusal_from_log(said: str, folder: Path) -> Refused:
    """The refusal for what `initdb` or the postmaster wrote before it gave up."""
    told = _telling_line(said)
    for code, marks in (
        ("host.disk_full", _DISK_FULL),
        ("host.not_writable", _NOT_WRITABLE),
        ("postgres.damaged", _DAMAGED),
    ):
        if any(mark in said for mark in marks):
            return Refused(code, path=str(folder), folder=str(folder), said=told)
    return Refused("postgres.not_started", said=told)


def _telling_line(said: str) -> str:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    telling = [line for line in lines if any(m in line for m in ("PANIC", "FATAL", "error:"))]
    return (telling or lines or [""])[0][:500]
