"""What happens in the demonstration's ordinary cases, each left at another stage.

Together with the simple cases every desk has something on it. Not for the steps (`ordinary_case`).
"""

from __future__ import annotations

from collections.abc import Callable

from liuhen.cases.models import Activity
from liuhen.demo.cases import Loader
from liuhen.demo.days import at_day
from liuhen.demo.footage import film, photograph
from liuhen.demo.ordinary_case import OrdinaryCase
from liuhen.demo.ordinary_words import BILLBOARD, DUMPING, ROADSIDE, Words

# Activities that have to be filmed from beginning to end; of the others a picture shows the act.
_FILMED = frozenset({"inspection"})


def _case(loader: Loader, words: Words, *, second: str = "officer") -> OrdinaryCase:
    """A case of the handler, with a camera for what must be filmed."""

    def camera(activity: Activity) -> None:
        take: Callable[..., object] = film if activity.kind in _FILMED else photograph
        take(loader.world, activity, officer="handler", returned_at=loader.clock())

    return OrdinaryCase(loader.world, loader.clock, second=second, camera=camera, words=words)


def through_every_desk(loader: Loader) -> None:
    """From a named complaint to the archive: hearing waived, a signature refused."""
    loader.clock.set(at_day(1, 12, 9, 0))
    ordinary = _case(loader, DUMPING)
    ordinary.until_initiated()
    ordinary.until_notified(refusal="现场人员称须请示负责人，拒绝签字。")
    loader.clock.set(at_day(1, 19, 9, 0))
    ordinary.until_reviewed()
    ordinary.until_decided()
    loader.clock.set(at_day(1, 23, 10, 0))
    ordinary.leave("penalty_decision")
    loader.at(at_day(2, 2, 10, 0), ordinary.pay)
    loader.at(at_day(2, 4, 10, 0), ordinary.close)
    loader.at(at_day(2, 6, 10, 0), ordinary.bind)
    loader.at(at_day(2, 9, 10, 0), lambda: ordinary.archive("虚档〔2026〕0002"))


def served_and_unpaid(loader: Loader) -> None:
    """The decision is served; its fifteen days are running."""
    loader.clock.set(at_day(2, 24, 9, 0))
    ordinary = _case(loader, BILLBOARD)
    ordinary.until_initiated()
    ordinary.until_notified(circumstances={"review_grounds": (), "is_complex": False})
    loader.clock.set(at_day(3, 3, 9, 0))
    ordinary.hear(waived=())
    ordinary.review_defence()
    ordinary.until_decided()
    loader.clock.set(at_day(3, 5, 10, 0))
    ordinary.serve("penalty_decision")


def waiting_for_decision(loader: Loader) -> None:
    """The approval form of the decision lies with the head of the authority."""
    loader.clock.set(at_day(3, 9, 9, 0))
    ordinary = _case(loader, ROADSIDE)
    ordinary.until_initiated()
    ordinary.until_notified(circumstances={"review_grounds": (), "is_complex": False})
    loader.clock.set(at_day(3, 17, 9, 0))
    ordinary.hear(waived=())
    ordinary.review_defence()
    loader.clock.set(at_day(3, 19, 9, 0))
    ordinary.ask_decision()
    ordinary.answer("unit_head", "同意承办人意见。")


def waiting_for_review(loader: Loader) -> None:
    """The case lies with the legal reviewer, the party has been heard."""
    loader.clock.set(at_day(3, 9, 14, 0))
    ordinary = _case(loader, DUMPING, second="officer2")
    ordinary.until_initiated()
    ordinary.until_notified()
    loader.clock.set(at_day(3, 18, 9, 0))
    ordinary.hear()
    ordinary.review_defence()
    loader.clock.set(at_day(3, 19, 10, 0))
    ordinary.ask_review()


def period_running(loader: Loader) -> None:
    """The prior notice is served; the party may still state its defence."""
    loader.clock.set(at_day(3, 13, 9, 30))
    ordinary = _case(loader, BILLBOARD, second="officer2")
    ordinary.until_initiated()
    ordinary.until_notified(circumstances={"review_grounds": (), "is_complex": False})


def waiting_for_initiation(loader: Loader) -> None:
    """The form of initiation lies with the head of the authority."""
    loader.clock.set(at_day(3, 19, 9, 0))
    ordinary = _case(loader, ROADSIDE)
    ordinary.register()
    ordinary.assign()
    loader.clock.set(at_day(3, 19, 15, 0))
    ordinary.check()
    ordinary.party()
    ordinary.ask_initiation()
    loader.clock.set(at_day(3, 20, 9, 0))
    ordinary.answer("unit_head", "情况属实，同意立案。")
    ordinary.answer("legal", "主体适格，属本机关管辖，同意。")


def lead_received(loader: Loader) -> None:
    """A lead of this morning waits for the unit's head to hand it out."""
    loader.clock.set(at_day(3, 20, 10, 15))
    _case(loader, BILLBOARD).register()


ORDINARY_STORIES = (
    through_every_desk,
    served_and_unpaid,
    waiting_for_decision,
    waiting_for_review,
    period_running,
    waiting_for_initiation,
    lead_received,
)
