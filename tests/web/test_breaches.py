"""The pages of breaches: from a registered suspicion to the leaders' decision on the report."""

from __future__ import annotations

import json

import pytest
from django.urls import reverse

from liuhen.demo.people import World
from liuhen.demo.simple_case import ink
from liuhen.kernel import clock
from liuhen.oversight.models import AccountabilityReport, CorrectionOrder, Suspicion
from tests.web.conftest import Browser, words

INK = json.dumps(ink(3))


def elements(**changed: str) -> dict[str, str]:
    said = {"conduct": "yes", "circumstances": "yes", **changed}
    return {
        **{f"{key}_answer": answer for key, answer in said.items()},
        **{f"{key}_reason": "有材料为证" for key in said},
    }


@pytest.fixture
def registered(world: World, browser: Browser) -> Suspicion:
    """One that the supervisor registered on a unit."""
    told = {"item": "1", "unit": str(world.units["ZD1"].id), "ground": "现场检查没有录像。"}
    bare = browser("supervisor").post(reverse("suspicion_register"), {**told, "unit": ""})
    assert bare.status_code == 400 and "没有写明涉及哪个机构" in words(bare)
    assert "现场检查没有录像" in words(bare), "what was typed stays"
    browser("supervisor").post(reverse("suspicion_register"), told)
    return Suspicion.objects.get()


def test_a_breach_goes_from_the_suspicion_to_the_closed_order_and_the_report(
    browser: Browser, registered: Suspicion
) -> None:
    supervisor, head = browser("supervisor"), browser("unit_head")
    page, decide = (
        reverse(name, args=[registered.id]) for name in ("suspicion", "suspicion_decide")
    )
    assert "认定违规线索" in words(supervisor.get("/"))
    half = supervisor.post(decide, {**elements(), "conduct_reason": ""})
    assert half.status_code == 400
    unsure = supervisor.post(decide, elements(conduct="unknown"))
    assert unsure.headers["Location"] == page
    assert "尚不能确定" in words(supervisor.get(page))
    supervisor.post(decide, elements())
    assert "属于违规" in words(supervisor.get(page))
    again = supervisor.post(decide, elements())
    assert again.status_code == 409 and "已经认定" in words(again)

    ordering = reverse("correction_order", args=[registered.id])
    past = supervisor.post(ordering, {"demand": "补正", "due_on": "2026-03-01"})
    assert past.status_code == 400 and "明天或者以后" in words(past)
    supervisor.post(ordering, {"demand": "补正记录制度", "due_on": "2026-03-20"})
    order = CorrectionOrder.objects.get()
    desk = words(head.get("/"))
    assert f"报告整改结果 {order.number}" in desk and "补正记录制度" in desk
    file = head.get(reverse("correction_paper", args=[order.id, "order"]))
    assert file.content.startswith(b"%PDF")
    with clock.frozen(order.due_at.replace(hour=16, minute=0) + (order.due_at - order.issued_at)):
        assert "逾期未报告" in words(supervisor.get("/")) and "逾期未报告" in words(head.get("/"))

    answering = reverse("correction_answer", args=[order.id])
    told = {"done": "已补充说明", "measures": "出勤前检查", "own_strokes": INK}
    unsigned = head.post(answering, {**told, "own_strokes": ""})
    assert unsigned.status_code == 400 and "已补充说明" in words(unsigned)
    assert head.post(answering, told).headers["Location"] == page
    assert "待复查" in words(supervisor.get("/"))
    assert supervisor.get(reverse("correction_paper", args=[order.id, "answer"])).content[:4] == (
        b"%PDF"
    )
    checking = reverse("correction_check", args=[order.id])
    supervisor.post(checking, {"is_settled": "yes", "note": "属实"})
    assert "整改到位" in words(head.get(page))

    waiting = words(supervisor.get(reverse("accountability")))
    assert "情节严重" in waiting and "提出报告" in waiting
    supervisor.post(reverse("accountability_report"), {"opinion": "建议约谈。"})
    report = AccountabilityReport.objects.get()
    leader = browser("head")
    assert f"决定责任追究 {report.number}" in words(leader.get("/"))
    leader.post(reverse("accountability_decide", args=[report.id]), {"decision": "约谈负责人。"})
    shown = words(supervisor.get(reverse("accountability_one", args=[report.id])))
    assert "约谈负责人" in shown and "未按规定进行记录" in shown
    nothing = supervisor.post(reverse("accountability_report"), {"opinion": "再报"})
    assert nothing.status_code == 409
    assert leader.get(reverse("accountability_paper", args=[report.id])).content[:4] == b"%PDF"


@pytest.mark.parametrize(
    ("who", "list_status", "page_status", "decide_status"),
    [
        ("supervisor", 200, 200, 200),
        ("unit_head", 200, 200, 403),
        ("deputy", 200, 200, 200),
        ("officer", 403, 403, 403),
        ("operator", 403, 403, 403),
        ("archivist", 403, 403, 403),
    ],
)
def test_the_pages_open_to_whom_it_concerns(
    browser: Browser,
    registered: Suspicion,
    who: str,
    list_status: int,
    page_status: int,
    decide_status: int,
) -> None:
    of = browser(who)
    assert of.get(reverse("suspicions")).status_code == list_status
    assert of.get(reverse("suspicion", args=[registered.id])).status_code == page_status
    assert of.get(reverse("suspicion_decide", args=[registered.id])).status_code == decide_status


def test_whose_own_it_is_sees_that_others_handle_it(world: World, browser: Browser) -> None:
    supervisor = browser("supervisor")
    told = {"item": "2", "unit": str(world.units["FZ"].id), "ground": "泄露了记录。"}
    supervisor.post(reverse("suspicion_register"), told)
    found = Suspicion.objects.get()
    page = words(supervisor.get(reverse("suspicion", args=[found.id])))
    assert "由其他人处理" in page and "逐项认定</a>" not in page
    tried = supervisor.post(
        reverse("suspicion_decide", args=[found.id]), elements(consequence="yes")
    )
    assert tried.status_code == 403 and "不能处理" in words(tried)


def test_the_list_is_filtered_by_what_was_decided(browser: Browser, registered: Suspicion) -> None:
    of, address = browser("supervisor"), reverse("suspicions")
    assert "现场检查没有录像" in words(of.get(f"{address}?show=open"))
    assert "没有违规线索" in words(of.get(f"{address}?show=established"))
    assert "现场检查没有录像" in words(of.get(f"{address}?show=nonsense"))
