"""Drawing up a paper from a page of its case, and where one goes on with it.

Not for filling or signing the draft.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.urls import reverse

from liuhen.actions.paper_drafts import draw_up_paper
from liuhen.cases.models import Case
from liuhen.documents.models import Paper
from liuhen.people.models import Person


def draft_href(paper_id: UUID) -> str:
    """Where a draft is filled."""
    return reverse("paper_edit", args=[paper_id])


def drawn(
    person: Person,
    case_id: UUID,
    type_key: str,
    *,
    activity_id: UUID | None = None,
    subject_id: UUID | None = None,
    given: Mapping[str, Any] | None = None,
) -> str:
    """Draw up a paper and return the address where it is filled. Raises what the act refuses."""
    paper = draw_up_paper(
        actor=person,
        case_id=case_id,
        type_key=type_key,
        activity_id=activity_id,
        subject_id=subject_id,
        given=given,
    )
    return draft_href(paper.id)


def live_paper(case: Case, type_key: str) -> Paper | None:
    """The newest paper of a type that is not void, with what a paper card shows."""
    return (
        case.papers.filter(type=type_key)
        .exclude(state=Paper.State.VOID)
        .select_related("original")
        .prefetch_related("signatures")
        .order_by("-drawn_up_at", "-id")
        .first()
    )
