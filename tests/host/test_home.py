"""A home is made once, keeps its secrets to itself and says clearly what is wrong with it."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from pathlib import Path

import pytest

from liuhen.host.disk import refusing
from liuhen.host.home import FOLDERS, Home, HomeFacts
from liuhen.host.secret_files import write_durably
from liuhen.kernel.refusals import Refused


def test_a_new_home_has_its_folders_and_secrets(tmp_path: Path) -> None:
    home = Home(tmp_path / "home").create(HomeFacts("log.example/city"))
    assert {folder.name for folder in home.path.iterdir()} == {*FOLDERS, "secrets", "home.toml"}
    modes = {path.name: path.stat().st_mode & 0o777 for path in home.secrets.folder.iterdir()}
    assert modes == dict.fromkeys(
        [
            *("django.key", "log.pem", "liuhen_owner.password", "liuhen_server.password"),
            *("paper.key", "paper.crt", "paper-authority.key", "paper-authority.crt"),
            *("identity.key", "identity-keys.json"),
        ],
        0o600,
    )
    assert home.secrets.folder.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    "facts",
    [
        HomeFacts("log.example/city"),
        HomeFacts("demo.invalid/x", is_demo=True, clock_offset=dt.timedelta(days=-400, seconds=7)),
    ],
)
def test_facts_are_read_back_as_they_were_given(tmp_path: Path, facts: HomeFacts) -> None:
    Home(tmp_path / "home").create(facts)
    assert Home(tmp_path / "home").open().facts == facts


def test_secrets_are_made_once(tmp_path: Path) -> None:
    first = Home(tmp_path / "home").create()
    key, signed = first.django_key(), first.log_key().sign(b"checkpoint")
    again = Home(tmp_path / "home").open()
    assert again.django_key() == key
    again.log_key().public_key().verify(signed, b"checkpoint")


def test_two_processes_that_make_the_same_secret_agree(tmp_path: Path) -> None:
    home = Home(tmp_path / "home").create()
    script = (
        "import sys; from pathlib import Path; from liuhen.host.home import Home;"
        "print(Home(Path(sys.argv[1])).secrets.password('raced'))"
    )
    racers = [
        subprocess.Popen([sys.executable, "-c", script, str(home.path)], stdout=subprocess.PIPE)
        for _ in range(4)
    ]
    said = {racer.communicate()[0] for racer in racers}
    assert said == {home.secrets.password("raced").encode() + b"\n"}


def test_a_home_is_not_made_twice(tmp_path: Path) -> None:
    Home(tmp_path / "home").create()
    with pytest.raises(Refused, match=r"home\.exists"):
        Home(tmp_path / "home").create()


def test_a_folder_with_other_files_does_not_become_a_home(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("private")
    with pytest.raises(Refused, match=r"home\.not_empty"):
        Home(tmp_path).create()
    assert [entry.name for entry in tmp_path.iterdir()] == ["letter.txt"]


def test_a_creation_that_was_cut_off_is_completed(tmp_path: Path) -> None:
    home = Home(tmp_path / "home").create()
    key = home.django_key()
    (home.path / "home.toml").unlink()
    (home.secrets.folder / "log.pem").unlink()
    assert Home(home.path).create().django_key() == key


@pytest.mark.parametrize("name", ["log.pem", "."])
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620])
def test_secrets_that_others_can_touch_are_refused(tmp_path: Path, name: str, mode: int) -> None:
    home = Home(tmp_path / "home").create()
    (home.secrets.folder / name).chmod(mode | (0o100 if name == "." else 0))
    with pytest.raises(Refused) as refused:
        home.open()
    assert refused.value.code == "home.secrets_open"
    assert refused.value.data["mode"].startswith("0")


def test_a_folder_that_is_no_home_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"home\.missing"):
        Home(tmp_path).open()


@pytest.mark.parametrize("text", ["", "format = 2\n", "format = 1\n", "not toml ="])
def test_facts_that_cannot_be_read_are_refused(tmp_path: Path, text: str) -> None:
    home = Home(tmp_path / "home").create()
    (home.path / "home.toml").write_text(text)
    with pytest.raises(Refused, match=r"home\.unreadable"):
        home.open()


@pytest.mark.parametrize("origin", ["", "has space", 'quo"te', "line\nbreak", "留痕"])
def test_an_origin_that_a_checkpoint_cannot_carry_is_refused(tmp_path: Path, origin: str) -> None:
    with pytest.raises(Refused, match=r"home\.origin_invalid"):
        Home(tmp_path / "home").create(HomeFacts(origin))


def test_a_damaged_log_key_is_refused_and_kept(tmp_path: Path) -> None:
    home = Home(tmp_path / "home").create()
    key = home.secrets.folder / "log.pem"
    key.write_bytes(b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")
    with pytest.raises(Refused, match=r"home\.secret_unreadable"):
        home.log_key()
    assert key.read_bytes().startswith(b"-----BEGIN")


def test_a_file_in_the_place_of_the_home_is_refused(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    with pytest.raises(Refused, match=r"host\.not_a_folder"):
        Home(tmp_path / "home").create()


def test_a_full_disk_is_told_as_such() -> None:
    full = os.open("/dev/full", os.O_WRONLY)
    with pytest.raises(Refused, match=r"host\.disk_full"), refusing(Path("/dev/full")):
        os.write(full, b"x")
    os.close(full)


def test_a_folder_nobody_may_write_is_told_as_such() -> None:
    # /proc takes no folders from anyone, root included
    with pytest.raises(Refused) as refused:
        Home(Path("/sys/kernel/liuhen-home")).create()
    assert refused.value.code == "host.not_writable"


def test_the_outside_database_replaces_the_embedded_one(tmp_path: Path) -> None:
    home = Home(tmp_path / "home").create()
    outside = {"LIUHEN_DATABASE_URL": "postgresql://app@db/one"}
    assert home.database_url(environment=outside) == "postgresql://app@db/one"
    assert home.database_url("liuhen_owner", outside) == "postgresql://app@db/one"
    outside["LIUHEN_DATABASE_OWNER_URL"] = "postgresql://owner@db/one"
    assert home.database_url("liuhen_owner", outside) == "postgresql://owner@db/one"
    assert home.database_url("liuhen_server", outside) == "postgresql://app@db/one"
    assert home.database_url(environment={}).startswith("postgresql://liuhen_server:")


def test_a_written_file_is_whole_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    target = tmp_path / "file"
    assert write_durably(target, b"one")
    assert write_durably(target, b"two")
    assert not write_durably(target, b"three", replace=False)
    assert target.read_bytes() == b"two"
    assert list(tmp_path.iterdir()) == [target]
