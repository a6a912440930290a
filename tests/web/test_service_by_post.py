"""Service by post, on pages: register, what came back, a lost receipt, a paper served twice."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from liuhen.actions.parties import record_party_death
from liuhen.cases.models import Activity
from liuhen.compliance.facts import facts_of_case
from liuhen.compliance.queries import findings_of_case
from liuhen.demo.simple_case import ink
from liuhen.documents.models import Material, Paper, Service
from liuhen.kernel import clock
from liuhen.ledger.models import Entry
from tests.web.conftest import words
from tests.web.ordinary import Ordinary
from tests.web.test_lists_and_counts import queries

At = Callable[[str], Ordinary]
NUMBER = "1000000000001"
POST_OFFICE = "虚构市示例区邮政营业厅"


def page(case: Ordinary) -> str:
    return reverse("case_service", args=[case.case.id])


def decision(case: Ordinary) -> Paper:
    return Paper.objects.get(case=case.case, type="penalty_decision")


def begin(case: Ordinary) -> str:
    """Arrive at the post office with the decision; the address of the counter's page."""
    data = {
        "papers": [str(decision(case).id)],
        "mode": "by_post",
        "place": POST_OFFICE,
        "officers": [str(case.world[who].id) for who in ("handler", "officer")],
    }
    address = reverse("service_begin", args=[case.case.id])
    answer = case.browser("handler").post(f"{address}?way=post", data)
    assert answer.status_code == 302, words(answer)
    case.clock.move(minutes=1)
    return answer.headers["Location"]


def register(case: Ordinary, address: str, **given: str) -> Any:
    data = {
        "paper": [str(decision(case).id)],
        "carrier": "ems",
        "tracking_number": NUMBER,
        "voucher": "虚邮凭0001",
        "recipient": "曹样例",
        "address": "虚构市示例区样板路90号",
        **given,
    }
    return case.browser("handler").post(address.partition("?")[0], data)


def posted(case: Ordinary, **given: str) -> Paper:
    """A letter handed over: its register signed and issued, the counter left."""
    answer = register(case, begin(case), **given)
    assert answer.status_code == 302, words(answer)
    drawn = Paper.objects.get(type="post_register", state=Paper.State.DRAFT)
    client = case.browser("handler")
    shown = words(client.get(answer.headers["Location"]))
    assert "签字，交给邮政" in shown
    unsigned = client.post(reverse("service_post_signing", args=[drawn.id]), {})
    assert unsigned.status_code == 400
    inked = {"server_strokes": json.dumps(ink(4))}
    signed = client.post(reverse("service_post_signing", args=[drawn.id]), inked)
    assert signed.status_code == 302, words(signed)
    activity = Activity.objects.get(kind="service_by_post")
    assert client.post(reverse("service_post_end", args=[activity.id])).status_code == 302
    drawn.refresh_from_db()
    assert drawn.state == Paper.State.ISSUED
    return drawn


def minute(at: dt.datetime) -> str:
    return f"{clock.local(at):%Y-%m-%dT%H:%M}"


def answer(
    case: Ordinary, letter: Paper, result: str, *, at: dt.datetime | None = None, **given: object
) -> Any:
    data = {
        "result": result,
        "happened_at": minute(at or case.clock()),
        "content": SimpleUploadedFile("huizhi.jpg", b"\xff\xd8 receipt"),
        **given,
    }
    return case.browser("handler").post(reverse("service_post_result", args=[letter.id]), data)


def voucher() -> SimpleUploadedFile:
    return SimpleUploadedFile("pingzheng.jpg", b"\xff\xd8 voucher")


def post_findings(case: Ordinary, service: Service) -> list[str]:
    return [
        one.reason
        for one in findings_of_case(case.case)
        if one.subject_id == str(service.id) and "29" in one.clause and one.lamp != "green"
    ]


def test_a_letter_received_serves_on_the_day_of_its_receipt_and_its_record_is_complete(
    at: At,
) -> None:
    case = at("decided")
    letter = posted(case)
    client = case.browser("handler")
    shown = words(client.get(page(case)))
    assert "等待回执" in shown
    assert NUMBER in shown
    assert not Service.objects.filter(paper=decision(case)).exists()
    case.clock.move(days=2)
    received = case.clock()
    case.clock.move(days=1)
    told = answer(case, letter, "received", at=received, receiver="曹样例", voucher=voucher())
    assert told.status_code == 302, words(told)
    served = Service.objects.get(paper=decision(case))
    assert served.received_at == received.replace(second=0, microsecond=0)
    assert served.receipt == letter
    fact = next(
        one
        for one in facts_of_case(case.case.id).services or ()
        if one.paper == str(served.paper_id)
    )
    assert fact.effective_on == clock.local_date(received)
    assert post_findings(case, served) == []
    assert {one.name for one in Material.objects.filter(subject_id=letter.id)} == {
        "邮件回执",
        "付邮凭证",
    }
    case.case.refresh_from_db()
    shown = words(client.get(page(case)))
    assert "等待回执" not in shown
    assert "没有等待送达的文书" in shown
    assert "补存" not in shown
    for event in ("service.register_drawn", "service.posted", "service.post_answered"):
        assert Entry.objects.filter(event=event, case_id=case.case.id).count() == 1


def test_a_lost_return_receipt_is_replaced_by_the_certificate_and_named_as_missing(at: At) -> None:
    case = at("decided")
    letter = posted(case, carrier="registered")
    case.clock.move(days=3)
    assert answer(case, letter, "certified", receiver="曹样例").status_code == 302
    served = Service.objects.get(paper=decision(case))
    assert served.received_at is not None
    (found,) = post_findings(case, served)
    lacking = "缺少：邮政特快专递、付邮凭证、回执。"
    assert lacking in found
    client = case.browser("handler")
    shown = words(client.get(page(case)))
    assert lacking in shown
    assert "补存付邮凭证" in shown
    assert "补存邮件回执" in shown
    address, day = reverse("service_proof", args=[served.id]), served.received_at
    for proof in ("voucher_kept", "return_receipt_kept"):
        sent = {"proof": proof, "content": voucher()}
        assert client.post(address, sent).status_code == 302
    again = client.post(address, {"proof": "voucher_kept", "content": voucher()})
    assert again.status_code == 409
    assert "已经存过" in words(again)
    served.refresh_from_db()
    assert served.received_at == day
    (found,) = post_findings(case, served)  # a registered letter does not become an express one
    assert "缺少：邮政特快专递。" in found
    assert "补存" not in words(client.get(page(case)))
    assert Entry.objects.filter(event="service.proof_kept").count() == 2


def test_a_letter_that_comes_back_serves_nothing(at: At) -> None:
    case = at("decided")
    letter = posted(case)
    case.clock.move(days=5)
    told = answer(case, letter, "returned")
    assert told.status_code == 400
    assert "退回的原因" in words(told)
    assert answer(case, letter, "returned", reason="原址查无此人").status_code == 302
    assert not Service.objects.filter(paper=decision(case)).exists()
    kept = Material.objects.get(subject_id=letter.id)
    assert (kept.name, kept.summary) == ("退回的邮件封面", "原址查无此人")
    shown = words(case.browser("handler").get(page(case)))
    assert "邮件退回" in shown
    assert "原址查无此人" in shown
    assert "行政处罚决定书" in shown[shown.index("等待送达的文书") :]
    again = answer(case, letter, "received", receiver="曹样例")
    assert again.status_code == 409
    assert "已经登记过" in words(again)


def test_of_a_paper_served_twice_the_earlier_day_counts(at: At) -> None:
    case = at("decided")
    letter = posted(case)
    case.clock.move(days=1)
    case.story.serve("penalty_decision")
    handed = Service.objects.get(paper=decision(case))
    case.clock.move(days=2)
    assert answer(case, letter, "received", receiver="曹样例").status_code == 302
    assert Service.objects.filter(paper=decision(case)).count() == 2
    shown = words(case.browser("handler").get(page(case)))
    assert shown.count("此前已经送达，期限从较早的一次起算") == 1
    assert shown.index("直接送达") < shown.index("此前已经送达")
    assert handed.received_at is not None
    assert min(
        one.effective_on
        for one in facts_of_case(case.case.id).services or ()
        if one.paper == str(handed.paper_id) and one.effective_on
    ) == clock.local_date(handed.received_at)


def test_nobody_receives_a_letter_after_death(at: At) -> None:
    case = at("decided")
    letter = posted(case)
    case.clock.move(days=3)
    record_party_death(
        actor=case.world["handler"],
        party_id=case.case.parties.get().id,
        died_on=clock.local_date(case.clock()) - dt.timedelta(days=1),
        proof="登记机关注销登记通知书",
    )
    told = answer(case, letter, "received", receiver="曹样例")
    assert told.status_code == 409
    assert "死亡或者终止" in words(told)
    before = case.clock() - dt.timedelta(days=2)
    assert answer(case, letter, "received", at=before, receiver="曹样例").status_code == 302


def test_what_is_wrong_at_the_counter_is_said_and_nothing_typed_is_lost(at: At) -> None:
    case = at("decided")
    address = begin(case)
    told = register(case, address, tracking_number="12345", voucher="虚邮凭0009")
    assert told.status_code == 400
    assert "邮件号码“12345”不对" in words(told)
    assert "虚邮凭0009" in words(told)
    assert register(case, address, recipient="").status_code == 400
    nonsense = register(case, address, paper="x")
    assert nonsense.status_code == 400
    assert "请选择要送达的文书" in words(nonsense)
    assert case.browser("officer2").get(address).status_code == 404
    assert register(case, address).status_code == 302
    again = register(case, address)
    assert again.status_code == 409
    assert "已经有登记表" in words(again)
    letter = Paper.objects.get(type="post_register")
    early = answer(case, letter, "received", receiver="曹样例")
    assert early.status_code == 409
    assert "还没有签字、制作" in words(early)


def test_a_receipt_before_posting_or_of_tomorrow_is_refused(at: At) -> None:
    case = at("decided")
    letter = posted(case)
    case.clock.move(days=1)
    before = case.clock() - dt.timedelta(days=2)
    told = answer(case, letter, "received", at=before, receiver="曹样例")
    assert told.status_code == 400
    assert "早于交寄时间" in words(told)
    told = answer(case, letter, "received", at=case.clock() + dt.timedelta(days=1), receiver="曹")
    assert told.status_code == 400
    assert "晚于现在" in words(told)
    told = answer(case, letter, "received")
    assert "签收人" in words(told)
    assert not Material.objects.filter(subject_id=letter.id).exists()
    address = reverse("service_post_result", args=[letter.id])
    assert case.browser("officer2").get(address).status_code == 404


def test_the_page_takes_as_many_queries_with_a_letter_as_with_what_came_of_it(at: At) -> None:
    case = at("decided")
    letter = posted(case)
    client = case.browser("handler")
    before = queries(client, page(case))
    case.clock.move(days=1)
    answer(case, letter, "received", receiver="曹样例")
    assert queries(client, page(case)) <= before + 3
