"""Recordings are spread over discs by size; what can't be done is refused before anything is."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from liuhen.actions.case_copies import answer_case_copy, ask_case_copy
from liuhen.actions.copying import copy_case
from liuhen.archive.disc import parted
from liuhen.archive.models import CaseCopy, CaseCopyRequest
from liuhen.archive.packing import Packed, gather
from liuhen.commands.disc import make_discs, size_in_bytes
from liuhen.demo.people import World
from liuhen.demo.simple_case import SimpleCase
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.ledger.sequencing import sequence_all
from liuhen.oversight.unit_facts import facts_of_unit
from tests.disc.asked import approved
from tests.disc.conftest import on_the_spot
from tests.web.conftest import hand_in
from tests.world import MORNING


def code_of(call: Any, *args: Any, **given: Any) -> str:
    with pytest.raises(Refused) as refused:
        call(*args, **given)
    return refused.value.code


@pytest.fixture
def simple(world: World) -> SimpleCase:
    with clock.frozen(MORNING) as stopped:
        made = on_the_spot(world, stopped)
    for seed in (1, 2, 3):
        hand_in(world, seed, made.activity)
    sequence_all()
    return made


def test_a_small_disc_parts_the_recordings_and_each_disc_verifies(
    world: World, simple: SimpleCase, tmp_path: Path
) -> None:
    approved(world, simple.case, "虚构市人民法院", "举证")
    sequence_all()
    packed = gather(simple.case)
    limit = least_possible(packed)
    parts = parted(packed, limit)
    assert len(parts) > 1
    made = make_discs(
        world["records"], str(simple.case.id), tmp_path / "case", limit=limit, is_folder=True
    )
    assert [path.name for path in made] == [f"case-{n}" for n in range(1, len(parts) + 1)]
    held = [{f.name for f in (disc / "data/recordings").glob("*")} for disc in made]
    assert sum(map(len, held)) == len(set().union(*held)) == 5
    for part, disc in enumerate(made, start=1):
        told = subprocess.run(
            [sys.executable, "-I", "-S", str(disc / "verify.py")], capture_output=True, text=True
        )
        assert told.returncode == 0, told.stdout
        facts = json.loads((disc / "disc.json").read_bytes())
        assert (facts["part"], facts["parts"]) == (part, len(parts))
    assert CaseCopy.objects.get().parts == len(parts)


def least_possible(packed: Packed) -> int:
    """The smallest disc, nearly, that holds the largest recording beside everything else."""
    with pytest.raises(Refused) as refused:
        parted(packed, 100_000)
    limit: int = refused.value.data["needed"]
    while True:
        limit += 2_000
        with suppress(Refused):
            parted(packed, limit)
            return limit


def test_what_does_not_fit_is_refused_with_its_name(simple: SimpleCase) -> None:
    packed = gather(simple.case)
    with pytest.raises(Refused) as refused:
        parted(packed, 100_000)
    assert refused.value.code == "disc.too_small"
    needed = refused.value.data["needed"]
    with pytest.raises(Refused) as refused:
        parted(packed, needed + 10_000)
    assert refused.value.code == "disc.file_too_large"
    assert ".mp4" in refused.value.data["name"]


@pytest.mark.parametrize(
    ("who", "changed", "code"),
    [
        ("records", {"recipient": " "}, "copy.recipient"),
        ("records", {"purpose": ""}, "export.purpose"),
        ("records", {"audience": ""}, "case_copy.audience"),
        ("supervisor", {}, "permission.missing"),
    ],
)
def test_a_request_without_recipient_purpose_or_right_is_refused(
    world: World, simple: SimpleCase, who: str, changed: dict[str, str], code: str
) -> None:
    given = {"recipient": "法院", "purpose": "举证", "audience": "court"} | changed
    assert code_of(ask_case_copy, actor=world[who], case_id=simple.case.id, **given) == code
    assert not CaseCopyRequest.objects.exists()


def test_nothing_is_copied_without_the_leaders_approval_and_once_by_each(
    world: World, simple: SimpleCase, tmp_path: Path
) -> None:
    keeper, leader, case = world["records"], world["deputy"], simple.case
    out = {"out": tmp_path / "case", "is_folder": True}
    assert code_of(make_discs, keeper, case.number, **out) == "case_copy.unapproved"
    told: dict[str, Any] = {
        "recipient": "虚构市人民法院",
        "purpose": "调卷函〔2026〕1号",
        "audience": "court",
    }
    asked = ask_case_copy(actor=world["officer"], case_id=case.id, **told)
    answer: dict[str, Any] = {"request_id": asked.id, "outcome": "returned", "opinion": "不符"}
    assert code_of(answer_case_copy, actor=keeper, **answer) == "permission.missing"
    assert code_of(answer_case_copy, actor=leader, **{**answer, "opinion": " "}) == (
        "approval.opinion"
    )
    answer_case_copy(actor=leader, **answer)
    assert code_of(answer_case_copy, actor=leader, **answer) == "case_copy.answered"
    assert code_of(make_discs, keeper, case.number, **out) == "case_copy.unapproved"
    given = approved(world, case, "虚构市人民法院", "调卷函〔2026〕2号")
    sequence_all()
    packed: dict[str, Any] = {"request_id": given.id, "packed": gather(case)}
    assert code_of(copy_case, actor=world["officer"], **packed) == "permission.missing"
    copy = copy_case(actor=keeper, **packed)
    assert (copy.request, copy.recipient) == (given, "虚构市人民法院")
    assert code_of(copy_case, actor=keeper, **packed) == "case_copy.unapproved"
    assert not (tmp_path / "case").exists()
    (seen,) = facts_of_unit(case.unit, clock.now() + dt.timedelta(seconds=1), 30).viewings or ()
    assert (seen.approver, seen.is_approved, seen.is_copy) == ("孙分管", True, True)


def test_a_target_that_exists_is_refused_before_the_copy_is_registered(
    world: World, simple: SimpleCase, tmp_path: Path
) -> None:
    (tmp_path / "case.iso").write_bytes(b"")
    approved(world, simple.case, "法院", "举证")
    with pytest.raises(Refused) as refused:
        make_discs(world["records"], str(simple.case.id), tmp_path / "case.iso")
    assert refused.value.code == "package.exists"
    assert not CaseCopy.objects.exists()


@pytest.mark.parametrize(
    ("text", "size"),
    [("dvd", 4_700_372_992), ("700M", 700_000_000), ("23g", 23_000_000_000), ("5000", 5000)],
)
def test_sizes_are_read_as_people_write_them(text: str, size: int) -> None:
    assert size_in_bytes(text) == size


@pytest.mark.parametrize("text", ["", "big", "-1", "7 G", "1T", "1.5G"])
def test_other_sizes_are_refused(text: str) -> None:
    with pytest.raises(Refused) as refused:
        size_in_bytes(text)
    assert refused.value.code == "disc.size"
