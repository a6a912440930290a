"""Comparison of versions: what changed, who, when."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from liuhen.assembly.document_types import document_type
from liuhen.documents.versions import versions_of
from liuhen.web.paper_versions import changes, pieces
from tests.web.conftest import words
from tests.web.papers.conftest import PaperDesk


@given(st.text("甲乙丙。\n", max_size=40), st.text("甲乙丙。\n", max_size=40))
def test_what_stayed_and_went_is_the_old_and_what_stayed_and_came_the_new(
    was: str, now: str
) -> None:
    told = list(pieces(was, now))
    assert "".join(text for kind, text in told if kind != "ins") == was
    assert "".join(text for kind, text in told if kind != "del") == now


def test_long_texts_are_compared_by_sentences() -> None:
    was = "".join(f"第{n}句。" for n in range(2_000))
    told = list(pieces(was, was.replace("第77句", "第七十七句")))
    assert [piece for piece in told if piece[0]] == [("del", "第77句。"), ("ins", "第七十七句。")]


def test_changes_are_told_by_person_and_go_and_two_versions_compared(paper_desk: PaperDesk) -> None:
    paper = paper_desk.paper("inquiry_record")
    first = paper.data["relation"]
    paper_desk.send(paper, "edit/save/", relation="系负责")
    paper_desk.clock.move(minutes=2)
    paper_desk.send(paper, "edit/save/", relation="系负责人")
    paper_desk.clock.move(minutes=2)
    paper_desk.send(paper, "edit/save/", "officer", confirmation="属实。")
    paper.refresh_from_db()
    kind = document_type(paper.type)
    told = list(changes(kind, list(versions_of(paper))))
    handler, officer = (paper_desk.world[who].name for who in ("handler", "officer"))
    assert [(one.first, one.last, one.by) for one in told] == [
        (4, 4, officer),
        (2, 3, handler),
        (1, 1, handler),
    ]
    assert [field["label"] for field in told[1].fields] == ["与本案关系"]
    address = f"/papers/{paper.id}/versions/"
    page = words(paper_desk.browser("unit_head").get(address, {"from": "1", "to": "3"}))
    assert "与本案关系" in page and "<ins>" in page and first[-1] in page
    assert paper_desk.browser("handler").get(address, {"from": "x", "to": "99"}).status_code == 200
    assert paper_desk.browser("operator").get(address).status_code == 404
