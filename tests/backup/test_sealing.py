"""A sealed file opens whole, under its own name, with its own key; or not at all."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liuhen.backup.deflating import Deflated, inflated
from liuhen.backup.repository import Plain, Repository
from liuhen.backup.sealing import PIECE, Key, opened, seal
from liuhen.commands.backup import refuse_near
from liuhen.host.locks import FileLock
from liuhen.kernel.digests import sha256_hex
from liuhen.kernel.refusals import Refused

KEY = Key(bytes(range(32)))


def sealed(content: bytes, name: str = "originals/ab/x") -> bytes:
    sink = io.BytesIO()
    told = seal(io.BytesIO(content), sink, KEY, name)
    assert (told.sha256, told.size) == (sha256_hex(content), len(content))
    return sink.getvalue()


def unsealed(raw: bytes, name: str = "originals/ab/x", key: Key = KEY) -> bytes:
    return b"".join(opened(io.BytesIO(raw), key, name))


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE])
def test_what_was_sealed_opens_again(size: int) -> None:
    content = os.urandom(size)
    raw = sealed(content)
    assert unsealed(raw) == content
    # a byte or two stand in any cipher by chance
    assert content[:64] not in raw or size < 16


@given(content=st.binary(max_size=300), place=st.integers(0), bit=st.integers(0, 7))
def test_one_flipped_bit_anywhere_is_seen(content: bytes, place: int, bit: int) -> None:
    raw = bytearray(sealed(content))
    raw[place % len(raw)] ^= 1 << bit
    with pytest.raises(Refused, match=r"backup\.damaged"):
        unsealed(bytes(raw))


@given(content=st.binary(max_size=300), length=st.integers(0))
def test_a_file_that_was_cut_is_seen(content: bytes, length: int) -> None:
    raw = sealed(content)
    with pytest.raises(Refused, match=r"backup\.damaged"):
        unsealed(raw[: length % len(raw)])


def test_a_file_cut_between_two_pieces_is_seen() -> None:
    raw = sealed(bytes(2 * PIECE))
    head = len(raw) - 2 * (PIECE + 16)
    with pytest.raises(Refused, match=r"backup\.damaged"):
        unsealed(raw[: head + PIECE + 16])


def test_pieces_in_another_order_are_seen() -> None:
    raw = sealed(b"a" * PIECE + b"b" * PIECE)
    head = len(raw) - 2 * (PIECE + 16)
    first, second = raw[head : head + PIECE + 16], raw[head + PIECE + 16 :]
    with pytest.raises(Refused, match=r"backup\.damaged"):
        unsealed(raw[:head] + second + first)


def test_another_name_or_another_key_does_not_open_it() -> None:
    raw = sealed(b"x")
    for name, key in (("originals/ab/y", KEY), ("originals/ab/x", Key(bytes(32)))):
        with pytest.raises(Refused, match=r"backup\.damaged"):
            unsealed(raw, name, key)


@given(st.binary(max_size=2000), st.integers(1, 700))
def test_what_was_deflated_is_inflated_again(content: bytes, step: int) -> None:
    deflated = Deflated(io.BytesIO(content))
    small = Plain(iter(lambda: deflated.read(step), b""))
    assert b"".join(inflated(iter([small.read()]), "x")) == content


def test_deflated_bytes_that_end_too_early_are_seen() -> None:
    deflated = Deflated(io.BytesIO(os.urandom(5000)))
    whole = Plain(iter(lambda: deflated.read(1000), b""))
    with pytest.raises(Refused, match=r"backup\.damaged"):
        list(inflated(iter([whole.read()[:-1]]), "x"))


# --- the key's file


def test_a_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "backup.key"
    key = Key.make(path)
    assert Key.read(path) == key and path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(Refused, match=r"backup\.key_exists"):
        Key.make(path)
    path.chmod(0o640)
    with pytest.raises(Refused, match=r"home\.secrets_open"):
        Key.read(path)


@pytest.mark.parametrize("text", ["", "liuhen-backup-key-1 AAAA\n", "other AAAA", "中文 字"])
def test_what_is_no_key_is_told_so(tmp_path: Path, text: str) -> None:
    path = tmp_path / "backup.key"
    path.write_text(text, "utf-8")
    path.chmod(0o600)
    with pytest.raises(Refused, match=r"backup\.key_unreadable"):
        Key.read(path)


# --- the repository


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository.make(tmp_path / "repository", KEY, "log.example.org/x")


def test_a_file_is_there_whole_or_not_at_all(repository: Repository) -> None:
    class Breaks:
        def read(self, size: int, /) -> bytes:
            raise OSError("the source broke off")

    with pytest.raises(OSError, match="broke off"):
        repository.put("bases/one", Breaks())
    assert not repository.has("bases/one") and not list(repository.path.glob("bases/*"))
    repository.put_bytes("bases/one", b"content")
    assert b"".join(repository.read("bases/one")) == b"content"


def test_what_a_killed_run_left_is_removed_by_the_next(repository: Repository) -> None:
    (repository.path / "bases").mkdir()
    (repository.path / "bases" / ".building-0").write_bytes(b"half")
    with repository.alone():
        assert not list(repository.path.glob("bases/.building*"))


def test_two_do_not_write_at_once(repository: Repository) -> None:
    lock = FileLock(repository.path / ".lock")
    assert lock.take()
    with pytest.raises(Refused, match=r"backup\.busy"), repository.alone():
        pass
    lock.close()


def test_the_check_names_each_damaged_file(repository: Repository) -> None:
    right, wrong = sha256_hex(b"right"), sha256_hex(b"wrong")
    repository.put_bytes(f"originals/aa/{right}", b"right")
    repository.put_bytes(f"originals/aa/{wrong}", b"something else")
    repository.put_bytes("sets/one", b"{}")
    path = repository.place("sets/one")
    path.write_bytes(path.read_bytes()[:-1])
    damaged = {name for name, refused in repository.check() if refused}
    assert damaged == {f"originals/aa/{wrong}", "sets/one"}


def test_a_folder_with_something_in_it_and_a_wrong_key_are_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(Refused, match=r"backup\.not_empty"):
        Repository.make(tmp_path, KEY, "x")
    with pytest.raises(Refused, match=r"backup\.none"):
        Repository.open(tmp_path, KEY)
    Repository.make(tmp_path / "own", KEY, "x")
    with pytest.raises(Refused, match=r"backup\.other_key"):
        Repository.open(tmp_path / "own", Key(bytes(32)))


@pytest.mark.parametrize(
    ("target", "key", "code"),
    [
        ("home/backup", "k", "backup.place"),
        (".", "k", "backup.place"),
        ("elsewhere", "home/secrets/k", "backup.key_place"),
        ("elsewhere", "elsewhere/k", "backup.key_place"),
        ("link/backup", "k", "backup.place"),
    ],
)
def test_places_that_would_help_nobody_are_refused(
    tmp_path: Path, target: str, key: str, code: str
) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "home")
    with pytest.raises(Refused) as refused:
        refuse_near(tmp_path / "home", tmp_path / target, tmp_path / key)
    assert refused.value.code == code
    refuse_near(tmp_path / "home", tmp_path / "elsewhere", tmp_path / "k")
