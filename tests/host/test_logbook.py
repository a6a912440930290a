"""The one log takes lines from everywhere, rotates, and never stops what it logs."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
from tests.waiting import until

from liuhen.host.logbook import KEPT_FILES, LINE_LIMIT_BYTES, Logbook, printable


def test_lines_go_to_the_file_and_the_terminal_alike(tmp_path: Path) -> None:
    seen: list[str] = []
    book = Logbook(tmp_path / "liuhen.log", seen.append)
    book.write("web", "一 two")
    book.write("worker", "three")
    assert "".join(seen) == (tmp_path / "liuhen.log").read_text()
    assert [line.split(maxsplit=2)[1:] for line in seen] == [
        ["web", "一 two\n"],
        ["worker", "three\n"],
    ]


def test_a_full_file_is_rotated_and_only_so_many_are_kept(tmp_path: Path) -> None:
    book = Logbook(tmp_path / "liuhen.log", limit_bytes=1000)
    for number in range(400):
        book.write("web", f"{number:04} " + "x" * 95)
    files = sorted(path.name for path in tmp_path.iterdir())
    assert len(files) == KEPT_FILES - 1 or len(files) == KEPT_FILES
    newest = (tmp_path / "liuhen.log.1").read_text().splitlines()
    older = (tmp_path / "liuhen.log.2").read_text().splitlines()
    assert older[-1].split()[2] < newest[0].split()[2]
    assert all(path.stat().st_size < 1200 for path in tmp_path.iterdir())


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (b"plain\n", "plain"),
        ("中文 emoji 😀\r\n".encode(), "中文 emoji 😀"),
        (b"a\x1b[31mred", "a\\x1b[31mred"),
        (b"two\rlines", "two\\x0dlines"),
        ("bidi\u202e".encode(), "bidi\\x202e"),
        (b"\xff\xfe", "\ufffd\ufffd"),
        (b"x" * (LINE_LIMIT_BYTES + 5), "x" * LINE_LIMIT_BYTES),
    ],
)
def test_no_line_can_pass_for_another(raw: bytes, shown: str) -> None:
    assert printable(raw) == shown


def test_a_stream_is_followed_to_its_end(tmp_path: Path) -> None:
    book = Logbook(tmp_path / "liuhen.log")
    book.follow_stream("web", io.BytesIO(b"one\ntwo\nlast without end")).join()
    lines = (tmp_path / "liuhen.log").read_text().splitlines()
    assert [line.split(maxsplit=2)[2] for line in lines] == ["one", "two", "last without end"]


def test_a_file_is_followed_and_cut_short_when_it_has_grown(tmp_path: Path) -> None:
    source = tmp_path / "postgres.log"
    source.write_text("before we came\n")
    book = Logbook(tmp_path / "liuhen.log", limit_bytes=2000)
    book.follow_file("postgres", source)
    writer = os.open(source, os.O_WRONLY | os.O_APPEND)
    # at once: what is written while it is cut short would be lost
    os.write(writer, "".join(f"line {number} {'x' * 50}\n" for number in range(60)).encode())
    until(lambda: not source.stat().st_size)
    os.write(writer, b"after the cut\n")
    os.close(writer)
    until(lambda: "after the cut" in (tmp_path / "liuhen.log").read_text())
    assert source.stat().st_size < 100
    logged = "".join(path.read_text() for path in sorted(tmp_path.glob("liuhen.log*")))
    assert all(f"line {number} " in logged for number in range(60))
    assert "before we came" not in logged


def test_a_disk_without_room_costs_lines_of_the_file_only(tmp_path: Path) -> None:
    (tmp_path / "liuhen.log").symlink_to("/dev/full")
    seen: list[str] = []
    Logbook(tmp_path / "liuhen.log", seen.append).write("web", "still shown")
    assert any("still shown" in line for line in seen)
    assert any("No space left" in line for line in seen)


def test_a_terminal_that_has_gone_does_not_stop_the_log(tmp_path: Path) -> None:
    def gone(line: str) -> None:
        raise BrokenPipeError

    book = Logbook(tmp_path / "liuhen.log", gone)
    book.write("web", "one")
    book.write("web", "two")
    assert len((tmp_path / "liuhen.log").read_text().splitlines()) == 2
