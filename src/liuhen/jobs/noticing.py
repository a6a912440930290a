"""Mails people what waits on their desks: once a day, or as it comes, as each of them chose.

A mail names acts, numbers of cases and addresses of pages, never a party, a cause or a reason: it
leaves the house, and the page says the rest to whoever may read it. What can't be sent is tried
later and later; an address refused for good is tried no more, and told on its person's desk.
"""

from __future__ import annotations

import datetime as dt
import logging
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.urls import reverse

from liuhen.host.mailing import TROUBLES, MailServer, send, written
from liuhen.kernel import clock
from liuhen.kernel.digests import sha256_hex
from liuhen.people.models import MailState, Office, Person
from liuhen.people.queries import offices_held
from liuhen.web.desk import desk_tasks, lamp_of

# The day's digest leaves before the office opens.
MORNING = dt.time(7, 30)
LONGEST_WAIT = dt.timedelta(hours=6)
_SHOWN = 40
_HEADS = {"red": "逾期或违反", "yellow": "临期", "open": "期限内"}
log = logging.getLogger("liuhen.notices")


def tell_people() -> int:
    """Mail everybody who chose it what they have not heard; returns how many mails left."""
    server = settings.NOTICES
    if server is None:
        return 0
    due = Q(next_try_at=None) | Q(next_try_at__lte=clock.now())
    states = MailState.objects.filter(due, is_refused=False, person__is_active=True)
    states = states.exclude(person__notices=Person.Notices.NONE).select_related("person__unit")
    return sum(_tell(server, state) for state in states.order_by("person_id"))


def _tell(server: MailServer, state: MailState) -> bool:
    """Tell one person; returns whether a mail left."""
    try:
        subject, lines = _greeting(state.person) if not state.is_greeted else _news(state)
        if not lines:
            return False
        message = written(settings.HOME, server, subject, lines)
        message["To"] = state.person.email
        refused = send(settings.HOME, server, message)
    except TROUBLES as error:
        _note_failure(state, f"{type(error).__name__} {error}")
        return False
    except Exception as error:
        # one desk that can't be read keeps nobody else from theirs
        log.exception("the desk of person %s was not mailed", state.person_id)
        _note_failure(state, type(error).__name__)
        return False
    if refused:
        _note_failure(state, refused[0].words, is_refused=refused[0].is_for_good)
        return False
    _note(state)
    return True


def _greeting(person: Person) -> tuple[str, list[str]]:
    """The first mail to an address: that it works, and what will come."""
    words = {
        Person.Notices.DAILY: f"有待办的日子，每天 {MORNING:%H:%M} 发来一封汇总。",
        Person.Notices.SOON: "有新的待办、待办逾期时发来，十分钟内同来的合为一封。",
    }
    return "【留痕】邮件提醒已设定", [words[Person.Notices(person.notices)], *_foot()]


def _news(state: MailState) -> tuple[str, list[str]]:
    """What this person is to hear now; no lines when there is nothing. Marks it in the state."""
    person, now = state.person, clock.local(clock.now())
    is_daily = person.notices == Person.Notices.DAILY
    if is_daily and (now.time() < MORNING or state.told_on == now.date()):
        return "", []
    tasks = desk_tasks(person)
    marks = [_mark(task) for task in tasks]
    shown = [
        task for task, mark in zip(tasks, marks, strict=True) if is_daily or mark not in state.told
    ]
    state.told, state.told_on = marks, now.date()
    if not shown:
        state.save()
        return "", []
    counts = {lamp: sum(lamp_of(task) == lamp for task in shown) for lamp in _HEADS}
    told = "，".join(f"{_HEADS[lamp]} {number} 件" for lamp, number in counts.items() if number)
    subject = f"【留痕】{'今日待办' if is_daily else '新的待办'}：{told}"
    lines = [line for task in shown[:_SHOWN] for line in _lines(task)]
    if len(shown) > _SHOWN:
        lines += [f"另有 {len(shown) - _SHOWN} 件，见我的工作台。", ""]
    return subject, [*lines, *_acting(person), *_foot()]


def _mark(task: dict[str, Any]) -> str:
    """What tells one matter from another; late, it is told once more."""
    is_late = lamp_of(task) == "red"
    return sha256_hex(f"{task['href']} {task['label']} {is_late}".encode())[:16]


def _lines(task: dict[str, Any]) -> list[str]:
    case, due_at = task.get("case"), task.get("due_at")
    number = f"（{case['number']}）" if case else ""
    due = f"，期限 {clock.end_text(due_at)}" if due_at else ""
    head = _HEADS[lamp_of(task)]
    return [f"● [{head}] {task['label']}{number}{due}", f"  {_address(task['href'])}", ""]


def _acting(person: Person) -> list[str]:
    """In whose offices a deputy reads this: what waits for them stands above."""
    acting = offices_held(person).exclude(deputy_for=None).order_by("until", "id")
    return [
        f"您代行{Office.Kind(one.kind).label}的职务"
        + (f"，至 {clock.end_text(one.until)}。" if one.until else "。")
        for one in acting
    ]


def _foot() -> list[str]:
    return [
        "",
        f"我的工作台：{_address(reverse('desk'))}",
        f"更改或者停止这些邮件：{_address(reverse('notices_choose'))}",
        "邮件只列事项和案号，不含案情；请登录后查看。",
    ]


def _address(path: str) -> str:
    return f"{settings.PUBLIC_URL}{path}"


def _note(state: MailState) -> None:
    state.is_greeted, state.failures, state.next_try_at, state.trouble = True, 0, None, ""
    state.save()


def _note_failure(state: MailState, trouble: str, *, is_refused: bool = False) -> None:
    # what was to be told stays untold: only these columns are written
    state.failures += 1
    wait = min(dt.timedelta(minutes=5) * 2 ** min(state.failures - 1, 10), LONGEST_WAIT)
    state.next_try_at = clock.now() + wait
    state.trouble, state.is_refused = trouble[:300], is_refused
    state.save(update_fields=["failures", "next_try_at", "trouble", "is_refused"])
    log.warning("person %s not mailed: %s", state.person_id, state.trouble)
