"""What a server said before it gave up becomes a word the operator can act on.

The lines are what PostgreSQL 18 wrote when each of these was done to it.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from liuhen.host.postgres_refusals import refusal_from_log

PREFIX = "2026-11-23 15:52:07.885 UTC [18243] "


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (
            'FATAL:  could not extend file "base/1/2691": wrote only 4096 of 8192 bytes at block 8',
            "host.disk_full",
        ),
        (
            'PANIC:  could not write to file "pg_wal/xlogtemp.7": No space left on device',
            "host.disk_full",
        ),
        ('FATAL:  could not open file "postmaster.pid": Permission denied', "host.not_writable"),
        ("FATAL:  could not create file: Read-only file system", "host.not_writable"),
        ("PANIC:  could not locate a valid checkpoint record at 0/16F3E10", "postgres.damaged"),
        ("FATAL:  incorrect checksum in control file", "postgres.damaged"),
        (
            'FATAL:  could not open file "global/pg_filenode.map": No such file or directory',
            "postgres.damaged",
        ),
        ("FATAL:  unrecognized configuration parameter", "postgres.not_started"),
        ("", "postgres.not_started"),
    ],
)
def test_the_last_words_decide(said: str, code: str) -> None:
    refused = refusal_from_log(f"{PREFIX}LOG:  starting\n{PREFIX}{said}\n", Path("/srv/home"))
    assert refused.code == code
    assert said in str(refused.data["said"])
