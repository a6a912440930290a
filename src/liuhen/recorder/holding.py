"""Which cameras this recorder has and no other: held by locks of the database, for all machines.

A recorder that dies loses its line to the database and with it its cameras; whoever may reach them
takes them over at its next look. While the database is away everybody keeps what it has: twice
recorded is better than not. Not for which cameras are in operation (`cameras.queries`).
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from liuhen.cameras.queries import Post

_TRY = "SELECT pg_try_advisory_lock(hashtextextended(%s, 0))"
_LEAVE = "SELECT pg_advisory_unlock(hashtextextended(%s, 0))"


class Holding:
    """The cameras this recorder has, on a line to the database of its own."""

    def __init__(self) -> None:
        self._line: BaseDatabaseWrapper | None = None
        self._held: set[UUID] = set()

    def of(self, posts: Sequence[Post]) -> list[Post]:
        """Those of the cameras that are ours now; the others are let go.

        Raises:
            OperationalError, InterfaceError: the database is away.
        """
        wanted = {post.camera_id for post in posts}
        self._ask("SELECT %s IS NOT NULL")  # a broken line shows before anything leans on it
        for camera_id in self._held - wanted:
            self._ask(_LEAVE, camera_id)
            self._held.discard(camera_id)
        for camera_id in wanted - self._held:
            if self._ask(_TRY, camera_id):
                self._held.add(camera_id)
        return [post for post in posts if post.camera_id in self._held]

    def close(self) -> None:
        """Let go of all."""
        line, self._line = self._line, None
        self._held = set()
        if line is not None:
            line.close()

    def _ask(self, statement: str, camera_id: UUID | None = None) -> bool:
        if self._line is None:
            self._line = connection.copy()
        try:
            with self._line.cursor() as cursor:
                cursor.execute(statement, [f"camera/{camera_id}"])
                row = cursor.fetchone()
        except BaseException:
            self.close()
            raise
        return bool(row and row[0])
