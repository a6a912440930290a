"""Pages of people, units, devices, offences; and what administrators never see."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from liuhen.actions import people as acts
from liuhen.actions.devices import return_device
from liuhen.approvals.models import Approval
from liuhen.cases.models import Offence, Performance
from liuhen.demo.people import World
from liuhen.documents.models import Paper
from liuhen.ledger.models import Entry
from liuhen.people.models import Device, Office, Person, Unit
from liuhen.people.remedy_bodies import remedy_bodies
from liuhen.recordings.models import Recording
from tests.web.conftest import Browser, Street, words

PASSWORD = "liuhen-demo"
OWN = {
    "people": ("security",),
    "person_register": ("security",),
    "units": ("security",),
    "unit_register": ("security",),
    "devices": ("officer", "unit_head", "operator", "records"),
    "device_register": ("operator", "records"),  # the demonstration's operator does informatisation
    "offences": ("legal",),
    "offence_register": ("legal",),
    "offence_import": ("legal",),
    "offence_sample": ("legal",),
}
OTHERS = ("officer", "unit_head", "deputy", "head", "archivist", "supervisor")


def register(world: World, username: str, name: str, **more: Any) -> Person:
    unit = more.pop("unit", "ZD1")
    return acts.register_person(
        actor=world["security"],
        username=username,
        name=name,
        unit=world.units[unit],
        password=PASSWORD,
    )


# --- who may


@pytest.mark.parametrize("name", OWN)
def test_a_page_is_for_those_whose_business_it_is(
    world: World, browser: Browser, name: str
) -> None:
    everybody = {*OTHERS, "operator", "security", "auditor", "records", "legal"}
    answers = {who: browser(who).get(reverse(name)).status_code for who in everybody}
    assert answers == {who: 200 if who in OWN[name] else 403 for who in everybody}
    assert Client(SERVER_NAME="localhost").get(reverse(name)).status_code == 302


def of_one_person(world: World) -> list[str]:
    person = world["officer"]
    names = ("", "_appoint", "_certificate", "_qualification", "_password", "_deactivate")
    return [
        *(reverse(f"person{name}", args=[person.id]) for name in (*names, "_reactivate")),
        reverse("office_end", args=[person.offices.get().id]),
        reverse("certificate_revoke", args=[person.certificates.get().id]),
        reverse("unit_change", args=[world.units["ZD1"].id]),
    ]


def test_one_persons_pages_are_one_administrators_alone(world: World, browser: Browser) -> None:
    for address in of_one_person(world):
        assert browser("security").get(address).status_code == 200, address
        for who in ("records", "head", "officer", "operator", "auditor"):
            assert browser(who).get(address).status_code == 403, (address, who)


def test_who_posts_without_the_right_learns_nothing_and_is_on_record(
    world: World, browser: Browser
) -> None:
    address = reverse("person_register")
    unit = str(world.units["ZD1"].id)
    typed = {"name": "某人", "username": "mouren", "unit": unit, "password": "long-enough-1"}
    answer = browser("officer").post(address, typed)
    assert answer.status_code == 403
    assert "一支队" not in words(answer).replace(world.units["ZD1"].name, "", 2)
    assert not Person.objects.filter(username="mouren").exists()
    tried = Entry.objects.filter(event="act.refused", actor_id=world["officer"].id)
    assert tried.count() == 1
    # A form that is not even complete shows nobody the list of units either.
    assert "id_unit" not in words(browser("officer").post(address, {}))


# --- the operator and evidence (architecture: cannot read evidence)

# What an address may name besides evidence.
_OWN_IDS = {
    *("person_id", "unit_id", "office_id", "certificate_id", "device_id", "serial", "offence_id"),
    *("fault_id", "reading_id"),
    *("session_id", "passkey_id", "serial", "provider_id"),  # of one's own; a device; a sign-in
    "reset_id",
    "token_id",
    "name",  # a figure of the law
}


def patterns(resolver: Any = None, prefix: str = "") -> Iterator[tuple[str, set[str]]]:
    """Every address of the product as a template, with the names of what it is filled with."""
    for one in (resolver or get_resolver()).url_patterns:
        route = prefix + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from patterns(one, route)
        elif isinstance(one, URLPattern):
            yield route, set(re.findall(r"<(?:\w+:)?(\w+)>", route))


def test_no_address_that_names_evidence_opens_to_the_operator(street: Street) -> None:
    recording = Recording.objects.filter(case=street.filed).first()
    paper = Paper.objects.filter(case=street.filed).first()
    entry = Entry.objects.filter(case_id=street.filed).first()
    assert recording and paper and entry
    some = UUID(int=7)
    evidence: dict[str, Any] = {
        "case_id": street.filed,
        "activity_id": street.scene(street.running).id,
        "lead_id": some,
        "licence_id": some,
        "party_id": street.case(street.filed).parties.get().id,
        "paper_id": paper.id,
        "register_id": paper.id,
        "letter_id": paper.id,
        "service_id": some,
        "recording_id": recording.id,
        "entry_id": entry.id,
        "approval_id": Approval.objects.filter(case_id=street.filed).first(),
        "performance_id": Performance.objects.filter(case=street.filed).first(),
        "explanation_id": some,
        "upload_id": some,
        "token": "0" * 40,
        "sha256": "0" * 64,
        "step": "facts",
        "type_key": "inspection_record",
        "route_key": "closing.*.*",
        "way": "send",
        "camera": "DEMO-0001",
        "sampling_id": some,
        "sampled_id": some,
        "need_id": some,
        "clearance_id": some,
        "redaction_id": some,
        "application_id": some,
        "hand_over_id": some,
        "suspicion_id": some,
        "order_id": some,
        "report_id": some,
        "place": 0,
        "at": 0,
        "draw_id": some,
        "entrustment_id": some,
        "difference_id": 7,
        "subject_id": some,
        "material_id": some,
        "kind": "thumbnail",
        "key": "0",
        "rule": "decided_in_time",
        "subject": "0",
        "bookmark_id": some,
        "room_id": some,
        "camera_id": some,
        "gap_id": some,
        "request_id": some,
        "page": 1,
        "hold_id": some,
        "correction_id": some,
        "disposal_id": some,
        "item_id": some,
        "copy_id": 7,
        "copy_request_id": some,
        "case_copy_id": some,
        "outside_id": some,
        "search_id": some,
        "export_id": some,
        "delivery_id": some,
        "form": "json",
    }
    operator = street.browser("operator")
    seen = 0
    for route, names in patterns():
        if not names or names & _OWN_IDS or names == {"path"}:
            continue
        # A new kind of address has to say here whether it leads to evidence.
        assert names <= set(evidence), f"{route}: who may open it?"
        filled = re.sub(
            r"<(?:\w+:)?(\w+)>",
            lambda found: str(getattr(evidence[found[1]], "id", evidence[found[1]])),
            route,
        )
        answer = operator.get(f"/{filled}")
        if answer.status_code == 405:
            answer = operator.post(f"/{filled}", {"reason": "想看看"})
        assert answer.status_code in (401, 403, 404), (filled, answer.status_code)
        seen += 1
    assert seen > 20


@pytest.mark.parametrize(
    "name",
    [
        "cases",
        "leads",
        "recordings",
        "approvals",
        "suspicions",
        "viewing_approvals",
        "simple_start",
    ],
)
def test_no_list_of_evidence_opens_to_the_operator(street: Street, name: str) -> None:
    assert street.browser("operator").get(reverse(name)).status_code == 403


def test_what_the_operator_is_shown_tells_no_content_of_a_case(street: Street) -> None:
    person = street.world["officer"]
    page = words(street.browser("security").get(reverse("person", args=[person.id])))
    assert street.case(street.filed).number in page  # what is to be handed over, by number
    desk = words(street.browser("operator").get("/"))
    unlabelled = street.browser("operator").get("/api/v1/recordings/unlabelled").json()
    assert unlabelled == []
    for text in (page, desk):
        for told in ("刘样例", "物料", "样板路", "11010519491231002X"):
            assert told not in text


# --- a person from registration to leaving


def test_a_person_is_brought_to_work_and_away_again(world: World, browser: Browser) -> None:
    operator = browser("security")
    form = words(operator.get(reverse("person_register")))
    (suggested,) = re.findall(r'name="password" value="([a-z2-9-]{19})"', form)
    typed = {
        "name": "卫新来",
        "username": "wei.xinlai",
        "unit": str(world.units["ZD1"].id),
        "password": suggested,
    }
    answer = operator.post(reverse("person_register"), typed)
    person = Person.objects.get(username="wei.xinlai")
    assert answer.headers["Location"] == reverse("person", args=[person.id])
    page = words(operator.get(answer.headers["Location"]))
    assert "没有职务" in page and suggested not in page

    appoint = reverse("person_appoint", args=[person.id])
    office = {"kind": "officer", "unit": str(world.units["ZD1"].id), "until": "2026-12-31"}
    assert operator.post(appoint, office).status_code == 302
    held = Office.objects.get(person=person)
    assert held.until == dt.datetime(2026, 12, 31, 16, 0, tzinfo=dt.UTC)  # the day is included
    page = words(operator.get(reverse("person", args=[person.id])))
    assert "没有执法证件" in page and "2026-03-10 09:00 起，至 2026-12-31 24:00" in page

    paper = {
        "number": "虚证009999",
        "issuer": "虚构市人民政府",
        "valid_from": "2026-01-01",
        "last_day": "2026-04-30",
    }
    address = reverse("person_certificate", args=[person.id])
    assert operator.post(address, paper).status_code == 302
    page = words(operator.get(reverse("person", args=[person.id])))
    assert "还有 52 天到期" in page and "2026-01-01 至 2026-04-30" in page

    newcomer = Client(SERVER_NAME="localhost")
    newcomer.post(reverse("account_login"), {"login": "wei.xinlai", "password": suggested})
    own = {"old": suggested, "new": "zi-ji-de-mima-8", "again": "zi-ji-de-mima-8"}
    assert newcomer.post(reverse("account_change_password"), own).headers["Location"] == "/"
    assert newcomer.get(reverse("simple_start")).status_code == 200
    page = reverse("person_deactivate", args=[person.id])
    assert operator.post(page, {"reason": "辞职"}).status_code == 302
    assert newcomer.get(reverse("simple_start")).status_code == 302
    assert "已停用" in words(operator.get(reverse("person", args=[person.id])))
    back = reverse("person_reactivate", args=[person.id])
    assert operator.post(back, {"reason": "误停"}).status_code == 302
    page = words(operator.get(reverse("person", args=[person.id])))
    assert "以前的职务（1）" in page


def test_an_office_is_ended_and_a_certificate_revoked_with_a_reason(
    world: World, browser: Browser
) -> None:
    operator, person = browser("security"), world["officer2"]
    for address in (
        reverse("office_end", args=[person.offices.get().id]),
        reverse("certificate_revoke", args=[person.certificates.get().id]),
    ):
        assert operator.post(address, {"reason": ""}).status_code == 400
        assert operator.post(address, {"reason": "停职检查"}).status_code == 302
        again = operator.post(address, {"reason": "停职检查"})
        assert again.status_code == 409
    page = words(operator.get(reverse("person", args=[person.id])))
    assert "已吊销" in page and "没有职务" in page


def test_a_qualification_is_put_on_file(world: World, browser: Browser) -> None:
    address = reverse("person_qualification", args=[world["legal"].id])
    assert browser("security").post(address, {"number": "A20260001"}).status_code == 302
    page = words(browser("security").get(reverse("person", args=[world["legal"].id])))
    assert "A20260001" in page


def test_a_password_is_reset_and_is_not_shown_again(world: World, browser: Browser) -> None:
    address = reverse("person_password", args=[world["officer"].id])
    answer = browser("security").post(address, {"new": "handed-over-7"}, follow=True)
    assert "密码已重置" in words(answer) and "handed-over-7" not in words(answer)
    assert Person.objects.get(username="officer").check_password("handed-over-7")


def refused_form(world: World, what: str) -> tuple[str, dict[str, Any], int, str, str]:
    """Address, what is typed, status, what is said, what is kept."""
    unit = str(world.units["ZD1"].id)
    officer, operator = world["officer"], world["security"]
    person = {"name": "卫新来", "username": "wei", "unit": unit, "password": "long-enough-1"}
    paper = {"issuer": "虚构市人民政府", "valid_from": "2026-01-01", "last_day": "2027-01-01"}
    new = reverse("person_register")
    certificate = reverse("person_certificate", args=[officer.id])
    return {
        "taken": (new, person | {"username": "Officer"}, 409, "已经有人使用", "卫新来"),
        "chinese": (new, person | {"username": "卫"}, 400, "不能用", "卫新来"),
        "weak": (new, person | {"password": "1234567"}, 400, "太短，至少要10个字符", "卫新来"),
        "no unit": (new, person | {"unit": ""}, 400, "有 1 项需要改正", "卫新来"),
        "unit of nowhere": (new, person | {"unit": str(UUID(int=1))}, 400, "有 1 项", "卫新来"),
        "held": (
            reverse("person_appoint", args=[officer.id]),
            {"kind": "officer", "unit": unit},
            409,
            "已经担任“执法人员”",
            unit,
        ),
        "apart": (
            reverse("person_appoint", args=[officer.id]),
            {"kind": "operator", "unit": unit},
            409,
            "必须由不同的人担任，也不能兼任",
            unit,
        ),
        "own": (
            reverse("person_appoint", args=[operator.id]),
            {"kind": "officer", "unit": unit},
            403,
            "不能任免自己的职务",
            unit,
        ),
        "past": (
            reverse("person_appoint", args=[officer.id]),
            {"kind": "handler", "unit": unit, "until": "2026-03-09"},
            400,
            "任职的截止时间必须晚于现在",
            "2026-03-09",
        ),
        "known number": (
            certificate, paper | {"number": "虚证000001"}, 409, "已经登记", "虚证000001",
        ),
        "backwards": (
            certificate,
            paper | {"number": "新证1", "last_day": "2025-12-31"},
            400,
            "失效日必须晚于生效日",
            "新证1",
        ),
        "own password": (
            reverse("person_password", args=[operator.id]), {"new": "long-enough-1"}, 403,
            "自己的密码不能用重置的办法修改", "账号与安全",
        ),
        "still holds": (
            reverse("person_deactivate", args=[officer.id]), {"reason": "调离本单位"}, 409,
            "未交回的设备 1 台：DEMO-0001", "调离本单位",
        ),
        "own account": (
            reverse("person_deactivate", args=[operator.id]), {"reason": "调离本单位"}, 403,
            "不能停用自己的账号", "调离本单位",
        ),
        "active": (
            reverse("person_reactivate", args=[officer.id]), {"reason": "误停"}, 409,
            "不需要恢复", "误停",
        ),
        "unit taken": (
            reverse("unit_register"),
            {"code": "ZD1", "kind": "subordinate", "name": "另一支队"},
            409,
            "机构代码“ZD1”已经存在",
            "另一支队",
        ),
        "serial taken": (
            reverse("device_register"),
            {"serial": "DEMO-0001", "kind": "phone", "unit": unit, "model": "某型"},
            409,
            "设备序列号“DEMO-0001”已经登记",
            "某型",
        ),
        "held by": (
            reverse("device_hand_out", args=[world.devices["DEMO-0001"].id]),
            {"holder": str(world["handler"].id)},
            409,
            "由张示例持有",
            str(world["handler"].id),
        ),
        "no holder": (
            reverse("device_hand_out", args=[world.devices["DEMO-0001"].id]),
            {"holder": str(UUID(int=1))},
            400,
            "有 1 项需要改正",
            "王承办",
        ),
    }[what]  # fmt: skip


@pytest.mark.parametrize(
    "what",
    [
        "taken", "chinese", "weak", "no unit", "unit of nowhere", "held", "apart", "own", "past",
        "known number", "backwards", "own password", "still holds", "own account", "active",
        "unit taken", "serial taken", "held by", "no holder",
    ],
)  # fmt: skip
def test_a_refusal_is_told_and_what_was_typed_is_kept(
    world: World, browser: Browser, what: str
) -> None:
    address, typed, status, said, kept = refused_form(world, what)
    who = "operator" if "/devices/" in address else "security"
    answer = browser(who).post(address, typed)
    page = words(answer)
    assert (answer.status_code, said in page, kept in page) == (status, True, True)


def test_what_does_not_exist_is_not_found(world: World, browser: Browser) -> None:
    nobody = UUID(int=1)
    for name in ("person", "person_password", "office_end", "certificate_revoke", "unit_change"):
        assert browser("security").get(reverse(name, args=[nobody])).status_code == 404
    # The system is no person anybody may touch.
    assert browser("security").get(reverse("person", args=[world.system.id])).status_code == 404


# --- lists


def names(page: str) -> list[str]:
    return re.findall(r'<td class="is-tight"><a href="[^"]+">([^<]+)</a>', page)


def test_people_are_found_by_name_sign_in_name_unit_and_state(
    world: World, browser: Browser
) -> None:
    operator = browser("security")

    def found(query: str) -> list[str]:
        return names(words(operator.get(f"{reverse('people')}?{query}")))

    assert len(found("")) == 14
    assert found("q=张示") == ["张示例"]
    assert found("q=OFFICER2") == ["李示例"]
    assert found(f"unit={world.units['DA'].id}") == ["郑档案"]
    assert found("q=无此人") == []
    assert set(found("q=示例&unit=nonsense")) == {"张示例", "李示例", "何示例"}
    operator.post(reverse("person_deactivate", args=[world["archivist"].id]), {"reason": "调离"})
    assert found("q=郑") == []
    assert found("show=inactive") == ["郑档案"]


def test_who_has_to_renew_a_certificate_is_listed(world: World, browser: Browser) -> None:
    operator = browser("security")
    address = f"{reverse('people')}?show=renew"
    assert "没有到期的证件" in words(operator.get(address))
    acts.register_certificate(
        actor=world["security"],
        person=world["unit_head"],
        number="虚证900001",
        issuer="虚构市人民政府",
        valid_from=dt.date(2025, 1, 1),
        valid_until=dt.date(2026, 3, 11),
    )
    page = words(operator.get(address))
    assert names(page) == ["赵队长"] and "今日到期" in page
    acts.appoint(actor=world["security"], person=register(world, "zz", "齐新"), kind="officer")
    assert "没有证件" in words(operator.get(f"{reverse('people')}?q=zz"))


def test_a_long_list_is_paged_at_a_constant_number_of_queries(
    world: World, browser: Browser
) -> None:
    operator, address = browser("security"), reverse("people")

    def cost() -> int:
        with CaptureQueriesContext(connection) as sent:
            operator.get(address)
        return len(sent)

    few = cost()
    for number in range(20):
        person = register(world, f"p{number:02d}", f"人{number:02d}")
        acts.appoint(actor=world["security"], person=person, kind="archivist")
    assert cost() == few
    first = words(operator.get(address))
    assert len(names(first)) == 25
    (following,) = re.findall(r'rel="next" href="([^"]+)"', first)
    second = words(operator.get(address + following.replace("&amp;", "&")))
    assert len(names(second)) == 9 and not set(names(first)) & set(names(second))


# --- units, devices, offences


def test_a_unit_is_registered_as_the_authority_prints_and_changed_later(
    world: World, browser: Browser
) -> None:
    operator = browser("security")
    acts.change_unit(
        actor=world["security"],
        unit_id=world.units["JG"].id,
        name="虚构市城市管理委员会",
        number_prefix="虚城管",
        profile={"authority": "虚构市城市管理委员会", "court": "虚构市示例区人民法院"},
    )
    form = words(operator.get(reverse("unit_register")))
    assert 'value="虚构市示例区人民法院"' in form and 'value="虚城管"' in form
    typed = {
        "code": "ZD9",
        "kind": "subordinate",
        "name": "九支队",
        "number_prefix": "虚城管",
        "authority": "虚构市城市管理委员会",
    }
    assert operator.post(reverse("unit_register"), typed).status_code == 302
    unit = Unit.objects.get(code="ZD9")
    page = words(operator.get(reverse("units")))
    assert "缺联系电话、地址、罚款缴款账户、行政复议机关、行政诉讼管辖法院" in page
    change = reverse("unit_change", args=[unit.id])
    changed = {"name": "第九支队", "number_prefix": "虚城九", "phone": "000-9"}
    assert operator.post(change, changed).status_code == 302
    unit.refresh_from_db()
    assert (unit.name, unit.number_prefix, unit.profile["phone"]) == ("第九支队", "虚城九", "000-9")
    assert operator.post(change, {"name": ""}).status_code == 400
    # who reviews its acts is dated, and may differ by kind of case
    remedies = reverse("unit_remedies", args=[unit.id])
    assert remedies in words(operator.get(change))
    stated = {"since": "2026-03-01", "kind": "", "review_body": "甲市政府", "court": "甲法院"}
    later = stated | {"since": "2026-04-01", "kind": "penalty", "review_body": "乙委员会"}
    assert operator.post(remedies, stated | {"court": " "}).status_code == 400
    assert [operator.post(remedies, one).status_code for one in (stated, later)] == [302, 302]
    assert "2026-04-01起，行政处罚：向乙委员会申请复议" in words(operator.get(remedies))
    assert operator.post(change, changed).status_code == 302, "and stays when the rest changes"
    unit.refresh_from_db()
    known = [
        remedy_bodies(unit, kind, dt.date(2026, month, day))["review_body"]
        for kind, month, day in (
            *(("penalty", 2, 28), ("penalty", 3, 1), ("penalty", 3, 31)),
            *(("penalty", 4, 1), ("levy", 4, 1)),
        )
    ]
    assert Entry.objects.filter(event="unit.remedy_stated").count() == 2
    assert known == [None, "甲市政府", "甲市政府", "乙委员会", "甲市政府"]


def test_a_device_is_registered_handed_out_and_returned(world: World, browser: Browser) -> None:
    keeper = browser("records")
    unit, holder = str(world.units["ZD1"].id), str(world["officer"].id)
    typed = {"serial": "CAM-7", "kind": "body_camera", "unit": unit, "holder": ""}
    assert keeper.post(reverse("device_register"), typed).status_code == 302
    device = Device.objects.get(serial="CAM-7")
    give = reverse("device_hand_out", args=[device.id])
    take = reverse("device_return", args=[device.id])
    refused = keeper.post(take)
    assert (refused.status_code, "没有发放给任何人" in words(refused)) == (409, True)
    assert keeper.post(give, {"holder": holder}).status_code == 302
    assert "CAM-7" in words(keeper.get(f"{reverse('devices')}?show=out&q=张示例"))
    assert "CAM-7" not in words(keeper.get(f"{reverse('devices')}?show=in"))
    person = words(browser("security").get(reverse("person", args=[world["officer"].id])))
    assert "CAM-7" in person
    assert browser("officer").post(take).status_code == 403
    assert keeper.post(take).status_code == 302
    device.refresh_from_db()
    assert device.holder is None
    held = typed | {"serial": "CAM-8", "holder": holder}
    assert keeper.post(reverse("device_register"), held).status_code == 302
    assert Device.objects.get(serial="CAM-8").holder == world["officer"]


def test_an_offence_is_offered_on_the_street_until_it_is_withdrawn(street: Street) -> None:
    legal, officer = street.browser("legal"), street.browser("officer")
    typed = {
        "code": "X-1",
        "cause": "试验违法行为",
        "breached": "某条例第一条",
        "basis": "某条例第二条",
    }
    assert legal.post(reverse("offence_register"), typed).status_code == 302
    refused = legal.post(reverse("offence_register"), typed)
    assert (refused.status_code, "某条例第二条" in words(refused)) == (409, True)
    facts = reverse("simple_step", args=[street.scene(street.running).id, "facts"])
    assert "试验违法行为" in words(officer.get(facts))
    withdraw = reverse("offence_withdraw", args=[Offence.objects.get(code="X-1").id])
    assert officer.post(withdraw).status_code == 403
    assert legal.post(withdraw).status_code == 302
    assert "试验违法行为" not in words(officer.get(facts))
    assert "试验违法行为" in words(legal.get(f"{reverse('offences')}?show=withdrawn"))
    assert legal.post(withdraw).status_code == 409


def test_a_table_of_offences_is_imported_whole_or_not_at_all(street: Street) -> None:
    legal, officer = street.browser("legal"), street.browser("officer")
    table = legal.get(reverse("offence_sample")).content
    wrong = table.replace(b"2000", b"many")
    address = reverse("offence_import")
    refused = legal.post(address, {"content": SimpleUploadedFile("list.csv", wrong)})
    assert refused.status_code == 400
    assert "第 3 行：“罚款上限（元）”不是金额" in words(refused)
    assert not Offence.objects.filter(code="示例-01").exists()
    done = legal.post(address, {"content": SimpleUploadedFile("list.csv", table)}, follow=True)
    assert "新增 2 项" in words(done) and "较轻：100.00 元至 500.00 元" in words(done)
    again = legal.post(address, {"content": SimpleUploadedFile("list.csv", table)})
    assert (again.status_code, "没有导入任何一项" in words(again)) == (409, True)
    assert officer.post(address, {"content": SimpleUploadedFile("a.csv", table)}).status_code == 403
    facts = reverse("simple_step", args=[street.scene(street.running).id, "facts"])
    assert "示例案由甲" in words(officer.get(facts))


def test_a_person_is_free_to_leave_when_the_page_says_so(world: World, browser: Browser) -> None:
    operator, person = browser("security"), world["officer"]
    address = reverse("person", args=[person.id])
    assert "未交回的设备 1 台：DEMO-0001" in words(operator.get(address))
    return_device(actor=world["records"], device_id=world.devices["DEMO-0001"].id)
    assert "没有未移交的案件、音像和设备" in words(operator.get(address))
    leave = reverse("person_deactivate", args=[person.id])
    assert operator.post(leave, {"reason": "调离"}).status_code == 302


def test_on_their_own_page_administrators_are_sent_to_another_one(
    world: World, browser: Browser
) -> None:
    page = words(browser("security").get(reverse("person", args=[world["security"].id])))
    assert "由另一名安全管理员办理" in page
    for name in ("person_appoint", "person_password", "person_deactivate"):
        assert reverse(name, args=[world["security"].id]) not in page
    assert "/offices/" not in page
