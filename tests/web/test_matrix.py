"""Every office on every page, act and call of the API, against own, the unit's and others' records.

What is found is exactly what `people/permissions.toml`, `web/pages.toml` and the sights in
`docs/permissions.md` say; a new page has to be written there first.
"""

from __future__ import annotations

import datetime as dt
import importlib
import pkgutil
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from unittest import mock
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client

from liuhen import actions
from liuhen.actions.access import grant_standing_approval, open_recording
from liuhen.actions.act import REGISTRY
from liuhen.actions.secrecy import (
    classify_case,
    classify_recording,
    end_clearance,
    give_clearance,
    name_knower,
)
from liuhen.actions.tokens import issue_token
from liuhen.approvals.models import Approval
from liuhen.cases.models import Activity, Case
from liuhen.cases.secrecy import live_clearances
from liuhen.demo.people import World, known_world
from liuhen.documents.models import Paper
from liuhen.host.postgres import Cluster
from liuhen.host.postgres_roles import SERVER
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.ledger.models import Entry
from liuhen.ledger.queries import latest_checkpoint
from liuhen.people import queries as people
from liuhen.people.models import ApiToken, Device, Office, Person
from liuhen.recordings.derivatives import (
    TAKEN_STILL,
    THUMBNAIL,
    derivative_path,
    put_derivative,
)
from liuhen.recordings.models import Recording
from liuhen.tlog.tiles import BundleId, TileId, tile_width
from tests.database import clone, point_at
from tests.web.conftest import Street, browsers
from tests.web.matrix import (
    IS_FULL,
    NOBODYS,
    PAGES,
    addresses,
    door,
    drawn,
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
# Names a standing approval of viewing, which is about no case.
STANDING = "viewing_approval_revoke"
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


@pytest.fixture(scope="module")
def others(matrix: Matrix) -> dict[str, object]:
    """The records of the archived case, and one of every other kind that names it."""
    case = matrix.street.case(matrix.street.archived)
    return {**matrix.records, **_one_of_each_table(matrix.street.world["officer"], case)}


@contextmanager
def touching_privacy(matrix: Matrix, **record: UUID) -> Iterator[None]:
    """A case or a recording touches privacy for the block; then it is open and nobody cleared."""
    world, classify = matrix.street.world, classify_case
    if "recording_id" in record:
        classify = classify_recording  # type: ignore[assignment]
    classify(actor=world["officer"], secrecy="privacy", reason="有病历", **record)
    try:
        yield
    finally:
        head = world["unit_head"]
        _clear(world, head)
        classify(actor=head, secrecy="open", reason="测试完毕", **record)
        for one in live_clearances():
            end_clearance(actor=world["head"], clearance_id=one.id, reason="测试完毕")


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


def addresses_of(others: Mapping[str, object]) -> dict[str, str]:
    """The address of every page of `[named]`, filled with these records."""
    routes, found = named(), {}
    for name in PAGES["named"]:
        meant = {word: others[so] for word, so in _MEANT.get(name, {}).items()}
        found[name] = filled(routes[name], {**others, **meant})
    return found


def test_other_records_open_to_nobody_but_those_who_are_written(
    matrix: Matrix, others: dict[str, object]
) -> None:
    wrong, closed = [], []
    people = {**matrix.own_unit, "own officer": matrix.street.world["officer"]}
    for name, address in addresses_of(others).items():
        needs, whose = PAGES["named"][name]
        opened = {office for office, one in people.items() if door(one, address) == "open"}
        may_open = {one for one in people if may(one.removeprefix("own "), needs)}
        if whose == "case":
            may_open &= {*OF_THE_UNIT, "own officer"}
            wrong += [
                (name, one, "elsewhere")
                for one, who in matrix.other_unit.items()
                if door(who, address) != "shut"
            ]
        if not opened and whose != "own":
            closed.append(name)
        odd = opened ^ may_open if whose in ("all", "known") else opened - may_open
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
        "key": "x",
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
    matrix: Matrix,
) -> None:
    classified = _records(matrix.street.case(matrix.street.filed))
    with touching_privacy(matrix, case_id=matrix.street.filed):
        _try_classified(matrix, classified)


def _try_classified(matrix: Matrix, classified: dict[str, object]) -> None:
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


Tries = Collection[tuple[str, str]]


def openings(matrix: Matrix, places: Mapping[str, str], tries: Tries) -> set[tuple[str, str]]:
    """Which of some tries (page, office of the unit) open."""
    own = matrix.own_unit
    return {(name, one) for name, one in tries if door(own[one], places[name]) == "open"}


def test_what_names_a_classified_case_in_any_way_exists_for_the_same(
    matrix: Matrix, others: dict[str, object]
) -> None:
    street, own = matrix.street, matrix.own_unit
    of_case = {
        name: address
        for name, address in addresses_of(others).items()
        if PAGES["named"][name][1] in ("case", "known")
    }
    two, tries = ("unit_head", "supervisor"), []
    for name in of_case:
        able = [one for one in own if one in OF_THE_UNIT and may(one, PAGES["named"][name][0])]
        tried = {*turn(able, name), *(one for one in able if one in two)}
        tries += [(name, one) for one in (able if IS_FULL else tried)]
    before = openings(matrix, of_case, tries)
    assert len(before) > 60
    of_two = [one for one in tries if one[1] in two]
    with touching_privacy(matrix, case_id=street.archived):
        assert openings(matrix, of_case, tries) == set(), "nobody is cleared"
        assert door(street.world["officer"], of_case["lead"]) == "open", "who carries it knows it"
        for office in two:
            _clear(street.world, own[office])
        opened = openings(matrix, of_case, of_two)
        assert opened == {one for one in before if one[1] == "unit_head"}, "no need to know"
        name_knower(
            actor=own["unit_head"],
            case_id=street.archived,
            person_id=own["supervisor"].id,
            reason="专项检查",
        )
        assert openings(matrix, of_case, of_two) == {one for one in before if one in of_two}


# Rows of the case that addresses name and pages would link.
_OF_CASE = frozenset(
    {
        *("lead_id", "licence_id", "suspicion_id", "order_id", "report_id", "redaction_id"),
        *("application_id", "request_id", "hold_id", "correction_id", "disposal_id", "gap_id"),
        *("sampled_id", "difference_id", "service_id", "material_id", "explanation_id"),
        *("bookmark_id", "performance_id", "need_id"),
    }
)


def _ids_of(case: Case) -> Iterator[UUID]:
    for rows in (case.parties, case.activities, case.papers, case.recordings):
        yield from rows.values_list("id", flat=True)


# An office that sees every case; and others that do, or see the unit's or what is bound.
_READERS = ("supervisor", "records_manager", "deputy_in_charge", "unit_head", "archivist")
_READ = _READERS if IS_FULL else _READERS[:1]


def test_no_page_tells_of_a_classified_case_to_who_may_not_know_it(
    matrix: Matrix, others: dict[str, object]
) -> None:
    street, told, shown = matrix.street, [], set()
    case = street.case(street.archived)
    marks = {str(case.id), case.number, *map(str, _ids_of(case))}
    marks |= {str(one) for key, one in others.items() if key in _OF_CASE and len(str(one)) > 30}
    routes = {name: filled(route, others) for name, route in pages().items()}
    places = {name: routes[name] for name in PAGES["lists"]}
    places |= {
        name: address
        for name, address in addresses_of(others).items()
        if PAGES["named"][name][1] in (("all", "own") if IS_FULL else ("all",))
    }
    with touching_privacy(matrix, case_id=case.id), drawn():
        for office in _READ:
            client = Client(SERVER_NAME="localhost")
            client.force_login(matrix.own_unit[office])
            for name, address in places.items():
                answer = client.get(address)
                page = b"".join(answer).decode("utf-8", "replace")
                shown |= {name} if answer.status_code == 200 else set()
                told += [(name, office, one) for one in marks if one in page and one not in address]
    assert told == []
    assert len(shown) > 30, "pages were drawn"


def test_no_two_elements_of_a_page_have_one_name(matrix: Matrix, others: dict[str, object]) -> None:
    routes = {name: filled(route, others) for name, route in pages().items()}
    places = {**routes, **addresses_of(others)}
    twice, shown = [], set()
    with drawn():
        for who in (matrix.street.world["officer"], matrix.own_unit["supervisor"]):
            client = Client(SERVER_NAME="localhost")
            client.force_login(who)
            for name, address in places.items():
                if name in shown and not IS_FULL:
                    continue
                answer = client.get(address)
                if answer.status_code != 200 or "html" not in answer["Content-Type"]:
                    continue
                shown.add(name)
                ids = Counter(re.findall(r' id="([^"]+)"', answer.content.decode()))
                twice += [(name, one) for one, count in ids.items() if count > 1]
    assert sorted(set(twice)) == []
    assert len(shown) > 80, "pages were drawn"


# What names a recording, and so closes when it is classified in a case that is open.
_OF_RECORDING = {
    *("media-open", "one_recording", "recording", "recording_bookmarks", "recording_classify"),
    *("recording_hold", "recording_proof", "recording_proof_file", "recording_redact"),
    *("retention_correction", "hold_lift", "redaction", "redaction_still"),
    *("retention_answer", "viewing_answer", "viewing_revoke", "disposal", "disposal_approval"),
    *("disposal_copy", "disposal_item", "disposal_order", "disposal_outside", "disposal_paper"),
    "disposal_withdrawal",
}


def test_a_classified_recording_closes_what_names_it_and_nothing_else(
    matrix: Matrix, others: dict[str, object]
) -> None:
    routes = pages()
    of_case = (one for one in PAGES["records"] if one != STANDING)
    tried = addresses_of(others) | {one: filled(routes[one], others) for one in of_case}
    some = {one for one in tried if IS_FULL or one in _OF_RECORDING or len(one) % 5 == 0}
    tries = [(name, office) for name in some for office in _READ]
    before = openings(matrix, tried, tries)
    with touching_privacy(matrix, recording_id=UUID(str(others["recording_id"]))):
        closed = before - openings(matrix, tried, tries)
    assert closed == {one for one in before if one[0] in _OF_RECORDING}
    assert len(closed) > len(_OF_RECORDING) // 2


def test_what_was_opened_is_shown_to_its_viewer_alone_and_not_beyond_the_right_to_know(
    matrix: Matrix,
) -> None:
    street, viewer = matrix.street, matrix.own_unit["supervisor"]
    recording = Recording.objects.get(case=street.filed)
    grant_standing_approval(
        actor=street.world["deputy"],
        group="supervisor",
        purpose="监督",
        scope="all_cases",
        until=MORNING + dt.timedelta(days=1),
    )
    opening = open_recording(actor=viewer, recording_id=recording.id, reason="专项检查")
    key = f"0-{opening.viewing.id}"
    for kind, of in ((THUMBNAIL, ""), (TAKEN_STILL, key)):
        place = derivative_path(recording.original_id, kind, of)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(b"\xff\xd8")
        put_derivative(recording.original_id, kind, place, key=of)
    shown = {"token": opening.token, "kind": THUMBNAIL, "key": key}
    routes = {name: route for name, route in named().items() if name.startswith("media-")}
    assert len(routes) == 5
    places = {
        name: filled(route, shown | ({"kind": TAKEN_STILL} if "excerpt" in name else {}))
        for name, route in routes.items()
    }

    def seen_by(person: Person) -> set[str]:
        shut = ("viewing.expired",)
        return {one for one, at in places.items() if door(person, at, also=shut) == "open"}

    assert seen_by(viewer) == set(places)
    another = street.world["supervisor"]
    for person in (*matrix.own_unit.values(), *matrix.other_unit.values(), another):
        assert person == viewer or seen_by(person) == set()
    with touching_privacy(matrix, case_id=street.filed):
        assert seen_by(viewer) == set(), "classified since"
    assert seen_by(viewer) == set(places)


# -- nobody, and other machines ----------------------------------------------------------------


def test_who_has_not_signed_in_gets_in_only_where_it_is_written(
    matrix: Matrix, others: dict[str, object]
) -> None:
    everything = {**matrix.records, **others, "path": "0/000", "sha256": "0" * 64}
    opened = {
        name for name, route in addresses() if door(None, filled(route, everything)) == "open"
    }
    unnamed = {name for name, route in addresses() if not names_in(route)}
    written = set(PAGES["anybody"]["pages"])
    assert opened <= written
    assert written & unnamed - {"phone_authority"} <= opened  # no certificate without TLS


def test_addresses_of_machines_open_to_their_token_alone(
    matrix: Matrix, others: dict[str, object]
) -> None:
    system, carrying = matrix.street.world.system, matrix.street.world["officer"]
    until, secrets = MORNING + dt.timedelta(days=1), {}
    for scope in ApiToken.Scope.values:
        whose = {"person_id": carrying.id} if scope in ApiToken.PERSONAL else {}
        issued = issue_token(actor=system, name=scope, scope=scope, until=until, **whose)
        secrets[scope] = issued.secret
    newest = latest_checkpoint()
    assert newest is not None
    width = tile_width(0, 0, newest.size)
    digest = Recording.objects.get(id=str(others["recording_id"])).original_id
    known = {**matrix.records, **others, "sha256": digest}
    known["path"] = TileId(0, 0, width).path.removeprefix("tile/")
    bundle = {"path": BundleId(0, width).path.removeprefix("tile/entries/")}
    opened, by_office = set(), []
    machines, tokens = PAGES["machines"], PAGES["tokens"]
    for name, route in addresses():
        address = filled(route, known | (bundle if name == "images" else {}))
        for scope, secret in secrets.items():
            if door(None, address, token=secret) == "open" and name not in NOBODYS - {*machines}:
                opened.add((name, scope))
        if name in machines:
            people = matrix.own_unit.items()
            by_office += [(name, one) for one, who in people if door(who, address) != "shut"]
    written = {(name, scope) for name, scope in machines.items()}
    written |= {(name, scope) for name, scopes in tokens.items() for scope in scopes}
    written -= {("api-receipt", "docking")}  # the upload of the table has not ended
    assert opened == written
    assert by_office == []


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
        mock.patch("liuhen.actions.act.record_refusal"),  # entered: tests/actions/test_act.py
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
