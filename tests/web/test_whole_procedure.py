"""A fine on the spot, form by form, from the street to the archive room."""

from __future__ import annotations

import base64
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from liuhen.access.queries import viewings_of
from liuhen.actions.access import grant_standing_approval
from liuhen.actions.offences import register_offence
from liuhen.approvals.models import Approval
from liuhen.archive.models import CaseFile
from liuhen.cases.models import Activity, Case
from liuhen.compliance.models import Finding
from liuhen.demo.people import World
from liuhen.demo.simple_case import VIOLATION, ink
from liuhen.documents.models import Paper, Service
from liuhen.kernel import clock
from liuhen.kernel.clock import FrozenClock
from liuhen.media.scene import Scene
from liuhen.media.synthetic import make_video
from liuhen.recordings.models import Recording
from tests.web.conftest import Browser, words
from tests.world import MORNING

FACTS = {
    "party_kind": "person",
    "party_name": "刘样例",
    "party_identity_number": "11010519491231002X",
    "party_address": "虚构市示例区样板路8号",
    **VIOLATION,
}
FINE = {
    "penalty": ["fine"],
    "fine": "50",
    "collection": "on_the_spot",
    "collection_ground": "small",
}


class Walk:
    """A simple case on its page, each step posted as the browser posts it."""

    def __init__(self, client: Client, stopped: FrozenClock) -> None:
        self.client, self.clock = client, stopped

    def start(self, second: str) -> None:
        answer = self.client.post(
            reverse("simple_start"),
            {"second_officer": second, "place": "样板路8号门前", "is_certificate_shown": "on"},
        )
        assert answer.status_code == 302, words(answer)
        self.activity = Activity.objects.get()

    @property
    def case(self) -> Case:
        return Case.objects.get()

    def send(self, step: str, data: dict[str, Any]) -> Any:
        self.clock.move(seconds=4)
        return self.client.post(reverse("simple_step", args=[self.activity.id, step]), data)

    def step(self, step: str, data: dict[str, Any], then: str) -> None:
        """Post a step; the page that follows is at `then`."""
        answer = self.send(step, data)
        assert answer.status_code == 302, words(answer)
        assert answer.headers["Location"].endswith(f"#step-{then}")
        assert self.client.get(answer.headers["Location"]).status_code == 200

    def until_decided(self, second: str) -> None:
        self.start(second)
        self.step("facts", FACTS, "oral_notice")
        self.step("oral_notice", {"told": "已口头告知。"}, "statement")
        self.step("statement", {"form": "waiver_oral"}, "decision")
        self.step("decision", FINE, "signing")


SIGNED = {
    f"{prefix}_{name}": value
    for seed, prefix in enumerate(("party", "officer1", "officer2"))
    for name, value in (("mode", "signed"), ("strokes", json.dumps(ink(seed))))
}


@pytest.fixture
def walk(world: World, browser: Browser) -> Iterator[Walk]:
    with clock.frozen(MORNING) as stopped:
        yield Walk(browser("officer"), stopped)


def upload(client: Client, activity: Activity) -> None:
    """Footage of the whole activity, through the upload door."""
    assert activity.ended_at is not None
    length = round((activity.ended_at - activity.started_at).total_seconds() * 1000)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"DEMO-0001_{clock.local(activity.started_at):%Y%m%d_%H%M%S}.mp4"
        make_video(path, Scene(activity.started_at), duration_ms=length, pictures_per_second=2)
        content = path.read_bytes()
    told = {
        "filename": path.name,
        "activity": str(activity.id),
        "device": "DEMO-0001",
        "started_at": clock.iso(activity.started_at),
        "ended_at": clock.iso(activity.ended_at),
    }
    metadata = ",".join(f"{k} {base64.b64encode(v.encode()).decode()}" for k, v in told.items())
    answer = client.generic(
        "POST",
        reverse("api-uploads"),
        content,
        content_type="application/offset+octet-stream",
        headers={
            "Tus-Resumable": "1.0.0",
            "Upload-Length": str(len(content)),
            "Upload-Metadata": metadata,
        },
    )
    assert answer.status_code == 201, words(answer)


def post(client: Client, name: str, case: Case, data: dict[str, Any] | None = None) -> None:
    """Post a page of the case and come to the next one."""
    answer = client.post(reverse(name, args=[case.id]), data or {})
    assert answer.status_code == 302, words(answer)


def approve(client: Client, kind: str) -> None:
    asked = Approval.objects.get(kind=kind)
    assert "报送的文书" in words(client.get(reverse("approval", args=[asked.id])))
    data = {"outcome": "approved", "opinion": "同意。"}
    assert client.post(reverse("approval", args=[asked.id]), data).status_code == 302


def test_a_fine_on_the_spot_goes_from_the_street_to_the_archive_room(
    world: World, browser: Browser, walk: Walk
) -> None:
    officer = browser("officer")
    walk.until_decided(str(world["officer2"].id))
    walk.step("signing", SIGNED, "handing_over")
    walk.step("handing_over", {"recipient": "刘样例", "received_at_noted": "on"}, "collection")
    walk.step("collection", {"amount": "50.00", "receipt_number": "虚财票000001"}, "ending")
    for wrong, why in (({}, "平稳的也要选"), ({"scene": ["calm", "has_conflict"]}, "不能和其他")):
        refused = walk.send("ending", wrong)
        assert refused.status_code == 400 and why in words(refused)
    walk.step("ending", {"scene": "calm"}, "done")
    assert "当场处罚已办结" in words(officer.get(reverse("simple_case", args=[walk.activity.id])))
    walk.clock.move(minutes=30)
    upload(officer, Activity.objects.get())
    recording = Recording.objects.get()
    officer.post(
        reverse("recordings_returned"),
        {"recordings": [str(recording.id)], "returned_at": "2026-03-10T09:20"},
    )
    assert Recording.objects.get().returned_at is not None

    performance = walk.case.performances.get()
    for step in ("hand-in", "bank"):
        address = reverse("case_money", args=[walk.case.id, performance.id, step])
        assert officer.post(address).status_code == 302
    post(officer, "case_filing", walk.case)
    approve(browser("unit_head"), "filing")
    assert "没有妨碍结案的事项" in words(officer.get(reverse("case_closing", args=[walk.case.id])))
    report = {
        "summary": "当事人占道堆放物料，当场处罚。",
        "reason": "performed",
        "remedy_state": "未申请复议，未起诉。",
        "handler_opinion": "建议结案。",
        "handler_strokes": json.dumps(ink(5)),
    }
    post(officer, "case_closing", walk.case, report)
    approve(browser("deputy"), "closing")
    post(officer, "case_binding", walk.case, {"checked_by": str(world["unit_head"].id)})
    post(officer, "case_hand_over", walk.case, {"is_unit_copy_kept": "on"})
    archivist = browser("archivist")
    assert "接收案卷" in words(archivist.get("/"))
    post(archivist, "case_hand_over", walk.case, {"archive_number": "虚档2026-0001"})

    file = CaseFile.objects.get()
    assert (file.archive_number, walk.case.stage) == ("虚档2026-0001", "hand_over")
    assert words(officer.get(reverse("case", args=[walk.case.id]))).count("lh-lamp is-red") == 0
    bound = officer.get(reverse("bound_file", args=[walk.case.id]))
    assert bound.content.startswith(b"%PDF")


def test_a_form_sent_twice_does_a_thing_once(world: World, walk: Walk) -> None:
    walk.until_decided(str(world["officer2"].id))
    walk.step("signing", SIGNED, "handing_over")
    given = {"recipient": "刘样例"}
    walk.step("handing_over", given, "collection")
    again = walk.send("handing_over", given)
    assert again.status_code == 302
    assert Service.objects.count() == 1
    assert "这一步已经办理，没有重复登记" in words(walk.client.get(again.headers["Location"]))


def test_what_one_signer_lacks_does_not_cost_the_others_their_signature(
    world: World, walk: Walk
) -> None:
    walk.until_decided(str(world["officer2"].id))
    answer = walk.send("signing", {**SIGNED, "party_strokes": ""})
    page = words(answer)
    assert answer.status_code == 400
    assert "没有看到签名笔迹" in page
    assert 'name="party_strokes"' in page
    assert 'name="officer1_strokes"' not in page
    refusal = {"party_mode": "refused", "party_reason": "当事人称先核实，拒绝签字。"}
    walk.step("signing", refusal, "handing_over")
    decision = Paper.objects.get(type="simple_decision")
    assert decision.signatures.filter(is_refused=True).get().reason == "当事人称先核实，拒绝签字。"


def test_correcting_an_earlier_step_asks_for_the_decision_again(world: World, walk: Walk) -> None:
    walk.until_decided(str(world["officer2"].id))
    walk.step("facts", {**FACTS, "party_name": "刘范例"}, "decision")
    page = words(walk.client.get(reverse("simple_case", args=[walk.activity.id])))
    assert 'value="50.00"' in page
    walk.step("decision", FINE, "signing")
    decision = Paper.objects.exclude(state=Paper.State.VOID).get(type="simple_decision")
    assert decision.data["party"]["name"] == "刘范例"


def test_nothing_is_corrected_once_somebody_has_signed(world: World, walk: Walk) -> None:
    walk.until_decided(str(world["officer2"].id))
    walk.send("signing", {**SIGNED, "party_strokes": ""})
    answer = walk.send("facts", {**FACTS, "party_name": "另一人"})
    assert answer.status_code == 302
    assert walk.case.parties.get().name == "刘样例"
    correction = walk.client.get(reverse("simple_step", args=[walk.activity.id, "facts"]))
    assert correction.status_code == 302


def test_a_step_before_its_turn_is_refused_and_names_the_step_under_way(
    world: World, walk: Walk
) -> None:
    walk.start(str(world["officer2"].id))
    answer = walk.send("decision", FINE)
    assert answer.status_code == 409
    assert "前面的步骤还没有完成：当事人与违法事实" in words(answer)


def test_a_common_offence_brings_the_words_that_fill_the_form(world: World, walk: Walk) -> None:
    texts = {name: VIOLATION[name] for name in ("cause", "breached", "basis")}
    register_offence(actor=world.system, code="SR-001", **texts, correction="当日清除")
    walk.start(str(world["officer2"].id))
    page = words(walk.client.get(reverse("simple_case", args=[walk.activity.id])))
    fills = page.split('data-fills="')[1].split('"')[0].replace("&quot;", '"')
    assert json.loads(fills)["SR-001"] == {**texts, "conditions": "", "correction": "当日清除"}


def test_a_recording_is_opened_for_a_reason_and_plays_only_then(
    world: World, browser: Browser, walk: Walk
) -> None:
    officer = browser("officer")
    walk.until_decided(str(world["officer2"].id))
    walk.step("signing", SIGNED, "handing_over")
    walk.step("handing_over", {"recipient": "刘样例"}, "collection")
    walk.step("collection", {"amount": "50", "receipt_number": "虚财票000001"}, "ending")
    walk.step("ending", {"scene": "calm"}, "done")
    upload(officer, Activity.objects.get())
    recording = Recording.objects.get()
    address = reverse("recording", args=[recording.id])
    assert "您现在没有可用的调阅批准" in words(officer.get(address))
    grant_standing_approval(
        actor=world["deputy"],
        group="officer",
        purpose="办理案件",
        scope="own_open_cases",
        until=MORNING.replace(year=2027),
    )
    opened = officer.post(address, {"do": "open", "open-reason": "核对告知过程"})
    assert opened.status_code == 302
    for _ in range(2):
        assert 'data-island="player"' in words(officer.get(opened.headers["Location"]))
    assert [one.reason for one in viewings_of(recording.id)] == ["核对告知过程"]
    others = browser("officer2").get(opened.headers["Location"])
    assert others.status_code == 403
    assert 'data-island="player"' not in words(others)


def test_where_there_is_no_bank_the_page_asks_how_the_party_asked_and_whether_on_water(
    world: World, walk: Walk
) -> None:
    walk.start(str(world["officer2"].id))
    walk.step("facts", FACTS, "oral_notice")
    walk.step("oral_notice", {"told": "已口头告知。"}, "statement")
    walk.step("statement", {"form": "waiver_oral"}, "decision")
    walk.step("decision", {**FINE, "fine": "150", "collection_ground": "remote"}, "signing")
    walk.step("signing", SIGNED, "handing_over")
    walk.step("handing_over", {"recipient": "刘样例"}, "collection")
    taken = {"amount": "150.00", "receipt_number": "虚财票000069"}
    asked = "水库周边没有银行，手机没有信号，请求当场缴纳。"
    for lacking in ({}, {"requested": asked}, {"is_on_water": "yes"}):
        refused = walk.send("collection", {**taken, **lacking})
        assert refused.status_code in (400, 409), words(refused)
        page = words(refused)
        assert "当事人怎样提出当场缴纳" in page and "是否在水上收缴" in page
        assert "虚财票000069" in page and lacking.get("requested", "") in page
    told = {**taken, "requested": asked, "is_on_water": "yes"}
    walk.step("collection", told, "ending")
    found = Finding.objects.get(case=walk.case, rule="spot_collection_allowed")
    assert found.outcome == "met"
    due = Finding.objects.get(case=walk.case, rule="fine_handed_in")
    assert due.outcome == "pending" and due.due_at is None  # it runs from the landing
