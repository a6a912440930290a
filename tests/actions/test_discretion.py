"""The authority's ranges of discretion: imported, chosen, and a fine outside needs its reason."""

from __future__ import annotations

import json
from typing import Any

import pypdf
import pytest
from django.db.models import QuerySet

from liuhen.actions.findings import propose_penalty
from liuhen.actions.offences import import_offences, withdraw_offence
from liuhen.cases.models import Offence
from liuhen.cases.offence_table import ReadOffence
from liuhen.demo.ordinary_case import OrdinaryCase
from liuhen.demo.ordinary_words import DUMPING
from liuhen.demo.people import World
from liuhen.demo.simple_case import SimpleCase
from liuhen.kernel.refusals import explain
from liuhen.ledger.models import Entry
from liuhen.vault.keeping import local_store
from tests.actions.ordinary import refusal

FINE = int(DUMPING.penalty["fine_fen"])


def grade(name: str, low: int, high: int) -> dict[str, Any]:
    return {"name": name, "circumstances": f"{name}情形", "from_fen": low, "to_fen": high}


def listed(code: str = "X-1", *, cause: str = "占道堆物", grades: Any = ()) -> ReadOffence:
    words = {"code": code, "cause": cause, "breached": "某条例第一条", "basis": "某条例第二条"}
    return ReadOffence(code, {**words, "conditions": "", "correction": ""}, list(grades))


def entries() -> QuerySet[Entry]:
    return Entry.objects.filter(event="offence.imported")


def test_an_import_adds_changes_and_leaves_what_is_alike(world: World) -> None:
    legal = world["legal"]
    first = import_offences(actor=legal, offences=[listed(), listed("X-2")])
    assert (first.new, first.changed) == (2, 0)
    again = refusal(import_offences, actor=legal, offences=[listed(), listed("X-2")])
    assert again.code == "offence.nothing_new"
    withdraw_offence(actor=legal, offence_id=Offence.objects.get(code="X-2").id)
    table = [listed(grades=[grade("一般", 100, 200)]), listed("X-2"), listed("X-3")]
    second = import_offences(actor=legal, offences=table)
    assert (second.new, second.changed) == (1, 2)
    assert Offence.objects.get(code="X-2").is_in_use
    told = [json.loads(bytes(one.body))["data"] for one in entries()]
    assert sorted((one["new"], one["changed"]) for one in told) == [(1, 2), (2, 0)]
    stranger = refusal(import_offences, actor=world["officer"], offences=[listed("X-9")])
    assert stranger.code == "permission.missing"


def test_a_long_table_takes_several_entries(world: World) -> None:
    table = [listed(f"X-{number}") for number in range(101)]
    assert import_offences(actor=world["legal"], offences=table).new == 101
    assert entries().count() == 2


@pytest.mark.parametrize(
    ("low", "high", "is_inside"),
    [(FINE, FINE, True), (FINE + 1, FINE + 9, False), (1, FINE - 1, False)],
)
def test_a_fine_proposed_outside_the_range_needs_a_reason(
    ordinary: OrdinaryCase, low: int, high: int, *, is_inside: bool
) -> None:
    table = [listed(grades=[grade("一般", low, high), grade("严重", 10 * FINE, 11 * FINE)])]
    import_offences(actor=ordinary.world["legal"], offences=table)
    ordinary.until_initiated()
    ordinary.conclude()
    penalty: dict[str, Any] = {
        **{"actor": ordinary.world["handler"], "case_id": ordinary.case.id},
        **DUMPING.penalty,
        **{"offence": "X-1", "grade": "一般"},
    }
    if is_inside:
        kept = propose_penalty(**penalty).facts["penalty"]
        assert (kept["offence"]["to_fen"], kept["deviation"]) == (FINE, "")
        return
    outside = refusal(propose_penalty, **penalty)
    assert outside.code == "fine.outside_range" and "元至" in explain(outside).message
    kept = propose_penalty(**penalty, deviation="主动消除危害后果。").facts["penalty"]
    assert kept["deviation"] == "主动消除危害后果。"
    notice = ordinary.notify()
    assert notice.original is not None
    pages = pypdf.PdfReader(local_store().place(notice.original.sha256)).pages
    text = "".join(page.extract_text() for page in pages).replace("\n", "")
    assert "主动消除危害后果" in text


def test_only_what_the_list_offers_is_chosen(ordinary: OrdinaryCase) -> None:
    import_offences(actor=ordinary.world["legal"], offences=[listed()])
    ordinary.until_initiated()
    ordinary.conclude()
    by: dict[str, Any] = {"actor": ordinary.world["handler"], "case_id": ordinary.case.id}
    for chosen in ({"offence": "X-9"}, {"offence": "X-1", "grade": "一般"}):
        assert refusal(propose_penalty, **by, **DUMPING.penalty, **chosen).code == "offence.unknown"
    kept = propose_penalty(**by, **DUMPING.penalty, offence="X-1").facts["penalty"]["offence"]
    assert (kept["from_fen"], kept["grade"]) == (None, ""), "no range, nothing to hold against"


@pytest.mark.parametrize(("fen", "is_inside"), [(5_000, True), (4_999, False)])
def test_on_the_spot_the_range_spans_all_grades(world: World, fen: int, *, is_inside: bool) -> None:
    grades = [grade("较轻", 5_000, 6_000), grade("一般", 6_000, 20_000)]
    import_offences(actor=world["legal"], offences=[listed(grades=grades)])
    simple = SimpleCase(world)
    simple.start()
    simple.violation(offence="X-1")
    simple.notice()
    simple.waive()
    decision: dict[str, Any] = {"penalty": ["fine"], "fine_fen": fen, "collection": "bank"}
    if not is_inside:
        assert refusal(simple.decide, **decision).code == "fine.outside_range"
        decision["deviation"] = "当事人生活困难。"
    assert simple.decide(**decision).data["amount"] == fen


@pytest.mark.parametrize(("alike", "is_held"), [(0, False), (1, True), (2, False)])
def test_who_chooses_nothing_is_held_to_the_one_offence_of_that_cause(
    world: World, alike: int, *, is_held: bool
) -> None:
    simple = SimpleCase(world)
    simple.start()
    cause = simple.violation().case.cause
    grades = [grade("一般", 6_000, 20_000)]
    table = [listed(f"X-{number}", cause=cause, grades=grades) for number in range(alike)]
    import_offences(actor=world["legal"], offences=[*table, listed("X-9", grades=grades)])
    simple.violation()
    simple.notice()
    simple.waive()
    decision: dict[str, Any] = {"penalty": ["fine"], "fine_fen": 5_000, "collection": "bank"}
    if is_held:
        assert refusal(simple.decide, **decision).code == "fine.outside_range"
    else:
        assert simple.decide(**decision).data["amount"] == 5_000
