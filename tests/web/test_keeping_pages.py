"""Retention and disposal through their pages, and who is shown them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse

from liuhen.actions.backups import MadeSet, record_backup, record_backup_copies
from liuhen.actions.destroying import destroy_ordered
from liuhen.archive.disposals import remaining_copies
from liuhen.archive.models import Disposal, DisposalItem, Hold
from liuhen.demo.simple_case import SimpleCase
from liuhen.kernel import clock as clocks
from tests.actions import keeping
from tests.web.conftest import Browser, words
from tests.world import MORNING


def post(browser: Browser, who: str, page: str, *args: Any, **data: Any) -> Any:
    return browser(who).post(reverse(page, args=args), data)


def test_a_list_goes_its_whole_way_through_the_pages(world: Any, browser: Browser) -> None:
    with clocks.frozen(MORNING) as clock:
        one, other = keeping.old_recordings(world, clock, 2)
        records = browser("records")
        page = words(records.get(reverse("retention")))
        assert "期满处置没有启用" in page and one.name in page and "列入处置清单" not in page
        refused = post(browser, "records", "retention", recording=[one.id], reason="期满")
        assert refused.status_code == 409 and "一律继续保管" in words(refused)
        keeping.switch_on(world, clock)
        for bad in ({"recording": ["x"], "reason": "期满"}, {"recording": [], "reason": "期满"}):
            assert post(browser, "records", "retention", **bad).status_code in (400, 404)
        chosen = [one.id, other.id]
        made = post(browser, "records", "retention", recording=chosen, reason="期满")
        assert made.status_code == 302
        listed = Disposal.objects.get()
        at = [listed.id]
        assert "待第一人批准" in words(records.get(reverse("disposal", args=at)))
        for who, office in (("archivist", "archivist"), ("supervisor", "supervisor")):
            assert f"批准处置 {listed.number}" in words(browser(who).get(reverse("desk")))
            answer = {"office": office, "opinion": "同意。"}
            assert post(browser, who, "disposal_approval", *at, **answer).status_code == 302
        item = DisposalItem.objects.get(original=other.original_id)
        removed = post(browser, "archivist", "disposal_item", *at, item.id, reason="另有用途")
        assert removed.status_code == 302
        assert "下令销毁" not in words(records.get(reverse("desk")))
        clock.move(days=31)
        assert f"下令销毁 {listed.number}" in words(records.get(reverse("desk")))
        assert post(browser, "records", "disposal_order", *at).status_code == 400
        told = {"kind_1": "backup", "place_1": "磁带 A-17", "is_complete": "on"}
        assert post(browser, "records", "disposal_order", *at, **told).status_code == 302
        destroy_ordered()
        page = words(records.get(reverse("disposal", args=at)))
        assert "磁带 A-17" in page and "销毁中" in page
        outside = listed.outside.get()
        proof = post(browser, "records", "disposal_outside", *at, outside.id, proof="记录 17")
        assert proof.status_code == 302
        destroy_ordered()
        page = words(records.get(reverse("disposal", args=at)))
        assert "全部证明灭失" in page
        for kind in ("list", "certificate"):
            pdf = records.get(reverse("disposal_paper", args=[*at, kind]))
            assert pdf.content.startswith(b"%PDF")
        page = words(records.get(reverse("recording", args=[one.id])))
        assert "已依批准销毁" in page and listed.number in page
        assert listed.number in words(records.get(reverse("disposals")))


def test_what_is_left_names_the_backup_sets_and_asks_nobody_for_what_the_system_sees_itself(
    world: Any, browser: Browser
) -> None:
    with clocks.frozen(MORNING) as clock:
        (one,) = keeping.old_recordings(world, clock, 1)
        record_backup_copies(actor=world.system, repository="b1", sha256s=[one.original_id])
        for name in ("s1", "s2"):
            clock.move(hours=1)
            told = MadeSet(name, name, clock.instant, 40, 1)
            record_backup(actor=world.system, repository="b1", made=told)
        keeping.switch_on(world, clock)
        listed = keeping.propose(world, [one])
        keeping.approve(world, listed.id)
        clock.move(days=31)
        keeping.begin(world, listed.id)
        shown = browser("records").get(reverse("disposal", args=[listed.id]))
        assert "本机存储：" in words(shown) and "由系统删除并复查" in words(shown)
        assert words(shown).count("登记证明") == 1, "only what lies in the repository"
        assert "备份库 b1：" in words(shown)
        days = (
            f"{clocks.local(MORNING + dt.timedelta(days=800, hours=at)):%Y-%m-%d %H:%M}"
            for at in (1, 2)
        )
        assert "2 个备份集，{} 至 {}，".format(*days) in words(shown)
        destroy_ordered()
        (left,) = remaining_copies(listed)
        proof = {"proof": "备份库 b1 整体销毁，介质销毁记录 2029-3"}
        answer = post(browser, "records", "disposal_copy", listed.id, left.id, **proof)
        assert answer.status_code == 302
        destroy_ordered()
        listed.refresh_from_db()
        assert listed.state == "destroyed"


def test_holds_corrections_and_the_simulation_have_their_pages(
    world: Any, browser: Browser
) -> None:
    with clocks.frozen(MORNING) as clock:
        (one,) = keeping.old_recordings(world, clock, 1)
        page = words(browser("records").get(reverse("recording", args=[one.id])))
        assert "未列明，两年" in page and "暂缓处置" in page
        assert post(browser, "records", "recording_hold", one.id, reason="").status_code == 400
        assert post(browser, "records", "recording_hold", one.id, reason="信访").status_code == 302
        assert "信访" in words(browser("deputy").get(reverse("retention")))
        hold = Hold.objects.get()
        assert post(browser, "records", "hold_lift", hold.id, reason="完").status_code == 403
        assert post(browser, "deputy", "hold_lift", hold.id, reason="完").status_code == 302
        wrong = post(browser, "records", "retention_correction", one.id, reason="误")
        assert wrong.status_code == 409
        clock.move(days=-300)
        simulation = reverse("retention_simulation")
        asked = f"{simulation}?level=unclassified&value=1"
        assert one.name in words(browser("records").get(asked))
        assert browser("records").get(f"{simulation}?level=x&value=-1").status_code == 400


def test_a_case_is_held_from_its_own_page_which_says_so(world: Any, browser: Browser) -> None:
    with clocks.frozen(MORNING):
        simple = SimpleCase(world)
        simple.start()
        case, holding = simple.case, reverse("case_hold", args=[simple.case.id])
        shown = {
            who: browser(who).get(reverse("case", args=[case.id])) for who in ("officer", "records")
        }
        assert holding not in shown["officer"].content.decode()
        assert holding in shown["records"].content.decode()
        assert post(browser, "records", "case_hold", case.id, reason="信访").status_code == 302
        page = browser("records").get(reverse("case", args=[case.id])).content.decode()
        assert "暂缓处置" in page and holding not in page


@pytest.mark.parametrize("page", ["retention", "retention_simulation", "disposals"])
def test_pages_of_keeping_open_to_their_offices_only(browser: Browser, page: str) -> None:
    for who, status in (("records", 200), ("supervisor", 200), ("officer", 403), ("operator", 403)):
        assert browser(who).get(reverse(page)).status_code == status
