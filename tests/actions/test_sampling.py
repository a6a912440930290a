"""Case files are sampled by a seed nobody could choose, scored by nobody of the case, settled."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from liuhen.actions import sampling as acts
from liuhen.actions.act import Draft, act
from liuhen.actions.people import appoint
from liuhen.cases.models import Case
from liuhen.demo.people import World
from liuhen.demo.simple_case import SimpleCase
from liuhen.kernel import clock
from liuhen.kernel.draws import drawn, rank
from liuhen.kernel.refusals import Refused
from liuhen.ledger.models import Checkpoint, Entry
from liuhen.ledger.sequencing import sequence_all
from liuhen.oversight.models import SampledCase, Sampling
from liuhen.oversight.sampling import visible_sampled, visible_samplings
from liuhen.oversight.sheet import packaged_sheet


@act(permission="session.end", event="test.closed")
def close_by_hand(draft: Draft, *, actor: object, case: Case) -> None:
    case.closed_at = draft.at
    case.save(update_fields=["closed_at"])


@pytest.fixture
def closed(world: World) -> list[Case]:
    """Five cases closed today, and one that is still open."""
    cases = []
    for number in range(6):
        simple = SimpleCase(world, place=f"虚构市示例区样板路{number}号")
        simple.start()
        cases.append(simple.case)
    for case in cases[:5]:
        close_by_hand(actor=world["officer"], case=case)
    return cases[:5]


def today() -> dt.date:
    return clock.local_date(clock.now())


def announce(world: World, size: int = 2, **changed: Any) -> Sampling:
    told = {"title": "第一季度评查", "since": today(), "until": today(), "size": size}
    return acts.announce_sampling(actor=world["supervisor"], **{**told, **changed})


def code(act: Callable[..., object], **told: Any) -> str:
    with pytest.raises(Refused) as refused:
        act(**told)
    return refused.value.code


def scores(**deducted: int) -> dict[str, dict[str, Any]]:
    return {
        item.key: {
            "points": item.points - deducted.get(item.key, 0),
            "note": "缺少证号" if item.key in deducted else "",
        }
        for item in packaged_sheet().items
    }


@pytest.fixture
def one(world: World, closed: list[Case]) -> SampledCase:
    """The first file of a sampling."""
    sampling = announce(world)
    sequence_all()
    return acts.draw_sample(actor=world["supervisor"], sampling_id=sampling.id)[0]


def test_the_list_is_fixed_before_the_seed_exists_and_the_draw_can_be_done_again(
    world: World, closed: list[Case]
) -> None:
    sampling = announce(world)
    assert sampling.candidates == sorted(case.number for case in closed)
    told: dict[str, Any] = {"actor": world["supervisor"], "sampling_id": sampling.id}
    assert code(acts.draw_sample, **told) == "sampling.unsequenced"
    sequence_all()
    files = acts.draw_sample(**told)
    checkpoint = Checkpoint.objects.order_by("size").last()
    assert checkpoint is not None
    seed = bytes(checkpoint.root).hex()
    assert [one.case.number for one in files] == drawn(seed, sampling.candidates, 2)
    later = Entry.objects.get(event="sampling.drawn")
    assert seed.encode() in bytes(later.body)


def test_a_later_checkpoint_does_not_change_the_seed(world: World, closed: list[Case]) -> None:
    sampling = announce(world)
    sequence_all()
    first = Checkpoint.objects.order_by("size").last()
    announce(world)
    sequence_all()
    acts.draw_sample(actor=world["supervisor"], sampling_id=sampling.id)
    sampling.refresh_from_db()
    assert first is not None and sampling.seed == bytes(first.root).hex()


def test_nobody_draws_twice(world: World, one: SampledCase) -> None:
    again = {"actor": world["supervisor"], "sampling_id": one.sampling_id}
    assert code(acts.draw_sample, **again) == "sampling.drawn"
    assert SampledCase.objects.count() == 2


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"title": " "}, "sampling.incomplete"),
        ({"size": 0}, "sampling.incomplete"),
        ({"size": 6}, "sampling.too_few"),
        ({"since": dt.date(2026, 3, 11)}, "sampling.span"),
        ({"since": dt.date(2026, 3, 9), "until": dt.date(2026, 3, 9)}, "sampling.too_few"),
    ],
)
def test_an_announcement_that_cannot_be_drawn_is_refused(
    world: World, closed: list[Case], changed: dict[str, Any], refusal: str
) -> None:
    assert code(announce, world=world, **changed) == refusal
    assert not Sampling.objects.exists()


def test_all_five_may_be_drawn_and_each_once(world: World, closed: list[Case]) -> None:
    sampling = announce(world, size=5)
    sequence_all()
    files = acts.draw_sample(actor=world["supervisor"], sampling_id=sampling.id)
    assert {one.case_id for one in files} == {case.id for case in closed}


def test_a_file_without_fault_is_settled(world: World, one: SampledCase) -> None:
    scored = acts.score_case(actor=world["supervisor"], sampled_id=one.id, scores=scores())
    assert (scored.total, scored.is_settled) == (packaged_sheet().full, True)


def test_what_does_not_concern_a_case_counts_neither_for_nor_against_it(
    world: World, one: SampledCase
) -> None:
    none = {"applies": False, "note": "简易程序，没有听证。"}
    told: dict[str, Any] = {"actor": world["supervisor"], "sampled_id": one.id}
    nothing = dict.fromkeys(scores(), none)
    assert code(acts.score_case, **told, scores=nothing) == "sampling.nothing"
    acts.score_case(**told, scores={**scores(officers=3), "hearing_the_party": none})
    one.refresh_from_db()
    full = packaged_sheet().full_of(one.scores)
    assert (one.total, full, one.is_settled) == (full - 3, packaged_sheet().full - 15, None)
    acts.score_case(**told, scores={**scores(), "hearing_the_party": none})
    one.refresh_from_db()
    assert (one.total, one.is_settled) == (full, True)


def test_a_deduction_goes_to_the_unit_and_back_until_it_is_settled(
    world: World, one: SampledCase
) -> None:
    supervisor, head = world["supervisor"], world["unit_head"]
    assert not visible_sampled(head).exists()
    assert not visible_samplings(head).exists()
    acts.score_case(actor=supervisor, sampled_id=one.id, scores=scores(officers=3), remark="注意")
    assert visible_sampled(head).get().total == packaged_sheet().full - 3
    assert visible_samplings(head).get() == one.sampling
    early = {"actor": supervisor, "sampled_id": one.id, "is_settled": True, "note": "x"}
    assert code(acts.recheck_case, **early) == "sampling.unanswered"
    acts.answer_score(actor=head, sampled_id=one.id, answer="已补充说明。")
    again = {"actor": head, "sampled_id": one.id, "answer": "又一次"}
    assert code(acts.answer_score, **again) == "sampling.answered"
    rescore = {"actor": supervisor, "sampled_id": one.id, "scores": scores()}
    assert code(acts.score_case, **rescore) == "sampling.answered"
    acts.recheck_case(actor=supervisor, sampled_id=one.id, is_settled=False, note="仍缺证号")
    acts.answer_score(actor=head, sampled_id=one.id, answer="证号已补。")
    acts.recheck_case(actor=supervisor, sampled_id=one.id, is_settled=True, note="属实")
    assert code(acts.recheck_case, **early) == "sampling.settled"


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"officers": {"points": 11, "note": ""}}, "sampling.points"),
        ({"officers": {"points": -1, "note": "x"}}, "sampling.points"),
        ({"officers": {"points": None, "note": "x"}}, "sampling.points"),
        ({"officers": {"points": 9, "note": " "}}, "sampling.unexplained"),
        ({"officers": {"applies": False, "note": " "}}, "sampling.unexplained"),
    ],
)
def test_points_stay_within_the_sheet_and_deductions_are_explained(
    world: World, one: SampledCase, changed: dict[str, Any], refusal: str
) -> None:
    told = {"actor": world["supervisor"], "sampled_id": one.id, "scores": {**scores(), **changed}}
    assert code(acts.score_case, **told) == refusal


def test_who_handled_a_case_does_not_score_it(world: World, one: SampledCase) -> None:
    appoint(actor=world.system, person=world["officer"], kind="supervisor")
    told = {"actor": world["officer"], "sampled_id": one.id, "scores": scores()}
    assert code(acts.score_case, **told) == "sampling.own"


@pytest.mark.parametrize("who", ["officer", "legal", "records", "operator", "unit_head"])
def test_only_supervision_announces(world: World, closed: list[Case], who: str) -> None:
    told = {"title": "x", "since": today(), "until": today(), "size": 1}
    assert code(acts.announce_sampling, actor=world[who], **told) == "permission.missing"


def test_ranks_are_what_sha256sum_says() -> None:
    # printf '%s' 'ab:2026-0001' | sha256sum
    told = "b4a942fde91ba5c00b208ee373190cb917155308879663cbdb219b8dc20bcdda"
    assert rank("ab", "2026-0001") == told
