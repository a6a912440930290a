"""A licence on its pages: applied for, supplemented, verified, granted, delivered, archived."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from liuhen.archive.models import CaseFile
from liuhen.cases.models import Activity, Case
from liuhen.demo.footage import film, photograph
from liuhen.demo.licensing_case import MATTER, PROPOSAL
from liuhen.demo.people import World
from liuhen.kernel import clock
from tests.web.conftest import Browser, words
from tests.web.walking import INK, Walk, packed
from tests.world import MORNING


@pytest.fixture
def walk(world: World, browser: Browser) -> Iterator[Walk]:
    with clock.frozen(MORNING) as stopped:
        yield Walk(world, browser, stopped)


def applied(walk: Walk, **changes: Any) -> dict[str, Any]:
    return {
        "matter": MATTER,
        "form": "written",
        "content": "申请处置建筑垃圾约三千立方米。",
        "materials": "处置申请表，2，原件\n运输合同，1",
        "party_kind": "organisation",
        "party_name": "虚构市样例装饰有限公司",
        "identity_kind": "credit_code",
        "identity_number": "91120101MA00000009",
        "representative": "曹样例",
        "address": "虚构市示例区样板路90号",
        "place": "政务服务窗口",
        "second": str(walk.world["officer"].id),
        "applicant": "曹样例",
        "applicant_strokes": INK,
        "registrar_strokes": INK,
        **changes,
    }


def shoot(walk: Walk, activity: Activity, *, is_filmed: bool = False) -> None:
    walk.clock.move(minutes=30)
    take = film if is_filmed else photograph
    take(walk.world, activity, officer="handler", returned_at=walk.clock())


def received(walk: Walk) -> None:
    walk.post("application_receive", **applied(walk))
    walk.case = Case.objects.get(kind="licensing")


def test_a_licence_runs_on_its_pages_to_the_verified_package(walk: Walk, tmp_path: Path) -> None:
    assert reverse("application_receive") in words(walk.browser("handler").get("/"))
    received(walk)
    page = walk.get("case_licensing", walk.case.id)
    assert "运输合同" in page and "窗口受理中" in page
    notice = walk.draw("case_licensing", "supplement_notice")
    missing = {"missing.0.name": "消纳场所证明", "missing.0.problem": "未提交"}
    assert "需要补正的全部内容" in walk.refused("paper_act", notice.id, "issue")
    walk.type(notice, ["missing"], **missing)
    walk.issue(notice)
    walk.post("intake_end", walk.case.id)
    shoot(walk, walk.case.activities.get(kind="workplace_intake"))
    walk.clock.move(days=1)
    assert "补正的材料" in walk.get("case_licensing", walk.case.id)
    wrong = walk.refused("licence_supplement", walk.case.id, materials="消纳场所证明")
    assert "第1行要有材料名称和份数" in wrong
    walk.post("licence_supplement", walk.case.id, materials="消纳场所证明，1，原件")
    walk.issue(walk.draw("case_licensing", "acceptance_notice"))
    walk.clock.move(days=1)
    visit = walk.begin("on_site_verification")
    told = {"recorder": "张示例", "rights_told": "已告知。"}
    walk.post("activity_describe", visit.id, content="与申请一致。", **told)
    record = walk.record(visit, "verification_record", conclusion="与申请相符。")
    points = {"points.0.point": "消纳场所", "points.0.result": "一致"}
    walk.type(record, ["points"], **points)
    walk.sign(record, person="曹样例")
    walk.issue(record)
    shoot(walk, walk.end(visit), is_filmed=True)
    proposal = {**PROPOSAL, "is_granted": "yes"}
    proposal |= {"valid_from": "2026-03-16", "valid_until": "2026-09-15"}
    walk.post("licence_proposal", walk.case.id, **proposal)
    opinion = {"handler_opinion": "建议准予。"}
    form = walk.draw("case_licensing", "other_decision_approval", **opinion)
    walk.send(form)
    walk.approve("unit_head")
    walk.approve("head")
    grant = walk.issue(walk.draw("case_licensing", "licence_grant"))
    assert grant.data["content"] == PROPOSAL["content"]
    shoot(walk, walk.serve(grant))
    walk.post("case_publication", walk.case.id, where="虚构市人民政府网站")
    walk.close()
    walk.archive("虚档〔2026〕许0001")

    assert walk.page().count("lh-lamp is-red") == 0
    assert CaseFile.objects.get().archive_number == "虚档〔2026〕许0001"
    assert packed(walk.case, tmp_path).is_valid()


def test_what_is_wrong_with_an_application_is_told_and_nothing_is_lost(walk: Walk) -> None:
    page = walk.refused("application_receive", **applied(walk, materials="合同，两份"))
    assert "第1行要有材料名称和份数" in page and "申请处置建筑垃圾约三千立方米" in page
    page = walk.refused("application_receive", **applied(walk, applicant_strokes=""))
    assert "没有看到签名笔迹" in page
    page = walk.refused(
        "application_receive", **applied(walk, identity_number="91120101MA00000001")
    )
    assert "91120101MA00000001" in page
    assert not Case.objects.exists()


def test_the_counter_is_closed_to_whoever_receives_nothing(walk: Walk) -> None:
    walk.refused("application_receive", by="legal", **applied(walk))
    received(walk)
    answer = walk.browser("officer2").get(reverse("case_licensing", args=[walk.case.id]))
    assert answer.status_code == 404
