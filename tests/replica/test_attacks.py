"""Attacks by one who owns database, files and the log's key: found by the replica, or by verify."""

from __future__ import annotations

import hashlib
import json

import psycopg

from liuhen.ledger.models import Entry, RowImage, Sequenced
from liuhen.people.models import Unit
from liuhen.replica import evidence
from liuhen.vault import keeping
from liuhen.vault.checks import differences
from tests.replica.attacker import cut_to, rebuild_tiles, sign_anew, unguarded
from tests.replica.conftest import Pair


def forged(owner: psycopg.Connection, unit: Unit) -> None:
    """Row, image and entry of a unit changed together, so that each agrees with the others."""
    owner.execute("ALTER TABLE people_unit DISABLE TRIGGER USER")
    owner.execute("UPDATE people_unit SET name = '改名队' WHERE id = %s", (unit.id,))
    owner.execute("ALTER TABLE people_unit ENABLE TRIGGER USER")
    image = RowImage.objects.select_related("entry").get(table="people_unit", row_id=str(unit.id))
    body = bytes(image.body or b"").replace(unit.name.encode(), "改名队".encode())
    old, new = bytes(image.sha256).hex(), hashlib.sha256(body).hexdigest()
    entry = bytes(image.entry.body).replace(old.encode(), new.encode())
    unguarded(
        owner,
        "UPDATE ledger_rowimage SET body = %s, sha256 = %s WHERE id = %s",
        *(body, bytes.fromhex(new), image.id),
    )
    unguarded(
        owner,
        "UPDATE ledger_entry SET body = %s, leaf_hash = %s WHERE id = %s",
        *(entry, hashlib.sha256(b"\0" + entry).digest(), image.entry_id),
    )


def codes() -> set[str]:
    return {difference.code for difference in differences()}


def test_row_image_and_entry_changed_together_are_found_by_the_signed_tree(
    pair: Pair, owner: psycopg.Connection
) -> None:
    pair.act()
    forged(owner, Unit.objects.get(code="T1"))
    assert codes() == {"entry.replaced", "log.root"}


def test_a_history_written_anew_and_signed_deceives_verify_and_not_the_replica(
    pair: Pair, owner: psycopg.Connection
) -> None:
    pair.act()
    pair.pull()
    held = pair.folder.state()
    cut_to(owner, held.size)  # what the pull itself entered
    forged(owner, Unit.objects.get(code="T1"))
    sign_anew(owner)
    assert not codes() & {"entry.replaced", "log.root", "checkpoint.signature"}
    found = {one["code"] for one in pair.pull().differences}
    assert "log.forked" in found
    (name,) = evidence.kept(pair.folder)
    kept = json.loads((pair.folder.evidence_dir / name).read_text())
    assert kept["held"] == held.note and kept["found"] != held.note
    assert pair.folder.state().root == held.root


def test_a_log_cut_short_is_found_by_the_replica_and_both_checkpoints_are_kept(
    pair: Pair, owner: psycopg.Connection
) -> None:
    pair.act(3)
    pair.pull()
    held = pair.folder.state()
    cut_to(owner, held.size - 1)
    sign_anew(owner)
    assert [one["code"] for one in pair.pull().differences] == ["log.shortened"]
    assert pair.folder.state().size == held.size
    assert len(evidence.kept(pair.folder)) == 1


def test_two_entries_exchanged_in_the_sequence_are_found(
    pair: Pair, owner: psycopg.Connection
) -> None:
    pair.act(2)
    first, second = Sequenced.objects.order_by("-index")[:2]
    places = (first.index, second.index)
    swapped = (first.index, second.entry_id, second.index, first.entry_id)
    unguarded(owner, 'DELETE FROM ledger_sequenced WHERE "index" IN (%s, %s)', *places)
    statement = 'INSERT INTO ledger_sequenced ("index", entry_id) VALUES (%s, %s), (%s, %s)'
    unguarded(owner, statement, *swapped)
    assert "entry.replaced" in codes()
    rebuild_tiles(owner)
    assert "log.root" in codes()


def test_an_entry_put_in_is_found(pair: Pair, owner: psycopg.Connection) -> None:
    made = Entry.objects.latest("recorded_at")
    body = bytes(made.body)
    unguarded(
        owner,
        "INSERT INTO ledger_entry (id, event, actor_id, subject_kind, subject_id, recorded_at,"
        " body, leaf_hash) VALUES (gen_random_uuid(), %s, %s, '', '', %s, %s, %s)",
        *(made.event, made.actor_id, made.recorded_at, body, bytes(made.leaf_hash)),
    )
    assert {"entry.withheld", "entry.columns"} <= codes()


def test_two_originals_exchanged_are_both_named(pair: Pair) -> None:
    one, two = (keeping.local_store().place(sha256) for sha256 in pair.originals)
    contents = one.read_bytes(), two.read_bytes()
    for place, content in ((one, contents[1]), (two, contents[0])):
        place.chmod(0o640)
        place.write_bytes(content)
    found = {d.record: d.what for d in differences()}
    assert set(found) == {f"vault_original/{sha256}" for sha256 in pair.originals}
    assert pair.originals[1] in found[f"vault_original/{pair.originals[0]}"]


def test_an_original_its_row_its_image_and_its_entry_changed_together_are_found(
    pair: Pair, owner: psycopg.Connection
) -> None:
    pair.pull()
    old, content = pair.originals[0], b"onE"
    new = hashlib.sha256(content).hexdigest()
    local_copy_of_attacker(content, new)
    rows_moved(owner, old, new)
    image = RowImage.objects.select_related("entry").get(table="vault_original", row_id=old)
    body = bytes(image.body or b"").replace(old.encode(), new.encode())
    entry = bytes(image.entry.body).replace(old.encode(), new.encode())
    entry = entry.replace(
        bytes(image.sha256).hex().encode(), hashlib.sha256(body).hexdigest().encode()
    )
    unguarded(
        owner,
        "UPDATE ledger_rowimage SET row_id = %s, body = %s, sha256 = %s WHERE id = %s",
        *(new, body, hashlib.sha256(body).digest(), image.id),
    )
    unguarded(
        owner,
        "UPDATE ledger_entry SET body = %s, leaf_hash = %s WHERE id = %s",
        *(entry, hashlib.sha256(b"\0" + entry).digest(), image.entry_id),
    )
    found = list(differences())
    assert {"entry.replaced", "log.root"} <= {one.code for one in found}
    assert f"ledger_entry/{image.entry_id}" in {one.record for one in found}
    keeping.local_store().place(new).unlink()


def local_copy_of_attacker(content: bytes, sha256: str) -> None:
    """Other bytes under their own digest, as if they had always been there."""
    place = keeping.local_store().place(sha256)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content)


def rows_moved(owner: psycopg.Connection, old: str, new: str) -> None:
    """The original's row, its copies and receipts under another digest."""
    tables = ("vault_original", "vault_copy", "vault_receipt")
    for table in tables:
        owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    owner.execute(
        "INSERT INTO vault_original (sha256, size, received_at, received_by)"
        " SELECT %s, size, received_at, received_by FROM vault_original WHERE sha256 = %s",
        (new, old),
    )
    for table in tables[1:]:
        owner.execute(f"UPDATE {table} SET original_id = %s WHERE original_id = %s", (new, old))
    owner.execute(
        "UPDATE vault_copy SET path = replace(path, %s, %s) WHERE original_id = %s", (old, new, new)
    )
    owner.execute("DELETE FROM vault_original WHERE sha256 = %s", (old,))
    for table in tables:
        owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
