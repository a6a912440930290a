"""What is done with papers on their pages: issue once, numbers without a hole, void, corrected."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.client import HTTPConnection

import pytest
from django.core.servers.basehttp import ThreadedWSGIServer, get_internal_wsgi_application

from liuhen.documents.models import NumberSeries, Paper
from tests.api.conftest import QuietHandler, signed_in
from tests.serving import at_work
from tests.web.conftest import words
from tests.web.papers.conftest import PaperDesk


@pytest.fixture
def port(paper_desk: PaperDesk) -> Iterator[int]:
    """A threaded server of the desk in this process."""
    running = ThreadedWSGIServer(("127.0.0.1", 0), QuietHandler)
    running.set_app(get_internal_wsgi_application())
    with at_work(running):
        yield running.server_port


def notices() -> dict[str, str]:
    """The register of the numbers of prior notices, as a query."""
    return {"series": str(NumberSeries.objects.get(type="prior_notice").id)}


def at_once(port: int, sent: list[tuple[str, dict[str, str]]]) -> list[int]:
    """Post to addresses at the same moment, each over its own line; the statuses in order."""
    gate = threading.Barrier(len(sent))
    answers = [0] * len(sent)

    def post(place: int, path: str, headers: dict[str, str]) -> None:
        line = HTTPConnection("127.0.0.1", port, timeout=60)
        line.connect()
        gate.wait()
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        line.request("POST", path, b"", {**headers, **form})
        answers[place] = line.getresponse().status
        line.close()

    threads = [threading.Thread(target=post, args=(n, *one)) for n, one in enumerate(sent)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_of_presses_at_the_same_moment_one_issues(paper_desk: PaperDesk, port: int) -> None:
    notice = paper_desk.paper("prior_notice")
    path = f"/papers/{notice.id}/issue/"
    people = [signed_in(paper_desk.world[who]) for who in ("handler", "officer") * 3]
    answers = at_once(port, [(path, headers) for headers in people])
    assert sorted(answers) == [302, 409, 409, 409, 409, 409]
    notice.refresh_from_db()
    assert notice.number == "虚城管罚告字〔2026〕第1号"
    assert NumberSeries.objects.get(type="prior_notice").last == 1


def test_a_void_number_stays_in_the_register_and_the_next_goes_on(paper_desk: PaperDesk) -> None:
    handler, head = paper_desk.browser("handler"), paper_desk.browser("unit_head")
    notice = paper_desk.paper("prior_notice")
    handler.post(f"/papers/{notice.id}/issue/")
    page = words(head.get(f"/papers/{notice.id}/"))
    assert f"/papers/{notice.id}/withdraw/" in page
    assert f"/papers/{notice.id}/withdraw/" not in words(handler.get(f"/papers/{notice.id}/"))
    assert head.post(f"/papers/{notice.id}/withdraw/", {"reason": "名称写错"}).status_code == 302
    page = words(head.get(f"/papers/{notice.id}/"))
    assert "这份文书已作废" in page and "名称写错" in page
    register = words(head.get("/papers/numbers/", notices()))
    assert "虚城管罚告字〔2026〕第1号" in register and "名称写错" in register
    assert "不连续" not in register
    assert paper_desk.browser("operator").get("/papers/numbers/").status_code == 403


def test_a_correction_is_drawn_up_from_the_page_and_told_on_both(paper_desk: PaperDesk) -> None:
    handler = paper_desk.browser("handler")
    notice = paper_desk.paper("prior_notice")
    handler.post(f"/papers/{notice.id}/issue/")
    paper_desk.clock.move(minutes=5)
    begun = handler.post(f"/papers/{notice.id}/correct/", {"reason": "联系电话有误"})
    correction = paper_desk.paper("prior_notice")
    assert begun["Location"] == f"/papers/{correction.id}/edit/"
    assert "更正文书正在起草" in words(handler.get(f"/papers/{notice.id}/"))
    again = handler.post(f"/papers/{notice.id}/correct/", {"reason": "又错"})
    assert again.status_code == 409 and "正在起草" in words(again)
    handler.post(f"/papers/{correction.id}/issue/")
    correction.refresh_from_db()
    assert (correction.state, correction.number) == (
        Paper.State.ISSUED,
        "虚城管罚告字〔2026〕第2号",
    )
    assert "已由另一份更正" in words(handler.get(f"/papers/{notice.id}/"))
    told = words(handler.get(f"/papers/{correction.id}/"))
    assert "虚城管罚告字〔2026〕第1号" in told and "联系电话有误" in told
    assert "更正 虚城管罚告字〔2026〕第1号" in words(handler.get("/papers/numbers/", notices()))


def test_what_does_not_exist_is_not_done(paper_desk: PaperDesk) -> None:
    notice = paper_desk.paper("prior_notice")
    handler = paper_desk.browser("handler")
    assert handler.post(f"/papers/{notice.id}/burn/").status_code == 404
    assert handler.get(f"/papers/{notice.id}/issue/").status_code == 405
    assert paper_desk.browser("operator").post(f"/papers/{notice.id}/issue/").status_code == 404
    may_not = paper_desk.browser("unit_head").post(f"/papers/{notice.id}/issue/")
    assert may_not.status_code == 403
