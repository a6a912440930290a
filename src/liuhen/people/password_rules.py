"""What a password may not be made of: words of this place, and passwords known from breaches.

Beside Django's own rules on length and common ones. Not for how a password is kept (`passwords`).
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from django.core.exceptions import ValidationError

from liuhen.people.models import Person, Unit

# Of the system and of what everybody here does; the page on sign-in lists them.
WORDS = ("liuhen", "留痕", "zhifa", "执法", "xingzheng", "行政", "chufa", "处罚")
# So many characters have to be left without them.
LEAST_LEFT = 5
_SHORTEST_WORD = 3


class OwnWords:
    """Refuses a password of which little is left without the words an outsider would try first."""

    def validate(self, password: str, user: Person | None = None) -> None:
        """Raises `ValidationError`."""
        left = password.casefold()
        for word in sorted(self._words(user), key=len, reverse=True):
            left = left.replace(word, "")
        if len(left) < LEAST_LEFT:
            raise ValidationError("", code="password_own_words")

    def _words(self, user: Person | None) -> set[str]:
        """The system's, the authority's units and the person's own."""
        told = [user.username, user.name] if user is not None else []
        for code, name in Unit.objects.values_list("code", "name"):
            told += [code, name]
        return {*WORDS, *(one.casefold() for one in told if len(one) >= _SHORTEST_WORD)}


class Breached:
    """Refuses passwords of a list the operator brings: SHA-1 in hexadecimal, in order, a line each.

    So the public list of Pwned Passwords comes ("HASH:COUNT"); it is searched where it lies, and
    no part of a password leaves this machine.
    """

    def __init__(self, path: str) -> None:
        self._path = Path(path) if path else None

    def validate(self, password: str, user: Person | None = None) -> None:
        """Raises `ValidationError`, and `OSError` when the list is gone: nothing passes unseen."""
        if self._path is None:
            return
        digest = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper()
        if _has_line(self._path, digest.encode()):
            raise ValidationError("", code="password_breached")


def _has_line(path: Path, wanted: bytes) -> bool:
    """Whether a line of a file in order begins with `wanted`, by halving."""
    with path.open("rb") as lines:
        low, high = 0, path.stat().st_size
        while low < high:
            middle = (low + high) // 2
            lines.seek(middle)
            if middle:
                lines.readline()  # the rest of a line that begins before
            found = lines.readline()[: len(wanted)].upper()
            if not found or found > wanted:
                high = middle
            elif found < wanted:
                low = middle + 1
            else:
                return True
        lines.seek(0)
        return lines.readline()[: len(wanted)].upper() == wanted
