"""Acts on the archival package of a case: ordered, entered when a job made it, taken away.

A copy like any other (Art. 42, 43): asked for and approved first (`case_copies`), registered before
it is written (`copying.copy_case`, by the job). Not for what a package holds (`archive.packing`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from uuid import UUID

from liuhen.access.looks import REFUSED_LOOK
from liuhen.actions.act import Draft, act
from liuhen.actions.case_copies import locked_request
from liuhen.actions.deferring import MAKE_PACKAGE, defer
from liuhen.archive.models import CaseCopyRequest
from liuhen.archive.packages import package_of
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Person
from liuhen.recordings.derivatives import Made, enter_made
from liuhen.recordings.models import Derivative
from liuhen.recordings.queries import hidden_recordings
from liuhen.vault.keeping import hold_off_destruction, refuse_destroyed


@act(permission="case.export", event="case_package.ordered", refusal=REFUSED_LOOK)
def order_case_package(draft: Draft, *, actor: Person, request_id: UUID) -> CaseCopyRequest:
    """Have the approved package of a case made; a job does it.

    Raises:
        Refused: `record.not_found`, `case_package.step`, `copy.secret`.
    """
    asked = locked_request(draft, request_id)
    if not asked.may_be_ordered:
        raise Refused("case_package.step")
    _refuse_hidden(draft, asked)
    asked.ordered_by, asked.ordered_at, asked.failure = actor, draft.at, ""
    asked.save()
    draft.note(request=asked.id)
    defer(MAKE_PACKAGE, request_id=str(asked.id))
    return asked


@act(permission="copy.enter", event="case_package.made")
def enter_case_package(
    draft: Draft,
    *,
    actor: Person,
    request_id: UUID,
    ordered_at: dt.datetime,
    made: Made | None = None,
    holds: Collection[str] = (),
    failure: str = "",
) -> CaseCopyRequest:
    """Enter the package a job made by an order, which `holds` these originals, or why it could not;
    then it may be ordered again.

    Raises:
        Refused: `record.not_found`, `case_package.step`, `original.destroyed` where one of them
            was ordered destroyed meanwhile.
    """
    asked = locked_request(draft, request_id)
    if not asked.is_making or asked.ordered_at != ordered_at:
        raise Refused("case_package.step")
    if made is not None:
        hold_off_destruction(holds)
        for sha256 in holds:
            refuse_destroyed(sha256)
        enter_made(made)
        asked.made_at = draft.at
    asked.failure = failure[:300]
    asked.save()
    draft.note(sha256=made.sha256 if made else "", failure=asked.failure)
    return asked


@act(permission="case.export", event="case_package.taken", refusal=REFUSED_LOOK)
def take_case_package(draft: Draft, *, actor: Person, request_id: UUID) -> Derivative:
    """Register that the package is taken away, by whom, each time.

    Raises:
        Refused: `record.not_found`, `case_package.gone`, `copy.secret`.
    """
    asked = locked_request(draft, request_id)
    _refuse_hidden(draft, asked)
    made = package_of(asked)
    if made is None:
        raise Refused("case_package.gone")
    draft.note(request=asked.id, sha256=made.sha256)
    return made


def _refuse_hidden(draft: Draft, asked: CaseCopyRequest) -> None:
    if hidden_recordings(draft.actor).filter(case=asked.case_id).exists():
        raise Refused("copy.secret")
