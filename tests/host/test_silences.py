"""What processes noted of a silent database, as its operator reads it without asking it."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from liuhen.host import silences
from liuhen.host.home import Home
from liuhen.host.signs import GREEN, YELLOW
from liuhen.kernel import clock

NOON = dt.datetime(2026, 3, 2, 4, 0, tzinfo=dt.UTC)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home").create()


def at(seconds: float) -> dt.datetime:
    return NOON + dt.timedelta(seconds=seconds)


def told(home: Home, seconds: float) -> tuple[str, float, float, float]:
    with clock.frozen(at(seconds)):
        sign = silences.silence_sign(home)
    figures = sign.figures
    return sign.lamp, figures["times"], figures["seconds"], figures["now"]


def test_what_several_noticed_at_once_is_one_silence_and_goes_on_until_all_are_answered(
    home: Home,
) -> None:
    assert told(home, 0) == (GREEN, 0, 0, 0)
    silences.note(home, at(0), at(20), is_over=False)
    silences.note(home, at(9), at(29), is_over=False)
    assert told(home, 40) == (YELLOW, 1, 40, 1) and silences.is_silent(home)
    silences.note(home, at(0), at(50), is_over=True)
    assert told(home, 50) == (YELLOW, 1, 50, 1)
    silences.note(home, at(9), at(60), is_over=True)
    assert told(home, 90) == (YELLOW, 1, 60, 0) and not silences.is_silent(home)
    silences.note(home, at(61), at(62), is_over=True)
    assert told(home, 90) == (YELLOW, 2, 61, 0)
    day = silences.COUNTED.total_seconds()
    assert told(home, day + 61.9) == (YELLOW, 1, 1, 0)
    assert told(home, day + 62) == (GREEN, 0, 0, 0)


def test_a_process_that_died_whoever_has_its_id_now_a_cut_line_and_a_full_file_leave_what_is_known(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = home.log_dir / "silence.jsonl"
    gone = {"pid": 2**22 + 1, "since": clock.iso(at(0)), "is_over": False}
    lines = [json.dumps({**gone, "seen": clock.iso(at(20))})]
    # its id is another's by now: that of a process which lives, and began later
    silences.note(home, at(0), at(35), is_over=False)
    assert told(home, 40) == (YELLOW, 1, 40, 1)
    noted = json.loads(path.read_text())
    lines += [json.dumps({**noted, "begun": noted["begun"] - 1})]
    path.write_text("\n".join([*lines, '{"pid": 1, "si']))
    assert told(home, 40) == (YELLOW, 1, 35, 0)
    monkeypatch.setattr(silences, "LIMIT_BYTES", 10)
    silences.note(home, at(50), at(60), is_over=True)
    assert path.read_text().count("\n") == 1 and told(home, 90) == (YELLOW, 2, 45, 0)
    path.unlink()
    path.mkdir()
    silences.note(home, at(70), at(90), is_over=False)
    assert told(home, 90) == (YELLOW, 1, 35, 0), "what can't be noted costs no process"
