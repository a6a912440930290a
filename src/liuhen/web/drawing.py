"""Drawing up a paper from a page of its case, and where one goes on with it.

Not for filling or signing the draft.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from liuhen.actions.paper_drafts import RECORDS, draw_up_paper
from liuhen.actions.paper_order import orders_of
from liuhen.cases.models import Case, Party
from liuhen.documents.models import Paper
from liuhen.people.models import Person
from liuhen.web.acting import form_page, person_of
from liuhen.web.one_form import posted


class DrawForm(forms.Form):
    """Which paper of a case to draw up, and what its writer thinks where it asks for that."""

    type = forms.ChoiceField()
    handler_opinion = forms.CharField(required=False, max_length=1000)
    addressee = forms.UUIDField(required=False)

    def __init__(self, *args: Any, case: Case, **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["type"]
        field.choices = [(key, key) for key in orders_of(case)]


def drawing_page(
    request: HttpRequest, case: Case, template: str, context: Mapping[str, Any]
) -> HttpResponse:
    """A page of a case's steps, from which its papers are drawn up."""
    person = person_of(request)

    def perform(data: dict[str, Any]) -> str:
        opinion = data["handler_opinion"].strip()
        return drawn(
            person,
            case.id,
            data["type"],
            activity_id=_scene_of(case, data["type"]),
            addressee_id=data["addressee"],
            given={"handler_opinion": opinion} if opinion else None,
        )

    return form_page(
        request,
        DrawForm(posted(request), case=case),
        template,
        perform=perform,
        success="文书已起草，请核对内容。",
        context=dict(context),
    )


def _scene_of(case: Case, type_key: str) -> UUID | None:
    """The activity a record is of: the newest of its kind."""
    kinds = RECORDS.get(type_key)
    if kinds is None:
        return None
    found = case.activities.filter(kind__in=kinds).order_by("-started_at", "-id").first()
    return found.id if found else None


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
    addressee_id: UUID | None = None,
    given: Mapping[str, Any] | None = None,
) -> str:
    """Draw up a paper and return the address where it is filled. Raises what the act refuses."""
    paper = draw_up_paper(
        actor=person,
        case_id=case_id,
        type_key=type_key,
        activity_id=activity_id,
        subject_id=subject_id,
        addressee_id=addressee_id,
        given=given,
    )
    return draft_href(paper.id)


def live_paper(case: Case, type_key: str) -> Paper | None:
    """The newest paper of a type that is not void nor an interested person's, as cards show it."""
    others = case.parties.filter(role=Party.Role.INTERESTED).values("id")
    return (
        case.papers.filter(type=type_key)
        .exclude(state=Paper.State.VOID)
        .exclude(subject_id__in=others)
        .select_related("original")
        .prefetch_related("signatures")
        .order_by("-drawn_up_at", "-id")
        .first()
    )
