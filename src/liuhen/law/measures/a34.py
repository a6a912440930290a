"""Article 34: performance. Restated: what a party performed is recorded, and its material kept."""

from liuhen.law.duties import Duty, conj
from liuhen.law.facts import Performance
from liuhen.law.subjects import PERFORMANCES
from liuhen.law.verdicts import Verdict, answer
from liuhen.law.view import View


def _recorded(view: View, performance: Performance) -> Verdict:
    view.use(performance, "is_recorded", "is_material_kept")
    return answer(conj(performance.is_recorded, performance.is_material_kept))


DUTIES = (Duty("performance_recorded", "34.1", PERFORMANCES, _recorded, act="record_performance"),)
