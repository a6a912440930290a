"""Suspicions come from duties, ledger, scrub and register, each once, and a person decides."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from django.test import override_settings

from liuhen.actions.access import open_recording
from liuhen.actions.deputising import end_office
from liuhen.demo.people import World
from liuhen.demo.simple_case import SimpleCase
from liuhen.jobs.judging import judge_due_cases, raise_found_suspicions
from liuhen.jobs.scrubbing import scrub_on
from liuhen.kernel import clock
from liuhen.kernel.clock import FrozenClock
from liuhen.kernel.refusals import Refused
from liuhen.ledger.models import Entry
from liuhen.oversight.models import Suspicion
from liuhen.oversight.standing import judge_units
from liuhen.oversight.suspecting import WINDOW
from liuhen.vault.keeping import local_store
from liuhen.vault.models import Replica
from tests.compliance.street import MORNING, footage, until_served

Source = Suspicion.Source


@pytest.fixture
def stopped(world: World) -> Iterator[FrozenClock]:
    """The clock at the world's morning."""
    with clock.frozen(MORNING) as frozen:
        yield frozen


def found() -> dict[tuple[str, int], Suspicion]:
    return {(one.source, one.item): one for one in Suspicion.objects.all()}


def raised() -> int:
    """Raise what there is, and show that a second pass finds nothing new."""
    number = raise_found_suspicions()
    assert raise_found_suspicions() == 0
    return number


@pytest.mark.usefixtures("db")
def test_in_a_home_where_nobody_is_registered_yet_there_is_nothing_to_suspect() -> None:
    assert raise_found_suspicions() == 0


def test_a_clock_that_ran_out_is_a_suspicion_on_the_case(
    world: World, stopped: FrozenClock
) -> None:
    case = until_served(world, stopped).case
    stopped.move(hours=23)
    judge_due_cases()
    assert raised() == 0
    stopped.move(hours=2)
    judge_due_cases()
    assert raised() == 3
    for one in Suspicion.objects.all():
        assert (one.source, one.item, one.case, one.unit) == (Source.DUTY, 1, case, case.unit)
        assert one.ground.startswith("第") and one.rule
    stopped.move(seconds=WINDOW.total_seconds() + 1)
    assert raised() == 0, "what was raised long ago is not raised again"


def test_denied_looks_again_and_again_on_one_day_are_a_suspicion_of_that_person(
    world: World, stopped: FrozenClock
) -> None:
    simple = SimpleCase(world)
    simple.start()
    recording = footage(world, simple.activity)
    officer = world["officer"]

    def look() -> None:
        with pytest.raises(Refused) as refused:
            open_recording(actor=officer, recording_id=recording.id, reason="看看")
        assert refused.value.code == "viewing.no_approval"

    for _ in range(4):
        look()
    assert raised() == 0
    stopped.move(hours=16)  # another day of the authority
    look()
    assert raised() == 0
    for _ in range(4):
        look()
    assert raised() == 1
    one = found()[(Source.ACCESS, 2)]
    assert (one.person, one.unit) == (officer, officer.unit)
    assert "被拒绝5次" in one.ground


def test_an_original_that_is_gone_and_one_that_is_altered_are_two_situations(
    world: World, stopped: FrozenClock
) -> None:
    simple = SimpleCase(world)
    simple.start()
    lost = footage(world, simple.activity, seconds=2)
    changed = footage(world, simple.activity, seconds=3)
    path = local_store().place(changed.original_id)
    path.chmod(0o600)
    path.write_bytes(b"altered")
    gone = local_store().place(lost.original_id)
    gone.parent.chmod(0o700)
    gone.unlink()
    with override_settings(SCRUB_SECONDS=30):
        scrub_on()
    assert raised() == 2
    kept, altered = found()[(Source.SCRUB, 4)], found()[(Source.SCRUB, 3)]
    assert lost.original_id in kept.ground and changed.original_id in altered.ground
    assert kept.case == altered.case == simple.case


def test_a_row_changed_behind_the_ledger_is_a_suspicion_of_alteration(
    world: World, stopped: FrozenClock, owner: psycopg.Connection
) -> None:
    simple = SimpleCase(world)
    simple.start()
    owner.execute("ALTER TABLE cases_case DISABLE TRIGGER USER")
    owner.execute("UPDATE cases_case SET cause = '改过' WHERE id = %s", [simple.case.id])
    with override_settings(SCRUB_SECONDS=30):
        scrub_on()
    assert raised() >= 1
    assert found()[(Source.LEDGER, 3)].rule.startswith("row.")


def test_what_a_replica_finds_different_is_a_suspicion(world: World, stopped: FrozenClock) -> None:
    Replica.objects.create(
        name="丙地",
        reported_at=clock.now(),
        size=1,
        originals=0,
        missing=0,
        differences=[{"code": "entry.altered", "record": "ledger_entry/1"}],
    )
    assert raised() == 1
    assert "丙地" in found()[(Source.LEDGER, 3)].ground


def test_who_left_without_handing_over_is_a_suspicion(world: World, stopped: FrozenClock) -> None:
    simple = SimpleCase(world)
    simple.start()
    for office in world["officer"].offices.all():
        end_office(actor=world.system, office_id=office.id, reason="调离")
    stopped.move(hours=1)
    judge_units()
    raised()
    one = found()[(Source.DUTY, 5)]
    assert (one.rule, one.unit) == ("mover_handed_over", world.units["ZD1"])


def test_raising_is_one_act_of_the_system(world: World, stopped: FrozenClock) -> None:
    Replica.objects.create(
        name="丙地", reported_at=clock.now(), size=1, originals=0, missing=0, differences=[{"a": 1}]
    )
    raised()
    entry = Entry.objects.get(event="suspicion.raised")
    assert entry.actor_id == world.system.id
