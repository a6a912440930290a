"""SM2 signatures with SM3 beside the Ed25519 ones, made and checked by OpenSSL's program.

For authorities that must use the commercial cryptography of GB/T 32918 and GB/T 32905. A line of
type 0xff (C2SP signed-note: no byte assigned) with our own identifier after it, so that whoever
doesn't know it ignores the line. Not for Ed25519, nor for where keys are kept.
"""

from __future__ import annotations

import subprocess
import tempfile
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import ClassVar

from liuhen.kernel.refusals import Refused
from liuhen.tlog.notes import SignatureLine, check_key_name
from liuhen.tlog.strict import base64_bytes, base64_text, refused

IDENTIFIER = b"\xffliuhen SM2-SM3 v1\n"
"""Type byte and identifier: part of the key id and of the vkey."""

# The signer's id of GB/T 32918.2 that OpenSSL and others take when none is agreed upon.
DISTINGUISHED_ID = "1234567812345678"
_TIMEOUT_S = 20


@dataclass(frozen=True)
class Sm2Verifier:
    """A public SM2 key as DER (SubjectPublicKeyInfo).

    Raises:
        Refused: `key.malformed`, for a forbidden name.
    """

    kind: ClassVar[int] = 0xFF
    name: str
    public_key: bytes

    def __post_init__(self) -> None:
        check_key_name(self.name)

    @property
    def key_id(self) -> int:
        """The 32-bit key id."""
        digest = sha256(self.name.encode() + b"\n" + IDENTIFIER + self.public_key).digest()
        return int.from_bytes(digest[:4], "big")

    @property
    def vkey(self) -> str:
        """The verifier key as text."""
        return f"{self.name}+{self.key_id:08x}+{base64_text(IDENTIFIER + self.public_key)}"

    @classmethod
    def from_vkey(cls, text: str) -> Sm2Verifier:
        """Read a vkey. Raises `Refused("key.malformed")`."""
        name, _, rest = text.partition("+")
        identity, _, encoded = rest.partition("+")
        raw = base64_bytes(encoded, "public key", "key.malformed")
        if not raw.startswith(IDENTIFIER):
            raise refused("key.malformed", "signature type", raw[:1].hex())
        key = cls(name, raw.removeprefix(IDENTIFIER))
        if identity != f"{key.key_id:08x}":
            raise refused("key.malformed", "key id", identity)
        return key

    def is_valid(self, text: str, signature: bytes) -> bool:
        """Whether OpenSSL accepts the signature over the text."""
        return self.is_valid_of(text.encode(), signature)

    def is_valid_of(self, content: bytes, signature: bytes) -> bool:
        """Whether OpenSSL accepts the signature over these bytes."""
        with tempfile.TemporaryDirectory(prefix="liuhen-sm2-") as folder:
            key, signed = Path(folder) / "key.der", Path(folder) / "signature"
            key.write_bytes(self.public_key)
            signed.write_bytes(signature)
            options = ("-verify", "-pubin", "-keyform", "DER", "-sigfile", str(signed))
            return _pkeyutl(content, key, *options).returncode == 0

    def timestamp(self, signature: bytes) -> int | None:
        """None: this kind carries no time."""
        return None


@dataclass(frozen=True)
class Sm2Signer:
    """A private SM2 key in a PEM file that only its owner can read."""

    name: str
    path: Path

    @cached_property
    def verifier(self) -> Sm2Verifier:
        """The public half.

        Raises:
            Refused: `key.sm2_unusable`: no program, or no SM2 key in the file.
        """
        told = _openssl("pkey", "-in", str(self.path), "-pubout", "-outform", "DER")
        if told.returncode or b"\x06\x08\x2a\x81\x1c\xcf\x55\x01\x82\x2d" not in told.stdout:
            raise Refused("key.sm2_unusable", path=str(self.path))
        return Sm2Verifier(self.name, told.stdout)

    def sign(self, text: str) -> SignatureLine:
        """The signature line of this key under `text`. Raises `Refused("key.sm2_unusable")`."""
        signature = self.signature_of(text.encode())
        return SignatureLine(self.name, self.verifier.key_id, signature)

    def signature_of(self, content: bytes) -> bytes:
        """A detached signature over these bytes (DER). Raises `Refused("key.sm2_unusable")`."""
        told = _pkeyutl(content, self.path, "-sign")
        if told.returncode:
            raise Refused("key.sm2_unusable", path=str(self.path))
        return told.stdout


def _pkeyutl(message: bytes, key: Path, *options: str) -> subprocess.CompletedProcess[bytes]:
    with tempfile.NamedTemporaryFile(prefix="liuhen-sm2-") as data:
        data.write(message)
        data.flush()
        return _openssl(
            *("pkeyutl", *options, "-inkey", str(key), "-rawin", "-digest", "sm3"),
            *("-in", data.name, "-pkeyopt", f"distid:{DISTINGUISHED_ID}"),
        )


def _openssl(*arguments: str) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(
            ["openssl", *arguments], capture_output=True, timeout=_TIMEOUT_S, check=False
        )
    except (FileNotFoundError, subprocess.TimeoutExpired):
        raise Refused("key.sm2_unusable", path="openssl") from None
