"""C2SP tlog-cosignature, type 0x04: a witness's timestamped Ed25519 statement on a checkpoint.

Not for the witness protocol or for deciding how many witnesses are enough.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from liuhen.tlog.hashing import MAX_SIZE
from liuhen.tlog.keys import (
    COSIGNATURE,
    KEY_BYTES,
    PublicKey,
    is_ed25519_signature,
    public_key_of,
)
from liuhen.tlog.notes import SignatureLine, check_key_name
from liuhen.tlog.strict import refused

_TIME_BYTES = 8
_LATEST = MAX_SIZE


@dataclass(frozen=True)
class CosignatureVerifier(PublicKey):
    """A witness's public key. One key serves one witness: the message does not name it."""

    kind: ClassVar[int] = COSIGNATURE

    def is_valid(self, text: str, signature: bytes) -> bool:
        """Whether `signature` is time and Ed25519 signature of this witness over the text."""
        seconds = _seconds(signature)
        if seconds > _LATEST:
            return False
        message = cosigned_message(text, seconds)
        return is_ed25519_signature(self.public_key, message, signature[_TIME_BYTES:])

    def timestamp(self, signature: bytes) -> int | None:
        """When the witness signed, in POSIX seconds."""
        return _seconds(signature)


@dataclass(frozen=True)
class Cosigner:
    """A witness's private key. The caller has verified the checkpoint and gives the time."""

    name: str
    seed: bytes

    def __post_init__(self) -> None:
        check_key_name(self.name)
        if len(self.seed) != KEY_BYTES:
            raise refused("key.malformed", "seed", len(self.seed))

    def __repr__(self) -> str:
        return f"Cosigner({self.name!r})"

    @property
    def verifier(self) -> CosignatureVerifier:
        """The public half."""
        return CosignatureVerifier(self.name, public_key_of(self.seed))

    def cosign(self, text: str, seconds: int) -> SignatureLine:
        """The cosignature line under a checkpoint's text, at a POSIX time.

        Raises:
            Refused: `note.malformed`, for a time outside 0..2**63-1.
        """
        if not 0 <= seconds <= _LATEST:
            raise refused("note.malformed", "time", seconds)
        key = Ed25519PrivateKey.from_private_bytes(self.seed)
        signature = key.sign(cosigned_message(text, seconds))
        raw = seconds.to_bytes(_TIME_BYTES, "big") + signature
        return SignatureLine(self.name, self.verifier.key_id, raw)


def cosigned_message(text: str, seconds: int) -> bytes:
    """What a witness signs: header line, time line, and the whole note text."""
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()


def _seconds(signature: bytes) -> int:
    return int.from_bytes(signature[:_TIME_BYTES], "big")
