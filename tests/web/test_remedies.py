"""Review and suit against a decision: recorded by their days, which no late payment counts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from liuhen.actions.papers import issue_paper
from liuhen.actions.publishing import publish_result, withdraw_publication
from liuhen.actions.remedies import answer_remedy, end_remedy, record_remedy
from liuhen.cases.models import Case
from liuhen.commands.check import lines_of
from liuhen.compliance.models import Finding
from liuhen.compliance.past_findings import findings_at
from liuhen.compliance.readiness import may_still
from liuhen.documents.case_facts import facts_of
from liuhen.documents.late_payment_facts import answer_due
from liuhen.documents.models import Paper
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.law.explanations import duty_text
from liuhen.ledger.models import Entry
from liuhen.web.remedies import remedy_words
from tests.actions.ordinary import refusal
from tests.assembly.reading import text_of
from tests.web.conftest import words
from tests.web.ordinary import Ordinary

At = Callable[[str], Ordinary]


@pytest.fixture
def served(at: At) -> Ordinary:
    """A case whose decision has reached the party, on 13 March."""
    here = at("decided")
    here.story.serve("penalty_decision")
    return here


def late_fen(here: Ordinary) -> int:
    late: dict[str, Any] = facts_of(here.case, None, clock.now())["late"]
    return int(late.get("amount_fen", 0))


def test_days_of_a_review_are_not_counted_and_a_review_that_goes_on_stops_the_count(
    served: Ordinary,
) -> None:
    fine = 10_000_000
    served.clock.move(days=25)
    assert late_fen(served) % (fine * 3 // 100) == 0
    before = late_fen(served)
    by: dict[str, Any] = {"actor": served.world["handler"], "case_id": served.case.id}
    today = clock.local_date(clock.now())
    record_remedy(**by, kind="review", body="虚构市人民政府", began_on=today)
    served.clock.move(days=10)
    # The day it began is the first that does not count.
    assert late_fen(served) == max(0, before - fine * 3 // 100)
    end_remedy(**by, ended_on=clock.local_date(clock.now()), outcome="upheld", result="维持")
    stopped = late_fen(served)
    served.clock.move(days=2)
    assert late_fen(served) == stopped + 2 * fine * 3 // 100
    assert "维持" in remedy_words(served.case)
    events = Entry.objects.filter(event__startswith="remedy.").values_list("event", flat=True)
    assert sorted(events) == ["remedy.ended", "remedy.recorded"]


def test_what_cannot_be_is_refused_and_leaves_nothing(served: Ordinary) -> None:
    by: dict[str, Any] = {"actor": served.world["handler"], "case_id": served.case.id}
    today = clock.local_date(clock.now())
    good: dict[str, Any] = {"kind": "suit", "body": "虚构市示例区人民法院", "began_on": today}
    early = served.case.started_at.date().replace(year=2025)
    for wrong, code in (
        ({"kind": "letter"}, "remedy.kind"),
        ({"body": " "}, "remedy.body"),
        ({"began_on": early}, "remedy.day"),
        ({"began_on": today.replace(year=2030)}, "remedy.day"),
    ):
        assert refusal(record_remedy, **by, **{**good, **wrong}).code == code
    end: dict[str, Any] = {"ended_on": today, "outcome": "upheld", "result": "驳回"}
    assert refusal(end_remedy, **by, **end).code == "remedy.none_open"
    record_remedy(**by, **good)
    assert refusal(record_remedy, **by, **good).code == "remedy.open"
    assert refusal(end_remedy, **by, **{**end, "result": ""}).code == "remedy.result"
    assert refusal(end_remedy, **by, **{**end, "outcome": "won"}).code == "remedy.outcome"
    assert refusal(end_remedy, **by, **{**end, "ended_on": early}).code == "remedy.day"
    assert len(served.case.facts["remedies"]) == 1


def test_before_a_decision_is_served_there_is_nothing_to_go_to_court_about(at: At) -> None:
    here = at("decided")
    today = clock.local_date(clock.now())
    with pytest.raises(Refused, match=r"remedy\.no_decision"):
        record_remedy(
            actor=here.world["handler"],
            case_id=here.case.id,
            kind="suit",
            body="虚构法院",
            began_on=today,
        )


def test_the_page_records_one_and_then_asks_how_it_ended(served: Ordinary) -> None:
    browser, case = served.browser, served.case
    address = reverse("case_remedies", args=[case.id])
    assert address in words(browser("handler").get(reverse("case", args=[case.id])))
    today = clock.local_date(clock.now()).isoformat()
    shown = words(browser("handler").get(address))
    assert "未申请行政复议" in shown and "行政复议为虚构市人民政府" in shown
    empty = browser("handler").post(address, {"kind": "review"})
    assert not served.case.facts.get("remedies") and empty.status_code < 500
    given = {"kind": "review", "began_on": today}
    done = words(browser("handler").post(address, given, follow=True))
    assert "向虚构市人民政府申请行政复议，尚未结束" in done and "登记结果" in done
    assert "前作出复议决定" in done  # sixty days, ninety when prolonged
    ended = {"ended_on": today, "outcome": "upheld", "result": "维持"}
    assert "结束：维持" in words(browser("handler").post(address, ended, follow=True))
    assert browser("archivist").get(address).status_code in (403, 404)


def test_a_decision_made_public_is_taken_back_when_a_review_revokes_it(served: Ordinary) -> None:
    by: dict[str, Any] = {"actor": served.world["handler"], "case_id": served.case.id}
    back = reverse("case_publication_withdrawal", args=[served.case.id])
    assert refusal(withdraw_publication, **by, reason="x").code == "publication.not_public"
    page = reverse("case_decision", args=[served.case.id])
    publishing = f'href="{reverse("case_publication", args=[served.case.id])}"'
    assert publishing in words(served.browser("handler").get(page))
    publish_result(**by, where="虚构市城市管理委员会网站")
    shown = words(served.browser("handler").get(page))
    assert "虚构市城市管理委员会网站" in shown and publishing not in shown and back in shown
    today = clock.local_date(clock.now())
    record_remedy(**by, kind="review", body="虚构市人民政府", began_on=today)
    assert outcome_of(served.case, "fallen_decision_withdrawn") == "not_applicable"
    end_remedy(**by, ended_on=today, outcome="revoked", result="撤销原决定。")
    assert outcome_of(served.case, "fallen_decision_withdrawn") == "pending"
    bound = Case(kind="penalty", closed_at=clock.now(), bound_at=clock.now())
    assert may_still("withdraw_publication", bound) and may_still("publish_result", bound)
    assert not may_still("publish_result", Case(kind="inspection", bound_at=clock.now()))
    early = served.case.published_at
    assert early is not None
    wrong = {"reason": "撤销", "withdrawn_at": early - dt.timedelta(seconds=1)}
    assert refusal(withdraw_publication, **by, reason=" ").code == "publication.reason"
    assert refusal(withdraw_publication, **by, **wrong).code == "publication.withdrawal_moment"
    told = served.browser("handler").post(back, {"reason": "复议决定撤销。"}, follow=True)
    assert "撤回已经登记" in words(told)
    assert "已撤回" in words(served.browser("supervisor").get(page))
    assert outcome_of(served.case, "fallen_decision_withdrawn") == "met"
    assert refusal(withdraw_publication, **by, reason="x").code == "publication.withdrawn"


def test_what_no_period_has_run_out_for_is_told_once_and_is_not_among_what_does_not_apply(
    served: Ordinary,
) -> None:
    lines = lines_of(findings_at(served.case))
    told = [line for line in lines if line.startswith("另有")]
    assert len(told) == 1 and duty_text("overdue_party_reminded") in told[0]
    assert "尚未到期" not in "".join(lines) and len(lines) == len(set(lines))
    page = words(served.browser("handler").get(reverse("case", args=[served.case.id])))
    assert "尚未到期" in page


def outcome_of(case: Case, rule: str) -> str:
    """How a duty of a case stands."""
    found = Finding.objects.filter(case=case, rule=rule).first()
    return "not_applicable" if found is None else found.outcome


@pytest.mark.parametrize(
    ("row", "due"),
    [
        ({"kind": "suit"}, "2026-10-16"),  # fifteen days
        ({"kind": "review"}, "2026-10-20"),  # ten working days, the holidays of October between
        ({"kind": "review", "is_summary": True}, "2026-10-13"),  # five
    ],
)
def test_a_suit_gives_fifteen_days_and_a_review_ten_or_five_working_days(
    db: str, row: dict[str, Any], due: str
) -> None:
    told = answer_due({**row, "notified_on": "2026-10-01"})
    assert told is not None and told.isoformat() == due
    assert answer_due(row) is None


def test_the_file_for_a_review_is_one_click_with_answer_and_evidence_first(
    served: Ordinary,
) -> None:
    case, client = served.case, served.browser("handler")
    page, file = (reverse(f"case_remedy_{name}", args=[case.id]) for name in ("file", "pdf"))
    assert client.get(file).status_code == 409
    assert "现在没有正在进行的复议" in words(client.get(page))
    by: dict[str, Any] = {"actor": served.world["handler"], "case_id": case.id}
    today = clock.local_date(clock.now())
    record_remedy(**by, kind="review", body="虚构市人民政府", began_on=today, notified_on=today)
    assert "提交答复、证据和案卷" in words(client.get(reverse("case", args=[case.id])))
    for key in ("evidence_catalogue", "remedy_answer"):
        assert client.post(page, {"type": key}).status_code == 302
    catalogue = Paper.objects.get(type="evidence_catalogue")
    rows = catalogue.data["rows"]
    assert {row["name"] for row in rows} >= {"现场检查（勘验）笔录", "调查询问笔录"}
    assert all(row["proves"] and row["origin"] for row in rows)
    assert case.papers.filter(type="evidence_statement", state="issued").exists() == any(
        row["form"] == "光盘、文字说明" for row in rows
    )
    answer = Paper.objects.get(type="remedy_answer")
    assert (answer.data["addressee"], answer.data["evidence_count"]) == (
        "虚构市人民政府",
        len(rows),
    )
    served.story.sign(catalogue, "handler", "handler")
    issue_paper(actor=served.world["handler"], paper_id=catalogue.id)
    text = text_of(client.get(file).content)
    assert text.index("卷内目录") < text.index("行政处罚决定书")
    listed = text[text.index("卷内目录") :]
    assert listed.index("证据目录") < listed.index("行政处罚决定书")
    assert "没有制作的草稿" in words(client.get(page))
    pending = Finding.objects.get(case=case, rule="review_answered_in_time")
    last = answer_due(served.case.facts["remedies"][-1])
    assert pending.outcome == "pending" and pending.due_at is not None
    assert clock.local_date(pending.due_at) == last
    answer_remedy(**by, answered_on=today, handed_in="答复书、证据目录和案卷各一份。")
    assert Finding.objects.get(case=case, rule="review_answered_in_time").outcome == "met"
