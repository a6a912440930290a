"""Holds a home against what its people were told: whatever was acknowledged must be there.

Run as a process of its own that has the product set up on that home; it reads questions, one line
each, and answers each with one line of JSON. Not a test.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from liuhen.host.home import Home
from tests.kill.holding_disposals import disposals
from tests.kill.tree import ROOT, environment

# Done once per case, however often it was sent.
ONCE = (
    *("paper.issued", "paper.served", "fine.collected", "activity.ended"),
    *("case.bound", "case_file.handed_over"),
)


@dataclass
class Held:
    """What was found: problems, and counts for the record."""

    problems: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)


def _notes(paths: Mapping[str, int]) -> dict[str, list[dict[str, Any]]]:
    """Whole lines of some files, each from a byte on."""
    told: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for path, start in paths.items():
        whole = Path(path).read_bytes()[start:].rpartition(b"\n")[0]
        for line in whole.decode("utf-8").splitlines():
            note = json.loads(line)
            told[note["kind"]].append(note)
    return told


def _events() -> tuple[dict[str, Counter[str]], dict[str, Counter[str]]]:
    """Events by request and by case, as the entries tell them."""
    from liuhen.ledger.models import Entry  # noqa: PLC0415 - models need a set-up Django

    by_request: dict[str, Counter[str]] = defaultdict(Counter)
    by_case: dict[str, Counter[str]] = defaultdict(Counter)
    for body in Entry.objects.values_list("body", flat=True).iterator():
        told = json.loads(bytes(body))
        by_request[told.get("via", {}).get("request", "")][told["event"]] += 1
        by_case[told["case"] or ""][told["event"]] += 1
    return by_request, by_case


def acts(told: dict[str, list[dict[str, Any]]]) -> Iterator[str]:
    """Every answered act has its entries, every case of one its row; none was done twice."""
    from liuhen.cases.models import Activity  # noqa: PLC0415

    by_request, by_case = _events()
    for note in told["act"]:
        missing = Counter(note["events"]) - by_request[note["request"]]
        if missing:
            yield f"act without entry: {note} lacks {dict(missing)}"
    cases = {str(a): str(c) for a, c in Activity.objects.values_list("id", "case_id")}
    for note in [*told["act"], *told["again"]]:
        if not note["activity"]:
            continue
        found = by_case[cases.get(note["activity"], "?")]
        if missing := Counter(set(note["events"])) - found:
            yield f"case without entry: {note} lacks {dict(missing)}"
    for case, events in by_case.items():
        if case and (twice := [name for name in ONCE if events[name] > 1]):
            yield f"done twice in case {case}: {twice}"


def recordings(told: dict[str, list[dict[str, Any]]]) -> Iterator[str]:
    """Every finished recording is in the vault with row, receipt and the right bytes."""
    from liuhen.recordings.models import Recording  # noqa: PLC0415
    from liuhen.vault.keeping import local_store  # noqa: PLC0415
    from liuhen.vault.models import Copy, Receipt  # noqa: PLC0415

    rows: dict[str, list[str]] = defaultdict(list)
    for one, sha256 in Recording.objects.values_list("id", "original_id"):
        rows[sha256].append(str(one))
    copies = set(Copy.objects.values_list("original_id", flat=True))
    receipts: dict[str, set[str]] = defaultdict(set)
    for sha256, note in Receipt.objects.values_list("original_id", "note"):
        receipts[sha256].add(note)
    for told_of in [*told["recording"], *told["docked"]]:
        sha256 = told_of["sha256"]
        where = f"{told_of['kind']} {sha256[:12]}"
        if "recording" in told_of and told_of["recording"] not in rows[sha256]:
            yield f"{where}: no row"
        if len(rows[sha256]) != 1:
            yield f"{where}: not exactly one recording of these bytes"
        if sha256 not in copies:
            yield f"{where}: no copy"
        if not receipts[sha256] or told_of.get("receipt") not in (None, *receipts[sha256]):
            yield f"{where}: its receipt is unknown"
        if local_store().digest(sha256) != sha256:
            yield f"{where}: the vault holds other bytes"


def files(told: dict[str, list[dict[str, Any]]]) -> Iterator[str]:
    """Every file that was bound is in the vault as its row says, and as far on its way."""
    from liuhen.archive.models import CaseFile  # noqa: PLC0415
    from liuhen.vault.keeping import local_store  # noqa: PLC0415

    bound = {str(one.case_id): one for one in CaseFile.objects.all()}
    for note in told["file"]:
        file = bound.get(note["case"])
        if file is None or (note["event"] != "case.bound" and file.handed_over_at is None):
            yield f"case {note['case']}: no {note['event']}"
        elif local_store().digest(file.original_id) != file.original_id:
            yield f"case {note['case']}: the vault holds another file"


def uploads(told: dict[str, list[dict[str, Any]]]) -> Iterator[str]:
    """Every acknowledged byte of an upload is held."""
    from liuhen.recordings.models import Upload  # noqa: PLC0415

    offsets: dict[str, int] = {note["upload"]: 0 for note in told["upload"]}
    for note in told["offset"]:
        offsets[note["upload"]] = max(offsets.get(note["upload"], 0), note["offset"])
    rows = {str(one.id): one for one in Upload.objects.all()}
    for path, acknowledged in offsets.items():
        upload = rows.get(path.rstrip("/").rsplit("/", 1)[1])
        if upload is None:
            yield f"upload {path}: no row"
        elif upload.result is None:
            held = _held_bytes(upload)
            if min(held, upload.offset) < acknowledged:
                yield f"upload {path}: {acknowledged} bytes were acknowledged, {held} are held"


def _held_bytes(upload: Any) -> int:
    """What of an upload is held, in files of this machine or in pieces in the bucket."""
    from liuhen.recordings.staging import StagedFile  # noqa: PLC0415
    from liuhen.recordings.uploads import intake_of  # noqa: PLC0415
    from liuhen.vault.keeping import local_store  # noqa: PLC0415

    begun = intake_of(upload)
    files = [local_store().place(upload.sha256)] if upload.sha256 else []
    if not isinstance(begun, StagedFile):
        files.append(begun.path)
    whole = max([file.stat().st_size for file in files if file.exists()], default=0)
    return max(whole, _held_in_bucket(upload))


def _held_in_bucket(upload: Any) -> int:
    """Bytes from the first on whose pieces the bucket gives as they were sent."""
    from liuhen.vault.keeping import s3_store  # noqa: PLC0415

    bucket, held = s3_store(), 0
    with tempfile.TemporaryDirectory(prefix="liuhen-held-", dir="/tmp") as folder:
        for piece in upload.pieces.order_by("start"):
            assert bucket is not None, "pieces are rows of a bucket"
            given = bucket.fetch_named(piece.name, Path(folder) / "piece")
            if piece.start != held or given != piece.sha256:
                break
            held += piece.size
    return held


def checkpoints(told: dict[str, list[dict[str, Any]]]) -> Iterator[str]:
    """What the log has signed and shown still stands, and so does what was cosigned of it."""
    from liuhen.ledger.models import Checkpoint  # noqa: PLC0415
    from liuhen.ledger.queries import published_note  # noqa: PLC0415
    from liuhen.tlog.notes import parse_note  # noqa: PLC0415

    for note in {one["note"] for one in told["checkpoint"]}:
        shown = parse_note(note)
        size = int(shown.text.split("\n")[1])
        held = Checkpoint.objects.filter(size=size).first()
        standing = parse_note(published_note(held)) if held else None
        if (
            standing is None
            or standing.text != shown.text
            or not set(shown.lines) <= set(standing.lines)
        ):
            yield f"a checkpoint that was shown is gone: {note}"


def numbers() -> Iterator[str]:
    """Numbers run from 1 without hole, and none was given twice."""
    from liuhen.cases.models import Case  # noqa: PLC0415
    from liuhen.documents.models import NumberSeries, Paper  # noqa: PLC0415

    for series in NumberSeries.objects.all():
        cases = Case.objects.filter(unit=series.unit).values_list("number", flat=True)
        papers = Paper.objects.filter(case__unit=series.unit, type=series.type)
        given = cases if series.type == "case" else papers.values_list("number", flat=True)
        told = (re.search(rf"〔{series.year}〕\D*(\d+)号", text or "") for text in given)
        found = sorted(int(one[1]) for one in told if one is not None)
        if found != list(range(1, series.last + 1)):
            yield f"series {series.type} {series.year} up to {series.last} holds {found}"


def clear_later() -> None:
    """Let the time pass after which what a kill cut off is cleared from the intake folder."""
    from liuhen.kernel import clock  # noqa: PLC0415
    from liuhen.recordings.clearing import clear_intake  # noqa: PLC0415
    from liuhen.recordings.uploads import LASTS  # noqa: PLC0415

    with clock.frozen(clock.now() + LASTS):
        clear_intake()


def leftovers(home: Path, held: Held) -> Iterator[str]:
    """Bytes without a row: what a kill cut off may leave some, whole under their own digest."""
    from liuhen.kernel.digests import sha256_file  # noqa: PLC0415
    from liuhen.recordings.models import Upload  # noqa: PLC0415
    from liuhen.vault.cache import MARK  # noqa: PLC0415
    from liuhen.vault.models import Copy  # noqa: PLC0415

    known = {MARK, *Copy.objects.values_list("original_id", flat=True)}
    unowned = [f for f in (home / "vault").rglob("*") if f.is_file() and f.name not in known]
    for file in unowned:
        if sha256_file(file) != file.name:
            yield f"bytes in the vault under a name that isn't their digest: {file.name}"
    waiting = {str(one) for one in Upload.objects.values_list("id", flat=True)}
    intake = [f for f in (home / "intake").iterdir() if f.is_file()]
    held.counts["vault_unowned"] = len(unowned)
    held.counts["intake_unowned"] = sum(f.name.split(".")[0] not in waiting for f in intake)


def verified() -> Iterator[str]:
    """`liuhen verify` finds nothing."""
    from liuhen.vault.checks import differences  # noqa: PLC0415

    for found in differences():
        yield f"verify: {found}"


def hold(notes: Mapping[str, int], *, is_over: bool) -> Held:
    """Everything, on the home this process is set up on."""
    from django.conf import settings  # noqa: PLC0415

    if is_over:
        clear_later()
    told, held = _notes(notes), Held(hold_what_is_new(notes))
    held.problems += disposals(told, is_over=is_over)
    for plain in (numbers(), leftovers(settings.HOME.path, held), verified()):
        held.problems += plain
    held.counts["acts"] = len(told["act"])
    held.counts["recordings"] = len(told["recording"]) + len(told["docked"])
    held.counts["files"] = sum(note["event"] == "case.bound" for note in told["file"])
    held.counts["disposals"] = len({note["disposal"] for note in told["ordered"]})
    held.counts["offsets"] = len(told["offset"])
    held.counts["checkpoints"] = len(told["checkpoint"])
    return held


def hold_what_is_new(notes: Mapping[str, int]) -> list[str]:
    """What is missing of the notes from there on, also while people work."""
    told = _notes(notes)
    problems = [str(note["what"]) for note in told["wrong"]]
    for check in (acts, recordings, files, uploads, checkpoints):
        problems += check(told)
    return problems


def main() -> None:
    """Answer one question after the other."""
    import django  # noqa: PLC0415 - the environment is known only now

    django.setup()
    from django.db import connection  # noqa: PLC0415

    for line in sys.stdin:
        asked = json.loads(line)
        if asked["is_new"]:
            held = Held(hold_what_is_new(asked["notes"]))
        else:
            held = hold(asked["notes"], is_over=asked["is_over"])
        connection.close()
        sys.stdout.write(json.dumps({"problems": held.problems, "counts": held.counts}) + "\n")
        sys.stdout.flush()


@contextmanager
def holder(home: Home, variables: Mapping[str, str] | None = None) -> Iterator[Holder]:
    """The process that holds a home against notes; `variables` name engines outside."""
    named = {"LIUHEN_HOME": str(home.path), "DJANGO_SETTINGS_MODULE": "liuhen.settings"}
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.kill.holding"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment(**named, **(variables or {})),
        cwd=ROOT,
        text=True,
    )
    try:
        yield Holder(process)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        process.wait(60)


class Holder:
    """Asks the holding process."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def hold(self, notes: Iterable[Path], *, is_over: bool = False) -> Held:
        """What is missing or wrong; the home's database runs.

        When it `is_over`, nobody works any more, and what kills cut off has had its time.
        """
        return self._answer(notes={str(one): 0 for one in notes}, is_over=is_over, is_new=False)

    def hold_new(self, notes: Mapping[Path, int]) -> list[str]:
        """What is missing of the notes from some byte on; people may be at work.

        What one look finds half done, another one finds done: a loss is seen by both.
        """
        asked = {str(one): start for one, start in notes.items()}
        first = self._answer(notes=asked, is_new=True).problems
        return self._answer(notes=asked, is_new=True).problems if first else []

    def _answer(self, **asked: object) -> Held:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, "the holding process has ended"
        told = json.loads(line)
        return Held(told["problems"], told["counts"])


if __name__ == "__main__":
    main()
