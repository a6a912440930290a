"""Sampling of case files (案卷评查): announced, drawn by the ledger, scored, answered, checked.

The list of candidates is fixed by the announcement. The seed is the root of the first checkpoint
that covers the announcement's entry, so that nobody knew it when the list was made, and anybody
can draw again (`kernel.draws`). Nobody scores a case they handled.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from liuhen.actions.act import Draft, act
from liuhen.cases.models import Case, CaseOfficer
from liuhen.kernel.canonical import dumps
from liuhen.kernel.digests import sha256_hex
from liuhen.kernel.draws import drawn
from liuhen.kernel.refusals import Refused
from liuhen.ledger.queries import checkpoint_after
from liuhen.oversight.models import SampledCase, Sampling
from liuhen.oversight.sampling import candidates, sampled_case, sampling_of
from liuhen.oversight.sheet import Item, packaged_sheet
from liuhen.people.models import Person, Unit


@act(permission="sampling.announce", event="sampling.announced")
def announce_sampling(
    draft: Draft,
    *,
    actor: Person,
    title: str,
    since: dt.date,
    until: dt.date,
    size: int,
    unit: Unit | None = None,
) -> Sampling:
    """Fix which closed cases may be drawn and how many will be; the seed does not exist yet.

    `since` and `until` are local days of closing, both included.

    Raises:
        Refused: `sampling.incomplete`, `sampling.span`, `sampling.too_few`.
    """
    if not title.strip() or size < 1:
        raise Refused("sampling.incomplete")
    if until < since:
        raise Refused("sampling.span")
    found = candidates(unit, since, until)
    if len(found) < size:
        raise Refused("sampling.too_few", found=len(found), asked=size)
    sampling = Sampling.objects.create(
        title=title.strip(),
        unit=unit,
        since=since,
        until=until,
        size=size,
        candidates=found,
        announced_by=actor,
        announced_at=draft.at,
        announcement=draft.entry.id,
    )
    draft.about(sampling)
    draft.note(size=size, candidates=len(found), sha256=sha256_hex(dumps(found)))
    return sampling


@act(permission="sampling.draw", event="sampling.drawn")
def draw_sample(draft: Draft, *, actor: Person, sampling_id: UUID) -> list[SampledCase]:
    """Draw the announced number of cases with the seed the ledger gave after the announcement.

    Raises:
        Refused: `record.not_found`, `sampling.drawn`, `sampling.unsequenced`.
    """
    sampling_of(actor, sampling_id)
    sampling = Sampling.objects.select_for_update().get(id=sampling_id)
    if sampling.seed:
        raise Refused("sampling.drawn")
    checkpoint = checkpoint_after(sampling.announcement)
    if checkpoint is None:
        raise Refused("sampling.unsequenced")
    sampling.seed = bytes(checkpoint.root).hex()
    sampling.checkpoint_size, sampling.drawn_at = checkpoint.size, draft.at
    sampling.save(update_fields=["seed", "checkpoint_size", "drawn_at"])
    numbers = drawn(sampling.seed, sampling.candidates, sampling.size)
    cases = {case.number: case for case in Case.objects.filter(number__in=numbers)}
    draft.about(sampling)
    draft.note(seed=sampling.seed, checkpoint=checkpoint.size, drawn=numbers)
    return [
        SampledCase.objects.create(sampling=sampling, case=cases[number], place=place)
        for place, number in enumerate(numbers, start=1)
    ]


def _locked(draft: Draft, sampled_id: UUID) -> SampledCase:
    sampled_case(draft.actor, sampled_id)
    found = (
        SampledCase.objects.select_for_update(of=("self",))
        .select_related("case")
        .get(id=sampled_id)
    )
    draft.about(found)
    draft.entry.case_id = found.case_id
    if found.is_settled:
        raise Refused("sampling.settled")
    return found


def _refuse_own(person: Person, case: Case) -> None:
    if (
        case.handler_id == person.id
        or CaseOfficer.objects.filter(case=case, person=person).exists()
    ):
        raise Refused("sampling.own")


@act(permission="sampling.score", event="case_file.scored")
def score_case(
    draft: Draft,
    *,
    actor: Person,
    sampled_id: UUID,
    scores: Mapping[str, Mapping[str, Any]],
    remark: str = "",
) -> SampledCase:
    """Score a drawn file item by item; the unit's head sees it at once.

    It may be scored again until the unit has answered; a file with full points is settled.
    `scores` has {"points": int, "note": str} for every item of the sheet, a deduction with its
    note; {"applies": False, "note": str} for what does not concern the case.

    Raises:
        Refused: `record.not_found`, `sampling.settled`, `sampling.own`, `sampling.answered`,
            `sampling.points`, `sampling.unexplained`, `sampling.nothing`.
    """
    sampled = _locked(draft, sampled_id)
    _refuse_own(actor, sampled.case)
    if sampled.answered_at is not None:
        raise Refused("sampling.answered")
    sheet = packaged_sheet()
    kept = {item.key: _given(item, scores.get(item.key, {})) for item in sheet.items}
    full = sheet.full_of(kept)
    if not full:
        raise Refused("sampling.nothing")
    sampled.sheet, sampled.scores = sheet.version, kept
    sampled.total = sum(one["points"] or 0 for one in kept.values())
    sampled.remark = remark.strip()
    sampled.scored_by, sampled.scored_at = actor, draft.at
    sampled.is_settled = True if sampled.total == full else None
    sampled.save()
    draft.note(total=sampled.total, full=full, sheet=sheet.version)
    return sampled


def _given(item: Item, told: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept of the score of one item."""
    points, note = told.get("points"), str(told.get("note", "")).strip()
    if told.get("applies") is False:
        points = None
    elif not isinstance(points, int) or not 0 <= points <= item.points:
        raise Refused("sampling.points", item=item.title, points=item.points)
    if points != item.points and not note:
        raise Refused("sampling.unexplained", item=item.title)
    return {"points": points, "note": note}


@act(permission="sampling.answer", event="case_file.score_answered")
def answer_score(draft: Draft, *, actor: Person, sampled_id: UUID, answer: str) -> SampledCase:
    """Say, as the unit's head, what was put right or why the score is disputed.

    Raises:
        Refused: `record.not_found`, `sampling.settled`, `sampling.answered`, `reason.missing`.
    """
    sampled = _locked(draft, sampled_id)
    if not answer.strip():
        raise Refused("reason.missing")
    if sampled.answered_at is not None and sampled.rechecked_at is None:
        raise Refused("sampling.answered")
    sampled.answer, sampled.answered_by, sampled.answered_at = answer.strip(), actor, draft.at
    sampled.is_settled = sampled.rechecked_at = sampled.rechecked_by = None
    sampled.save()
    return sampled


@act(permission="sampling.score", event="case_file.rechecked")
def recheck_case(
    draft: Draft, *, actor: Person, sampled_id: UUID, is_settled: bool, note: str
) -> SampledCase:
    """Check what the unit answered; what is not settled goes back to it.

    Raises:
        Refused: `record.not_found`, `sampling.settled`, `sampling.own`, `sampling.unanswered`,
            `reason.missing`.
    """
    sampled = _locked(draft, sampled_id)
    _refuse_own(actor, sampled.case)
    if sampled.answered_at is None or sampled.rechecked_at is not None:
        raise Refused("sampling.unanswered")
    if not note.strip():
        raise Refused("reason.missing")
    sampled.is_settled, sampled.recheck = is_settled, note.strip()
    sampled.rechecked_by, sampled.rechecked_at = actor, draft.at
    sampled.save()
    draft.note(is_settled=is_settled)
    return sampled
