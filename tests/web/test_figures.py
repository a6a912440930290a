"""The figures of supervision: what is counted, for whom, and as a table that is only a table."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pypdf
import pypdfium2
import pytest
from django.db import connection
from django.db.models import Sum
from django.urls import reverse
from openpyxl import load_workbook

from liuhen.actions.fines import bank_fine, hand_in_fine
from liuhen.actions.people import change_unit, register_unit
from liuhen.actions.secrecy import classify_case
from liuhen.actions.suspecting import register_suspicion
from liuhen.cases.models import Case, Performance
from liuhen.compliance.models import Finding
from liuhen.oversight.figures import HAND_IN
from liuhen.recordings.models import Recording
from tests.web.conftest import Street, words
from tests.web.test_lists_and_counts import begin_cases, queries

BREACHES = Finding.objects.filter(outcome="breached", column="text")
YEAR = {"since": "2026-01-01", "until": "2026-12-31"}


def table(street: Street, who: str, **asked: str) -> list[list[str]]:
    answer = street.browser(who).get(reverse("figures"), {**YEAR, **asked, "form": "csv"})
    assert answer.status_code == 200
    return list(csv.reader(io.StringIO(words(answer).lstrip("\ufeff"))))


def test_cases_are_counted_as_they_began_closed_and_were_archived(street: Street) -> None:
    rows = table(street, "supervisor")
    (line,) = [row for row in rows if row[:2] == ["行政处罚", "简易程序"]]
    assert line[2:] == ["3", "1", "0"]
    page = words(street.browser("supervisor").get(reverse("figures"), YEAR))
    assert "违反最多的条款" in page and "年度公示数据" in page


def test_each_figure_leads_to_the_cases_behind_it(street: Street) -> None:
    supervisor = street.browser("supervisor")
    page = words(supervisor.get(reverse("figures"), YEAR))
    assert "承办机构比较" in page and 'data-island="chart"' in page
    (unit,) = {case.unit for case in map(street.case, (street.archived, street.filed))}
    behind = {
        what: words(supervisor.get(reverse("figure_cases"), {**YEAR, "what": what}))
        for what in ("all", "breached", "gaps", "overdue", "refused", "returned", "established")
    }
    archived = street.case(street.archived).number
    assert archived in behind["all"]
    assert "没有这样的案件" in behind["returned"] and "没有这样的案件" in behind["established"]
    for number in (case.number for case in Case.objects.filter(findings__in=BREACHES)):
        assert number in behind["breached"]
    narrowed = {**YEAR, "what": "all", "unit": str(unit.id), "kind": "licensing"}
    assert "没有这样的案件" in words(supervisor.get(reverse("figure_cases"), narrowed))
    officer = street.world["officer3"]
    theirs = {**YEAR, "what": "all", "officer": str(officer.id)}
    assert "没有这样的案件" in words(supervisor.get(reverse("figure_cases"), theirs))


def _published(street: Street) -> str:
    """The fines of the year as the page publishes them."""
    page = words(street.browser("supervisor").get(reverse("figures"), YEAR))
    return re.sub(r"<[^>]+>|\s", "", page.partition("罚款入库")[2])[:40].partition("元")[0]


def test_a_fine_collected_on_the_spot_is_published_once_it_was_paid_in(street: Street) -> None:
    paid = Performance.objects.filter(way="on_the_spot")
    held, banked = paid.filter(banked_at=None), paid.exclude(banked_at=None)
    assert held.exists()

    def yuan() -> str:
        return f"{(banked.aggregate(fen=Sum('amount_fen'))['fen'] or 0) / 100:,.2f}"

    before = yuan()
    assert _published(street) == before
    one = held.exclude(amount_fen=None)[0]
    actor = street.world["officer"]
    if one.handed_in_at is None:
        hand_in_fine(actor=actor, performance_id=one.id)
    bank_fine(actor=actor, performance_id=one.id)
    assert _published(street) == yuan() != before


@pytest.mark.parametrize(
    "asked", [{"what": "nonsense"}, {"what": "suspected", "key": "x"}, {"since": "春节"}]
)
def test_a_figure_that_does_not_exist_has_no_cases(street: Street, asked: dict[str, str]) -> None:
    answer = street.browser("supervisor").get(reverse("figure_cases"), {**YEAR, **asked})
    assert answer.status_code == 404


def test_a_head_sees_behind_a_figure_only_what_they_may_see(street: Street) -> None:
    archived = street.case(street.archived)
    classify_case(
        actor=street.world["officer"], case_id=archived.id, secrecy="privacy", reason="有病历"
    )
    for who in ("unit_head", "supervisor"):
        answer = street.browser(who).get(reverse("figure_cases"), {**YEAR, "what": "all"})
        assert archived.number not in words(answer)


def test_the_excel_file_has_the_same_figures_and_no_formula(street: Street) -> None:
    unit = street.case(street.archived).unit
    told = {"number_prefix": unit.number_prefix, "profile": unit.profile}
    change_unit(actor=street.world["security"], unit_id=unit.id, name="=1+1", **told)
    told = {"item": 2, "ground": "群众反映录像外传", "unit": unit}
    register_suspicion(actor=street.world["supervisor"], **told)
    asked = {**YEAR, "form": "xlsx"}
    answer = street.browser("supervisor").get(reverse("figures"), asked)
    book = load_workbook(io.BytesIO(answer.content))
    sheet = book["承办机构比较"]
    (row,) = list(sheet.iter_rows(min_row=2))
    assert (row[0].value, row[0].data_type) == ("=1+1", "s")
    assert row[1].value == 3
    sums = {one[0].value: one[1].value for one in book["合计"].iter_rows(min_row=2)}
    assert (sums["不涉及案件的违规线索"], sums["其中认定违规的"]) == (1, 0)
    (line,) = [row for row in table(street, "supervisor") if row[0] == "'=1+1" and len(row) > 8]
    assert line[1] == "3"
    counted = street.browser("supervisor").get(reverse("figure_breaches"), YEAR)
    assert "群众反映录像外传" in words(counted) and "/suspicions/" in words(counted)
    for other in ({"show": "established"}, {"until": "2026-01-31"}):
        answer = street.browser("supervisor").get(reverse("figure_breaches"), {**YEAR, **other})
        assert "没有这样的线索" in words(answer)


def test_the_report_of_a_period_is_a_pdf_with_the_figures(street: Street) -> None:
    asked = {**YEAR, "form": "pdf"}
    answer = street.browser("unit_head").get(reverse("figures"), asked)
    pages = pypdfium2.PdfDocument(answer.content)
    text = "".join(page.get_textpage().get_text_bounded() for page in pages)
    assert "执法监督统计报告" in text and "简易程序" in "".join(text.split())


def counted(question: str) -> int:
    """One number, asked of the tables themselves."""
    with connection.cursor() as cursor:
        cursor.execute(question)
        return int(cursor.fetchone()[0])


def test_pdf_and_excel_tell_what_the_tables_hold(street: Street) -> None:
    supervisor = street.browser("supervisor")
    told: dict[str, Any] = {
        "item": 2,
        "ground": "群众反映录像外传",
        "unit": street.case(street.filed).unit,
    }
    register_suspicion(actor=street.world["supervisor"], **told)
    files = {
        form: supervisor.get(reverse("figures"), {**YEAR, "form": form}).content
        for form in ("xlsx", "pdf")
    }
    book = load_workbook(io.BytesIO(files["xlsx"]))
    rows: dict[str, list[Any]] = {
        sheet.title: list(sheet.iter_rows(min_row=2, values_only=True)) for sheet in book
    }
    of_cases = "FROM cases_case WHERE kind = 'penalty' AND procedure = 'simple'"
    assert rows["案件"] == [
        (
            "行政处罚",
            "简易程序",
            counted(f"SELECT count(*) {of_cases}"),
            counted(f"SELECT count(closed_at) {of_cases}"),
            counted(f"SELECT count(handed_over_at) {of_cases}"),
        )
    ]
    gaps = "FROM recordings_gap WHERE filled_at IS NULL"
    sums = dict(row[:2] for row in rows["合计"])
    assert sums == {
        "未补足的记录缺口": counted(f"SELECT count(*) {gaps}"),
        "没有说明的缺口": counted(f"SELECT count(*) {gaps} AND explained_at IS NULL"),
        "拒绝签字": counted("SELECT count(*) FROM documents_signature WHERE is_refused"),
        "退回的审批": counted("SELECT count(*) FROM approvals_approval WHERE outcome = 'returned'"),
        "不涉及案件的违规线索": 1,
        "其中认定违规的": 0,
    }
    assert sums["未补足的记录缺口"] > 0
    seconds = f"SELECT round(sum(extract(epoch FROM ended_at - started_at))) {gaps}"
    ((_, cases, breached, *_, number, length, _, _, _),) = rows["承办机构比较"]
    assert (cases, number, length) == (3, sums["未补足的记录缺口"], counted(seconds))
    breaches = "SELECT count(DISTINCT case_id) FROM compliance_finding"
    assert breached == counted(f"{breaches} WHERE outcome = 'breached' AND \"column\" = 'text'")
    pages = pypdf.PdfReader(io.BytesIO(files["pdf"])).pages
    text = re.sub(r"\s", "", "".join(page.extract_text() for page in pages))
    for title in ("案件", "合计", "承办机构比较", "承办人比较", "年度公示数据"):
        left_out = (6, 9) if title.endswith("比较") else ()  # of unknown return, seconds of gaps
        for row in rows[title]:
            cells = [cell for at, cell in enumerate(row) if at not in left_out]
            said = "".join(str(cell) for cell in cells if cell is not None)
            assert re.sub(r"\s", "", said) in text, f"{title} of the PDF has the row of the sheet"


def test_the_period_counts_by_the_day_a_case_began(street: Street) -> None:
    assert not [row for row in table(street, "supervisor", until="2026-02-01") if "简易程序" in row]


def test_another_unit_has_none_of_them(street: Street) -> None:
    unit = register_unit(
        actor=street.world["security"], code="ZD9", name="虚构支队", kind="subordinate"
    )
    rows = table(street, "supervisor", unit=str(unit.id))
    assert not [row for row in rows if "简易程序" in row]


def test_an_unexplained_gap_is_counted(street: Street) -> None:
    page = words(street.browser("supervisor").get(reverse("figures"), YEAR))
    assert "处缺口没有说明" in page
    assert "<b>0</b>处未补足" not in page


def test_hand_in_is_told_by_officer_and_unit_and_an_unknown_return_is_no_delay(
    street: Street,
) -> None:
    """The archived case's footage came in with its return, the filed one's nobody has stated."""
    rows = table(street, "supervisor")
    titles = [row[0] for row in rows]
    of = {
        title: rows[titles.index(title) + 1]
        for title in ("按时存入的音像，按摄录人", "按时存入的音像，按摄录人所在机构")
    }
    unit = street.world["officer"].unit
    assert unit is not None
    assert [line[0] for line in of.values()] == [street.world["officer"].name, unit.name]
    for line in of.values():
        made = Recording.objects.filter(made_by=street.world["officer"])
        judged = Finding.objects.filter(rule=HAND_IN, case__isnull=False)
        met = judged.filter(outcome="met").count()
        unknown = judged.filter(outcome="unknown").count()
        assert met + unknown == made.count() > 0 and met > 0
        assert line[1:] == [str(met), str(met), "100%", str(unknown) if unknown else ""]


@pytest.mark.parametrize(
    ("who", "status"),
    [("supervisor", 200), ("unit_head", 200), ("officer", 403), ("operator", 403)],
)
def test_figures_are_for_supervision_and_heads(street: Street, who: str, status: int) -> None:
    assert street.browser(who).get(reverse("figures")).status_code == status


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"since": "2026-03-02", "until": "2026-03-01"}, "止日早于起日"),
        ({"since": "2024-01-01", "until": "2026-03-01"}, "最多统计一年"),
        ({"since": "春节", "until": "2026-03-01"}, "日期"),
    ],
)
def test_a_period_that_makes_no_sense_is_told_so(
    street: Street, asked: dict[str, str], told: str
) -> None:
    answer = street.browser("supervisor").get(reverse("figures"), asked)
    assert answer.status_code == 400
    assert told in words(answer)


def test_the_page_takes_as_many_queries_for_three_cases_as_for_sixty(street: Street) -> None:
    client = street.browser("supervisor")
    address = f"{reverse('figures')}?since=2026-01-01&until=2026-12-31"
    few = queries(client, address)
    begin_cases(street, 57)
    assert queries(client, address) == few
