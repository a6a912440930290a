"""The page of one case with 30 and with 300 records, and the act that adds one more.

The limit is that of any page: queries may not grow with the records; time may, a little for
each. A record is a paper or a recording; every row is written by the act that writes it in use.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from liuhen.bench.figures import Figure, spread
from liuhen.bench.pages import page_figures, signed_in
from liuhen.bench.scratch import scratch_home
from liuhen.kernel import clock
from liuhen.media.scene import Scene

if TYPE_CHECKING:
    from liuhen.cases.models import Activity
    from liuhen.demo.ordinary_case import OrdinaryCase
    from liuhen.media.probe import Probe

SIZES = (30, 300)
PHOTOS_AN_INSPECTION = 9
BESIDE = "one durable commit, and the law's judgement of the whole case"


def run() -> Iterator[Figure]:
    """Time and queries of the case page at each size, and how long adding a recording takes."""
    with scratch_home(), clock.frozen(clock.now()) as stopped:
        from liuhen.demo.ordinary_case import OrdinaryCase  # noqa: PLC0415 - models
        from liuhen.demo.people import known_world  # noqa: PLC0415

        case = OrdinaryCase(known_world(), stopped)
        case.until_initiated()
        camera = _Camera()
        for size in SIZES:
            taken = _fill(case, camera, size)
            path = f"/cases/{case.lead.case_id}/"
            yield from page_figures(signed_in("handler"), f"case page, {size} records", path)
            name = f"recording taken in, up to {size} records"
            yield from spread(name, taken[-20:], 0.95, BESIDE)


def _fill(case: OrdinaryCase, camera: _Camera, size: int) -> list[float]:
    """Inspect, with a record and photos each, until the case has so many records."""
    taken: list[float] = []
    while (left := size - _records(case)) > 0:
        case.clock.move(hours=1)
        activity = case.inspect()
        for _ in range(min(left - 1, PHOTOS_AN_INSPECTION)):
            started = time.perf_counter()
            camera.photograph(activity, case.world["handler"])
            taken.append(time.perf_counter() - started)
    return taken


def _records(case: OrdinaryCase) -> int:
    return case.case.papers.count() + case.case.recordings.count()


class _Camera:
    """Photos that differ in their last bytes; they are read once, as reading isn't measured."""

    def __init__(self) -> None:
        self._taken = 0
        self._probe: Probe | None = None

    def photograph(self, activity: Activity, person: Any) -> None:
        from liuhen.actions.recordings import take_in_recording  # noqa: PLC0415 - models
        from liuhen.media.probe import probe  # noqa: PLC0415
        from liuhen.media.synthetic import make_photo  # noqa: PLC0415
        from liuhen.recordings.intake import copy_in  # noqa: PLC0415
        from liuhen.recordings.uploads import Intent  # noqa: PLC0415

        self._taken += 1
        at = activity.started_at
        intent = Intent(f"IMG_{self._taken:06d}.jpg", activity_id=activity.id, started_at=at)
        with tempfile.TemporaryDirectory() as folder:
            photo = Path(folder) / intent.name
            make_photo(photo, Scene(started_at=at))
            with photo.open("ab") as stream:
                stream.write(self._taken.to_bytes(4, "big"))
            self._probe = self._probe or probe(photo, name=photo.name)
            received = copy_in(photo, intent.name)
        take_in_recording(actor=person, received=received, intent=intent, probe=self._probe)
        with suppress(FileNotFoundError):
            received.path.unlink()
