"""The log as others fetch it: entry bundles, the row images under them, what no image holds.

Bundles are C2SP tlog-tiles; images have a form of our own (docs/formats/replica.md). Reads only.
Who may fetch is the door's question (`api.replica`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from django.db import connection, models
from psycopg import sql

from liuhen.kernel.refusals import Refused
from liuhen.ledger.guards import own_models
from liuhen.ledger.kinds import TableKind, key_column
from liuhen.ledger.models import RowImage, Sequenced
from liuhen.ledger.queries import latest_size
from liuhen.tlog.tiles import TILE_WIDTH, BundleId, encode_bundle

ERASED = 0xFFFFFFFF
"""In place of an image's length: its bytes were lawfully erased, or are not there."""

_LENGTH_BYTES = 4
_CHUNK = 500


def entry_bundle(bundle: BundleId) -> bytes:
    """The entries of a bundle.

    Raises:
        Refused: `tile.missing`, when the signed log does not reach so far.
    """
    bodies = _sequenced(bundle).values_list("entry__body", flat=True)
    return encode_bundle([bytes(body) for body in bodies])


def image_bundle(bundle: BundleId) -> Iterator[bytes]:
    """The images of a bundle's entries, each as four bytes of length (big-endian) and its bytes.

    They stand in the order of the entries and, within one, of its own list.

    Raises:
        Refused: `tile.missing`.
    """
    ids = list(_sequenced(bundle).values_list("entry_id", flat=True))
    return _images(ids)


def _images(ids: list[Any]) -> Iterator[bytes]:
    # A few entries at a time: an entry may hold hundreds of images.
    for start in range(0, len(ids), 16):
        part = ids[start : start + 16]
        found: dict[Any, list[bytes | None]] = {entry_id: [] for entry_id in part}
        rows = RowImage.objects.filter(entry_id__in=part).order_by("id")
        for entry_id, body in rows.values_list("entry_id", "body"):
            found[entry_id].append(None if body is None else bytes(body))
        for entry_id in part:
            for body in found[entry_id]:
                yield _prefixed(body)


def _prefixed(body: bytes | None) -> bytes:
    if body is None:
        return ERASED.to_bytes(_LENGTH_BYTES, "big")
    return len(body).to_bytes(_LENGTH_BYTES, "big") + body


def _sequenced(bundle: BundleId) -> models.QuerySet[Sequenced]:
    first = bundle.index * TILE_WIDTH
    if first + bundle.width > latest_size():
        raise Refused("tile.missing")
    places = Sequenced.objects.filter(index__gte=first, index__lt=first + bundle.width)
    return places.order_by("index")


def unbound_columns() -> Iterator[bytes]:
    """The columns that images leave out, one JSON line a row: what the ledger can't vouch for."""
    for model in own_models():
        excluded: tuple[str, ...] = getattr(model, "image_excludes", ())
        kind = getattr(model, "table_kind", TableKind.DERIVED)
        if excluded and kind is not TableKind.DERIVED:
            yield from _unbound(model, excluded)


def _unbound(model: type[models.Model], excluded: tuple[str, ...]) -> Iterator[bytes]:
    table = model._meta.db_table
    columns = [sql.Identifier(column) for column in (key_column(model), *excluded)]
    query = sql.SQL("SELECT {} FROM {} ORDER BY 1").format(
        sql.SQL(", ").join(columns), sql.Identifier(table)
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        while rows := cursor.fetchmany(_CHUNK):
            for key, *values in rows:
                line = {
                    "table": table,
                    "row": str(key),
                    "columns": dict(zip(excluded, values, strict=True)),
                }
                yield json.dumps(line, ensure_ascii=False).encode() + b"\n"
