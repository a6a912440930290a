"""A bucket that is away, slow, in error or wrongly set up: nothing is lost, and it is told."""

from __future__ import annotations

import datetime as dt
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from django.conf import settings

import liuhen
from liuhen.commands.doctor import _of_bucket
from liuhen.demo.people import World
from liuhen.host.home import Home
from liuhen.host.secret_files import SecretFiles
from liuhen.host.signs import GREEN, RED, YELLOW, Sign
from liuhen.jobs.copying import copy_on
from liuhen.jobs.scrubbing import scrub_on
from liuhen.kernel import clock as clocks
from liuhen.ledger.sequencing import sequence_all
from liuhen.upkeep.signs import record_signs
from liuhen.vault import s3
from liuhen.vault.keeping import local_store
from liuhen.vault.models import Alarm, Copy
from liuhen.vault.s3 import S3Place, S3Store, place_of
from liuhen.vault.store import S3
from tests.actions.keeping import code_of
from tests.replica.conftest import keep


class Ill(BaseHTTPRequestHandler):
    """Answers 503 to everything, or nothing for a while."""

    seconds = 0.0

    def do_GET(self) -> None:
        time.sleep(self.seconds)
        self.send_response(503)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_PUT = do_HEAD = do_POST = do_DELETE = do_GET  # noqa: N815 - the names http.server asks for

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def ill(seconds: float) -> Iterator[S3Place]:
    handler = type("Handler", (Ill,), {"seconds": seconds})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield S3Place(f"http://127.0.0.1:{server.server_port}", "originals", "us-east-1", "k", "s")
    server.shutdown()
    server.server_close()


def sign() -> Sign:
    (found,) = [one for one in record_signs() if one.name == "bucket"]
    return found


@pytest.mark.parametrize("seconds", [0.0, 2.0], ids=["in error", "slow"])
def test_originals_wait_for_a_bucket_that_does_not_answer_as_it_should(
    world: World, bucket: S3Store, monkeypatch: pytest.MonkeyPatch, seconds: float
) -> None:
    monkeypatch.setattr(s3, "READ_SECONDS", 0.2)
    monkeypatch.setattr(s3, "ATTEMPTS", 1)
    sha256, well = keep(actor=world.system, content=os.urandom(64)), settings.S3
    with ill(seconds) as place:
        monkeypatch.setattr(settings, "S3", place)
        assert copy_on() == 0
        assert code_of(S3Store(place).check) == "s3.away"
    assert local_store().has(sha256) and not Copy.objects.filter(store=S3).exists()
    assert sign().lamp == YELLOW and "1 份原件等待存入" in sign().words
    with clocks.frozen(clocks.now() + dt.timedelta(minutes=16)):
        monkeypatch.setattr(settings, "S3", place)  # nothing listens there any more
        assert copy_on() == 0
        assert sign().lamp == YELLOW, "the last success is not known"
    monkeypatch.setattr(settings, "S3", well)
    monkeypatch.setattr(s3, "READ_SECONDS", 60)
    assert copy_on() == 1
    assert sign().lamp == GREEN and bucket.digest(sha256) == sha256
    with clocks.frozen(clocks.now() + dt.timedelta(minutes=16)):
        monkeypatch.setattr(settings, "S3", place)
        keep(actor=world.system, content=os.urandom(64))
        copy_on()
        assert sign().lamp == RED and "liuhen doctor" in sign().remedy


def test_an_original_the_vault_has_lost_keeps_no_other_waiting(
    world: World, bucket: S3Store
) -> None:
    lost, whole = (keep(actor=world.system, content=os.urandom(64)) for _ in range(2))
    place = local_store().place(lost)
    content = place.read_bytes()
    place.unlink()
    assert copy_on() == 1
    assert bucket.digest(whole) == whole
    assert sign().lamp == YELLOW and "1 份原件在本机缺失或者受损" in sign().words
    place.write_bytes(content)
    assert copy_on() == 1
    assert sign().lamp == GREEN


def test_what_a_bucket_that_is_away_keeps_is_not_called_lost(
    world: World, bucket: S3Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(actor=world.system, content=os.urandom(64))
    assert copy_on() == 1
    sequence_all()
    monkeypatch.setattr(s3, "ATTEMPTS", 1)
    with ill(0) as place:
        monkeypatch.setattr(settings, "S3", place)
        scrub_on()
    assert not Alarm.objects.exists()


def test_the_doctor_asks_the_bucket_and_says_what_to_do(
    tmp_path: Path, bucket: S3Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, place = Home(tmp_path / "home").create(), bucket.place
    assert list(_of_bucket(home)) == []
    monkeypatch.setenv("LIUHEN_S3_ENDPOINT", place.endpoint)
    (missing,) = _of_bucket(home)
    assert missing.lamp == RED and "LIUHEN_S3_BUCKET" in missing.words
    monkeypatch.setenv("LIUHEN_S3_BUCKET", place.bucket)
    (home.secrets.folder / "s3.key").write_text(f"{place.key}\n", "utf-8")
    (home.secrets.folder / "s3.secret").write_text(place.secret, "utf-8")
    for name in ("s3.key", "s3.secret"):
        (home.secrets.folder / name).chmod(0o600)
    (well,) = _of_bucket(home)
    assert well.lamp == GREEN
    (home.secrets.folder / "s3.secret").chmod(0o640)
    (open_,) = _of_bucket(home)
    assert open_.lamp == RED and "s3.secret" in open_.words


TOLD = {
    "LIUHEN_S3_ENDPOINT": "https://s3.example.cn:9000",
    "LIUHEN_S3_BUCKET": "originals",
    "LIUHEN_S3_KEY": "k",
    "LIUHEN_S3_SECRET": "s",
}


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("setting.s3_endpoint", {"LIUHEN_S3_ENDPOINT": "http://s3.example.cn"}),
        ("setting.s3_endpoint", {"LIUHEN_S3_ENDPOINT": "s3.example.cn"}),
        ("setting.s3_endpoint", {"LIUHEN_S3_ENDPOINT": "https://s3.example.cn/bucket"}),
        ("setting.s3_missing", {"LIUHEN_S3_BUCKET": ""}),
        ("setting.s3_missing", {"LIUHEN_S3_KEY": ""}),
        ("setting.s3_missing", {"LIUHEN_S3_SECRET": ""}),
        ("setting.s3_ca", {"LIUHEN_S3_CA": "/nowhere/ca.pem"}),
    ],
)
def test_settings_that_cannot_be_meant_are_refused(
    tmp_path: Path, code: str, told: dict[str, str]
) -> None:
    assert code_of(place_of, environment={**TOLD, **told}, secrets=SecretFiles(tmp_path)) == code


def test_settings_as_the_page_has_them_name_a_place(tmp_path: Path) -> None:
    found = place_of(TOLD, SecretFiles(tmp_path))
    assert found == S3Place("https://s3.example.cn:9000", "originals", "us-east-1", "k", "s")
    assert place_of({}, SecretFiles(tmp_path)) is None
    here = {**TOLD, "LIUHEN_S3_ENDPOINT": "http://127.0.0.1:9000/"}
    assert place_of(here, SecretFiles(tmp_path)) is not None


def test_nobody_without_a_bucket_waits_for_its_client() -> None:
    loaded = re.compile(r"^(import|from) (boto3|botocore)\b", re.MULTILINE)
    source = Path(liuhen.__file__).parent.rglob("*.py")
    assert [path for path in source if loaded.search(path.read_text("utf-8"))] == []
