"""Entry of the child: `python -m liuhen.media.worker`, one request on stdin, one answer on stdout.

Order matters: limits, code, descriptors, confinement, and only then the first untrusted byte.
An error that no reader expects ends the process with a traceback, which the parent reports.
Not for use by hand and never imported by the parent.
"""

from __future__ import annotations

import importlib
import json
import os
import resource
import sys
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

from liuhen.kernel.precedence import BEHIND_PAGES, give_way
from liuhen.media import confinement, schema
from liuhen.media.limits import Limits

INPUT_FD, OUTPUT_FD = 3, 4

# job -> (module, function); a module may offer prepare() to load what it would load later.
_JOBS: Mapping[str, tuple[str, str]] = {
    "read_container": ("liuhen.media.inside.container", "read_container"),
    "read_photo": ("liuhen.media.inside.photo", "read_photo"),
    "thumbnail": ("liuhen.media.inside.picturing", "make_thumbnail"),
    "contact_sheet": ("liuhen.media.inside.picturing", "make_contact_sheet"),
    "shrink_photo": ("liuhen.media.inside.photo", "shrink_photo"),
    "read_scan": ("liuhen.media.inside.scan", "read_scan"),
    "draw_page": ("liuhen.media.inside.scan", "draw_page"),
    "read_words": ("liuhen.media.inside.wording", "read_words"),
    "hear_words": ("liuhen.media.inside.speaking", "hear_words"),
    "waveform": ("liuhen.media.inside.hearing", "measure_waveform"),
    "voices": ("liuhen.media.inside.hearing", "find_voices"),
    "darkness": ("liuhen.media.inside.darkness", "find_darkness"),
    "clip": ("liuhen.media.inside.clipping", "make_clip"),
    "proxy": ("liuhen.media.inside.proxying", "make_proxy"),
    "show": ("liuhen.media.inside.showing", "show"),
    "find_faces": ("liuhen.media.inside.covering", "find_faces"),
    "cover_film": ("liuhen.media.inside.covering", "cover_film"),
    "cover_photo": ("liuhen.media.inside.covering", "cover_photo"),
    "cover_pages": ("liuhen.media.inside.blanking", "cover_pages"),
    "find_clock_codes": ("liuhen.media.inside.decoding_codes", "find_clock_codes"),
    "selfcheck": ("liuhen.media.inside.selfcheck", "try_everything"),
    "exceed": ("liuhen.media.inside.selfcheck", "exceed_limit"),
}


class JobRefused(Exception):
    """A reader can't do what was asked with these bytes; the text says why."""


def main() -> None:
    """Serve one request and exit: 0 with an answer, anything else is a failure."""
    give_way(BEHIND_PAGES)  # its session is its own, and with that its share of the processors
    request: dict[str, Any] = json.load(sys.stdin)
    confinement.die_with_parent(request["parent"])
    limits = Limits(**request["limits"])
    confinement.limit_resources(limits)
    module_name, function_name = _JOBS[request["job"]]
    module = importlib.import_module(module_name)
    function: Callable[[dict[str, Any]], object] = getattr(module, function_name)
    _prepare(module, request["arguments"])
    _settle_descriptors(request["input"], request["output"])
    in_force = confinement.confine(request["parent"], limits, frozenset(request["without"]))
    answer: dict[str, Any] = {}
    try:
        result = function(request["arguments"])
        answer["result"] = schema.plain(result) if not isinstance(result, dict) else result
    except JobRefused as refusal:
        answer["refused"] = schema.clean_text(str(refusal))
    used = resource.getrusage(resource.RUSAGE_SELF)
    answer["envelope"] = {
        "protections": schema.plain(in_force),
        "cpu_ms": int((used.ru_utime + used.ru_stime) * 1000),
    }
    sys.stdout.write(json.dumps(answer))
    sys.stdout.flush()
    # No interpreter shutdown: finalisers of half-read media must not turn an answer into a crash.
    os._exit(0)


def _prepare(module: ModuleType, arguments: dict[str, Any]) -> None:
    prepare: Callable[[dict[str, Any]], None] | None = getattr(module, "prepare", None)
    if prepare is not None:
        prepare(arguments)


def _settle_descriptors(input_fd: int | None, output_fd: int | None) -> None:
    """Put input at 3 and output at 4 with nothing between or behind; absent ones are /dev/null."""
    spare = os.open("/dev/null", os.O_RDONLY)
    kept = [
        os.dup(spare if input_fd is None else input_fd),
        os.dup(spare if output_fd is None else output_fd),
    ]
    high = [_moved_up(fd) for fd in kept]
    os.closerange(3, 64)
    os.dup2(high[0], INPUT_FD)
    os.dup2(high[1], OUTPUT_FD)
    os.closerange(5, 256)


def _moved_up(fd: int) -> int:
    raised = 64 + fd
    os.dup2(fd, raised)
    return raised


if __name__ == "__main__":
    # The readers raise the JobRefused of this module's import name, so run under that name.
    importlib.import_module("liuhen.media.worker").main()
