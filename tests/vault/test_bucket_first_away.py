"""The bucket comes first and is slow, in error, or lost an object: what was acknowledged stays."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
from pathlib import Path

import pytest
from django.conf import settings

from liuhen.actions.bucket_copies import renew_locks
from liuhen.actions.taking_in import finish_upload
from liuhen.actions.tokens import issue_token
from liuhen.demo.people import World
from liuhen.kernel import clock as clocks
from liuhen.kernel.refusals import Refused
from liuhen.ledger.recording import Who
from liuhen.ledger.sequencing import sequence_all
from liuhen.ledger.signing import signer
from liuhen.recordings.models import Recording
from liuhen.recordings.uploads import begin_upload
from liuhen.recovery.repair import FolderSource, Repaired, repair
from liuhen.replica.folder import ReplicaFacts, ReplicaFolder
from liuhen.replica.pulling import pull
from liuhen.replica.source import Primary
from liuhen.vault import s3
from liuhen.vault.checks import differences
from liuhen.vault.keeping import local_store
from liuhen.vault.models import Alarm
from liuhen.vault.s3 import S3Store
from liuhen.vault.scrubbing import scrub
from tests.api.conftest import Server, server  # noqa: F401 - a fixture
from tests.replica.conftest import keep
from tests.vault.test_bucket import behind_the_back
from tests.vault.test_bucket_away import ill
from tests.vault.test_bucket_first import first, forget_this_machine, send  # noqa: F401 - a fixture
from tests.vault.weed import Engine
from tests.web.conftest import picture


@pytest.mark.parametrize("seconds", [0.0, 2.0], ids=["in error", "slow"])
def test_an_upload_waits_for_the_bucket_and_goes_on_from_what_was_acknowledged(
    world: World,
    first: S3Store,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
    seconds: float,
) -> None:
    content = picture(4_300_000 + int(seconds))
    upload = begin_upload(world["officer"], len(content), {"filename": "街.png"})
    half = len(content) // 2
    send(upload, content, breaks_after=half)  # the bucket is well, and may take its time
    monkeypatch.setattr(s3, "READ_SECONDS", 0.2)
    monkeypatch.setattr(s3, "ATTEMPTS", 1)
    with ill(seconds) as place, monkeypatch.context() as away:
        away.setattr(settings, "S3", place)
        with pytest.raises(Refused, match=r"s3\.away"):
            send(upload, content)
    upload.refresh_from_db()
    assert upload.offset == half, "no more was acknowledged, and no less"
    monkeypatch.setattr(s3, "READ_SECONDS", 60)
    send(upload, content)
    with ill(seconds) as place, monkeypatch.context() as away:
        away.setattr(settings, "S3", place)
        away.setattr(s3, "READ_SECONDS", 0.2)
        with pytest.raises(Refused, match=r"s3\.away"):
            finish_upload(upload.id)
    assert not Recording.objects.exists()
    done = finish_upload(upload.id)
    assert done.result is not None
    assert done.result["sha256"] == hashlib.sha256(content).hexdigest()
    sequence_all()
    assert list(differences()) == []


def test_what_is_here_is_read_while_the_bucket_is_away(
    world: World,
    first: S3Store,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(s3, "ATTEMPTS", 1)
    here, there = (keep(actor=world.system, content=os.urandom(64)) for _ in range(2))
    local_store().path(there).unlink()
    with ill(0) as place:
        monkeypatch.setattr(settings, "S3", place)
        assert local_store().place(here).is_file()
        with pytest.raises(Refused, match=r"s3\.away"):
            local_store().place(there)


def test_a_silently_lost_object_is_found_by_the_scrub_and_comes_back_from_the_replica(
    world: World,
    first: S3Store,  # noqa: F811
    weed: Engine,
    server: Server,  # noqa: F811
    tmp_path: Path,
) -> None:
    lost, whole = (keep(actor=world.system, content=os.urandom(5000)) for _ in range(2))
    renew_locks()
    sequence_all()
    folder = followed(world, server, tmp_path / "replica")
    behind_the_back(weed, first, lost)
    forget_this_machine()
    who = Who(world.system.id, world.system.name)
    with clocks.frozen(clocks.now()) as clock:
        assert scrub(600, lambda: who).found == 1
        (alarm,) = Alarm.objects.filter(gone_at=None)
        assert (alarm.code, alarm.record) == ("original.missing", f"vault_original/{lost}")
        done = list(repair(world.system, FolderSource(folder.path)))
        assert done == [Repaired(lost, "", "mended")]
        assert first.digest(lost) == lost and first.locked_until(lost) is not None
        clock.move(hours=1)
        assert scrub(600, lambda: who).found == 0
        assert not Alarm.objects.filter(gone_at=None).exists()
    assert first.digest(whole) == whole


def followed(world: World, server: Server, path: Path) -> ReplicaFolder:  # noqa: F811
    """A replica that has pulled everything, from a machine that reads it from the bucket."""
    until = clocks.now() + dt.timedelta(days=30)
    secret = issue_token(actor=world.system, name="beta", scope="replica", until=until).secret
    address, log = f"http://127.0.0.1:{server.port}", signer()
    facts = ReplicaFacts(address, log.name, "beta", log.verifier.vkey)
    folder = ReplicaFolder(path).create(facts, secret)
    with Primary(address, secret) as primary:
        pull(folder, primary)
    return folder
