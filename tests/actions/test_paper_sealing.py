"""Issued papers carry signatures on the file: ours by name, the seal, the stamp, SM2 beside."""

from __future__ import annotations

import datetime as dt
import io
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from pypdf import PdfReader

from liuhen.actions.papers import issue_paper
from liuhen.demo.ordinary_case import OrdinaryCase
from liuhen.documents.models import Paper
from liuhen.host.paper_certificates import paper_certificate
from liuhen.kernel import clock
from liuhen.ledger.models import Attestation
from liuhen.ledger.stamping import AWAY, NAME
from liuhen.tlog.sm2 import Sm2Signer
from liuhen.vault.keeping import local_store
from tests.actions.ordinary import refusal
from tests.assembly.test_sealing import told
from tests.ledger.test_stamps import Authority, authority  # noqa: F401 - a fixture


@pytest.fixture
def notice(ordinary: OrdinaryCase) -> Paper:
    """A draft that is ready to be issued, after a report that two have signed on glass."""
    ordinary.until_initiated()
    ordinary.clock.move(days=1)
    ordinary.conclude()
    return ordinary.draw("prior_notice")


@pytest.fixture
def sm2_key() -> Iterator[Path]:
    path: Path = settings.HOME.paper_sm2_key_path
    subprocess.run(
        ["openssl", "genpkey", "-algorithm", "SM2", "-out", str(path)],
        check=True,
        capture_output=True,
    )
    path.chmod(0o600)
    yield path
    path.unlink(missing_ok=True)


def content(sha256: str | None) -> bytes:
    assert sha256 is not None
    with local_store().open(sha256) as stream:
        return stream.read()


def values(pdf: bytes) -> list[Any]:
    """The signatures of a file, in order."""
    root: Any = PdfReader(io.BytesIO(pdf)).root_object
    fields = root["/AcroForm"].get_object()["/Fields"]
    return [one.get_object()["/V"] for one in fields]


def issue(ordinary: OrdinaryCase, paper: Paper) -> Paper:
    return issue_paper(actor=ordinary.world["handler"], paper_id=paper.id)


def test_an_issued_paper_is_signed_by_name_sealed_stamped_and_signed_beside_with_sm2(
    ordinary: OrdinaryCase,
    notice: Paper,
    authority: Authority,  # noqa: F811 - the fixture
    sm2_key: Path,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setattr(settings, "TSA_URL", authority.address)
    monkeypatch.setattr(settings, "TSA_ROOTS", str(authority.folder / "root.pem"))
    paper = issue(ordinary, notice)
    pdf = content(paper.original_id)
    assert told(pdf, tmp_path).count("Signature is Valid") == 1
    report = content(ordinary.papers["investigation_report"].original_id)
    words = told(report, tmp_path)
    assert words.count("Signature is Valid") == 3
    assert words.count("- Total document signed") == 1
    signers = [ordinary.world[one].name for one in ("handler", ordinary.second)]
    authority_name = "虚构市城市管理委员会"
    assert [one["/Name"] for one in values(report)] == [*signers, authority_name]
    assert paper.certificate == paper_certificate(settings.HOME.secrets, clock.now()).fingerprint
    # stamped: the token stands in the seal's signature (id-aa-timeStampToken) and not in the other
    now = dt.datetime.now(dt.UTC)
    assert paper.stamped_at is not None and abs(paper.stamped_at - now) < dt.timedelta(minutes=5)
    token = bytes.fromhex("060b2a864886f70d010910020e")
    assert [token in bytes(one["/Contents"]) for one in values(pdf)] == [True]
    assert not any(token in bytes(one["/Contents"]) for one in values(report))
    # SM2 beside, over the same bytes
    verifier, signature = Sm2Signer("papers", sm2_key).verifier, content(paper.sm2_signature_id)
    assert verifier.is_valid_of(pdf, signature)
    assert not verifier.is_valid_of(pdf + b"\n", signature)


def test_what_can_not_be_signed_is_not_issued_and_an_authority_that_is_away_stops_nothing(
    ordinary: OrdinaryCase,
    notice: Paper,
    authority: Authority,  # noqa: F811 - the fixture
    sm2_key: Path,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    sm2_key.write_text("no key")
    assert refusal(issue, ordinary, notice).code == "key.sm2_unusable"
    sm2_key.unlink()
    secrets = settings.HOME.secrets
    monkeypatch.setenv("LIUHEN_PAPER_CERTIFICATE", str(secrets.folder / "paper.crt"))
    monkeypatch.setenv("LIUHEN_PAPER_KEY", str(secrets.folder / "paper.key"))
    with clock.frozen(paper_certificate(secrets, clock.now()).expires_at + dt.timedelta(days=1)):
        assert refusal(issue, ordinary, notice).code == "paper_certificate.expired"
    notice.refresh_from_db()
    assert (notice.state, notice.number) == ("draft", None)
    monkeypatch.setattr(settings, "TSA_URL", "http://127.0.0.1:9")
    monkeypatch.setattr(settings, "TSA_ROOTS", str(authority.folder / "root.pem"))
    paper = issue(ordinary, notice)
    assert (paper.state, paper.stamped_at, paper.sm2_signature_id) == ("issued", None, None)
    assert Attestation.objects.get(name=NAME).trouble == AWAY
    assert told(content(paper.original_id), tmp_path).count("Signature is Valid") == 1
