"""Certificates are made, renewed and checked; a real TLS handshake is the judge."""

from __future__ import annotations

import datetime as dt
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from tests.waiting import until

from liuhen.host import tls
from liuhen.host.secret_files import SecretFiles
from liuhen.host.server import Address, web_command
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused

HOST = "liuhen.test"


@pytest.fixture
def secrets(tmp_path: Path) -> SecretFiles:
    made = SecretFiles(tmp_path / "secrets")
    made.create_folder()
    return made


def made(secrets: SecretFiles, host: str = HOST) -> tls.ServerFiles:
    return tls.server_files(secrets, host, {})


def handshake(files: tls.ServerFiles, trusted: Path, name: str) -> None:
    """Connect as a browser would: chain, dates and name are checked against `trusted`."""
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(files.certificate, files.key)
    client = ssl.create_default_context(cafile=str(trusted))
    here, there = socket.socketpair()

    def answer() -> None:
        try:
            server.wrap_socket(there, server_side=True).close()
        except OSError:
            there.close()

    thread = threading.Thread(target=answer)
    thread.start()
    try:
        client.wrap_socket(here, server_hostname=name).close()
    finally:
        here.close()
        thread.join()


@pytest.mark.parametrize("name", [HOST, "localhost", "127.0.0.1", "::1"])
def test_a_device_that_trusts_the_authority_accepts_the_server(
    secrets: SecretFiles, name: str
) -> None:
    files = made(secrets)
    assert files.authority is not None
    handshake(files, files.authority, name)


def test_an_address_serves_as_host(secrets: SecretFiles) -> None:
    files = made(secrets, "192.168.7.9")
    assert files.authority is not None
    handshake(files, files.authority, "192.168.7.9")


def test_another_name_is_not_accepted(secrets: SecretFiles) -> None:
    files = made(secrets)
    assert files.authority is not None
    with pytest.raises(ssl.SSLCertVerificationError, match="mismatch"):
        handshake(files, files.authority, "elsewhere.test")


def test_the_authority_cannot_vouch_for_another_host(secrets: SecretFiles, tmp_path: Path) -> None:
    files = made(secrets)
    assert files.authority is not None
    pem = (secrets.folder / "tls-authority.key").read_bytes()
    authority_key = serialization.load_pem_private_key(pem, password=None)
    assert isinstance(authority_key, ec.EllipticCurvePrivateKey)
    authority = x509.load_pem_x509_certificate(files.authority.read_bytes())
    chain, key = own_certificate(tmp_path, "bank.test", issuer=(authority, authority_key))
    forged = tls.ServerFiles(chain, key, None, clock.now())
    with pytest.raises(ssl.SSLCertVerificationError, match="permitted subtree"):
        handshake(forged, files.authority, "bank.test")


def test_every_file_is_for_the_owner_only(secrets: SecretFiles) -> None:
    made(secrets)
    modes = {path.name: path.stat().st_mode & 0o777 for path in secrets.folder.iterdir()}
    assert modes == dict.fromkeys(
        ["tls-authority.crt", "tls-authority.key", "tls-server.crt", "tls-server.key"], 0o600
    )


def test_the_certificate_is_kept_until_a_month_before_its_end(secrets: SecretFiles) -> None:
    first = made(secrets)
    with clock.frozen(first.expires_at - tls.RENEW_BEFORE - dt.timedelta(seconds=1)):
        assert made(secrets).expires_at == first.expires_at
    with clock.frozen(first.expires_at - tls.RENEW_BEFORE):
        assert made(secrets).expires_at > first.expires_at


def test_a_renewal_keeps_the_authority_that_devices_trust(secrets: SecretFiles) -> None:
    first = made(secrets)
    assert first.authority is not None
    trusted = first.authority.read_bytes()
    with clock.frozen(first.expires_at - dt.timedelta(days=1)):
        made(secrets)
    assert first.authority.read_bytes() == trusted


def test_the_authority_is_replaced_before_it_would_end_under_a_server(
    secrets: SecretFiles,
) -> None:
    first = made(secrets)
    assert first.authority is not None
    trusted = first.authority.read_bytes()
    with clock.frozen(clock.now() + tls.AUTHORITY_SPAN - tls.SERVER_SPAN):
        made(secrets)
    assert first.authority.read_bytes() != trusted


def test_another_host_gets_an_authority_of_its_own(secrets: SecretFiles) -> None:
    made(secrets)
    files = made(secrets, "other.test")
    assert files.authority is not None
    handshake(files, files.authority, "other.test")


def test_a_lost_server_key_is_made_anew(secrets: SecretFiles) -> None:
    (made(secrets).key).unlink()
    files = made(secrets)
    assert files.authority is not None
    handshake(files, files.authority, HOST)


@pytest.mark.parametrize(
    ("given", "carried"),
    [
        ("Liuhen.Test.", "liuhen.test"),
        ("测试.test", "xn--0zwm56d.test"),
        ("[::1]", "::1"),
        ("10.0.0.8", "10.0.0.8"),
    ],
)
def test_host_names_take_the_form_certificates_carry(given: str, carried: str) -> None:
    assert tls.checked_host(given) == carried


@pytest.mark.parametrize(
    "host", ["", "a b", "-x.test", "x..test", "a/b", "x" * 64 + ".test", "*.t"]
)
def test_what_is_no_host_name_is_refused(host: str) -> None:
    with pytest.raises(Refused, match=r"tls\.host_invalid"):
        tls.checked_host(host)


# --- the office's own certificate


def own_certificate(
    folder: Path,
    host: str,
    *,
    ends_in: dt.timedelta = dt.timedelta(days=90),
    issuer: tuple[x509.Certificate, ec.EllipticCurvePrivateKey] | None = None,
    form: serialization.PrivateFormat = serialization.PrivateFormat.TraditionalOpenSSL,
) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host)])
    now = dt.datetime.now(dt.UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer[0].subject if issuer else name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=2))
        .not_valid_after(now + ends_in)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .sign(issuer[1] if issuer else key, hashes.SHA256())
    )
    certificate, private = folder / f"{host}.crt", folder / f"{host}.key"
    certificate.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
    )
    return certificate, private


def own(secrets: SecretFiles, files: tuple[Path, Path], host: str = HOST) -> tls.ServerFiles:
    names = {"LIUHEN_TLS_CERTIFICATE": str(files[0]), "LIUHEN_TLS_KEY": str(files[1])}
    return tls.server_files(secrets, host, names)


def test_the_offices_own_certificate_is_served(secrets: SecretFiles, tmp_path: Path) -> None:
    pair = own_certificate(tmp_path, HOST)
    files = own(secrets, pair)
    assert files.authority is None
    assert files.key.stat().st_mode & 0o777 == 0o600
    handshake(files, pair[0], HOST)


def test_a_wildcard_covers_one_level_only(secrets: SecretFiles, tmp_path: Path) -> None:
    pair = own_certificate(tmp_path, "*.office.test")
    assert own(secrets, pair, "liuhen.office.test").certificate == pair[0]
    with pytest.raises(Refused, match=r"tls\.other_host"):
        own(secrets, pair, "a.liuhen.office.test")


def test_a_certificate_for_another_host_is_refused(secrets: SecretFiles, tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"tls\.other_host"):
        own(secrets, own_certificate(tmp_path, "other.test"))


def test_an_expired_certificate_is_refused(secrets: SecretFiles, tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"tls\.expired"):
        own(secrets, own_certificate(tmp_path, HOST, ends_in=-dt.timedelta(seconds=1)))


def test_a_key_of_another_certificate_is_refused(secrets: SecretFiles, tmp_path: Path) -> None:
    certificate, _ = own_certificate(tmp_path, HOST)
    _, key = own_certificate(tmp_path, "other.test")
    with pytest.raises(Refused, match=r"tls\.key_mismatch"):
        own(secrets, (certificate, key))


def test_files_that_are_no_certificate_are_refused(secrets: SecretFiles, tmp_path: Path) -> None:
    certificate, key = own_certificate(tmp_path, HOST)
    with pytest.raises(Refused, match=r"tls\.unreadable"):
        own(secrets, (key, certificate))
    with pytest.raises(Refused, match=r"tls\.unreadable"):
        own(secrets, (tmp_path / "missing.crt", key))


# --- the web server itself


def test_the_web_server_serves_with_the_files(secrets: SecretFiles, tmp_path: Path) -> None:
    (tmp_path / "small.py").write_text(
        "def application(environ, start):\n"
        "    start('200 OK', [])\n"
        "    return [environ['wsgi.url_scheme'].encode()]\n"
    )
    files = made(secrets)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port)]
    command += ["--ssl-certificate", str(files.certificate), "--ssl-keyfile", str(files.key)]
    with subprocess.Popen(
        [*command, "--working-dir", str(tmp_path), "small:application"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as server:
        try:
            assert files.authority is not None
            context = ssl.create_default_context(cafile=str(files.authority))
            assert _answer(port, context).endswith(b"https")
        finally:
            server.terminate()


def _answer(port: int, context: ssl.SSLContext) -> bytes:
    until(lambda: _listens(port))
    with (
        socket.create_connection(("127.0.0.1", port), timeout=30) as plain,
        context.wrap_socket(plain, server_hostname=HOST) as secure,
    ):
        secure.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        said = b""
        while part := secure.recv(4096):
            said += part
        return said


def _listens(port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0


def nothing_here(environ: dict[str, object], start: Callable[..., object]) -> list[bytes]:
    """An application for the web server, which is what is tried."""
    start("204 No Content", [])
    return []


@pytest.fixture
def served(secrets: SecretFiles) -> Iterator[tuple[int, tls.ServerFiles]]:
    """Our web server with TLS on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    files = made(secrets, "127.0.0.1")
    command = web_command(
        Address("127.0.0.1", port, "127.0.0.1", files), "tests.host.test_tls:nothing_here"
    )
    root = Path(__file__).resolve().parents[2]
    with subprocess.Popen(command, cwd=root) as server:
        try:
            until(lambda: _listens(port))
            yield port, files
        finally:
            server.terminate()


def test_the_web_server_speaks_tls_1_2_and_1_3_with_forward_secrecy_only(
    served: tuple[int, tls.ServerFiles],
) -> None:
    port, files = served

    def spoken(version: ssl.TLSVersion, ciphers: str = "ALL:@SECLEVEL=0") -> tuple[str, str]:
        context = ssl.create_default_context(cafile=str(files.authority))
        context.minimum_version = context.maximum_version = version
        context.set_ciphers(ciphers)
        with (
            socket.create_connection(("127.0.0.1", port), timeout=30) as line,
            context.wrap_socket(line, server_hostname="127.0.0.1") as secure,
        ):
            suite = secure.cipher()
            assert suite is not None
            return str(secure.version()), suite[0]

    assert spoken(ssl.TLSVersion.TLSv1_3)[0] == "TLSv1.3"
    version, suite = spoken(ssl.TLSVersion.TLSv1_2)
    assert version == "TLSv1.2" and suite.startswith("ECDHE-")
    for old in (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1):
        with pytest.raises((ssl.SSLError, ConnectionError)):
            spoken(old)
    for weak in ("AES128-GCM-SHA256:@SECLEVEL=0", "ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0"):
        with pytest.raises((ssl.SSLError, ConnectionError)):
            spoken(ssl.TLSVersion.TLSv1_2, weak)
