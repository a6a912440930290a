"""One ordinary case from a named complaint to the archive."""

from __future__ import annotations

from liuhen.demo.people import World
from liuhen.kernel.clock import FrozenClock
from tests.actions.ordinary import filmed, findings


def test_from_a_named_complaint_to_the_archive_every_duty_is_met(
    world: World, stopped: FrozenClock
) -> None:
    ordinary = filmed(world, stopped)
    ordinary.until_initiated()
    ordinary.until_notified(refusal="现场人员称须请示负责人，拒绝签字。")
    ordinary.until_reviewed()
    ordinary.until_decided()
    stopped.move(days=1)
    ordinary.leave("penalty_decision")
    stopped.move(days=5)
    ordinary.pay()
    stopped.move(days=1)
    ordinary.close()
    stopped.move(days=1)
    ordinary.bind()
    ordinary.archive("虚档〔2026〕0001")
    # No row tells of the disc yet that the recording is burnt on: not known, and never a breach.
    assert findings(ordinary) == {"44.1 evidence_disc_filed unknown"}
