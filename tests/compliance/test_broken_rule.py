"""A rule that raises leaves its own duty unknown; the case is judged and worked on all the same."""

from __future__ import annotations

import datetime as dt

from liuhen.actions.figures import set_figure
from liuhen.compliance.models import Finding
from liuhen.compliance.queries import findings_of_case
from liuhen.demo.people import World
from liuhen.kernel.clock import FrozenClock
from tests.compliance.street import done_but_for_closing


def test_a_rule_that_raises_is_unknown_names_its_clause_and_holds_up_nothing(
    world: World, stopped: FrozenClock
) -> None:
    # So many days after anything no calendar has a date: the clock of the duty can't be reckoned.
    set_figure(
        actor=world["head"],
        name="measures.bind_and_hand_over",
        value=1_000_000_000,
        valid_from=dt.date(2026, 1, 1),
        reason="误填",
    )
    simple = done_but_for_closing(world, stopped)
    simple.close()
    simple.bind()
    row = Finding.objects.get(case=simple.case, rule="file_bound")
    assert (row.outcome, row.body["missing"]) == ("unknown", ["engine"])
    assert "OverflowError" in dict(row.body["explanation"]["data"])["error"]
    (shown,) = [each for each in findings_of_case(simple.case) if each.rule == "file_bound"]
    assert "第三十八条" in shown.reason and "规则执行出错" in shown.reason
    assert Finding.objects.filter(case=simple.case, outcome="met").count() > 20
    simple.case.refresh_from_db()
    assert simple.case.bound_at is not None
