"""Document types as they stand: the product's, the authority's versions over them, its own beside.

Reads only. A version's row never changes, so that a type once read is kept. Not for setting one
(`actions.document_types`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from uuid import UUID

from django.db.models import QuerySet

from liuhen.assembly.document_types import DocumentType, document_type, type_from, types
from liuhen.kernel.refusals import Refused
from liuhen.rulebook.models import TypeVersion


def type_of(key: str, version_id: UUID | None) -> DocumentType:
    """The type by which a paper is made: of a version, or the product's own."""
    return document_type(key) if version_id is None else _type_of_version(version_id)


@lru_cache(maxsize=512)
def _type_of_version(version_id: UUID) -> DocumentType:
    return as_type(TypeVersion.objects.get(id=version_id))


def as_type(row: TypeVersion) -> DocumentType:
    """The type a version holds."""
    return replace(type_from(row.key, row.definition, {}), version=row.number)


def version_on(key: str, day: dt.date) -> TypeVersion | None:
    """The authority's version of a type that holds on a day; None where the product's own does.

    Raises:
        Refused: `paper.type_unknown`, no such type then.
    """
    rows = TypeVersion.objects.filter(key=key, valid_from__lte=day)
    row = rows.order_by("-valid_from", "-number").first()
    if row is not None and not row.is_withdrawn:
        return row
    if key not in types():
        raise Refused("paper.type_unknown", type=row.title if row else key)
    return None


def type_on(key: str, day: dt.date) -> DocumentType:
    """The type of a key as it holds on a day. Raises as `version_on`."""
    version = version_on(key, day)
    return type_of(key, version.id if version else None)


def versions_on(day: dt.date) -> Mapping[str, TypeVersion]:
    """Every version that holds on a day, by key."""
    rows = TypeVersion.objects.filter(valid_from__lte=day).order_by("key", "valid_from", "number")
    last = {row.key: row for row in rows}
    return {key: row for key, row in last.items() if not row.is_withdrawn}


def own_types_on(day: dt.date) -> list[DocumentType]:
    """The types the authority added to the product's and that may be drawn up on a day."""
    rows = versions_on(day).values()
    return [type_of(row.key, row.id) for row in rows if row.key not in types()]


def titles() -> Mapping[str, str]:
    """The title of every type there is or was, by key: the product's, and the authority's last."""
    rows = TypeVersion.objects.order_by("key", "number").values_list("key", "title")
    return {key: one.title for key, one in types().items()} | dict(rows)


def history_of_type(key: str) -> QuerySet[TypeVersion]:
    """Every version of a type, the newest first."""
    return TypeVersion.objects.filter(key=key).select_related("set_by").order_by("-number")
