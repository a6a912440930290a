"""Figures to be confirmed by the authority: named so wherever they decide, until it sets them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.urls import reverse

from liuhen.actions import leads
from liuhen.actions.deferring import JUDGE_ALL
from liuhen.actions.figures import set_figure
from liuhen.commands.check import lines_of
from liuhen.compliance.models import Finding
from liuhen.compliance.past_findings import findings_at
from liuhen.demo.ordinary_case import OrdinaryCase
from liuhen.jobs.judging import judge_all_cases
from liuhen.law.parameters import packaged_parameters
from liuhen.ledger.models import Entry
from tests.actions.test_leads_of_many import on
from tests.law.test_to_be_confirmed import MARK, NAMES
from tests.web.conftest import Browser, words
from tests.web.ordinary import Ordinary

CHECK = "lead_checked_in_time"


def waiting_jobs() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = %s", [JUDGE_ALL])
        (count,) = cursor.fetchone()
    return int(count)


def test_the_head_sets_each_of_them_with_reason_and_day_and_all_is_judged_anew(
    browser: Browser,
) -> None:
    head, table = browser("head"), packaged_parameters().table
    for name in NAMES:
        address = reverse("law_figure", args=[name])
        page = words(head.get(address))
        assert MARK in page and "?set=1" in page, name
        assert "?set=1" not in words(browser("handler").get(address))
        own = table[name].values[-1].value
        typed = {"value": str(own), "valid_from": "2026-03-01", "reason": f"虚构文件：{name}"}
        done = words(head.post(f"{address}?set=1", typed, follow=True))
        assert "本机关设定" in done and f"虚构文件：{name}" in done and MARK not in done
    listed = words(head.get(reverse("law_figures"), {"show": "confirm"}))
    assert not any(table[name].title in listed for name in NAMES)
    entries = Entry.objects.filter(event="figure.set")
    assert entries.count() == len(NAMES) and waiting_jobs() == 1


def test_the_clock_of_a_lead_says_so_on_every_page_until_the_figure_is_set(
    ordinary: OrdinaryCase, browser: Browser
) -> None:
    ordinary.register()
    ordinary.assign()
    case, lead = ordinary.case, ordinary.lead
    row = Finding.objects.get(case=case, rule=CHECK)
    pages = (
        reverse("leads"),
        reverse("lead", args=[lead.id]),
        reverse("case", args=[case.id]),
        reverse("case_finding", args=[case.id, CHECK, row.subject_id]),
        reverse("desk"),
    )
    for page in pages:
        assert MARK in words(browser("handler").get(page)), page
    leads.propose_prolongation(**on(ordinary), reason="需委托测绘。")
    for page in (reverse("desk"), reverse("approvals")):
        assert MARK in words(browser("unit_head").get(page)), page
    line = next(one for one in lines_of(findings_at(case)) if "核查" in one)
    assert MARK in line and line.endswith(f"办理：处理案源。（{lead.number}）")
    for name, value in (("order55.check_lead", 12), ("order55.check_lead_prolonged", 4)):
        set_figure(
            actor=ordinary.world["head"],
            name=name,
            value=value,
            valid_from=dt.date(2026, 3, 1),
            reason="虚构文件",
        )
    judge_all_cases()
    again = Finding.objects.get(case=case, rule=CHECK)
    assert row.due_at is not None and again.due_at is not None and again.due_at < row.due_at
    for page in pages[:4]:
        assert MARK not in words(browser("handler").get(page)), page


def test_by_how_much_a_check_was_prolonged_is_a_figure_to_be_confirmed_too(
    ordinary: OrdinaryCase, browser: Browser
) -> None:
    ordinary.register()
    ordinary.assign()
    given: dict[str, Any] = {"valid_from": dt.date(2026, 3, 1), "reason": "虚构文件"}
    set_figure(actor=ordinary.world["head"], name="order55.check_lead", value=15, **given)
    judge_all_cases()
    address = reverse("lead", args=[ordinary.lead.id])
    assert MARK not in words(browser("handler").get(address))
    leads.propose_prolongation(**on(ordinary), reason="需委托测绘。")
    ordinary.answer("unit_head")
    ordinary.answer("head", "同意延长。")
    assert MARK in words(browser("handler").get(address))
    before = Finding.objects.get(rule=CHECK).due_at
    set_figure(actor=ordinary.world["head"], name="order55.check_lead_prolonged", value=5, **given)
    judge_all_cases()
    after = Finding.objects.get(rule=CHECK).due_at
    assert before is not None and after is not None and after < before
    assert MARK not in words(browser("handler").get(address))


def test_the_right_to_a_hearing_names_the_figure_that_decides_it(
    at: Callable[[str], Ordinary],
) -> None:
    here = at("reported")
    case, browser = here.case, here.browser
    paper = here.story.draw("prior_notice")
    form = words(browser("handler").get(reverse("paper_edit", args=[paper.id])))
    assert f"罚款达到100000元的应当告知，数字{MARK}" in form
    for page in ("case_conclusion", "case_notice"):
        shown = words(browser("handler").get(reverse(page, args=[case.id])))
        assert f"罚款达到100000元的应当告知，数字{MARK}" in shown, page
