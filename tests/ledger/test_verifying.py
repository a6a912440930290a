"""What is altered behind the system's back is found and named, with its last good state."""

from __future__ import annotations

import json

import psycopg
import pytest
from tests.database import clone, point_at

from liuhen.actions import people as acts
from liuhen.actions.act import Draft, act
from liuhen.demo.people import World
from liuhen.host.postgres import Cluster
from liuhen.host.postgres_roles import SERVER, SUPERUSER
from liuhen.kernel import clock
from liuhen.ledger.models import Entry, Pending, Sequenced
from liuhen.ledger.sequencing import sequence_all
from liuhen.ledger.verifying import Difference
from liuhen.people.models import Person, Unit
from liuhen.vault import keeping
from liuhen.vault.checks import differences


@pytest.fixture
def unit(world: World) -> Unit:
    made = acts.register_unit(
        actor=world.system, code="ZD2", name="二支队", kind=Unit.Kind.SUBORDINATE
    )
    sequence_all()
    return made


def found() -> list[Difference]:
    return list(differences())


def behind_the_back(owner: psycopg.Connection, statement: str, *values: object) -> None:
    """Change something as one who owns the tables and switches their triggers off."""
    table = statement.split()[2 if statement.startswith(("DELETE", "INSERT")) else 1]
    owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    owner.execute(statement, values)
    owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def test_an_untouched_system_verifies(unit: Unit) -> None:
    assert found() == []


def test_an_altered_row_is_named_with_its_last_good_state_and_who_touched_it(
    unit: Unit, owner: psycopg.Connection
) -> None:
    behind_the_back(owner, "UPDATE people_unit SET name = %s WHERE id = %s", "三支队", unit.id)
    (difference,) = found()
    assert difference.code == "row.altered"
    assert difference.record == f"people_unit/{unit.id}"
    assert difference.last_good is not None
    assert difference.last_good["name"] == "二支队"
    assert difference.last_touched is not None
    assert difference.last_touched["event"] == "unit.registered"


def test_a_deleted_row_is_missed(unit: Unit, owner: psycopg.Connection) -> None:
    behind_the_back(owner, "DELETE FROM people_unit WHERE id = %s", unit.id)
    (difference,) = found()
    assert (difference.code, difference.record) == ("row.missing", f"people_unit/{unit.id}")


def test_a_row_written_past_the_ledger_is_found(unit: Unit, owner: psycopg.Connection) -> None:
    behind_the_back(
        owner,
        "INSERT INTO people_unit (id, code, name, kind, number_prefix, powers, profile)"
        " SELECT gen_random_uuid(), 'X', name, kind, '', powers, profile FROM people_unit LIMIT 1",
    )
    (difference,) = found()
    assert difference.code == "row.unrecorded"


def altered_body(entry: Entry) -> bytes:
    told = json.loads(bytes(entry.body))
    told["event"] = "unit.renamed"
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def test_one_byte_of_an_entry_is_found(unit: Unit, owner: psycopg.Connection) -> None:
    entry = Entry.objects.get(subject_id=str(unit.id))
    behind_the_back(
        owner, "UPDATE ledger_entry SET body = %s WHERE id = %s", altered_body(entry), entry.id
    )
    (difference,) = found()
    assert (difference.code, difference.record) == ("entry.altered", f"ledger_entry/{entry.id}")
    assert difference.last_good is not None


def test_an_entry_altered_together_with_its_hash_is_found_by_tile_and_checkpoint(
    unit: Unit, owner: psycopg.Connection
) -> None:
    entry = Entry.objects.get(subject_id=str(unit.id))
    body = altered_body(entry)
    behind_the_back(
        owner,
        "UPDATE ledger_entry SET body = %s, event = 'unit.renamed',"
        " leaf_hash = sha256('\\x00'::bytea || %s) WHERE id = %s",
        body,
        body,
        entry.id,
    )
    codes = {difference.code for difference in found()}
    assert codes == {"entry.replaced", "log.root"}


def test_an_entry_taken_out_leaves_a_hole(unit: Unit, owner: psycopg.Connection) -> None:
    last = Sequenced.objects.latest("index")
    behind_the_back(owner, 'DELETE FROM ledger_sequenced WHERE "index" = %s', last.index)
    assert "log.hole" in {difference.code for difference in found()}


def test_a_guard_that_was_switched_off_is_reported(unit: Unit, owner: psycopg.Connection) -> None:
    owner.execute("ALTER TABLE people_unit DISABLE TRIGGER liuhen_keep_image")
    assert {difference.code for difference in found()} == {"guard.missing"}


def test_one_byte_of_an_original_is_found(world: World) -> None:
    @act(permission="unit.register", event="test.kept")
    def keep(draft: Draft, *, actor: object) -> str:
        kept = keeping.keep_bytes(b"as received", name="a.txt", by=draft.actor.id, at=draft.at)
        return kept.sha256

    sha256 = keep(actor=world.system)
    assert found() == []
    place = keeping.local_store().place(sha256)
    place.chmod(0o640)
    place.write_bytes(b"as receiveD")
    (difference,) = found()
    assert (difference.code, difference.record) == ("original.altered", f"vault_original/{sha256}")
    assert difference.last_touched is not None
    assert difference.last_touched["at"] == clock.iso(clock.now())
    place.unlink()
    (difference,) = found()
    assert difference.code == "original.missing"


def test_an_entry_taken_out_of_the_queue_before_it_is_sequenced_is_found(world: World) -> None:
    unit = acts.register_unit(
        actor=world.system, code="ZD3", name="三支队", kind=Unit.Kind.SUBORDINATE
    )
    entry = Entry.objects.get(subject_id=str(unit.id))
    Pending.objects.filter(entry_id=entry.id).delete()
    sequence_all()
    (difference,) = found()
    assert (difference.code, difference.record) == ("entry.withheld", f"ledger_entry/{entry.id}")


def test_a_guard_that_does_something_else_is_reported(
    unit: Unit, owner: psycopg.Connection
) -> None:
    owner.execute(
        "CREATE OR REPLACE FUNCTION liuhen_refuse_change() RETURNS trigger LANGUAGE plpgsql"
        " AS $$ BEGIN RETURN OLD; END $$"
    )
    assert {difference.code for difference in found()} == {"guard.altered"}


# --- what the database itself can't read


def damage(cluster: Cluster, table: str, words: str) -> None:
    """Change a byte in the database's own file, in a copy at rest, and go on with the copy."""
    name = "liuhen_damaged"
    with psycopg.connect(cluster.dsn("liuhen_one_world", SUPERUSER)) as superuser:
        place = superuser.execute("SELECT pg_relation_filepath(%s)", (table,)).fetchone()
    clone(cluster, "liuhen_one_world", name)
    with psycopg.connect(cluster.dsn("postgres", SUPERUSER)) as superuser:
        oid = superuser.execute("SELECT oid FROM pg_database WHERE datname = %s", (name,))
        (number,) = oid.fetchone() or (None,)
    assert place is not None
    path = cluster.data_dir / "base" / str(number) / place[0].rpartition("/")[2]
    raw = bytearray(path.read_bytes())
    raw[raw.rindex(words.encode()) + 2] ^= 1
    path.write_bytes(bytes(raw))
    point_at(cluster.dsn(name, SERVER))


def test_a_byte_of_a_row_in_the_databases_own_file_is_named_with_the_last_good_state(
    unit: Unit, cluster: Cluster
) -> None:
    damage(cluster, "people_unit", "二支队")
    told = found()
    assert {one.code for one in told} == {"check.unfinished", "row.unreadable"}
    assert {one.record for one in told if one.code[0] == "c"} == {"images", "rows"}
    (named,) = [one for one in told if one.record == f"people_unit/{unit.id}"]
    assert named.last_good is not None and named.last_good["name"] == "二支队"
    assert named.last_touched is not None and named.last_touched["event"] == "unit.registered"


def test_beside_damage_an_altered_row_is_still_found(
    unit: Unit, owner: psycopg.Connection, cluster: Cluster
) -> None:
    person = Person.objects.get(username="officer")
    behind_the_back(owner, "UPDATE people_person SET name = 'x' WHERE id = %s", person.id)
    owner.close()
    damage(cluster, "people_unit", "二支队")
    assert ("row.altered", f"people_person/{person.id}") in {
        (difference.code, difference.record) for difference in found()
    }


def test_a_byte_of_an_entry_in_the_databases_own_file_is_named_with_its_place(
    unit: Unit, cluster: Cluster
) -> None:
    entry = Entry.objects.get(subject_id=str(unit.id))
    place = Sequenced.objects.get(entry=entry).index
    damage(cluster, "ledger_entry", "unit.registered")
    named = {difference.record: difference for difference in found()}[f"ledger_entry/{entry.id}"]
    assert named.code == "entry.unreadable"
    assert named.last_good is not None
    assert named.last_good["index"] == place
    assert named.last_good["images"][0]["row"] == str(unit.id)


@pytest.mark.parametrize(
    ("table", "words", "code"),
    [
        ("ledger_rowimage", "people_unit", "image.unreadable"),
        ("ledger_checkpoint", "\n\n\u2014 ", "check.unfinished"),
    ],
)
def test_damage_of_the_ledgers_own_tables_is_a_finding(
    unit: Unit, cluster: Cluster, table: str, words: str, code: str
) -> None:
    damage(cluster, table, words)
    assert code in {difference.code for difference in found()}


def test_an_entry_that_is_no_content_at_all_is_found_even_with_its_hash(
    unit: Unit, owner: psycopg.Connection
) -> None:
    entry = Entry.objects.get(subject_id=str(unit.id))
    behind_the_back(
        owner,
        "UPDATE ledger_entry SET body = 'none', leaf_hash = sha256('\\x006e6f6e65') WHERE id = %s",
        entry.id,
    )
    codes = {difference.code for difference in found()}
    assert codes == {"entry.altered", "entry.replaced", "log.root"}


def test_an_image_that_is_no_row_at_all_is_found_even_with_its_digest(
    unit: Unit, owner: psycopg.Connection
) -> None:
    behind_the_back(
        owner,
        "UPDATE ledger_rowimage SET body = 'none', sha256 = sha256('none') WHERE row_id = %s",
        str(unit.id),
    )
    assert {("entry.images", True), ("row.unreadable", True)} <= {
        (difference.code, difference.record.endswith(str(unit.id)) or difference.code[0] == "e")
        for difference in found()
    }
