"""The certificate that copies are signed with is renewed in time, whatever a kill left of it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from cryptography import x509
from tests.world import MORNING

from liuhen.host.certificates import end_of
from liuhen.host.content_signing import RENEW_BEFORE, ContentSigner, content_signer
from liuhen.host.home import Home
from liuhen.host.signs import GREEN, RED, YELLOW, Sign, machine_signs
from liuhen.kernel import clock
from liuhen.media import provenance
from liuhen.media.provenance import Told
from liuhen.media.scene import Scene
from liuhen.media.synthetic import make_video

TOLD = Told("0" * 64, ("c2pa.redacted",), "张示例", "提供当事人", "2026-03-04T01:00:00Z")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home").create()


def _signer(home: Home) -> ContentSigner:
    return content_signer(home.secrets, "example.org/log")


def _end(signer: ContentSigner) -> dt.datetime:
    return end_of(x509.load_pem_x509_certificates(signer.chain)[0])


def _sign(home: Home) -> list[Sign]:
    return [one for one in machine_signs(home, {}) if one.name == "content_certificate"]


def test_after_half_its_time_the_same_key_has_another_certificate(home: Home) -> None:
    with clock.frozen(MORNING) as stopped:
        first = _signer(home)
        stopped.instant = _end(first) - RENEW_BEFORE - dt.timedelta(seconds=1)
        assert _signer(home) == first
        stopped.move(seconds=1)
        renewed = _signer(home)
        assert renewed.key == first.key
        assert _end(renewed) - stopped.instant > RENEW_BEFORE
        assert _signer(home) == renewed


@pytest.mark.parametrize("broken", [b"", b"half a certif", None])
def test_a_certificate_that_a_kill_cut_off_is_made_anew(home: Home, broken: bytes | None) -> None:
    first, chain = _signer(home), home.secrets.folder / "content.crt"
    if broken is None:
        chain.unlink()
    else:
        chain.write_bytes(broken)
    assert _signer(home).key == first.key
    assert _signer(home).chain != first.chain


def test_a_certificate_of_another_key_is_made_anew(home: Home, tmp_path: Path) -> None:
    _signer(home)
    other = _signer(Home(tmp_path / "other").create())
    (home.secrets.folder / "content.crt").write_bytes(other.chain)
    assert _sign(home)[0].lamp == RED
    found = _signer(home)
    assert found.chain != other.chain and _sign(home)[0].lamp == GREEN
    plain, signed = tmp_path / "plain.mp4", tmp_path / "signed.mp4"
    make_video(plain, Scene(MORNING), duration_ms=200, has_sound=False)
    provenance.sign(plain, signed, "video/mp4", TOLD, chain=found.chain, key=found.key)
    told = provenance.read(signed, "video/mp4")
    assert told is not None and told[0].sha256 == TOLD.sha256 and told[1] == "Valid"


@pytest.mark.parametrize(
    ("left", "lamp"),
    [
        (dt.timedelta(days=21), GREEN),
        (dt.timedelta(days=21, seconds=-1), YELLOW),
        (dt.timedelta(days=7), YELLOW),
        (dt.timedelta(days=7, seconds=-1), RED),
        (-dt.timedelta(seconds=1), RED),
    ],
)
def test_the_operator_is_told_in_time_where_no_copy_renewed_it(
    home: Home, left: dt.timedelta, lamp: str
) -> None:
    assert _sign(home) == []
    with clock.frozen(MORNING) as stopped:
        stopped.instant = _end(_signer(home)) - left
        (sign,) = _sign(home)
        assert sign.lamp == lamp and bool(sign.remedy) == (lamp != GREEN)
