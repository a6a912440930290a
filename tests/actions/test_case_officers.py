"""Officers join and leave a case; nobody leaves in the middle of an activity."""

from __future__ import annotations

from typing import Any

import pytest

from liuhen.actions.case_officers import change_officers
from liuhen.actions.people import revoke_certificate
from liuhen.cases.models import CaseOfficer
from liuhen.cases.queries import visible_cases
from liuhen.demo.ordinary_case import OrdinaryCase
from liuhen.ledger.models import Entry
from tests.actions.ordinary import refusal


def changed(ordinary: OrdinaryCase, *usernames: str, **more: Any) -> dict[str, Any]:
    people = [ordinary.world[name] for name in usernames]
    by = ordinary.world[more.pop("actor", "unit_head")]
    given = {"handler": people[0], "officers": people, "reason": "岗位调整。", **more}
    return {"actor": by, "case_id": ordinary.case.id, **given}


def test_another_handler_takes_over_with_an_officer_and_the_first_no_longer_sees_it(
    ordinary: OrdinaryCase,
) -> None:
    ordinary.until_initiated()
    ordinary.clock.move(hours=1)
    change_officers(**changed(ordinary, "officer2", "officer"))
    world = ordinary.world
    assert ordinary.case.handler == world["officer2"]
    now = CaseOfficer.objects.filter(case=ordinary.case, until=None)
    assert {one.person for one in now} == {world["officer"], world["officer2"]}
    left = CaseOfficer.objects.get(case=ordinary.case, person=world["handler"])
    assert left.until is not None
    assert left.until > left.since
    # The second officer stayed and has one row, not two.
    assert CaseOfficer.objects.filter(case=ordinary.case, person=world["officer"]).count() == 1
    assert not visible_cases(world["handler"]).exists()
    assert Entry.objects.filter(event="case.officers_changed").count() == 1


@pytest.mark.parametrize(
    ("usernames", "more", "code"),
    [
        (("handler", "officer"), {}, "officers.same"),
        (("officer",), {}, "officer.alone"),
        (("officer", "unit_head"), {}, "officer.not_officer"),
        (("officer", "officer2"), {"reason": " "}, "reason.missing"),
        (("officer", "officer2"), {"actor": "officer"}, "permission.missing"),
        (("officer", "officer2"), {"actor": "legal"}, "permission.missing"),
    ],
)
def test_a_change_that_breaks_a_rule_is_refused(
    ordinary: OrdinaryCase, usernames: tuple[str, ...], more: dict[str, Any], code: str
) -> None:
    ordinary.register()
    ordinary.assign()
    assert refusal(change_officers, **changed(ordinary, *usernames, **more)).code == code
    assert ordinary.case.handler == ordinary.world["handler"]


def test_the_handler_is_one_of_the_officers(ordinary: OrdinaryCase) -> None:
    ordinary.register()
    ordinary.assign()
    given = changed(ordinary, "officer", "officer2", handler=ordinary.world["handler"])
    assert refusal(change_officers, **given).code == "case.handler"


def test_nobody_leaves_in_the_middle_of_an_activity(ordinary: OrdinaryCase) -> None:
    ordinary.until_initiated()
    activity = ordinary.begin("inquiry", is_on_site=False)
    away = changed(ordinary, "officer", "officer2")
    refused = refusal(change_officers, **away)
    assert (refused.code, refused.data["name"]) == ("officer.in_activity", "王承办")
    ordinary.end(activity)
    change_officers(**away)


def test_an_officer_whose_certificate_was_revoked_does_not_join(ordinary: OrdinaryCase) -> None:
    ordinary.register()
    ordinary.assign()
    certificate = ordinary.world["officer2"].certificates.get()
    revoke_certificate(
        actor=ordinary.world["security"], certificate_id=certificate.id, reason="调离执法岗位"
    )
    refused = refusal(change_officers, **changed(ordinary, "handler", "officer2"))
    assert (refused.code, refused.data["name"]) == ("certificate.invalid", "李示例")
