"""Of a destroyed record nothing is left to find: not in a file, a row, a replica or a bucket."""

from __future__ import annotations

import datetime as dt
import time
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from liuhen.actions.destroying import destroy_ordered
from liuhen.actions.second_copies import enter_copies, make_missing_copies
from liuhen.archive.models import Disposal
from liuhen.jobs.media import make_thumbnail
from liuhen.kernel import clock as clocks
from liuhen.kernel.digests import sha256_hex
from liuhen.ledger.sequencing import sequence_all
from liuhen.recordings.derivatives import THUMBNAIL, derivative_path
from liuhen.recordings.models import Recording
from liuhen.recordings.texts import put_draft
from liuhen.search.indexing import follow_all, rebuild
from liuhen.vault.keeping import local_store
from liuhen.vault.s3 import S3Store
from liuhen.vault.store import S3
from tests.actions import keeping
from tests.api.conftest import server  # noqa: F401 - a fixture
from tests.replica.conftest import Pair, pair  # noqa: F401 - a fixture
from tests.vault.weed import Engine
from tests.web.conftest import picture
from tests.world import MORNING

_SEED = 741
_READ, _HEARD = "界碑上刻着青松样例", "听见样例路口的铃声"
# What is recorded for good names the original by its digest; nothing else does.
_NAME_IT = {
    *("vault_original", "vault_copy", "vault_receipt", "vault_destruction", "vault_copygone"),
    *("vault_objectlock", "recordings_recording", "archive_disposalitem"),
    *("ledger_entry", "ledger_rowimage", "ledger_spooled"),
}


def spelt(content: bytes) -> str:
    """Bytes as the database spells those of a column."""
    return content.hex()


def in_bucket(weed: Engine, bucket: S3Store, *contents: bytes) -> list[str]:
    """Keys of every version in the bucket that holds one of these bytes."""
    named, client = bucket.place.bucket, weed.client
    found = []
    for page in client.get_paginator("list_object_versions").paginate(Bucket=named):
        for one in page.get("Versions", ()):
            read = client.get_object(Bucket=named, Key=one["Key"], VersionId=one["VersionId"])
            body = read["Body"].read()
            found += [one["Key"] for content in contents if content in body]
    return found


def test_nothing_of_a_destroyed_picture_is_left_in_any_file_row_replica_or_bucket(
    pair: Pair,  # noqa: F811
    weed: Engine,
    bucket: S3Store,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    second = tmp_path / "second"
    second.mkdir()
    monkeypatch.setattr(settings, "SECOND_STORE", second)
    pair.waits(0)
    content = picture(4_000_000 + _SEED)
    with clocks.frozen(MORNING) as clock:
        (recording,) = keeping.old_recordings(pair.world, clock, 1, _SEED)
        sha256 = recording.original_id
        small = _everything_made_of_it(pair, bucket, recording)
        clock.move(days=-795)  # the replica's token is good for a month
        sequence_all()
        pair.pull()
    made = (content, small)
    words = (_READ, _HEARD, spelt(content), spelt(small), sha256_hex(small))
    assert len(keeping.files_with(content, second, pair.folder.path)) >= 3
    assert in_bucket(weed, bucket, *made) and keeping.files_with(small)
    assert keeping.tables_with(*words) == {
        *("recordings_drafttext", "recordings_derivative", "search_indexed"),
    }
    with clocks.frozen(MORNING + dt.timedelta(days=800)) as clock:
        _order(pair, clock, recording)
        time.sleep(4)  # the engine's own clock ends the lock
        destroy_ordered()
        assert Disposal.objects.get().state == "destroying", "the replica holds it still"
    with clocks.frozen(MORNING + dt.timedelta(days=6)):
        sequence_all()
        pair.pull()
        destroy_ordered()
        assert Disposal.objects.get().state == "destroyed"
        sequence_all()
        follow_all()
        rebuild()
    for one in made:
        assert keeping.files_with(one, second, pair.folder.path) == []
    assert in_bucket(weed, bucket, *made) == []
    assert keeping.tables_with(*words) == set()
    assert keeping.tables_with(sha256) <= _NAME_IT
    roots = (settings.HOME.path, second, pair.folder.path)
    named = [path for root in roots for path in root.rglob(f"*{sha256}*")]
    assert named == [], "not even an empty file of its name"


def _everything_made_of_it(pair: Pair, bucket: S3Store, recording: Recording) -> bytes:  # noqa: F811
    """Copies in every store, what a machine saw and heard in it; its thumbnail."""
    sha256 = recording.original_id
    make_missing_copies()
    until = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=3)
    bucket.put(local_store().place(sha256), sha256, until.replace(microsecond=0))
    enter_copies(actor=pair.world.system, store=S3, digests=[sha256])
    make_thumbnail(sha256)
    keeping.everything_made_from(recording, picture(4_000_000 + _SEED))
    told: dict[str, Any] = {"model": "m", "version": "1"}
    put_draft(sha256, "picture", text=_READ, **told)
    put_draft(sha256, "speech", lines=[{"from": 0, "to": 9, "text": _HEARD}], **told)
    sequence_all()
    follow_all()
    rebuild()
    return derivative_path(sha256, THUMBNAIL).read_bytes()


def _order(pair: Pair, clock: clocks.FrozenClock, recording: Recording) -> None:  # noqa: F811
    keeping.switch_on(pair.world, clock)
    listed = keeping.propose(pair.world, [recording])
    keeping.approve(pair.world, listed.id)
    clock.move(days=31)
    keeping.begin(pair.world, listed.id)
