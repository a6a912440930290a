"""The fictional authority's units, persons, offices, certificates and devices."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from liuhen.actions import people as acts
from liuhen.actions.founding import found_authority
from liuhen.demo.days import PASSWORD_OF_DEMO
from liuhen.people.models import Device, Office, Person, Unit

AUTHORITY = "虚构市城市管理委员会"
CERTIFICATE_SPAN = (dt.date(2024, 1, 1), dt.date(2029, 1, 1))
EXPIRED_SPAN = (dt.date(2020, 1, 1), dt.date(2025, 1, 1))

# Units whose list of powers holds coercion.
_COERCIVE = {"ZD1": tuple(Unit.Power.values)}
_K = Office.Kind
# username, name, unit code, offices
ACCOUNTS: tuple[tuple[str, str, str, tuple[Office.Kind, ...]], ...] = (
    ("officer", "张示例", "ZD1", (_K.OFFICER,)),
    ("officer2", "李示例", "ZD1", (_K.OFFICER,)),
    ("handler", "王承办", "ZD1", (_K.OFFICER, _K.HANDLER)),
    ("unit_head", "赵队长", "ZD1", (_K.UNIT_HEAD, _K.DEPARTMENT_HEAD)),
    ("legal", "钱审核", "FZ", (_K.LEGAL_REVIEWER, _K.COMMITTEE_MEMBER)),
    ("deputy", "孙分管", "JG", (_K.DEPUTY_IN_CHARGE, _K.COMMISSION_LEADER)),
    ("head", "周主任", "JG", (_K.AUTHORITY_HEAD, _K.COMMISSION_LEADER, _K.COMMITTEE_MEMBER)),
    ("records", "吴管理", "ZD1", (_K.RECORDS_MANAGER,)),
    ("archivist", "郑档案", "DA", (_K.ARCHIVIST,)),
    ("supervisor", "冯监督", "FZ", (_K.SUPERVISOR,)),
    ("operator", "陈运维", "XX", (_K.OPERATOR, _K.INFORMATISATION)),
    ("officer3", "何示例", "ZD1", (_K.OFFICER,)),
    ("security", "沈安全", "XX", (_K.SECURITY,)),
    ("auditor", "韩审计", "FZ", (_K.AUDITOR,)),
)
UNITS = (
    ("ZD1", "虚构市城市管理综合行政执法一支队", Unit.Kind.SUBORDINATE, "虚城管"),
    ("FZ", "执法协调监督处", Unit.Kind.DEPARTMENT, "虚城管"),
    ("DA", "委档案室", Unit.Kind.DEPARTMENT, "虚城管"),
    ("XX", "网络安全和信息化办公室", Unit.Kind.DEPARTMENT, "虚城管"),
)
PROFILE = {
    "authority": AUTHORITY,
    "phone": "000-00000000",
    "address": "虚构市示例区样板路1号",
    "payee": "虚构市示例银行营业部，账户：000000000000",
    "review_body": "虚构市人民政府",
    "court": "虚构市示例区人民法院",
}
DEVICES = (("DEMO-0001", "officer"), ("DEMO-0002", "officer2"), ("DEMO-0003", "officer3"))


@dataclass(frozen=True)
class World:
    """Everybody and everything registered, by user name, unit code and serial number."""

    system: Person
    people: dict[str, Person]
    units: dict[str, Unit]
    devices: dict[str, Device]

    def __getitem__(self, username: str) -> Person:
        return self.people[username]


def found_world() -> World:
    """Found the fictional authority by acts, at the present instant of the clock."""
    system = found_authority(code="JG", name=AUTHORITY, number_prefix="虚城管")
    units = {"JG": Unit.objects.get(code="JG")}
    for code, name, kind, prefix in UNITS:
        units[code] = acts.register_unit(
            actor=system,
            code=code,
            name=name,
            kind=kind,
            number_prefix=prefix,
            profile=PROFILE,
            powers=_COERCIVE.get(code, ()),
        )
    people = {}
    for place, (username, name, unit, offices) in enumerate(ACCOUNTS, start=1):
        person = acts.register_person(
            actor=system, username=username, name=name, unit=units[unit], password=PASSWORD_OF_DEMO
        )
        people[username] = person
        for office in offices:
            acts.appoint(actor=system, person=person, kind=office)
        if _K.OFFICER in offices:
            acts.register_certificate(
                actor=system,
                person=person,
                number=f"虚证{place:06d}",
                issuer="虚构市人民政府",
                valid_from=CERTIFICATE_SPAN[0],
                valid_until=CERTIFICATE_SPAN[1],
            )
    acts.record_qualification(actor=system, person=people["legal"], number="虚法资00001")
    return World(system, people, units, _devices(system, units, people))


def _devices(
    system: Person, units: dict[str, Unit], people: dict[str, Person]
) -> dict[str, Device]:
    return {
        serial: acts.register_device(
            actor=system,
            serial=serial,
            kind=Device.Kind.BODY_CAMERA,
            unit=units["ZD1"],
            holder_id=people[holder].id,
            model="演示型",
        )
        for serial, holder in DEVICES
    }


def known_world() -> World:
    """The authority as it stands in the connected database."""
    return World(
        Person.objects.get(username="system"),
        {person.username: person for person in Person.objects.exclude(username="system")},
        {unit.code: unit for unit in Unit.objects.all()},
        {device.serial: device for device in Device.objects.all()},
    )
