"""People, their accounts, offices and certificates; devices and offences: done, and refused."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from hashlib import sha1
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.password_validation import get_default_password_validators
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from liuhen.actions import passwords
from liuhen.actions import people as acts
from liuhen.actions.deputising import end_office
from liuhen.actions.devices import hand_out_device, return_device
from liuhen.actions.founding import FirstAdministrator, found_authority
from liuhen.actions.leaving import deactivate_person, reactivate_person, words_of
from liuhen.actions.offences import register_offence, withdraw_offence
from liuhen.cases.models import Offence
from liuhen.cases.queries import visible_cases
from liuhen.demo.people import World
from liuhen.demo.simple_case import SimpleCase
from liuhen.kernel import clock
from liuhen.kernel.ids import new_id
from liuhen.kernel.refusals import Refused, explain
from liuhen.ledger.models import Entry
from liuhen.people.models import Certificate, Device, Office, Person, Unit
from liuhen.people.password_rules import Breached
from liuhen.people.queries import (
    ADMINISTRATORS,
    Validity,
    is_allowed,
    office_kinds,
    offices_apart,
    persons_to_renew,
    valid_certificate,
    validity_of,
)
from liuhen.people.sign_in_settings import is_second_factor_for_all, password_rules
from liuhen.recordings.holdings import Holdings, holdings_of
from tests.compliance.street import done_but_for_closing
from tests.recordings import street
from tests.world import MORNING

TODAY = dt.date(2026, 3, 10)
PASSWORD = "liuhen-demo"


def refusal_of(perform: Callable[[], object]) -> str:
    """The code an act is refused with; the refusal has its words."""
    with pytest.raises(Refused) as refused:
        perform()
    assert "{" not in explain(refused.value).message
    return refused.value.code


def last_entry(event: str) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(
        bytes(Entry.objects.filter(event=event).latest("recorded_at", "id").body)
    )
    return body


def newcomer(world: World, username: str = "new.comer") -> Person:
    return acts.register_person(
        actor=world["security"],
        username=username,
        name="新来",
        unit=world.units["ZD1"],
        password=PASSWORD,
    )


# --- founding


def test_the_first_act_makes_authority_system_and_administrator_or_nothing(db: str) -> None:
    def found(password: str) -> Person:
        return found_authority(
            code="JG",
            name="试验市城市管理委员会",
            number_prefix="试城管",
            profile={"court": "试验市法院"},
            administrator=FirstAdministrator("sec", "沈安全", password),
        )

    assert refusal_of(lambda: found("short")) == "password.weak"
    assert not Person.objects.exists() and not Unit.objects.exists()
    assert found("long-enough-1").username == "system"
    first = Person.objects.get(username="sec")
    assert office_kinds(first) == {Office.Kind.SECURITY}
    assert first.unit is not None and first.unit.profile == {"court": "试验市法院"}
    assert refusal_of(lambda: found("long-enough-1")) == "authority.exists"
    # The security administrator goes on from here alone.
    unit = acts.register_unit(actor=first, code="ZD1", name="一支队", kind="subordinate")
    acts.register_person(actor=first, username="zhang", name="张三", unit=unit, password=PASSWORD)


@pytest.mark.parametrize(("code", "name"), [(" ", "机关"), ("JG", "")])
def test_an_authority_has_a_code_and_a_name(db: str, code: str, name: str) -> None:
    refused = refusal_of(lambda: found_authority(code=code, name=name, number_prefix=""))
    assert refused == "unit.incomplete"


# --- who may


SECURITY_ACTS: dict[str, Callable[[World, Person], object]] = {
    "register_unit": lambda w, a: acts.register_unit(
        actor=a, code="X", name="新机构", kind="department"
    ),
    "change_unit": lambda w, a: acts.change_unit(
        actor=a, unit_id=w.units["ZD1"].id, name="新名称", number_prefix="", profile={}
    ),
    "register_person": lambda w, a: acts.register_person(
        actor=a, username="x", name="某人", unit=w.units["ZD1"], password=PASSWORD
    ),
    "reset_password": lambda w, a: acts.reset_password(
        actor=a, person_id=w["officer"].id, new="another-word-9"
    ),
    "appoint": lambda w, a: acts.appoint(actor=a, person=w["officer"], kind="archivist"),
    "end_office": lambda w, a: end_office(
        actor=a, office_id=w["officer"].offices.get().id, reason="调离"
    ),
    "register_certificate": lambda w, a: acts.register_certificate(
        actor=a,
        person=w["unit_head"],
        number="新证",
        issuer="政府",
        valid_from=TODAY,
        valid_until=TODAY + dt.timedelta(days=1),
    ),
    "revoke_certificate": lambda w, a: acts.revoke_certificate(
        actor=a, certificate_id=w["officer"].certificates.get().id, reason="遗失"
    ),
    "record_qualification": lambda w, a: acts.record_qualification(
        actor=a, person=w["legal"], number="A2020"
    ),
    "deactivate_person": lambda w, a: deactivate_person(
        actor=a, person_id=w["archivist"].id, reason="调离"
    ),
}


@pytest.mark.parametrize("name", SECURITY_ACTS)
def test_people_are_one_administrators_business_and_nobody_elses(world: World, name: str) -> None:
    perform = SECURITY_ACTS[name]
    for other in ("officer", "head", "records", "operator", "auditor"):
        before = Entry.objects.count()
        assert refusal_of(lambda: perform(world, world[other])) == "permission.missing"  # noqa: B023
        assert Entry.objects.count() == before + 1  # the refusal itself
    perform(world, world["security"])


# --- units


def test_a_units_papers_change_from_now_on_and_nothing_it_had_is_lost(world: World) -> None:
    unit = world.units["ZD1"]
    changed = acts.change_unit(
        actor=world["security"],
        unit_id=unit.id,
        name="一支队（新）",
        number_prefix="新城管",
        profile={"phone": "000-1"},
    )
    unit.refresh_from_db()
    assert (unit.name, unit.number_prefix) == ("一支队（新）", "新城管")
    assert unit.profile["phone"] == "000-1"
    assert unit.profile["court"] == "虚构市示例区人民法院"
    assert last_entry("unit.changed")["subject"]["id"] == str(changed.id)


def test_a_unit_keeps_a_name_and_must_exist(world: World) -> None:
    def change(unit_id: Any, name: str) -> object:
        return acts.change_unit(
            actor=world["security"], unit_id=unit_id, name=name, number_prefix="", profile={}
        )

    assert refusal_of(lambda: change(world.units["ZD1"].id, "  ")) == "unit.incomplete"
    assert refusal_of(lambda: change(new_id(), "名称")) == "record.not_found"


# --- persons and passwords


@pytest.mark.parametrize("username", ["张三", "a b", ".hidden", "a/b", "x" * 61, "ａｂｃ", "a\n"])
def test_a_sign_in_name_is_typed_on_every_keyboard(world: World, username: str) -> None:
    assert refusal_of(lambda: newcomer(world, username)) == "person.username"


def test_sign_in_names_differ_by_more_than_case(world: World) -> None:
    newcomer(world, "Zhang.San")
    assert refusal_of(lambda: newcomer(world, "zhang.san")) == "person.exists"
    assert refusal_of(lambda: newcomer(world, "SYSTEM")) == "person.exists"


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("123456789", "全是数字"),
        ("abcdefghi", "10个字符"),
        ("1234567890", "太常见"),
        ("LiuhenZhifa1", "剩下不足5个字符"),
        ("officer.officer", "剩下不足5个字符"),
        ("虚构市执法执法执法", "10个字符"),
    ],
)
def test_a_weak_password_is_refused_in_chinese(world: World, password: str, said: str) -> None:
    with pytest.raises(Refused) as refused:
        passwords.hashed(password, world["officer"])
    assert refused.value.code == "password.weak"
    assert said in explain(refused.value).message
    assert "password" not in explain(refused.value).message.lower()


def test_a_password_from_a_list_of_breaches_is_refused_and_no_other(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def line(number: int) -> str:
        digest = sha1(f"leaked-word-{number}".encode(), usedforsecurity=False)
        return f"{digest.hexdigest().upper()}:{number * 7 + 1}\n"

    (tmp_path / "list").write_text("".join(sorted(line(number) for number in range(200))))
    listed = Breached(str(tmp_path / "list"))
    for number in range(200):
        with pytest.raises(ValidationError):
            listed.validate(f"leaked-word-{number}")
    for number in range(200, 400):
        listed.validate(f"leaked-word-{number}")
    rules = password_rules({"LIUHEN_BREACHED_PASSWORDS": str(tmp_path / "list")})
    monkeypatch.setattr(settings, "AUTH_PASSWORD_VALIDATORS", rules)
    forget = get_default_password_validators.cache_clear  # type: ignore[attr-defined]
    forget()
    try:
        with pytest.raises(Refused) as refused:
            passwords.hashed("leaked-word-7", world["officer"])
    finally:
        forget()
    assert "公开泄露" in explain(refused.value).message


def test_settings_of_sign_in_that_cannot_be_meant_are_refused(tmp_path: Path) -> None:
    gone = {"LIUHEN_BREACHED_PASSWORDS": str(tmp_path / "gone")}
    assert refusal_of(lambda: password_rules(gone)) == "setting.breached_passwords"
    wrong = {"LIUHEN_SECOND_FACTOR": "some"}
    assert refusal_of(lambda: is_second_factor_for_all(wrong)) == "setting.second_factor"
    assert [
        is_second_factor_for_all({"LIUHEN_SECOND_FACTOR": told}) for told in ("", "offices", "all")
    ] == [False, False, True]


def test_ten_characters_are_enough_and_the_stored_form_is_argon2(world: World) -> None:
    acts.reset_password(actor=world["security"], person_id=world["officer"].id, new="abcdefghi!")
    person = Person.objects.get(username="officer")
    assert person.password.startswith("argon2$argon2id$")
    assert person.check_password("abcdefghi!") and not person.check_password(PASSWORD)
    entry = last_entry("person.password_reset")
    assert entry["subject"]["id"] == str(person.id)
    # Neither the password nor its hash stands in what everybody who reads the ledger sees.
    told = bytes(Entry.objects.get(id=entry["id"]).body).decode()
    images = [bytes(i.body or b"").decode() for i in Entry.objects.get(id=entry["id"]).images.all()]
    assert images
    assert not any("abcdefghi" in text or "argon2" in text for text in [told, *images])


def test_passwords_are_reset_for_others_who_work_here(world: World) -> None:
    def reset(person_id: Any) -> object:
        return acts.reset_password(actor=world["security"], person_id=person_id, new="new-word-123")

    assert refusal_of(lambda: reset(world["security"].id)) == "password.own"
    assert refusal_of(lambda: reset(world.system.id)) == "person.system"
    assert refusal_of(lambda: reset(new_id())) == "record.not_found"
    deactivate_person(actor=world["security"], person_id=world["archivist"].id, reason="调离")
    assert refusal_of(lambda: reset(world["archivist"].id)) == "person.inactive"


# --- offices


def test_an_office_is_given_once_and_from_now_on(world: World) -> None:
    person = newcomer(world)

    def appoint(kind: str, unit: str = "ZD1", **more: Any) -> Office:
        return acts.appoint(
            actor=world["security"], person=person, kind=kind, unit=world.units[unit], **more
        )

    office = appoint("officer")
    assert office.since == MORNING
    assert refusal_of(lambda: appoint("officer")) == "office.held"
    appoint("officer", unit="FZ")  # another unit, another office
    end_office(actor=world["security"], office_id=office.id, reason="轮岗")
    appoint("officer")
    assert refusal_of(lambda: appoint("handler", until=MORNING)) == "office.span"
    appoint("handler", until=MORNING + dt.timedelta(microseconds=1))
    assert refusal_of(lambda: appoint("emperor")) == "office.unknown"
    assert refusal_of(lambda: appoint("system")) == "office.unknown"


def test_nobody_appoints_or_dismisses_themselves(world: World) -> None:
    administrator = world["security"]
    refused = refusal_of(
        lambda: acts.appoint(actor=administrator, person=administrator, kind="records_manager")
    )
    assert refused == "office.own"
    own = administrator.offices.get(kind="security_administrator")
    assert refusal_of(lambda: end_office(actor=administrator, office_id=own.id, reason="x")) == (
        "office.own"
    )


@pytest.mark.parametrize("kind", sorted(ADMINISTRATORS))
def test_an_administrator_holds_nothing_else_that_opens_records_or_administers(
    world: World, kind: str
) -> None:
    second = newcomer(world)

    def appoint(kind: str) -> Office:
        return acts.appoint(actor=world["security"], person=second, kind=kind)

    appoint(kind)
    beside = {kind, "system"} | ({"informatisation"} if kind == "operator" else set())
    for other in Office.Kind.values:
        if other not in beside:
            assert refusal_of(lambda: appoint(other)) == "office.apart"  # noqa: B023
    officer = world["officer"]
    refused = refusal_of(lambda: acts.appoint(actor=world["security"], person=officer, kind=kind))
    assert refused == "office.apart"
    assert not visible_cases(world["security"]).exists()


@given(st.sampled_from(Office.Kind.values), st.sampled_from(Office.Kind.values))
def test_offices_stand_apart_in_either_order(one: str, other: str) -> None:
    assert offices_apart(one, other) == offices_apart(other, one)
    if not {one, other} & ADMINISTRATORS:
        assert not offices_apart(one, other)


def test_an_ended_office_gives_no_right_from_that_instant(world: World) -> None:
    officer = world["officer"]
    SimpleCase(world).start()
    assert visible_cases(officer).exists() and is_allowed(officer, "simple_case.start")
    end_office(actor=world["security"], office_id=officer.offices.get().id, reason="停职检查")
    assert not visible_cases(officer).exists() and not is_allowed(officer, "simple_case.start")


# --- certificates


def certificate(world: World, last_day: dt.date, **more: Any) -> Certificate:
    return acts.register_certificate(
        actor=world["security"],
        person=more.pop("person", world["unit_head"]),
        number=more.pop("number", "虚证900001"),
        issuer="虚构市人民政府",
        valid_from=more.pop("valid_from", dt.date(2025, 1, 1)),
        valid_until=last_day + dt.timedelta(days=1),
    )


@pytest.mark.parametrize(
    ("days_left", "state"),
    [
        (-1, Validity.EXPIRED),  # yesterday was the last day
        (0, Validity.EXPIRING),  # today is
        (59, Validity.EXPIRING),
        (60, Validity.VALID),
    ],
)
def test_a_certificate_is_expiring_in_its_last_sixty_days(
    world: World, days_left: int, state: Validity
) -> None:
    one = certificate(world, TODAY + dt.timedelta(days=days_left))
    assert validity_of(one, TODAY) is state
    assert (valid_certificate(world["unit_head"], TODAY) is not None) == (days_left >= 0)
    listed = persons_to_renew(TODAY).filter(id=world["unit_head"].id).exists()
    assert listed == (state is not Validity.VALID)


def test_a_new_certificate_takes_a_person_off_the_list_to_renew(world: World) -> None:
    certificate(world, TODAY)
    assert world["unit_head"] in persons_to_renew(TODAY)
    certificate(
        world, dt.date(2030, 1, 1), number="虚证900002", valid_from=TODAY + dt.timedelta(days=1)
    )
    assert world["unit_head"] not in persons_to_renew(TODAY)


def test_a_certificate_is_valid_from_its_first_day(world: World) -> None:
    one = certificate(world, dt.date(2030, 1, 1), valid_from=TODAY + dt.timedelta(days=1))
    assert validity_of(one, TODAY) is Validity.NOT_YET
    assert validity_of(one, TODAY + dt.timedelta(days=1)) is Validity.VALID


def test_a_revoked_certificate_ends_and_the_days_before_keep_it(world: World) -> None:
    officer = world["officer"]
    held = officer.certificates.get()
    acts.revoke_certificate(actor=world["security"], certificate_id=held.id, reason="遗失")
    held.refresh_from_db()
    assert validity_of(held, TODAY) is Validity.REVOKED
    assert valid_certificate(officer, TODAY) is None
    assert valid_certificate(officer, TODAY - dt.timedelta(days=1)) == held
    assert last_entry("certificate.revoked")["data"] == {"reason": "遗失"}
    refused = refusal_of(lambda: SimpleCase(world).start())
    assert refused == "certificate.invalid"


def test_a_certificate_is_revoked_once_and_with_a_reason(world: World) -> None:
    def revoke(certificate_id: Any, reason: str) -> object:
        return acts.revoke_certificate(
            actor=world["security"], certificate_id=certificate_id, reason=reason
        )

    held = world["officer"].certificates.get().id
    assert refusal_of(lambda: revoke(held, " ")) == "reason.missing"
    assert refusal_of(lambda: revoke(new_id(), "遗失")) == "record.not_found"
    revoke(held, "遗失")
    assert refusal_of(lambda: revoke(held, "遗失")) == "certificate.revoked"


def test_a_certificate_names_itself_and_its_issuer(world: World) -> None:
    assert refusal_of(lambda: certificate(world, TODAY, number=" ")) == "certificate.incomplete"
    assert refusal_of(lambda: certificate(world, TODAY, number="虚证000001")) == (
        "certificate.exists"
    )
    assert refusal_of(lambda: certificate(world, TODAY, valid_from=dt.date(2026, 3, 11))) == (
        "certificate.span"
    )
    certificate(world, TODAY, valid_from=TODAY)  # one day long


# --- leaving (Art. 40)


def leave(world: World, username: str, reason: str = "调离") -> Person:
    return deactivate_person(actor=world["security"], person_id=world[username].id, reason=reason)


def test_who_holds_nothing_leaves_and_their_offices_end(world: World) -> None:
    acts.appoint(actor=world["security"], person=world["archivist"], kind="supervisor")
    left = leave(world, "archivist")
    assert not left.is_active
    assert not Office.objects.filter(person=left, until=None).exists()
    assert {o.until for o in left.offices.all()} == {MORNING}
    assert office_kinds(left) == frozenset()
    assert last_entry("person.deactivated")["data"] == {"reason": "调离"}
    assert refusal_of(lambda: leave(world, "archivist")) == "person.inactive"


def test_a_case_holds_its_people_until_it_is_with_the_archive(world: World) -> None:
    for serial in ("DEMO-0001", "DEMO-0002"):
        return_device(actor=world["records"], device_id=world.devices[serial].id)
    with clock.frozen(MORNING) as stopped:
        case = done_but_for_closing(world, stopped)
        for username in ("officer", "officer2"):
            with pytest.raises(Refused) as refused:
                leave(world, username)
            assert refused.value.code == "person.holds"
            text = explain(refused.value)
            assert case.case.number in text.message and text.article == "办法第40条"
            # The operator reads this: no word of what the case is about.
            assert "样板路" not in text.message and "物料" not in text.message
        case.close()
        assert not leave(world, "officer2").is_active  # carried it, and it is closed
        assert case.case.number in holdings_of(world["officer"]).cases  # its file is still here
        case.bind()
        case.archive("虚档〔2026〕0001")
        assert not holdings_of(world["officer"]).cases


def test_a_recording_holds_its_maker_until_it_is_labelled(world: World) -> None:
    return_device(actor=world["records"], device_id=world.devices["DEMO-0002"].id)
    street.film(world, None, 0, 2, officer="officer2")
    with pytest.raises(Refused) as refused:
        leave(world, "officer2")
    message = explain(refused.value).message
    assert "未标注的音像记录 1 份：2026-03-10 09:00存入" in message
    assert "街面" not in message  # the file's name may tell of a party


def test_a_device_holds_its_holder_until_it_is_returned(world: World) -> None:
    with pytest.raises(Refused) as refused:
        leave(world, "officer")
    assert "未交回的设备 1 台：DEMO-0001" in explain(refused.value).message
    return_device(actor=world["records"], device_id=world.devices["DEMO-0001"].id)
    assert not holdings_of(world["officer"])
    assert not leave(world, "officer").is_active


def test_a_long_list_is_cut_and_counted() -> None:
    held = Holdings(tuple(f"{n}号" for n in range(12)), (), (), (), is_unsigned=False)
    (line,) = words_of(held)
    assert line.startswith("未办结或者未移交档案室的案件 12 件：0号、1号")
    assert line.endswith("9号 等")


def test_accounts_that_must_stay(world: World) -> None:
    assert refusal_of(lambda: leave(world, "security")) == "person.own"
    assert refusal_of(lambda: leave(world, "archivist", "  ")) == "reason.missing"

    def deactivate(person_id: Any) -> object:
        return deactivate_person(actor=world["security"], person_id=person_id, reason="x")

    assert refusal_of(lambda: deactivate(world.system.id)) == "person.system"
    assert refusal_of(lambda: deactivate(new_id())) == "record.not_found"


def test_who_comes_back_has_an_account_and_no_office(world: World) -> None:
    def back(reason: str = "误停") -> Person:
        return reactivate_person(
            actor=world["security"], person_id=world["archivist"].id, reason=reason
        )

    assert refusal_of(back) == "person.active"
    leave(world, "archivist")
    refused = refusal_of(
        lambda: acts.appoint(actor=world["security"], person=world["archivist"], kind="archivist")
    )
    assert refused == "person.inactive"
    assert refusal_of(lambda: back(" ")) == "reason.missing"
    assert back().is_active
    assert office_kinds(Person.objects.get(username="archivist")) == frozenset()
    acts.appoint(actor=world["security"], person=world["archivist"], kind="archivist")


# --- devices and offences


def test_a_device_goes_from_hand_to_hand_through_the_store(world: World) -> None:
    device = world.devices["DEMO-0001"].id

    def give(username: str, actor: str = "records") -> Device:
        return hand_out_device(actor=world[actor], device_id=device, holder_id=world[username].id)

    def take(actor: str = "records") -> Device:
        return return_device(actor=world[actor], device_id=device)

    assert refusal_of(lambda: give("handler")) == "device.held"
    assert refusal_of(lambda: take("officer")) == "permission.missing"
    assert take("operator").holder is None  # the demonstration's operator does informatisation
    assert last_entry("device.returned")["data"] == {"holder": str(world["officer"].id)}
    assert refusal_of(take) == "device.not_held"
    assert refusal_of(lambda: give("handler", "officer")) == "permission.missing"
    assert give("handler").holder == world["handler"]


def test_a_device_goes_to_nobody_unknown_or_gone(world: World) -> None:
    device = acts.register_device(
        actor=world["records"], serial="NEW-1", kind="phone", unit=world.units["ZD1"]
    )

    def give(holder_id: Any, device_id: Any = device.id) -> object:
        return hand_out_device(actor=world["records"], device_id=device_id, holder_id=holder_id)

    assert refusal_of(lambda: give(new_id())) == "record.not_found"
    assert refusal_of(lambda: give(world.system.id)) == "record.not_found"
    assert refusal_of(lambda: give(world["officer"].id, new_id())) == "record.not_found"
    leave(world, "archivist")
    assert refusal_of(lambda: give(world["archivist"].id)) == "person.inactive"
    fixed = acts.register_device(
        actor=world["records"], serial="NEW-2", kind="camera", unit=world.units["ZD1"]
    )
    assert refusal_of(lambda: give(world["officer"].id, fixed.id)) == "device.of_room"


def test_an_offence_is_taken_off_the_list_once(world: World) -> None:
    offence = register_offence(
        actor=world["legal"], code="A-1", cause="占道", breached="某条", basis="某条"
    )

    def withdraw(actor: str, offence_id: Any = offence.id) -> Offence:
        return withdraw_offence(actor=world[actor], offence_id=offence_id)

    assert refusal_of(lambda: withdraw("operator")) == "permission.missing"
    assert refusal_of(lambda: withdraw("legal", new_id())) == "record.not_found"
    assert not withdraw("legal").is_in_use
    assert refusal_of(lambda: withdraw("legal")) == "offence.withdrawn"


def test_what_ends_ends_at_the_acts_instant(world: World) -> None:
    with clock.frozen(MORNING + dt.timedelta(hours=2)):
        left = leave(world, "archivist")
    assert {o.until for o in left.offices.all()} == {MORNING + dt.timedelta(hours=2)}
