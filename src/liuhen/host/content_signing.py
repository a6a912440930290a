"""The certificate and key that sign what copies say of themselves (C2PA); made at first need.

An authority of our own signs it once and its key is thrown away: readers who don't trust it
still see who says so, and that nothing changed. Not for the log (its key is another one).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from liuhen.host.secret_files import SecretFiles, write_durably
from liuhen.kernel import clock

_CHAIN, _KEY = "content.crt", "content.key"
_LASTS = dt.timedelta(days=10 * 365)
_BACKDATED = dt.timedelta(hours=1)


@dataclass(frozen=True)
class ContentSigner:
    """Chain and PKCS#8 key (ECDSA, P-256) as PEM."""

    chain: bytes
    key: bytes


def content_signer(secrets: SecretFiles, name: str) -> ContentSigner:
    """The signer of this home; `name` stands in its certificate."""
    chain, key = secrets.folder / _CHAIN, secrets.folder / _KEY
    if not chain.exists() or not key.exists():
        made = _made(name)
        write_durably(key, made.key)
        write_durably(chain, made.chain)
        return made
    return ContentSigner(chain.read_bytes(), key.read_bytes())


def _made(name: str) -> ContentSigner:
    authority, own = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    above = _name(f"Liuhen {name}"[:64], "authority")
    root = (
        _builder(above, above, authority, authority)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .sign(authority, hashes.SHA256())
    )
    usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION])
    leaf = (
        _builder(_name(f"Liuhen {name}"[:64], "copies"), above, own, authority)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(usage, critical=False)
        .sign(authority, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    plain = serialization.NoEncryption()
    return ContentSigner(
        leaf.public_bytes(pem) + root.public_bytes(pem),
        own.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain),
    )


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    own: ec.EllipticCurvePrivateKey,
    authority: ec.EllipticCurvePrivateKey,
) -> x509.CertificateBuilder:
    now = clock.now()
    above = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.public_key())
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(own.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _BACKDATED)
        .not_valid_after(now + _LASTS)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(own.public_key()), critical=False)
        .add_extension(above, critical=False)
    )


def _name(common: str, part: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, common),
            x509.NameAttribute(NameOID.COMMON_NAME, part),
        ]
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
