"""Acts on the document types the authority makes for itself or changes. Not for papers (`papers`).

A version is checked as data and on the printed page before it is put in force; papers drawn up
before keep the version they have.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import connection

from liuhen.actions.act import Draft, act
from liuhen.actions.paper_drafts import is_by_hand
from liuhen.assembly.document_types import DocumentType, types
from liuhen.assembly.own_types import OWN, definition_of, own_type
from liuhen.assembly.trial import absent_from_page
from liuhen.cases.models import Case
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Person
from liuhen.rulebook.models import TypeVersion
from liuhen.rulebook.type_versions import versions_on


@act(permission="document_type.set", event="document_type.set")
def set_document_type(
    draft: Draft,
    *,
    actor: Person,
    key: str,
    definition: Mapping[str, Any],
    valid_from: dt.date,
    reason: str,
) -> TypeVersion:
    """Put a version of a document type in force from a day on, with the reason.

    `key` is a type of the product, one of the authority's own, or "" for a new one. Papers are
    drawn up by it from that day; earlier ones keep theirs.

    Raises:
        Refused: `document_type.unknown`, `document_type.unsound`, `document_type.off_page`,
            `document_type.by_act`, `document_type.series`, `document_type.title`,
            `document_type.same`, `document_type.past`, `reason.missing`,
            `fonts.character_missing`.
    """
    _one_at_a_time()
    found = checked_type(key, definition)
    key = key or _new_key()
    _refuse_past(draft, valid_from)
    if not reason.strip():
        raise Refused("reason.missing")
    told = definition_of(found)
    last = TypeVersion.objects.filter(key=key).order_by("-number").first()
    if last is not None and last.definition == told and not last.is_withdrawn:
        raise Refused("document_type.same", title=found.title)
    _refuse_taken(key, found, valid_from)
    return _set(draft, key, found.title, told, valid_from, reason)


@act(permission="document_type.set", event="document_type.withdrawn")
def withdraw_document_type(
    draft: Draft, *, actor: Person, key: str, valid_from: dt.date, reason: str
) -> TypeVersion:
    """Let the product's own type stand again from a day on; a type of ours is drawn up no more.

    Raises:
        Refused: `document_type.not_set`, `document_type.past`, `reason.missing`.
    """
    _one_at_a_time()
    _refuse_past(draft, valid_from)
    if not reason.strip():
        raise Refused("reason.missing")
    last = TypeVersion.objects.filter(key=key).order_by("-number").first()
    if last is None or last.is_withdrawn:
        raise Refused("document_type.not_set")
    return _set(draft, key, last.title, {}, valid_from, reason, is_withdrawn=True)


def checked_type(key: str, definition: Mapping[str, Any]) -> DocumentType:
    """The type a definition makes, once it is sound and stands on the page whole.

    Raises:
        Refused: `document_type.unknown`, `document_type.unsound`, `document_type.off_page`,
            `document_type.by_act`, `fonts.character_missing`.
    """
    is_own = not key or key.startswith(OWN)
    if (key and is_own and not TypeVersion.objects.filter(key=key).exists()) or (
        not is_own and key not in types()
    ):
        raise Refused("document_type.unknown")
    found = own_type(key or f"{OWN}new", definition)
    if is_own and not set(found.kinds) <= set(Case.Kind.values):
        raise Refused("document_type.unsound", what="没有这类案件")
    if not is_own and not is_by_hand(key):
        _refuse_more(types()[key], found)
    absent = absent_from_page(found)
    if absent.words:
        raise Refused("document_type.off_page", title=found.title, what=absent.words)
    return found


def _refuse_more(product: DocumentType, found: DocumentType) -> None:
    """A paper that an act draws up and issues at once asks for nothing the act doesn't know."""
    more = [
        one.label
        for one in found.fields
        if one.required and (one.key not in product.by_key or not product.by_key[one.key].required)
    ]
    lines = {one.role: one.minimum for one in product.signers}
    more += [one.label for one in found.signers if one.minimum > lines.get(one.role, 0)]
    if more:
        raise Refused("document_type.by_act", title=found.title, what="、".join(more))


def _one_at_a_time() -> None:
    """Versions are numbered and told apart from all others, so they are set one after another."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('document_type', 0))")


def _new_key() -> str:
    taken = TypeVersion.objects.filter(key__startswith=OWN).values("key").distinct().count()
    return f"{OWN}{taken + 1}"


def _refuse_past(draft: Draft, valid_from: dt.date) -> None:
    today = clock.local_date(draft.at)
    if valid_from < today:
        raise Refused("document_type.past", today=today.isoformat())


def _refuse_taken(key: str, found: DocumentType, day: dt.date) -> None:
    """No number is given twice, so no series was ever another's; a new type has its own title."""
    rows = TypeVersion.objects.exclude(key=key)
    theirs = {row.definition.get("series", ""): row.title for row in rows}
    theirs |= {one.series: one.title for one in types().values() if one.key != key}
    if found.series and found.series in theirs:
        raise Refused("document_type.series", title=theirs[found.series])
    if key in types():
        return
    held = versions_on(day)
    titles = {row.title for one, row in held.items() if one != key}
    titles |= {one.title for one in types().values() if one.key not in held}
    if found.title in titles:
        raise Refused("document_type.title", title=found.title)


def _set(
    draft: Draft,
    key: str,
    title: str,
    definition: dict[str, Any],
    valid_from: dt.date,
    reason: str,
    *,
    is_withdrawn: bool = False,
) -> TypeVersion:
    row = TypeVersion.objects.create(
        key=key,
        number=TypeVersion.objects.filter(key=key).count() + 1,
        title=title,
        definition=definition,
        is_withdrawn=is_withdrawn,
        valid_from=valid_from,
        reason=reason.strip(),
        set_by=draft.actor,
        set_at=draft.at,
    )
    draft.about(row)
    draft.note(key=key, number=row.number, title=title, valid_from=valid_from)
    return row
