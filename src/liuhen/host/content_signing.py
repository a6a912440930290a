"""The certificate and key that sign what copies say of themselves (C2PA); made at first need.

An authority of our own signs it once and its key is thrown away: readers who don't trust it
still see who says so, and that nothing changed. After half its time another one signs the same key
anew, so that a copy can be checked for years. Not for the log (its key is another one).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from liuhen.host.certificates import SPKI, end_of, pem, pkcs8, public_bytes, read_certificate
from liuhen.host.secret_files import SecretFiles, write_durably
from liuhen.kernel import clock

_CHAIN, _KEY = "content.crt", "content.key"
_LASTS = dt.timedelta(days=10 * 365)
RENEW_BEFORE = _LASTS / 2
_BACKDATED = dt.timedelta(hours=1)


@dataclass(frozen=True)
class ContentSigner:
    """Chain and PKCS#8 key (ECDSA, P-256) as PEM."""

    chain: bytes
    key: bytes


def content_signer(secrets: SecretFiles, name: str) -> ContentSigner:
    """The signer of this home, renewed when that is due; `name` stands in its certificate.

    The key stays, so that two processes that renew at once do no harm; a copy carries the chain it
    was signed with.

    Raises:
        ValueError: the file of the key holds none.
    """
    chain, written = secrets.folder / _CHAIN, secrets.read(_KEY)
    key = _read(written) if written is not None else ec.generate_private_key(ec.SECP256R1())
    if written is None:
        write_durably(secrets.folder / _KEY, pkcs8(key))
    if not _is_good(read_certificate(chain), key):
        write_durably(chain, _chain(name, key))
    return ContentSigner(chain.read_bytes(), pkcs8(key))


def signs_until(secrets: SecretFiles) -> dt.datetime | None:
    """The last instant of the certificate; None where nothing was signed yet.

    Raises:
        ValueError: a file of key or certificate holds none.
    """
    written, chain = secrets.read(_KEY), secrets.folder / _CHAIN
    if written is None or not chain.exists():
        return None
    found = read_certificate(chain)
    if found is None or public_bytes(_read(written)) != found.public_key().public_bytes(*SPKI):
        raise ValueError(f"{_CHAIN} is no certificate of {_KEY}")
    return end_of(found)


def _read(written: bytes) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_pem_private_key(written, None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ValueError(f"{_KEY} is no key of an elliptic curve")
    return key


def _is_good(found: x509.Certificate | None, key: ec.EllipticCurvePrivateKey) -> bool:
    """Whether a certificate is the key's and holds long enough; a clock set back is no matter."""
    if found is None or found.public_key().public_bytes(*SPKI) != public_bytes(key):
        return False
    return found.not_valid_before_utc <= clock.now() < end_of(found) - RENEW_BEFORE


def _chain(name: str, own: ec.EllipticCurvePrivateKey) -> bytes:
    """A certificate of the key and of the authority that signed it, as PEM."""
    authority = ec.generate_private_key(ec.SECP256R1())
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
    return pem(leaf) + pem(root)


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
