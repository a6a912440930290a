"""Checkpoints are stamped by a real local authority (`openssl ts`), kept, and verified again."""

from __future__ import annotations

import datetime as dt
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import psycopg
import pytest
from django.conf import settings
from tests.replica.attacker import unguarded

from liuhen.demo.people import World
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.ledger.models import Attestation, Entry, Stamp
from liuhen.ledger.queries import latest_checkpoint, proof_of
from liuhen.ledger.sequencing import sequence_all
from liuhen.ledger.stamping import ASTRAY, AWAY, NAME, WRONG, stamp_newest
from liuhen.tlog.entry_proof import parse_extra, parse_proof
from liuhen.tlog.notes import parse_note
from liuhen.tlog.stamps import stamp_request, trusted_roots, verified_instant
from liuhen.vault.checks import differences

CONFIG = """
[tsa]
default_tsa = one
[one]
serial = {folder}/serial
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha512
accuracy = secs:1
ess_cert_id_alg = sha256
[ext]
extendedKeyUsage = critical,timeStamping
keyUsage = critical,digitalSignature
"""


@dataclass
class Authority:
    """A time-stamping authority: its folder, its address, its root certificate."""

    folder: Path
    address: str = ""

    def openssl(self, *arguments: str) -> bytes:
        done = subprocess.run(
            ["openssl", *arguments], cwd=self.folder, capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout

    def make(self) -> None:
        (self.folder / "ts.cnf").write_text(CONFIG.format(folder=self.folder))
        (self.folder / "serial").write_text("01\n")
        for name, subject in (("root", "/CN=Test root"), ("tsa", "/CN=Test TSA")):
            self.openssl(
                *("req", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{name}.key"),
                *("-subj", subject, "-out", f"{name}.csr"),
            )
        self.openssl(
            *("x509", "-req", "-in", "root.csr", "-key", "root.key", "-out", "root.pem"),
            *(
                "-days",
                "3650",
            ),
        )
        self.openssl(
            *("x509", "-req", "-in", "tsa.csr", "-CA", "root.pem", "-CAkey", "root.key"),
            *("-out", "tsa.pem", "-days", "3650", "-extfile", "ts.cnf", "-extensions", "ext"),
        )

    def stamp(self, query: bytes) -> bytes:
        (self.folder / "query").write_bytes(query)
        self.openssl(
            *("ts", "-reply", "-queryfile", "query", "-out", "reply"),
            *("-config", "ts.cnf", "-section", "one"),
        )
        return (self.folder / "reply").read_bytes()


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    made = Authority(tmp_path_factory.mktemp("tsa"))
    made.make()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = made.stamp(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    made.address = f"http://127.0.0.1:{server.server_port}"
    yield made
    server.shutdown()
    server.server_close()


@pytest.fixture
def stamped(world: World, authority: Authority, monkeypatch: pytest.MonkeyPatch) -> Authority:
    """A log whose newest checkpoint may be stamped; the clock is the authority's."""
    monkeypatch.setattr(settings, "TSA_URL", authority.address)
    monkeypatch.setattr(settings, "TSA_ROOTS", str(authority.folder / "root.pem"))
    sequence_all()
    return authority


def real_now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def test_a_checkpoint_is_stamped_and_openssl_says_the_same(stamped: Authority) -> None:
    with clock.frozen(real_now()):
        assert stamp_newest()
        assert not stamp_newest()
    kept = Stamp.objects.get()
    checkpoint = latest_checkpoint()
    assert checkpoint is not None and kept.checkpoint == checkpoint
    assert abs(kept.stamped_at - real_now()) < dt.timedelta(minutes=5)
    (stamped.folder / "text").write_text(parse_note(checkpoint.note).text)
    (stamped.folder / "kept.tsr").write_bytes(bytes(kept.token))
    told = stamped.openssl(
        *("ts", "-verify", "-data", "text", "-in", "kept.tsr", "-CAfile", "root.pem")
    )
    assert b"OK" in told
    assert list(differences()) == []
    entry = Entry.objects.order_by("recorded_at", "id")[0]
    assert parse_extra(parse_proof(proof_of(entry.id).text).extra).stamps == (bytes(kept.token),)


def test_a_clock_that_strays_from_the_authority_s_is_shown(stamped: Authority) -> None:
    assert stamp_newest()  # the test's clock stands in March
    assert Attestation.objects.get(name=NAME).trouble == ASTRAY


def test_a_stamp_of_something_else_or_by_somebody_else_is_refused(stamped: Authority) -> None:
    roots = trusted_roots((stamped.folder / "root.pem").read_bytes())
    request = stamp_request("one\n")
    answer = stamped.stamp(request.body)
    assert verified_instant(answer, "one\n", roots, request.nonce)
    for text, trusted, nonce in (
        ("two\n", roots, None),
        ("one\n", trusted_roots((stamped.folder / "tsa.pem").read_bytes()), None),
        ("one\n", roots, 1),
    ):
        with pytest.raises(Refused) as refused:
            verified_instant(answer, text, trusted, nonce)
        assert refused.value.code == "stamp.wrong"
    with pytest.raises(Refused):
        verified_instant(b"nonsense", "one\n", roots)
    with pytest.raises(Refused) as refused:
        trusted_roots(b"no certificate")
    assert refused.value.code == "stamp.roots"


def test_an_altered_stamp_is_found(stamped: Authority, owner: psycopg.Connection) -> None:
    with clock.frozen(real_now()):
        stamp_newest()
    other = stamped.stamp(stamp_request("another text\n").body)
    unguarded(owner, "UPDATE ledger_stamp SET token = %s", other)
    assert [one.code for one in differences()] == ["stamp.wrong"]


@pytest.mark.parametrize(("what", "trouble"), [("away", AWAY), ("roots", WRONG)])
def test_an_authority_that_does_not_serve_is_shown_and_asked_again_later(
    stamped: Authority, monkeypatch: pytest.MonkeyPatch, what: str, trouble: str
) -> None:
    if what == "away":
        monkeypatch.setattr(settings, "TSA_URL", "http://127.0.0.1:9")
    else:
        monkeypatch.setattr(settings, "TSA_ROOTS", "/nowhere")
    assert not stamp_newest()
    assert Attestation.objects.get(name=NAME).trouble == trouble
    monkeypatch.undo()
    monkeypatch.setattr(settings, "TSA_URL", stamped.address)
    monkeypatch.setattr(settings, "TSA_ROOTS", str(stamped.folder / "root.pem"))
    assert not stamp_newest()
    with clock.frozen(clock.now() + dt.timedelta(minutes=2)):
        assert stamp_newest()
