"""Signing on the page: each person in turn, refusals, what is not taken."""

from __future__ import annotations

import json
from typing import Any

from liuhen.demo.simple_case import ink
from liuhen.documents.models import Paper, Signature
from liuhen.documents.signers import expected_signers
from tests.web.conftest import words
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


def test_all_sign_in_turn_and_the_paper_is_issued(paper_desk: PaperDesk) -> None:
    paper = paper_desk.paper("inquiry_record")
    for place in range(4):
        paper_desk.clock.move(seconds=20)
        page = words(paper_desk.browser("handler").get(f"/papers/{paper.id}/sign/"))
        assert f'name="who" value="{place}"' in page
        assert sign(paper_desk, paper, place, name="袁示范").status_code == 302
    given = paper.signatures.order_by("signed_at", "id").values_list("role", "person__username")
    assert list(given) == [
        ("party", None),
        ("officer", "handler"),
        ("officer", "officer"),
        ("recorder", "officer"),
    ]
    page = words(paper_desk.browser("handler").get(f"/papers/{paper.id}/sign/"))
    assert 'name="who"' not in page and "应签的都已签" in page
    assert paper_desk.browser("handler").post(f"/papers/{paper.id}/issue/").status_code == 302


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
