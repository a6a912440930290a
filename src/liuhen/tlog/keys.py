"""Ed25519 keys of notes: signing keys, verifier keys and their text forms (C2SP signed-note).

Not for where private keys are kept: this module never touches a file.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import ClassVar, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from liuhen.kernel.refusals import Refused
from liuhen.tlog.notes import SignatureLine, check_key_name
from liuhen.tlog.strict import base64_bytes, base64_text, refused

ED25519 = 0x01
"""Signature type of a plain Ed25519 signature over the note text."""

COSIGNATURE = 0x04
"""Signature type of a timestamped Ed25519 cosignature (C2SP tlog-cosignature)."""

KEY_BYTES = 32
_PRIVATE = "PRIVATE+KEY+"


def key_id(name: str, kind: int, public_key: bytes) -> int:
    """The 32-bit id: SHA-256(name, newline, type byte, public key), first four bytes."""
    digest = sha256(name.encode() + b"\n" + bytes([kind]) + public_key).digest()
    return int.from_bytes(digest[:4], "big")


@dataclass(frozen=True)
class PublicKey:
    """A public Ed25519 key with its name; what it signs, its `kind` says.

    Raises:
        Refused: `key.malformed`, for a forbidden name or a key that is not 32 bytes.
    """

    kind: ClassVar[int]
    name: str
    public_key: bytes

    def __post_init__(self) -> None:
        check_key_name(self.name)
        if len(self.public_key) != KEY_BYTES:
            raise refused("key.malformed", "public key", len(self.public_key))

    @property
    def key_id(self) -> int:
        """The 32-bit key id."""
        return key_id(self.name, self.kind, self.public_key)

    @property
    def vkey(self) -> str:
        """The verifier key as text: name, hexadecimal id, base64 of type and key."""
        encoded = base64_text(bytes([self.kind]) + self.public_key)
        return f"{self.name}+{self.key_id:08x}+{encoded}"

    @classmethod
    def from_vkey(cls, text: str) -> Self:
        """Read a vkey of this kind.

        Raises:
            Refused: `key.malformed`, with `what`.
        """
        return cls(*vkey_parts(text, cls.kind))


@dataclass(frozen=True)
class Verifier(PublicKey):
    """A public key that signs note texts as they stand (type 0x01)."""

    kind: ClassVar[int] = ED25519

    def is_valid(self, text: str, signature: bytes) -> bool:
        """Whether `signature` is this key's over the text."""
        return is_ed25519_signature(self.public_key, text.encode(), signature)

    def timestamp(self, signature: bytes) -> int | None:
        """None: this kind carries no time."""
        return None


@dataclass(frozen=True)
class Signer:
    """A private Ed25519 key with its name. `seed` is the secret, 32 bytes.

    Raises:
        Refused: `key.malformed`, for a forbidden name or a seed that is not 32 bytes.
    """

    name: str
    seed: bytes

    def __post_init__(self) -> None:
        check_key_name(self.name)
        if len(self.seed) != KEY_BYTES:
            raise refused("key.malformed", "seed", len(self.seed))

    def __repr__(self) -> str:
        return f"Signer({self.name!r})"

    @classmethod
    def generated(cls, name: str) -> Signer:
        """A fresh key."""
        return cls(name, Ed25519PrivateKey.generate().private_bytes_raw())

    @classmethod
    def from_secret(cls, text: str) -> Signer:
        """Read the text form of a private key, as `secret` writes it.

        Raises:
            Refused: `key.malformed`, with `what` and without the secret.
        """
        name, identity, encoded = _split(text.removeprefix(_PRIVATE))
        if not text.startswith(_PRIVATE):
            raise refused("key.malformed", "not a private key")
        raw = _secret_bytes(encoded)
        if len(raw) != 1 + KEY_BYTES or raw[0] != ED25519:
            raise refused("key.malformed", "signature type")
        signer = cls(name, raw[1:])
        if identity != f"{signer.verifier.key_id:08x}":
            raise refused("key.malformed", "key id", identity)
        return signer

    @property
    def secret(self) -> str:
        """The private key as text, in the form the Go note library made customary."""
        encoded = base64_text(bytes([ED25519]) + self.seed)
        return f"{_PRIVATE}{self.name}+{self.verifier.key_id:08x}+{encoded}"

    @property
    def verifier(self) -> Verifier:
        """The public half."""
        return Verifier(self.name, public_key_of(self.seed))

    def sign(self, text: str) -> SignatureLine:
        """The signature line of this key under `text`."""
        signature = Ed25519PrivateKey.from_private_bytes(self.seed).sign(text.encode())
        return SignatureLine(self.name, self.verifier.key_id, signature)


def vkey_parts(text: str, kind: int) -> tuple[str, bytes]:
    """Name and public key of a vkey of the given type, its id checked.

    Raises:
        Refused: `key.malformed`, with `what`.
    """
    name, identity, encoded = _split(text)
    raw = base64_bytes(encoded, "public key", "key.malformed")
    if not raw or raw[0] != kind:
        raise refused("key.malformed", "signature type", raw[:1].hex())
    check_key_name(name)
    if len(raw) != 1 + KEY_BYTES:
        raise refused("key.malformed", "public key", len(raw) - 1)
    if identity != f"{key_id(name, kind, raw[1:]):08x}":
        raise refused("key.malformed", "key id", identity)
    return name, raw[1:]


def is_ed25519_signature(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether RFC 8032 verification succeeds; a key or signature of wrong form does not."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def public_key_of(seed: bytes) -> bytes:
    """The 32-byte public key of a 32-byte seed."""
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()


def _secret_bytes(encoded: str) -> bytes:
    try:
        return base64_bytes(encoded, "private key", "key.malformed")
    except Refused:
        # A refusal shows what was found; a secret must not end in a log that way.
        raise refused("key.malformed", "private key") from None


def _split(text: str) -> tuple[str, str, str]:
    parts = text.split("+", 2)
    if len(parts) != 3:
        raise refused("key.malformed", "not three parts")
    return parts[0], parts[1], parts[2]
