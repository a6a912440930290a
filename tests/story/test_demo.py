"""The demonstration verifies; after one byte of each kind is altered, each is named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import psycopg
import pytest

from liuhen.host.home import Home
from liuhen.host.postgres_roles import OWNER
from tests.story.conftest import DemoHome, liuhen


def differences(home: Path) -> list[dict[str, Any]]:
    with Home(home).cluster().running():
        told = liuhen("verify", "--json", "--home", home)
    found: list[dict[str, Any]] = json.loads(told.stdout)["differences"]
    assert told.returncode == (1 if found else 0), told.stderr
    return found


@pytest.fixture
def copy_of_demo(demo_home: DemoHome, tmp_path: Path) -> Path:
    """A copy of the home at rest, to be spoilt."""
    return demo_home.copied(tmp_path / "home")


def sql(home: Path, statement: str, *values: object) -> list[tuple[Any, ...]]:
    with (
        Home(home).cluster().running() as cluster,
        psycopg.connect(cluster.dsn(role=OWNER), autocommit=True) as owner,
    ):
        cursor = owner.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


def test_the_demonstration_is_made_in_under_ninety_seconds_of_work_and_verifies(
    demo_home: DemoHome,
) -> None:
    assert differences(demo_home.path) == []


def test_one_altered_byte_of_an_original_is_named(copy_of_demo: Path) -> None:
    original = next(p for p in (copy_of_demo / "vault").rglob("*") if p.is_file())
    original.chmod(0o640)
    content = bytearray(original.read_bytes())
    content[len(content) // 2] ^= 1
    original.write_bytes(content)
    (found,) = differences(copy_of_demo)
    assert found["code"] == "original.altered"
    assert found["record"] == f"vault_original/{original.name}"
    assert found["last_good"]["sha256"] == original.name
    assert found["last_touched"]["actor"]


def test_one_altered_row_of_a_case_is_named_with_its_last_good_state(copy_of_demo: Path) -> None:
    ((case_id, cause),) = sql(copy_of_demo, "SELECT id, cause FROM cases_case ORDER BY id LIMIT 1")
    sql(copy_of_demo, "ALTER TABLE cases_case DISABLE TRIGGER USER")
    sql(copy_of_demo, "UPDATE cases_case SET cause = 'x' WHERE id = %s", case_id)
    sql(copy_of_demo, "ALTER TABLE cases_case ENABLE TRIGGER USER")
    (found,) = differences(copy_of_demo)
    assert (found["code"], found["record"]) == ("row.altered", f"cases_case/{case_id}")
    assert found["last_good"]["cause"] == cause


def test_one_altered_ledger_entry_is_named(copy_of_demo: Path) -> None:
    ((entry_id,),) = sql(copy_of_demo, "SELECT id FROM ledger_entry ORDER BY id LIMIT 1 OFFSET 40")
    sql(copy_of_demo, "ALTER TABLE ledger_entry DISABLE TRIGGER USER")
    sql(
        copy_of_demo,
        "UPDATE ledger_entry SET body = set_byte(body, 20, 120) WHERE id = %s",
        entry_id,
    )
    sql(copy_of_demo, "ALTER TABLE ledger_entry ENABLE TRIGGER USER")
    (found,) = differences(copy_of_demo)
    assert (found["code"], found["record"]) == ("entry.altered", f"ledger_entry/{entry_id}")
    assert found["last_good"]["event"]
