"""The three kinds of table, declared by every model. Not for the triggers that enforce them.

recorded  insert only; UPDATE, DELETE and TRUNCATE are refused by the database; outside the
          ledger itself the insert, too, happens in an act and leaves an image
guarded   changed only inside an act, each change leaves a row image; never deleted
derived   can be rebuilt from the other two; freely changed and deleted
"""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from django.db import models

from liuhen.kernel.ids import new_id


class TableKind(StrEnum):
    """How the database protects a table."""

    RECORDED = "recorded"
    GUARDED = "guarded"
    DERIVED = "derived"


class Recorded(models.Model):
    """A row that is written once and stays."""

    table_kind: ClassVar = TableKind.RECORDED

    class Meta:
        abstract = True


class Guarded(models.Model):
    """A row bound to the ledger: every change happens in an act and leaves an image.

    `image_excludes` names columns kept out of images: secrets and identity numbers. A model whose
    rows can prove these columns by themselves says how in `unbound_fault`.
    """

    table_kind: ClassVar = TableKind.GUARDED
    image_excludes: ClassVar[tuple[str, ...]] = ()

    id: models.UUIDField[UUID, UUID] = models.UUIDField(
        primary_key=True, default=new_id, editable=False
    )

    class Meta:
        abstract = True

    @classmethod
    def proves_unbound(cls) -> bool:
        """Whether this home holds what its rows need to prove columns left out of images.

        Raises:
            Refused: what they need can't be read.
        """
        return True

    def unbound_fault(self) -> tuple[str, str] | None:
        """What is wrong with columns left out of images: a code and words; None: nothing told."""
        return None


class Derived(models.Model):
    """A row that can be rebuilt.

    `layout` is what ALTER TABLE is told about how rows lie on disk, which fields can't say; a
    migration tells the same to tables there are.
    """

    table_kind: ClassVar = TableKind.DERIVED
    layout: ClassVar[str] = ""

    class Meta:
        abstract = True


def key_column(model: type[models.Model]) -> str:
    """The column of a model's primary key."""
    column = model._meta.pk.column
    assert column is not None  # only relations without a column have none
    return column
