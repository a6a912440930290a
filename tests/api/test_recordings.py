"""The JSON endpoints: what they tell, to whom, and that they describe themselves."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest

from liuhen.actions.taking_in import take_in_file
from liuhen.demo.people import World
from liuhen.ledger.signing import signer
from liuhen.recordings.models import Recording
from liuhen.tlog.receipt import open_receipt
from tests.api.conftest import Caller, Server, signed_in
from tests.recordings import samples


@pytest.fixture
def recording(world: World) -> Recording:
    return take_in_file(samples.video(), actor=world["officer"])


def test_a_recording_is_told_with_its_receipt(officer: Caller, recording: Recording) -> None:
    status, _, said = officer("GET", f"/api/v1/recordings/{recording.id}")
    told = json.loads(said)
    assert (status, told["sha256"], told["case"]) == (200, recording.original_id, None)
    opened = open_receipt(told["receipt"], [signer().verifier])
    assert opened.receipt.sha256 == recording.original_id


def test_another_officers_recording_does_not_exist(
    server: Server, world: World, recording: Recording
) -> None:
    other = Caller(server, signed_in(world["officer2"]))
    for wanted in (recording.id, uuid4()):
        status, _, said = other("GET", f"/api/v1/recordings/{wanted}")
        assert (status, json.loads(said)["title"]) == (404, "record.not_found")


def test_own_recordings_without_a_label_are_listed(officer: Caller, recording: Recording) -> None:
    _, _, said = officer("GET", "/api/v1/recordings/unlabelled")
    assert [one["id"] for one in json.loads(said)] == [str(recording.id)]


def test_nobody_reads_without_signing_in(server: Server, recording: Recording) -> None:
    nobody = Caller(server, {})
    status, answer, _ = nobody("GET", f"/api/v1/recordings/{recording.id}")
    assert (status, answer["content-type"]) == (401, "application/problem+json")


def test_the_endpoints_describe_themselves(officer: Caller) -> None:
    status, _, said = officer("GET", "/api/v1/openapi.json")
    assert status == 200
    assert "/api/v1/recordings/{recording_id}" in json.loads(said)["paths"]
