"""Routes of approval on their pages: read by who works with them, set by the head."""

from __future__ import annotations

from django.urls import reverse

from liuhen.approvals.models import RouteVersion
from liuhen.approvals.queries import KIND_TITLES
from tests.web.conftest import Browser, words

KEY = "decision.penalty.ordinary"


def posted(*offices: str, **more: str) -> dict[str, str]:
    rows = {f"r0-office_{place}": one for place, one in enumerate(offices, start=1)}
    return {"valid_from": "2099-01-01", "reason": "本机关审批规定", **rows, **more}


def test_the_head_sets_a_route_and_everybody_reads_it(browser: Browser) -> None:
    head, edit = browser("head"), reverse("route_edit", args=[KEY])
    listed = words(head.get(reverse("routes")))
    assert KIND_TITLES["decision"] in listed and "规定的路线，不能增减" in listed
    assert "拟给予较重处罚" in words(head.get(edit))
    wrong = head.post(edit, posted("unit_head"))
    assert wrong.status_code == 400
    assert "没有合法的审批人" in words(wrong) and "本机关审批规定" in words(wrong)
    nonsense = head.post(edit, posted("unit_head", **{"r0-least": "一万", "r1-when": "x"}))
    assert nonsense.status_code == 400
    all_three = ("unit_head", "deputy_in_charge", "authority_head")
    assert head.post(edit, posted(*all_three)).status_code == 302
    here = reverse("route", args=[KEY])
    shown = words(browser("legal").get(here))
    assert "尚未生效" in shown and "本机关审批规定" in shown and "恢复规定的路线" not in shown
    old = words(browser("legal").get(here, {"version": "1"}))
    assert "本机关设定" in old
    back = reverse("route_withdraw", args=[KEY])
    given = {"valid_from": "2099-01-01", "reason": "不再需要"}
    assert head.post(back, given).status_code == 302
    assert RouteVersion.objects.count() == 2
    assert browser("legal").post(back, given).status_code == 403
    assert browser("operator").get(reverse("routes")).status_code == 403
    assert head.get(reverse("route", args=["lunch.*.*"])).status_code == 404
    assert head.get(reverse("route_edit", args=["legality_review.*.*"])).status_code == 409
