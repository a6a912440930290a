"""Signing on the page: each person in turn, refusals, what is not taken."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from liuhen.demo.footage import LEAD, film
from liuhen.demo.simple_case import ink
from liuhen.documents.models import Paper, Signature
from liuhen.documents.signers import expected_signers
from liuhen.kernel import clock
from liuhen.kernel.digests import sha256_hex
from liuhen.vault.keeping import local_store
from tests.web.conftest import picture, words
from tests.web.papers.conftest import PaperDesk


def sign(desk: PaperDesk, paper: Paper, place: int, who: str = "handler", **fields: Any) -> Any:
    """Post the signature of the one at a place of the list."""
    role = expected_signers(paper)[place].line.role
    given = {"who": place, "role": role, "sign_strokes": json.dumps(ink(place + 1)), **fields}
    return desk.browser(who).post(f"/papers/{paper.id}/sign/", given)


def test_everybody_the_type_asks_for_is_named_from_the_case(paper_desk: PaperDesk) -> None:
    paper = paper_desk.paper("inquiry_record")
    world = paper_desk.world
    listed = [(one.line.role, one.name, one.person) for one in expected_signers(paper)]
    assert listed == [
        ("party", paper.data["person"]["representative"], None),
        ("officer", world["handler"].name, world["handler"]),
        ("officer", world["officer"].name, world["officer"]),
        ("recorder", world["officer"].name, world["officer"]),
    ]


def test_all_sign_in_turn_page_by_page_and_the_paper_is_issued(paper_desk: PaperDesk) -> None:
    paper = paper_desk.paper("inquiry_record")
    handler = paper_desk.browser("handler")
    page = words(handler.get(f"/papers/{paper.id}/sign/"))
    assert "第 1 页，共 2 页" in page and 'name="page" value="1"' in page
    assert sign(paper_desk, paper, 0, name="袁代人", page="1").status_code == 302
    page = words(handler.get(f"/papers/{paper.id}/sign/"))
    assert 'name="page"' not in page and 'value="袁代人"' in page
    for place in range(4):
        paper_desk.clock.move(seconds=20)
        page = words(handler.get(f"/papers/{paper.id}/sign/"))
        assert f'name="who" value="{place}"' in page
        assert sign(paper_desk, paper, place, name="袁代人").status_code == 302
    given = paper.signatures.order_by("signed_at", "id")
    assert list(given.values_list("role", "person__username", "page")) == [
        ("party", None, 1),
        ("party", None, None),
        ("officer", "handler", None),
        ("officer", "officer", None),
        ("recorder", "officer", None),
    ]
    page = words(handler.get(f"/papers/{paper.id}/sign/"))
    assert 'name="who"' not in page and "应签的都已签" in page
    assert handler.post(f"/papers/{paper.id}/issue/").status_code == 302


def test_a_record_with_an_unsigned_page_is_not_issued_and_can_be_made_good(
    paper_desk: PaperDesk,
) -> None:
    paper = paper_desk.paper("inquiry_record")
    for place in range(4):
        sign(paper_desk, paper, place, name="袁代人")
    refused = paper_desk.browser("handler").post(f"/papers/{paper.id}/issue/")
    assert refused.status_code == 409 and "还没有签的页：1" in words(refused)
    page = words(paper_desk.browser("handler").get(f"/papers/{paper.id}/sign/"))
    assert 'name="page" value="1"' in page
    assert sign(paper_desk, paper, 0, page="1").status_code == 302
    assert paper_desk.browser("handler").post(f"/papers/{paper.id}/issue/").status_code == 302


def test_only_lines_that_sign_each_page_sign_a_page(paper_desk: PaperDesk) -> None:
    paper = paper_desk.paper("inquiry_record")
    refused = sign(paper_desk, paper, 1, page="1")
    assert refused.status_code == 400 and "不用在单页上签字" in words(refused)


def scan(content: bytes, name: str = "签名.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "image/png")


def test_a_signature_on_paper_is_kept_as_received_and_printed(paper_desk: PaperDesk) -> None:
    paper = paper_desk.paper("inquiry_record")
    content = picture(7)
    sent: dict[str, Any] = {"sign_mode": "scanned", "sign_scan": scan(content), "name": "袁代人"}
    assert sign(paper_desk, paper, 0, **sent).status_code == 302
    given = Signature.objects.get(paper=paper)
    assert (given.scan_id, given.strokes) == (sha256_hex(content), [])
    with local_store().open(sha256_hex(content)) as stream:
        assert stream.read() == content
    drawn = paper_desk.browser("handler").get(f"/papers/{paper.id}/pages/2.png")
    assert drawn.status_code == 200
    assert "扫描件" in words(paper_desk.browser("handler").get(f"/papers/{paper.id}/sign/"))


@pytest.mark.parametrize("content", [b"", b"no picture at all", picture(3)[:40]])
def test_what_is_no_picture_is_refused_and_leaves_nothing(
    paper_desk: PaperDesk, content: bytes
) -> None:
    paper = paper_desk.paper("inquiry_record")
    sent: dict[str, Any] = {"sign_mode": "scanned", "sign_scan": scan(content), "name": "袁代人"}
    refused = sign(paper_desk, paper, 0, **sent)
    assert refused.status_code == 400 and "签名图片" in words(refused)
    assert not paper.signatures.exists()


def test_a_refusal_is_tied_to_the_recording_of_its_moment(paper_desk: PaperDesk) -> None:
    paper = paper_desk.paper("inquiry_record")
    activity = paper.activity
    assert activity is not None
    moment = activity.started_at + dt.timedelta(seconds=3)
    told = {"sign_mode": "refused", "sign_reason": "称须请示负责人。", "name": "袁代人"}
    early = clock.iso(activity.started_at - dt.timedelta(days=9))
    assert sign(paper_desk, paper, 0, sign_refused_at=early, **told).status_code == 400
    later = clock.iso(clock.now() + dt.timedelta(seconds=1))
    assert sign(paper_desk, paper, 0, sign_refused_at=later, **told).status_code == 400
    assert sign(paper_desk, paper, 0, sign_refused_at="昨天", **told).status_code == 400
    assert sign(paper_desk, paper, 0, sign_refused_at=clock.iso(moment), **told).status_code == 302
    assert paper.signatures.get().signed_at == moment
    address = f"/papers/{paper.id}/sign/"
    assert "还没有这一刻的音像记录" in words(paper_desk.browser("handler").get(address))
    film(paper_desk.world, activity, officer="handler", returned_at=clock.now())
    shown = words(paper_desk.browser("handler").get(address))
    seconds = 3 + LEAD.seconds  # the camera runs before the activity begins
    assert "有音像记录" in shown and f"开始后 {seconds}秒 处" in shown


def test_a_refusal_is_noted_with_its_reason_and_not_by_whoever_signs_by_duty(
    paper_desk: PaperDesk,
) -> None:
    paper = paper_desk.paper("inquiry_record")
    unsaid = sign(paper_desk, paper, 0, name="袁示范", sign_mode="refused", sign_reason=" ")
    assert unsaid.status_code == 400 and "拒" in words(unsaid)
    told = {"sign_mode": "refused", "sign_reason": "称须请示负责人。"}
    assert sign(paper_desk, paper, 0, name="袁示范", **told).status_code == 302
    refusal = Signature.objects.get(paper=paper)
    assert (refusal.is_refused, refusal.reason, refusal.name) == (
        True,
        "称须请示负责人。",
        "袁示范",
    )
    assert refusal.noted_by == paper_desk.world["handler"]
    by_duty = sign(paper_desk, paper, 1, **told)
    assert by_duty.status_code in (400, 409)


def test_nothing_is_taken_for_an_empty_glass_or_a_list_that_moved_on(
    paper_desk: PaperDesk,
) -> None:
    paper = paper_desk.paper("inquiry_record")
    assert sign(paper_desk, paper, 1, sign_strokes="").status_code == 400
    assert sign(paper_desk, paper, 1, sign_strokes="[[[1,").status_code == 400
    assert sign(paper_desk, paper, 0, name="").status_code == 400
    assert sign(paper_desk, paper, 1).status_code == 302
    again = sign(paper_desk, paper, 1, name="冒名")
    assert again.status_code == 409 and "名单已经变动" in words(again)
    assert sign(paper_desk, paper, 1, who="unit_head").status_code in (403, 409)
    assert list(paper.signatures.values_list("name", flat=True)) == [
        paper_desk.world["handler"].name
    ]
    assert paper_desk.browser("operator").get(f"/papers/{paper.id}/sign/").status_code == 404


def test_a_signed_paper_is_closed_to_changes_and_says_how_to_go_on(paper_desk: PaperDesk) -> None:
    paper = paper_desk.paper("inquiry_record")
    sign(paper_desk, paper, 1)
    refused = paper_desk.send(paper, "edit/save/", relation="改")
    assert json.loads(refused.content)["title"] == "paper.signed"
    page = words(paper_desk.browser("handler").get(f"/papers/{paper.id}/edit/"))
    assert "作废重做" in page and 'id="paper-form"' not in page
