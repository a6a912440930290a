"""Real media of every supported format, cut short and with flipped bytes, off a camera. No test.

Seeded: a seed and a count give the same files again. What a file has lost is told by its name.
"""

from __future__ import annotations

import random
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


@dataclass(frozen=True)
class Held:
    """What became of damaged files.

    `told` have a finding; of `same` everything decodes as from the whole file; in `hidden` it
    differs, no reader can tell, and the file's page says that its coding hides such things.
    """

    told: int
    same: int
    hidden: int
    wrong: tuple[str, ...]


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
    """Nothing lost, nothing altered; what differs from the whole file has a finding.

    A file without one shows and plays as the whole one does, or is of a coding that is told to
    hide altered bytes.
    """
    wrong: list[str] = []
    told = same = hidden = 0
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
        elif content_of(path) == whole[_form(path)]:
            same += 1
        elif unsure_in(row):
            hidden += 1
        else:
            wrong.append(f"{outcome.path}: differs, and nothing told")
    return Held(told, same, hidden, tuple(wrong))


def _form(path: Path) -> str:
    return f"{path.name.split('_')[1]}{path.suffix}"


def _is_waiting(row: Recording) -> bool:
    return is_lasting(row) and damage_told(row) is None


def _is_told(row: Recording) -> bool:
    found = damage_told(row)
    return found is not None and (found.count > 0 or not found.is_whole)
