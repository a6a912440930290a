"""Questions kept for oneself; lists of answers taken away: asked, approved, taken (Art. 40, 42).

Not for searching (`search.queries`), nor for the form of a list (`web.search_exports`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from uuid import UUID

from liuhen.actions.act import Draft, act
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Person
from liuhen.search.models import ListExport, SavedSearch
from liuhen.search.queries import exports_waiting

# Our own standards.
MOST_SAVED = 30
MOST_ROWS = 5_000
MAY_BE_TAKEN = dt.timedelta(days=7)


@act(permission="record.search", event="search.saved")
def save_search(draft: Draft, *, actor: Person, name: str, asked: Mapping[str, str]) -> SavedSearch:
    """Keep a question under a name; the same name again replaces it.

    Raises:
        Refused: `search.nameless`, `search.empty`, `search.too_many`.
    """
    if not name.strip():
        raise Refused("search.nameless")
    if not asked:
        raise Refused("search.empty")
    kept = SavedSearch.objects.select_for_update().filter(person=actor, removed_at=None)
    row = kept.filter(name=name.strip()[:60]).first()
    if row is None and kept.count() >= MOST_SAVED:
        raise Refused("search.too_many", number=MOST_SAVED)
    row = row or SavedSearch(person=actor, name=name.strip()[:60])
    row.asked, row.saved_at = dict(asked), draft.at
    row.save()
    draft.about(row)
    return row


@act(permission="record.search", event="search.removed")
def remove_search(draft: Draft, *, actor: Person, search_id: UUID) -> SavedSearch:
    """Take one of one's own kept questions off the list.

    Raises:
        Refused: `record.not_found`.
    """
    kept = SavedSearch.objects.select_for_update().filter(person=actor, removed_at=None)
    row = kept.filter(id=search_id).first()
    if row is None:
        raise Refused("record.not_found")
    row.removed_at = draft.at
    row.save(update_fields=["removed_at"])
    draft.about(row)
    return row


@act(permission="record.search", event="list_export.asked")
def ask_list_export(
    draft: Draft,
    *,
    actor: Person,
    asked: Mapping[str, str],
    words: str,
    number: int,
    purpose: str,
) -> ListExport:
    """Ask the leader in charge to let one take a list of answers away, for a purpose.

    Raises:
        Refused: `list_export.purpose`, `search.empty`, `list_export.nothing`,
            `list_export.too_many`.
    """
    if not purpose.strip():
        raise Refused("list_export.purpose")
    if not asked:
        raise Refused("search.empty")
    _check_number(number)
    row = ListExport.objects.create(
        asked=dict(asked),
        words=words[:500],
        number=number,
        purpose=purpose.strip()[:200],
        asked_by=actor,
        asked_at=draft.at,
    )
    draft.about(row)
    draft.note(number=number, purpose=row.purpose)
    return row


@act(permission="list_export.approve", event="list_export.answered")
def answer_list_export(
    draft: Draft, *, actor: Person, export_id: UUID, outcome: str, opinion: str
) -> ListExport:
    """Let a list be taken within a week, or not, with an opinion; nobody answers their own.

    Raises:
        Refused: `record.not_found`, `approval.outcome`, `approval.opinion`.
    """
    waiting = exports_waiting(actor).values("id")
    row = (
        ListExport.objects.select_for_update(of=("self",))
        .filter(id=export_id, id__in=waiting)
        .first()
    )
    if row is None:
        raise Refused("record.not_found")
    if outcome not in ListExport.Outcome.values:
        raise Refused("approval.outcome")
    if not opinion.strip():
        raise Refused("approval.opinion")
    row.outcome, row.opinion = outcome, opinion.strip()[:200]
    row.approved_by, row.answered_at = actor, draft.at
    if outcome == ListExport.Outcome.APPROVED:
        row.until = draft.at + MAY_BE_TAKEN
    row.save()
    draft.about(row)
    draft.note(outcome=outcome)
    return row


@act(permission="record.search", event="list_export.taken")
def take_list(
    draft: Draft, *, actor: Person, export_id: UUID, number: int, sha256: str
) -> ListExport:
    """Record that an approved list is taken away: how many rows, the digest of the file.

    Raises:
        Refused: `record.not_found`, `list_export.not_approved`, `list_export.nothing`,
            `list_export.too_many`.
    """
    mine = ListExport.objects.select_for_update(of=("self",)).filter(asked_by=actor)
    row = mine.filter(id=export_id).first()
    if row is None:
        raise Refused("record.not_found")
    if not row.is_open(draft.at):
        raise Refused("list_export.not_approved")
    _check_number(number)
    draft.about(row)
    draft.note(number=number, sha256=sha256, purpose=row.purpose)
    return row


def _check_number(number: int) -> None:
    if not number:
        raise Refused("list_export.nothing")
    if number > MOST_ROWS:
        raise Refused("list_export.too_many", number=MOST_ROWS)
