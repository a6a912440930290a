"""More time for handing recordings in: asked and given within the day, never after a conflict."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse

from liuhen.actions.approvals import decide_approval
from liuhen.actions.extensions import ask_extension
from liuhen.actions.scene_statements import state_scene
from liuhen.approvals.models import Approval
from liuhen.compliance.models import Finding
from liuhen.demo.people import World
from liuhen.demo.simple_case import SimpleCase
from liuhen.documents.models import Paper
from liuhen.kernel import clock
from liuhen.kernel.clock import FrozenClock
from liuhen.kernel.refusals import Refused
from tests.compliance.street import footage, until_served
from tests.web.conftest import Browser, words
from tests.world import MORNING

HOUR = dt.timedelta(hours=1)
DUE = dt.timedelta(hours=24)


class Street:
    """A case whose officers came back an hour ago with the footage still in the camera."""

    def __init__(self, world: World, stopped: FrozenClock) -> None:
        self.world, self.clock = world, stopped
        self.simple: SimpleCase = until_served(world, stopped)
        self.returned_at = clock.now()
        stopped.move(hours=1)

    def ask(self, **changes: Any) -> Approval:
        said: dict[str, Any] = {"returned_at": self.returned_at, "reason": "山区信号中断，无法导出"}
        said |= {"has_conflict": False, "is_sudden_incident": False}
        return ask_extension(
            actor=self.world["officer"], activity_id=self.simple.activity.id, **(said | changes)
        )

    def answer(self, asked: Approval, outcome: str = "approved") -> Approval:
        return decide_approval(
            actor=self.world["unit_head"],
            approval_id=asked.id,
            outcome=outcome,
            opinion="同意延期。",
        )

    def hand_in(self) -> str:
        """Store the footage now; what the duty of Art. 39 says of it."""
        footage(self.world, self.simple.activity, returned_at=self.returned_at)
        return self.stored_in_time()

    def stored_in_time(self) -> str:
        """What the duty of Art. 39 says of the footage as things stand."""
        recording = self.simple.activity.recordings.get()
        return Finding.objects.get(
            case=self.simple.case,
            rule="recording_stored_in_time",
            subject_id=str(recording.id),
        ).outcome


@pytest.fixture
def street(world: World) -> Iterator[Street]:
    with clock.frozen(MORNING) as stopped:
        yield Street(world, stopped)


def code(call: Any, *args: Any, **given: Any) -> str:
    with pytest.raises(Refused) as refused:
        call(*args, **given)
    return refused.value.code


def test_with_the_heads_consent_two_working_days_hold(street: Street) -> None:
    street.answer(street.ask())
    paper = Paper.objects.get(type="extension_consent", state=Paper.State.ISSUED)
    assert paper.activity == street.simple.activity and paper.data["unit_opinion"]["text"]
    until = dt.datetime.fromisoformat(paper.data["extended_until"])
    street.clock.move(seconds=(until - clock.now()).total_seconds())
    assert street.hand_in() in ("met", "not_applicable")


def test_without_it_the_same_hand_in_is_late(street: Street) -> None:
    street.answer(street.ask(), outcome="returned")
    street.clock.move(hours=30)
    assert street.hand_in() == "breached"


def test_consent_comes_up_to_the_last_instant_of_the_day_and_not_after(street: Street) -> None:
    asked = street.ask()
    left = street.returned_at + DUE - clock.now()
    street.clock.move(seconds=left.total_seconds() + 1)
    assert code(street.answer, asked) == "extension.late"
    assert code(street.ask) in ("extension.late", "approval.pending")
    street.clock.move(seconds=-1)
    street.answer(asked)
    assert code(street.ask) == "extension.given"


@pytest.mark.parametrize("heated", ["has_conflict", "is_sudden_incident"])
def test_after_a_conflict_or_a_sudden_incident_nobody_may_ask(street: Street, heated: str) -> None:
    assert code(street.ask, **{heated: True}) == "extension.heated"
    assert not Approval.objects.filter(kind="recording_extension").exists()


@pytest.mark.parametrize("heated", ["has_conflict", "is_sudden_incident"])
def test_consent_is_void_when_the_conflict_is_learned_of_later(street: Street, heated: str) -> None:
    street.answer(street.ask())
    street.clock.move(hours=30)
    assert street.hand_in() in ("met", "not_applicable")
    state_scene(
        actor=street.world["officer"],
        activity_id=street.simple.activity.id,
        facts={heated: True},
        reason="事后看录像才发现围观人员推搡",
    )
    assert street.stored_in_time() == "breached"


def test_a_return_before_the_end_or_to_come_and_no_reason_are_refused(street: Street) -> None:
    ended = street.simple.activity.ended_at
    assert ended is not None
    for returned_at in (ended - HOUR, clock.now() + HOUR):
        assert code(street.ask, returned_at=returned_at) == "extension.return"
    assert code(street.ask, reason=" ") == "reason.missing"
    street.ask()
    assert code(street.ask) == "approval.pending"


def test_the_page_is_reached_from_the_upload_and_says_what_is_refused(
    street: Street, browser: Browser
) -> None:
    officer = browser("officer")
    address = reverse("activity_extension", args=[street.simple.activity.id])
    assert address in words(officer.get(reverse("case_upload", args=[street.simple.case.id])))
    typed = {
        "returned_at": f"{clock.local(street.returned_at):%Y-%m-%dT%H:%M:%S}",
        "has_conflict": "yes",
        "is_sudden_incident": "no",
        "reason": "山区信号中断",
    }
    refused = officer.post(address, typed)
    assert (refused.status_code, "不得延期存入" in words(refused)) == (409, True)
    assert officer.post(address, typed | {"has_conflict": ""}).status_code == 400
    assert officer.post(address, typed | {"has_conflict": "no"}).status_code == 302
    asked = Approval.objects.get(kind="recording_extension")
    page = words(browser("unit_head").get(reverse("approval", args=[asked.id])))
    assert "延期存入" in page and "山区信号中断" in page
