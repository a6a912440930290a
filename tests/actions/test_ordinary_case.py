"""One ordinary case from a named complaint to the archive."""

from __future__ import annotations

import datetime as dt

from liuhen.actions.papers import serve_in_person
from liuhen.demo.people import World
from liuhen.kernel.clock import FrozenClock
from tests.actions.ordinary import filmed, findings, refusal

PLACE = "虚构市示例区演示街"


def test_from_a_named_complaint_to_the_archive_every_duty_is_met(
    world: World, stopped: FrozenClock
) -> None:
    ordinary = filmed(world, stopped)
    ordinary.until_initiated()
    ordinary.until_notified(refusal="现场人员称须请示负责人，拒绝签字。")
    ordinary.until_reviewed()
    ordinary.until_decided()
    # What comes too late or too early is refused in words, and nothing of it is left.
    decision, count = ordinary.papers["penalty_decision"], ordinary.case.activities.count()
    assert decision.issued_at is not None
    for kind in ("inquiry", "evidence_collection"):
        assert refusal(ordinary.begin, kind, place=PLACE).code == "activity.after_decision"
    early = decision.issued_at - dt.timedelta(seconds=1)
    handed = {"recipient": "样例", "place": PLACE, "received_at": early}
    by = {"actor": world["handler"], "paper_id": decision.id}
    assert refusal(serve_in_person, **by, **handed).code == "service.before_issue"
    assert ordinary.case.activities.count() == count and not decision.services.exists()
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
