"""Real media of every supported format, cut short and with flipped bytes, off a camera. No test.

Seeded: a seed and a count give the same files again. What a file has lost is told by its name.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from liuhen.actions.docking import DockReport, dock_folder
from liuhen.demo.people import World
from liuhen.jobs.damage import look_through_waiting
from liuhen.jobs.media import read_recording
from liuhen.kernel.digests import sha256_file
from liuhen.recordings.damage import damage_told, is_lasting, unsure_in
from liuhen.recordings.models import Recording
from liuhen.vault.keeping import local_store
from tests.media.content import content_of
from tests.media.samples import make_sample, overwritten

FORMATS = (
    *("video.mp4", "video.mov", "video.mkv", "video.avi", "video.ts"),
    *("sound.mp3", "sound.wav", "sound.m4a"),
    *("photo.jpg", "photo.heic", "photo.png"),
)
SERIAL = "DEMO-0001"
# Where decoders make another picture or sound of altered bytes and complain of nothing: PCM, JPEG,
# HEVC, MP3, and the MPEG-4 and MP3 of an AVI, have no checksum. PNG has one in each chunk; in the
# other formats here nothing went by untold; and of anything cut short there is no such excuse.
SILENT = {"video.avi", "sound.mp3", "sound.wav", "photo.jpg", "photo.heic"}
ALTERED = ("flipped", "overwritten")


@dataclass(frozen=True)
class Held:
    """What became of damaged files.

    `told` have a finding; of `same` everything decodes as from the whole file; in `hidden`, the
    names, it differs and no reader can tell.
    """

    told: int
    same: int
    hidden: tuple[str, ...]
    wrong: tuple[str, ...]

    @property
    def silent(self) -> str:
        """How many of `hidden` there are, and of which formats."""
        forms = Counter(_form(Path(name)) for name in self.hidden)
        listed = ", ".join(f"{form.split('.')[1]} {count}" for form, count in sorted(forms.items()))
        return f"{len(self.hidden)} ({listed})" if listed else "0"


def flipped(raw: bytes, chance: random.Random) -> bytes:
    """The bytes with one to sixteen of them altered, each at a place of its own."""
    found = bytearray(raw)
    for _ in range(chance.randint(1, 16)):
        found[chance.randrange(len(found))] ^= chance.randrange(1, 256)
    return bytes(found)


def damaged(raw: bytes, number: int, seed: str) -> tuple[str, bytes]:
    """One damaged copy and how it was damaged: cut, flipped and overwritten by turns."""
    chance = random.Random(seed)
    if number % 2 == 0:
        return "cut", raw[: chance.randrange(1, len(raw))]
    if number % 4 == 1:
        return "flipped", flipped(raw, chance)
    return "overwritten", overwritten(raw, chance.randrange(1 << 30))


def fill(camera: Path, originals: Path, each: int, seed: int) -> int:
    """Put `each` damaged copies of every format onto a camera; returns how many."""
    camera.mkdir()
    names = set()
    for form in FORMATS:
        raw = make_sample(form, originals).read_bytes()
        stem, suffix = form.split(".")
        for number in range(each):
            how, bytes_of = damaged(raw, number, f"{seed} {form} {number}")
            names.add(name := f"{SERIAL}_{stem}_{number:03d}_{how}.{suffix}")
            (camera / name).write_bytes(bytes_of)
    return len(names)


def taken_in(world: World, camera: Path) -> DockReport:
    """The camera docked, every recording read by its job and looked through by another."""
    report = dock_folder(camera, SERIAL, actor=world.system)
    for recording_id in Recording.objects.values_list("id", flat=True):
        read_recording(str(recording_id))
    look_through_waiting()
    return report


def hold(report: DockReport, camera: Path, originals: Path) -> Held:
    """Nothing lost, nothing altered; every file cut short has a finding, and every other that
    differs from the whole one in what it shows and lets hear.

    Only altered bytes in a `SILENT` format may have none: then the page says that its coding hides
    such things, and the digest tells it from the whole file.
    """
    wrong: list[str] = []
    hidden: list[str] = []
    told = same = 0
    whole = {form: content_of(originals / form) for form in FORMATS}
    for outcome in report.outcomes:
        path = camera / outcome.path
        sha256 = sha256_file(path)
        row = Recording.objects.filter(original_id=sha256).first()
        if row is None or local_store().digest(sha256) != sha256:
            wrong.append(f"{outcome.path}: {outcome.state} {outcome.code}, not held")
        elif row.media.get("state") == "probing" or _is_waiting(row):
            wrong.append(f"{outcome.path}: nobody has read it")
        elif row.media.get("findings") or _is_told(row):
            told += 1
        elif _how(path) not in ALTERED:
            wrong.append(f"{outcome.path}: cut short, and nothing told")
        elif content_of(path) == whole[_form(path)]:
            same += 1
        elif _form(path) not in SILENT or not unsure_in(row):
            wrong.append(f"{outcome.path}: differs, and nothing told")
        elif sha256 == sha256_file(originals / _form(path)):
            wrong.append(f"{outcome.path}: differs, and has the digest of the whole file")
        else:
            hidden.append(outcome.path)
    return Held(told, same, tuple(hidden), tuple(wrong))


def _how(path: Path) -> str:
    return path.stem.rsplit("_", 1)[-1]


def _form(path: Path) -> str:
    return f"{path.name.split('_')[1]}{path.suffix}"


def _is_waiting(row: Recording) -> bool:
    return is_lasting(row) and damage_told(row) is None


def _is_told(row: Recording) -> bool:
    found = damage_told(row)
    return found is not None and (found.count > 0 or not found.is_whole)
