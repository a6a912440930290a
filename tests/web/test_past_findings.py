"""What `liuhen check --at` says of a past moment is what the stored findings said then."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from django.db import connection

from liuhen.actions.figures import import_year_table, set_figure
from liuhen.cases.models import Case
from liuhen.compliance.models import Finding
from liuhen.compliance.past_findings import Basis, findings_at
from liuhen.compliance.stored import body_text
from liuhen.demo.people import known_world
from liuhen.host.postgres import Cluster
from liuhen.host.postgres_roles import SERVER
from liuhen.jobs.judging import judge_all_cases
from liuhen.kernel import clock
from liuhen.kernel.digests import sha256_hex
from tests.actions.test_figures import TABLE_2027
from tests.database import clone, point_at
from tests.web.ordinary import MOMENTS, Kept

Said = dict[tuple[str, str], tuple[str, str]]


def stored() -> Said:
    rows = Finding.objects.values_list("rule", "subject_id", "outcome", "digest")
    return {(rule, subject): (outcome, digest) for rule, subject, outcome, digest in rows}


def judged_for(at: dt.datetime) -> Said:
    found = findings_at(Case.objects.get(), at)
    assert found.basis is Basis.PAST_ROWS and found.erased == 0
    return {
        (each.rule, each.subject.key): (each.outcome.value, sha256_hex(body_text(each).encode()))
        for each in found.findings
    }


@pytest.fixture(scope="module")
def said_then(cluster: Cluster, ordinary_kept: Kept) -> Iterator[dict[str, Said]]:
    """What the findings said at every moment of the case; the last is left open."""
    found: dict[str, Said] = {}
    for name, _ in MOMENTS:
        point_at(cluster.dsn(ordinary_kept[name][0], SERVER))
        found[name] = stored()
        connection.close()
    clone(cluster, ordinary_kept["closed"][0], "liuhen_said_then")
    point_at(cluster.dsn("liuhen_said_then", SERVER))
    yield found
    connection.close()


@pytest.mark.parametrize("moment", [name for name, _ in MOMENTS][:-1])
def test_at_every_moment_of_a_case_it_is_judged_as_it_was_then(
    said_then: dict[str, Said], ordinary_kept: Kept, moment: str
) -> None:
    then = ordinary_kept[moment][1]
    with clock.frozen(ordinary_kept["closed"][1] + dt.timedelta(days=1)):
        again = judged_for(then)
    assert again == said_then[moment]
    assert len({outcome for outcome, _ in again.values()}) >= 2


def test_a_figure_set_later_and_a_year_imported_later_do_not_count_for_the_past(
    said_then: dict[str, Said], ordinary_kept: Kept
) -> None:
    with clock.frozen(ordinary_kept["closed"][1] + dt.timedelta(days=2)):
        world = known_world()
        # It holds from a day before the case began, but nobody had set it then.
        set_figure(
            actor=world["head"],
            name="penalty_law.decision",
            value=0,
            valid_from=dt.date(2026, 1, 1),
            reason="虚构文件",
        )
        import_year_table(actor=world["operator"], text=TABLE_2027)
        judge_all_cases()
        late = Finding.objects.get(rule="decided_in_time")
        assert late.outcome == "breached"
        for moment, then in list(said_then.items())[:-1]:
            assert judged_for(ordinary_kept[moment][1]) == then, moment
