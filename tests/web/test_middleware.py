"""Around every request: security headers, errors in Chinese, a database that goes away."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, connections
from django.test import Client
from django.urls import reverse

from liuhen.actions.people import register_unit
from liuhen.ledger import spool
from liuhen.ledger.models import Entry
from liuhen.ledger.recording import Who
from liuhen.people.models import Unit
from tests.web.conftest import Browser, Street, words


@contextmanager
def database_away() -> Iterator[None]:
    """The database is away: its address leads to a port where nobody listens."""
    told = connections["default"].settings_dict
    before = dict(told)
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    connection.close()
    told.update(HOST="127.0.0.1", PORT=str(port))
    try:
        yield
    finally:
        connection.close()
        told.update(before)


@pytest.fixture
def notes() -> Iterator[Path]:
    """The spool's file, gone again after the test."""
    place: Path = settings.HOME.spool_dir / "unanswered.jsonl"
    place.unlink(missing_ok=True)
    yield place
    place.unlink(missing_ok=True)


def test_every_page_allows_nothing_but_our_own_files(street: Street) -> None:
    for address in ("/", reverse("case", args=[street.filed]), "/nowhere/"):
        headers = street.browser("officer").get(address).headers
        policy = headers["Content-Security-Policy"]
        assert "script-src 'self';" in policy
        assert "unsafe" not in policy
        assert "object-src 'none'" in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "SAMEORIGIN"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert headers["Cache-Control"] == "private, no-cache"
        assert len(headers["X-Request-Id"]) == 12


@pytest.mark.parametrize(
    "name",
    ["desk", "cases", "recordings", "simple_start", "trust", "account_change_password"],
)
def test_no_page_carries_inline_script_or_style(street: Street, name: str) -> None:
    page = words(street.browser("officer").get(reverse(name)))
    assert " style=" not in page
    assert "<style" not in page
    assert " onclick=" not in page
    for script in page.split("<script")[1:]:
        opening = script.split(">")[0]
        assert "src=" in opening or 'type="application/json"' in opening


def test_a_page_of_a_case_carries_no_inline_script_or_style(street: Street) -> None:
    for name in ("case", "case_gaps", "case_closing", "case_performance", "case_upload"):
        page = words(street.browser("officer").get(reverse(name, args=[street.filed])))
        assert " style=" not in page
        assert "<style" not in page


def test_papers_and_pictures_are_never_kept_by_a_browser(street: Street) -> None:
    paper = street.case(street.filed).papers.get(type="simple_decision")
    for name, more in (("paper_pdf", []), ("paper_page", [1])):
        answer = street.browser("officer").get(reverse(name, args=[paper.id, *more]))
        assert answer.headers["Cache-Control"] == "private, no-store"


def test_a_draft_is_drawn_anew_when_its_content_changes(street: Street) -> None:
    client, scene = street.browser("officer"), street.scene(street.running)

    def page() -> bytes:
        draft = street.case(street.running).papers.exclude(state="void").get()
        return client.get(reverse("paper_page", args=[draft.id, 1])).content

    before = page()
    assert page() == before
    penalty = {"penalty": ["fine"], "fine": "80", "collection": "bank"}
    assert (
        client.post(reverse("simple_step", args=[scene.id, "decision"]), penalty).status_code == 302
    )
    assert page() != before
    draft = street.case(street.running).papers.exclude(state="void").get()
    assert client.get(reverse("paper_page", args=[draft.id, 99])).status_code == 404


def test_an_unknown_page_is_told_in_chinese(browser: Browser) -> None:
    for client in (browser("officer"), Client(SERVER_NAME="localhost")):
        answer = client.get("/no-such-page/")
        assert answer.status_code == 404
        assert "没有找到这个页面，或者您无权查看" in words(answer)


def test_a_form_without_its_token_is_told_as_an_expired_page(street: Street) -> None:
    strict = Client(enforce_csrf_checks=True, SERVER_NAME="localhost")
    strict.force_login(street.world["officer"])
    answer = strict.post(reverse("case_filing", args=[street.filed]))
    assert answer.status_code == 403
    assert "页面已过期，刚才的提交没有被接受" in words(answer)


def test_an_address_that_only_takes_forms_says_so_when_it_is_opened(street: Street) -> None:
    answer = street.browser("officer").get(reverse("recordings_returned"))
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
    assert "这个地址不能直接打开" in words(answer)
    assert street.browser("officer").post("/").status_code == 405


def test_more_than_a_form_may_hold_is_told_with_what_to_do(street: Street) -> None:
    data = {"text": "长" * (2 * settings.DATA_UPLOAD_MAX_MEMORY_SIZE)}
    address = reverse("case_explanations", args=[street.filed])
    answer = street.browser("officer").post(
        address, json.dumps(data), content_type="application/x-www-form-urlencoded"
    )
    assert answer.status_code == 413
    assert "录音录像和照片请用“上传音像记录”" in words(answer)


def test_an_answer_has_one_line_in_the_log(
    street: Street, caplog: pytest.LogCaptureFixture
) -> None:
    answer = street.browser("officer").get("/nowhere/")
    (line,) = caplog.records
    assert (answer.status_code, line.name) == (404, "liuhen.request")
    assert line.getMessage().startswith("GET /nowhere/ 404 ")
    assert line.__dict__["request_id"] == answer.headers["X-Request-Id"]


def test_a_fault_shows_a_number_and_no_trace(
    street: Street, caplog: pytest.LogCaptureFixture
) -> None:
    client = street.browser("officer")
    client.raise_request_exception = False
    paper = street.case(street.filed).papers.get(type="simple_decision")
    path = settings.HOME.vault_dir
    held = next(p for p in path.rglob(f"{paper.original_id}*") if p.is_file())
    moved = held.with_suffix(".away")
    held.rename(moved)
    try:
        answer = client.get(reverse("paper_pdf", args=[paper.id]))
    finally:
        moved.rename(held)
    page = words(answer)
    assert answer.status_code == 500
    assert "系统出错了，这一步没有办成" in page
    assert answer.headers["X-Request-Id"] in page
    assert "Traceback" not in page and str(path) not in page
    trace = next(line for line in caplog.records if line.exc_info)
    assert trace.__dict__["request_id"] == answer.headers["X-Request-Id"]


def test_a_lost_database_answers_503_and_leaves_a_note(street: Street, notes: Path) -> None:
    client, address = street.browser("officer"), reverse("case_filing", args=[street.filed])
    with database_away():
        answer = client.post(address)
        assert client.get("/healthz").status_code == 503
        page = words(answer)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "系统暂时不能办理" in page
    assert "Traceback" not in page
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    (note,) = map(json.loads, notes.read_text().strip().splitlines())
    assert (note["method"], note["path"]) == ("POST", address)
    assert note["request"] == answer.headers["X-Request-Id"]
    assert client.get("/healthz").status_code == 200


def test_a_program_is_told_of_a_lost_database_as_json(street: Street, notes: Path) -> None:
    client = street.browser("officer")
    with database_away():
        answer = client.get("/api/v1/recordings/unlabelled")
    assert answer.status_code == 503
    told = json.loads(answer.content)
    assert (told["status"], told["title"]) == (503, "database.away")
    assert told["detail"] and told["remedy"]


def test_a_lost_database_is_told_even_when_nothing_can_be_noted(
    street: Street, notes: Path
) -> None:
    client = street.browser("officer")
    notes.symlink_to("/dev/full")
    with database_away():
        answers = [client.get("/"), client.get("/api/v1/recordings/unlabelled")]
    assert [answer.status_code for answer in answers] == [503, 503]
    assert "系统暂时不能办理" in words(answers[0])


def test_a_note_cut_off_by_a_kill_spoils_no_other(street: Street, notes: Path) -> None:
    whole = {"method": "POST", "path": "/前"}
    spool.append(whole)
    notes.write_bytes(notes.read_bytes() + b'{"at": "2026-03-10T01:00:00Z", "pa')
    spool.append({"method": "POST", "path": "/后"})
    assert spool.enter_all(Who(street.world.system.id, street.world.system.name)) == 2
    entered = Entry.objects.filter(event="request.unanswered").values_list("body", flat=True)
    told = sorted(json.loads(bytes(body))["data"]["note"]["path"] for body in entered)
    assert told == ["/前", "/后"]


def test_what_was_acknowledged_before_the_database_went_away_is_there_afterwards(
    street: Street, notes: Path
) -> None:
    client = street.browser("officer")
    address = reverse("simple_step", args=[street.scene(street.running).id, "oral_notice"])
    assert client.post(address, {"told": "第一次告知。"}).status_code == 302
    with database_away():
        assert client.post(address, {"told": "没有办成的告知。"}).status_code == 503
    assert street.scene(street.running).facts["told"] == "第一次告知。"
    assert spool.enter_all(Who(street.world.system.id, street.world.system.name)) == 1
    assert Entry.objects.filter(event="request.unanswered").count() == 1
    assert client.post(address, {"told": "第二次告知。"}).status_code == 302


def test_another_host_name_is_not_answered(browser: Browser) -> None:
    answer = Client(SERVER_NAME="evil.example").get("/accounts/login/")
    assert answer.status_code == 400
    assert "这个请求系统看不懂" in words(answer)


def test_what_people_typed_is_never_markup(street: Street) -> None:
    register_unit(
        actor=street.world.system, code="X1", name="<b>队</b>", kind=Unit.Kind.SUBORDINATE
    )
    scene = street.scene(street.running)
    address = reverse("simple_step", args=[scene.id, "oral_notice"])
    street.browser("officer").post(address, {"told": "<script>alert(1)</script>"})
    page = words(street.browser("officer").get(address))
    assert "<script>alert(1)</script>" not in page
    assert "&lt;script&gt;alert(1)" in page
