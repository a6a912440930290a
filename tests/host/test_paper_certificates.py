"""The certificate papers are signed with: made, renewed, the authority's own; its end is told."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from liuhen.host.certificates import builder, common_name, pem, pkcs8, public_bytes
from liuhen.host.home import Home, HomeFacts
from liuhen.host.paper_certificates import AFTER, BEFORE, RENEW_BEFORE, paper_certificate
from liuhen.host.signs import GREEN, RED, UNKNOWN, YELLOW, paper_certificate_sign
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused

AT = dt.datetime(2026, 3, 10, 1, 0, tzinfo=dt.UTC)
LONG = dt.timedelta(days=365)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    with clock.frozen(AT):
        return Home(tmp_path / "home").create(HomeFacts("test.invalid/papers"))


def own(folder: Path, until: dt.datetime, other_key: bool = False) -> dict[str, str]:
    """The settings of an authority with a certificate of its own that ends at `until`."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = common_name("虚构市城市管理委员会")
    made = builder(name, name, key.public_key(), AT - LONG, until).sign(key, hashes.SHA256())
    kept = ec.generate_private_key(ec.SECP256R1()) if other_key else key
    (folder / "own.crt").write_bytes(pem(made))
    (folder / "own.key").write_bytes(pkcs8(kept))
    (folder / "own.key").chmod(0o600)
    return {
        "LIUHEN_PAPER_CERTIFICATE": str(folder / "own.crt"),
        "LIUHEN_PAPER_KEY": str(folder / "own.key"),
    }


def refusal(home: Home, environment: dict[str, str], at: dt.datetime = AT) -> str:
    with pytest.raises(Refused) as caught:
        paper_certificate(home.secrets, at, environment)
    return caught.value.code


def test_a_home_has_its_certificate_when_it_is_made_and_keys_for_its_owner_alone(
    home: Home,
) -> None:
    found = paper_certificate(home.secrets, AT, {})
    assert found.is_demonstration and len(found.chain) == 2
    found.chain[0].verify_directly_issued_by(found.chain[1])
    for name in ("paper.key", "paper-authority.key"):
        assert (home.secrets.folder / name).stat().st_mode & 0o777 == 0o600


def test_it_is_renewed_in_time_with_the_same_key(home: Home) -> None:
    first = paper_certificate(home.secrets, AT, {})
    last = AT + AFTER - RENEW_BEFORE
    assert paper_certificate(home.secrets, last - dt.timedelta(seconds=1), {}) == first
    second = paper_certificate(home.secrets, last, {})
    assert second.expires_at == last + AFTER and second.chain[1] == first.chain[1]
    assert public_bytes(second.key) == public_bytes(first.key)
    assert paper_certificate(home.secrets, AT - BEFORE, {}).chain[0] != second.chain[0]


def test_a_key_that_others_may_read_signs_nothing(home: Home, tmp_path: Path) -> None:
    (home.secrets.folder / "paper.key").chmod(0o640)
    assert refusal(home, {}) == "home.secrets_open"
    environment = own(tmp_path, AT + LONG)
    Path(environment["LIUHEN_PAPER_KEY"]).chmod(0o644)
    assert refusal(home, environment) == "home.secrets_open"


def test_the_authoritys_own_signs_until_its_last_second(home: Home, tmp_path: Path) -> None:
    environment = own(tmp_path, AT + LONG)
    found = paper_certificate(home.secrets, AT + LONG, environment)
    assert not found.is_demonstration
    late = AT + LONG + dt.timedelta(seconds=1)
    assert refusal(home, environment, late) == "paper_certificate.expired"
    early = AT - LONG - dt.timedelta(seconds=1)
    assert refusal(home, environment, early) == "paper_certificate.too_early"


def test_what_is_no_pair_of_certificate_and_key_is_refused(home: Home, tmp_path: Path) -> None:
    assert refusal(home, own(tmp_path, AT + LONG, other_key=True)) == (
        "paper_certificate.key_mismatch"
    )
    environment = own(tmp_path, AT + LONG)
    only = {"LIUHEN_PAPER_KEY": environment["LIUHEN_PAPER_KEY"]}
    assert refusal(home, only) == "paper_certificate.unreadable"
    Path(environment["LIUHEN_PAPER_CERTIFICATE"]).write_text("no certificate")
    assert refusal(home, environment) == "paper_certificate.unreadable"
    Path(environment["LIUHEN_PAPER_CERTIFICATE"]).unlink()
    assert refusal(home, environment) == "paper_certificate.unreadable"


@pytest.mark.parametrize(
    ("days", "lamp"), [(22, GREEN), (20, YELLOW), (6, RED), (-1, RED)], ids=str
)
def test_the_operator_is_told_before_it_ends(
    home: Home, tmp_path: Path, days: int, lamp: str
) -> None:
    environment = own(tmp_path, AT + dt.timedelta(days=days))
    with clock.frozen(AT):
        sign = paper_certificate_sign(home, environment)
    assert sign.lamp == lamp
    assert ("过期" in sign.words) == (days < 0)


def test_a_real_home_is_told_that_its_certificate_is_one_of_a_demonstration(home: Home) -> None:
    sign = paper_certificate_sign(home, {})
    assert (sign.lamp, "演示" in sign.words) == (UNKNOWN, True)
    (home.secrets.folder / "paper.key").chmod(0o644)
    assert paper_certificate_sign(home, {}).lamp == RED
