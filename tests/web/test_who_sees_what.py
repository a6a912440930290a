"""Each page opens for the people it is for; for everybody else it doesn't exist or is refused."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from liuhen.approvals.models import Approval
from liuhen.demo.people import ACCOUNTS
from liuhen.documents.models import Paper
from liuhen.ledger.models import Entry
from liuhen.ledger.signing import signer
from liuhen.recordings.models import Recording
from tests.web.conftest import Street, words

EVERYBODY = tuple(account[0] for account in ACCOUNTS)
# Officers who carry the case, heads of their unit, leaders, keepers and supervisors see it.
SEES_CASE = ("officer", "officer2", "unit_head", "deputy", "head", "records", "supervisor")
NOT_THEIRS = ("handler", "legal", "operator")


def _case(name: str, case: str = "filed") -> Callable[[Street], str]:
    return lambda street: reverse(name, args=[getattr(street, case)])


def _scene(street: Street) -> str:
    return reverse("simple_case", args=[street.scene(street.running).id])


def _paper(name: str, *more: int) -> Callable[[Street], str]:
    def path(street: Street) -> str:
        decision = Paper.objects.get(case=street.filed, type="simple_decision")
        return reverse(name, args=[decision.id, *more])

    return path


def _draft(street: Street) -> str:
    return reverse("paper", args=[Paper.objects.get(case=street.running).id])


def _approval(street: Street) -> str:
    return reverse("approval", args=[Approval.objects.get(case_id=street.filed).id])


def _recording(street: Street) -> str:
    return reverse("recording", args=[Recording.objects.get(case=street.filed).id])


def _entry(name: str) -> Callable[[Street], str]:
    def path(street: Street) -> str:
        found = Entry.objects.filter(case_id=street.filed, event="paper.issued").first()
        assert found is not None
        return reverse(name, args=[found.id])

    return path


def _plain(name: str) -> Callable[[Street], str]:
    return lambda street: reverse(name)


# address, who may open it, who is told that they may not (403), for whom it doesn't exist (404)
PAGES = {
    "desk": (_plain("desk"), EVERYBODY, (), ()),
    "trust": (_plain("trust"), EVERYBODY, (), ()),
    "verifier of discs": (_plain("trust_verifier"), EVERYBODY, (), ()),
    "password": (_plain("account_change_password"), EVERYBODY, (), ()),
    "cases": (_plain("cases"), (*SEES_CASE, "handler", "legal", "archivist"), ("operator",), ()),
    "case": (_case("case"), SEES_CASE, (), (*NOT_THEIRS, "archivist")),
    "bound case": (_case("case", "archived"), ("officer", "archivist"), (), NOT_THEIRS),
    "upload": (
        _case("case_upload"),
        ("officer", "officer2", "records"),
        ("unit_head", "supervisor"),
        NOT_THEIRS,
    ),
    "filing": (_case("case_filing"), ("officer", "officer2"), ("unit_head", "deputy"), NOT_THEIRS),
    "performance": (_case("case_performance"), SEES_CASE, (), NOT_THEIRS),
    "gaps": (_case("case_gaps"), SEES_CASE, (), NOT_THEIRS),
    "explanations": (_case("case_explanations"), SEES_CASE, (), NOT_THEIRS),
    "closing": (_case("case_closing"), ("officer",), ("unit_head", "supervisor"), NOT_THEIRS),
    "binding": (_case("case_binding", "archived"), (*SEES_CASE, "archivist"), (), NOT_THEIRS),
    "hand-over": (_case("case_hand_over", "archived"), (*SEES_CASE, "archivist"), (), NOT_THEIRS),
    "bound file": (_case("bound_file", "archived"), ("officer", "archivist"), (), NOT_THEIRS),
    "a new simple case": (_plain("simple_start"), ("officer", "handler"), ("deputy", "legal"), ()),
    "simple case": (_scene, SEES_CASE, (), NOT_THEIRS),
    "paper": (_paper("paper"), SEES_CASE, (), NOT_THEIRS),
    "draft": (_draft, ("officer", "unit_head"), (), NOT_THEIRS),
    "pdf": (_paper("paper_pdf"), ("officer",), (), NOT_THEIRS),
    "page": (_paper("paper_page", 1), ("officer",), (), NOT_THEIRS),
    "approvals": (_plain("approvals"), ("unit_head", "deputy"), ("officer", "records"), ()),
    "approval": (_approval, ("unit_head", "officer", "supervisor"), (), NOT_THEIRS),
    "deputies": (_plain("deputies"), ("unit_head", "records"), ("officer", "operator"), ()),
    "recordings": (_plain("recordings"), ("officer", "supervisor"), ("archivist", "legal"), ()),
    "recording": (_recording, SEES_CASE, (), NOT_THEIRS),
    "entry": (_entry("entry"), (*SEES_CASE,), (), NOT_THEIRS),
    "proof": (_entry("entry_proof"), ("officer", "supervisor"), (), NOT_THEIRS),
    "suspicions": (_plain("suspicions"), ("supervisor", "unit_head"), ("officer", "legal"), ()),
    "viewing": (_plain("viewing_approvals"), ("deputy",), ("officer", "supervisor"), ()),
}


@pytest.mark.parametrize("page", PAGES)
def test_a_page_opens_for_whom_it_is_for_and_for_nobody_else(street: Street, page: str) -> None:
    path, allowed, refused, absent = PAGES[page]
    address = path(street)
    expected = {
        **dict.fromkeys(allowed, 200),
        **dict.fromkeys(refused, 403),
        **dict.fromkeys(absent, 404),
    }
    assert {who: street.browser(who).get(address).status_code for who in expected} == expected
    assert Client(SERVER_NAME="localhost").get(address).status_code == 302


def test_what_may_not_be_seen_is_told_as_what_does_not_exist(street: Street) -> None:
    others = street.browser("handler").get(reverse("case", args=[street.filed]))
    nobodys = street.browser("handler").get("/cases/0190a0a0-0000-7000-8000-000000000000/")
    assert others.status_code == nobodys.status_code == 404
    assert "没有找到这个页面，或者您无权查看" in words(others)


def test_a_page_that_is_refused_says_so_in_chinese(street: Street) -> None:
    answer = street.browser("officer").get(reverse("suspicions"))
    assert answer.status_code == 403
    assert "您没有办理这一事项的权限（查看违规线索）" in words(answer)


def test_what_is_posted_by_somebody_without_the_right_is_on_record(street: Street) -> None:
    answer = street.browser("unit_head").post(reverse("case_filing", args=[street.filed]))
    assert answer.status_code == 403
    assert "简易程序案件报备" in words(answer)
    assert Entry.objects.filter(event="act.refused", actor_id=street.world["unit_head"].id).exists()


def navigation(page: str) -> list[str]:
    """The addresses of the navigation at the side."""
    side = page[page.index('class="lh-side"') : page.index('id="content"')]
    return re.findall(r'class="lh-nav-item" href="([^"]+)"', side)


@pytest.mark.parametrize("who", ["officer", "deputy", "archivist", "operator"])
def test_the_navigation_leads_only_where_the_person_may_go(street: Street, who: str) -> None:
    client = street.browser(who)
    page = words(client.get("/"))
    assert {client.get(address).status_code for address in navigation(page)} == {200}
    bottom = page[page.index('class="lh-bottom"') :]
    assert 1 < bottom.count('class="lh-nav-item"') <= 5


def test_the_navigation_tells_an_approver_how_much_waits(street: Street) -> None:
    page = words(street.browser("unit_head").get("/"))
    assert '<span class="lh-count">1<span class="visually-hidden"> 项待办' in page
    assert reverse("approvals") not in navigation(words(street.browser("officer").get("/")))


def test_an_entry_verifies_itself_on_its_page(street: Street) -> None:
    page = words(street.browser("officer").get(_entry("entry")(street)))
    assert "核验通过" in page
    assert "制作文书" in page


def test_an_entry_that_has_no_index_yet_says_so(street: Street) -> None:
    client = street.browser("officer")
    client.post(
        reverse("simple_step", args=[street.scene(street.running).id, "oral_notice"]),
        {"told": "再次告知。"},
    )
    found = Entry.objects.filter(event="notice.told", case_id=street.running).latest("recorded_at")
    assert "正在编入账本" in words(client.get(reverse("entry", args=[found.id])))
    assert client.get(reverse("entry_proof", args=[found.id])).status_code == 503


def test_the_trust_page_tells_the_key_the_lag_and_the_checkpoint(street: Street) -> None:
    client = street.browser("officer")
    page = words(client.get(reverse("trust")))
    assert signer().verifier.vkey in page.replace("&#x2B;", "+")
    assert "全部已签署" in page
    client.post(
        reverse("simple_step", args=[street.scene(street.running).id, "oral_notice"]),
        {"told": "再次告知。"},
    )
    assert "正在编号" in words(client.get(reverse("trust")))
    street.clock.move(minutes=3)
    late = words(client.get(reverse("trust")))
    assert "编号停滞" in late
    assert "请通知系统运维检查编号进程" in late


def test_the_public_log_needs_no_sign_in_and_gives_no_contents(street: Street) -> None:
    anybody = Client(SERVER_NAME="localhost")
    checkpoint = anybody.get("/log/checkpoint")
    assert checkpoint.status_code == 200
    size = int(checkpoint.content.decode().splitlines()[1])
    tile = anybody.get(f"/log/tile/0/000.p/{size}")
    assert tile.status_code == 200
    assert len(tile.content) == 32 * size
    assert anybody.get("/log/tile/entries/000").status_code == 404
    assert anybody.get("/log/tile/0/x").status_code == 404
