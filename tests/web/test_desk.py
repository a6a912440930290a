"""My desk: what can be done now, one row a case, clocks apart; each office its own."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.urls import reverse

from liuhen.kernel import clock
from liuhen.web.desk_cases import carried_cases
from tests.web.conftest import Street, words
from tests.web.ordinary import Ordinary
from tests.web.test_lists_and_counts import queries

At = Callable[[str], Ordinary]


def labels(case: Ordinary, who: str = "handler") -> list[str]:
    """What the desk of a person who carries the case offers, row by row, folded ones too."""
    tasks = carried_cases(case.world[who]).tasks
    return [one["label"] for task in tasks for one in (task, *task["more"])]


def shown(case: Ordinary, who: str) -> str:
    """The words of somebody's list of tasks."""
    page = words(case.browser(who).get(reverse("desk")))
    found = re.search(r'id="tasks-title".*?</section>', page, re.DOTALL)
    assert found is not None
    return re.sub(r"<[^>]+>|\s+", " ", found.group())


def test_what_a_step_before_it_must_come_first_for_is_no_task(at: At) -> None:
    case = at("investigated")
    assert not {"作出处罚决定", "听取陈述申辩", "告知当事人"} & set(labels(case))
    case.story.conclude()
    reported = labels(case)
    assert any("告知" in one for one in reported), reported
    assert not any("决定" in one for one in reported), reported


def test_the_decision_is_a_task_when_nothing_stands_before_it(at: At) -> None:
    case = at("noticed")
    assert not any("决定" in one for one in labels(case)), labels(case)
    case.story.hear()
    case.story.review_defence()
    case.story.ask_review()
    case.story.review()
    case.story.discuss()
    assert any("决定" in one for one in labels(case)), labels(case)


def test_a_clock_that_runs_for_what_cannot_be_done_yet_is_shown_apart(at: At) -> None:
    case = at("investigated")
    (line,) = carried_cases(case.world["handler"]).clocks
    assert "决定" in line["label"]
    assert line["due_at"] > clock.now()
    page = words(case.browser("handler").get(reverse("desk")))
    assert "在走的期限" in page


def test_what_waits_for_an_answer_is_not_the_handlers_task(at: At) -> None:
    case = at("asked_to_decide")
    assert not any("决定" in one for one in labels(case)), labels(case)
    (line,) = carried_cases(case.world["handler"]).clocks
    assert "决定审批" in line["waiting"]
    assert "决定审批" in shown(case, "unit_head")
    for who in ("legal", "records", "archivist", "supervisor"):
        assert "决定审批" not in shown(case, who), who


def test_several_things_of_one_case_are_one_row(at: At) -> None:
    case = at("heard")
    (task,) = carried_cases(case.world["handler"]).tasks
    assert task["case"]["number"] == case.case.number
    assert len({one["href"] for one in (task, *task["more"])}) == 1 + len(task["more"])
    assert shown(case, "handler").count(case.case.number) <= 2


def test_a_performed_case_is_to_be_closed_and_then_waits_for_the_leader(at: At) -> None:
    case = at("performed")
    offered = labels(case)
    assert offered and not any("决定" in one for one in offered), offered
    case.story.ask_closing()
    assert "报请结案" not in labels(case)
    assert "结案审批" in shown(case, "deputy")


def test_the_archivist_sees_only_files_to_receive(at: At) -> None:
    case = at("closed")
    assert "立卷" in "".join(labels(case))
    case.story.bind()
    assert "没有待办" in shown(case, "archivist")


def test_heads_and_supervisors_see_whose_cases_are_broken(street: Street) -> None:
    street.clock.move(days=60)
    for who in ("unit_head", "supervisor"):
        page = words(street.browser(who).get(reverse("desk")))
        assert "有违反或者逾期的案件" in page, who
    page = words(street.browser("deputy").get(reverse("desk")))
    assert "有违反或者逾期的案件" not in page


def test_the_desk_takes_a_fixed_number_of_queries(at: At) -> None:
    case = at("noticed")
    client, address = case.browser("handler"), reverse("desk")
    few = queries(client, address)
    case.story.hear()
    case.story.review_defence()
    assert queries(client, address) <= few < 45


def test_advice_is_never_late(at: At) -> None:
    case = at("noticed")
    case.clock.move(days=30)
    page = words(case.browser("handler").get(reverse("case", args=[case.case.id])))
    step = re.search(r'<section class="lh-next.*?</section>', page, re.DOTALL)
    assert step is not None
    assert ("建议" in step.group()) <= ("逾期" not in step.group())
