"""A copy of a case on discs is asked for on its page, answered there by the leader, then made."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

from django.urls import reverse

from liuhen.actions.case_copies import answer_case_copy, ask_case_copy, end_case_copy
from liuhen.actions.case_packages import order_case_package
from liuhen.actions.destroying import destroy_ordered
from liuhen.actions.retention import lift_hold, place_hold
from liuhen.archive.models import CaseCopy, CaseCopyRequest
from liuhen.archive.packages import package_of
from liuhen.commands.disc import make_discs
from liuhen.demo.people import World
from liuhen.jobs.packaging import make_package
from liuhen.kernel import clock
from liuhen.recordings.derivatives import made_file
from liuhen.web.desk_keeping import APART
from tests.actions import keeping
from tests.actions.keeping import DAY, code_of
from tests.compliance.street import done_but_for_closing
from tests.web.conftest import Browser, Street, words
from tests.world import MORNING

COURT: dict[str, Any] = {
    "recipient": "虚构市示例区人民法院",
    "audience": "court",
    "purpose": "来函调取",
}


def test_a_copy_is_asked_for_answered_by_the_leader_and_made_once(
    street: Street, tmp_path: Path
) -> None:
    case = street.case(street.filed)
    page, ask = reverse("case_discs", args=[case.id]), reverse("case_disc_ask", args=[case.id])
    records, deputy = street.browser("records"), street.browser("deputy")
    asked = dict(COURT)

    assert records.post(ask, {**asked, "purpose": ""}).status_code == 400
    assert records.post(ask, asked).status_code == 302
    found = CaseCopyRequest.objects.get(case=case)
    answer = reverse("case_copy_answer", args=[found.id])
    shown = words(records.get(page))
    assert "待批准" in shown and "liuhen disc" not in shown and answer not in shown

    assert records.post(answer, {"outcome": "approved", "opinion": "同意"}).status_code == 403
    assert answer in words(deputy.get(page))
    deputy.post(answer, {"outcome": "approved", "opinion": "同意复制"})
    shown = words(records.get(page))
    assert f"liuhen disc {case.number} --out" in shown and "同意复制" in shown
    for number in range(1, APART + 1):
        desk = words(records.get(reverse("desk")))
        assert desk.count('lh-task-label">制作案卷光盘') == number and "同样要办" not in desk
        more = ask_case_copy(actor=street.world["records"], case_id=case.id, **asked)
        answer_case_copy(
            actor=street.world["deputy"], request_id=more.id, outcome="approved", opinion="同意"
        )
    desk = words(records.get(reverse("desk")))
    assert desk.count('lh-task-label">制作案卷光盘') == 1 and f"另有 {APART} 件同样要办" in desk

    make_discs(street.world["records"], case.number, tmp_path / "disc", is_folder=True)
    shown = words(records.get(page))
    assert shown.count("已复制") == 1 and shown.count(f"liuhen disc {case.number} --out") == APART


def test_a_copy_outside_is_listed_reminded_of_once_from_its_day_on_and_its_end_entered(
    street: Street, tmp_path: Path
) -> None:
    case, records = street.case(street.filed), street.browser("records")
    page, label = reverse("outside_copies"), 'lh-task-label">登记复制件收回'
    asked = dict(COURT)
    ask, today = reverse("case_disc_ask", args=[case.id]), clock.local_date(clock.now())
    late = records.post(ask, {**asked, "due_on": (today - DAY).isoformat()})
    assert late.status_code == 400 and "收回之日已经过去" in words(late)
    due = today + 10 * DAY
    for told in ({**asked, "due_on": due.isoformat()}, {**asked, "recipient": "虚构市人民政府"}):
        assert records.post(ask, told).status_code == 302
        for one in CaseCopyRequest.objects.filter(outcome=""):
            answer_case_copy(
                actor=street.world["deputy"], request_id=one.id, outcome="approved", opinion="同意"
            )
            make_discs(street.world["records"], case.number, tmp_path / f"{one.id}", is_folder=True)
    lent, kept = CaseCopy.objects.order_by("copied_at")
    assert (lent.due_on, kept.due_on) == (due, None)
    shown = words(records.get(page))
    assert f"应于{due}收回" in shown and "对方留存" in shown and "到期未收回</b>" not in shown
    assert label not in words(records.get(reverse("desk")))
    street.clock.move(days=10)
    assert words(records.get(reverse("desk"))).count(label) == 1
    assert "1 份到期未收回" in words(records.get(page))
    due_only = words(records.get(page + "?show=due"))
    assert lent.recipient in due_only and kept.recipient not in due_only
    end = reverse("case_copy_end", args=[lent.id])
    assert end not in words(street.browser("supervisor").get(page)), "who copies enters it"
    assert street.browser("supervisor").post(end, {"how": "交回"}).status_code == 403
    assert records.post(end, {"how": " "}).status_code == 400
    assert records.post(end, {"how": "书记员交回二张"}).status_code == 302
    again = records.post(end, {"how": "又一次"})
    assert again.status_code == 409 and "已经登记收回" in words(again)
    assert label not in words(records.get(reverse("desk")))
    shown = words(records.get(page + "?show=ended"))
    assert "书记员交回二张" in shown and kept.recipient not in shown
    assert reverse("case_copy_end", args=[kept.id]) in words(records.get(page))
    assert records.get(reverse("case_copy_end", args=[case.id])).status_code == 404
    ended = {"copy_id": kept.id, "how": "交回"}
    assert code_of(end_case_copy, actor=street.world["supervisor"], **ended) == "permission.missing"
    for other in ({"how": " "}, {"copy_id": case.id}):
        said = code_of(end_case_copy, actor=street.world["records"], **{**ended, **other})
        assert said in ("reason.missing", "record.not_found")


def _packaged(world: World, case_id: UUID) -> Path:
    """A package that waits to be taken."""
    told = {"case_id": case_id, **COURT, "audience": "archive"}
    asked = ask_case_copy(actor=world["archivist"], **told)
    given: dict[str, Any] = {"outcome": "approved", "opinion": "同意"}
    answer_case_copy(actor=world["deputy"], request_id=asked.id, **given)
    order_case_package(actor=world["archivist"], request_id=asked.id)
    make_package(str(asked.id))
    asked.refresh_from_db()
    made = made_file(package_of(asked))
    assert made is not None
    return made


def test_a_copy_that_is_to_be_back_holds_up_the_disposal_of_what_it_bears(
    world: World, browser: Browser, tmp_path: Path
) -> None:
    with clock.frozen(MORNING) as stopped:
        done = done_but_for_closing(world, stopped)
        done.close()
        done.bind()
        done.archive("虚档〔2026〕0001")
        for due in (clock.local_date(clock.now()) + 10 * DAY, None):
            told = {"case_id": done.case.id, **COURT, "due_on": due}
            asked = ask_case_copy(actor=world["records"], **told)
            answer_case_copy(
                actor=world["deputy"], request_id=asked.id, outcome="approved", opinion="同意"
            )
            out = tmp_path / f"{asked.id}"
            make_discs(world["records"], done.case.number, out, is_folder=True)
        package = _packaged(world, done.case.id)
        stopped.move(days=365 * 40)
        keeping.switch_on(world, stopped)
        listed = keeping.propose(world, list(done.case.recordings.all()))
        held = place_hold(actor=world["records"], case_id=done.case.id, reason="当事人投诉")
        shown = words(browser("archivist").get(reverse("disposal", args=[listed.id])))
        assert "已暂缓处置，不能批准" in shown and "当事人投诉" in shown
        lift_hold(actor=world["head"], hold_id=held.id, reason="已经答复")
        shown = words(browser("records").get(reverse("disposal", args=[listed.id])))
        assert shown.count(COURT["recipient"]) == 3 and "不能批准" not in shown
        assert "对方留存" in shown and "到期未收回" in shown
        keeping.approve(world, listed.id)
        stopped.move(days=31)
        keeping.begin(world, listed.id)
        destroy_ordered()
        listed.refresh_from_db()
        assert listed.state == "destroying", "a disc of it is out"
        assert not package.exists(), "its package held what was destroyed"
        lent = CaseCopy.objects.get(due_on__isnull=False)
        end_case_copy(actor=world["records"], copy_id=lent.id, how="书记员交回，已销毁")
        destroy_ordered()
        listed.refresh_from_db()
        assert listed.state == "destroyed", "what the court keeps is not ours to end"
