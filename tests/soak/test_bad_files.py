"""Two hundred and more damaged files, and ten thousand small ones, off a camera.

`make soak N=1 ARGS=tests/soak/test_bad_files.py`; what was found goes into docs/measured.md.
"""

from __future__ import annotations

import time
from pathlib import Path

from liuhen.actions.docking import dock_folder
from liuhen.demo.people import World
from liuhen.media.scene import Scene
from liuhen.media.synthetic import make_video
from liuhen.recordings.models import Recording
from liuhen.vault.checks import differences
from liuhen.vault.models import Receipt
from tests.kill.officer import footage
from tests.recordings.damaged import FORMATS, SERIAL, fill, hold, taken_in
from tests.soak.measured import commit, record
from tests.world import MORNING

EACH, SEED, SMALL = 20, 7, 10_000


def test_two_hundred_damaged_files_are_kept_each_with_its_finding(
    world: World, tmp_path: Path
) -> None:
    camera, originals = tmp_path / "camera", tmp_path / "originals"
    originals.mkdir()
    count = fill(camera, originals, EACH, SEED)
    report = taken_in(world, camera)
    held = hold(report, camera, originals)
    assert held.wrong == ()
    figures = {
        f"damaged files of {len(FORMATS)} formats, seed {SEED}": str(count),
        "of these lost or altered": "0",
        "with a finding": str(held.told),
        "without, and decoded exactly as the whole file": str(held.same),
        "altered bytes in codings that hide them: only the digest and the page say so": held.silent,
    }
    record("Damaged files (`make soak`)", figures, commit())


def test_ten_thousand_small_files_are_docked_and_none_is_lost(world: World, tmp_path: Path) -> None:
    first = tmp_path / "first.mp4"
    make_video(first, Scene(MORNING), duration_ms=200, has_sound=False)
    head, camera = first.read_bytes(), tmp_path / "camera"
    for number in range(SMALL):
        folder = camera / f"{number // 1000:02d}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"REC_{number:05d}.mp4").write_bytes(footage(head, number, 256))
    began = time.monotonic()
    report = dock_folder(camera, SERIAL, actor=world.system)
    seconds = time.monotonic() - began
    assert report.is_complete and len(report.of("taken")) == SMALL
    assert Recording.objects.count() == SMALL == Receipt.objects.count()
    assert list(differences()) == []
    again = dock_folder(camera, SERIAL, actor=world.system)
    assert len(again.of("held")) == SMALL
    size = (len(head) + 264) * SMALL / 1e6
    figures = {f"{SMALL:,} files of together {size:.0f} MB docked": f"{seconds:.0f} s, none lost"}
    record("Small files (`make soak`)", figures, commit())
