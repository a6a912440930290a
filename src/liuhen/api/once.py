"""`Idempotency-Key`: the same request sent again is answered as before and not done again.

A key belongs to its person and is kept for a day. Only success is kept: what was refused may be
tried again. Whoever was cut off by a dying server may use the key again after a minute. Not for
uploads' bytes, which go on from their offset.
"""

from __future__ import annotations

import datetime as dt
import inspect
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, cast

from django.db import IntegrityError, transaction
from django.http import HttpRequest

from liuhen.kernel import clock
from liuhen.kernel.canonical import dumps
from liuhen.kernel.digests import sha256_hex
from liuhen.kernel.refusals import Refused
from liuhen.people.models import AnsweredRequest

if TYPE_CHECKING:
    from liuhen.people.models import Person

HEADER = "Idempotency-Key"
KEPT = dt.timedelta(days=1)
GIVEN_UP = dt.timedelta(minutes=1)
PARAMETER = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "description": "Sent again with the same key, a request is answered as before.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"},
    "example": "0192f0c1-5a3e-7c11-9b57-2f5d1a7c9e10",
}
Operation = Callable[..., dict[str, Any]]


def once(operation: Operation) -> Operation:
    """Make an endpoint that answers with plain JSON heed the header."""

    @wraps(operation)
    def answer(request: HttpRequest, *parts: Any, **named: Any) -> dict[str, Any]:
        return done_once(request, request.body, lambda: operation(request, *parts, **named))

    # The library reads the types of parameters in the module of the function it is given: this one.
    answer.__signature__ = inspect.signature(operation, eval_str=True)  # type: ignore[attr-defined]
    return answer


def done_once(
    request: HttpRequest, content: bytes, perform: Callable[[], dict[str, Any]]
) -> dict[str, Any]:
    """`perform` and keep its answer, or give the answer kept under the request's key.

    Raises:
        Refused: `request.key`, `request.key_reused`, `request.running`, and what `perform` raises.
    """
    key = request.headers.get(HEADER)
    if key is None:
        return perform()
    if not (0 < len(key) <= 200 and key.isascii() and key.isprintable() and " " not in key):
        raise Refused("request.key")
    told = {"method": request.method, "path": request.path, "content": sha256_hex(content)}
    answered = _begun(cast("Person", request.user), key, sha256_hex(dumps(told)))
    if answered.answer is not None:
        return cast("dict[str, Any]", answered.answer)
    try:
        answered.answer = perform()
    except BaseException:
        answered.delete()
        raise
    answered.save(update_fields=["answer"])
    return answered.answer


def _begun(person: Person, key: str, sha256: str) -> AnsweredRequest:
    """The row of this key, new or with its answer."""
    now = clock.now()
    AnsweredRequest.objects.filter(begun_at__lt=now - KEPT).delete()
    unanswered = AnsweredRequest.objects.filter(person=person, key=key, answer__isnull=True)
    unanswered.filter(begun_at__lt=now - GIVEN_UP).delete()
    try:
        with transaction.atomic():
            return AnsweredRequest.objects.create(
                person=person, key=key, sha256=sha256, begun_at=now
            )
    except IntegrityError:
        row = AnsweredRequest.objects.filter(person=person, key=key).first()
    if row is None or row.answer is None:
        raise Refused("request.running")
    if row.sha256 != sha256:
        raise Refused("request.key_reused")
    return row
