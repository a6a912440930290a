"""Filling a paper from its case, and naming what it lacks."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from typing import Any

import pytest

from liuhen.assembly import (
    DocumentType,
    Missing,
    document_type,
    fill,
    missing_fields,
    sources,
    types,
)
from liuhen.kernel.refusals import Refused
from tests.assembly.case_facts import FACTS, OFFICERS, facts_for

ALL = list(types().values())


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.key)
def test_a_case_that_knows_everything_fills_every_type(one: DocumentType) -> None:
    data = fill(one, facts_for(one.key))
    assert missing_fields(one, data) == []
    assert json.loads(json.dumps(data)) == data


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.key)
def test_each_required_field_is_missed_when_absent(one: DocumentType) -> None:
    data = fill(one, facts_for(one.key))
    for field in one.fields:
        without = {key: value for key, value in data.items() if key != field.key}
        gaps = [gap.path for gap in missing_fields(one, without)]
        assert (field.key in gaps) == field.is_required(without), field.key


def test_a_case_that_knows_nothing_fills_nothing() -> None:
    for one in ALL:
        assert fill(one, {}) == {}


def test_what_is_unknown_stays_unknown() -> None:
    facts = {"party": {"kind": "person"}, "penalty": {"amount_fen": None}, "officers": []}
    data = fill("simple_decision", facts)
    assert "amount" not in data
    assert "officers" not in data
    gaps = {gap.path for gap in missing_fields("simple_decision", data)}
    assert {"party.name", "officers", "penalty_kinds"} <= gaps


def test_zero_and_false_are_known() -> None:
    data = fill("initiation_approval", {"case": {"is_urgent": False}})
    assert data == {"is_urgent": False}


def test_values_become_plain_json() -> None:
    facts = {
        "paper": {"issued_on": dt.date(2026, 11, 23)},
        "violation": {"at": dt.datetime(2026, 11, 23, 1, 0, tzinfo=dt.UTC)},
        "penalty": {"amount_fen": Decimal("50.00")},
    }
    data = fill("simple_decision", facts)
    assert data["issued_on"] == "2026-11-23"
    assert data["violated_at"] == "2026-11-23T01:00:00.000000Z"
    assert data["amount"] == 5_000


def test_data_share_nothing_with_the_facts() -> None:
    facts: dict[str, Any] = {"officers": [{"name": "张三", "certificate_number": "1"}]}
    data = fill("simple_decision", facts)
    data["officers"][0]["name"] = "改"
    assert facts["officers"][0]["name"] == "张三"


def test_two_officers_are_enough_and_one_is_not() -> None:
    data = fill("simple_decision", FACTS)
    assert missing_fields("simple_decision", {**data, "officers": OFFICERS[:2]}) == []
    assert missing_fields("simple_decision", {**data, "officers": OFFICERS[:1]}) == [
        Missing("officers", "执法人员", "too_few", 2)
    ]


def test_an_officer_without_certificate_number_is_named() -> None:
    data = fill("inquiry_record", FACTS)
    officers = [OFFICERS[0], {"name": "李四"}]
    (gap,) = missing_fields("inquiry_record", {**data, "officers": officers})
    assert gap.path == "officers.1.certificate_number"
    assert gap.label == "询问人第2项：执法证件号"


def test_a_required_column_is_missed_in_its_row() -> None:
    data = fill("service_receipt", FACTS)
    papers = [data["papers"][0], {"title": "送达地址确认书", "number": "", "copies": 1}]
    (gap,) = missing_fields("service_receipt", {**data, "papers": papers})
    assert gap.path == "papers.1.number"


def test_an_opinion_without_signer_or_day_is_incomplete() -> None:
    data = fill("closing_report", FACTS)
    gaps = missing_fields("closing_report", {**data, "leader_opinion": {"text": "同意。"}})
    assert [gap.path for gap in gaps] == ["leader_opinion.name", "leader_opinion.signed_on"]


def test_each_mode_of_service_asks_for_its_own_facts() -> None:
    common = {
        key: value
        for key, value in fill("service_receipt", FACTS).items()
        if not document_type("service_receipt").field(key).required_when
    }
    asked = {
        mode: {gap.path for gap in missing_fields("service_receipt", {**common, "mode": mode})}
        for mode in ("in_person", "left_at_residence", "by_post", "by_fax", "by_announcement")
    }
    assert asked == {
        "in_person": {"received_at", "received_by"},
        "left_at_residence": {"refusal_reason", "witness"},
        "by_post": {"received_at", "tracking_number"},
        "by_fax": {"received_at", "destination"},
        "by_announcement": {"announcement"},
    }


def test_a_fine_needs_an_amount_and_a_warning_does_not() -> None:
    data = fill("simple_decision", FACTS)
    del data["amount"], data["collection"], data["collection_ground"]
    fined = {
        gap.path for gap in missing_fields("simple_decision", {**data, "penalty_kinds": ["fine"]})
    }
    assert fined == {"amount", "collection"}
    assert missing_fields("simple_decision", {**data, "penalty_kinds": ["warning"]}) == []


def test_before_issue_number_and_day_are_not_yet_asked() -> None:
    data = fill("penalty_decision", FACTS)
    del data["number"], data["issued_on"]
    assert missing_fields("penalty_decision", data, before_issue=True) == []
    assert {gap.path for gap in missing_fields("penalty_decision", data)} == {"number", "issued_on"}


def test_every_source_is_told_with_its_types() -> None:
    told = sources()
    assert "simple_decision" in told["violation.facts"]
    assert len(told["party"]) > 10


def test_an_unknown_type_is_refused() -> None:
    with pytest.raises(Refused):
        fill("love_letter", FACTS)
