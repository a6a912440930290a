"""What happens in the demonstration's inspections and licences, each left at another stage.

What a draw gives depends on the ledger of the home: nobody can know it beforehand, so the object
and the one who carries its case differ from one demonstration to the next. Not for the steps
(`inspection_case`, `licensing_case`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from liuhen.actions.defence import receive_material
from liuhen.actions.licence_hearings import announce_hearing
from liuhen.actions.parties import add_party
from liuhen.cases.models import Activity
from liuhen.demo.cases import Loader
from liuhen.demo.days import at_day
from liuhen.demo.footage import film, photograph
from liuhen.demo.inspection_case import InspectionCase, announce, draw
from liuhen.demo.licensing_case import LicensingCase
from liuhen.demo.ordinary_words import BILLBOARD, DUMPING, ROADSIDE
from liuhen.kernel import clock

# Activities that have to be filmed from beginning to end; of the others a picture shows the act.
_FILMED = frozenset({"inspection", "reinspection", "on_site_verification", "workplace_intake"})
NEIGHBOUR = {
    "kind": "person",
    "role": "interested",
    "name": "邻样例",
    "address": "虚构市示例区样板路92号",
    "phone": "000-00000092",
}


def _camera(loader: Loader) -> Callable[[Activity], object]:
    def take(activity: Activity) -> object:
        shot = film if activity.kind in _FILMED else photograph
        officer = activity.case.handler.username
        return shot(loader.world, activity, officer=officer, returned_at=loader.clock())

    return take


def drawn_and_archived(loader: Loader) -> None:
    """Objects and officers drawn at random; nothing wrong was found; the file is archived."""
    loader.clock.set(at_day(2, 9, 9, 0))
    people = [loader.world[name] for name in ("handler", "officer2")]
    (case,) = draw(
        loader.world, loader.clock, announce(loader.world, loader.clock, officers=people)
    )
    loader.clock.move(minutes=30)
    take = _camera(loader)
    take(case.activities.get())
    inspection = InspectionCase(loader.world, loader.clock, camera=take).of(case)
    loader.clock.set(at_day(2, 11, 9, 0))
    inspection.until_inspected()
    inspection.find(
        "no_problem", "车辆密闭运输，出口路面整洁，未发现问题。", "继续保持，不作处理。"
    )
    inspection.tell()
    loader.at(at_day(2, 16, 10, 0), inspection.publish)
    loader.at(at_day(2, 24, 10, 0), inspection.close)
    loader.at(at_day(2, 26, 10, 0), inspection.bind)
    loader.at(at_day(2, 27, 10, 0), lambda: inspection.archive("虚档〔2026〕检0001"))


def ordered_to_correct(loader: Loader) -> None:
    """A planned inspection found something to correct; the re-inspection is due in some days."""
    loader.clock.set(at_day(3, 12, 9, 0))
    inspection = InspectionCase(
        loader.world, loader.clock, second="officer2", camera=_camera(loader), words=BILLBOARD
    )
    inspection.plan()
    inspection.until_inspected("场地出口未设置车辆冲洗设施，路面有泥土带出。")
    due = clock.local_date(loader.clock()) + dt.timedelta(days=9)
    inspection.find(
        "correction",
        "场地出口未设置车辆冲洗设施，路面有泥土带出。",
        "责令限期改正，到期复查。",
        due_on=due,
        recheck_on=due,
    )
    inspection.tell("correction_notice")


def licence_granted(loader: Loader) -> None:
    """A licence applied for, supplemented, verified, granted, delivered and archived."""
    loader.clock.set(at_day(1, 20, 9, 0))
    licence = LicensingCase(loader.world, loader.clock, camera=_camera(loader), words=ROADSIDE)
    licence.until_accepted()
    loader.clock.set(at_day(1, 23, 9, 0))
    licence.verify()
    licence.propose()
    loader.clock.set(at_day(1, 26, 9, 0))
    licence.decide()
    loader.clock.set(at_day(1, 27, 9, 0))
    licence.serve("licence_grant")
    licence.certify()
    licence.publish()
    loader.at(at_day(2, 3, 10, 0), licence.close)
    loader.at(at_day(2, 5, 10, 0), licence.bind)
    loader.at(at_day(2, 6, 10, 0), lambda: licence.archive("虚档〔2026〕许0001"))


def licence_under_review(loader: Loader) -> None:
    """An accepted application was verified on site; its decision lies with the unit's head."""
    loader.clock.set(at_day(3, 16, 9, 0))
    licence = LicensingCase(
        loader.world, loader.clock, second="officer2", camera=_camera(loader), words=BILLBOARD
    )
    licence.until_accepted()
    loader.clock.set(at_day(3, 17, 15, 0))
    licence.verify()
    licence.propose()
    loader.at(at_day(3, 19, 16, 0), licence.ask_decision)


def licence_to_be_heard(loader: Loader) -> None:
    """A neighbour was told of the right to a hearing, asked for one, and it is called."""
    loader.clock.set(at_day(3, 9, 9, 0))
    licence = LicensingCase(
        loader.world, loader.clock, second="officer2", camera=_camera(loader), words=DUMPING
    )
    licence.until_accepted()
    loader.clock.set(at_day(3, 11, 9, 0))
    licence.verify()
    licence.propose(touches_others=True, is_hearing_public=True)
    neighbour = add_party(**licence.by, given=NEIGHBOUR)
    licence.tell_of_right("运输车辆夜间经过居民楼，影响邻居休息和通行。", neighbour)
    loader.clock.set(at_day(3, 12, 15, 0))
    receive_material(
        **licence.by,
        kind="hearing_request",
        name="听证申请书.txt",
        content="对建筑垃圾运输路线有意见，要求听证。".encode(),
        received_from=neighbour.name,
    )
    notices = licence.arrange(at_day(3, 27, 9, 30))
    loader.clock.set(at_day(3, 13, 9, 0))
    for notice, to in zip(notices, (None, neighbour), strict=True):
        licence.papers[notice.type] = notice
        licence.serve(notice.type, to=to)
    announce_hearing(**licence.by, where="虚构市人民政府网站公告栏")


KIND_STORIES = (
    *(licence_granted, drawn_and_archived, ordered_to_correct, licence_under_review),
    licence_to_be_heard,
)
