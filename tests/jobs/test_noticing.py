"""What waits on a desk leaves by mail as its person chose, through a real mail server."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from liuhen.actions.deputising import name_deputy
from liuhen.actions.notices import choose_notices
from liuhen.demo.people import World
from liuhen.demo.simple_case import SimpleCase
from liuhen.host.mailing import notices_server
from liuhen.host.signs import GREEN, YELLOW
from liuhen.jobs.noticing import tell_people
from liuhen.kernel import clock
from liuhen.kernel.clock import FrozenClock
from liuhen.kernel.refusals import Refused
from liuhen.ledger.models import Entry
from liuhen.people.models import MailState, Office
from liuhen.upkeep.signs import all_signs
from tests.mailbox import Mailbox, body, mailbox, subject
from tests.web.conftest import words
from tests.world import MORNING


@pytest.fixture(scope="module")
def post() -> Iterator[Mailbox]:
    with mailbox() as running:
        yield running


@pytest.fixture
def stopped(world: World, post: Mailbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[FrozenClock]:
    post.clear()
    told = {"LIUHEN_NOTICE_FROM": "liuhen@example.org", "LIUHEN_SMTP": post.address}
    monkeypatch.setattr(settings, "NOTICES", notices_server(told))
    with clock.frozen(MORNING) as one:
        yield one


def filed(world: World, stopped: FrozenClock) -> SimpleCase:
    """A case whose filing waits for the unit's head."""
    simple = SimpleCase(world)
    simple.start()
    simple.violation()
    simple.notice()
    simple.waive()
    simple.decide()
    simple.sign()
    simple.issue_and_serve()
    simple.collect()
    stopped.move(minutes=10)
    simple.end()
    simple.ask_filing()
    return simple


def chosen(world: World, who: str, notices: str, post: Mailbox) -> None:
    """A person chose, and got the mail that says so."""
    choose_notices(actor=world[who], notices=notices, email=f"{who}@example.org")
    tell_people()
    assert subject(post.mails.pop()) == "【留痕】邮件提醒已设定"


def test_a_digest_comes_once_a_morning_what_is_new_at_once_to_a_deputy_too_by_numbers_alone(
    world: World, post: Mailbox, stopped: FrozenClock
) -> None:
    office = Office.objects.get(person=world["unit_head"], kind=Office.Kind.UNIT_HEAD)
    name_deputy(
        actor=world["unit_head"],
        office_id=office.id,
        deputy=world["officer2"],
        until=MORNING + dt.timedelta(days=7),
        reason="休假",
    )
    chosen(world, "unit_head", "daily", post)
    chosen(world, "officer2", "soon", post)
    assert tell_people() == 0, "nothing waits, so nothing is sent"
    case = filed(world, stopped).case
    assert tell_people() == 1 and tell_people() == 0, "today's digest was looked at"
    (soon,) = post.mails
    assert "新的待办" in subject(soon) and case.number in body(soon)
    assert "您代行承办机构负责人的职务，至 2026-03-17 09:00。" in body(soon)
    stopped.move(minutes=22 * 60 - 10)
    assert clock.local(clock.now()).time() < dt.time(7, 30) and tell_people() == 0
    stopped.move(minutes=30)
    assert tell_people() == 1 and tell_people() == 0
    digest = post.mails[-1]
    text = body(digest)
    assert subject(digest).startswith("【留痕】今日待办：")
    assert case.number in text and f"{settings.PUBLIC_URL}/approvals/" in text
    for party in case.parties.all():
        assert party.name not in text
    assert case.cause not in text and case.place not in text
    assert digest["To"] == "unit_head@example.org" and digest["Auto-Submitted"]


def test_a_refused_address_is_tried_no_more_and_told_until_it_is_put_right(
    world: World, post: Mailbox, stopped: FrozenClock
) -> None:
    client = Client(SERVER_NAME="localhost")
    client.force_login(world["officer"])
    page = reverse("notices_choose")
    wrong = client.post(page, {"notices": "daily", "email": "a@b.org\r\nBcc: c@d.org"})
    assert wrong.status_code == 400 and "不是可以接收邮件的地址" in words(wrong)
    post.refuses["gone@example.org"] = "550 5.1.1 no such user"
    given = {"notices": "daily", "email": "gone@example.org"}
    assert client.post(page, given).status_code == 302
    assert tell_people() == 0
    stopped.move(minutes=24 * 60)
    post.refuses.clear()
    assert tell_people() == 0 and not post.mails, "refused for good: not tried again"
    for place in ("desk", "account_change_password"):
        shown = words(client.get(reverse(place)))
        assert "gone@example.org" in shown and "no such user" in shown
    (sign,) = [one for one in all_signs() if one.name == "notices"]
    assert sign.lamp == YELLOW and "1 人的邮件没有送达" in sign.words
    client.post(page, {"notices": "daily", "email": "here@example.org"})
    assert tell_people() >= 1 and post.mails[0]["To"] == "here@example.org"
    assert "gone@example.org" not in words(client.get(reverse("desk")))
    (sign,) = [one for one in all_signs() if one.name == "notices"]
    assert sign.lamp == GREEN
    entry = Entry.objects.filter(event="person.notices_chosen").order_by("recorded_at").last()
    assert entry is not None and json.loads(bytes(entry.body))["data"] == {"notices": "daily"}


def test_what_is_refused_for_now_or_meets_no_server_is_tried_later_and_later(
    world: World, post: Mailbox, stopped: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose_notices(actor=world["officer"], notices="daily", email="busy@example.org")
    post.refuses["busy@example.org"] = "451 4.3.0 later"
    assert tell_people() == 0
    state = MailState.objects.get(person=world["officer"])
    assert state.failures == 1 and not state.is_refused and "later" in state.trouble
    stopped.move(minutes=5)
    away = {"LIUHEN_NOTICE_FROM": "liuhen@example.org", "LIUHEN_SMTP": "smtp://127.0.0.1:1"}
    reachable = settings.NOTICES
    monkeypatch.setattr(settings, "NOTICES", notices_server(away))
    assert tell_people() == 0
    state.refresh_from_db()
    assert state.failures == 2 and state.next_try_at == clock.now() + dt.timedelta(minutes=10)
    monkeypatch.setattr(settings, "NOTICES", reachable)
    post.clear()
    assert tell_people() == 0, "not before its time"
    stopped.move(minutes=10)
    assert tell_people() == 1
    state.refresh_from_db()
    assert not state.trouble and state.failures == 0


def test_without_a_server_nobody_may_choose_and_what_is_no_choice_is_refused(
    world: World, stopped: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Refused, match=r"notices\.unknown"):
        choose_notices(actor=world["officer"], notices="hourly", email="a@example.org")
    with pytest.raises(Refused, match=r"notices\.no_address"):
        choose_notices(actor=world["officer"], notices="daily", email="")
    with pytest.raises(Refused, match=r"notices\.address"):
        choose_notices(actor=world["officer"], notices="daily", email="a@")
    monkeypatch.setattr(settings, "NOTICES", None)
    with pytest.raises(Refused, match=r"notices\.no_server"):
        choose_notices(actor=world["officer"], notices="soon", email="a@example.org")
    assert tell_people() == 0
    choose_notices(actor=world["officer"], notices="", email="")
