"""A fine on the spot, made by real acts, one step after the other. Not a test."""

from __future__ import annotations

from liuhen.actions import simple_procedure as steps
from liuhen.cases.models import Activity, Case
from liuhen.demo.people import World

STROKES = [[[10, 10, 0], [40, 30, 20], [80, 12, 40]]]


def address_party(world: World) -> Activity:
    """Two officers show their certificates: the case begins."""
    return steps.start_simple_case(
        actor=world["officer"],
        second_officer=world["officer2"],
        place="虚构市幸福路1号",
        is_certificate_shown=True,
    )


def tell(world: World, activity: Activity) -> None:
    """Facts, oral notice and an oral waiver of the statement."""
    steps.record_violation(
        actor=world["officer"],
        activity_id=activity.id,
        party={"kind": "person", "name": "甲某某"},
        cause="占用道路摆卖",
        facts="在人行道上摆卖水果",
        breached="《虚构市市容条例》第十条",
        basis="《虚构市市容条例》第五十条",
        conditions="事实确凿，法定依据明确，罚款二百元以下",
        evidence="现场照片、当事人陈述",
        correction="立即清除摊位",
    )
    steps.tell_notice(
        actor=world["officer"], activity_id=activity.id, told="告知事实、理由、依据和权利"
    )
    steps.record_statement(actor=world["officer"], activity_id=activity.id, form="waiver_oral")


def case_of(activity: Activity) -> Case:
    """The case as it stands."""
    return Case.objects.get(id=activity.case_id)
