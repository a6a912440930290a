"""Bodies of requests on their way in: who sends slowly holds few threads, from one address fewer.

A thread that waits for a form which never ends answers no page. So a body has to come at some
pace, and only so many are waited for at once; pages have none and are answered all the while. A
sender who falls silent keeps its place as long as its line, for the server's own read can't be
called off: hence the count. Not for uploads and what else streams (`recordings.streams`), nor for
headers, which the server itself waits for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING, Any, Protocol

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, UnreadablePostError

from liuhen.host.server import BODIES, BODIES_OF_ONE
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Person
from liuhen.recordings.streams import streams
from liuhen.web.middleware import Respond, refused_answer

if TYPE_CHECKING:
    from collections.abc import Iterator

    Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

# They receive bodies of any length as streams, and have places of their own.
STREAMED = ("/api/v1/uploads/",)
# The server hands over nothing before so much is there: small, so that the pace is looked at.
PIECE = 256
# After the first seconds, bytes a second; a telephone line of long ago was faster.
PATIENCE_S, PACE = 10.0, 256
RETRY_AFTER_S = 5


class Stream(Protocol):
    """What the server reads from."""

    def read(self, size: int) -> bytes: ...


class Paced:
    """A body that gives up a sender who is too slow."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._came, self._began = 0, clock.monotonic()

    def read(self, size: int = -1) -> bytes:
        """As much as is asked for. Raises `TimeoutError`, which is Django's unreadable body."""
        pieces, left = list[bytes](), size
        while left > 0:
            piece = self._stream.read(min(PIECE, left))
            if not piece:
                break
            pieces.append(piece)
            left -= len(piece)
            self._look(len(piece))
        return b"".join(pieces)

    def readline(self, size: int = -1) -> bytes:
        """One line, byte by byte: nobody asks for them, but a body is a file. Raises as `read`."""
        line = bytearray()
        while (size < 0 or len(line) < size) and (one := self.read(1)):
            line += one
            if one == b"\n":
                break
        return bytes(line)

    def _look(self, came: int) -> None:
        self._came += came
        seconds = clock.monotonic() - self._began
        if seconds > PATIENCE_S and self._came < PACE * (seconds - PATIENCE_S):
            raise TimeoutError("a body comes too slowly")


def paced(application: Application) -> Application:
    """The application, with bodies at some pace but where they are streamed."""

    def answer(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if not environ.get("PATH_INFO", "").startswith(STREAMED):
            environ["wsgi.input"] = Paced(environ["wsgi.input"])
        return application(environ, start)

    return answer


class Places:
    """How many bodies are waited for, in all and from one address."""

    def __init__(self, most: int, most_of_one: int) -> None:
        self.most, self.most_of_one = most, most_of_one
        self._lock = Lock()
        self._of = Counter[str]()

    @property
    def taken(self) -> int:
        """How many there are."""
        with self._lock:
            return self._of.total()

    @contextmanager
    def take(self, address: str) -> Iterator[None]:
        """One place for the block. Raises `Refused("server.busy")`."""
        with self._lock:
            if self._of.total() >= self.most or self._of[address] >= self.most_of_one:
                raise Refused("server.busy")
            self._of[address] += 1
        try:
            yield
        finally:
            with self._lock:
                self._of[address] -= 1
                self._of += Counter()  # nobody stays with none


places = Places(BODIES, BODIES_OF_ONE)


class Bodies:
    """Reads a body before anything is done. Behind the sign-in: who is known may send files."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = length_of(request)
        try:
            if length and not request.path.startswith(STREAMED):
                if length > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
                    return self._large(request)
                _read(request)
        except Refused as refused:
            answer = refused_answer(request, refused)
            answer.headers["Retry-After"] = str(RETRY_AFTER_S)
            return answer
        return self.get_response(request)

    def _large(self, request: HttpRequest) -> HttpResponse:
        """Files with a form are read piece by piece by who needs them, in a stream's place."""
        if not isinstance(request.user, Person) and not request.path.startswith("/api/"):
            raise RequestDataTooBig("more than a form, from nobody")
        with streams.take():
            return self.get_response(request)


def _read(request: HttpRequest) -> None:
    """The body stands in the request whole. Raises `Refused`: `server.busy`, `server.too_slow`."""
    with places.take(str(request.META.get("REMOTE_ADDR", ""))):
        try:
            _ = request.body
        except UnreadablePostError as error:
            raise Refused("server.too_slow") from error


def length_of(request: HttpRequest) -> int:
    """How long the sender says the body is, bytes; 0 when it does not say."""
    told = request.META.get("CONTENT_LENGTH") or "0"
    return int(told) if told.isascii() and told.isdigit() else 0
