"""Running one job on untrusted bytes in a child process that may fail, hang or turn hostile.

The parent opens the input read-only and the output, hands both down as open descriptors, and
believes nothing that comes back until `schema` has read it. Not for what a job does
(`inside/`) nor for how the child ties its own hands (`confinement`).
"""

from __future__ import annotations

import json
import os
import selectors
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Generic, Literal, TypeVar

from liuhen.kernel import clock
from liuhen.kernel.refusals import Fault
from liuhen.media import schema
from liuhen.media.limits import Limits
from liuhen.media.protections import Attempts, Layer, Protections

T = TypeVar("T")

JobName = Literal[
    "read_container",
    "read_photo",
    "thumbnail",
    "contact_sheet",
    "shrink_photo",
    "read_scan",
    "draw_page",
    "read_words",
    "hear_words",
    "waveform",
    "voices",
    "darkness",
    "clip",
    "proxy",
    "find_faces",
    "cover_film",
    "cover_photo",
    "cover_pages",
    "find_clock_codes",
    "selfcheck",
    "exceed",
]
FailureKind = Literal[
    "not_started",
    "no_input",
    "wall_clock",
    "cpu_time",
    "memory",
    "crashed",
    "refused",
    "reply_too_long",
    "reply_malformed",
]

_STDERR_KEPT = 8192


@dataclass(frozen=True)
class Failure:
    """Why there is no answer. `detail` is one line in English for the log and the finding."""

    kind: FailureKind
    detail: str


@dataclass(frozen=True)
class Reply(Generic[T]):
    """A checked answer, and what protected the host while it was made.

    `cpu_ms` is the child's own figure, for the bench only.
    """

    result: T
    protections: Protections
    cpu_ms: int


@dataclass(frozen=True)
class _Envelope:
    protections: Protections
    cpu_ms: int


def run_job(
    job: JobName,
    shape: type[T],
    limits: Limits,
    *,
    source: Path | None = None,
    output: int | None = None,
    arguments: Mapping[str, Any] | None = None,
    without: Sequence[Layer] = (),
) -> Reply[T] | Failure:
    """Run `job` in a fresh child; the answer as dataclass `shape`, or why there is none.

    Args:
        source: file the child may read; opened here, read-only.
        output: descriptor open for writing that the child may fill, at most `limits.file_size`.
        arguments: plain JSON handed to the job.
        without: layers of confinement to leave out; only to prove the others.

    Never raises for what the bytes or the child do.
    """
    try:
        with _opened(source) as input_fd:
            return _run(job, shape, limits, input_fd, output, dict(arguments or {}), without)
    except OSError as error:
        return Failure("no_input", f"{type(error).__name__}: {error.strerror}")


def protections(without: Sequence[Layer] = ()) -> tuple[Protections, Attempts]:
    """What is in force on this machine for this user, and the proof by trying.

    Raises:
        Fault: no child can be started at all.
    """
    reply = run_job("selfcheck", Attempts, Limits(), source=Path(__file__), without=without)
    if isinstance(reply, Failure):
        raise Fault(f"no child for media: {reply.kind}: {reply.detail}")
    return reply.protections, reply.result


@contextmanager
def _opened(source: Path | None) -> Iterator[int | None]:
    """The source as a descriptor; a pipe or device in its place is refused, not waited for."""
    if source is None:
        yield None
        return
    fd = os.open(source, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            raise OSError(0, "not a regular file")
        yield fd
    finally:
        os.close(fd)


def _run(
    job: JobName, shape: type[T], limits: Limits, input_fd: int | None, output: int | None,
    arguments: dict[str, Any], without: Sequence[Layer],
) -> Reply[T] | Failure:  # fmt: skip
    request = {
        "job": job, "limits": asdict(limits), "input": input_fd, "output": output,
        "arguments": arguments, "without": list(without), "parent": os.getpid(),
    }  # fmt: skip
    handed = [fd for fd in (input_fd, output) if fd is not None]
    try:
        child = subprocess.Popen(
            [sys.executable, "-I", "-X", "utf8", "-m", "liuhen.media.worker"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            pass_fds=handed, cwd="/", env={}, start_new_session=True,
        )  # fmt: skip
    except OSError as error:
        return Failure("not_started", f"{type(error).__name__}: {error.strerror}")
    stopped: Failure | None = None
    try:
        said, complaint, stopped = _talk(child, json.dumps(request).encode(), limits)
    finally:
        _end(child, is_done=stopped is None)
    return stopped or _judge(child.returncode, said, complaint, shape)


def _talk(
    child: subprocess.Popen[bytes], request: bytes, limits: Limits
) -> tuple[bytes, bytes, Failure | None]:
    """Send the request and collect both pipes until they close, time is up or too much came."""
    assert child.stdin and child.stdout and child.stderr
    with suppress(BrokenPipeError):  # it died at once: the exit status says why
        child.stdin.write(request)
        child.stdin.close()
    until = clock.monotonic() + limits.wall_s
    said, complaint = bytearray(), bytearray()
    with selectors.DefaultSelector() as waiting:
        waiting.register(child.stdout, selectors.EVENT_READ, said)
        waiting.register(child.stderr, selectors.EVENT_READ, complaint)
        while waiting.get_map():
            left = until - clock.monotonic()
            ready = waiting.select(max(0.0, left)) if left > 0 else []
            if not ready:
                stopped = Failure("wall_clock", f"stopped after {limits.wall_s} s")
                return bytes(said), bytes(complaint), stopped
            for key, _ in ready:
                chunk = os.read(key.fd, 65536)
                if not chunk:
                    waiting.unregister(key.fileobj)
                key.data.extend(chunk)
            del complaint[:-_STDERR_KEPT]
            if len(said) > limits.reply:
                stopped = Failure("reply_too_long", f"over {limits.reply} bytes")
                return b"", bytes(complaint), stopped
    return bytes(said), bytes(complaint), None


def _end(child: subprocess.Popen[bytes], *, is_done: bool) -> None:
    """Make sure the child and whatever it started are gone, and its descriptors closed."""
    if is_done:  # both pipes are closed: it is on its way out
        try:
            child.wait(timeout=0.5)
        except subprocess.TimeoutExpired:
            child.kill()
    # Refused or not found means that nothing of its group is left.
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()
    for pipe in (child.stdin, child.stdout, child.stderr):
        if pipe:
            pipe.close()


def _judge(status: int, said: bytes, complaint: bytes, shape: type[T]) -> Reply[T] | Failure:
    if status != 0:
        return _failure(status, complaint)
    try:
        answer = json.loads(said)
        if not isinstance(answer, dict) or set(answer) - {"refused", "result"} != {"envelope"}:
            raise schema.SchemaError("answer: keys differ")
        envelope = schema.read(_Envelope, answer["envelope"])
        if "refused" in answer:
            return Failure("refused", schema.clean_text(str(answer["refused"])))
        result = schema.read(shape, answer["result"])
    except (ValueError, KeyError, RecursionError) as error:
        return Failure("reply_malformed", schema.clean_text(f"{type(error).__name__}: {error}"))
    return Reply(result, envelope.protections, envelope.cpu_ms)


def _failure(status: int, complaint: bytes) -> Failure:
    lines = complaint.decode("utf-8", "replace").strip().splitlines()
    last = schema.clean_text(lines[-1]) if lines else ""
    if status == -signal.SIGXCPU:
        return Failure("cpu_time", "stopped by the processor time limit")
    if "MemoryError" in last:
        return Failure("memory", f"stopped by the memory limit: {last}")
    if status < 0:
        name = signal.Signals(-status).name if -status in set(signal.Signals) else str(-status)
        return Failure("crashed", f"killed by {name} {last}".strip())
    return Failure("crashed", f"status {status} {last}".strip())
