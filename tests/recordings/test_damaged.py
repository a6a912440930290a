"""Damaged files of every supported format off a camera: no crash, none lost, each with its finding.

Two of each format here; `make soak` takes twenty of each, and ten thousand small files.
"""

from __future__ import annotations

from pathlib import Path

from liuhen.demo.people import World
from liuhen.recordings.models import Recording
from tests.recordings.damaged import FORMATS, fill, hold, taken_in

EACH, SEED = 2, 1


def test_damaged_files_are_all_kept_as_received_and_say_what_is_wrong(
    world: World, tmp_path: Path
) -> None:
    camera, originals = tmp_path / "camera", tmp_path / "originals"
    originals.mkdir()
    count = fill(camera, originals, EACH, SEED)
    assert count == EACH * len(FORMATS)
    report = taken_in(world, camera)
    assert len(report.outcomes) == count and report.is_complete
    held = hold(report, camera, originals)
    assert held.wrong == ()
    assert held.told >= count * 3 // 4
    assert held.told + held.same + len(held.hidden) == count
    kept = len(report.of("taken")) + len(report.of("held"))
    assert Recording.objects.count() == kept
