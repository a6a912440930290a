"""A camera's password, sealed with the home's own key so that no copy of the database tells it.

Not for people's passwords: those are never kept, this one has to be said to the camera.
"""

from __future__ import annotations

import base64
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from liuhen.kernel.refusals import Fault


@lru_cache(maxsize=1)
def _box(key: str) -> Fernet:
    derived = HKDF(SHA256(), 32, salt=None, info=b"liuhen.cameras.credentials")
    return Fernet(base64.urlsafe_b64encode(derived.derive(key.encode())))


def seal(password: str) -> str:
    """The password as it is kept; "" for none."""
    return _box(settings.SECRET_KEY).encrypt(password.encode()).decode() if password else ""


def unseal(secret: str) -> str:
    """The password out of its kept form.

    Raises:
        Fault: it was sealed with the key of another home.
    """
    if not secret:
        return ""
    try:
        return _box(settings.SECRET_KEY).decrypt(secret.encode()).decode()
    except InvalidToken as error:
        raise Fault("a camera's password was sealed with another home's key") from error
