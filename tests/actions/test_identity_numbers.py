"""Identity numbers stand sealed in every table, open for whom they concern, and are rotated."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner
from django.conf import settings

from liuhen.actions.identity_numbers import (
    reseal_numbers,
    rotate_identity_key,
    seal_standing_numbers,
)
from liuhen.cases.models import Party
from liuhen.commands.keys import command
from liuhen.demo.people import World
from liuhen.demo.simple_case import PARTY, SimpleCase
from liuhen.documents.models import Paper
from liuhen.documents.versions import data_at
from liuhen.host.identity_keys import FILE
from liuhen.host.signs import GREEN, RED
from liuhen.kernel.refusals import Refused
from liuhen.ledger.models import Entry, RowImage
from liuhen.ledger.sequencing import sequence_all
from liuhen.ledger.verifying_unbound import unbound
from liuhen.people.queries import system_person
from liuhen.search.indexing import follow_all
from liuhen.search.models import Indexed
from liuhen.upkeep.identity_numbers import identity_numbers_sign
from liuhen.vault.checks import BY_NAME, portions
from tests.actions.ordinary import refusal

NUMBER = "11010519491231002X"


@pytest.fixture
def kept_keys() -> Iterator[Path]:
    """The folder of this run's secrets, put back as it was."""
    folder: Path = settings.HOME.secrets.folder
    kept = {path: path.read_bytes() for path in folder.glob("identity*")}
    yield folder
    for path in folder.glob("identity*"):
        if path not in kept:
            path.unlink()
    for path, content in kept.items():
        path.write_bytes(content)
        path.chmod(0o600)


def decided(world: World) -> SimpleCase:
    """A case with a decision that prints the party's number."""
    simple = SimpleCase(world)
    simple.start()
    simple.violation({**PARTY, "identity_number": NUMBER})
    simple.notice()
    simple.waive()
    simple.decide()
    return simple


def everywhere(owner: psycopg.Connection) -> list[str]:
    """Every table of the database whose rows, as text, hold the number."""
    tables = owner.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    found = []
    for (table,) in tables:
        holds = f'SELECT 1 FROM "{table}" t WHERE t::text LIKE %s LIMIT 1'
        if owner.execute(holds, [f"%{NUMBER}%"]).fetchone():
            found.append(table)
    images = RowImage.objects.values_list("body", flat=True)
    bodies = b"".join(bytes(one or b"") for one in images)
    bodies += b"".join(bytes(one) for one in Entry.objects.values_list("body", flat=True))
    return [*found, *(["body"] if NUMBER.encode() in bodies else [])]


def test_no_table_image_entry_or_index_holds_a_number_and_the_paper_prints_it(
    world: World, owner: psycopg.Connection
) -> None:
    simple = decided(world)
    sequence_all()
    follow_all()
    assert Indexed.objects.filter(kind="paper").exists()
    assert everywhere(owner) == []
    party, paper = Party.objects.get(), Paper.objects.get(type="simple_decision")
    assert party.identity_number == NUMBER
    assert paper.data["party"]["identity_number"] == NUMBER
    assert data_at(paper, paper.version) == paper.data
    stored = raw(owner, paper)["party"]["identity_number"]
    assert stored.startswith("sealed:")
    assert simple.case.parties.get() == party


def raw(owner: psycopg.Connection, paper: Paper) -> dict[str, Any]:
    """A paper's data as the table holds it."""
    row = owner.execute("SELECT data::text FROM documents_paper WHERE id = %s", [paper.id])
    found = row.fetchone()
    assert found is not None
    data: dict[str, Any] = json.loads(found[0])
    return data


def test_a_number_moved_to_another_party_does_not_open_there(
    world: World, owner: psycopg.Connection
) -> None:
    decided(world)
    other = SimpleCase(world)
    other.start()
    other.violation()
    target = other.case.parties.get()
    source = Party.objects.exclude(id=target.id).get()
    assert list(unsound()) == []
    told = [("sealed_number", source.sealed_number)]
    assert list(altered(owner, target, told)) == ["number.altered"]
    target.refresh_from_db()
    assert refusal(lambda: target.identity_number).code == "identity_keys.number_closed"
    assert "打不开" in target.number_words
    sign = identity_numbers_sign()
    assert sign.lamp == RED and str(target.id) in sign.words
    assert "密钥没有问题" in sign.remedy
    portion = next(unbound())
    assert portion.differences[0].record == f"cases_party/{target.id}"
    assert portion.differences[0].last_touched is not None


def test_what_was_done_to_a_number_by_hand_is_named_and_a_home_without_keys_says_so(
    world: World, owner: psycopg.Connection, kept_keys: Path
) -> None:
    for _ in range(2):
        simple = SimpleCase(world)
        simple.start()
        simple.violation()
    one = simple.case.parties.get()
    kept = [("sealed_number", one.sealed_number), ("number_digest", one.number_digest)]
    for column, value, code in (
        ("number_digest", "0" * 64, "number.digest"),
        ("sealed_number", "", "number.missing"),
        ("sealed_number", "sealed:00000000:AAAA", "number.key_missing"),
    ):
        assert list(altered(owner, one, [(column, value)])) == [code]
        assert list(altered(owner, one, kept)) == []
    (kept_keys / FILE).unlink()
    assert list(unsound()) == [], "restored without its keys, which made new ones"
    assert FILE in identity_numbers_sign().remedy
    for key in kept_keys.glob("identity*.key"):
        key.unlink()
    os.utime(kept_keys / FILE)
    assert list(unsound()) == ["check.unfinished"]
    assert identity_numbers_sign().lamp == RED


def unsound() -> Iterator[str]:
    check = BY_NAME["unbound"]
    return (one.code for portion in portions(check) for one in portion.differences)


def altered(owner: psycopg.Connection, party: Party, told: list[tuple[str, str]]) -> Iterator[str]:
    guards(owner, "DISABLE")
    for column, value in told:
        owner.execute(f"UPDATE cases_party SET {column} = %s WHERE id = %s", [value, party.id])
    guards(owner, "ENABLE")
    return unsound()


def guards(owner: psycopg.Connection, how: str) -> None:
    owner.execute(f"ALTER TABLE cases_party {how} TRIGGER USER")


def test_what_an_earlier_version_left_in_plain_is_sealed_by_acts_in_batches(
    world: World, owner: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = [f"1101051949123100{at:02}" for at in range(3)]
    for number in numbers:
        simple = SimpleCase(world)
        simple.start()
        simple.violation({**PARTY, "identity_number": number})
    guards(owner, "DISABLE")
    for party in Party.objects.all():
        plain = [party.identity_number, party.id]
        owner.execute(
            "UPDATE cases_party SET sealed_number = %s, number_digest = '' WHERE id = %s", plain
        )
    guards(owner, "ENABLE")
    monkeypatch.setattr("liuhen.actions.identity_numbers.BATCH", 2)
    before = Entry.objects.count()
    assert seal_standing_numbers() == 3
    assert Entry.objects.filter(event="identity_number.sealed").count() == 2
    assert Entry.objects.count() == before + 2
    assert sorted(one.identity_number for one in Party.objects.all()) == numbers
    assert Party.objects.exclude(sealed_number__startswith="sealed:").count() == 0
    assert seal_standing_numbers() == 0


def test_a_rotation_seals_every_number_anew_and_papers_keep_theirs(
    world: World, owner: psycopg.Connection, kept_keys: Path
) -> None:
    decided(world)
    party, paper = Party.objects.get(), Paper.objects.get(type="simple_decision")
    stood = raw(owner, paper)
    assert refusal(lambda: rotate_identity_key(actor=system_person(), reason=" ")).code == (
        "reason.missing"
    )
    key = rotate_identity_key(actor=system_person(), reason="定期更换")
    assert reseal_numbers() == 1 and reseal_numbers() == 0
    after = Party.objects.get()
    assert after.sealed_number.startswith(f"sealed:{key}:")
    assert (after.identity_number, after.number_digest) == (NUMBER, party.number_digest)
    paper.refresh_from_db()
    assert raw(owner, paper) == stood and paper.data["party"]["identity_number"] == NUMBER
    assert identity_numbers_sign().lamp == GREEN
    with pytest.raises(Refused):
        rotate_identity_key(actor=world["operator"], reason="不归我管")


def test_the_command_rotates_and_wraps(world: World, kept_keys: Path) -> None:
    decided(world)
    home = ["--home", str(settings.HOME.path)]
    done = CliRunner().invoke(command, ["rotate-numbers", "--reason", "定期更换", *home])
    assert done.exit_code == 0 and "1 个证件号码" in done.output
    before = json.loads((kept_keys / FILE).read_bytes())["wrapping"]
    done = CliRunner().invoke(
        command, ["rotate-numbers", "--wrapping", "--reason", "管理员离任", *home]
    )
    assert done.exit_code == 0 and not (kept_keys / before).exists()
    assert Party.objects.get().identity_number == NUMBER
    events = Entry.objects.filter(event__startswith="identity_key.").values_list("event", flat=True)
    assert sorted(events) == ["identity_key.rotated", "identity_key.wrapped"]


def test_without_its_keys_a_paper_is_not_printed_with_a_sealed_text(
    world: World, kept_keys: Path
) -> None:
    simple = decided(world)
    simple.sign()
    (kept_keys / FILE).unlink()
    (kept_keys / "identity.key").unlink()
    assert refusal(simple.issue_and_serve).code == "identity_keys.number_closed"
