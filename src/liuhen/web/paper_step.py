"""A paper as one step of a case's page: what it needs first, how far it is, drawing it up.

Not for filling, signing, issuing or sending a draft (the paper's own pages).
"""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from liuhen.actions.paper_needs import Need
from liuhen.actions.paper_order import needs_unmet
from liuhen.actions.sending import KINDS
from liuhen.assembly.document_types import document_type
from liuhen.cases.models import Case
from liuhen.documents.models import Paper
from liuhen.people.models import Person
from liuhen.people.queries import office_kinds, permissions
from liuhen.web.case_acts import asked_about
from liuhen.web.drawing import draft_href, live_paper
from liuhen.web.papers import paper_line


def paper_step(person: Person, case: Case, type_key: str) -> dict[str, Any]:
    """The newest paper of a type, or what is needed to draw it up, for `parts/paper_step.html`."""
    paper = live_paper(case, type_key)
    offices = office_kinds(person)
    is_issued = paper is not None and paper.state == Paper.State.ISSUED
    asked = asked_about(case, KINDS[type_key]) if type_key in KINDS and paper else None
    return {
        "type": type_key,
        "title": document_type(type_key).title,
        "row": paper,
        "paper": paper_line(paper) if paper else None,
        "is_issued": is_issued,
        "needs": [] if is_issued else [_need(case, one) for one in needs_unmet(case, type_key)],
        "asked": asked,
        "edit_href": draft_href(paper.id) if paper and not is_issued else None,
        "may_draw": paper is None and bool(permissions()["paper.draw_up"].offices & offices),
    }


def _need(case: Case, need: Need) -> dict[str, Any]:
    return {
        "label": need.label,
        "article": need.article,
        "href": reverse(need.page, args=[case.id]) if need.page else None,
    }
