"""The audit administrator's page: acts on people, sign-ins, rights, settings; nothing of cases."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from liuhen.actions.deputising import end_office
from liuhen.actions.people import appoint, register_person
from liuhen.actions.sessions import note_failed_sign_in, start_session
from liuhen.demo.people import World
from liuhen.demo.simple_case import SimpleCase
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Office
from liuhen.people.queries import permissions
from liuhen.web.audit import GROUPS
from liuhen.web.events import event_titles
from tests.web.conftest import Browser, words
from tests.web.test_lists_and_counts import queries
from tests.world import MORNING


def page(browser: Browser, **asked: str) -> str:
    return words(browser("auditor").get(reverse("audit"), asked))


def busy(world: World) -> None:
    """A person comes, is dismissed; somebody signs in, somebody fails; an act is refused."""
    newcomer = register_person(
        actor=world["security"],
        username="wei",
        name="卫新来",
        unit=world.units["ZD1"],
        password="long-enough-1",
    )
    appoint(actor=world["security"], person=newcomer, kind="archivist")
    end_office(actor=world["security"], office_id=newcomer.offices.get().id, reason="调往他处")
    start_session(actor=world["officer"], address="10.1.2.3")
    note_failed_sign_in(actor=world.system, username="nobody", address="10.9.9.9")
    with pytest.raises(Refused):
        appoint(actor=world["operator"], person=newcomer, kind="supervisor")


def test_the_auditor_reads_who_did_what_to_people_rights_and_sign_ins(
    world: World, browser: Browser
) -> None:
    busy(world)
    everything = page(browser)
    for told in ("沈安全", "卫新来：档案室", "调往他处", "10.1.2.3", "nobody", "10.9.9.9"):
        assert told in everything, told
    assert "任免" in everything or "任命" in everything
    assert "（未办成）" in everything and "您没有办理这一事项的权限" in everything
    sessions = page(browser, show="sessions")
    assert "10.1.2.3" in sessions and "调往他处" not in sessions
    assert "调往他处" in page(browser, show="rights")
    assert "permission.missing" in page(browser, show="refused")
    mine = page(browser, who="沈安")
    assert "调往他处" in mine and "10.1.2.3" not in mine
    assert "没有符合条件" in page(browser, who="无此人")


def test_nothing_of_a_case_is_told(world: World, browser: Browser) -> None:
    simple = SimpleCase(world)
    simple.start()
    simple.violation()
    with pytest.raises(Refused):  # the notice has not been told yet
        simple.waive()
    told = page(browser)
    assert simple.case.number not in told and simple.case.parties.get().name not in told
    assert browser("auditor").get(reverse("case", args=[simple.case.id])).status_code == 404
    assert browser("auditor").get(reverse("people")).status_code == 403


def test_a_month_is_shown_and_earlier_days_on_request(world: World, browser: Browser) -> None:
    with clock.frozen(MORNING) as stopped:
        busy(world)
        stopped.move(days=40)
        assert "没有符合条件" in page(browser, who="沈安")
        assert "调往他处" in page(browser, since="2026-03-10", until="2026-03-10")
    wrong = browser("auditor").get(reverse("audit"), {"since": "2026-03-10", "until": "2026-03-09"})
    assert wrong.status_code == 400 and "止日早于起日" in words(wrong)
    assert browser("auditor").get(reverse("audit"), {"since": "昨天"}).status_code == 400
    assert page(browser, show="nonsense", after="no cursor")


def test_a_long_log_is_paged_at_a_constant_number_of_queries(
    world: World, browser: Browser
) -> None:
    start_session(actor=world["officer"], address="10.0.0.1")
    client, address = browser("auditor"), f"{reverse('audit')}?show=sessions"
    few = queries(client, address)
    for place in range(30):
        start_session(actor=world["officer"], address=f"10.0.1.{place}")
    assert queries(client, address) == few
    assert 'rel="next"' in page(browser, show="sessions")


@pytest.mark.parametrize("who", ["operator", "security", "head", "supervisor", "officer"])
def test_it_is_the_auditors_alone(world: World, browser: Browser, who: str) -> None:
    assert browser(who).get(reverse("audit")).status_code == 403


def test_the_auditor_may_read_and_do_nothing_else() -> None:
    given = {name for name, one in permissions().items() if Office.Kind.AUDITOR in one.offices}
    assert given == {"audit.read"}


def test_the_groups_name_nouns_there_are() -> None:
    nouns = {event.partition(".")[0] for event in event_titles()}
    for label, named in GROUPS.values():
        assert named <= nouns, label


def test_a_day_includes_its_last_hour(world: World, browser: Browser) -> None:
    late = dt.datetime(2026, 3, 10, 15, 59, tzinfo=dt.UTC)
    with clock.frozen(late):
        start_session(actor=world["officer"], address="10.2.2.2")
    with clock.frozen(late + dt.timedelta(days=3)):
        assert "10.2.2.2" in page(browser, until="2026-03-10")
        assert "10.2.2.2" not in page(browser, until="2026-03-09")
