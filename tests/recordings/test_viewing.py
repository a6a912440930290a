"""No approval, no play, no thumbnail (Art. 42); every opening is registered first (Art. 43)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from liuhen.access.models import StandingApproval, Viewing
from liuhen.access.opening import LASTS
from liuhen.access.queries import approvals_listed, opened, viewing_ground, viewings_of
from liuhen.actions.access import (
    grant_standing_approval,
    open_recording,
    revoke_standing_approval,
)
from liuhen.actions.people import appoint, register_person
from liuhen.actions.taking_in import take_in_file
from liuhen.demo.people import World
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.ledger.models import Entry
from liuhen.recordings.models import Recording
from tests.recordings import samples, street
from tests.world import MORNING

YEAR = dt.timedelta(days=365)
OWN, UNIT, ALL = "own_open_cases", "unit_cases", "all_cases"


def code(act: Callable[..., object], *args: object, **kwargs: object) -> str:
    with pytest.raises(Refused) as refused:
        act(*args, **kwargs)
    return refused.value.code


def grant(world: World, group: str = "officer", scope: str = OWN) -> StandingApproval:
    return grant_standing_approval(
        actor=world["deputy"],
        group=group,
        purpose="办理案件",
        scope=scope,
        until=clock.now() + YEAR,
    )


@pytest.fixture
def footage(world: World) -> Recording:
    """A video of the officer's own open case."""
    return street.film(world, street.begin(world), 0, 4)


def look(world: World, who: str, recording: Recording) -> object:
    return open_recording(actor=world[who], recording_id=recording.id, reason="核对现场情况")


def test_even_the_maker_sees_nothing_without_an_approval(world: World, footage: Recording) -> None:
    assert code(look, world, "officer", footage) == "viewing.no_approval"
    assert not Viewing.objects.exists()


def test_an_opening_is_registered_with_viewer_approver_time_and_reason(
    world: World, footage: Recording
) -> None:
    approval = grant(world)
    open_recording(actor=world["officer"], recording_id=footage.id, reason="核对")
    viewing = viewings_of(footage.id).get()
    assert (viewing.viewer, viewing.approval, viewing.reason) == (
        world["officer"],
        approval,
        "核对",
    )
    assert viewing.ground.approved_by == world["deputy"]
    entry = Entry.objects.get(event="recording.viewed")
    assert (entry.case_id, entry.subject_id) == (footage.case_id, str(footage.id))


def test_a_viewing_needs_a_reason(world: World, footage: Recording) -> None:
    grant(world)
    refused = code(open_recording, actor=world["officer"], recording_id=footage.id, reason=" ")
    assert refused == "viewing.reason"


def test_an_approval_holds_for_its_group_only(world: World, footage: Recording) -> None:
    grant(world, "unit_head", UNIT)
    assert code(look, world, "officer", footage) == "viewing.no_approval"
    look(world, "unit_head", footage)


def test_own_cases_are_those_a_person_carries_while_they_are_not_filed(
    world: World, footage: Recording
) -> None:
    grant(world)
    look(world, "officer2", footage)
    assert code(look, world, "handler", footage) == "record.not_found"
    bound = Recording.objects.select_related("case").get(id=footage.id)
    assert bound.case is not None
    bound.case.stage = "binding"
    assert viewing_ground(world["officer"], bound) is None
    bound.case.stage = "closing"
    assert viewing_ground(world["officer"], bound) is not None


def test_a_recording_of_no_case_is_in_no_scope_but_that_of_all(world: World) -> None:
    loose = take_in_file(samples.video(), actor=world["officer"])
    grant(world, scope=OWN)
    grant(world, scope=UNIT)
    assert code(look, world, "officer", loose) == "viewing.no_approval"
    grant(world, scope=ALL)
    look(world, "officer", loose)


def test_the_narrowest_approval_is_named_in_the_register(world: World, footage: Recording) -> None:
    grant(world, scope=ALL)
    narrow = grant(world, scope=OWN)
    assert viewing_ground(world["officer"], footage) == narrow


def test_an_approval_of_all_cases_makes_nothing_visible_that_was_not(world: World) -> None:
    loose = take_in_file(samples.video(), actor=world["officer"])
    grant(world, scope=ALL)
    assert code(look, world, "officer2", loose) == "record.not_found"


def test_nobody_views_on_an_approval_of_their_own(world: World, footage: Recording) -> None:
    appoint(actor=world.system, person=world["head"], kind="deputy_in_charge")
    grant(world, "deputy_in_charge", ALL)
    assert code(look, world, "deputy", footage) == "viewing.no_approval"
    look(world, "head", footage)


def test_nobody_approves_for_a_group_that_is_only_themselves(world: World) -> None:
    assert code(grant, world, "deputy_in_charge", ALL) == "standing_approval.own"


def test_only_the_leader_in_charge_approves(world: World) -> None:
    told = {"group": "officer", "purpose": "x", "scope": ALL, "until": MORNING + YEAR}
    for who in ("unit_head", "head", "records", "operator"):
        refused = code(grant_standing_approval, actor=world[who], **told)
        assert refused == "permission.missing"


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"group": "system"}, "group"),
        ({"group": "nobody"}, "group"),
        ({"scope": "world"}, "scope"),
        ({"purpose": " "}, "purpose"),
        ({"until": MORNING}, "span"),
        ({"since": MORNING - YEAR}, "span"),
    ],
)
def test_an_approval_names_group_purpose_scope_and_a_term(
    world: World, change: dict[str, object], refusal: str
) -> None:
    told = {"group": "officer", "purpose": "办案", "scope": ALL, "until": MORNING + YEAR}
    refused = code(grant_standing_approval, actor=world["deputy"], **{**told, **change})
    assert refused == f"standing_approval.{refusal}"


def test_an_approval_holds_until_its_last_instant_and_not_at_it(
    world: World, footage: Recording
) -> None:
    approval = grant(world)
    with clock.frozen(approval.until) as stopped:
        assert viewing_ground(world["officer"], footage) is None
        stopped.move(microseconds=-1)
        assert viewing_ground(world["officer"], footage) == approval


def test_a_revoked_approval_ends_running_openings_too(world: World, footage: Recording) -> None:
    approval = grant(world)
    token = open_recording(actor=world["officer"], recording_id=footage.id, reason="核对").token
    assert opened(world["officer"], token).sha256 == footage.original_id
    revoke = {"actor": world["deputy"], "approval_id": approval.id}
    assert code(revoke_standing_approval, **revoke, reason=" ") == "reason.missing"
    revoke_standing_approval(actor=world["deputy"], approval_id=approval.id, reason="人员调整")
    assert code(opened, world["officer"], token) == "viewing.expired"
    assert code(look, world, "officer", footage) == "viewing.no_approval"
    assert code(revoke_standing_approval, **revoke, reason="x") == "standing_approval.ended"
    assert [one.id for one in approvals_listed()] == [approval.id]


def test_a_token_opens_for_its_viewer_and_for_two_hours_only(
    world: World, footage: Recording
) -> None:
    grant(world)
    token = open_recording(actor=world["officer"], recording_id=footage.id, reason="核对").token
    assert code(opened, world["officer2"], token) == "viewing.expired"
    assert code(opened, world["officer"], token[:-1] + "x") == "viewing.expired"
    assert code(opened, world["officer"], "") == "viewing.expired"
    with clock.frozen(MORNING + LASTS) as stopped:
        assert code(opened, world["officer"], token) == "viewing.expired"
        stopped.move(seconds=-1)
        opened(world["officer"], token)


def test_the_operator_reads_no_evidence_whatever_is_approved(
    world: World, footage: Recording
) -> None:
    grant(world, "operator", ALL)
    assert code(look, world, "operator", footage) == "permission.missing"


def test_an_approval_for_an_office_holds_for_who_comes_into_it_later(
    world: World, footage: Recording
) -> None:
    grant(world, "supervisor", ALL)
    late = register_person(
        actor=world.system,
        username="late",
        name="迟新来",
        unit=world.units["FZ"],
        password="liuhen-demo",
    )
    assert viewing_ground(late, footage) is None
    appoint(actor=world.system, person=late, kind="supervisor")
    assert viewing_ground(late, footage) is not None
