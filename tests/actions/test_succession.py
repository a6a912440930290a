"""A party that is no more and goes on in another: the case goes on too, and what was told stays."""

from __future__ import annotations

import datetime as dt
from typing import Any

from liuhen.actions.parties import add_party, record_party_death, record_succession
from liuhen.cases.models import Party, PartyChange
from liuhen.cases.queries import dead_party
from liuhen.compliance.models import Finding
from liuhen.demo.coercion_case import LevyCase
from liuhen.demo.ordinary_case import OrdinaryCase
from liuhen.demo.ordinary_words import DUMPING
from liuhen.demo.people import World
from liuhen.documents.case_facts import facts_of
from liuhen.kernel import clock
from liuhen.kernel.clock import FrozenClock
from liuhen.ledger.models import Entry
from tests.actions.ordinary import noticed, refusal

HEIR = {**DUMPING.party, "name": "虚构市样例装饰集团有限公司", "representative": "孔样例"}


def succession(desk: Any, **changes: Any) -> dict[str, Any]:
    party = desk.case.parties.get(role="party")
    today = clock.local_date(clock.now())
    given = {"given": HEIR, "succeeded_on": today, "proof": "合并登记通知书", **changes}
    return {"actor": desk.by["actor"], "party_id": party.id, **given}


def test_a_firm_that_merged_goes_on_in_its_successor_and_what_was_told_stays_told(
    ordinary: OrdinaryCase,
) -> None:
    noticed(ordinary)
    old = ordinary.case.parties.get(role="party")
    by = {"actor": ordinary.by["actor"], "party_id": old.id}
    record_party_death(**by, died_on=clock.local_date(clock.now()), proof="注销通知")
    assert dead_party(ordinary.case) == old
    new = record_succession(**succession(ordinary))
    assert (new.role, new.name) == ("party", HEIR["name"])
    assert dead_party(ordinary.case) is None
    old.refresh_from_db()
    assert old.role == Party.Role.FORMER
    told = Finding.objects.get(case=ordinary.case, rule="party_told_before_decision")
    assert told.outcome == "met"
    assert (
        facts_of(ordinary.case, None, clock.now())["party"]["name"] == HEIR["name"]
    )  # papers to come
    change = PartyChange.objects.get(kind="merged")
    assert (change.name_before, change.name_after) == (old.name, new.name)
    assert Entry.objects.get(event="party.succeeded").case_id == ordinary.case.id


def test_a_succession_needs_another_name_a_day_that_has_come_and_a_proof(
    ordinary: OrdinaryCase,
) -> None:
    ordinary.register()
    ordinary.assign()
    ordinary.party()
    tomorrow = clock.local_date(clock.now()) + dt.timedelta(days=1)
    for changes, code in (
        ({"given": DUMPING.party}, "party.same_name"),
        ({"given": {**HEIR, "kind": ""}}, "party.incomplete"),
        ({"given": {**HEIR, "identity_number": "1"}}, "identity.credit_code"),
        ({"succeeded_on": tomorrow}, "party.change_in_future"),
        ({"proof": " "}, "party.no_proof"),
    ):
        assert refusal(record_succession, **succession(ordinary, **changes)).code == code
    former = ordinary.case.parties.get(role="party")
    record_succession(**succession(ordinary))
    again = {**succession(ordinary), "party_id": former.id}
    assert refusal(record_succession, **again).code == "party.not_to_succeed"
    forged = {**DUMPING.party, "role": "former"}
    assert refusal(add_party, **ordinary.by, given=forged).code == "party.incomplete"


def test_a_persons_act_is_nobody_elses_but_what_is_owed_passes_to_the_estate(
    ordinary: OrdinaryCase, world: World, stopped: FrozenClock
) -> None:
    person = {"kind": "person", "identity_kind": "resident_id", "name": "曹样例"}
    number = {"identity_number": "11010519491231002X"}
    ordinary.register()
    ordinary.assign()
    ordinary.party(**person, **number)
    assert refusal(record_succession, **succession(ordinary)).code == "party.not_to_succeed"
    levy = LevyCase(world, stopped)
    levy.open()
    heir = {"kind": "person", "name": "曹继承"}
    assert record_succession(**succession(levy, given=heir)).name == "曹继承"
