"""What the city's platform gets: by its schema, without secrets, recorded, nothing a formula."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from liuhen.actions.platform import deliver_to_platform
from liuhen.cases.models import Case, Party
from liuhen.demo.people import World
from liuhen.demo.simple_case import SimpleCase
from liuhen.kernel.clock import FrozenClock
from liuhen.kernel.tables import csv_text
from liuhen.ledger.models import Entry
from liuhen.oversight.models import PlatformDelivery
from liuhen.vault.keeping import local_store
from tests.actions.ordinary import refusal

SCHEMA = Path(__file__).parents[2] / "docs/formats/supervision-1.schema.json"
DAY = dt.date(2026, 3, 10)


def deliver(world: World, who: str = "supervisor", **changes: Any) -> PlatformDelivery:
    told: dict[str, Any] = {"since": DAY, "until": DAY, "recipient": "市行政执法监督平台"}
    return deliver_to_platform(actor=world[who], **{**told, **changes})


def content(sha256: str) -> bytes:
    with local_store().open(sha256) as stream:
        return stream.read()


def filed_case(world: World, stopped: FrozenClock) -> Case:
    """A simple case that was decided, paid for and filed on one morning."""
    simple = SimpleCase(world)
    simple.start()
    simple.violation()
    simple.notice()
    simple.waive()
    simple.decide()
    simple.sign()
    simple.issue_and_serve()
    simple.collect()
    stopped.move(minutes=20)
    simple.end()
    simple.file()
    return simple.case


def test_the_document_keeps_its_schema_and_the_tables_hold_the_same_rows(
    world: World, stopped: FrozenClock
) -> None:
    filed = filed_case(world, stopped)
    delivery = deliver(world)
    document = json.loads(content(delivery.content_id))
    schema = json.loads(SCHEMA.read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    checker = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    assert [error.message for error in checker.iter_errors(document)] == []
    (case,) = document["cases"]
    assert (case["number"], case["filed_on"]) == (filed.number, "2026-03-10")
    (result,) = document["results"]
    assert (result["type"], result["case_number"]) == ("simple_decision", filed.number)
    assert result["amount_fen"] == result["paid_fen"] > 0
    with zipfile.ZipFile(io.BytesIO(content(delivery.tables_id))) as archive:
        for name in ("cases", "papers", "results"):
            text = archive.read(f"{name}.csv").decode("utf-8-sig")
            rows = list(csv.DictReader(io.StringIO(text, newline="")))
            assert len(rows) == len(document[name]) == getattr(delivery, name) > 0
            assert list(rows[0]) == list(document[name][0])
    told = json.loads(bytes(Entry.objects.get(event="platform.delivered").body))["data"]
    assert (told["sha256"], told["tables"]) == (delivery.content_id, delivery.tables_id)
    party, whole = Party.objects.get(), content(delivery.content_id).decode()
    assert party.name in whole
    assert party.identity_number and party.identity_number not in whole


def test_what_is_not_asked_for_properly_is_refused_and_leaves_no_row(world: World) -> None:
    next_day, year = DAY + dt.timedelta(days=1), DAY + dt.timedelta(days=366)
    assert refusal(deliver, world, recipient=" ").code == "platform.recipient"
    assert refusal(deliver, world, since=next_day).code == "platform.span"
    assert refusal(deliver, world, until=year + dt.timedelta(days=1)).code == "platform.span"
    assert refusal(deliver, world, until=year).code == "platform.nothing"
    assert refusal(deliver, world, who="handler").code == "permission.missing"
    assert not PlatformDelivery.objects.exists()


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_nothing_in_a_table_is_taken_for_a_formula(start: str) -> None:
    text = csv_text([[f"{start}1+1", "好", None, 5]]).removeprefix("\ufeff")
    assert next(csv.reader(io.StringIO(text, newline=""))) == [f"'{start}1+1", "好", "", "5"]
