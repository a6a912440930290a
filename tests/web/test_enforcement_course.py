"""An enforcement through its pages: reminder, statement, decision, enforcement, archived package;
and the way to the court of a unit without the power."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from liuhen.cases.models import Activity, Case
from liuhen.demo import coercion_words as said
from liuhen.demo.people import World
from liuhen.documents.models import Material
from liuhen.kernel import clock
from tests.actions.coercion import unpaid
from tests.actions.test_coercion_enforcement import local
from tests.actions.test_coercion_measure import give_powers
from tests.web.clerk import Clerk
from tests.web.conftest import Browser, words
from tests.world import MORNING

PLACE = "虚构市示例区样板路8号"
HEARD = {
    "relation": "本人",
    "rights_told": "已告知。",
    "confirmation": "以上笔录已经阅看，与所述相符。",
    **said.STATEMENT,
}


@pytest.fixture
def clerk(world: World, browser: Browser) -> Iterator[Clerk]:
    """The fine of 10 March was not paid; it is 26 March."""
    with clock.frozen(MORNING) as stopped:
        unpaid(world, stopped)
        stopped.set(local(3, 26))
        yield Clerk(world, browser, stopped)


def remind(clerk: Clerk) -> None:
    fined = Case.objects.get()
    clerk.post("enforcement_open", {"officers": clerk.officers}, fined.id)
    reminder = clerk.issue(clerk.draw("reminder"))
    clerk.serve(reminder, receiver="party")


def test_an_enforcement_goes_from_the_reminder_to_the_archived_package(
    clerk: Clerk, tmp_path: Path
) -> None:
    remind(clerk)
    decision = clerk.draw("enforcement_decision")
    clerk.fill(decision, **{key: said.ENFORCEMENT[key] for key in ("reason", "basis", "way")})
    assert "催告的期限到2026年4月7日才届满" in clerk.page("case_course")
    assert "第三十七条" in clerk.refused("paper_act", {}, decision.id, "issue")
    clerk.clock.set(local(4, 8))
    assert "第四十六条" in clerk.refused("paper_act", {}, decision.id, "issue")
    clerk.clock.set(local(4, 27))
    form = clerk.draw("other_decision_approval")
    given = {"basis": said.ENFORCEMENT["basis"], "content": said.ENFORCEMENT["way"]}
    clerk.fill(form, **given, handler_opinion="催告期满仍不履行，建议强制执行。")
    clerk.approve(form)
    clerk.serve(clerk.issue(decision), receiver="party")

    clerk.clock.set(local(4, 28))
    early = {"place": PLACE, "is_on_site": "yes", "officers": clerk.officers}
    early["is_certificate_shown"] = "on"
    address = "?kind=enforcement"
    refused = clerk.refused("activity_start", early, clerk.case.id, query=address)
    assert "停止供水、供电、供热、供燃气" in refused
    scene = clerk.begin("enforcement", PLACE, keeps_supply="on")
    told = {
        "recorder": clerk.world["officer"].name,
        "content": said.ENFORCEMENT["content"],
        "result": said.ENFORCEMENT["result"],
        "confirmation": "已经阅看。",
        "brought_party": "no",
    }
    clerk.post("activity_describe", told, scene.id)
    clerk.clock.move(seconds=8)
    record = clerk.draw("enforcement_record")
    span = {"span.started_at": "2026-04-28T09:00:00", "span.ended_at": "2026-04-28T09:00:08"}
    clerk.fill(record, **span)
    clerk.issue(record)
    clerk.end(scene)
    clerk.issue(clerk.draw("enforcement_result"))
    clerk.post("case_performance", {"note": "强制执行完毕。"}, clerk.case.id)
    assert "没有妨碍结案的事项" in clerk.page("case_closing")
    summary = "催告期满仍不履行，强制执行完毕。"
    clerk.archive(summary=summary, reason="enforced", number="虚档2026-0102")
    assert clerk.case.stage == "hand_over"
    # its days for being made public run on after the closing
    clerk.post("case_publication", {"where": "本机关网站"}, clerk.case.id)
    assert "目前没有要办的事" in clerk.page("case")  # nor any advice
    assert clerk.packed(tmp_path / "package")


def test_a_unit_without_the_power_takes_the_decision_to_the_court(clerk: Clerk) -> None:
    give_powers(clerk.world, "measure")
    remind(clerk)
    assert "没有自行强制执行权" in clerk.page("case_course")
    clerk.clock.set(local(9, 11))
    paper = clerk.draw("enforcement_application")
    clerk.fill(paper, facts=said.ENFORCEMENT["reason"])
    paper = clerk.approve(paper)
    assert paper.number and paper.signatures.filter(role="head").exists()
    ruling = SimpleUploadedFile("裁定书.txt", "准予强制执行。".encode())
    given = {"kind": "court_ruling", "received_from": "虚构市示例区人民法院", "content": ruling}
    assert "请选明" in clerk.refused("material_new", given, clerk.case.id)
    ruling.seek(0)
    clerk.post("material_new", {**given, "subject": str(paper.id)}, clerk.case.id)
    assert Material.objects.get().subject_id == paper.id


def test_a_fine_that_is_not_due_is_not_enforced_and_the_page_says_until_when(
    clerk: Clerk,
) -> None:
    clerk.clock.set(local(3, 25, 23))
    fined = Case.objects.get()
    refused = clerk.refused("enforcement_open", {"officers": clerk.officers}, fined.id)
    assert "2026-03-25" in refused
    page = words(clerk.client.get(reverse("case", args=[fined.id])))
    assert "催告和强制执行" in page
    assert not Activity.objects.filter(kind="enforcement").exists()
