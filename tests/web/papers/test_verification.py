"""The code on a paper, the page behind it, and prints beside the frozen file."""

from __future__ import annotations

import datetime as dt
import io
import json
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader
from pypdfium2 import PdfDocument

from liuhen.access.models import Printing
from liuhen.actions.access import grant_standing_approval
from liuhen.actions.paper_corrections import correct_paper, withdraw_paper
from liuhen.actions.papers import issue_paper
from liuhen.actions.printing import print_papers
from liuhen.assembly.document_types import types
from liuhen.assembly.filling import fill
from liuhen.assembly.rendering import ROLLS, is_narrow, render
from liuhen.documents.models import Paper
from liuhen.kernel import clock
from liuhen.kernel.digests import sha256_hex
from liuhen.kernel.refusals import Refused
from liuhen.ledger.models import Entry
from liuhen.oversight.unit_facts import facts_of_unit
from tests.assembly.case_facts import facts_for
from tests.assembly.reading import text_of
from tests.web.conftest import Street, words
from tests.web.papers.conftest import PaperDesk
from tests.world import MORNING

WATCH = ("handler", "supervisor")


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


def printed(desk: PaperDesk, who: str, page: str, **fields: str) -> Any:
    """What somebody gets who asks for a print."""
    return desk.browser(who).post(page, {"reason": "送达", **fields}, follow=True)


def test_a_case_is_printed_in_one_file_in_the_order_of_issue(
    paper_desk: PaperDesk, notice: Paper
) -> None:
    file = f"/cases/{notice.case_id}/papers.pdf"
    assert paper_desk.browser("handler").get(file).status_code == 409, "nothing is registered"
    answer = printed(paper_desk, "handler", f"/cases/{notice.case_id}/papers/print/")
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
    for page in ("print/", "print.pdf"):
        assert other.get(f"/papers/{notice.id}/{page}").status_code == 404
    for page in ("papers/print/", "papers.pdf"):
        assert other.get(f"/cases/{notice.case_id}/{page}").status_code == 404


def test_a_roll_of_another_width_or_a_draft_is_refused(
    paper_desk: PaperDesk, notice: Paper
) -> None:
    wrong = printed(paper_desk, "handler", f"/papers/{notice.id}/print/", roll="57")
    assert wrong.status_code == 400 and not Printing.objects.exists()
    told: dict[str, Any] = {
        "actor": paper_desk.world["handler"],
        "case_id": notice.case_id,
        "reason": "送达",
    }
    draft = Paper.objects.filter(state=Paper.State.DRAFT)[0]
    issued = Paper.objects.filter(case=notice.case, state=Paper.State.ISSUED)
    form = next(one for one in issued if not is_narrow(one.document_type))
    for paper, roll, code in (
        (notice, 57, "paper.roll"),
        (form, 58, "paper.too_wide"),
        (draft, None, "paper.not_issued"),
    ):
        with pytest.raises(Refused) as refused:
            print_papers(**told, paper_id=paper.id, roll_mm=roll)
        assert refused.value.code == code
    page = f"/papers/{draft.id}/print/"
    assert paper_desk.browser("handler").get(page).status_code == 409


def test_each_print_is_in_the_register_with_who_when_why_and_on_what_ground(
    paper_desk: PaperDesk, notice: Paper
) -> None:
    page = f"/papers/{notice.id}/print/"
    assert printed(paper_desk, "handler", page, reason=" ").status_code == 400
    file = printed(paper_desk, "handler", page, reason="送达当事人")
    assert sha256_hex(file.content) == notice.original_id
    denied = printed(paper_desk, "supervisor", page)
    assert denied.status_code == 403 and "没有可用的批准" in denied.content.decode()
    grant_standing_approval(
        actor=paper_desk.world["deputy"],
        group="supervisor",
        purpose="案卷评查",
        scope="all_cases",
        until=clock.now() + dt.timedelta(days=1),
    )
    assert printed(paper_desk, "supervisor", page, reason="评查时核对").content == file.content
    first, second = Printing.objects.order_by("id")
    assert (first.ground, first.roll_mm, first.paper) == (None, None, notice)
    assert second.ground is not None and second.ground.purpose == "案卷评查"
    at = clock.now() + dt.timedelta(seconds=1)
    (judged,) = facts_of_unit(notice.case.unit, at, 30).viewings or ()
    assert (judged.viewer, judged.approver, judged.is_approved) == ("冯监督", "孙分管", True)
    entry = Entry.objects.filter(event="paper.printed").latest("recorded_at")
    assert json.loads(bytes(entry.body))["data"]["papers"] == [notice.original_id]
    of_paper = {who: words(paper_desk.browser(who).get(f"/papers/{notice.id}/")) for who in WATCH}
    assert all("送达当事人" in one for one in of_paper.values())
    assert ["评查时核对" in of_paper[who] for who in WATCH] == [False, True], "a look to game"
    register = words(paper_desk.browser("supervisor").get(reverse("view_register")))
    for seen in (
        "送达当事人",
        "承办本案",
        "评查时核对",
        "：案卷评查",
        "被拒绝",
        str(notice.number),
    ):
        assert seen in register
    of_kind = {
        kind: words(paper_desk.browser("supervisor").get(reverse("view_register"), {"show": kind}))
        for kind in ("printed", "denied", "viewed")
    }
    assert "送达当事人" in of_kind["printed"] and "没有可用的批准" in of_kind["denied"]
    assert notice.case.number in of_kind["denied"], "what was tried"
    assert "送达当事人" not in of_kind["denied"] and "最近没有登记" in of_kind["viewed"]
    paper_desk.clock.move(minutes=30)
    late = paper_desk.browser("handler").get(f"/papers/{notice.id}/print.pdf")
    assert late.status_code == 409 and "超过三十分钟" in words(late)


def test_a_decision_on_the_spot_is_printed_as_wide_as_was_registered(street: Street) -> None:
    paper = street.case(street.filed).papers.get(type="simple_decision")
    asked = {"reason": "当场交付", "roll": "80"}
    answer = street.browser("officer").post(f"/papers/{paper.id}/print/", asked, follow=True)
    (sheet,) = PdfReader(io.BytesIO(answer.content)).pages
    assert float(sheet.mediabox.width) == pytest.approx(80 * 72 / 25.4, abs=0.1)
    assert "80 毫米纸" in words(street.browser("officer").get(f"/papers/{paper.id}/"))


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
