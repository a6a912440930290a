"""The whole description of the API against the running API, by schemathesis; and its examples.

With `LIUHEN_SCHEMATHESIS` (make soak) each endpoint is tried that often, every boundary of every
parameter too; without, some few times.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from liuhen.actions.taking_in import take_in_file
from liuhen.api.app import api
from liuhen.api.description import examples
from liuhen.demo.people import World
from liuhen.demo.simple_case import SimpleCase
from liuhen.ledger.sequencing import sequence_all
from liuhen.recordings.uploads import begin_upload
from tests.api.conftest import Server, signed_in
from tests.api.test_tokens import token
from tests.recordings import samples

ROOT = Path(__file__).resolve().parents[2]
SOAK = os.environ.get("LIUHEN_SCHEMATHESIS", "")
TRIES, PHASES = (SOAK, "examples,coverage,fuzzing,stateful") if SOAK else ("2", "examples,fuzzing")
CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,"
    "response_headers_conformance,response_schema_conformance,unsupported_method,ignored_auth"
)


def description() -> dict[str, Any]:
    told: dict[str, Any] = json.loads(json.dumps(api.get_openapi_schema(path_prefix="/api/v1/")))
    return told


def operations() -> dict[str, dict[str, Any]]:
    return {
        told["operationId"]: told
        for path in description()["paths"].values()
        for method, told in path.items()
        if method != "parameters"
    }


@pytest.mark.parametrize("name", sorted(examples()))
def test_an_example_is_as_the_description_says(name: str) -> None:
    components = description()["components"]

    def check(media: dict[str, Any]) -> None:
        schema = {**media["schema"], "components": components}
        jsonschema.Draft202012Validator(schema).validate(media["example"])

    told = operations()[name]
    if "answer" in examples()[name]:
        check(told["responses"]["200"]["content"]["application/json"])
    if "request" in examples()[name]:
        check(told["requestBody"]["content"]["application/json"])


def test_every_endpoint_that_answers_or_takes_json_has_an_example() -> None:
    for name, told in operations().items():
        spoken = [told["responses"].get("200", {}), told.get("requestBody", {})]
        for one in spoken:
            if "application/json" in one.get("content", {}):
                assert "example" in one["content"]["application/json"], name


@pytest.fixture
def known(world: World) -> dict[str, str]:
    """Records that are there, so that tries reach behind the door."""
    simple = SimpleCase(world)
    simple.start()
    recording = take_in_file(samples.untagged(), actor=world["records"])
    upload = begin_upload(world["records"], 64, {"filename": "1.wav"})
    return {
        "case_id": str(simple.case.id),
        "recording_id": str(recording.id),
        "sha256": recording.original_id,
        "upload_id": str(upload.id),
        "serial": "DEMO-0001",
    }


@pytest.mark.parametrize("door", ["session", "replica"])
def test_no_answer_is_a_fault_or_is_not_described(
    server: Server, world: World, known: dict[str, str], tmp_path: Path, door: str
) -> None:
    sequence_all()
    if door == "session":
        headers, chosen = signed_in(world["records"]), "--exclude-path-regex"
    else:
        headers = {"Authorization": f"Bearer {token(world, 'replica')}"}
        chosen = "--include-path-regex"
    command = [
        *(str(Path(sys.executable).with_name("schemathesis")), "run"),
        f"http://127.0.0.1:{server.port}/api/v1/openapi.json",
        *(chosen, "/replica/", "--checks", CHECKS, "--max-examples", TRIES),
        *("--phases", PHASES, "--generation-deterministic"),
        *("--generation-with-security-parameters", "false", "--warnings", "off"),
        *("--request-timeout", "240"),
        *(part for key, value in headers.items() for part in ("-H", f"{key}: {value}")),
    ]
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "SCHEMATHESIS_HOOKS": "tests.api.schemathesis_hooks",
        "LIUHEN_KNOWN": json.dumps(known),
    }
    ran = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=3600
    )
    assert ran.returncode == 0, ran.stdout[-8000:]
