"""Service at the door, on pages: receipt, signatures, refusal, what came of it in two results."""

from __future__ import annotations

import json
from collections.abc import Callable

from django.urls import reverse

from liuhen.cases.models import Activity
from liuhen.demo.footage import photograph
from liuhen.demo.simple_case import ink
from liuhen.documents.models import Paper, Service, Signature
from liuhen.jobs.judging import judge_due_cases
from tests.web.conftest import words
from tests.web.ordinary import Ordinary
from tests.web.test_lists_and_counts import queries

At = Callable[[str], Ordinary]
INK = json.dumps(ink(4))
SERVERS = {"server1_strokes": INK, "server2_strokes": INK}
WITNESS = "程见证（样板路社区居民委员会工作人员）"


def page(case: Ordinary, name: str) -> str:
    return reverse(name, args=[case.case.id])


def arrive(case: Ordinary, paper: Paper, mode: str) -> str:
    """Begin a service; the address of its page with the paper in it."""
    data = {
        "papers": [str(paper.id)],
        "mode": mode,
        "place": "虚构市示例区样板路90号",
        "officers": [str(case.world[who].id) for who in ("handler", "officer")],
        "is_certificate_shown": "on",
    }
    answer = case.browser("handler").post(page(case, "service_begin"), data)
    assert answer.status_code == 302, words(answer)
    case.clock.move(minutes=1)
    return answer.headers["Location"]


def door(kind: str = "service_in_person") -> Activity:
    return Activity.objects.filter(kind=kind).latest("started_at")


def draw(case: Ordinary, address: str, paper: Paper, **given: str) -> int:
    data = {"paper": [str(paper.id)], **given}
    return case.browser("handler").post(address.partition("?")[0], data).status_code


def sign(case: Ordinary, activity: Activity, **given: str) -> int:
    address = reverse("service_signing", args=[activity.id])
    return case.browser("handler").post(address, {**SERVERS, **given}).status_code


def decision(case: Ordinary) -> Paper:
    return Paper.objects.get(case=case.case, type="penalty_decision")


def test_a_paper_waits_for_service_and_the_page_leads_to_the_door(at: At) -> None:
    case = at("decided")
    paper = decision(case)
    shown = words(case.browser("handler").get(page(case, "case_service")))
    begin = f"{page(case, 'service_begin')}?paper={paper.id}"
    assert begin in shown
    form = words(case.browser("handler").get(begin))
    assert "虚构市示例区样板路90号" in form
    assert f'value="{paper.id}"' in form
    assert "checked" in form[form.index(str(paper.id)) - 60 : form.index(str(paper.id)) + 160]


def test_a_paper_is_handed_to_the_representative_who_signs(at: At) -> None:
    case = at("decided")
    paper = decision(case)
    address = arrive(case, paper, "in_person")
    assert "行政处罚决定书" in words(case.browser("handler").get(address))
    assert draw(case, address, paper, received_by="representative") == 302
    shown = words(case.browser("handler").get(reverse("service_door", args=[door().id])))
    assert "受送达人 曹样例 签名" in shown
    assert sign(case, door(), recipient_strokes=INK) == 302
    served = Service.objects.get(paper=paper)
    assert (served.mode, served.is_date_noted) == ("in_person", True)
    assert served.receipt is not None
    assert served.receipt.state == Paper.State.ISSUED
    end = reverse("service_end", args=[door().id])
    case.clock.move(minutes=5)
    assert case.browser("handler").post(end).status_code == 302
    shown = words(case.browser("handler").get(page(case, "case_service")))
    assert "没有等待送达的文书" in shown
    assert "送达</span>" in shown
    # nobody filmed it: a day later the record of the service is wanting, its effect is not
    activity = door()
    kept = Service.objects.get(paper=paper).received_at
    case.clock.move(hours=30)
    judge_due_cases()
    assert "欠缺1项" in words(case.browser("handler").get(page(case, "case_service")))
    photograph(case.world, activity, officer="handler", returned_at=case.clock())
    assert "欠缺1项" not in words(case.browser("handler").get(page(case, "case_service")))
    assert Service.objects.get(paper=paper).received_at == kept


def test_an_agent_receives_only_with_name_and_relation(at: At) -> None:
    case = at("decided")
    paper = decision(case)
    address = arrive(case, paper, "in_person")
    told = case.browser("handler").post(
        address.partition("?")[0],
        {"paper": [str(paper.id)], "received_by": "receiver", "agent_name": "前台某"},
    )
    assert told.status_code == 400
    assert "关系" in words(told)
    assert "前台某" in words(told)
    given = {"received_by": "receiver", "agent_name": "乔前台", "agent_relation": "前台"}
    assert draw(case, address, paper, **given) == 302
    assert sign(case, door(), recipient_strokes=INK) == 302
    assert Service.objects.get(paper=paper).recipient == "乔前台"


def test_a_recipient_who_refuses_is_not_served_in_person_but_left_the_paper(at: At) -> None:
    case = at("decided")
    paper, client = decision(case), case.browser("handler")
    address = arrive(case, paper, "in_person")
    draw(case, address, paper, received_by="representative")
    first = door()
    refusal = {"recipient_mode": "refused", "recipient_reason": "称须请示，拒绝签收。"}
    assert sign(case, first, **refusal) == 302
    shown = words(client.get(reverse("service_door", args=[first.id])))
    assert "改为留置送达" in shown
    assert not Service.objects.filter(paper=paper).exists()
    case.clock.move(minutes=2)
    answer = client.post(reverse("service_leave", args=[first.id]))
    assert answer.status_code == 302
    form = words(client.get(answer.headers["Location"]))
    assert str(paper.id) in form
    address = arrive(case, paper, "left_at_residence")
    given = {"refusal_reason": "负责人拒绝接收。", "witness": WITNESS}
    assert draw(case, address, paper, **given) == 302
    activity = door("service_left")
    shown = words(client.get(reverse("service_door", args=[activity.id])))
    assert "见证人 程见证 签名" in shown
    assert "受送达人 曹样例 签名" not in shown, "who refuses is asked for no signature"
    assert sign(case, activity, witness_strokes=INK) == 302
    served = Service.objects.get(paper=paper)
    assert served.mode == "left_at_residence"
    assert served.receipt is not None
    refused = Signature.objects.get(paper=served.receipt, role="recipient")
    assert (refused.is_refused, refused.reason) == (True, "负责人拒绝接收。")
    case.clock.move(minutes=5)
    assert client.post(reverse("service_end", args=[activity.id])).status_code == 302
    activity.refresh_from_db()
    photograph(case.world, activity, officer="handler", returned_at=case.clock())
    lines = words(client.get(page(case, "case_service")))
    assert "易生争议" not in lines
    assert "欠缺1项" not in lines, "with witness and picture the record is whole"


def test_the_two_results_are_told_apart(at: At) -> None:
    case = at("decided")
    paper, client = decision(case), case.browser("handler")
    address = arrive(case, paper, "left_at_residence")
    given = {"refusal_reason": "无人应门后拒绝接收。", "witness": "无见证人到场"}
    draw(case, address, paper, **given)
    activity = door("service_left")
    assert sign(case, activity) == 302
    case.clock.move(minutes=5)
    client.post(reverse("service_end", args=[activity.id]))
    shown = words(client.get(page(case, "case_service")))
    assert "见证人和音像都没有，易生争议" in shown
    assert "欠缺" in shown
    assert "办法第30条" in shown
    activity.refresh_from_db()
    photograph(case.world, activity, officer="handler", returned_at=case.clock())
    shown = words(client.get(page(case, "case_service")))
    assert "易生争议" not in shown
    assert "欠缺1项" in shown  # the witness's signature will not come


def test_a_signature_that_is_missing_costs_the_others_nothing(at: At) -> None:
    case = at("decided")
    paper = decision(case)
    draw(case, arrive(case, paper, "in_person"), paper, received_by="party")
    told = case.browser("handler").post(
        reverse("service_signing", args=[door().id]), {"server1_strokes": INK}
    )
    assert told.status_code == 400
    assert "签名" in words(told)
    receipt = Paper.objects.filter(type="service_receipt").latest("drawn_up_at")
    assert receipt.signatures.count() == 1
    assert sign(case, door(), recipient_strokes=INK) == 302
    assert Service.objects.filter(paper=paper).count() == 1


def test_papers_of_another_case_or_none_are_refused(at: At) -> None:
    case = at("decided")
    paper = decision(case)
    address = arrive(case, paper, "in_person").partition("?")[0]
    client = case.browser("handler")
    assert client.post(address, {"received_by": "party"}).status_code in (400, 409)
    assert client.post(address, {"received_by": "party", "paper": ["x"]}).status_code in (400, 409)
    draft = case.story.draw("evidence_statement")
    data = {"received_by": "party", "paper": [str(draft.id)]}
    assert client.post(address, data).status_code == 409
    assert case.browser("officer2").get(address).status_code == 404


def test_the_page_takes_as_many_queries_for_two_services_as_for_five(at: At) -> None:
    case = at("decided")
    client, address = case.browser("handler"), page(case, "case_service")
    case.story.serve("penalty_decision")
    few = queries(client, address)
    for _ in range(3):
        case.clock.move(hours=1)
        case.story.serve("penalty_decision")
    assert Service.objects.count() == 5
    assert queries(client, address) == few < 60
