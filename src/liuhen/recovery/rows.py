"""Writes the tables of a home anew from a replica: entries, images, the tree, then the rows.

As the owner of the tables and in one transaction; guards are off only within it. What the ledger
bound comes back as it was; of derived tables nothing comes back, they are made again. Not for
files, processes or keys (`restore`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import psycopg
from django.db import models
from psycopg import sql

from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.ledger.guards import own_models
from liuhen.ledger.kinds import TableKind, key_column
from liuhen.replica.folder import ReplicaFolder, State
from liuhen.replica.images import is_image_of, paired
from liuhen.replica.tree import Tree, bundles
from liuhen.tlog.entry import EntryBody, parse_entry
from liuhen.tlog.growth import grow_tree
from liuhen.tlog.hashing import leaf_hash
from liuhen.tlog.tiles import TILE_WIDTH

_ENTRY = (
    *("id", "event", "actor_id", "case_id", "subject_kind", "subject_id"),
    *("recorded_at", "body", "leaf_hash"),
)
_ROWS = """
INSERT INTO {table} ({columns})
SELECT {made} FROM (
    SELECT DISTINCT ON (row_id) row_id, body FROM ledger_rowimage
     WHERE "table" = {name} ORDER BY row_id, id DESC
) latest
LEFT JOIN unbound u ON u.tab = {name} AND u.row_id = latest.row_id,
LATERAL jsonb_populate_record(
    NULL::{table},
    {defaults}::jsonb || (convert_from(latest.body, 'UTF8')::jsonb -> 'row')
        || coalesce(u.columns, '{{}}'::jsonb)
) AS made
WHERE latest.body IS NOT NULL
"""
_PREVIOUS = """
UPDATE ledger_rowimage i SET previous_id = p.previous FROM (
    SELECT id, lag(id) OVER (PARTITION BY "table", row_id ORDER BY id) AS previous
      FROM ledger_rowimage
) p WHERE p.id = i.id AND p.previous IS NOT NULL
"""


def write_all(owner: psycopg.Connection, folder: ReplicaFolder) -> int:
    """Fill the empty tables of a new home; returns the number of rows beside the ledger's.

    Raises:
        Refused: `restore.not_verified`, when what the replica holds does not agree in itself.
    """
    state, tree = folder.state(), Tree(folder.log_dir, folder.images_dir)
    size = min(state.images, state.size)
    if size != state.size:
        raise Refused("restore.not_verified", what=f"{state.size - size}")
    with owner.transaction():
        _switch_guards(owner, "DISABLE")
        _write_log(owner, state, tree)
        _write_images(owner, state, tree)
        _read_unbound(owner, folder)
        count = sum(_write_rows(owner, model) for model in _bound_models())
        owner.execute("SET CONSTRAINTS ALL IMMEDIATE")
        _renumber(owner)
        _switch_guards(owner, "ENABLE")
    return count


def _bound_models() -> list[type[models.Model]]:
    return [
        model
        for model in own_models()
        if getattr(model, "table_kind", None) is not TableKind.DERIVED
        and model._meta.app_label != "ledger"
    ]


def _switch_guards(owner: psycopg.Connection, how: str) -> None:
    for model in own_models():
        query = sql.SQL("ALTER TABLE {} " + how + " TRIGGER USER")
        owner.execute(query.format(sql.Identifier(model._meta.db_table)))


def _write_log(owner: psycopg.Connection, state: State, tree: Tree) -> None:
    columns = sql.SQL(", ").join(map(sql.Identifier, _ENTRY))
    with owner.cursor() as cursor:
        query = sql.SQL("COPY ledger_entry ({}) FROM STDIN").format(columns)
        with cursor.copy(query) as copy:
            for raw in tree.entries(0, state.size):
                copy.write_row(_columns(parse_entry(raw), raw))
        with cursor.copy("COPY ledger_sequenced (index, entry_id) FROM STDIN") as copy:
            for index, raw in enumerate(tree.entries(0, state.size)):
                copy.write_row((index, parse_entry(raw).id))
        leaves = (leaf_hash(raw) for raw in tree.entries(0, state.size))
        growth = grow_tree(0, lambda *_: b"", leaves)
        with cursor.copy("COPY ledger_tile (level, index, hashes) FROM STDIN") as copy:
            for tile in growth.tiles:
                copy.write_row((tile.level, tile.index, tile.hashes))
    if growth.root.hex() != state.root:
        raise Refused("restore.not_verified", what="root")
    owner.execute(
        "INSERT INTO ledger_checkpoint (size, root, note, signed_at) VALUES (%s, %s, %s, %s)",
        (state.size, growth.root, state.note, clock.parse_iso(state.pulled_at or "")),
    )


def _columns(entry: EntryBody, raw: bytes) -> tuple[Any, ...]:
    subject = entry.subject
    return (
        *(entry.id, entry.event, entry.actor_id, entry.case, subject["kind"], subject["id"]),
        *(entry.at, raw, leaf_hash(raw)),
    )


def _write_images(owner: psycopg.Connection, state: State, tree: Tree) -> None:
    with owner.cursor() as cursor:
        query = 'COPY ledger_rowimage (entry_id, "table", row_id, body, sha256) FROM STDIN'
        with cursor.copy(query) as copy:
            for row in _images(state, tree):
                copy.write_row(row)
    owner.execute(_PREVIOUS)


def _images(state: State, tree: Tree) -> Iterator[tuple[Any, ...]]:
    for bundle in bundles(0, state.size):
        entries = [parse_entry(raw) for raw in tree.bundle(bundle)]
        path = tree.images_path(bundle)
        raw = path.read_bytes() if path.exists() else b""
        for entry, listed, body in paired(entries, raw):
            if body is not None and not is_image_of(listed, body):
                what = f"{listed.table}/{listed.row} ({bundle.index * TILE_WIDTH})"
                raise Refused("restore.not_verified", what=what)
            yield entry.id, listed.table, listed.row, body, bytes.fromhex(listed.sha256)


def _read_unbound(owner: psycopg.Connection, folder: ReplicaFolder) -> None:
    owner.execute("CREATE TEMP TABLE unbound (tab text, row_id text, columns jsonb) ON COMMIT DROP")
    if not folder.unbound_path.exists():
        return
    query = "COPY unbound (tab, row_id, columns) FROM STDIN"
    with (
        folder.unbound_path.open("rb") as lines,
        owner.cursor() as cursor,
        cursor.copy(query) as copy,
    ):
        for line in lines:
            told = json.loads(line)
            copy.write_row((told["table"], told["row"], json.dumps(told["columns"])))


def _write_rows(owner: psycopg.Connection, model: type[models.Model]) -> int:
    fields = model._meta.concrete_fields
    names = [str(field.column) for field in fields]
    defaults = {str(field.column): _plain(field.get_default()) for field in fields}
    defaults.pop(key_column(model))
    query = sql.SQL(_ROWS).format(
        table=sql.Identifier(model._meta.db_table),
        name=sql.Literal(model._meta.db_table),
        columns=sql.SQL(", ").join(map(sql.Identifier, names)),
        made=sql.SQL(", ").join(sql.Identifier("made", name) for name in names),
        defaults=sql.Literal(json.dumps(defaults)),
    )
    return owner.execute(query).rowcount


def _plain(value: Any) -> Any:
    """A field's default for an image from before the field was; no secret is ever a default."""
    return value if isinstance(value, str | int | bool | list | dict | None) else None


def _renumber(owner: psycopg.Connection) -> None:
    """Let every numbered table go on after its highest number."""
    for model in own_models():
        key = model._meta.pk
        if isinstance(key, models.BigAutoField):
            table, column = model._meta.db_table, str(key.column)
            query = sql.SQL(
                "SELECT setval(pg_get_serial_sequence({name}, {column_name}),"
                " coalesce(max({column}), 0) + 1, false) FROM {table}"
            )
            owner.execute(
                query.format(
                    name=sql.Literal(table),
                    column_name=sql.Literal(column),
                    column=sql.Identifier(column),
                    table=sql.Identifier(table),
                )
            )
