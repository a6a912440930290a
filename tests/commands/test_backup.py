"""A home whose database or originals moved away is not backed up as if they lay here."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.actions.keeping import code_of

from liuhen.backup.sealing import Key
from liuhen.commands.backup import _back_up
from liuhen.host.home import Home


@pytest.mark.parametrize(
    ("is_told", "code"),
    [(True, "backup.outside_database"), (False, "home.moved")],
    ids=["the address is set", "the address was forgotten"],
)
def test_what_moved_away_is_backed_up_where_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_told: bool, code: str
) -> None:
    home = Home(tmp_path / "home").create()
    home.moved_path.write_text("2026-03-10 stadt", "utf-8")
    if is_told:
        monkeypatch.setenv("LIUHEN_DATABASE_URL", "postgresql://liuhen@stadt/liuhen")
    else:
        monkeypatch.delenv("LIUHEN_DATABASE_URL", raising=False)
    key, target = Key.make(tmp_path / "key"), tmp_path / "repository"

    def back_up() -> int:
        return _back_up(home.path, target, key, False, is_full=False)

    assert code_of(back_up) == code
    assert not list(target.glob("sets/*")), "no set says that it restores anything"
