"""The certificate issued papers are signed with: the authority's own, or one made at set-up.

What is made at set-up is an authority for certificates of a demonstration and one certificate of
it: the file opens and verifies, and nobody outside trusts it unless told to. Keys are files of the
home, for its owner alone. Not for signing (`assembly.sealing`), nor for TLS (`tls`).
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

from liuhen.host.certificates import (
    SPKI,
    builder,
    common_name,
    end_of,
    key_usage,
    pem,
    pkcs8,
    public_bytes,
    read_certificate,
)
from liuhen.host.secret_files import SecretFiles, refuse_if_open, write_durably
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused

AUTHORITY_SPAN = dt.timedelta(days=30 * 365)
# A demonstration is full of cases of earlier years, which are signed on their days.
BEFORE, AFTER = dt.timedelta(days=3 * 365), dt.timedelta(days=2 * 365)
RENEW_BEFORE = dt.timedelta(days=30)


@dataclass(frozen=True)
class PaperCertificate:
    """A private key and its certificate with the chain behind it, the signing one first."""

    key: PrivateKeyTypes
    chain: tuple[x509.Certificate, ...]
    is_demonstration: bool

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the signing certificate, in hex."""
        return self.chain[0].fingerprint(hashes.SHA256()).hex()

    @property
    def expires_at(self) -> dt.datetime:
        """The last instant at which it signs."""
        return end_of(self.chain[0])


def paper_certificate(
    secrets: SecretFiles, at: dt.datetime, environment: Mapping[str, str] = os.environ
) -> PaperCertificate:
    """The certificate that signs papers at `at`.

    `LIUHEN_PAPER_CERTIFICATE` and `LIUHEN_PAPER_KEY` name the authority's own. The one of the
    demonstration is made, and renewed, by itself.

    Raises:
        Refused: `paper_certificate.unreadable`, `paper_certificate.key_mismatch`,
            `paper_certificate.expired`, `paper_certificate.too_early`, `home.secrets_open`.
    """
    own = _own(environment)
    found = own if own is not None else demonstration_certificate(secrets, at)
    leaf = found.chain[0]
    data = {"from_on": leaf.not_valid_before_utc.date(), "until": leaf.not_valid_after_utc.date()}
    if at > leaf.not_valid_after_utc:
        raise Refused("paper_certificate.expired", **{k: str(v) for k, v in data.items()})
    if at < leaf.not_valid_before_utc:
        raise Refused("paper_certificate.too_early", **{k: str(v) for k, v in data.items()})
    return found


def standing_certificate(
    secrets: SecretFiles, environment: Mapping[str, str] = os.environ
) -> PaperCertificate | None:
    """The certificate there is, in force or not; makes nothing, None before the first was made.

    Raises:
        Refused: `paper_certificate.unreadable`, `paper_certificate.key_mismatch`,
            `home.secrets_open`.
    """
    return _own(environment) or _made(secrets)


def _own(environment: Mapping[str, str]) -> PaperCertificate | None:
    named = environment.get("LIUHEN_PAPER_CERTIFICATE"), environment.get("LIUHEN_PAPER_KEY")
    if not named[0] and not named[1]:
        return None
    if not named[0] or not named[1]:
        raise Refused("paper_certificate.unreadable", path=named[0] or named[1] or "", said="")
    certificate, key = Path(named[0]), Path(named[1])
    try:
        refuse_if_open(key)
        chain, private = certificate.read_bytes(), key.read_bytes()
    except OSError as error:
        path = f"{certificate} {key}"
        raise Refused("paper_certificate.unreadable", path=path, said=str(error)) from error
    return _parsed(chain, private, str(certificate), False)


@lru_cache(maxsize=8)
def _parsed(chain: bytes, key: bytes, path: str, is_demonstration: bool) -> PaperCertificate:
    """Certificates and key of two files: the same bytes are read once."""
    try:
        private = serialization.load_pem_private_key(key, password=None)
        certificates = tuple(x509.load_pem_x509_certificates(chain))
    except (ValueError, TypeError) as error:
        raise Refused("paper_certificate.unreadable", path=path, said=str(error)) from error
    if not isinstance(private, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
        said = type(private).__name__
        raise Refused("paper_certificate.unreadable", path=path, said=said)
    if public_bytes(private) != certificates[0].public_key().public_bytes(*SPKI):
        raise Refused("paper_certificate.key_mismatch", path=path)
    return PaperCertificate(private, certificates, is_demonstration)


# --- the demonstration's own


def authority_path(secrets: SecretFiles) -> Path:
    """The certificate of the demonstration's authority, for whoever wants to trust it."""
    return secrets.folder / "paper-authority.crt"


def demonstration_certificate(secrets: SecretFiles, at: dt.datetime) -> PaperCertificate:
    """The certificate of the demonstration in force at `at`; made or renewed when that is due.

    The key stays over renewals, so that two processes that renew at once do no harm.
    """
    found = _made(secrets)
    if found is not None:
        leaf = found.chain[0]
        if leaf.not_valid_before_utc <= at and at + RENEW_BEFORE < leaf.not_valid_after_utc:
            return found
    _issue(secrets, at)
    made = _made(secrets)
    assert made is not None  # just made
    return made


def _made(secrets: SecretFiles) -> PaperCertificate | None:
    key, path = secrets.read("paper.key"), secrets.folder / "paper.crt"
    try:
        return _parsed(path.read_bytes(), key, str(path), True) if key is not None else None
    except FileNotFoundError:
        return None


def _issue(secrets: SecretFiles, at: dt.datetime) -> None:
    authority_key = _key(secrets, "paper-authority.key")
    authority = _authority(secrets, authority_key)
    key = _key(secrets, "paper.key")
    issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key())
    subject = common_name("留痕演示用文书签名（非正式证书）")
    certificate = (
        builder(subject, authority.subject, key.public_key(), at - BEFORE, at + AFTER)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(key_usage(signs_certificates=False, signs_papers=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(issuer, critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    write_durably(secrets.folder / "paper.crt", pem(certificate) + pem(authority))


def _authority(secrets: SecretFiles, key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    path = authority_path(secrets)
    current = read_certificate(path)
    if current is not None:
        return current
    name, now = common_name("留痕演示用证书机构（非正式）"), clock.now()
    span = now - AUTHORITY_SPAN, now + AUTHORITY_SPAN
    certificate = (
        builder(name, name, key.public_key(), *span)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(key_usage(signs_certificates=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    write_durably(path, pem(certificate), replace=False)
    return read_certificate(path) or certificate


def _key(secrets: SecretFiles, name: str) -> ec.EllipticCurvePrivateKey:
    written = secrets.read_or_make(name, lambda: pkcs8(ec.generate_private_key(ec.SECP256R1())))
    try:
        key = serialization.load_pem_private_key(written, password=None)
    except ValueError:
        key = None
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise Refused("home.secret_unreadable", path=str(secrets.folder / name))
    return key
