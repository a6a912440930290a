"""Small forms of certificates and keys that TLS and the signing of papers share. Keeps no file."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.x509.oid import NameOID

SPKI = (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def public_bytes(key: PrivateKeyTypes) -> bytes:
    """The public half of a private key (DER), to hold against a certificate's."""
    return key.public_key().public_bytes(*SPKI)


def pkcs8(key: PrivateKeyTypes) -> bytes:
    """A private key as PEM without a password: the file it goes to is for its owner alone."""
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def pem(certificate: x509.Certificate) -> bytes:
    """A certificate as PEM."""
    return certificate.public_bytes(serialization.Encoding.PEM)


def end_of(certificate: x509.Certificate) -> dt.datetime:
    """The last instant of a certificate."""
    return certificate.not_valid_after_utc


def common_name(words: str) -> x509.Name:
    """A name of one part."""
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, words)])


def read_certificate(path: Path) -> x509.Certificate | None:
    """The first certificate of a PEM file; None where there is none."""
    try:
        return x509.load_pem_x509_certificates(path.read_bytes())[0]
    except (FileNotFoundError, ValueError):
        return None


def builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePublicKey | rsa.RSAPublicKey,
    start: dt.datetime,
    end: dt.datetime,
) -> x509.CertificateBuilder:
    """A certificate still without extensions and signature."""
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(end)
    )


def key_usage(*, signs_certificates: bool, signs_papers: bool = False) -> x509.KeyUsage:
    """What a key may sign: certificates, or else connections and, if said, documents for good."""
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=signs_papers,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )
