"""Every office on every page, act and call of the API, against own, the unit's and others' records.

What is found is exactly what `people/permissions.toml`, `web/pages.toml` and the sights in
`docs/permissions.md` say; a new page has to be written there first.
"""

from __future__ import annotations

import datetime as dt
import importlib
import os
import pkgutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from unittest import mock

import pytest
from django.db import connection

from liuhen import actions
from liuhen.actions.act import REGISTRY
from liuhen.actions.secrecy import classify_case, give_clearance, name_knower
from liuhen.approvals.models import Approval
from liuhen.cases.models import Activity, Case
from liuhen.demo.people import World, known_world
from liuhen.documents.models import Paper
from liuhen.host.postgres import Cluster
from liuhen.host.postgres_roles import SERVER
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.ledger.models import Entry
from liuhen.people import queries as people
from liuhen.people.models import Device, Office, Person
from liuhen.recordings.models import Recording
from tests.database import clone, point_at
from tests.web.conftest import Street, browsers
from tests.web.matrix import (
    PAGES,
    door,
    filled,
    named,
    names_in,
    one_of_each,
    pages,
    undrawn,
)
from tests.web.matrix_rows import make_rows
from tests.world import MORNING

# Offices that see a closed and bound case of their unit which they don't carry.
OF_THE_UNIT = frozenset(
    {
        *("unit_head", "department_head", "deputy_in_charge", "commission_leader"),
        *("authority_head", "records_manager", "archivist", "supervisor"),
    }
)
# Offices that see nothing outside their own unit.
BOUND = (
    *(Office.Kind.OFFICER, Office.Kind.HANDLER, Office.Kind.UNIT_HEAD),
    *(Office.Kind.DEPARTMENT_HEAD, Office.Kind.OPERATOR),
)
# Every office to which a page opens, or two of them in turn: a page that opens is read whole.
# Names a standing approval of viewing, which is about no case.
STANDING = "viewing_approval_revoke"
IS_FULL = bool(os.environ.get("LIUHEN_MATRIX"))


_DATABASE = "liuhen_matrix"


@dataclass(frozen=True)
class Matrix:
    """Somebody for each office in two units, and the records of one archived case."""

    street: Street
    own_unit: dict[str, Person]
    other_unit: dict[str, Person]
    records: dict[str, object]


@pytest.fixture(scope="module")
def matrix(cluster: Cluster, street_template: str) -> Iterator[Matrix]:
    """One copy of the street for all of it: what is tried here changes nothing that matters."""
    clone(cluster, street_template, _DATABASE)
    point_at(cluster.dsn(_DATABASE, SERVER))
    with clock.frozen(MORNING + dt.timedelta(minutes=30)) as stopped, undrawn():
        world = known_world()
        archived, filed, running = Case.objects.order_by("started_at").values_list("id", flat=True)
        street = Street(world, browsers(world), stopped, archived, filed, running)
        own, other = one_of_each(world, "ZD1"), one_of_each(world, "FZ", BOUND)
        yield Matrix(street, own, other, _records(street.case(archived)))
    connection.close()


@pytest.fixture
def classified(matrix: Matrix) -> Iterator[dict[str, object]]:
    """The records of another case of the unit, which touches privacy."""
    world, case = matrix.street.world, matrix.street.case(matrix.street.filed)
    classify_case(actor=world["officer"], case_id=case.id, secrecy="privacy", reason="有病历")
    yield _records(case)
    head = world["unit_head"]
    _clear(world, head)
    classify_case(actor=head, case_id=case.id, secrecy="open", reason="测试完毕")


def _clear(world: World, person: Person) -> None:
    give_clearance(
        actor=world["head"],
        person_id=person.id,
        kind="privacy",
        reason="工作需要",
        until=MORNING + dt.timedelta(days=30),
    )


def _records(case: Case) -> dict[str, object]:
    """What addresses are filled with: the records of a case, and values they know."""
    return {
        "case_id": case.id,
        "activity_id": Activity.objects.get(case=case).id,
        "party_id": case.parties.get().id,
        "paper_id": Paper.objects.filter(case=case)[0].id,
        "recording_id": Recording.objects.filter(case=case)[0].id,
        "entry_id": Entry.objects.filter(case_id=case.id)[0].id,
        "approval_id": Approval.objects.filter(case_id=case.id)[0].id,
        "reference": case.number,
        "type_key": "inspection_record",
        "route_key": "closing.*.*",
        "kind": "thumbnail",
        "rule": "decided_in_time",
        "subject": "0",
        "name": "measures.retention_guidance",
        "page": 1,
        "way": "send",
        "step": "facts",
    }


def may(office: str, needs: str) -> bool:
    return needs == "*" or office in people.permissions()[needs].offices


def turn(offices: list[str], name: str) -> list[str]:
    """Two of the offices, others for another page."""
    place = sum(map(ord, name))
    return [offices[(place + step) % len(offices)] for step in (0, 3)] if offices else []


def test_each_page_opens_to_exactly_the_offices_that_are_written(matrix: Matrix) -> None:
    routes, wrong = pages(), []
    for name, needs in PAGES["lists"].items():
        address = filled(routes[name], matrix.records)
        wrong += [
            (name, office)
            for office, person in matrix.own_unit.items()
            if door(person, address) != ("open" if may(office, needs) else "shut")
        ]
    for name, needs in PAGES["records"].items():
        address = filled(routes[name], matrix.records)
        opens = [one for one in matrix.own_unit if one in OF_THE_UNIT and may(one, needs)]
        tried = set(opens if IS_FULL else turn(opens, name))
        for office, person in matrix.own_unit.items():
            is_open = office in opens
            if is_open and office not in tried:
                continue
            if door(person, address) != ("open" if is_open else "shut"):
                wrong.append((name, office))
        officer = door(matrix.street.world["officer"], address)  # carries the case
        if officer != ("open" if may("officer", needs) else "shut"):
            wrong.append((name, "own officer"))
    assert wrong == []


def test_records_of_another_unit_do_not_exist_for_those_bound_to_theirs(matrix: Matrix) -> None:
    routes = pages()
    opened = [
        (name, office)
        for name in (*PAGES["records"], *PAGES["elsewhere"]["pages"])
        if names_in(routes[name])
        for office, person in matrix.other_unit.items()
        if door(person, filled(routes[name], matrix.records)) != "shut"
    ]
    assert opened == []


# What a word of an address names where it names something else than elsewhere.
_MEANT: Mapping[str, Mapping[str, str]] = {
    "camera_gap": {"gap_id": "camera_gap_id"},
    "disposal_paper": {"kind": "list"},
}
# Rows that were not made by their acts are not far enough for these: tried is that nobody gets in.
_SHUT_TO_ALL = (
    "case_money",
    "copy_application_file",
    "copy_application_receipt",
    "correction_paper",
    "defence_review",
    "redaction_file",
    "service_post_result",
    "service_proof",
    "service_through_result",
)


def test_other_records_open_to_nobody_but_those_who_are_written(matrix: Matrix) -> None:
    routes, wrong, closed = named(), [], []
    case, carrying = matrix.street.case(matrix.street.archived), matrix.street.world["officer"]
    records = {**matrix.records, **_one_of_each_table(carrying, case)}
    people = {**matrix.own_unit, "own officer": carrying}
    for name, (needs, whose) in PAGES["named"].items():
        meant = {word: records[named_so] for word, named_so in _MEANT.get(name, {}).items()}
        address = filled(routes[name], {**records, **meant})
        opened = {office for office, one in people.items() if door(one, address) == "open"}
        may_open = {one for one in people if may(one.removeprefix("own "), needs)}
        if whose == "case":
            may_open &= {*OF_THE_UNIT, "own officer"}
            others = matrix.other_unit.items()
            wrong += [
                (name, one, "elsewhere") for one, who in others if door(who, address) != "shut"
            ]
        if not opened and whose != "own":
            closed.append(name)
        odd = opened ^ may_open if whose == "all" else opened - may_open
        wrong += [(name, office, "open" if office in opened else "shut") for office in sorted(odd)]
    assert wrong == []
    assert closed == list(_SHUT_TO_ALL)


def _one_of_each_table(actor: Person, case: Case) -> dict[str, object]:
    """A record of every other kind that addresses name, and what else they are filled with."""
    rows: dict[str, object] = {}
    make_rows(actor=actor, case=case, rows=rows)
    paper = Paper.objects.filter(case=case)[0].id
    return {
        **rows,
        **dict.fromkeys(("register_id", "letter_id"), paper),
        "subject_id": case.id,
        **dict.fromkeys(("at", "place", "passkey_id"), 0),
        "person_id": actor.id,
        "unit_id": case.unit_id,
        "serial": Device.objects.get(id=str(rows["device_id"])).serial,
        "camera": "DEMO-0001",
        "token": "x",
        "form": "json",
        "list": "list",
    }


def opened_to(
    records: dict[str, object], tries: Iterable[tuple[str, str, Person]]
) -> set[tuple[str, str]]:
    """Which of some tries (page, office, person) open with these records."""
    routes = pages()
    return {
        (name, office)
        for name, office, person in tries
        if names_in(routes[name]) and name != STANDING
        if door(person, filled(routes[name], records)) != "shut"
    }


def test_classified_records_exist_only_for_who_is_cleared_and_needs_to_know(
    matrix: Matrix, classified: dict[str, object]
) -> None:
    some, own = ("case", "recording", "paper", "entry"), matrix.own_unit
    tries = []
    for name, needs in PAGES["records"].items():
        opening = [one for one in own if one in OF_THE_UNIT and may(one, needs)]
        tried = opening if IS_FULL else turn(opening, name)
        tries += [(name, one, own[one]) for one in tried]
    assert len(tries) > 80
    assert opened_to(classified, tries) == set(), "nobody is cleared"
    carrying = matrix.street.world["officer"]
    assert len(opened_to(classified, [(name, "officer", carrying) for name in some])) == len(some)
    two = ("unit_head", "supervisor")
    for office in two:
        _clear(matrix.street.world, own[office])
    tries = [(name, office, own[office]) for name in some for office in two]
    opened = opened_to(classified, tries)
    assert opened == {(name, "unit_head") for name in some}, "the other has no need to know"
    name_knower(
        actor=own["unit_head"],
        case_id=matrix.street.filed,
        person_id=own["supervisor"].id,
        reason="专项检查",
    )
    assert len(opened_to(classified, tries)) == len(tries)


def test_each_act_is_refused_to_exactly_the_offices_without_its_permission(
    matrix: Matrix,
) -> None:
    for module in pkgutil.iter_modules(actions.__path__, "liuhen.actions."):
        importlib.import_module(module.name)
    acts = [one for one in REGISTRY.values() if one.module.startswith("liuhen.")]
    assert len(acts) > 150
    kinds, wrong = cache(people.office_kinds), []
    with (
        mock.patch.object(people, "office_kinds", kinds),
        mock.patch("liuhen.actions.act._record_refusal"),  # entered: tests/actions/test_act.py
    ):
        for one in acts:
            perform = getattr(importlib.import_module(one.module), one.name)
            everybody = "*" in people.permissions()[one.permission].offices
            for office, person in matrix.own_unit.items():
                if _is_refused(perform, person) is (everybody or may(office, one.permission)):
                    wrong.append((one.name, office))
    assert wrong == []


def _is_refused(perform: object, person: Person) -> bool:
    """Whether the act stops at the permission; without its arguments it goes no further."""
    try:
        perform(actor=person)  # type: ignore[operator]
    except Refused as refused:
        return refused.code == "permission.missing"
    except TypeError:
        return False
    return False
