"""What waits on My desk of keeping and lending: hand-overs, copies, covering, classes, disposal.

Sampled files too. Each is offered to who may take its next step. Reads only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import Q
from django.urls import reverse

from liuhen.access.models import CopyApplication, Redaction
from liuhen.access.queries import visible_applications, visible_redactions
from liuhen.archive.disposals import visible_disposals
from liuhen.archive.models import CaseCopyRequest, Disposal
from liuhen.archive.queries import overdue_copies, visible_copy_requests
from liuhen.archive.retention import corrections_waiting
from liuhen.cases.models import Case
from liuhen.kernel import clock
from liuhen.oversight.models import SampledCase
from liuhen.oversight.sampling import visible_sampled, visible_samplings
from liuhen.people.models import Person
from liuhen.people.queries import is_allowed, is_own_matter, office_kinds, permissions
from liuhen.recordings.holdings import next_step, visible_hand_overs

Task = dict[str, Any]

SHOWN = 20
# Copies to be made that stand one by one; more are one task.
APART = 3
# The steps of a party's application: the right each asks for, and what it is called.
_COPIES = {
    "check": ("copy.check", "对复制申请作保密审查"),
    "answer": ("viewing.approve", "批准当事人复制申请"),
    "copy": ("case.copy", "制作复制件"),
    "hand_over": ("case.copy", "交付复制件"),
}
_HAND_OVERS = {"hand": "移交手里的事项", "receive": "接收移交的事项", "countersign": "监交人员交接"}


def keeping_tasks(person: Person) -> list[Task]:
    """Everything of keeping and lending that waits for a person, as `desk.html` lists tasks."""
    return [
        *_hand_overs(person),
        *_copies(person),
        *_discs(person),
        *_outside(person),
        *_covered(person),
        *_bare(person),
        *_corrections(person),
        *_disposals(person),
        *_samplings(person),
        *_sampled(person),
    ]


def _task(label: str, article: str, reason: str, href: str, case: Case | None = None) -> Task:
    told: dict[str, str] | None = None
    if case is not None:
        told = {"number": case.number, "cause": case.cause, "href": reverse("case", args=[case.id])}
    return {
        "label": label,
        "lamp": "blue",
        "lamp_words": "待办理",
        "article": article,
        "case": told,
        "reason": reason,
        "href": href,
        "act": "办理",
    }


def _hand_overs(person: Person) -> Iterator[Task]:
    rows = visible_hand_overs(person).filter(countersigned_at=None, withdrawn_at=None)
    for found in rows[:SHOWN]:
        step = next_step(person, found)
        if step:
            reason = f"{found.leaver.name} 移交 {found.taker.name}，{len(found.rows)} 项"
            href = reverse("hand_over", args=[found.id])
            yield _task(_HAND_OVERS[step], "40.1", reason, href)


def _copies(person: Person) -> Iterator[Task]:
    mine = {step for step, (right, _) in _COPIES.items() if is_allowed(person, right)}
    if not mine:
        return
    rows = visible_applications(person).filter(handed_at=None)
    rows = rows.exclude(outcome=CopyApplication.Outcome.RETURNED)
    for found in rows[: 5 * SHOWN]:
        own = (found.received_by_id, found.checked_by_id)
        is_own = is_own_matter(person, "viewing.approve", *own)
        if found.step in mine and not (found.step == "answer" and is_own):
            reason = f"{found.applicant}申请，{found.purpose}"
            href = reverse("copy_application", args=[found.id])
            yield _task(_COPIES[found.step][1], "46.1", reason, href, found.case)


def _discs(person: Person) -> Iterator[Task]:
    """Copies of whole cases: to be answered one by one; to be made at the machine, many as one."""
    may_answer, may_copy = (is_allowed(person, one) for one in ("viewing.approve", "case.copy"))
    if not (may_answer or may_copy):
        return
    rows = visible_copy_requests(person).filter(Q(copy=None) | ~Q(failure=""))
    open_ones = rows.exclude(outcome=CaseCopyRequest.Outcome.RETURNED)
    to_make = list[Task]()
    for asked in open_ones[:SHOWN]:
        href = f"{reverse('case_discs', args=[asked.case_id])}#copy-{asked.id}"
        reason = f"交给{asked.recipient}，{asked.purpose}"
        if asked.is_package and asked.outcome:
            if asked.may_be_ordered and is_allowed(person, "case.export"):
                yield _task("制作归档包", "43.1", reason, href, asked.case)
        elif asked.outcome and may_copy:
            to_make.append(_task("制作案卷光盘", "43.1", reason, href, asked.case))
        elif not (asked.outcome or is_own_matter(person, "viewing.approve", asked.asked_by_id)):
            if not may_answer:
                continue
            yield _task("批准复制案卷", "42.1", reason, href, asked.case)
    yield from [_folded(to_make)] if len(to_make) > APART else to_make


def _folded(tasks: Sequence[Task]) -> Task:
    """Tasks of one name as the first of them, with the others beneath it."""
    first, *others = tasks
    more = [{**one, "label": f"{one['case']['number']} {one['case']['cause']}"} for one in others]
    return {**first, "more": more, "more_words": f"另有 {len(more)} 件同样要办"}


def _outside(person: Person) -> Iterator[Task]:
    """Copies outside whose day has come, for who copies: each once, until its end is entered."""
    if not is_allowed(person, "case.copy"):
        return
    for one in overdue_copies(person).order_by("due_on", "id")[:SHOWN]:
        reason = f"交给{one.recipient}的{one.parts}张光盘，应于{one.due_on}收回或者销毁"
        href = reverse("case_copy_end", args=[one.id])
        yield _task("登记复制件收回", "43.1", reason, href, one.case)


def _bare(person: Person) -> Iterator[Task]:
    """Copies given back to who asked for them."""
    rows = visible_redactions(person).filter(state=Redaction.State.RETURNED, asked_by=person)
    for found in rows[:SHOWN]:
        href = reverse("redaction", args=[found.id])
        yield _task("补遮遮盖副本", "45.1", f"{found.name}，{found.returned_for}", href, found.case)


def _covered(person: Person) -> Iterator[Task]:
    """Copies made, for who may review and did not ask for them."""
    if not is_allowed(person, "redaction.review"):
        return
    rows = visible_redactions(person).filter(state=Redaction.State.MADE).exclude(asked_by=person)
    for found in rows[:SHOWN]:
        href = reverse("redaction", args=[found.id])
        yield _task("审看遮盖副本", "45.1", f"{found.name}，{found.reason}", href, found.case)


def _corrections(person: Person) -> Iterator[Task]:
    if not is_allowed(person, "retention.confirm"):
        return
    for asked in corrections_waiting(person).exclude(asked_by=person)[:SHOWN]:
        href = reverse("retention_answer", args=[asked.id])
        reason = f"{asked.recording.name}，{asked.asked_by.name}提出"
        yield _task("确认更正保管类别", "41.1(3)", reason, href)


def _disposals(person: Person) -> Iterator[Task]:
    """Lists to approve, in an office that has not approved yet; cooled ones to be ordered."""
    able = office_kinds(person) & permissions()["disposal.approve"].offices
    may_begin = is_allowed(person, "disposal.begin")
    if not (able or may_begin):
        return
    open_ones = visible_disposals(person).filter(
        state__in=(Disposal.State.LISTED, Disposal.State.COOLING)
    )
    for found in open_ones[:SHOWN]:
        href = reverse("disposal", args=[found.id])
        is_new = person.id not in (found.proposed_by_id, found.first_by_id)
        if found.state == Disposal.State.LISTED:
            if is_new and able - {found.first_office}:
                yield _task(f"批准处置 {found.number}", "40.2", found.reason, href)
        elif may_begin and found.cooling_until and clock.now() > found.cooling_until:
            yield _task(f"下令销毁 {found.number}", "40.2", "冷静期已过", href)


def _samplings(person: Person) -> Iterator[Task]:
    if not is_allowed(person, "sampling.draw"):
        return
    for found in visible_samplings(person).filter(seed="")[:SHOWN]:
        href = reverse("sampling", args=[found.id])
        yield _task("抽取评查案卷", "", f"{found.title}，抽 {found.size} 件", href)


def _sampled(person: Person) -> Iterator[Task]:
    """Drawn files to score, to answer as their unit, to check again."""
    may_score, may_answer = (is_allowed(person, f"sampling.{one}") for one in ("score", "answer"))
    if not (may_score or may_answer):
        return
    for found in visible_sampled(person).exclude(is_settled=True).order_by("id")[:SHOWN]:
        label = _next_of_sampled(found, may_score=may_score, may_answer=may_answer)
        if label:
            href = reverse("sampled_case", args=[found.id])
            yield _task(label, "", found.sampling.title, href, found.case)


def _next_of_sampled(found: SampledCase, *, may_score: bool, may_answer: bool) -> str:
    if found.total is None:
        return "评查案卷" if may_score else ""
    if found.answered_at is None or found.rechecked_at is not None:
        return "反馈评查意见" if may_answer else ""
    return "复查评查意见" if may_score else ""
