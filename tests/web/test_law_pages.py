"""Pages of the law: its figures, the year tables, the explanation of one finding."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.urls import reverse

from liuhen.actions.figures import load_regulation
from liuhen.compliance.models import Finding
from liuhen.demo.people import World
from liuhen.law.clauses import STATUTES
from liuhen.law.documentation import CHAPTERS, clause_table
from liuhen.rulebook.models import SetFigure, YearTable
from liuhen.rulebook.queries import figure_on
from tests.actions.test_figures import TABLE_2027
from tests.web.conftest import Browser, Street, words

PERSON = "penalty_law.simple_fine_person"
CONFIRM = "penalty_law.hearing_fine_person"


def test_everybody_reads_every_figure_and_what_is_to_be_confirmed(browser: Browser) -> None:
    page = words(browser("officer").get(reverse("law_figures")))
    assert "当场处罚对公民罚款上限" in page and "200元" in page
    assert "待本机关确认" in page and "我们的理解" in page
    to_confirm = words(browser("officer").get(reverse("law_figures"), {"show": "confirm"}))
    assert "公民较大数额罚款听证标准" in to_confirm
    assert "当场处罚对公民罚款上限" not in to_confirm
    one = words(browser("officer").get(reverse("law_figure", args=[CONFIRM])))
    assert "天津标准未查到" in one and "设定" not in one.split('id="content"')[1].split("<h2")[0]


def test_everybody_reads_of_each_clause_by_what_it_is_carried_out(browser: Browser) -> None:
    address = reverse("law_articles")
    shown = {part: words(browser("officer").get(address, {"part": part})) for part in PARTS}
    for row in clause_table():
        page = shown[row.clause.partition(":")[0] if ":" in row.clause else chapter(row.article)]
        assert row.citation in page and row.zh in page, row.clause
        carried = [one.text for one in row.rules] + [row.reason, *row.functions, *row.through_cited]
        assert any(text and text in page for text in carried) or row.acts, row.clause
    assert "第一条" in words(browser("officer").get(address, {"part": "no"}))


PARTS = [*map(str, range(1, len(CHAPTERS) + 1)), *STATUTES]


def chapter(article: int) -> str:
    found = (n for n, (first, last, _) in enumerate(CHAPTERS, 1) if first <= article <= last)
    return str(next(found))


def test_the_head_sets_a_figure_with_its_reason_and_takes_it_back(
    world: World, browser: Browser
) -> None:
    address = reverse("law_figure", args=[CONFIRM])
    asked = browser("head").get(address, {"set": "1"})
    assert asked.status_code == 200 and "生效日" in words(asked)
    typed = {"value": "5000", "valid_from": "2026-03-01", "reason": "本市文件第3号"}
    done = browser("head").post(f"{address}?set=1", typed, follow=True)
    assert "本机关设定" in words(done) and "本市文件第3号" in words(done)
    assert figure_on(CONFIRM, dt.date(2026, 3, 10)) == 5000
    back = {"valid_from": "2026-03-05", "reason": "文件废止"}
    undone = browser("head").post(f"{address}?set=law", back, follow=True)
    assert "恢复法定值" in words(undone)
    assert figure_on(CONFIRM, dt.date(2026, 3, 10)) == 10000


@pytest.mark.parametrize("value", ["", "many", "1.5", "99999999999"])
def test_what_is_no_figure_comes_back_with_what_was_typed(browser: Browser, value: str) -> None:
    typed = {"value": value, "valid_from": "2026-03-01", "reason": "写好的理由"}
    answer = browser("head").post(reverse("law_figure", args=[PERSON]), typed)
    assert "写好的理由" in words(answer)
    assert not SetFigure.objects.exists()


def test_nobody_else_sets_a_figure_and_an_unknown_one_does_not_exist(browser: Browser) -> None:
    typed = {"value": "1", "valid_from": "2026-03-01", "reason": "x"}
    assert browser("officer").post(reverse("law_figure", args=[PERSON]), typed).status_code == 403
    assert browser("officer").get(reverse("law_figure", args=["no.such"])).status_code == 404


def test_the_operator_imports_a_year_that_was_provisional(browser: Browser) -> None:
    page = words(browser("operator").get(reverse("year_tables")))
    assert "2027年" in page and "暂定" in page
    done = browser("operator").post(reverse("year_table_import"), {"text": TABLE_2027}, follow=True)
    assert "本机关导入" in words(done) and YearTable.objects.get().year == 2027
    wrong = TABLE_2027.replace("2027", "2026")
    refused = browser("operator").post(reverse("year_table_import"), {"text": wrong})
    assert "不一致" in words(refused) and "虚构的放假通知" in words(refused)
    assert browser("officer").get(reverse("year_table_import")).status_code == 403


def test_a_finding_is_explained_so_that_a_layman_understands(street: Street) -> None:
    row = Finding.objects.filter(case=street.archived, rule="file_bound").get()
    address = reverse("case_finding", args=[street.archived, row.rule, row.subject_id])
    page = words(street.browser("officer").get(address))
    assert "行为终结后在规定期限内立卷" in page  # the duty in our words
    assert "第38条" in page and "我们的转述" in page
    assert "起算当日，不计入" in page and "最后一日" in page  # its days on a calendar
    assert "measures.bind_and_hand_over" in page and "tests/law/tables/a38.toml" in page
    assert "办法2024年11月29日起施行的文本" in page
    assert street.browser("handler").get(address).status_code == 404
    nothing = reverse("case_finding", args=[street.archived, "no_such_rule", "x"])
    assert street.browser("officer").get(nothing).status_code == 404


def test_an_explanation_calls_activities_and_papers_by_their_names(street: Street) -> None:
    about = Finding.objects.filter(case=street.archived, rule="certificates_shown").get()
    paper = Finding.objects.filter(case=street.archived, rule="notice_complete").first()
    page = explanation(street, about)
    assert re.search(r'lh-quiet">[^<]+ 03-10 \d\d:\d\d<', page) and about.subject_id not in seen(
        page
    )
    assert paper is None or paper.subject_id not in seen(explanation(street, paper))
    waiting = Finding.objects.filter(outcome="not_applicable", body__explanation__code="waits")
    for one in waiting:
        assert "24:00届满后才需要" in explanation(street, one)


def explanation(street: Street, finding: Finding) -> str:
    address = reverse("case_finding", args=[finding.case_id, finding.rule, finding.subject_id])
    return words(street.browser("officer").get(address))


def seen(page: str) -> str:
    """What a reader sees of a page: no addresses."""
    return re.sub(r"<[^>]+>", "", page)


def test_the_official_text_stands_beside_our_words_once_it_is_loaded(street: Street) -> None:
    load_regulation(
        actor=street.world["operator"],
        articles={"38": "虚构的原文，仅供测试。"},
        version="测试文本",
        sha256="0" * 64,
    )
    row = Finding.objects.filter(case=street.archived, rule="file_bound").get()
    address = reverse("case_finding", args=[street.archived, row.rule, row.subject_id])
    page = words(street.browser("officer").get(address))
    assert "虚构的原文，仅供测试。" in page and "测试文本" in page


def test_every_duty_of_a_case_leads_to_its_explanation(street: Street) -> None:
    page = words(street.browser("officer").get(reverse("case", args=[street.filed])))
    assert "完整说明" in page
    for row in Finding.objects.filter(case=street.filed)[:200]:
        address = reverse("case_finding", args=[street.filed, row.rule, row.subject_id])
        assert street.browser("officer").get(address).status_code == 200, row.rule
