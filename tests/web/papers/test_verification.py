"""The code on a paper, the page behind it, and prints beside the frozen file."""

from __future__ import annotations

import io

import pytest
from django.conf import settings
from django.test import Client
from pypdf import PdfReader
from pypdfium2 import PdfDocument

from liuhen.actions.paper_corrections import correct_paper, withdraw_paper
from liuhen.actions.papers import issue_paper
from liuhen.assembly.document_types import types
from liuhen.assembly.filling import fill
from liuhen.assembly.rendering import ROLLS, is_narrow, render
from liuhen.documents.models import Paper
from tests.assembly.case_facts import facts_for
from tests.assembly.reading import text_of
from tests.web.papers.conftest import PaperDesk
from tests.world import MORNING


@pytest.fixture
def notice(paper_desk: PaperDesk) -> Paper:
    """The prior notice, issued."""
    draft = Paper.objects.get(type="prior_notice", state=Paper.State.DRAFT)
    return issue_paper(actor=paper_desk.world["handler"], paper_id=draft.id)


def page_behind(paper: Paper) -> str:
    """The page as a stranger sees it."""
    answer = Client(HTTP_HOST="localhost").get(f"/v/{paper.token}/")
    assert answer.status_code == 200
    assert answer["Referrer-Policy"] == "no-referrer" and answer["Cache-Control"] == "no-store"
    return answer.content.decode()


def test_who_holds_a_paper_sees_number_digest_and_state_and_nothing_of_the_party(
    notice: Paper,
) -> None:
    page = page_behind(notice)
    assert notice.number and notice.number in page and str(notice.original_id) in page
    assert "现行有效" in page
    party = notice.case.parties.get(role="party")
    assert party.name not in page and notice.case.number not in page


def test_the_page_says_that_a_paper_is_voided_or_by_which_it_is_corrected(
    paper_desk: PaperDesk, notice: Paper
) -> None:
    on = {"actor": paper_desk.world["handler"]}
    correction = correct_paper(**on, paper_id=notice.id, reason="电话有误")
    assert "现行有效" in page_behind(notice)  # a draft corrects nothing yet
    issued = issue_paper(**on, paper_id=correction.id)
    assert "已被更正" in page_behind(notice) and str(issued.number) in page_behind(notice)
    withdraw_paper(actor=paper_desk.world["unit_head"], paper_id=issued.id, reason="写错")
    assert "已作废" in page_behind(issued)
    assert "现行有效" in page_behind(notice)


def test_an_address_that_was_guessed_leads_nowhere_and_says_so(notice: Paper) -> None:
    for guess in (str(notice.id), "1", str(notice.token)[:-1], "A" * 22):
        answer = Client(HTTP_HOST="localhost").get(f"/v/{guess}/")
        assert answer.status_code == 404
        assert "没有制作过带这个核验码的文书" in answer.content.decode()
    assert len(set(Paper.objects.exclude(token=None).values_list("token", flat=True))) > 1
    assert len(str(notice.token)) == 22  # 128 bits


def test_the_code_on_the_paper_leads_there(notice: Paper, paper_desk: PaperDesk) -> None:
    pdf = paper_desk.browser("handler").get(f"/papers/{notice.id}.pdf").content
    assert "扫码核验" in text_of(pdf)
    draft = Paper.objects.filter(state=Paper.State.DRAFT).first()
    assert draft is not None and draft.token is None
    drawn = paper_desk.browser("handler").get(f"/papers/{draft.id}.pdf").content
    assert "扫码核验" not in text_of(drawn)
    assert settings.PUBLIC_URL.startswith("http")


def test_a_case_is_printed_in_one_file_in_the_order_of_issue(
    paper_desk: PaperDesk, notice: Paper
) -> None:
    answer = paper_desk.browser("handler").get(f"/cases/{notice.case_id}/papers.pdf")
    reader = PdfReader(io.BytesIO(answer.content))
    issued = Paper.objects.filter(case=notice.case, state=Paper.State.ISSUED)
    titles = [str(one["/Title"]) for one in reader.outline if isinstance(one, dict)]
    assert len(titles) == issued.count() > 2
    assert titles[-1].endswith(str(notice.number))
    assert not any(page.get("/Annots") for page in reader.pages)


def test_an_office_that_does_not_see_the_case_prints_nothing(
    paper_desk: PaperDesk, notice: Paper
) -> None:
    other = paper_desk.browser("operator")
    assert other.get(f"/cases/{notice.case_id}/papers.pdf").status_code == 404
    assert other.get(f"/papers/{notice.id}/roll-58.pdf").status_code == 404


def test_a_roll_of_another_width_or_a_draft_is_refused(
    paper_desk: PaperDesk, notice: Paper
) -> None:
    browser = paper_desk.browser("handler")
    assert "58 毫米和 80 毫米" in browser.get(f"/papers/{notice.id}/roll-57.pdf").content.decode()
    draft = Paper.objects.filter(state=Paper.State.DRAFT)[0]
    assert browser.get(f"/papers/{draft.id}/roll-58.pdf").status_code == 409


@pytest.mark.parametrize("roll", ROLLS)
def test_a_decision_on_the_spot_fits_the_roll_word_for_word(roll: int) -> None:
    data = fill("simple_decision", facts_for("simple_decision"))
    wide = render("simple_decision", data, timestamp=MORNING, verification="https://x.invalid/v/y/")
    narrow = render("simple_decision", data, timestamp=MORNING, roll_mm=roll)
    (page,) = PdfReader(io.BytesIO(narrow)).pages
    assert float(page.mediabox.width) == pytest.approx(roll * 72 / 25.4, abs=0.1)
    with PdfDocument(narrow) as document:
        sheet = document[0]
        text = sheet.get_textpage()
        boxes = [text.get_charbox(n) for n in range(text.count_chars())]
        assert all(left >= 0 and right <= sheet.get_width() for left, _, right, _ in boxes)
    rights = "当事人不服本决定的"
    assert rights in text_of(wide) and rights in text_of(narrow).replace("\n", "")


def test_every_type_of_running_text_fits_a_roll_and_tables_do_not() -> None:
    fitting = [one for one in types().values() if is_narrow(one)]
    assert {"simple_decision", "rectification_order"} <= {one.key for one in fitting}
    assert not is_narrow(types()["evidence_list"])
