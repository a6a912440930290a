"""What touches a secret exists only for who may know it; state secrets don't enter (Art. 45)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse

from liuhen.access.queries import viewable_recordings, viewing_ground
from liuhen.actions.access import grant_standing_approval
from liuhen.actions.retention import place_hold
from liuhen.actions.secrecy import (
    classify_case,
    classify_recording,
    end_clearance,
    end_need_to_know,
    give_clearance,
    name_knower,
)
from liuhen.cases.models import Case
from liuhen.cases.queries import visible_cases, who_may_answer
from liuhen.demo.people import World
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.ledger.models import Entry
from liuhen.ledger.sequencing import sequence_all
from liuhen.people.models import Clearance, Person
from liuhen.recordings.models import Recording
from liuhen.recordings.queries import recordings_of_case, visible_recordings
from liuhen.search.indexing import follow_all
from liuhen.search.queries import Question, found
from tests.recordings import street
from tests.web.conftest import Browser, hand_in, words
from tests.world import MORNING

MONTH = dt.timedelta(days=30)


def code_of(call: Any, *args: Any, **given: Any) -> str:
    with pytest.raises(Refused) as refused:
        call(*args, **given)
    return refused.value.code


class Secret:
    """An open case of two officers with one recording, and ways to ask who sees it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.activity = street.begin(world)
        self.recording: Recording = hand_in(world, 9, self.activity)
        self.case: Case = self.activity.case
        grant_standing_approval(
            actor=world["deputy"],
            group="supervisor",
            purpose="抽查",
            scope="all_cases",
            until=clock.now() + MONTH,
        )

    def classify(
        self, secrecy: str = "privacy", who: str = "officer", reason: str = "病历"
    ) -> Case:
        return classify_case(
            actor=self.world[who], case_id=self.case.id, secrecy=secrecy, reason=reason
        )

    def clear(self, who: str, by: str = "head", **more: Any) -> Clearance:
        given: dict[str, Any] = {"kind": "privacy", "reason": "工作", "until": clock.now() + MONTH}
        return give_clearance(actor=self.world[by], person_id=self.world[who].id, **(given | more))

    def name(self, who: str, by: str = "unit_head", reason: str = "专项检查") -> Any:
        return name_knower(
            actor=self.world[by],
            case_id=self.case.id,
            person_id=self.world[who].id,
            reason=reason,
        )

    def sees(self, who: str) -> bool:
        person = self.world[who]
        case = visible_cases(person).filter(id=self.case.id).exists()
        assert case == visible_recordings(person).filter(id=self.recording.id).exists()
        return case


@pytest.fixture
def secret(world: World) -> Iterator[Secret]:
    with clock.frozen(MORNING) as stopped:
        secret = Secret(world)
        stopped.move(minutes=5)
        yield secret


def test_a_classified_case_exists_for_who_carries_it_and_for_the_cleared_who_need_it(
    secret: Secret,
) -> None:
    assert all(secret.sees(who) for who in ("officer", "unit_head", "supervisor", "deputy"))
    secret.classify()
    assert secret.sees("officer") and secret.sees("officer2")
    assert not any(secret.sees(who) for who in ("unit_head", "supervisor", "deputy", "records"))
    assert code_of(secret.name, "supervisor", by="officer") == "permission.missing"
    assert code_of(secret.name, "supervisor") == "record.not_found", "who names must know it"
    secret.clear("unit_head")
    assert secret.sees("unit_head")
    assert code_of(secret.name, "supervisor") == "secrecy.not_cleared"
    given = secret.clear("supervisor")
    assert not secret.sees("supervisor"), "a clearance is no need to know"
    need = secret.name("supervisor")
    assert secret.sees("supervisor")
    end_clearance(actor=secret.world["head"], clearance_id=given.id, reason="调离")
    assert not secret.sees("supervisor"), "at once"
    secret.clear("supervisor")
    end_need_to_know(actor=secret.world["unit_head"], need_id=need.id, reason="查完")
    assert not secret.sees("supervisor")


def test_both_secrets_ask_for_both_clearances(secret: Secret) -> None:
    secret.classify("both")
    secret.clear("unit_head")
    assert not secret.sees("unit_head")
    secret.clear("unit_head", kind="business")
    assert secret.sees("unit_head")


def test_a_clearance_ends_with_its_last_instant(secret: Secret) -> None:
    secret.classify()
    given = secret.clear("unit_head")
    with clock.frozen(given.until - dt.timedelta(seconds=1)):
        assert secret.sees("unit_head")
    with clock.frozen(given.until):
        assert not secret.sees("unit_head")


def test_acts_search_and_answers_keep_to_it(secret: Secret) -> None:
    supervisor: Person = secret.world["supervisor"]
    sequence_all()
    follow_all()
    asked = Question(kind="case")
    assert found(supervisor, asked).exists()
    assert viewing_ground(supervisor, secret.recording) is not None
    secret.classify()
    assert not found(supervisor, asked).exists(), "without waiting for the index"
    assert found(secret.world["officer"], asked).exists()
    assert viewing_ground(supervisor, secret.recording) is None
    assert not viewable_recordings(supervisor).exists()
    held = code_of(place_hold, actor=supervisor, case_id=secret.case.id, reason="信访")
    assert held == "record.not_found"
    secret.case.refresh_from_db()
    able = who_may_answer("unit_head", secret.case, secret.world["officer"].id)
    assert not able.exists(), "nobody answers what they may not know"
    secret.clear("unit_head")
    assert able.exists()


def test_one_recording_may_be_secret_in_an_open_case(secret: Secret) -> None:
    supervisor, officer = secret.world["supervisor"], secret.world["officer"]
    done = classify_recording(
        actor=officer, recording_id=secret.recording.id, secrecy="business", reason="配方"
    )
    assert visible_cases(supervisor).filter(id=secret.case.id).exists()
    assert not visible_recordings(supervisor).filter(id=done.id).exists()
    assert visible_recordings(officer).filter(id=done.id).exists()
    assert viewing_ground(supervisor, secret.recording) is None
    listed = recordings_of_case(supervisor, secret.case).activities[0]
    assert listed.bars == ()
    assert len(recordings_of_case(officer, secret.case).activities[0].bars) == 1
    entry = Entry.objects.get(event="recording.classified")
    assert b'"secrecy":"business"' in bytes(entry.body)


def test_state_secrets_are_refused_with_what_to_do(secret: Secret, browser: Browser) -> None:
    assert code_of(secret.classify, "state") == "secrecy.state_secret"
    address = reverse("case_classify", args=[secret.case.id])
    answer = browser("officer").post(address, {"secrecy": "state", "reason": "有密件"})
    assert answer.status_code == 409
    assert "不得进入本网络" in words(answer) and "断开" in words(answer)
    assert "有密件" in words(answer), "nothing typed is lost"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"secrecy": "top"}, "secrecy.unknown"),
        ({"reason": " "}, "reason.missing"),
        ({"who": "archivist"}, "permission.missing"),
    ],
)
def test_a_class_is_stated_whole(secret: Secret, given: dict[str, str], code: str) -> None:
    assert code_of(secret.classify, **given) == code


def test_only_a_leader_who_knows_it_takes_a_class_away(secret: Secret) -> None:
    secret.classify("both")
    assert code_of(secret.classify, "both") == "secrecy.same"
    assert code_of(secret.classify, "privacy") == "secrecy.lowered"
    secret.clear("unit_head")
    secret.clear("unit_head", kind="business")
    secret.classify("open", who="unit_head")
    assert secret.sees("supervisor")


def test_clearances_are_given_by_another_for_a_time(secret: Secret) -> None:
    assert code_of(secret.clear, "head") == "clearance.own"
    assert code_of(secret.clear, "records", by="records") == "permission.missing"
    assert code_of(secret.clear, "records", kind="state") == "secrecy.unknown"
    assert code_of(secret.clear, "records", until=clock.now()) == "clearance.span"
    assert code_of(secret.clear, "records", reason="") == "reason.missing"
    given = secret.clear("records")
    assert code_of(secret.clear, "records") == "clearance.held"
    head = secret.world["head"]

    def end(reason: str) -> Clearance:
        return end_clearance(actor=head, clearance_id=given.id, reason=reason)

    assert code_of(end, "") == "reason.missing"
    end("调离")
    assert code_of(end, "调离") == "clearance.ended"


def test_the_pages_do_it(secret: Secret, browser: Browser) -> None:
    officer, head, leader = browser("officer"), browser("unit_head"), browser("head")
    page = reverse("case_secrecy", args=[secret.case.id])
    assert "尚未确定" in words(officer.get(page))
    address = reverse("case_classify", args=[secret.case.id])
    assert officer.post(address, {"secrecy": "privacy", "reason": "病历"}).status_code == 302
    assert "个人隐私" in words(officer.get(page))
    assert head.get(page).status_code == 404
    for who in ("unit_head", "supervisor"):
        given = {
            "person": secret.world[who].id,
            "kind": "privacy",
            "until": "2026-12-31",
            "reason": "工作",
        }
        assert leader.post(reverse("clearance_give"), given).status_code == 302
    assert "冯监督" in words(leader.get(reverse("clearances")))
    knower = reverse("case_knower", args=[secret.case.id])
    named = {"person": secret.world["supervisor"].id, "reason": "专项检查"}
    assert head.post(knower, named).status_code == 302
    assert "专项检查" in words(head.get(page))
    assert browser("supervisor").get(reverse("case", args=[secret.case.id])).status_code == 200
