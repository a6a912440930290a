"""Who moves hands over: listed, handed, received, countersigned; old rights are gone at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pypdfium2
import pytest
from django.urls import reverse

from liuhen.actions import handing_over as acts
from liuhen.actions.deputising import end_office
from liuhen.actions.extensions import ask_extension
from liuhen.actions.leaving import deactivate_person
from liuhen.actions.people import appoint, register_device
from liuhen.cases.queries import visible_cases
from liuhen.demo.people import World
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.ledger.models import Entry
from liuhen.ledger.sequencing import sequence_all
from liuhen.people.models import Device, Office
from liuhen.recordings.holdings import holdings_of
from liuhen.recordings.models import HandOver, Recording
from liuhen.recordings.queries import unlabelled_recordings, visible_recordings
from liuhen.search.indexing import follow_all
from liuhen.search.queries import Question, found
from liuhen.vault.keeping import local_store
from tests.recordings import street
from tests.web.conftest import Browser, hand_in, words
from tests.world import MORNING


def code_of(call: Any, *args: Any, **given: Any) -> str:
    with pytest.raises(Refused) as refused:
        call(*args, **given)
    return refused.value.code


class Moving:
    """An officer with an open case, a recording without a label, a camera, an answer to come."""

    def __init__(self, world: World) -> None:
        self.world = world
        activity = street.begin(world)
        street.end(world, activity, 60)
        self.case = activity.case
        self.loose: Recording = hand_in(world, 5)

    def draw_up(self, taker: str = "officer3", by: str = "unit_head", **more: Any) -> HandOver:
        given: dict[str, Any] = {"leaver_id": self.world["officer"].id, "reason": "调离执法岗位"}
        given |= {"taker_id": self.world[taker].id} | more
        return acts.draw_up_hand_over(actor=self.world[by], **given)


@pytest.fixture
def moving(world: World) -> Iterator[Moving]:
    with clock.frozen(MORNING) as stopped:
        moving = Moving(world)
        stopped.move(hours=1)
        ask_extension(
            actor=world["officer"],
            activity_id=moving.case.activities.get().id,
            returned_at=clock.now(),
            reason="山区信号中断，无法导出",
            has_conflict=False,
            is_sudden_incident=False,
        )
        yield moving


def test_all_that_is_held_changes_hands_and_the_account_closes_only_then(
    moving: Moving, browser: Browser
) -> None:
    world = moving.world
    officer, taker, head = world["officer"], world["officer3"], world["unit_head"]
    closing: dict[str, Any] = {"actor": world["security"], "person_id": officer.id}
    assert code_of(deactivate_person, **closing, reason="离职") == "person.holds"
    form = {"leaver": officer.id, "taker": taker.id, "reason": "调离执法岗位"}
    page = browser("unit_head").post(reverse("hand_over_draw_up"), form)["Location"]
    shown = words(browser("officer").get(page))
    assert moving.case.number in shown and moving.loose.name in shown and "DEMO-0001" in shown
    assert "待答复的审批" in shown and "音像记录延期存入" in shown
    desk = reverse("desk")
    assert "移交手里的事项" in words(browser("officer").get(desk))
    assert "接收移交的事项" not in words(browser("officer3").get(desk)), "not handed yet"
    assert browser("officer3").post(page, {"do": "receive"}).status_code == 409, "not handed yet"
    assert browser("officer").post(page, {"do": "hand"}).status_code == 302
    assert browser("officer").post(page, {"do": "receive"}).status_code == 403, "not theirs"
    assert "接收移交的事项" in words(browser("officer3").get(desk))
    assert browser("officer3").post(page, {"do": "receive"}).status_code == 302
    assert "监交人员交接" in words(browser("unit_head").get(desk))
    moving.case.refresh_from_db()
    assert moving.case.handler == taker
    assert not visible_cases(officer).filter(id=moving.case.id).exists(), "at once"
    assert visible_cases(taker).filter(id=moving.case.id).exists()
    assert moving.loose in unlabelled_recordings(taker)
    assert not visible_recordings(officer).filter(id=moving.loose.id).exists()
    assert Device.objects.get(serial="DEMO-0001").holder == taker
    assert holdings_of(officer).number == 0
    assert code_of(deactivate_person, **closing, reason="离职") == "person.holds", "not signed yet"
    assert Entry.objects.filter(event="hand_over.received").count() == 1
    assert browser("officer").get(reverse("case", args=[moving.case.id])).status_code == 404
    assert browser("unit_head").post(page, {"do": "countersign"}).status_code == 302
    found = HandOver.objects.get()
    assert found.step == "done" and found.countersigned_by == head
    told = words(browser("auditor").get(reverse("audit"), {"show": "people"}))
    assert "移交人" in told and "清单摘要" in told and "leaver" not in told
    pdf = browser("officer3").get(reverse("hand_over_list", args=[found.id])).content
    text = pypdfium2.PdfDocument(pdf)[0].get_textpage().get_text_bounded()
    assert officer.name in text and taker.name in text
    deactivate_person(**closing, reason="离职")


def test_what_was_handed_over_is_found_by_who_has_it_now(moving: Moving) -> None:
    officer, taker = moving.world["officer"], moving.world["officer3"]
    sequence_all()
    follow_all()
    assert found(officer, Question(kind="case")).count() == 1
    assert found(taker, Question(kind="case")).count() == 0
    drawn_up = moving.draw_up()
    acts.hand_over_records(actor=officer, hand_over_id=drawn_up.id)
    acts.receive_hand_over(actor=taker, hand_over_id=drawn_up.id)
    sequence_all()
    follow_all()
    assert found(officer, Question(kind="case")).count() == 0
    by_handler = Question(kind="case", handlers=(str(taker.id),))
    for asked in (Question(kind="case"), by_handler):
        assert [row.case for row in found(taker, asked)] == [moving.case]


def test_a_moved_officer_still_signed_in_loses_the_old_rights_at_once(
    moving: Moving, browser: Browser
) -> None:
    world, client = moving.world, browser("officer")
    page = reverse("case", args=[moving.case.id])
    assert client.get(page).status_code == 200
    office = Office.objects.get(person=world["officer"], kind="officer")
    end_office(actor=world["security"], office_id=office.id, reason="调离")
    assert client.get(page).status_code == 404
    assert client.get(reverse("simple_start")).status_code == 403
    appoint(
        actor=world["security"],
        person=world["officer"],
        kind=Office.Kind.ARCHIVIST,
        unit=world.units["DA"],
    )
    assert client.get(reverse("simple_start")).status_code == 403


def test_who_draws_up_and_who_takes_over_is_checked(moving: Moving) -> None:
    assert code_of(moving.draw_up, by="officer2") == "permission.missing"
    assert code_of(moving.draw_up, taker="officer") == "hand_over.same"
    assert code_of(moving.draw_up, taker="officer2") == "hand_over.alone"
    assert code_of(moving.draw_up, taker="unit_head") == "officer.not_officer"
    assert code_of(moving.draw_up, taker="legal") == "record.not_found", "another unit"
    assert code_of(moving.draw_up, leaver_id=UUID(int=7)) == "record.not_found"
    assert code_of(moving.draw_up, reason=" ") == "reason.missing"
    holder_of_nothing = moving.world["handler"].id
    assert code_of(moving.draw_up, leaver_id=holder_of_nothing) == "hand_over.nothing"
    found = moving.draw_up()
    assert code_of(moving.draw_up) == "hand_over.running"
    head: dict[str, Any] = {"actor": moving.world["unit_head"], "hand_over_id": found.id}
    assert code_of(acts.countersign_hand_over, **head) == "hand_over.step"
    assert code_of(acts.hand_over_records, **head) == "hand_over.not_yours"
    other = {"actor": moving.world["legal"], "hand_over_id": found.id}
    assert code_of(acts.hand_over_records, **other) == "record.not_found"
    acts.withdraw_hand_over(**head, reason="列错")
    assert moving.draw_up().step == "hand"


def test_a_long_list_is_shown_by_pages_and_received_whole_in_portions_that_go_on(
    moving: Moving, browser: Browser
) -> None:
    for number in range(101):
        register_device(
            actor=moving.world["records"],
            serial=f"LONG-{number:03d}",
            kind=Device.Kind.BODY_CAMERA,
            unit=moving.world.units["ZD1"],
            holder_id=moving.world["officer"].id,
        )
    found = moving.draw_up()
    assert len(found.rows) == 105, "all of it: a case, a recording, cameras, an approval"
    page = reverse("hand_over", args=[found.id])
    first, last = (words(browser("officer").get(page, {"page": n})) for n in ("", "999999"))
    assert "共 105 项" in first and moving.case.number in first and "LONG-100" not in first
    assert "LONG-100" in last and "第 101–105 条" in last
    acts.hand_over_records(actor=moving.world["officer"], hand_over_id=found.id)
    partly = acts.receive_hand_over(actor=moving.world["officer3"], hand_over_id=found.id)
    assert (partly.received_rows, partly.received_at) == (acts.PORTION, None)
    assert "已接收 100 项" in words(browser("officer3").get(page))
    head: dict[str, Any] = {"actor": moving.world["unit_head"], "hand_over_id": found.id}
    assert code_of(acts.withdraw_hand_over, **head, reason="列错") == "hand_over.partly"
    assert code_of(acts.countersign_hand_over, **head) == "hand_over.step"
    assert browser("officer3").post(page, {"do": "receive"}).status_code == 302
    found.refresh_from_db()
    assert found.received_rows == 105 and found.received_at is not None
    acts.countersign_hand_over(**head)
    assert not holdings_of(moving.world["officer"])
    text = pypdfium2.PdfDocument(local_store().place(str(HandOver.objects.get().paper_id)))
    assert any("LONG-100" in one.get_textpage().get_text_bounded() for one in text)
