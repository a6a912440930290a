"""What happens in the demonstration's cases of coercion and levy. Persons, firms invented."""

from __future__ import annotations

from collections.abc import Callable

from liuhen.cases.models import Activity
from liuhen.demo.cases import Loader
from liuhen.demo.coercion_case import EnforcementCase, LevyCase, MeasureCase
from liuhen.demo.days import at_day
from liuhen.demo.footage import film, photograph

# Activities that have to be filmed from beginning to end; of the others a picture shows the act.
_FILMED = frozenset({"sealing_or_seizure", "enforcement"})


def _camera(loader: Loader) -> Callable[[Activity], object]:
    def camera(activity: Activity) -> None:
        take: Callable[..., object] = film if activity.kind in _FILMED else photograph
        take(loader.world, activity, officer="handler", returned_at=loader.clock())

    return camera


def seized_and_returned(loader: Loader) -> None:
    """Tools seized with approval, given back when the reason was gone; archived."""
    loader.clock.set(at_day(1, 20, 9, 0))
    measure = MeasureCase(loader.world, loader.clock, camera=_camera(loader))
    measure.open()
    measure.state()
    measure.ask()
    measure.approve()
    loader.at(at_day(1, 20, 14, 0), measure.take)
    loader.at(at_day(1, 23, 9, 0), measure.publish)
    loader.at(at_day(1, 30, 10, 0), measure.lift, measure.give_back)
    summary = "当事人取得处置核准，违法行为已经改正，解除扣押并返还。"
    loader.at(at_day(2, 2, 10, 0), lambda: measure.close(summary=summary, reason="other"))
    loader.at(at_day(2, 4, 10, 0), measure.bind)
    loader.at(at_day(2, 6, 10, 0), lambda: measure.archive("虚档〔2026〕0301"))


def seized_in_an_emergency(loader: Loader) -> None:
    """Seized before the approval, which was made up the same day; its thirty days run out soon."""
    loader.clock.set(at_day(2, 24, 15, 0))
    measure = MeasureCase(loader.world, loader.clock, camera=_camera(loader))
    measure.open()
    measure.state(urgency="当事人正在装车转移工具，不立即扣押证据将灭失。")
    measure.take()
    measure.ask()
    measure.approve()


def enforced(loader: Loader) -> None:
    """An order to clear that was not obeyed: reminded, performed by another, archived."""
    ordered = loader.on_the_spot(
        at_day(1, 22, 10, 0),
        place="虚构市示例区演示街12号门前",
        party={
            "kind": "person",
            "name": "夏演示",
            "identity_number": "",
            "address": "虚构市示例区演示街12号",
        },
        facts="当事人在演示街12号门前堆放装修物料，占用盲道和非机动车道，责令清除后仍未清除。",
        decision={"penalty": ["warning"]},
        people=("handler", "officer"),
    )
    loader.clock.set(at_day(1, 22, 16, 0))
    film(loader.world, ordered.activity, officer="handler", returned_at=at_day(1, 22, 15, 30))
    loader.clock.set(at_day(2, 9, 9, 0))
    enforcement = EnforcementCase(loader.world, loader.clock, camera=_camera(loader))
    enforcement.open(ordered.case)
    enforcement.remind(way="自行清除堆放的物料，恢复道路原状")
    loader.clock.set(at_day(2, 26, 9, 0))
    enforcement.serve_on(enforcement.decide("substitute_performance_decision"))
    loader.at(at_day(2, 28, 9, 0), enforcement.publish)
    loader.at(at_day(3, 2, 9, 0), enforcement.enforce, enforcement.perform)
    summary = "责令清除逾期未履行，催告期满仍不清除，依法代履行完毕。"
    loader.at(at_day(3, 4, 9, 0), lambda: enforcement.close(summary=summary, reason="enforced"))
    loader.at(at_day(3, 6, 9, 0), enforcement.bind)
    loader.at(at_day(3, 9, 9, 0), lambda: enforcement.archive("虚档〔2026〕0302"))


def levied(loader: Loader) -> None:
    """A levy objected to, upheld, paid; archived."""
    loader.clock.set(at_day(2, 10, 9, 0))
    levy = LevyCase(loader.world, loader.clock, camera=_camera(loader))
    levy.open()
    levy.assess()
    levy.decide()
    loader.at(at_day(2, 12, 9, 0), levy.hear, levy.decide_objection)
    loader.at(at_day(2, 24, 9, 0), levy.publish)
    loader.at(at_day(2, 26, 15, 0), levy.pay)
    summary = "征收决定送达后，当事人提出异议，复核维持，已经缴清。"
    loader.at(at_day(2, 27, 9, 0), lambda: levy.close(summary=summary, reason="performed"))
    loader.at(at_day(3, 2, 15, 0), levy.bind)
    loader.at(at_day(3, 4, 15, 0), lambda: levy.archive("虚档〔2026〕0303"))


COERCION_STORIES = (seized_and_returned, enforced, levied, seized_in_an_emergency)
