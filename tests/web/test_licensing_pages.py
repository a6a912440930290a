"""The pages of licences: the counter, the supplement. Clicked to the archive by
`tests/story/test_other_kinds.py`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from liuhen.actions.parties import add_party
from liuhen.cases.models import Case
from liuhen.demo.licensing_case import MATTER, LicensingCase
from liuhen.demo.people import World
from liuhen.kernel import clock
from tests.web.conftest import Browser, words
from tests.web.walking import INK, Walk
from tests.world import MORNING


@pytest.fixture
def walk(world: World, browser: Browser) -> Iterator[Walk]:
    with clock.frozen(MORNING) as stopped:
        yield Walk(world, browser, stopped)


def applied(walk: Walk, **changes: Any) -> dict[str, Any]:
    return {
        "purpose": "new",
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


def received(walk: Walk) -> None:
    walk.post("application_receive", **applied(walk))
    walk.case = Case.objects.get(kind="licensing")


def test_a_supplement_is_told_whole_and_taken_in_line_by_line(walk: Walk) -> None:
    assert reverse("application_receive") in words(walk.browser("handler").get("/"))
    received(walk)
    page = walk.get("case_licensing", walk.case.id)
    assert "运输合同" in page and "窗口受理中" in page
    notice = walk.draw("case_licensing", "supplement_notice")
    missing = {"missing.0.name": "消纳场所证明", "missing.0.problem": "未提交"}
    assert "需要补正的全部内容" in walk.refused("paper_act", notice.id, "issue")
    walk.type(notice, ["missing"], **missing)
    walk.issue(notice)
    walk.clock.move(days=1)
    assert "补正的材料" in walk.get("case_licensing", walk.case.id)
    wrong = walk.refused("licence_supplement", walk.case.id, materials="消纳场所证明")
    assert "第1行要有材料名称和份数" in wrong


def test_what_is_wrong_with_an_application_is_told_and_nothing_is_lost(walk: Walk) -> None:
    page = walk.refused("application_receive", **applied(walk, materials="合同，两份"))
    assert "第1行要有材料名称和份数" in page and "申请处置建筑垃圾约三千立方米" in page
    page = walk.refused("application_receive", **applied(walk, applicant_strokes=""))
    assert "没有看到签名笔迹" in page
    page = walk.refused(
        "application_receive", **applied(walk, identity_number="91120101MA00000001")
    )
    assert "91120101MA00000001" in page
    page = walk.refused("application_receive", **applied(walk, purpose="prolong"))
    assert "没有编号为" in page
    assert not Case.objects.exists()


def test_who_is_concerned_is_told_and_a_public_hearing_announced_from_the_page_of_the_licence(
    walk: Walk,
) -> None:
    licence = LicensingCase(walk.world, walk.clock)
    licence.receive()
    licence.accept()
    proposed = {"touches_others": True, "is_hearing_public": True}
    licence.propose(**proposed)
    walk.case = licence.case
    page = walk.get("case_licensing", walk.case.id)
    assert "告知书还没有送达" in page and "登记利害关系人" in page and "还没有登记公告" in page
    neighbour = add_party(
        **licence.by,
        given={"kind": "person", "role": "interested", "name": "王邻居", "address": "样板路92号"},
    )
    licence.issue(licence.draw("licence_hearing_right_notice", interest="路线经过邻居门前。"))
    held_at = clock.iso(walk.clock() + timedelta(days=12))
    told: dict[str, Any] = {"held_at": held_at, "held_place": "第二会议室", "chair": "钱审核"}
    licence.issue(licence.draw("licence_hearing_notice", **told))
    assert "还没有登记告知" in walk.get("case_licensing", walk.case.id)
    assert "怎样告知" in walk.refused(
        "licence_hearing_tell", walk.case.id, party_id=str(neighbour.id), way=""
    )
    walk.post(
        "licence_hearing_tell", walk.case.id, party_id=str(neighbour.id), way="当面交付告知书"
    )
    walk.post("licence_hearing_announce", walk.case.id, where="虚构市人民政府网站", address="")
    page = walk.get("case_licensing", walk.case.id)
    assert "当面交付告知书" in page and "虚构市人民政府网站" in page
    assert reverse("licence_hearing_tell", args=[walk.case.id]) not in page


def test_the_counter_is_closed_to_whoever_receives_nothing(walk: Walk) -> None:
    walk.refused("application_receive", by="legal", **applied(walk))
    received(walk)
    answer = walk.browser("officer2").get(reverse("case_licensing", args=[walk.case.id]))
    assert answer.status_code == 404
