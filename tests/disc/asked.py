"""A copy of a case on discs, asked for and approved, ready to be written. Not a test."""

from __future__ import annotations

from typing import Any

from liuhen.actions.case_copies import answer_case_copy, ask_case_copy
from liuhen.archive.models import CaseCopyRequest
from liuhen.cases.models import Case
from liuhen.demo.people import World


def approved(
    world: World, case: Case, recipient: str, purpose: str, *, audience: str = "court"
) -> CaseCopyRequest:
    """Asked by who keeps the records, approved by the leader in charge."""
    told: dict[str, Any] = {"recipient": recipient, "purpose": purpose, "audience": audience}
    asked = ask_case_copy(actor=world["records"], case_id=case.id, **told)
    return answer_case_copy(
        actor=world["deputy"], request_id=asked.id, outcome="approved", opinion="同意复制"
    )
