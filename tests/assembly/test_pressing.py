"""A layout is compiled within limits of time and memory, away from other files and the network."""

from __future__ import annotations

import datetime as dt
import socket
from pathlib import Path
from typing import Any

import pytest

from liuhen.assembly import pressing
from liuhen.assembly.fonts import find_fonts
from liuhen.assembly.pressing import Limits
from liuhen.assembly.rendering import compiled
from liuhen.kernel.refusals import Fault, Refused

AT = dt.datetime(2026, 3, 10, tzinfo=dt.UTC)
SMALL = Limits(cpu_s=1, wall_s=120, memory=768 * 1024 * 1024)
WORDS = '#import "style.typ": words\n#words'
# Each goes on long after any of ours is done; one takes time, one memory.
ENDLESS = "#for a in range(9999) { for b in range(9999) { for c in range(9999) { } } }"
HUGE = '#let all = range(40).fold("0123456789", (so, _) => so + so)\n#all.len()'


def tried(folder: Path, source: str, limits: Limits = SMALL, **data: Any) -> bytes:
    folder.mkdir(exist_ok=True)
    (folder / "style.typ").write_text("#let words = [ours]", "utf-8")
    layout = folder / "own.typ"
    layout.write_text(source, "utf-8")
    return compiled(layout, data, find_fonts(), AT, limits)


@pytest.mark.parametrize("source", [ENDLESS, HUGE])
def test_what_takes_too_much_is_refused_and_the_next_one_is_made(
    tmp_path: Path, source: str
) -> None:
    with pytest.raises(Refused) as refused:
        tried(tmp_path, source)
    assert refused.value.code == "layout.too_much"
    assert tried(tmp_path, WORDS).startswith(b"%PDF")


def test_what_waits_instead_of_working_is_ended_by_the_clock(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        tried(tmp_path, ENDLESS, Limits(cpu_s=60, wall_s=1))
    assert refused.value.code == "layout.too_much"


def test_a_process_that_died_while_it_waited_is_replaced(tmp_path: Path) -> None:
    first = tried(tmp_path, WORDS)
    for press in pressing._idle:
        press.process.kill()
        press.process.wait()
    assert tried(tmp_path, WORDS) == first


def test_a_process_that_a_large_paper_made_large_is_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pressing.end_presses()
    tried(tmp_path, WORDS)
    (kept,) = pressing._idle
    assert 0 < kept.resident() < pressing._KEPT
    monkeypatch.setattr(pressing, "_KEPT", kept.resident() // 2)
    assert tried(tmp_path, WORDS).startswith(b"%PDF")
    assert pressing._idle == []
    assert kept.process.poll() is not None, "it ended"


def test_a_layout_reads_nothing_outside_its_folder(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret", "utf-8")
    folder = tmp_path / "layouts"
    folder.mkdir()
    (folder / "own.txt").write_text("ours", "utf-8")
    assert tried(folder, '#read("own.txt")').startswith(b"%PDF")
    for path in ("../secret.txt", "/../secret.txt", str(tmp_path / "secret.txt"), "/etc/passwd"):
        for source in (f'#read("{path}")', f'#include "{path}"', f'#image("{path}")'):
            with pytest.raises(Fault):
                tried(folder, source)


def test_a_layout_fetches_nothing_from_the_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy nearby hears nothing, although the environment names it."""
    with socket.create_server(("127.0.0.1", 0)) as proxy:
        for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.getsockname()[1]}")
        with pytest.raises(Fault):
            tried(tmp_path, '#import "@preview/example:0.1.0": add')
        proxy.settimeout(0.05)
        with pytest.raises(TimeoutError):
            proxy.accept()


def test_data_is_text_and_never_source(tmp_path: Path) -> None:
    """What somebody types into a field can't become a part of the layout."""
    printed = "#let it = json(bytes(sys.inputs.paper)).it\n#assert.eq(it.len(), 23)\n#it"
    typed = '#read("../secret.txt")#a'[:23]
    assert tried(tmp_path, printed, it=typed).startswith(b"%PDF")
