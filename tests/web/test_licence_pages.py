"""The pages of licences: entered from the case, read by everybody, ended from the unit's list."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from liuhen.cases.models import Case
from liuhen.compliance.models import Finding
from liuhen.demo.inspection_case import InspectionCase
from liuhen.demo.licensing_case import LicensingCase
from liuhen.demo.people import World
from liuhen.documents.models import Licence
from liuhen.kernel import clock
from tests.actions.endings import PROPOSAL, STANDING
from tests.actions.ordinary import refusal
from tests.web.conftest import Browser, words
from tests.web.walking import Walk
from tests.world import MORNING


@pytest.fixture
def walk(world: World, browser: Browser) -> Iterator[Walk]:
    with clock.frozen(MORNING) as stopped:
        yield Walk(world, browser, stopped)


def seen_by_anybody() -> tuple[str, int]:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        answer = Client(SERVER_NAME="localhost").get(reverse("licence_register"))
    assert answer.status_code == 200
    return words(answer), len(asked)


def supervision(held: Licence) -> str:
    """What anybody may read of the inspections of its holder."""
    return words(
        Client(SERVER_NAME="localhost").get(reverse("licence_supervision", args=[held.id]))
    )


def test_a_licence_is_entered_read_by_everybody_and_ended_from_its_page(walk: Walk) -> None:
    empty, few = seen_by_anybody()
    assert "还没有登记的许可" in empty
    licence = LicensingCase(walk.world, walk.clock)
    licence.receive()
    licence.accept()
    licence.leave_counter()
    licence.propose()
    licence.decide()
    walk.case = licence.case
    assert "登记许可，颁发许可证" in walk.get("case_licensing", walk.case.id)
    walk.post("licence_carry", walk.case.id, "new")
    held = Licence.objects.get()
    assert held.number in walk.get("case_licensing", walk.case.id)
    assert "行政许可证" in walk.get("service_begin", walk.case.id)  # goes out with the decision
    assert "已经登记过" in walk.refused("licence_carry", walk.case.id, "new")
    told, asked = seen_by_anybody()
    assert (held.number in told, held.holder in told, "有效" in told) == (True, True, True)
    assert held.content not in told and licence.words.party["address"] not in told
    assert asked <= few + 1  # one to know whether there is another page

    assert held.number in walk.get("licences")
    assert "没有应当注销的许可" in words(walk.browser("handler").get("/licences/?show=over"))
    page = walk.get("licence", held.id)
    assert "收取延续申请" in page and "颁发" in page
    asked_for = walk.browser("handler").get(
        f"/applications/new/?purpose=prolong&licence={held.number}"
    )
    assert held.number in words(asked_for)
    assert walk.browser("legal").get(reverse("licences")).status_code == 403

    inspection = InspectionCase(walk.world, walk.clock)
    supervised: dict[str, Any] = {"mode": "promise", "licence_number": held.number}
    wrong = refusal(inspection.plan, **supervised, party={**inspection.words.party, "name": "他人"})
    assert wrong.code == "inspection.licence"
    assert (
        f'value="{held.holder}"'
        in walk.browser("handler")
        .get(f"{reverse('inspection_plan')}?licence={held.number}")
        .content.decode()
    )
    inspection.plan(**supervised, party=licence.words.party)
    assert "还没有监督检查记录" in supervision(held)
    inspection.until_inspected()
    inspection.find("no_problem", "未发现问题。", "无须处理。")
    assert "还没有监督检查记录" in supervision(held)
    inspection.tell()
    told = supervision(held)
    assert "未发现问题" in told and inspection.case.number in told
    assert licence.words.party["address"] not in told
    duty = Finding.objects.get(case=inspection.case, rule="licence_supervision_recorded")
    assert duty.outcome == "met"
    assert inspection.case.number in walk.get("licence", held.id)

    ending: dict[str, Any] = {"purpose": "withdraw", "withdraw": "law_changed"}
    ending["officers"] = walk.pair
    assert "法定情形" in walk.refused("licence_end", held.id, **{**ending, "withdraw": ""})
    walk.refused("licence_end", held.id, by="legal", **ending)
    walk.post("licence_end", held.id, **ending)
    walk.case = Case.objects.get(procedure="ending")
    course = walk.get("case_course", walk.case.id)
    assert "提出结论" in course and "所依据的法律" in course
    assert "不予撤回行政许可，许可继续有效" in walk.get("ending_proposal", walk.case.id)
    walk.post("ending_proposal", walk.case.id, conclusion="stand", **STANDING)
    assert "报批决定" in walk.get("case", walk.case.id)  # nobody loses, nobody is told before
    proposed = {**PROPOSAL, "conclusion": "end"}
    given: dict[str, Any] = {**proposed, "compensation": ""}
    assert "补偿或者赔偿" in walk.refused("ending_proposal", walk.case.id, **given)
    walk.post("ending_proposal", walk.case.id, **proposed)
    assert "起草行政执法决定前告知书" in walk.get("case_course", walk.case.id)
    assert walk.refused("licence_carry", walk.case.id, "withdraw")
    walk.refused("licence_carry", walk.case.id, "anything")
