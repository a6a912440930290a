"""Certificates for `--tls HOSTNAME`: an authority made at set-up, or the office's own certificate.

The authority may only vouch for this host, for localhost and for addresses of private networks
(name constraints), so that trusting it on a phone opens nothing else. Not for signatures on papers.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID

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
from liuhen.host.secret_files import SecretFiles, write_durably
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused

AUTHORITY_SPAN = dt.timedelta(days=3650)
SERVER_SPAN = dt.timedelta(days=397)  # browsers refuse longer ones
RENEW_BEFORE = dt.timedelta(days=30)
BACKDATED = dt.timedelta(hours=1)  # for phones whose clock is a little behind
PRIVATE_NETWORKS = (
    "127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7",
)  # fmt: skip
LOCAL_ADDRESSES = ("127.0.0.1", "::1")
_HOST_NAME = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True)
class ServerFiles:
    """What the web server needs: certificate chain and PKCS#8 key, as PEM files.

    `authority` is the certificate people install on their devices, None with the office's own.
    """

    certificate: Path
    key: Path
    authority: Path | None
    expires_at: dt.datetime


def checked_host(host: str) -> str:
    """The host name or address in the form certificates carry (punycode, lower case).

    Raises:
        Refused: `tls.host_invalid`.
    """
    address = _address(host)
    if address is not None:
        return str(address)
    try:
        name = host.strip().rstrip(".").encode("idna").decode("ascii").lower()
    except UnicodeError:
        raise Refused("tls.host_invalid", host=host) from None
    if len(name) > 253 or not _HOST_NAME.fullmatch(name):
        raise Refused("tls.host_invalid", host=host)
    return name


def _address(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host.strip().strip("[]"))
    except ValueError:
        return None


def server_files(
    secrets: SecretFiles, host: str, environment: Mapping[str, str] = os.environ
) -> ServerFiles:
    """The files to serve `host` with, made or renewed when that is due.

    `LIUHEN_TLS_CERTIFICATE` and `LIUHEN_TLS_KEY` name the office's own certificate and key.

    Raises:
        Refused: `tls.host_invalid`, and for the office's own certificate `tls.unreadable`,
            `tls.key_mismatch`, `tls.other_host`, `tls.expired`.
    """
    name = checked_host(host)
    own = environment.get("LIUHEN_TLS_CERTIFICATE"), environment.get("LIUHEN_TLS_KEY")
    if own[0] and own[1]:
        return _own_files(secrets, name, Path(own[0]), Path(own[1]))
    authority = Authority(secrets, name)
    return authority.server_files()


class Authority:
    """The certificate authority of one host, kept in the folder of secrets."""

    def __init__(self, secrets: SecretFiles, host: str) -> None:
        self.host = host
        self._secrets = secrets
        self._folder = secrets.folder

    def server_files(self) -> ServerFiles:
        """A server certificate that holds for another month at least."""
        certificate, key = self._authority()
        chain, server_key = self._path("server.crt"), self._path("server.key")
        current = read_certificate(chain)
        if current is None or not self._is_good(current, certificate) or not server_key.exists():
            current = self._issue(certificate, key)
        return ServerFiles(chain, server_key, self.certificate, end_of(current))

    @property
    def certificate(self) -> Path:
        """Where the authority's certificate is, once it was made."""
        return self._path("authority.crt")

    def _path(self, name: str) -> Path:
        return self._folder / f"tls-{name}"

    def _names(self) -> x509.SubjectAlternativeName:
        own = _address(self.host)
        addresses = [ipaddress.ip_address(a) for a in LOCAL_ADDRESSES]
        general: list[x509.GeneralName] = [x509.DNSName("localhost")]
        if own is None:
            general.insert(0, x509.DNSName(self.host))
        elif own not in addresses:
            addresses.insert(0, own)
        return x509.SubjectAlternativeName([*general, *map(x509.IPAddress, addresses)])

    def _constraints(self) -> x509.NameConstraints:
        networks = [ipaddress.ip_network(n) for n in PRIVATE_NETWORKS]
        permitted: list[x509.GeneralName] = [x509.DNSName("localhost")]
        own = _address(self.host)
        if own is None:
            permitted.append(x509.DNSName(self.host))
        elif not any(own in network for network in networks):
            networks.append(ipaddress.ip_network(own))
        return x509.NameConstraints([*permitted, *map(x509.IPAddress, networks)], None)

    def _authority(self) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
        written = self._secrets.read("tls-authority.key")
        certificate = read_certificate(self._path("authority.crt"))
        if written is not None and certificate is not None:
            key = serialization.load_pem_private_key(written, password=None)
            limits = certificate.extensions.get_extension_for_class(x509.NameConstraints).value
            long_enough = end_of(certificate) > clock.now() + SERVER_SPAN
            # another host, or the last year: a new authority, which devices must trust anew
            if (
                isinstance(key, ec.EllipticCurvePrivateKey)
                and limits == self._constraints()
                and long_enough
            ):
                return certificate, key
        return self._found_authority()

    def _found_authority(self) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
        key = ec.generate_private_key(ec.SECP256R1())
        name = common_name(f"Liuhen {self.host}"[:64])
        certificate = (
            builder(name, name, key.public_key(), *_lasting(AUTHORITY_SPAN))
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(key_usage(signs_certificates=True), critical=True)
            .add_extension(self._constraints(), critical=True)
            .add_extension(
                x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False
            )
            .sign(key, hashes.SHA256())
        )
        write_durably(self._path("authority.key"), pkcs8(key))
        write_durably(self._path("authority.crt"), pem(certificate))
        return certificate, key

    def _is_good(self, current: x509.Certificate, authority: x509.Certificate) -> bool:
        names = current.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        issuer = current.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value
        subject = authority.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
        return (
            issuer.key_identifier == subject.digest
            and set(names) == set(self._names())
            and end_of(current) - clock.now() > RENEW_BEFORE
        )

    def _issue(
        self, authority: x509.Certificate, authority_key: ec.EllipticCurvePrivateKey
    ) -> x509.Certificate:
        key = ec.generate_private_key(ec.SECP256R1())
        issuer = x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(
            authority.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
        )
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
        certificate = (
            builder(
                common_name(self.host[:64]),
                authority.subject,
                key.public_key(),
                *_lasting(SERVER_SPAN),
            )
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(key_usage(signs_certificates=False), critical=True)
            .add_extension(usage, critical=False)
            .add_extension(self._names(), critical=False)
            .add_extension(issuer, critical=False)
            .sign(authority_key, hashes.SHA256())
        )
        # the key first: a certificate without its key would be taken for good at the next start
        write_durably(self._path("server.key"), pkcs8(key))
        write_durably(self._path("server.crt"), pem(certificate) + pem(authority))
        return certificate


def authority_file(
    secrets: SecretFiles, host: str, environment: Mapping[str, str] = os.environ
) -> Path | None:
    """The certificate people install on their phones; None with the office's own certificate."""
    path = Authority(secrets, host).certificate
    return path if path.exists() and not environment.get("LIUHEN_TLS_CERTIFICATE") else None


def served_until(
    secrets: SecretFiles, environment: Mapping[str, str] = os.environ
) -> dt.datetime | None:
    """When the certificate pages are served with ends; None when there is none to read."""
    own = environment.get("LIUHEN_TLS_CERTIFICATE")
    try:
        found = read_certificate(Path(own) if own else secrets.folder / "tls-server.crt")
    except OSError:
        return None
    return end_of(found) if found is not None else None


def fingerprint(certificate: Path) -> str:
    """SHA-256 of a certificate as devices show it, to compare before trusting it."""
    digest = x509.load_pem_x509_certificate(certificate.read_bytes()).fingerprint(hashes.SHA256())
    return digest.hex(":").upper()


# --- the office's own certificate


def _own_files(secrets: SecretFiles, host: str, certificate: Path, key: Path) -> ServerFiles:
    try:
        leaf = x509.load_pem_x509_certificates(certificate.read_bytes())[0]
        private = serialization.load_pem_private_key(key.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as error:
        raise Refused("tls.unreadable", path=f"{certificate} {key}", said=str(error)) from error
    if public_bytes(private) != leaf.public_key().public_bytes(*SPKI):
        raise Refused("tls.key_mismatch", path=str(key))
    if not _covers(leaf, host):
        raise Refused("tls.other_host", host=host, path=str(certificate))
    if end_of(leaf) <= clock.now():
        raise Refused("tls.expired", path=str(certificate), until=end_of(leaf).date().isoformat())
    # the web server reads PKCS#8 only, and keys come in other forms
    copy = secrets.folder / "tls-own.key"
    if secrets.read(copy.name) != pkcs8(private):
        write_durably(copy, pkcs8(private))
    return ServerFiles(certificate, copy, None, end_of(leaf))


def _covers(certificate: x509.Certificate, host: str) -> bool:
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return False
    address = _address(host)
    if address is not None:
        return address in names.get_values_for_type(x509.IPAddress)
    parent = host.partition(".")[2]
    listed = {name.lower() for name in names.get_values_for_type(x509.DNSName)}
    return host in listed or f"*.{parent}" in listed


def _lasting(span: dt.timedelta) -> tuple[dt.datetime, dt.datetime]:
    start = clock.now() - BACKDATED
    return start, start + span
