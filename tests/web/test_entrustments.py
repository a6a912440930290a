"""An organisation is entrusted with enforcement, in public, and stays within its letter."""

from __future__ import annotations

import datetime as dt
import json

from django.test import Client
from django.urls import reverse

from liuhen.actions import people as registering
from liuhen.actions.simple_procedure import start_simple_case
from liuhen.cases.models import Case
from liuhen.demo.people import CERTIFICATE_SPAN, PROFILE, World
from liuhen.demo.simple_case import ink
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.ledger.models import Entry
from liuhen.people.models import Entrustment, Office, Person, Unit
from liuhen.vault.keeping import local_store
from tests.web.conftest import Browser, words
from tests.world import MORNING

LONG_NAME = "虚构市示例区市容环境卫生" + "综合管理服务" * 8 + "中心"


def organisation(world: World) -> tuple[Unit, list[Person]]:
    """An organisation with two people, of whom one holds a certificate."""
    unit = registering.register_unit(
        actor=world.system,
        code="WT1",
        name=LONG_NAME,
        kind=Unit.Kind.ENTRUSTED,
        number_prefix="虚城管",
        profile=PROFILE,
    )
    people = []
    for place in (1, 2):
        person = registering.register_person(
            actor=world.system,
            username=f"wt{place}",
            name="𠮷㐂",
            unit=unit,
            password="ab-cd-ef-12",
        )
        registering.appoint(actor=world.system, person=person, kind=Office.Kind.OFFICER)
        people.append(person)
    certify(world, people[0])
    return unit, people


def certify(world: World, person: Person) -> None:
    registering.register_certificate(
        actor=world.system,
        person=person,
        number=f"虚证{person.username}",
        issuer="虚构市人民政府",
        valid_from=CERTIFICATE_SPAN[0],
        valid_until=CERTIFICATE_SPAN[1],
    )


def begin(people: list[Person]) -> str:
    """The code of the refusal of a simple case of theirs; "" when it begins."""
    try:
        start_simple_case(
            actor=people[0], second_officer=people[1], place="样板路", is_certificate_shown=True
        )
    except Refused as refused:
        return refused.code
    return ""


def test_an_organisation_acts_while_its_public_letter_holds_and_not_beyond(
    world: World, browser: Browser
) -> None:
    with clock.frozen(MORNING) as stopped:
        unit, people = organisation(world)
        head, page = browser("head"), reverse("entrustment_issue")
        today = clock.local_date(MORNING)
        given = {
            "unit": str(unit.id),
            "kinds": ["penalty", "inspection"],
            "matters": "示例区道路范围内的市容环境卫生检查和处罚",
            "basis": "《虚构市市容管理条例》第九条",
            "scope": "警告，二百元以下罚款",
            "since": today.isoformat(),
            "until": (today + dt.timedelta(days=30)).isoformat(),
            "receiver": "𠮷㐂",
            "own_strokes": json.dumps(ink(1)),
        }
        assert browser("officer").post(page, given).status_code == 403
        for wrong, status, said in (
            ({}, 409, "不足2名"),
            ({"kinds": ["coercion"]}, 400, ""),
            ({"scope": "  "}, 400, ""),
            ({"since": "2026-03-09"}, 400, "不能追溯"),
            ({"until": "2026-03-09"}, 400, "止日不早于起日"),
        ):
            answer = head.post(page, given | wrong)
            assert (answer.status_code, said in words(answer)) == (status, True), wrong
        certify(world, people[1])
        assert begin(people) == "entrustment.missing"
        assert head.post(page, given | {"own_strokes": ""}).status_code == 400
        assert head.post(page, given).status_code == 302
        assert head.post(page, given).status_code == 409, "one at a time of a kind"
        made = Entrustment.objects.get()
        assert made.number == "虚城管委托字〔2026〕第1号"
        with local_store().open(made.paper_id) as stream:
            assert stream.read(5) == b"%PDF-"
        anybody = Client(SERVER_NAME="localhost")
        public = words(anybody.get(reverse("entrustment_register")))
        assert (LONG_NAME in public, made.number in public, "有效" in public) == (True,) * 3
        letter = anybody.get(reverse("entrustment_letter", args=[made.id]))
        assert letter["Content-Type"] == "application/pdf"
        assert begin(people) == ""
        stopped.move(days=31)
        assert begin(people) == "entrustment.missing"
        assert "已期满" in words(head.get(reverse("entrustments")))


def test_an_ended_entrustment_lets_nothing_begin_and_other_units_need_none(
    world: World, browser: Browser
) -> None:
    with clock.frozen(MORNING):
        unit, people = organisation(world)
        certify(world, people[1])
        today = clock.local_date(MORNING).isoformat()
        texts = dict.fromkeys(("matters", "basis", "scope", "receiver"), "示例")
        given = {"unit": str(unit.id), "kinds": ["inspection"], "since": today, "until": today}
        head = browser("head")
        sent = texts | given | {"own_strokes": json.dumps(ink(1))}
        assert head.post(reverse("entrustment_issue"), sent).status_code == 302
        assert begin(people) == "entrustment.missing", "a penalty is not among its kinds"
        other = sent | {"unit": str(world.units["ZD1"].id)}
        assert head.post(reverse("entrustment_issue"), other).status_code == 400
        assert begin([world["officer"], world["officer2"]]) == ""
        end = reverse("entrustment_end", args=[Entrustment.objects.get().id])
        assert browser("officer").get(end).status_code == 403
        assert browser("supervisor").post(end, {"reason": "无"}).status_code == 403
        assert head.post(end, {"reason": " "}).status_code == 400
        assert head.post(end, {"reason": "机构改革，收回委托。"}).status_code == 302
        assert head.post(end, {"reason": "再收回一次。"}).status_code == 409
        assert "机构改革，收回委托。" in words(head.get(reverse("entrustments")))
        told = Entry.objects.filter(event__startswith="entrustment.").values_list(
            "event", flat=True
        )
        assert sorted(told) == ["entrustment.ended", "entrustment.issued"]
        assert Case.objects.count() == 1
