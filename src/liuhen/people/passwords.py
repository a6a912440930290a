"""How passwords are kept: Argon2id with bounded memory. Not for what makes a password acceptable.

Each check takes the memory below, whoever asks: Django's own 100 MiB, times as many as sign in at
once, are more than a server has to spare. OWASP's password storage sheet asks for 19 MiB and two
passes at the least; three are taken. Passwords kept before are checked by their own figures.
"""

from __future__ import annotations

import os
import threading

from django.contrib.auth.hashers import Argon2PasswordHasher

# Who comes later waits some tens of milliseconds, as they would for a processor.
_turns = threading.BoundedSemaphore(max(1, os.cpu_count() or 1))


class BoundedArgon2Hasher(Argon2PasswordHasher):
    """Argon2id with 19 MiB, three passes, one lane; as many at once as there are processors."""

    time_cost = 3
    memory_cost = 19_456
    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        """The stored form."""
        with _turns:
            return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        """Whether the password is the one stored."""
        with _turns:
            return super().verify(password, encoded)
