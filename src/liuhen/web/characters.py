"""Text that no record can hold is refused before any page reads it: the one place for all forms.

PostgreSQL holds neither the character NUL nor half of a surrogate pair. Nobody types them; they
come from programs and damaged copies. Not for what a field may hold otherwise (its form).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict

from liuhen.kernel.refusals import Refused
from liuhen.web.bodies import STREAMED
from liuhen.web.middleware import Respond, refused_answer


class Characters:
    """Looks at the address, its question, the form and JSON. Behind the check of the form's token,
    which has read the form."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: object
    ) -> HttpResponse | None:
        """Refuse the request, whatever page it is for."""
        if all(map(_can_be_held, _texts(request))):
            return None
        return refused_answer(request, Refused("text.unwritable"))


def _texts(request: HttpRequest) -> Iterator[str]:
    yield request.path_info
    yield from _of_fields(request.GET)
    if request.path.startswith(STREAMED):
        return
    if request.content_type == "application/json" or request.path.startswith("/api/"):
        yield from _of_json(request.body)
    elif request.method == "POST":
        yield from _of_fields(request.POST)


def _of_fields(fields: QueryDict) -> Iterator[str]:
    for name, values in fields.lists():
        yield name
        yield from values


def _of_json(body: bytes) -> Iterator[str]:
    """Names and texts; of what is no JSON nothing, for its reader says so."""
    if not body:
        return
    try:
        waiting: list[Any] = [json.loads(body)]
    except (ValueError, RecursionError):
        return
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, list):
            waiting += one
        elif isinstance(one, dict):
            waiting += [*one, *one.values()]


def _can_be_held(text: str) -> bool:
    return "\0" not in text and not any("\ud800" <= one <= "\udfff" for one in text)
