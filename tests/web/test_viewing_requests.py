"""Single requests of viewing: asked, answered by the leader in charge, by telephone beforehand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse

from liuhen.access.models import Viewing, ViewingRequest
from liuhen.access.queries import opened, viewable_recordings, viewing_ground
from liuhen.actions.access import grant_standing_approval, open_recording
from liuhen.actions.viewing_requests import (
    CALL_HOLDS,
    CALL_NOTED_WITHIN,
    About,
    answer_viewing_request,
    ask_viewing,
    longest,
    note_telephone_approval,
    revoke_viewing_request,
)
from liuhen.demo.people import World
from liuhen.kernel import clock
from liuhen.kernel.clock import FrozenClock
from liuhen.kernel.refusals import Refused
from liuhen.ledger.models import Entry
from liuhen.recordings.models import Recording
from tests.recordings import street
from tests.web.conftest import Browser, hand_in, words
from tests.world import MORNING

WEEK, SECOND = dt.timedelta(days=7), dt.timedelta(seconds=1)


class Access:
    """A video of the officer's own open case, which nobody may view yet."""

    def __init__(self, world: World, stopped: FrozenClock) -> None:
        self.world, self.clock = world, stopped
        self.recording: Recording = street.film(world, street.begin(world), 0, 4)

    def ask(self, who: str = "officer", **changes: Any) -> ViewingRequest:
        given: dict[str, Any] = {
            "about": About(recording_id=self.recording.id),
            "purpose": "核对现场情况",
            "until": clock.now() + WEEK,
        }
        return ask_viewing(actor=self.world[who], **(given | changes))

    def answer(
        self, asked: ViewingRequest, outcome: str = "approved", who: str = "deputy"
    ) -> ViewingRequest:
        return answer_viewing_request(
            actor=self.world[who], request_id=asked.id, outcome=outcome, opinion="同意调阅。"
        )

    def call(self, **changes: Any) -> ViewingRequest:
        given: dict[str, Any] = {
            "about": About(case_id=self.recording.case_id),
            "viewer_id": self.world["officer"].id,
            "leader_id": self.world["deputy"].id,
            "called_at": clock.now(),
            "purpose": "群众围堵，须立即核对",
        }
        return note_telephone_approval(actor=self.world["records"], **(given | changes))

    def look(self, who: str = "officer") -> str:
        """Open the recording; the token."""
        return open_recording(
            actor=self.world[who], recording_id=self.recording.id, reason="核对"
        ).token


@pytest.fixture
def access(world: World) -> Iterator[Access]:
    with clock.frozen(MORNING) as stopped:
        stopped.move(hours=2)
        yield Access(world, stopped)


def code(call: Any, *args: Any, **given: Any) -> str:
    with pytest.raises(Refused) as refused:
        call(*args, **given)
    return refused.value.code


def test_an_approved_request_opens_the_case_to_who_asked_until_it_ends(access: Access) -> None:
    asked = access.ask()
    assert code(access.look) == "viewing.no_approval"
    access.answer(asked)
    access.look()
    viewing = Viewing.objects.get()
    assert (viewing.request, viewing.approval) == (asked, None)
    assert viewing.ground.approved_by == access.world["deputy"]
    assert viewing_ground(access.world["officer2"], access.recording) is None
    access.clock.move(seconds=(WEEK - SECOND).total_seconds())
    access.look()
    access.clock.move(seconds=1)
    assert code(access.look) == "viewing.no_approval"


def test_a_request_for_one_recording_opens_no_other_of_its_case(access: Access) -> None:
    officer, activity = access.world["officer"], access.recording.activity
    other = hand_in(access.world, 5, activity)
    alone = About(recording_id=access.recording.id, is_alone=True)
    asked = access.answer(access.ask(about=alone))
    assert viewing_ground(officer, access.recording) == asked
    assert viewing_ground(officer, other) is None
    assert list(viewable_recordings(officer)) == [access.recording]
    entry = Entry.objects.get(event="viewing_request.answered")
    assert entry.case_id == access.recording.case_id
    access.answer(access.ask())
    access.look()
    assert Viewing.objects.get().request == asked, "the narrower one"
    assert viewing_ground(officer, other) is not None


def test_a_refused_request_opens_nothing(access: Access) -> None:
    access.answer(access.ask(), outcome="returned")
    assert code(access.look) == "viewing.no_approval"


def test_taken_back_it_ends_what_is_open(access: Access) -> None:
    asked = access.ask()
    access.answer(asked)
    token = access.look()
    opened(access.world["officer"], token)
    revoke_viewing_request(actor=access.world["deputy"], request_id=asked.id, reason="不再需要")
    assert code(opened, access.world["officer"], token) == "viewing.expired"
    again = {"actor": access.world["deputy"], "request_id": asked.id, "reason": "再次"}
    assert code(revoke_viewing_request, **again) == "viewing_request.ended"


def test_a_request_has_a_purpose_and_an_end_within_the_longest_span(access: Access) -> None:
    now = clock.now()
    assert code(access.ask, purpose=" ") == "viewing_request.purpose"
    assert code(access.ask, until=now) == "viewing_request.span"
    assert code(access.ask, until=now + longest(now) + SECOND) == "viewing_request.span"
    access.ask(until=now + longest(now))
    assert code(access.ask) == "viewing_request.pending"
    assert code(access.ask, who="archivist") == "record.not_found"


def test_nobody_answers_their_own_nor_twice_and_only_the_leader_in_charge(access: Access) -> None:
    own = access.ask(who="deputy")
    assert code(access.answer, own) == "viewing_request.own"
    asked = access.ask()
    assert code(access.answer, asked, who="unit_head") == "permission.missing"
    assert code(access.answer, asked, outcome="perhaps") == "approval.outcome"
    access.answer(asked)
    assert code(access.answer, asked) == "viewing_request.answered"
    late = access.ask(who="unit_head", until=clock.now() + SECOND)
    access.clock.move(seconds=1)
    assert code(access.answer, late) == "viewing_request.ended"


def test_by_telephone_it_is_noted_before_the_viewing_and_holds_for_a_day(access: Access) -> None:
    noted = access.call(called_at=clock.now() - CALL_NOTED_WITHIN)
    assert noted.noted_by == access.world["records"]
    access.look()
    assert Entry.objects.get(event="viewing_request.called").case_id == access.recording.case_id
    access.clock.move(seconds=(CALL_HOLDS - CALL_NOTED_WITHIN).total_seconds())
    assert code(access.look) == "viewing.no_approval"


def test_a_call_of_long_ago_of_another_leader_or_for_oneself_is_refused(access: Access) -> None:
    now, people = clock.now(), access.world
    for called_at in (now - CALL_NOTED_WITHIN - SECOND, now + SECOND):
        assert code(access.call, called_at=called_at) == "viewing_request.call_time"
    assert code(access.call, leader_id=people["head"].id) == "viewing_request.leader"
    assert code(access.call, viewer_id=people["records"].id) == "viewing_request.own"
    for who in ("operator", "officer3"):
        assert code(access.call, viewer_id=people[who].id) == "viewing_request.viewer"
    assert not ViewingRequest.objects.exists()


def test_the_narrower_ground_is_the_one_in_the_register(access: Access) -> None:
    grant_standing_approval(
        actor=access.world["deputy"],
        group="officer",
        purpose="办理案件",
        scope="own_open_cases",
        until=clock.now() + WEEK,
    )
    access.answer(access.ask())
    access.look()
    assert Viewing.objects.get().request is not None


def test_through_the_pages_from_the_locked_recording_to_the_answer(
    access: Access, browser: Browser
) -> None:
    officer, deputy = browser("officer"), browser("deputy")
    page = words(officer.get(reverse("recording", args=[access.recording.id])))
    ask = f"{reverse('viewing_ask')}?recording={access.recording.id}"
    assert ask in page
    last_day = clock.local_date(clock.now()) + dt.timedelta(days=3)
    typed = {"purpose": "核对现场情况", "until": last_day.isoformat()}
    assert officer.post(ask, typed | {"purpose": ""}).status_code == 400
    assert officer.post(ask, typed | {"scope": "alone"}).status_code == 302
    listed = reverse("viewing_requests")
    assert "待批准" in words(officer.get(listed))
    assert "核对现场情况" in words(deputy.get(listed))
    assert "批准调阅音像记录" in words(deputy.get(reverse("desk")))
    assert "批准调阅音像记录" not in words(officer.get(reverse("desk")))
    asked = ViewingRequest.objects.get()
    assert (asked.case, asked.recording) == (None, access.recording)
    answer = reverse("viewing_answer", args=[asked.id])
    assert officer.post(answer, {"outcome": "approved", "opinion": "同意"}).status_code == 403
    assert deputy.post(answer, {"outcome": "approved", "opinion": "同意"}).status_code == 302
    page = words(officer.get(reverse("recording", args=[access.recording.id])))
    assert "登记并查看" in page
    revoke = reverse("viewing_revoke", args=[asked.id])
    assert deputy.post(revoke, {"reason": "不再需要"}).status_code == 302
    assert "已撤销" in words(officer.get(listed))


def test_the_records_manager_notes_a_call_on_the_page(access: Access, browser: Browser) -> None:
    keeper, address = browser("records"), reverse("viewing_call")
    assert access.recording.case is not None
    typed = {
        "case_number": access.recording.case.number,
        "viewer": str(access.world["officer"].id),
        "leader": str(access.world["deputy"].id),
        "called_at": f"{clock.local(clock.now()):%Y-%m-%dT%H:%M:%S}",
        "purpose": "群众围堵，须立即核对",
    }
    unknown = keeper.post(address, typed | {"case_number": "没有这个"})
    assert unknown.status_code == 400
    assert "没有案号为“没有这个”的案件" in words(unknown) and "完整案号" in words(unknown)
    assert keeper.post(address, typed).status_code == 302
    assert "电话同意，吴管理登记" in words(browser("deputy").get(reverse("viewing_requests")))
    assert browser("officer").post(address, typed).status_code == 403
