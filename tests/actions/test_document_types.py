"""Versions of document types: who sets them, from when they hold, what keeps the one it has."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from liuhen.actions.approval_routes import set_approval_route
from liuhen.actions.approvals import decide_approval
from liuhen.actions.document_types import set_document_type, withdraw_document_type
from liuhen.actions.paper_drafts import draw_up_paper, redraw_paper, revise_paper
from liuhen.actions.papers import issue_paper
from liuhen.actions.sending import send_for_approval
from liuhen.assembly.document_types import types
from liuhen.assembly.own_types import definition_of, known_roles
from liuhen.demo.ordinary_case import OrdinaryCase
from liuhen.demo.people import World
from liuhen.documents.models import NumberSeries, Paper, Signature
from liuhen.kernel.clock import FrozenClock
from liuhen.ledger.models import Entry
from liuhen.rulebook.models import TypeVersion
from liuhen.rulebook.type_versions import own_types_on, version_on
from tests.actions.ordinary import refusal
from tests.assembly.test_own_types import definition

DAY = dt.date(2026, 3, 10)


def put(world: World, key: str = "", who: str = "legal", **more: Any) -> TypeVersion:
    """The legal office puts a version in force."""
    given = {"definition": definition(kinds=[]), "valid_from": DAY, "reason": "本机关规定", **more}
    return set_document_type(actor=world[who], key=key, **given)


def renamed(title: str) -> dict[str, Any]:
    return {**definition_of(types()["evidence_statement"]), "title": title}


@pytest.fixture
def case(ordinary: OrdinaryCase) -> OrdinaryCase:
    """A case with its party, before anything else."""
    ordinary.register()
    ordinary.assign()
    ordinary.party()
    return ordinary


def drawn(case: OrdinaryCase, key: str, **given: Any) -> Paper:
    return draw_up_paper(**case.by, type_key=key, given=given)


def test_a_type_of_the_authority_becomes_a_numbered_paper(case: OrdinaryCase) -> None:
    row = put(case.world)
    assert (row.key, row.number) == ("own_1", 1)
    talk = {"talk_at": "2026-03-12T01:00:00.000000Z", "place": "本机关201室"}
    paper = drawn(case, "own_1", cause="约谈事由", **talk)
    assert paper.document_type.title == "约谈通知书"
    assert paper.data["party"]["name"] == case.case.parties.get().name
    issued = issue_paper(actor=case.world["handler"], paper_id=paper.id)
    assert issued.number and issued.number.endswith("约谈字〔2026〕第1号")
    assert NumberSeries.objects.get(type="own_1").last == 1
    entry = Entry.objects.get(event="document_type.set")
    assert (entry.subject_id, entry.case_id) == (str(row.id), None)


def test_a_paper_keeps_the_version_it_was_drawn_up_by(
    case: OrdinaryCase, stopped: FrozenClock
) -> None:
    before = drawn(case, "evidence_statement")
    put(case.world, "evidence_statement", definition=renamed("音像证据说明（本市）"))
    between = drawn(case, "evidence_statement")
    tomorrow = DAY + dt.timedelta(days=1)
    put(
        case.world,
        "evidence_statement",
        definition=renamed("音像证据说明（二）"),
        valid_from=tomorrow,
    )
    same_day = drawn(case, "evidence_statement")
    stopped.move(days=1)
    after = drawn(case, "evidence_statement")
    titles = [Paper.objects.get(id=p.id).document_type for p in (before, between, same_day, after)]
    assert [(one.version, one.title) for one in titles] == [
        (0, "音像证据文字说明"),
        (1, "音像证据说明（本市）"),
        (1, "音像证据说明（本市）"),
        (2, "音像证据说明（二）"),
    ]
    anew = redraw_paper(actor=case.world["handler"], paper_id=between.id, reason="改用新式样")
    assert anew.document_type.version == 2


def test_a_withdrawn_version_gives_the_products_own_back_and_ends_ones_own_type(
    case: OrdinaryCase, stopped: FrozenClock
) -> None:
    world = case.world
    put(world, "evidence_statement", definition=renamed("另一名称"))
    put(world)
    held = drawn(case, "own_1")
    later = DAY + dt.timedelta(days=1)
    for key in ("evidence_statement", "own_1"):
        withdraw_document_type(actor=world["legal"], key=key, valid_from=later, reason="不再使用")
    assert [one.key for one in own_types_on(DAY)] == ["own_1"]
    assert own_types_on(later) == []
    assert version_on("evidence_statement", later) is None
    stopped.move(days=1)
    assert refusal(drawn, case, "own_1").code == "paper.type_unknown"
    assert held.document_type.title == "约谈通知书"  # a draft made before goes on
    twice = refusal(
        withdraw_document_type, actor=world["legal"], key="own_1", valid_from=later, reason="再停"
    )
    assert twice.code == "document_type.not_set"


CANNOT_BE: list[tuple[dict[str, Any], str]] = [
    ({"key": "own_7"}, "document_type.unknown"),
    ({"key": "love_letter"}, "document_type.unknown"),
    ({"definition": {}}, "document_type.unsound"),
    ({"definition": definition(kinds=["war"])}, "document_type.unsound"),
    ({"reason": " "}, "reason.missing"),
    ({"valid_from": DAY - dt.timedelta(days=1)}, "document_type.past"),
    (
        {"definition": definition(series="{authority_code}罚告字〔{year}〕第{seq}号")},
        "document_type.series",
    ),
    ({"definition": definition(title="送达回证")}, "document_type.title"),
    ({"who": "handler"}, "permission.missing"),
    ({"who": "head"}, "permission.missing"),
]


def test_a_version_that_cannot_be_is_refused_and_leaves_no_row(
    world: World,
) -> None:
    for change, code in CANNOT_BE:
        assert refusal(put, world, **change).code == code, change
    assert not TypeVersion.objects.exists()


def test_what_is_not_on_the_page_is_not_put_in_force(world: World) -> None:
    told = definition_of(types()["penalty_decision"])
    told["field"].append({"key": "own_1", "label": "信用修复", "kind": "text", "required": True})
    refused = refusal(put, world, "penalty_decision", definition=told)
    assert (refused.code, refused.data["what"]) == ("document_type.off_page", "必填的“信用修复”")


def test_a_paper_that_an_act_makes_asks_for_nothing_the_act_does_not_know(world: World) -> None:
    told = definition_of(types()["service_receipt"])
    told["field"].append({"key": "own_1", "label": "天气", "kind": "text", "required": True})
    assert refusal(put, world, "service_receipt", definition=told).code == "document_type.by_act"


def test_the_same_again_is_no_version(world: World) -> None:
    row = put(world)
    assert refusal(put, world, row.key).code == "document_type.same"


def test_a_type_is_only_for_the_cases_it_names(case: OrdinaryCase) -> None:
    put(case.world, definition=definition(kinds=["inspection"]))
    assert refusal(drawn, case, "own_1").code == "paper.other_kind"


def test_a_type_that_needs_approval_is_issued_by_the_last_answer_of_its_route(
    case: OrdinaryCase,
) -> None:
    world, handler = case.world, {"actor": case.world["handler"]}
    put(world, definition=definition(kinds=[], approval=True))
    line = {"role": "head", "label": "负责人", "minimum": 1, "may_refuse": False, "per_page": False}
    wrong = definition(kinds=[], approval=True, signer=[line])
    assert "不另设签字" in refusal(put, world, definition=wrong).data["what"]
    talk = {"talk_at": "2026-03-12T01:00:00.000000Z", "place": "本机关201室"}
    paper = drawn(case, "own_1", cause="约谈事由", **talk)
    assert refusal(issue_paper, **handler, paper_id=paper.id).code == "paper.needs_approval"
    asked = send_for_approval(**handler, paper_id=paper.id)
    assert (asked.kind, asked.office) == ("own_paper", "unit_head")
    locked = {**handler, "paper_id": paper.id, "version": paper.version}
    again = refusal(revise_paper, **locked, fields={"place": "别处"})
    assert again.code == "paper.under_approval"
    set_approval_route(
        actor=world["head"],
        key="own_paper.*.*",
        rows=[{"offices": ["deputy_in_charge"], "when": [], "least_fen": 0}],
        valid_from=DAY,
        reason="本机关规定",
    )
    decide_approval(
        actor=world["unit_head"], approval_id=asked.id, outcome="approved", opinion="同意。"
    )
    paper.refresh_from_db()
    assert (paper.state, bool(paper.number)) == (Paper.State.ISSUED, True)
    other = drawn(case, "own_1", cause="约谈事由", **talk)
    assert send_for_approval(**handler, paper_id=other.id).office == "deputy_in_charge"


def test_whoever_can_sign_any_type_is_called_in_chinese() -> None:
    called = {role: str(words) for role, words in Signature.Role.choices}
    assert known_roles() <= called.keys()
    assert not [role for role, words in called.items() if words.isascii() or role in words]
