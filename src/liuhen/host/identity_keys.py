"""The keys that seal identity numbers: data keys, wrapped by one key of the installation.

`identity-keys.json` holds the data keys and the key of the search digests, each wrapped (RFC 3394)
by the wrapping key, which is a file of its own: beside it, or in the folder
`LIUHEN_IDENTITY_KEY_FOLDER` names. So the wrapping key can be changed without touching a row, and
a data key without touching the wrapping key. An old data key stays: what it sealed may still come
back from a backup. Not for where sealed numbers stand (`cases.sealed`).
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import os
import secrets as random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import (
    InvalidUnwrap,
    aes_key_unwrap,
    aes_key_wrap,
)

from liuhen.host.locks import is_free
from liuhen.host.secret_files import SecretFiles, make_folder, refuse_if_open, write_durably
from liuhen.kernel.refusals import Fault, Refused

FILE = "identity-keys.json"
MARK = "sealed:"
_FIRST_WRAPPING_KEY = "identity.key"
_LOCK = "identity-keys.lock"
_KEY_BYTES, _NONCE_BYTES = 32, 12


@dataclass(frozen=True)
class Ring:
    """The keys, unwrapped: data keys by their id, which of them seals now, the search key."""

    wrapping: str
    current: str
    keys: Mapping[str, bytes]
    search: bytes

    @property
    def mark(self) -> str:
        """How everything begins that the current key sealed."""
        return f"{MARK}{self.current}:"

    @property
    def marks(self) -> tuple[str, ...]:
        """How everything begins that one of these keys sealed."""
        return tuple(f"{MARK}{key}:" for key in self.keys)

    def seal(self, text: str, bound_to: str) -> str:
        """Seal a text (AES-256-GCM) for one place: it opens nowhere else."""
        nonce = random.token_bytes(_NONCE_BYTES)
        hidden = AESGCM(self.keys[self.current]).encrypt(nonce, text.encode(), bound_to.encode())
        return self.mark + base64.urlsafe_b64encode(nonce + hidden).decode()

    def open(self, sealed: str, bound_to: str) -> str:
        """The text again.

        Raises:
            Fault: changed, brought here from another place, or sealed with a key that is not here.
        """
        mark, _, rest = sealed.partition(":")
        key_id, _, encoded = rest.partition(":")
        try:
            raw, key = base64.urlsafe_b64decode(encoded), self.keys[key_id]
            if f"{mark}:" != MARK:
                raise ValueError("not a sealed text")
            opened = AESGCM(key).decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], bound_to.encode())
        except (InvalidTag, KeyError, ValueError) as error:
            raise Fault(f"an identity number of {bound_to} does not open") from error
        return opened.decode()

    def digest(self, text: str) -> str:
        """What equal texts have in common: HMAC-SHA-256 in hex, worth nothing without the key."""
        return hmac.digest(self.search, text.encode(), "sha256").hex()


class IdentityKeys:
    """The files of the keys in a home."""

    def __init__(self, secrets: SecretFiles, environment: Mapping[str, str] = os.environ) -> None:
        self._secrets = secrets
        outside = environment.get("LIUHEN_IDENTITY_KEY_FOLDER")
        self._wrapping = SecretFiles(Path(outside)) if outside else secrets

    def ring(self) -> Ring:
        """The keys as the files have them now; made the first time.

        Raises:
            Refused: `identity_keys.wrapping_missing`, `identity_keys.unreadable`,
                `home.secrets_open`, `home.other_owner`.
        """
        path = self._secrets.folder / FILE
        try:
            status = path.stat()
        except FileNotFoundError:
            self._make()
            status = path.stat()
        return _read(path, self._wrapping.folder, status.st_ino, status.st_mtime_ns)

    def add_data_key(self) -> Ring:
        """Make a new data key the current one; what the earlier ones sealed still opens.

        Raises:
            Refused: `identity_keys.busy`, and as `ring`.
        """
        with self._alone():
            ring, fresh = self.ring(), random.token_hex(4)
            keys = {**ring.keys, fresh: random.token_bytes(_KEY_BYTES)}
            self._write(replace(ring, current=fresh, keys=keys))
        return self.ring()

    def change_wrapping_key(self) -> Ring:
        """Wrap every key with a new wrapping key; the old one's file goes. No row changes.

        Raises:
            Refused: `identity_keys.busy`, and as `ring`.
        """
        with self._alone():
            ring, fresh = self.ring(), f"identity-{random.token_hex(4)}.key"
            write_durably(self._wrapping.folder / fresh, _fresh_key(), replace=False)
            self._write(replace(ring, wrapping=fresh))
            (self._wrapping.folder / ring.wrapping).unlink()
        return self.ring()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with is_free(self._secrets.folder / _LOCK) as alone:
            if not alone:
                raise Refused("identity_keys.busy")
            yield

    def _make(self) -> None:
        make_folder(self._wrapping.folder)
        self._wrapping.read_or_make(_FIRST_WRAPPING_KEY, _fresh_key)
        first = random.token_hex(4)
        ring = Ring(
            wrapping=_FIRST_WRAPPING_KEY,
            current=first,
            keys={first: random.token_bytes(_KEY_BYTES)},
            search=random.token_bytes(_KEY_BYTES),
        )
        self._write(ring, is_first=True)

    def _write(self, ring: Ring, *, is_first: bool = False) -> None:
        key = _wrapping_key(self._wrapping.folder / ring.wrapping)
        told = {
            "wrapping": ring.wrapping,
            "current": ring.current,
            "keys": {name: _wrapped(key, one) for name, one in ring.keys.items()},
            "search": _wrapped(key, ring.search),
        }
        content = json.dumps(told, indent=1).encode()
        write_durably(self._secrets.folder / FILE, content, replace=not is_first)


@lru_cache(maxsize=8)
def _read(path: Path, wrapping_folder: Path, inode: int, changed_ns: int) -> Ring:
    """The ring in a file; read again whenever the file is another (`inode`, `changed_ns`)."""
    refuse_if_open(path)
    try:
        told = json.loads(path.read_bytes())
        name = str(told["wrapping"])
        if Path(name).name != name:
            raise ValueError("a path")
        key = _wrapping_key(wrapping_folder / name)
        keys = {str(each): _unwrapped(key, one) for each, one in told["keys"].items()}
        current, search = str(told["current"]), _unwrapped(key, told["search"])
        if current not in keys:
            raise ValueError("no current key")
    except (ValueError, KeyError, TypeError, AttributeError, InvalidUnwrap) as error:
        raise Refused("identity_keys.unreadable", path=str(path)) from error
    return Ring(name, current, keys, search)


def _wrapping_key(path: Path) -> bytes:
    try:
        refuse_if_open(path)
        key = base64.b64decode(path.read_bytes(), validate=True)
    except FileNotFoundError:
        raise Refused("identity_keys.wrapping_missing", path=str(path)) from None
    except binascii.Error:
        key = b""
    if len(key) != _KEY_BYTES:
        raise Refused("identity_keys.unreadable", path=str(path))
    return key


def _fresh_key() -> bytes:
    return base64.b64encode(random.token_bytes(_KEY_BYTES))


def _wrapped(key: bytes, one: bytes) -> str:
    return base64.b64encode(aes_key_wrap(key, one)).decode()


def _unwrapped(key: bytes, one: str) -> bytes:
    return aes_key_unwrap(key, base64.b64decode(one))
