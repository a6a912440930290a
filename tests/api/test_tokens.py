"""Programs with a token: whom it acts for, what it opens, pages of lists, keys, the client."""

from __future__ import annotations

import base64
import datetime as dt
import importlib.util
import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any
from uuid import UUID, uuid4

import pytest

from liuhen.actions.leaving import deactivate_person
from liuhen.actions.taking_in import take_in_file
from liuhen.actions.tokens import issue_token, revoke_token
from liuhen.demo.people import World
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.ledger.models import Entry
from liuhen.ledger.signing import signer
from liuhen.people.models import AnsweredRequest, ApiToken, ClockReading
from liuhen.people.queries import system_person
from liuhen.recordings.models import Recording, Upload
from liuhen.tlog.receipt import open_receipt
from tests.api.conftest import Caller, Server, signed_in
from tests.recordings import samples

CLIENT = Path(__file__).resolve().parents[2] / "clients" / "python"
DEVICE = "DEMO-0001"

Program = Callable[..., Caller]


@pytest.fixture
def program(server: Server, world: World) -> Program:
    """A program with a token of a scope, issued by the person it acts for or for another."""

    def of(scope: str, username: str = "records") -> Caller:
        return Caller(server, {"Authorization": f"Bearer {token(world, scope, username)}"})

    return of


def token(world: World, scope: str, username: str = "records") -> str:
    issued = issue_token(
        actor=system_person(),
        name=f"{scope} {uuid4().hex[:6]}",
        scope=scope,
        until=clock.now() + dt.timedelta(days=30),
        person_id=world[username].id,
    )
    return issued.secret


def told(answer: tuple[int, dict[str, str], bytes]) -> Any:
    return json.loads(answer[2])


def test_a_token_says_whom_it_acts_for(program: Program, world: World) -> None:
    said = told(program("reading")("GET", "/api/v1/me"))
    assert (said["person"], said["scope"]) == (str(world["records"].id), "reading")


def test_who_may_issue_tokens_lends_only_their_own_rights(world: World) -> None:
    until = clock.now() + dt.timedelta(days=1)
    make: dict[str, Any] = {
        "actor": world["records"],
        "name": "统计",
        "scope": "reading",
        "until": until,
    }
    assert issue_token(**make).row.person == world["records"]
    with pytest.raises(Refused, match=r"token\.other_person"):
        issue_token(**make, person_id=world["head"].id)
    with pytest.raises(Refused, match=r"token\.person"):
        issue_token(**{**make, "actor": system_person()})
    with pytest.raises(Refused, match=r"permission\.missing"):
        issue_token(**{**make, "actor": world["officer"]})


def test_a_token_opens_its_scope_alone(program: Program) -> None:
    station, reader = program("docking"), program("reading")
    assert station("GET", "/api/v1/recordings/")[0] == 200
    assert station("GET", "/api/v1/cases/")[0] == 401
    assert reader("GET", "/api/v1/cases/")[0] == 200
    for refused in (reader, program("replica")):
        assert refused("POST", "/api/v1/uploads/", Tus_Resumable="1.0.0")[0] == 401
        assert refused("POST", f"/api/v1/devices/{DEVICE}/clock", b"{}")[0] == 401


def test_a_token_beside_a_session_is_judged_alone(server: Server, world: World) -> None:
    both = Caller(server, {**signed_in(world["records"]), "Authorization": "Bearer liuhen_no"})
    assert both("GET", "/api/v1/cases/")[0] == 401
    assert both("POST", "/api/v1/uploads/", Tus_Resumable="1.0.0")[0] == 401


def test_a_token_ends_when_it_is_revoked_and_with_its_person(
    server: Server, world: World, program: Program
) -> None:
    reader = program("reading")
    row = ApiToken.objects.get()
    revoke_token(actor=world["records"], token_id=row.id, reason="停用")
    assert reader("GET", "/api/v1/me")[0] == 401
    others = program("reading", "supervisor")
    assert others("GET", "/api/v1/me")[0] == 200
    deactivate_person(actor=world["security"], person_id=world["supervisor"].id, reason="调离")
    assert others("GET", "/api/v1/me")[0] == 401


def test_a_session_without_its_csrf_value_uploads_nothing(server: Server, world: World) -> None:
    headers = {k: v for k, v in signed_in(world["officer"]).items() if k != "X-CSRFToken"}
    forged = Caller(server, {**headers, "Tus-Resumable": "1.0.0"})
    status, _, said = forged("POST", "/api/v1/uploads/", Upload_Length="5")
    assert (status, json.loads(said)["title"]) == (403, "request.forbidden")
    assert not Upload.objects.exists()


def test_what_a_token_does_is_entered_with_its_person_and_its_id(
    program: Program, world: World
) -> None:
    station = program("docking")
    clock_of(station, 1500)
    entry = json.loads(bytes(Entry.objects.get(event="device.clock_measured").body))
    assert entry["actor"]["id"] == str(world["records"].id)
    assert entry["via"]["token"] == str(ApiToken.objects.get().id)


def test_the_same_request_under_the_same_key_is_done_once(program: Program) -> None:
    station = program("docking")
    first, again = clock_of(station, 1500, "k-1"), clock_of(station, 1500, "k-1")
    assert first[0] == again[0] == 200
    assert first[2] == again[2]
    assert ClockReading.objects.count() == 1
    status, _, said = clock_of(station, 1600, "k-1")
    assert (status, json.loads(said)["title"]) == (422, "request.key_reused")
    assert clock_of(station, 1600, "k-2")[0] == 200
    assert clock_of(station, 1600)[0] == 200
    assert ClockReading.objects.count() == 3


def test_a_key_is_kept_for_a_day_and_a_refusal_is_not(program: Program) -> None:
    station = program("docking")
    wild = 10**14
    assert clock_of(station, wild, "k-1")[0] == 400
    assert clock_of(station, 1500, "k-1")[0] == 200
    with clock.frozen(clock.now() + dt.timedelta(days=1, seconds=1)):
        assert clock_of(station, 1500, "k-1")[0] == 200
    assert ClockReading.objects.count() == 2


def test_a_key_whose_request_was_cut_off_is_free_after_a_minute(
    program: Program, world: World
) -> None:
    station = program("docking")
    AnsweredRequest.objects.create(
        person=world["records"], key="k-1", sha256="0" * 64, begun_at=clock.now()
    )
    status, _, said = clock_of(station, 1500, "k-1")
    assert (status, json.loads(said)["title"]) == (409, "request.running")
    with clock.frozen(clock.now() + dt.timedelta(seconds=61)):
        assert clock_of(station, 1500, "k-1")[0] == 200


@pytest.mark.parametrize("key", ["", " ", "a b", "k" * 201])
def test_a_key_that_can_not_be_one_is_refused(program: Program, key: str) -> None:
    status, _, said = clock_of(program("docking"), 1500, key)
    assert (status, json.loads(said)["title"]) == (400, "request.key")


def clock_of(
    station: Caller, offset_ms: int, key: str | None = None
) -> tuple[int, dict[str, str], bytes]:
    named = {} if key is None else {"Idempotency_Key": key}
    body = json.dumps({"offset_ms": offset_ms}).encode()
    path = f"/api/v1/devices/{DEVICE}/clock"
    return station("POST", path, body, Content_Type="application/json", **named)


def test_pages_of_a_list_give_each_row_once(program: Program, world: World) -> None:
    made = [take_in_file(samples.untagged(seed), actor=world["officer"]).id for seed in range(5)]
    reader, found, cursor, sizes = program("reading"), [], "", []
    while True:
        page = told(reader("GET", f"/api/v1/recordings/?limit=2{cursor}"))
        found += [UUID(one["id"]) for one in page["items"]]
        sizes.append(len(page["items"]))
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert sizes == [2, 2, 1]
    assert sorted(found) == sorted(made)
    assert told(program("reading", "officer2")("GET", "/api/v1/recordings/"))["items"] == []


# An instant that is of no year in UTC.
YEAR_NONE = base64.urlsafe_b64encode(f"0001-01-01T00:00:00+08:00|{UUID(int=0)}".encode()).decode()


@pytest.mark.parametrize(
    "query", ["cursor=x", "cursor=%E7%95%99", "cursor=MjAyNg", f"cursor={YEAR_NONE}"]
)
def test_a_cursor_of_ones_own_making_is_refused(program: Program, query: str) -> None:
    status, _, said = program("reading")("GET", f"/api/v1/cases/?{query}")
    assert (status, json.loads(said)["title"]) == (400, "request.cursor")


@pytest.mark.parametrize("limit", ["0", "201", "x"])
def test_a_page_has_one_to_two_hundred_rows(program: Program, limit: str) -> None:
    status, answer, said = program("reading")("GET", f"/api/v1/cases/?limit={limit}")
    assert (status, answer["content-type"]) == (422, "application/problem+json")
    assert "limit" in json.loads(said)["detail"]


# --- the client in clients/python


@pytest.fixture(scope="module")
def client() -> ModuleType:
    sys.path.insert(0, str(CLIENT))
    spec = importlib.util.spec_from_file_location("dock", CLIENT / "dock.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_docking_example_hands_in_a_camera_once(
    client: ModuleType, server: Server, world: World, tmp_path: Path
) -> None:
    camera, receipts = tmp_path / "camera", tmp_path / "receipts"
    camera.mkdir()
    for seed in (1, 2):
        (camera / f"{seed}.wav").write_bytes(samples.untagged(seed).read_bytes())
    (camera / "CAMERA.LOG").write_text("no recording")
    liuhen = client.Liuhen(f"http://127.0.0.1:{server.port}", token(world, "docking"), pause_s=0)
    assert client.dock(liuhen, DEVICE, camera, receipts) == 0
    taken = list(Recording.objects.select_related("device"))
    assert {one.device and one.device.serial for one in taken} == {DEVICE}
    kept = {path.stem: path.read_text("utf-8") for path in receipts.iterdir()}
    assert set(kept) == {one.original_id for one in taken}
    for sha256, note in kept.items():
        assert open_receipt(note, [signer().verifier]).receipt.sha256 == sha256
    assert client.dock(liuhen, DEVICE, camera, receipts) == 0
    assert Recording.objects.count() == 2
    assert [one["sha256"] for one in liuhen.recordings(limit=1)] == [
        one.original_id for one in Recording.objects.order_by("-stored_at", "id")
    ]


def test_the_docking_example_says_what_was_not_taken(
    client: ModuleType, server: Server, world: World, tmp_path: Path
) -> None:
    (tmp_path / "1.wav").write_bytes(samples.untagged(1).read_bytes())
    liuhen = client.Liuhen(f"http://127.0.0.1:{server.port}", token(world, "docking"), pause_s=0)
    assert client.dock(liuhen, "no such device", tmp_path, tmp_path / "receipts") == 1
    with pytest.raises(client.LiuhenError) as refused:
        liuhen.case(str(uuid4()))
    assert refused.value.status == 401


def test_the_client_reads_cases_of_its_person(
    client: ModuleType, server: Server, world: World
) -> None:
    liuhen = client.Liuhen(f"http://127.0.0.1:{server.port}", token(world, "reading"), pause_s=0)
    assert list(liuhen.cases(is_open=True)) == []
    with pytest.raises(client.LiuhenError) as refused:
        liuhen.case(str(uuid4()))
    assert refused.value.code == "record.not_found"
