"""Where a bound file stands on its way to the archive room, as a step of its case.

The law asks that the file lies there in time, not who has it now. Not for the pages on which it is
bound, handed over and received (`case_archive`). Reads only.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.urls import reverse

from liuhen.archive.models import CaseFile
from liuhen.cases.models import Case
from liuhen.compliance.readiness import Work
from liuhen.kernel import clock
from liuhen.people.models import Person
from liuhen.people.queries import is_allowed

_HAND_OVER = "hand_over_case"
_ARTICLE = "38.1"


def files_of(cases: Iterable[Case]) -> dict[UUID, CaseFile]:
    """The bound files of these cases, by case. One query."""
    rows = CaseFile.objects.filter(case__in=list(cases))
    found = rows.select_related("handed_over_by", "reopened_by")
    return {one.case_id: one for one in found}


def is_with_archive(file: CaseFile | None) -> bool:
    """Whether the archive room has been given the file and has not answered."""
    return file is not None and file.handed_over_at is not None and file.received_at is None


def is_given_back(file: CaseFile | None) -> bool:
    """Whether the file came back and is with the unit: refused, or archived and returned.

    A refused one that is bound anew is as it was at first: the law asks that it be handed over.
    """
    if file is None or file.handed_over_at is not None:
        return False
    return file.reopened_at is not None or file.archive_number is not None


def without_hand_over(work: Work, file: CaseFile | None) -> Work:
    """The work of a case, where handing over is no step once that is done; its clock runs on."""
    if not (is_with_archive(file) or is_given_back(file)):
        return work
    running = [
        one
        for step in work.steps
        if step.act == _HAND_OVER
        for one in step.findings
        if one.due_at is not None
    ]
    steps = tuple(step for step in work.steps if step.act != _HAND_OVER)
    return replace(work, steps=steps, clocks=(*running, *work.clocks))


def given_back(file: CaseFile) -> dict[str, Any]:
    """A file that came back as a task: who gave it back and why, or where it goes again."""
    if file.reopened_at is None:
        return {
            "label": "再次移交档案室",
            "lamp": "yellow",
            "lamp_words": "已重新立卷",
            "article": _ARTICLE,
            "reason": f"归档号 {file.archive_number} 不变。",
            "href": reverse("case_hand_over", args=[file.case_id]),
        }
    assert file.reopened_by is not None
    is_refused = file.archive_number is None
    return {
        "label": "补正后重新立卷" if is_refused else "补充材料后重新立卷",
        "lamp": "yellow",
        "lamp_words": "档案室退回" if is_refused else "已退回补充",
        "article": _ARTICLE if is_refused else "43.2",
        "reason": f"{file.reopened_by.name}：{file.reopened_for}",
        "href": reverse("case_binding", args=[file.case_id]),
        "act": "去立卷",
    }


def file_step(person: Person, file: CaseFile | None, work: Work) -> dict[str, Any] | None:
    """What a file on its way makes the next step of its case; None where the law's stand."""
    if file is None:
        return None
    if is_given_back(file):
        return given_back(file)
    return _awaited(person, file) if is_with_archive(file) and not work.steps else None


def _awaited(person: Person, file: CaseFile) -> dict[str, Any]:
    """What is next while the archive room has a file: receiving it, for others waiting."""
    assert file.handed_over_by is not None and file.handed_over_at is not None
    day = f"{clock.local(file.handed_over_at):%Y-%m-%d %H:%M}"
    told = {"reason": f"{file.handed_over_by.name} {day} 移交。", "article": _ARTICLE}
    if not is_allowed(person, "case_file.receive"):
        return {"label": "等待档案室接收", **told}
    href = reverse("case_hand_over", args=[file.case_id])
    return {"label": "接收案卷", "href": href, "act": "去核对", **told}
